"""Random sequences of requests by programs of both generations and a tester, against a plain model of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.vendors.kounta_clients import in_process
from tests.vendors.webcommander_both import Both, done
from tests.vendors.webcommander_drafts import (
    ADDED,
    BESIDE,
    BY,
    EMAILS,
    PASSWORDS,
    STATUSES,
    TOO_MUCH,
    V4_CUSTOMER,
    WHICH,
    WRONG,
)
from tests.vendors.webcommander_model import LIMIT, PROFILES, WORDS, Draft, Rows, settled
from tests.vendors.webcommander_play import PluginPlay, without_place

V4_NAMES = {"gender": "sex", "address_line": "address_line_1"}
FLAGS = {"company": "company", "hide_price": "hide_price"}
"""By the names of what is sent, those of what is shown."""


class Play(PluginPlay):
    """What can be done in the second generation and by a tester."""

    @initialize()
    def one_can_log_in(self) -> None:
        self.create({"first_name": "Vi", "password": "p1", "email": "vi@x.example"})

    def described(self, draft: Draft) -> tuple[Draft, Draft, str | None]:
        """What a draft says of a customer and of an address, and the password."""
        given = {V4_NAMES.get(name, name): word for name, word in without_place(draft).items()}
        words = {name: given.pop(name) for name in WORDS if name in given and name != "company_name"}
        password = given.pop("password", None) or None
        if "newsletter" in given:
            given["_newsletter"] = bool(given.pop("newsletter"))
        given |= {name: bool(given[name]) for name in FLAGS if name in given}
        if "email" in given:
            given["email"] = given["email"] or None
        if "shipping_profile" in given:
            given["shipping_profile"] = PROFILES[given["shipping_profile"]]
        return given, words, password

    def wrong(self, draft: Draft, id: int | None, before: Draft | None) -> tuple[Draft, Rows]:
        """Where an address is then, and all that is wrong with a draft."""
        place, rows = self.wrong_place(draft, before)
        rows |= self._model.wrong_email(draft.get("email"), id) | self._model.wrong_relatives(draft, id)
        rows |= {"status-unknown"} if draft.get("status") == "odd" else set()
        return place, rows | ({"first-name-missing"} if draft.get("first_name") == " " else set())

    def relative(self, draft: Draft) -> Draft:
        """A draft whose parent is one of the customers here, or nobody."""
        parent = draft.get("parent")
        return draft if parent is None else {**draft, "parent": self.id(parent)}

    @rule(draft=V4_CUSTOMER)
    def create(self, draft: Draft) -> None:
        model, before = self._model, deepcopy(self._model)
        draft = self.relative({"first_name": "Dee", **draft})
        place, rows = self.wrong(draft, None, None)
        reply = self._both.v4("POST", "admin/customers", {"customer": draft})
        if self.check(before, reply, rows):
            given, words, password = self.described(draft)
            given = {"status": "active" if password else "awaiting_verification", "_password": password, **given}
            id = model.create(given, {**words, **place}, ("PRIMARY", "SHIPPING", "BILLING"))
            assert reply.json() == {"customer": model.v4(id)}

    @rule(which=WHICH, draft=st.none() | V4_CUSTOMER, beside=BESIDE, more=TOO_MUCH)
    def update(self, which: int, draft: Draft | None, beside: Draft, more: Draft) -> None:
        model, before, id = self._model, deepcopy(self._model), self.id(which)
        beside = {**beside, **more}
        sent = beside if draft is None else {**beside, "customer": self.relative(draft)}
        given = {name: value for name, value in beside.items() if value is not None}
        rows = model.absent(id)
        place: Draft = {}
        if not rows and draft is not None:
            place, rows = self.wrong(sent["customer"], id, model.customers[id]["addresses"][0])
        rows |= {"field-missing"} if not rows and draft is None and not given else set()
        rows |= {"store-credit-above-limit"} if given.get("store_credit", 0) > LIMIT else set()
        reply = self._both.v4("PUT", f"admin/customers/{id}", sent)
        if self.check(before, reply, rows):
            about, words, password = self.described(sent.get("customer", {}))
            if "email" in about:
                words["email"] = about["email"] or f"{model.customers[id]['addresses'][0]['id']}@noemail.loc"
            given |= {"store_credit": float(given["store_credit"])} if "store_credit" in given else {}
            addresses = model.with_address(id, "PRIMARY", {**words, **place})
            model.alter(id, {**given, **about, **addresses}, password=password)
            assert reply.json() == {"customer": model.v4(id)}

    @rule(which=WHICH, drafts=st.lists(ADDED, min_size=1, max_size=3))
    def add_addresses(self, which: int, drafts: list[Draft]) -> None:
        model, before, id = self._model, deepcopy(self._model), self.id(which)
        rows = model.absent(id)
        for draft in drafts:
            place = settled(draft, None)
            rows |= {place} if isinstance(place, str) else set()
            rows |= {"address-type-unknown"} if draft["type"] == "HOME" else set()
            rows |= {"email-malformed"} if draft.get("email") == "nobody" else set()
        reply = self._both.v4("POST", f"admin/customers/{id}/addresses", {"customer": {"addresses": drafts}})
        if self.check(before, reply, rows):
            model.add(id, drafts)
            assert reply.json() == {"customer": model.v4(id)}

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        before, id = deepcopy(self._model), self.id(which)
        if self.check(before, self._both.v4("DELETE", f"admin/customers/{id}"), self._model.absent(id)):
            self._model.alter(id, {"is_in_trash": True})

    @rule(which=WHICH, email=BY, old=WRONG, new=PASSWORDS)
    def change_password(self, which: int, email: str | None, old: str | None, new: str) -> None:
        """Mostly with what is right."""
        model, before, id = self._model, deepcopy(self._model), self.id(which)
        customer = model.customers.get(id, {})
        named = {
            "email": email or customer.get("email") or "",
            "old_password": old or customer.get("_password") or "p1",
        }
        rows = model.absent(id)
        if not rows:
            mine = (customer["email"] or "").lower()
            rows |= {"email-mismatch"} if not mine or named["email"].lower() != mine else set()
            rows |= {"customer-not-active"} if customer["status"] != "active" else set()
            rows |= {"old-password-wrong"} if named["old_password"] != customer["_password"] else set()
        sent = {"customer": {**named, "password": new}}
        if self.check(before, self._both.v4("POST", f"admin/customers/{id}/change-password", sent), rows):
            model.alter(id, {}, password=new)

    @rule(which=WHICH, new=PASSWORDS, inside=st.booleans())
    def reset_password(self, which: int, new: str, *, inside: bool) -> None:
        before, id = deepcopy(self._model), self.id(which)
        sent = {"customer": {"password": new}} if inside else {"password": new}
        reply = self._both.v4("POST", f"admin/customers/{id}/reset-password", sent)
        if self.check(before, reply, self._model.absent(id)):
            self._model.alter(id, {}, password=new)

    @rule(which=WHICH, new=PASSWORDS, seconds=st.sampled_from([0, 3599, 3600]))
    def have_a_session(self, which: int, new: str, seconds: int) -> None:
        """Whoever is there can log in then, and be seen for an hour."""
        self.reset_password(which, new, inside=False)
        self.update_by_plugin(which, None, "z@x.example", {"status": "active"})
        self.log_in(which, None, by_name=False)
        if seconds:
            self.time_passes(seconds)
        self.use_a_token(-2)

    @rule(
        status=st.none() | STATUSES | st.just("odd"),
        email=st.none() | EMAILS,
        limit=st.integers(1, 25),
        down=st.booleans(),
    )
    def list_some(self, status: str | None, email: str | None, limit: int, *, down: bool) -> None:
        query = {"limit": limit, "direction": "desc" if down else "None"}
        query |= {name: word for name, word in (("status", status), ("email", email)) if word is not None}
        reply = self._both.v4("GET", "admin/customers", **query)
        if self.check(deepcopy(self._model), reply, {"status-unknown"} if status == "odd" else set()):
            everyone = [shown.v4 for shown in self._seeded] + [self._model.v4(id) for id in self._model.listed()]
            found = [
                customer["id"]
                for customer in everyone
                if status in (None, customer["status"])
                and (not email or (customer["email"] or "").lower() == email.lower())
            ]
            listed = reply.json()
            assert [one["id"] for one in listed["customers"]] == (found[::-1] if down else found)[: min(limit, 20)]
            assert listed["pagination"]["total"] == len(found)

    # A tester

    @rule(which=WHICH)
    def a_tester_goes_back(self, which: int) -> None:
        """No number goes back."""
        if self._before:
            id = sorted(self._before, reverse=True)[which % len(self._before)]
            self._both.tester("POST", f"requests/{id}/rewind")
            now = self._model
            self._model = self._before[id]
            self._model.next_id, self._model.next_display = now.next_id, now.next_display
            self._model.next_address = now.next_address
            self._before = {known: before for known, before in self._before.items() if known < id}

    # What is there

    @invariant()
    def both_generations_show_what_the_model_says(self) -> None:
        model, both = self._model, self._both
        ids, trash = model.listed(), model.listed(trash=True)
        seeded = [shown.plugin for shown in self._seeded]
        assert done(both.plugin("GET", "customers"))["customers"] == [*seeded, *(model.plugin(id) for id in ids)]
        listed: list[Any] = []
        for offset in range(0, len(seeded) + len(ids), 20):
            listed += done(both.v4("GET", "admin/customers", offset=offset))["customers"]
        assert listed == [*(shown.v4 for shown in self._seeded), *(model.v4(id) for id in ids)]
        self._turn += 1
        if self._turn % 2:
            self.each_customer_is_shown([*ids, *trash], trash)

    def each_customer_is_shown(self, everyone: list[int], trash: list[int]) -> None:
        """Those in the trash, and one after the other of all."""
        model, both = self._model, self._both
        thrown = done(both.plugin("GET", "customers", type="trash"))["customers"]
        assert thrown == [model.plugin(id) for id in trash]
        for id in everyone[self._turn // 2 % max(1, len(everyone)) :][:1]:
            assert both.shown(id) == (model.plugin(id), model.v4(id))


@pytest.fixture(scope="module")
def limited() -> World:
    """Nobody is drawn, and nobody may have more store credit than the limit."""
    fixture = read_fixture("documented")
    section = {**fixture.vendors["webcommander"], "store_credit_limit": LIMIT}
    return build(msgspec.structs.replace(fixture, vendors={**fixture.vendors, "webcommander": section}))


@pytest.fixture
def sandbox(limited: World) -> Sandbox:
    return limited.sandboxes.create()


@pytest.fixture
def both(limited: World, sandbox: Sandbox) -> Iterator[Both]:
    with in_process(limited, sandbox) as client:
        yield Both(client)


@pytest.mark.usefixtures("unwatched")
def test_the_shop_behaves_like_the_model(both: Both, sandbox: Sandbox) -> None:
    class PlayHere(Play):
        def __init__(self) -> None:
            super().__init__(both, sandbox)

    run_state_machine_as_test(
        PlayHere,
        settings=hypothesis.settings(
            max_examples=25 * EFFORT,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
