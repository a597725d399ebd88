"""Random sequences of requests by an administrator and a tester, against a plain model of the marketplace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, get_args

import bcrypt
import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from mockserver.options import Fidelity
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.vendors.spurtcommerce_drafts import (
    CREATE_FAULTS,
    CUSTOMERS,
    FILTERS,
    GROUP_FAULTS,
    GROUP_FILTERS,
    GROUPS,
    HOW,
    NEW_PASSWORD,
    PAGES,
    PASSWORD,
    PASSWORDS,
    SECONDS,
    UPDATE_FAULTS,
    UPDATES,
    WHICH,
    Draft,
)
from tests.vendors.spurtcommerce_model import Record
from tests.vendors.spurtcommerce_play import HEADERS, Asking, Fault, faulty, paged, sheet, world

Ids = Literal["list", "text", "form", "number"]


class Play(Asking):
    """Does everything twice: at the marketplace and in the model."""

    # Customers

    @initialize(drafts=st.lists(CUSTOMERS, min_size=1, max_size=4), groups=st.lists(GROUPS, min_size=1, max_size=3))
    def some_are_there(self, drafts: list[Draft], groups: list[Draft]) -> None:
        for group in groups:
            self.write_group("json", None, group, None)
        for draft in drafts:
            self.create("json", draft, None)

    @rule(how=HOW, draft=CUSTOMERS, fault=CREATE_FAULTS)
    def create(self, how: str, draft: Draft, fault: Fault) -> None:
        draft, rows = faulty({**draft, **PASSWORDS}, how, fault)
        sent = self.send("POST", "admin-customer", draft, how)
        if not self.refused(sent, rows | self.model.refusals(None, draft, needs_email=True)):
            password_hash = sent[0].json()["data"]["password"]
            assert bcrypt.checkpw(PASSWORD.encode(), password_hash.encode())
            self.told(sent, self.model.create(draft, password_hash))

    @rule(how=HOW, which=WHICH, draft=UPDATES, fault=UPDATE_FAULTS)
    def update(self, how: str, which: int, draft: Draft, fault: Fault) -> None:
        id = self.id(which)
        draft, rows = faulty(draft, how, fault)
        rows |= self.model.refusals(id, draft, needs_email=self.fidelity == "observed")
        sent = self.send("PUT", f"admin-customer/{id}", draft, how)
        if not self.refused(sent, rows):
            password_hash = self.model.customers[id]["password"]
            if "password" in draft:
                password_hash = sent[0].json()["data"]["password"]
                assert bcrypt.checkpw(NEW_PASSWORD.encode(), password_hash.encode())
            self.told(sent, self.model.update(id, draft, password_hash))

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        self.delete_one(self.id(which))

    def delete_one(self, id: int) -> None:
        rows = set(self.model.copy().delete([id]))
        unknown = {"customers-unknown": "customer-not-found"}
        if not self.refused(self.send("DELETE", f"admin-customer/{id}"), {unknown.get(row, row) for row in rows}):
            self.model.delete([id])

    @rule(how=st.sampled_from(get_args(Ids)), which=st.lists(WHICH, min_size=1, max_size=4))
    def delete_many(self, how: Ids, which: list[int]) -> None:
        """Those who can be deleted are, whatever is said of the others."""
        ids = [self.id(one) for one in which[: 1 if how == "number" else None]]
        text = ",".join(map(str, ids))
        bodies: dict[Ids, Any] = {"list": ids, "text": text, "form": [*map(str, ids)], "number": ids[0]}
        name = "customerId[]" if how == "form" else "customerId"
        sent = self.send("POST", "admin-customer/delete-customer", {name: bodies[how]}, how)
        refused = self.model.delete(ids)
        if len(refused) == len(ids):
            assert self.kept() == sent[1]
        texts = {"customers-unknown": "Please choose a Customer", "customer-has-vendor": "Choosen customer have vendor"}
        said = texts[refused[0]] if refused else "Successfully deleted customer."
        assert sent[0].json()["message"].startswith(said)
        assert sent[0].status_code == (400 if refused else 200)

    @rule(which=WHICH, how=st.sampled_from(["POST", "PUT"]))
    def nobody_asks(self, which: int, how: str) -> None:
        path = f"admin-customer/{self.id(which)}" if how == "PUT" else "customer-group"
        self.refused(self.send(how, path, {}, "json", Authorization="Bearer nobody"), {"access-denied"})

    @rule(which=WHICH)
    def a_tester_makes_a_seller(self, which: int) -> None:
        id, before = self.id(which), self.model.copy()
        if id in self.model.customers and id not in self.model.sellers:
            times = {"created": "2026-01-01 00:00:00"}
            for path, record in (
                (f"sellers/{id}", {"customer": id, "company_name": "Shop"}),
                (f"seller_products/{id}", {"seller": id, "product": 1}),
            ):
                self.tester("PUT", f"state/spurtcommerce/{path}", {**record, **times})
            self.before[self.newest - 1] = before
            self.model.sellers.add(id)

    # Groups

    @rule(how=HOW, which=st.none() | WHICH, draft=GROUPS, fault=GROUP_FAULTS)
    def write_group(self, how: str, which: int | None, draft: Draft, fault: Fault) -> None:
        id = None if which is None else self.id(which, group=True)
        method, path = ("POST", "customer-group") if id is None else ("PUT", f"customer-group/{id}")
        draft, rows = faulty(draft, how, fault)
        sent = self.send(method, path, draft, how)
        if not self.refused(sent, rows | self.model.group_refusals(id, draft)):
            self.told(sent, self.model.write_group(id, draft))

    @rule(how=HOW, which=WHICH)
    def write_a_group_as_it_is(self, how: str, which: int) -> None:
        """A form has texts only, so that its status is another one to the program."""
        group = self.model.groups.get(self.id(which, group=True))
        if group is not None:
            draft = {"name": group["name"], "colorcode": group["colorCode"], "status": group["isActive"]}
            self.write_group(how, which, draft, None)

    @rule(which=WHICH)
    def empty_a_group(self, which: int) -> None:
        """Until only deleted customers are in it, who do not count; then it can be deleted."""
        id = self.id(which, group=True)
        for customer in self.model.living:
            if customer["customerGroupId"] == id:
                self.delete_one(customer["id"])
        self.delete_group("json", which, which, by_path=False)

    @rule(how=HOW, which=WHICH, other=WHICH, by_path=st.booleans())
    def delete_group(self, how: str, which: int, other: int, by_path: bool) -> None:  # noqa: FBT001
        """The body says which one. Where it does not, the page lets the path say it."""
        id = self.id(which, group=True)
        path = f"customer-group/{id if by_path else other}"
        sent = self.send("DELETE", path, {} if by_path else {"groupId": id}, how)
        row = self.model.refusal_to_delete_group(id)
        if by_path and self.fidelity == "observed":
            row = "body-invalid"
        if not self.refused(sent, {row} if row else set()):
            del self.model.groups[id]

    # A tester

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        before = self.model.copy()
        self.tester("PUT", "clock", {"action": "advance", "durationMillis": seconds * 1000})
        self.before[self.newest] = before
        self.model.at += timedelta(seconds=seconds)

    @rule(steps=st.integers(1, 12))
    def rewind(self, steps: int) -> None:
        """As it was some changes ago; this, too, can be taken back."""
        if self.before:
            before, id = self.model, [*self.before][-steps:][0]
            self.tester("POST", f"requests/{id}/rewind")
            self.model = self.model.rewound(self.before[id])
            self.before[self.newest] = before

    @rule(really=st.integers(0, 5))
    def begin_again(self, really: int) -> None:
        """Seldom, for much is forgotten."""
        if really == 5 and self.turn > 10:
            self.begin()

    # Looking

    @rule(filters=FILTERS, page=PAGES)
    def list_some(self, filters: dict[str, str], page: dict[str, int]) -> None:
        found = self.model.found(filters)
        assert self.get("admin-customer", **filters, **page, count=1) == len(found)
        assert self.get("admin-customer", **filters, **page) == self.model.listed(paged(found, page))

    @rule(filters=GROUP_FILTERS, page=PAGES)
    def list_groups(self, filters: dict[str, str], page: dict[str, int]) -> None:
        found = self.model.groups_found(filters)
        assert self.get("customer-group", **filters, **page, count="true") == len(found)
        assert self.get("customer-group", **filters, **page) == paged(found, page)

    @rule(which=st.lists(WHICH, min_size=1, max_size=4))
    def export(self, which: list[int]) -> None:
        """In the order and as often as they are named."""
        ids = [self.id(one) for one in which]
        query = {"customerId": ",".join(map(str, ids))}
        known = [self.model.customers[id] for id in ids if id in self.model.customers]
        self.exported("customer-excel-list", query, known if len(known) == len(ids) else [])

    @rule(filters=FILTERS)
    def export_all(self, filters: dict[str, str]) -> None:
        self.exported("allcustomer-excel-list", filters, self.model.found(filters, by_status=True))

    def exported(self, path: str, query: dict[str, str], customers: list[Record]) -> None:
        reply = self.client.get(f"/api/admin-customer/{path}", params=query, headers=HEADERS)
        assert (reply.status_code == 200) == bool(customers), reply.text
        if customers:
            assert sheet(reply) == self.model.exported(customers)

    @invariant()
    def the_marketplace_is_as_the_model_says(self) -> None:
        self.turn += 1
        model = self.model
        found = model.listed(model.found({}))
        assert self.get("admin-customer") == found
        assert self.get("admin-customer", limit=2, offset=1) == found[1:3]
        match self.turn % 3:
            case 0:
                assert self.get("admin-customer/recent-customerlist") == model.recent()
                assert self.get("admin-customer/today-customercount") == {"customerCount": str(model.today())}
            case 1:
                assert [*self.get("admin-customer/customer-count").values()] == model.counts()
                assert self.get("customer-group") == model.groups_found({})
            case 2:
                for id in [*model.customers][-4:]:
                    assert self.get(f"admin-customer/customer-detail/{id}") == model.detailed(id)


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("fidelity", get_args(Fidelity))
def test_the_marketplace_behaves_like_the_model(fidelity: Fidelity) -> None:
    with AppClient(world(fidelity).app, base_url="http://127.0.0.1/") as client:

        class PlayHere(Play):
            def __init__(self) -> None:
                super().__init__(client, fidelity)

        run_state_machine_as_test(
            PlayHere,
            settings=hypothesis.settings(
                max_examples=15 * EFFORT,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
