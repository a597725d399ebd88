"""Random sequences of requests by several applications and a tester, against a plain model of the company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from httpx2 import Response
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.vendors.kounta_model import FIRST_ID, SEEDED, Model, written
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    CUSTOMERS,
    NOW,
    OTHER,
    admin,
    basic,
    bearer,
    freeze,
)

APPLICATIONS = {
    "add-on": basic(*ADDON),
    "add-on by token": bearer(ADDON_BEARER),
    "other": basic(*OTHER),
    "stranger": basic("stranger", "any secret"),
}

WHO = st.sampled_from([*APPLICATIONS])
WHICH = st.integers(0, 5)
"""One of the first customers, or one who is not there."""
REFERENCES = st.sampled_from(["R", "S"])
ADDRESSES = st.sampled_from(
    [None, {}, {"city": "C", "country": "AU"}, {"lines": ["a", "b"], "zone": "Z", "country": ""}]
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(["Ann", " Ann", "Bob"]),
        "last_name": st.sampled_from(["Lee", "Lee ", "", None]),
        "email": st.sampled_from(["a@b.co", " A@B.CO ", "c@d.co", None]),
        "phone": st.sampled_from(["1", " 1 ", "2", None]),
        "mobile": st.sampled_from(["5", " 5", "6", "7", "8", "", None]),
        "primary_address": ADDRESSES,
        "shipping_address": ADDRESSES,
        "tags": st.lists(st.sampled_from(["Gold", "News"]), max_size=2) | st.none(),
        "image": st.sampled_from(["https://images.example.com/a.png", " ", None]),
        "reference_id": REFERENCES | st.sampled_from(["", None]),
        "accepts_marketing": st.sampled_from([True, False, None]),
        "id": st.just(FIRST_ID),
    },
)
FAULTS = st.sampled_from(
    [
        {"tags": "Gold"},
        {"email": "no email"},
        {"image": "a.png"},
        {"first_name": " "},
        {"first_name": None},
        {"shipping_address": {"country": "XX"}},
        {"email": None, "phone": "", "mobile": " "},
    ]
)
NAMES = ("first_name", "last_name", "phone")
BY_CONTACT = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a@b.co", "C@d.co ", "cat@example.com", "x@y", ""]),
        "mobile": st.sampled_from(["5", " 6", "7", "9", ""]),
    },
).filter(bool)
BY_NAME = st.fixed_dictionaries(
    {"first_name": st.sampled_from(["Ann", "Ann", "Bob ", "ann"]), "last_name": st.sampled_from(["Lee", " Lee", ""])},
    optional={"phone": st.sampled_from(["1", " 2"]), "email": st.sampled_from(["a@b.co", "cat@example.com"])},
)


class Play(RuleBasedStateMachine):
    """Does everything twice: at the company and in the model."""

    def __init__(self, kounta: AppClient, sandbox: Sandbox) -> None:
        super().__init__()
        self._kounta = kounta
        self._sandbox = sandbox
        self._at = NOW
        self._model = Model()
        self._turn = 0
        sandbox.reset()
        freeze(sandbox, NOW)

    def ask(self, who: str, method: str, path: str, **sent: Any) -> Response:
        return self._kounta.request(method, path, headers={**APPLICATIONS[who], **sent.pop("headers", {})}, **sent)

    @property
    def row(self) -> str | None:
        return next(iter(self._sandbox.journal)).row

    def write(self, who: str, id: int | None, draft: dict[str, Any]) -> None:
        refusal = self._model.refusal(id, draft)
        method, path = ("POST", CUSTOMERS) if id is None else ("PUT", f"{CUSTOMERS}/{id}")
        reply = self.ask(who, method, path, json=draft)
        assert self.row == refusal, reply.text
        if refusal is None:
            known = self._model.next_id if id is None else id
            self._model.write(who, known, draft)
            self._model.next_id += id is None
            shown = self._model.shown(who, known, written(self._at))
            assert (reply.status_code, reply.json()) == (201 if id is None else 200, shown), reply.text

    def id(self, which: int) -> int:
        ids: list[int] = [*sorted(self._model.customers)[:5], self._model.next_id]
        return ids[which % len(ids)]

    @initialize(who=WHO, drafts=st.lists(DRAFTS, min_size=2, max_size=4))
    def some_are_there(self, who: str, drafts: list[dict[str, Any]]) -> None:
        for draft in drafts:
            self.create(who, draft)

    @rule(who=WHO, draft=DRAFTS)
    def create(self, who: str, draft: dict[str, Any]) -> None:
        self.write(
            who, None, {"first_name": "Ann", "last_name": "Lee", "phone": "1", "email": "cat@example.com", **draft}
        )

    @rule(who=WHO, which=WHICH, draft=DRAFTS)
    def update(self, who: str, which: int, draft: dict[str, Any]) -> None:
        self.write(who, self.id(which), draft)

    @rule(who=WHO, which=st.none() | WHICH, draft=DRAFTS, fault=FAULTS)
    def fail_to_write(self, who: str, which: int | None, draft: dict[str, Any], fault: dict[str, Any]) -> None:
        self.write(who, None if which is None else self.id(which), {**draft, **fault})

    @rule(who=WHO, which=WHICH)
    def get(self, who: str, which: int) -> None:
        id = self.id(which)
        reply = self.ask(who, "GET", f"{CUSTOMERS}/{id}")
        if id in self._model.customers:
            assert reply.json() == self._model.shown(who, id, written(self._at)), reply.text
        else:
            assert (reply.status_code, self.row) == (404, "customer-not-found"), reply.text

    @rule(who=WHO, query=BY_CONTACT | BY_NAME)
    def look_up(self, who: str, query: dict[str, str]) -> None:
        reply = self.ask(who, "GET", CUSTOMERS, params=query)
        found = next(self._model.looked_up(query), None)
        if "first_name" in query and "phone" not in query:
            assert self.row == "lookup-incomplete", reply.text
        elif found is None:
            assert (reply.status_code, self.row) == (404, "lookup-not-found"), reply.text
        else:
            assert reply.status_code == 302, reply.text
            assert reply.headers["location"].endswith(f"/{CUSTOMERS}/{found}")

    @rule(who=WHO, which=WHICH, names=st.sampled_from([("email",), ("mobile",), NAMES, ("email", *NAMES)]))
    def look_up_what_is_known(self, who: str, which: int, names: tuple[str, ...]) -> None:
        customer = self._model.customers.get(self.id(which), {})
        query = {name: f" {customer.get(name) or ''} " for name in names}
        self.look_up(who, {name: text.swapcase() if name == "email" else text for name, text in query.items()})

    @rule(who=WHO, value=REFERENCES)
    def list_those_called(self, who: str, value: str) -> None:
        customers = self.ask(who, "GET", CUSTOMERS, params={"reference_id": value}).json()
        assert [customer["id"] for customer in customers] == self._model.called(who, value)

    @rule(who=WHO)
    def list_page_by_page(self, who: str) -> None:
        ids: list[int] = []
        pages = -(-(len(SEEDED) + len(self._model.customers)) // 25)
        for number in range(pages):
            reply = self.ask(who, "GET", CUSTOMERS, headers={"X-Page": str(number)})
            assert int(reply.headers["x-pages"]) == pages
            ids += [customer["id"] for customer in reply.json()]
        assert ids == [*SEEDED, *sorted(self._model.customers)]

    @rule(which=WHICH)
    def a_tester_deletes(self, which: int) -> None:
        id = self.id(which)
        reply = self._kounta.delete(admin(self._sandbox, f"state/kounta/customers/{id}"))
        assert (reply.status_code == 200) == (id in self._model.customers), reply.text
        self._model.customers.pop(id, None)

    @rule(seconds=st.integers(1, 10**6))
    def time_passes(self, seconds: int) -> None:
        self._at += timedelta(seconds=seconds)
        freeze(self._sandbox, self._at)

    @invariant()
    def the_company_is_as_the_model_says(self) -> None:
        self._turn += 1
        who = [*APPLICATIONS][self._turn % len(APPLICATIONS)]
        customers = self.ask(who, "GET", CUSTOMERS, params={"start": SEEDED[-1]}).json()
        assert customers == [self._model.shown(who, id, written(self._at)) for id in sorted(self._model.customers)]


@pytest.mark.usefixtures("unwatched")
def test_the_company_behaves_like_the_model(kounta: AppClient, sandbox: Sandbox) -> None:
    class PlayHere(Play):
        def __init__(self) -> None:
            super().__init__(kounta, sandbox)

    run_state_machine_as_test(
        PlayHere,
        settings=hypothesis.settings(
            max_examples=35 * EFFORT,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
