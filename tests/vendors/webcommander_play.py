"""A random player of both games, in the shop and in the model: what can be done in the first generation."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from httpx2 import Response
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mockserver.sandbox import Sandbox
from tests.vendors.webcommander_both import Both, done
from tests.vendors.webcommander_drafts import (
    ADDRESS_CHANGES,
    BY,
    KINDS,
    NEW_EMAIL,
    PLUGIN_CHANGES,
    PLUGIN_NEW,
    WHICH,
    WRONG,
)
from tests.vendors.webcommander_model import HOUR, PLUGIN_NAMES, WORDS, Draft, Model, Rows, settled

AMOUNTS = st.sampled_from([0.01, 33.3, 50, 99.99, 0.02, 7, 1.001])


class PluginPlay(RuleBasedStateMachine):
    """Does everything twice: in the shop and in the model."""

    def __init__(self, both: Both, sandbox: Sandbox) -> None:
        super().__init__()
        self._both, self._sandbox = both, sandbox
        self._turn = 0
        self._begin()
        listed = done(both.plugin("GET", "customers"))["customers"]
        self._seeded = [both.shown(customer["id"]) for customer in listed]

    @rule(really=st.integers(0, 5))
    def begin_again(self, really: int) -> None:
        """Seldom, for much is forgotten."""
        if really == 5 and self._turn > 10:
            self._begin()

    def _begin(self) -> None:
        self._both.tester("POST", "reset")
        self._both.freeze()
        self._model = Model()
        self._before: dict[int, Model] = {}

    def id(self, which: int) -> int:
        live, trash = self._model.listed()[-5:], self._model.listed(trash=True)
        if trash and which == 8:
            return trash[0]
        return live[which % len(live)] if live and which < 9 else self._model.next_id

    def remember(self, before: Model) -> None:
        self._before[next(iter(self._sandbox.journal)).id] = before

    def check(self, before: Model, reply: Response, rows: Rows) -> bool:
        """Whether it was done; the model says whether it had to be refused."""
        self.remember(before)
        row = next(iter(self._sandbox.journal)).row
        assert row in rows if rows else row is None, (row, rows, reply.text)
        return not rows

    def wrong_place(self, draft: Draft, before: Draft | None) -> tuple[Draft, Rows]:
        place = settled(draft, before)
        return ({}, {place}) if isinstance(place, str) else (place, set())

    # The first generation

    @initialize(drafts=st.lists(PLUGIN_NEW, min_size=1, max_size=2))
    def some_are_there(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            self.create_by_plugin(draft)

    @rule(draft=PLUGIN_NEW)
    def create_by_plugin(self, draft: Draft) -> None:
        model, before = self._model, deepcopy(self._model)
        draft = {"firstName": "Ann", "email": "e@x.example", **draft}
        place, rows = self.wrong_place(draft, None)
        rows |= model.wrong_email(draft["email"], None) | (
            set() if draft["firstName"].strip() else {"first-name-missing"}
        )
        if model.holder("_user_name", draft.get("userName")):
            rows.add("user-name-already-exists")
        reply = self._both.plugin("POST", "customer-create", draft)
        if self.check(before, reply, rows):
            given = {PLUGIN_NAMES.get(name, name): word for name, word in draft.items()}
            block = {name: given.pop(name) for name in WORDS if name in given and name != "company_name"}
            given |= {"email": given["email"] or None, "source": given.get("source") or None}
            given |= {"_password": given.pop("password", None), "_user_name": given.pop("userName", "")}
            id = model.create(without_place(given), {**block, **place}, ("PRIMARY", "BILLING", "SHIPPING"))
            assert reply.json()["customers"] == model.plugin(id)

    def named(self, which: int, email: str | None) -> tuple[Draft, int | None]:
        """How a plugin names a customer, and who that is."""
        if not email:
            return {"customerId": self.id(which)}, self.id(which)
        return {"email": email}, self._model.holder("email", email)

    @rule(which=WHICH, by=BY, email=NEW_EMAIL, draft=PLUGIN_CHANGES)
    def update_by_plugin(self, which: int, by: str | None, email: str | None, draft: Draft) -> None:
        model, before = self._model, deepcopy(self._model)
        name, id = self.named(which, by)
        sent = {**draft, **({} if email is None or by else {"email": email}), **name}
        rows = model.absent(id)
        place: Draft = {}
        if not rows and id is not None:
            place, rows = self.wrong_place(draft, model.customers[id]["addresses"][0])
            rows |= set() if by else model.wrong_email(email, id)
        rows |= {"first-name-missing"} if draft.get("firstName") == "" else set()
        rows |= {"status-unknown"} if draft.get("status") == "pending" else set()
        reply = self._both.plugin("POST", "customer-update", sent)
        if self.check(before, reply, rows) and id is not None:
            given = without_place({PLUGIN_NAMES.get(key, key): word for key, word in draft.items()})
            words = {key: given.pop(key) for key in WORDS if key in given} | place
            if email and not by:
                given["email"] = words["email"] = email
            model.alter(id, {**given, **model.with_address(id, "PRIMARY", words)})
            assert reply.json()["customers"] == model.plugin(id)

    @rule(
        which=WHICH,
        by=BY,
        email=NEW_EMAIL,
        kind=KINDS,
        draft=ADDRESS_CHANGES,
    )
    def update_address(self, which: int, by: str | None, email: str | None, kind: str, draft: Draft) -> None:
        model, before = self._model, deepcopy(self._model)
        name, id = self.named(which, by)
        sent = {**draft, **({} if email is None or by else {"email": email}), **name}
        rows = model.absent(id)
        place: Draft = {}
        if not rows and id is not None:
            active = model.customers[id][f"active_{kind.lower()}_address"]
            [address] = [each for each in model.customers[id]["addresses"] if each["id"] == active]
            place, rows = self.wrong_place(draft, address)
        rows |= {"email-malformed"} if email == "nobody" and not by else set()
        rows |= {"status-unknown"} if draft.get("status") == "odd" else set()
        reply = self._both.plugin("POST", f"update-customer-{kind.lower()}-address", sent)
        if self.check(before, reply, rows) and id is not None:
            words = without_place({PLUGIN_NAMES.get(key, key): word for key, word in draft.items() if key != "status"})
            words |= place | ({"email": email} if email and not by else {})
            model.alter(id, model.with_address(id, kind, words))

    @rule(which=WHICH, by=BY, add=st.sampled_from(["true", "false", True, False]), amount=AMOUNTS)
    def adjust_credit(self, which: int, by: str | None, *, add: Any, amount: float) -> None:
        model, before = self._model, deepcopy(self._model)
        name, id = self.named(which, by)
        sent = {**name, "add": add, "deltaAmount": amount, "adjustNote": "x"}
        rows = model.absent(id) | ({"delta-amount-malformed"} if amount == 1.001 else set())
        reply = self._both.plugin("POST", "update-customer-store-credit", sent)
        if rows or id is None:
            self.check(before, reply, rows)
            return
        row = model.credited(id, amount if add in ("true", True) else -amount)
        self.check(before, reply, {row} if row else set())
        exceeds = "true" if row == "store-credit-above-limit" else "false"
        credit = model.customers[id]["store_credit"]
        status = "false" if row else "true"
        assert reply.json() == {"status": status, "isMaxCreditExceed": exceeds, "storeCredit": credit}

    @rule(which=WHICH, by=BY)
    def delete_by_plugin(self, which: int, by: str | None) -> None:
        before = deepcopy(self._model)
        name, id = self.named(which, by)
        if self.check(before, self._both.plugin("DELETE", "customer-delete", name), self._model.absent(id)):
            self._model.alter(id or 0, {"is_in_trash": True})

    @rule(which=WHICH, password=WRONG, by_name=st.booleans())
    def log_in(self, which: int, password: str | None, *, by_name: bool) -> None:
        """Mostly with the right password, where there is one."""
        model, before = self._model, deepcopy(self._model)
        customer = model.customers.get(self.id(which), {})
        who = "userName" if by_name else "email"
        name = customer.get("_user_name" if by_name else "email") or "nobody@x.example"
        given = password or customer.get("_password") or "p1"
        id = model.holder("_user_name" if by_name else "email", name)
        reply = self._both.login(given, **{who: name.swapcase()})
        if self.check(before, reply, set() if model.may_log_in(id, given) else {"login-failed"}):
            model.tokens[reply.json()["access_token"]] = (id or 0, model.at + HOUR)

    @rule(which=WHICH)
    def use_a_token(self, which: int) -> None:
        tokens = [*self._model.tokens, "0" * 32]
        token = tokens[which % len(tokens)]
        id, rows = self._model.bearer(token)
        reply = self._both.plugin("GET", "customer-details-with-token", token=token)
        if self.check(deepcopy(self._model), reply, rows):
            assert reply.json()["customers"] == self._model.plugin(id or 0)

    @rule(seconds=st.sampled_from([1, 1800, 3599, 3600, 86400]))
    def time_passes(self, seconds: int) -> None:
        before = deepcopy(self._model)
        self._both.advance(seconds)
        self._model.at += timedelta(seconds=seconds)
        self.remember(before)

    @rule(
        kind=st.sampled_from([None, "active", "inactive", "trash"]),
        first=st.integers(0, 9),
        most=st.sampled_from([-1, 0, 1, 5]),
    )
    def list_by_plugin(self, kind: str | None, first: int, most: int) -> None:
        model = self._model
        seeded = [] if kind in ("trash", "inactive") else [shown.v4["id"] for shown in self._seeded]
        mine = [
            id
            for id in model.listed(trash=kind == "trash")
            if kind in (None, "trash") or model.customers[id]["status"] == kind
        ]
        ids = [*seeded, *mine][first:] if most < 0 else [*seeded, *mine][first : first + most]
        query = {"offset": first, "max": most} | ({"type": kind} if kind else {})
        listed = done(self._both.plugin("GET", "customers", **query))["customers"]
        assert [customer["id"] for customer in listed] == ids


def without_place(draft: Draft) -> Draft:
    return {name: word for name, word in draft.items() if name not in ("country", "state")}
