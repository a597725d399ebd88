"""Sandboxes over the admin API: made, listed, emptied, removed, and gone after a while."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.app import build, choose_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.appclient import AppClient

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LIMIT = 4


@pytest.fixture
def root() -> Iterator[AppClient]:
    """A server of its own with room for four sandboxes, asked without a sandbox's name."""
    world = build(read_fixture("default"), choose_vendors(["open2b"]), Options(max_sandboxes=LIMIT, auto=("ci-*",)))
    with AppClient(world.app, base_url="http://127.0.0.1") as client:
        yield client


def make(root: AppClient, body: object = None) -> Any:
    reply = root.post("/__admin/sandboxes", json=body) if body is not None else root.post("/__admin/sandboxes")
    assert reply.status_code == 201, reply.text
    return reply.json()


def names(root: AppClient) -> list[str]:
    return [entry["name"] for entry in root.get("/__admin/sandboxes").json()["sandboxes"]]


def customers(root: AppClient, name: str) -> int:
    total: int = root.get(f"/@{name}/__admin/state").json()["state"]["open2b"]["customers"]
    return total


def refused(root: AppClient, body: object) -> tuple[int, str]:
    reply = root.post("/__admin/sandboxes", json=body)
    return reply.status_code, reply.json()["row"]


def test_at_first_there_is_the_default_as_the_server_was_started(root: AppClient) -> None:
    listed = root.get("/__admin/sandboxes").json()
    [entry] = listed["sandboxes"]
    times = entry.pop("createdAt"), entry.pop("lastUsedAt")
    assert all(INSTANT.fullmatch(instant) for instant in times)
    assert listed["limit"] == LIMIT
    assert entry == {
        "name": "default",
        "url": "http://127.0.0.1/@default",
        "fixture": "default",
        "seed": 1,
        "from": None,
        "auth": "lenient",
        "fidelity": "documented",
        "rateLimits": None,
        "ttlSeconds": None,
        "requests": 0,
        "credentials": 0,
    }


def test_a_sandbox_is_made_shown_and_removed(root: AppClient) -> None:
    reply = root.post("/__admin/sandboxes", json={"name": "checkout", "ttlSeconds": 60.0})
    made = reply.json()
    assert reply.status_code == 201
    assert reply.headers["location"] == "/__admin/sandboxes/checkout"
    assert (made["name"], made["url"], made["ttlSeconds"]) == ("checkout", "http://127.0.0.1/@checkout", 60)
    assert root.get(reply.headers["location"]).json() == made
    assert root.get(f"{made['url']}/__admin/health").status_code == 200
    assert names(root) == ["default", "checkout"]
    assert root.delete("/__admin/sandboxes/checkout").json() == {"status": "ok"}
    assert names(root) == ["default"]
    assert root.get("/__admin/sandboxes/checkout").json()["row"] == "sandbox-unknown"


@pytest.mark.parametrize("body", [None, {}])
def test_nothing_needs_to_be_said(root: AppClient, body: object) -> None:
    first, second = make(root, body), make(root, body)
    assert (first["name"], second["name"]) == ("sandbox-1", "sandbox-2")
    assert customers(root, "sandbox-1") == customers(root, "default")


def test_its_url_is_at_the_host_that_was_asked(root: AppClient) -> None:
    made = root.post("/@default/__admin/sandboxes", headers={"host": "localhost:8123"}).json()
    assert made["url"] == "http://localhost:8123/@sandbox-1"


def test_a_sandbox_can_remove_itself(root: AppClient) -> None:
    make(root, {"name": "gone"})
    assert root.delete("/@gone/__admin/sandboxes/gone").status_code == 200
    assert names(root) == ["default"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/__admin/sandboxes/nowhere", (404, "sandbox-unknown")),
        ("DELETE", "/__admin/sandboxes/nowhere", (404, "sandbox-unknown")),
        ("GET", "/__admin/sandboxes/ci-1", (404, "sandbox-unknown")),
        ("DELETE", "/__admin/sandboxes/default", (409, "sandbox-default")),
    ],
)
def test_what_cannot_be_shown_or_removed_is_refused(
    root: AppClient, method: str, path: str, expected: tuple[int, str]
) -> None:
    reply = root.request(method, path)
    assert (reply.status_code, reply.json()["row"]) == expected
    assert names(root) == ["default"]


@pytest.mark.parametrize(
    "name", ["", "-a", ".a", "a/b", "../a", "a b", "a" * 64, "@a", "a\n", "é", "%41", "a?b"], ids=repr
)
def test_a_name_that_cannot_stand_in_an_address_is_refused(admin: AppClient, name: str) -> None:
    problem = admin.post("/sandboxes", json={"name": name}).json()
    assert (problem["status"], problem["row"]) == (400, "body-invalid")
    assert problem["detail"].startswith("The body is not right at name: ")


def test_a_name_is_given_once(root: AppClient) -> None:
    make(root, {"name": "checkout"})
    assert refused(root, {"name": "checkout"}) == (409, "sandbox-name-taken")
    assert refused(root, {"name": "checkout", "seed": 7}) == (409, "sandbox-name-taken")
    root.delete("/__admin/sandboxes/checkout")
    make(root, {"name": "checkout"})


def test_there_are_no_more_than_there_may_be(root: AppClient) -> None:
    for _ in range(LIMIT - 1):
        make(root)
    reply = root.post("/__admin/sandboxes", json={"name": "surplus"})
    assert (reply.status_code, reply.json()["row"]) == (409, "sandbox-limit")
    assert "4 sandboxes" in reply.json()["detail"]
    assert "--max-sandboxes" in reply.json()["detail"]
    assert refused(root, {"seed": 2, "customers": 1}) == (409, "sandbox-limit")
    root.delete("/__admin/sandboxes/sandbox-2")
    make(root, {"name": "surplus"})


# Time to live


def test_one_that_nobody_has_asked_for_in_time_is_gone_and_who_asks_is_told_why(root: AppClient) -> None:
    make(root, {"name": "short", "ttlSeconds": 0.05})
    time.sleep(0.06)
    told = root.get("/@short/api/v13/commerce.customers.count").json()
    assert (told["status"], told["known"]) == (404, ["default"])
    assert "had no request for 0.05 s" in told["detail"]
    assert names(root) == ["default"]
    shown = root.get("/__admin/sandboxes/short").json()
    assert shown["row"] == "sandbox-unknown"
    assert "had no request for 0.05 s" in shown["detail"]


def test_requests_to_it_keep_it_alive_and_looking_at_it_does_not(
    root: AppClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time()
    made = make(root, {"name": "short", "ttlSeconds": 10})
    for later in (8, 16, 24):
        monkeypatch.setattr("time.time", lambda later=later: began + later)
        assert root.get("/@short/__admin/clock").status_code == 200
    used = root.get("/__admin/sandboxes/short").json()
    assert used["lastUsedAt"] > made["lastUsedAt"] == made["createdAt"] == used["createdAt"]
    for later, status in ((30, 200), (33, 200), (35, 404)):
        monkeypatch.setattr("time.time", lambda later=later: began + later)
        assert root.get("/__admin/sandboxes/short").status_code == status


def test_its_own_clock_does_not_age_it(root: AppClient) -> None:
    make(root, {"name": "short", "ttlSeconds": 60})
    root.put("/@short/__admin/clock", json={"action": "advance", "durationMillis": 10**9})
    assert names(root) == ["default", "short"]


def test_those_past_their_time_make_room(root: AppClient) -> None:
    for _ in range(LIMIT - 1):
        make(root, {"ttlSeconds": 0.02})
    time.sleep(0.03)
    make(root)
    assert names(root) == ["default", "sandbox-4"]


def test_one_that_was_deleted_is_missed_with_that_reason(root: AppClient) -> None:
    make(root, {"name": "gone"})
    root.delete("/__admin/sandboxes/gone")
    told = root.get("/__admin/clock", headers={"X-Mock-Sandbox": "gone"}).json()
    assert "it was deleted" in told["detail"]


# Back to the beginning, and to nothing


def test_reset_and_purge_act_on_the_sandbox_of_the_request_only(root: AppClient) -> None:
    for name in ("one", "two"):
        make(root, {"name": name})
        root.delete(f"/@{name}/__admin/state/open2b/customers/37091")
    before = customers(root, "one")
    root.post("/@one/__admin/purge")
    assert (customers(root, "one"), customers(root, "two")) == (0, before)
    root.post("/@one/__admin/reset")
    assert (customers(root, "one"), customers(root, "two")) == (before + 1, before)


def test_purge_leaves_what_a_shop_is_set_up_with_and_gives_no_key_twice(root: AppClient) -> None:
    make(root, {"name": "one"})
    counts = root.get("/@one/__admin/state").json()["state"]["open2b"]
    used = root.get("/@one/__admin/state/open2b/customers?limit=1000").json()["records"][-1]["id"]
    assert root.post("/@one/__admin/purge").json() == {"status": "ok"}
    left = root.get("/@one/__admin/state").json()["state"]["open2b"]
    assert left["customers"] == 0
    assert (left["keys"], left["groups"]) == (counts["keys"], counts["groups"])
    assert root.get("/@one/__admin/requests?vendor=admin").json() == {"requests": [], "dropped": 0}
    key = root.get("/@one/__admin/vendors").json()["vendors"][0]["credentials"][0]["headers"]
    address = {
        "firstName": "Violet",
        "lastName": "Hunter",
        "street1": "Copper Beeches",
        "city": "Winchester",
        "postalCode": "SO23 9LS",
        "country": "GB",
        "email": "hunter@example.com",
    }
    body = {"customer": {"billingAddress": address}}
    made = root.post("/@one/api/v13/commerce.customers.create", json=body, headers=key).json()
    assert made["id"] > used
