"""Rewinding: the state becomes exactly what it was just before an exchange."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mockserver.world import World
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture

PEOPLE = [722, 37091, 70371]
ADDRESS = {
    "firstName": "Irene",
    "lastName": "Adler",
    "street1": "Briony Lodge",
    "city": "London",
    "postalCode": "NW8",
    "country": "GB",
}

people = st.sampled_from(PEOPLE)
codes = st.sampled_from(["A1", "B2", "C3"])
STEPS = st.one_of(
    st.tuples(st.just("create"), st.integers(1, 3), codes),
    st.tuples(st.just("update"), people, codes),
    st.tuples(st.just("delete"), people, people),
    st.tuples(st.just("login"), st.none(), st.none()),
    st.tuples(st.just("edit"), people, codes),
    st.tuples(st.just("remove"), people, st.none()),
    st.tuples(st.just("freeze"), st.integers(2000, 2020), st.none()),
    st.tuples(st.just("rewind"), st.integers(0, 100), st.none()),
)


class Story:
    """A sandbox in which things happen; it remembers what the state was before each of them."""

    def __init__(self, world: World) -> None:
        sandbox = world.sandboxes.create()
        self.client = AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/")
        credential = world.api("open2b").dialect.credentials(sandbox.subjects["open2b"])[0]
        self.headers = credential.headers
        self.before: dict[int, Any] = {}
        self.created = [0]

    def state(self) -> Any:
        """Every record of every collection that these stories can alter."""
        paths = ["open2b/customers", "sandbox/clock", "sandbox/rate_windows"]
        return [self.client.get(f"__admin/state/{path}?limit=1000").json() for path in paths]

    def perform(self, kind: str, which: Any, what: Any) -> None:
        before = self.state()
        match kind:
            case "create":
                address = {**ADDRESS, "email": f"irene{which}@adler.example"}
                self.call("create", {"customer": {"code": what, "billingAddress": address}})
            case "update":
                self.call("update", {"id": which, "customer": {"code": what}})
            case "delete":
                self.call("delete", {"ids": [which, what]})
            case "login":
                self.call("authenticate", {"email": "johnsmith@acme.com", "password": "foY5/eLc93Wu5"})
            case "edit":
                self.steer("PUT", f"state/open2b/customers/{which}", {"code": what})
            case "remove":
                self.steer("DELETE", f"state/open2b/customers/{which}")
            case "freeze":
                self.steer("PUT", "clock", {"action": "freeze", "instant": f"{which}-01-01T00:00:00Z"})
            case "rewind" if self.before:
                self.rewind(sorted(self.before)[which % len(self.before)])
        self.note(before)

    def call(self, method: str, body: Any) -> None:
        reply = self.client.post(f"api/v13/commerce.customers.{method}", json=body, headers=self.headers).json()
        if "id" in reply:
            assert reply["id"] > max(self.created), "a key counter went back"
            self.created.append(reply["id"])

    def steer(self, method: str, path: str, body: Any = None) -> None:
        assert self.client.request(method, f"__admin/{path}", json=body).status_code < 500

    def rewind(self, id: int) -> None:
        later = [exchange for exchange in sorted(self.before, reverse=True) if exchange >= id]
        reply = self.client.post(f"__admin/requests/{id}/rewind")
        assert reply.json() == {"rewoundTo": id, "undone": later}
        assert self.state() == self.before[id]

    def note(self, before: Any) -> None:
        """Remember the state before the exchange that the journal has just taken, if it took one."""
        entries = [self.client.get(f"__admin/requests?limit=1{of}").json()["requests"] for of in ("", "&vendor=admin")]
        newest = max((entry["id"] for found in entries for entry in found), default=0)
        if newest > max(self.before, default=0):
            self.before[newest] = before


@pytest.mark.usefixtures("unwatched")
@given(steps=st.lists(STEPS, min_size=1, max_size=8), which=st.integers(0, 100))
@settings(max_examples=20 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_exchange_can_be_rewound_to(world: World, steps: list[tuple[str, Any, Any]], which: int) -> None:
    story = Story(world)
    for step in steps:
        story.perform(*step)
    story.perform("rewind", which, None)
    story.perform("create", 9, "Z9")


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_rewinding_twice_to_the_same_exchange_gives_the_same_state(story: Story) -> None:
    story.perform("delete", 37091, 722)
    story.perform("update", 70371, "A1")
    first = min(story.before)
    for _ in range(3):
        story.perform("rewind", 0, None)
        assert story.state() == story.before[first]


def test_a_rewind_can_be_rewound(story: Story) -> None:
    story.perform("delete", 37091, 722)
    deleted = story.state()
    story.perform("rewind", 0, None)
    assert story.state() != deleted
    story.rewind(max(story.before))
    assert story.state() == deleted


def test_rewinding_goes_past_an_earlier_rewind(story: Story) -> None:
    story.perform("create", 1, "A1")
    story.perform("delete", 37091, 722)
    story.rewind(max(story.before))
    story.perform("update", 37091, "B2")
    story.client.post(f"__admin/requests/{min(story.before)}/rewind")
    assert story.state() == story.before[min(story.before)]


def test_no_id_is_given_twice(story: Story) -> None:
    for _ in range(3):
        story.perform("create", 1, "A1")
        story.perform("rewind", 0, None)
    assert len(set(story.created)) == 4


def test_an_unknown_exchange_cannot_be_rewound_to(admin: AppClient) -> None:
    assert admin.post("/requests/999/rewind").json()["row"] == "request-unknown"
