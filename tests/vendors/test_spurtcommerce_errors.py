"""Every row of Spurtcommerce's error tables by a real request, and by `Prefer` on every operation that has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import bcrypt
import pytest
from httpx2 import Response

from mockserver.options import Fidelity
from mockserver.rows import ErrorRow
from mockserver.vendors.spurtcommerce.records import Role, User
from tests.vendors import spurtcommerce_refusals as refusals
from tests.vendors.spurtcommerce_clients import (
    BOTH,
    CONTRACT,
    GRACE,
    OPERATIONS,
    PASSWORD,
    RUTH,
    SCREENED,
    TOM,
    Shop,
    by_framework,
    by_program,
    by_router,
    headers_of,
    opened,
    written,
)
from tests.vendors.spurtcommerce_refusals import GOOD, OPEN, Trigger
from tests.vendors.spurtcommerce_refused import DELETED, INACTIVE, PAUSED, REFUSED

EVERYWHERE = [
    *(refusal for operation in OPERATIONS for refusal in refusals.by_body(operation)),
    *(refusal for operation in OPERATIONS for refusal in refusals.by_path(operation)),
    *(refusal for operation in OPERATIONS for refusal in refusals.by_sender(operation)),
    *refusals.by_number(),
    *refusals.by_database(),
]
CREATED = "2019-01-21 10:38:14"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


@pytest.fixture(scope="module")
def shops() -> Iterator[dict[Fidelity, Shop]]:
    """A shop of each setting, with administrators who cannot sign in."""
    with ExitStack() as stack:
        shops = {fidelity: stack.enter_context(opened(fidelity)) for fidelity in BOTH}
        for shop in shops.values():
            shop.put("roles", Role(id=9, name="Paused", is_active=0, created=CREATED))
            for id, (username, role, active, deleted) in enumerate(
                ((INACTIVE, 1, 0, 0), (DELETED, 1, 1, 1), (PAUSED, 9, 1, 0)), 90
            ):
                user = User(
                    id=id,
                    username=username,
                    password_hash=HASH,
                    first_name="Somebody",
                    role=role,
                    is_active=active,
                    delete_flag=deleted,
                    created=CREATED,
                )
                shop.put("users", user)
        yield shops


def test_every_row_of_the_contract_has_a_request_that_triggers_it() -> None:
    own = {(operation.id, row) for operation in OPERATIONS.values() for row in operation.own_errors}
    triggered = {(refusal.operation, refusal.row) for refusal in (*REFUSED, *EVERYWHERE)}
    assert {(operation, row) for operation, row in triggered if row not in CONTRACT.errors} == own
    assert {row for _, row in triggered if row in CONTRACT.errors} == CONTRACT.errors.keys()
    for row in ("body-unreadable", "body-too-large", "character-refused", "program-failed"):
        assert {operation for operation, triggered_row in triggered if triggered_row == row} == OPERATIONS.keys()
    assert {operation for operation, row in triggered if row == "token-empty"} == OPERATIONS.keys() - OPEN
    checked = {id for id, operation in OPERATIONS.items() if operation.body}
    assert {operation for operation, row in triggered if row == "body-invalid"} == checked
    assert GOOD.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("fidelity", BOTH)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_refused_for_one_reason_is_done_without_it(fidelity: Fidelity, operation: str) -> None:
    path, body = GOOD[operation]
    sent = {} if body is None else {"json": body}
    with opened(fidelity) as shop:
        reply = shop.ask(OPERATIONS[operation].method, path, **sent)
        assert (reply.status_code, headers_of(reply).items() >= SCREENED.items()) == (200, True), reply.text
        assert shop.newest.operation == operation


@pytest.mark.parametrize(
    ("refusal", "fidelity"),
    [
        pytest.param(refusal, fidelity, id=f"{refusal.row}-{refusal.operation or refusal.method}-{fidelity}")
        for refusal in (*EVERYWHERE, *REFUSED)
        for fidelity in refusal.fidelities
    ],
)
def test_a_refused_request_gets_the_error_of_its_row_and_alters_nothing(
    shops: dict[Fidelity, Shop], refusal: Trigger, fidelity: Fidelity
) -> None:
    shop = shops[fidelity]
    before = shop.kept()
    reply = shop.ask(refusal.method, refusal.path, **refusal.sent)
    assert (reply.status_code, reply.text) == (refusal.status, refusal.body)
    assert headers_of(reply) == refusal.headers
    kind = "text/html" if refusal.status == 404 else "application/json"
    assert reply.headers["content-type"] == f"{kind}; charset=utf-8"
    assert (shop.newest.row, shop.newest.operation or "") == (refusal.row, refusal.operation)
    assert shop.kept() == before


# The one refusal that alters something


@pytest.mark.parametrize("fidelity", BOTH)
@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([GRACE, 99999], "Please choose a Customer that you want to delete."),
        ([99999, GRACE, TOM], "Please choose a Customer that you want to delete."),
        (
            f"{GRACE},{TOM},99999",
            "Choosen customer have vendor account, you have to first delete the products mapped to this Vendor.",
        ),
    ],
)
def test_of_many_customers_those_are_deleted_who_can_be(fidelity: Fidelity, ids: object, message: str) -> None:
    with opened(fidelity) as shop:
        reply = shop.ask("POST", "/api/admin-customer/delete-customer", json={"customerId": ids})
        assert (reply.status_code, reply.text) == (400, by_program(message))
        assert shop.newest.row == ("customer-has-vendor" if "vendor" in message else "customers-unknown")
        assert headers_of(reply) == SCREENED
        assert [customer.id for customer in shop.market.customers if customer.delete_flag] == [GRACE]
        listed = shop.done("GET", "/api/admin-customer")["data"]
        assert sorted(customer["id"] for customer in listed) == [TOM, RUTH]


# On demand


def asked_for(row: ErrorRow) -> str:
    """A row's body, made of its example in the form that its keys in the contract say."""
    text, detail = row.message.format(**row.example), row.detail
    if "html" in detail:
        return by_router(row.example["method"], row.example["resource"])
    if "name" in detail:
        return by_framework(detail["name"], text)
    if "lines" not in detail:
        return by_program(text, detail["number"])
    if "number" in detail:
        return written({"status": detail["number"], "message": text, "data": {"message": detail["lines"]}})
    return written({"message": text, "status": 0, "data": {"message": row.example["lines"]}})


ON_DEMAND = [(operation, row) for operation in OPERATIONS for row in OPERATIONS[operation].errors]


@pytest.mark.parametrize(("operation", "row"), ON_DEMAND)
def test_every_row_comes_on_demand_in_the_vendors_form(shops: dict[Fidelity, Shop], operation: str, row: str) -> None:
    shop, error = shops["documented"], OPERATIONS[operation].errors[row]
    before = shop.kept()
    reply = shop.ask(OPERATIONS[operation].method, GOOD[operation][0], headers={"Prefer": f"error={row}"})
    assert (reply.status_code, reply.text) == (error.status, asked_for(error))
    assert headers_of(reply).items() >= SCREENED.items()
    assert "{" not in error.message.format(**error.example)
    assert (shop.kept(), shop.newest.row) == (before, row)


def test_a_preference_does_not_make_up_for_what_is_asked_before(shops: dict[Fidelity, Shop]) -> None:
    prefer = {"Prefer": "error=customer-not-found"}
    assert _row(shops["observed"], by={}, headers=prefer) == "access-denied"
    assert _row(shops["observed"], json={"x": "<"}, headers=prefer) == "character-refused"


def _row(shop: Shop, **sent: object) -> str | None:
    reply: Response = shop.ask("GET", "/api/admin-customer/customer-detail/1", **sent)  # type: ignore[arg-type]
    assert reply.status_code >= 400
    return shop.newest.row
