"""Every row of the second generation's error table by a real request, and by `Prefer` on every operation that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from mockserver import files
from mockserver.contract import Operation, read_contract
from mockserver.rows import ErrorRow
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import (
    APP,
    CUSTOMERS,
    JOHN,
    JOHNS_EMAIL,
    MIA,
    NEXT,
    NOAH,
    OTHER,
    TOKEN,
    advance,
    create,
    refused,
    trash,
)

CONTRACT = read_contract(files.contracts() / "webcommander-v4.yaml")
NOWHERE = 999999
ROBINS_EMAIL = "robin@shop.example.com"

IDS = "as its id, name or ISO code"
STATUSES = "active, inactive, pending, approval_awaiting, awaiting_verification"
ORDERS = "id, display_id, first_name, last_name, email, created_at"
GRANTS = "grant_type must be client_credentials or refresh_token, not 'password'"
TOGETHER = "client_id, client_secret and auth_string do not belong together, or one of them is missing"
NOT_ACTIVE = "The customer is awaiting_verification, and only active ones can log in"
TYPES = "'HOME' is no type of addresses; one of PRIMARY, SHIPPING, BILLING is"


class Way(NamedTuple):
    """How an operation is asked, with a body that it would accept; no body is None."""

    method: str
    path: str
    body: dict[str, Any] | None

    def of(self, id: int) -> Way:
        """The same of another customer."""
        return self._replace(path=self.path.replace(str(JOHN), str(id)))


CHANGE = {"email": JOHNS_EMAIL, "old_password": "123213", "password": "open-sesame"}
ADDRESS = {"type": "SHIPPING", "city": "Geelong"}
WAYS = {
    "issue_token": Way("POST", TOKEN, dict(APP.first)),
    "find_customers": Way("GET", CUSTOMERS, None),
    "create_customer": Way("POST", CUSTOMERS, {"customer": {"first_name": "Kim", "city": "Geelong"}}),
    "get_customer": Way("GET", f"{CUSTOMERS}/{JOHN}", None),
    "update_customer": Way("PUT", f"{CUSTOMERS}/{JOHN}", {"customer": {"last_name": "Doe"}, "credit_limit": 5}),
    "delete_customer": Way("DELETE", f"{CUSTOMERS}/{JOHN}", None),
    "change_password": Way("POST", f"{CUSTOMERS}/{JOHN}/change-password", {"customer": CHANGE}),
    "reset_password": Way("POST", f"{CUSTOMERS}/{JOHN}/reset-password", {"password": "open-sesame"}),
    "add_addresses": Way("POST", f"{CUSTOMERS}/{JOHN}/addresses", {"customer": {"addresses": [ADDRESS]}}),
}


class Trigger(NamedTuple):
    """A request that is refused: with which row, by which operation, how it is sent; the error's field and text."""

    row: str
    operation: str
    way: Way
    sent: dict[str, Any]
    field: str | None
    text: str

    def of(self, id: int) -> Trigger:
        """The same of another customer."""
        return self._replace(way=self.way.of(id))


def told(row: str, operation: str, body: dict[str, Any], field: str | None, text: str) -> Trigger:
    """What an operation refuses of a body."""
    return Trigger(row, operation, WAYS[operation], {"json": body}, field, text)


def by_customer(row: str, wrong: dict[str, Any], field: str, text: str) -> Iterator[Trigger]:
    """What create and update refuse alike, beside something that could be done."""
    yield told(row, "create_customer", {"customer": {"first_name": "Kim", "city": "Geelong", **wrong}}, field, text)
    beside = {"credit_limit": 5, "customer_password_expired": True}
    yield told(row, "update_customer", {"customer": {"last_name": "Doe", **wrong}, **beside}, field, text)


def by_address(row: str, wrong: dict[str, Any], field: str, text: str) -> Iterator[Trigger]:
    """What a customer's address is refused for, and the second one of those that are added."""
    yield from by_customer(row, wrong, field, text)
    added = {"customer": {"addresses": [ADDRESS, {**ADDRESS, **wrong}]}}
    yield told(row, "add_addresses", added, f"addresses[1].{field}", text)


def by_id(row: str, id: int, text: str, operations: list[str]) -> Iterator[Trigger]:
    for operation in operations:
        way = WAYS[operation].of(id)
        yield Trigger(row, operation, way, {} if way.body is None else {"json": way.body}, None, text)


def by_password(row: str, wrong: dict[str, str], field: str | None, text: str) -> Trigger:
    return told(row, "change_password", {"customer": {**CHANGE, **wrong}}, field, text)


def by_list(row: str, query: dict[str, str], field: str, text: str) -> Trigger:
    return Trigger(row, "find_customers", WAYS["find_customers"], {"params": query}, field, text)


WRITES = ["update_customer", "delete_customer", "change_password", "reset_password", "add_addresses"]
HOME = {"customer": {"addresses": [ADDRESS, {**ADDRESS, "type": "HOME"}]}}
DELETED = f"'deleted' is no status; one of {STATUSES} is"
LIMIT = "store_credit is above 500.0, the limit of this customer"
REFUSED = [
    told("grant-type-unsupported", "issue_token", {**APP.first, "grant_type": "password"}, "grant_type", GRANTS),
    told("client-unknown", "issue_token", {**APP.first, "client_secret": OTHER.client_secret}, None, TOGETHER),
    told("refresh-token-unknown", "issue_token", APP.later(OTHER.refresh_token), None, "This refresh token was not issued to this client"),
    by_list("sort-field-unknown", {"order_by": "city"}, "order_by", f"'city' orders no list; one of {ORDERS} does"),
    by_list("status-unknown", {"status": "deleted"}, "status", DELETED),
    *by_id("customer-not-found", NOWHERE, "Customer not found", ["get_customer", *WRITES]),
    *by_id("customer-in-trash", MIA, "Customer already in trash", WRITES),
    *by_customer("first-name-missing", {"first_name": " "}, "first_name", "Customer name is required"),
    *by_customer("email-already-exists", {"email": "MIA.CARTER@example.com"}, "email", "Provided email already registered"),
    *by_customer("shipping-profile-unknown", {"shipping_profile": 2}, "shipping_profile", "No shipping profile has the id 2"),
    *by_customer("parent-unknown", {"parent": NOWHERE}, "parent", f"No other customer has the id {NOWHERE}"),
    *by_customer("status-unknown", {"status": "deleted"}, "status", DELETED),
    *by_address("email-malformed", {"email": "robin.example.com"}, "email", "'robin.example.com' is not an email"),
    *by_address("country-unknown", {"country": "Atlantis"}, "country", f"No country has 'Atlantis' {IDS}"),
    *by_address("state-unknown", {"state": "Atlantis"}, "state_id", f"No state of the country has 'Atlantis' {IDS}"),
    *by_address("state-country-mismatch", {"country": "BD", "state": 72}, "state_id", "Victoria is not a state of Bangladesh"),
    told("store-credit-above-limit", "update_customer", {"customer": {"last_name": "Doe"}, "store_credit": 500.01}, "store_credit", LIMIT).of(NOAH),
    by_password("email-mismatch", {"email": "jane.roe@example.com"}, "email", "'jane.roe@example.com' is not the email of this customer"),
    by_password("customer-not-active", {"email": ROBINS_EMAIL}, None, NOT_ACTIVE).of(NEXT),
    by_password("old-password-wrong", {"old_password": "123214"}, None, "The old password is wrong"),
    told("address-type-unknown", "add_addresses", HOME, "addresses[1].type", TYPES),
]  # fmt: skip
"""The operations' own rows. Mia is in the trash; Robin, who is awaiting verification, is the newest customer."""

ANY = list(WAYS)
ASKED = [operation for operation in ANY if operation != "issue_token"]
BODIES = {operation: way.body for operation, way in WAYS.items() if way.body}
NAMED = {"issue_token": "grant_type", "reset_password": "password"}
"""What a body is refused for, where it is not `customer`."""
TYPED = {"issue_token": "a text", "reset_password": "a text or null", "update_customer": "an object or null"}
"""What that must be, where it is not an object."""
LARGE = {"content": b" " * (1 << 20) + b"{}", "headers": {"Content-Type": "application/json"}}


def everywhere(
    row: str, operations: list[str], sent: dict[str, Any], field: str | None, text: str
) -> Iterator[Trigger]:
    for operation in operations:
        way = WAYS[operation]
        body = {} if way.body is None or sent is LARGE else {"json": way.body}
        yield Trigger(row, operation, way, body | sent, field, text)


REFUSED_EVERYWHERE = [
    *everywhere("token-missing", ASKED, {"headers": {"Authorization": ""}}, None, "Send an access token in the header Authorization or access_token"),
    *everywhere("token-unknown", ASKED, {"headers": {"Authorization": "Bearer two words"}}, None, "This access token was not issued here"),
    *everywhere("body-too-large", ANY, LARGE, None, "The request body is larger than 1048576 bytes"),
    *everywhere("parameter-unknown", ANY, {"params": {"page": 1}}, "page", "There is no query parameter 'page' here"),
    Trigger("path-unknown", "", Way("GET", "create-customer-fields", None), {}, None, "There is no such path"),
    Trigger("method-wrong", "", Way("PATCH", CUSTOMERS, None), {}, None, "The path does not have this method"),
    *(
        Trigger("media-type-wrong", operation, WAYS[operation], {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, None, "The header Content-Type must be application/json, but it is text/plain")
        for operation in BODIES
    ),
    *(
        Trigger("body-unreadable", operation, WAYS[operation], {"json": [body]}, None, "The request body cannot be read: it is not an object")
        for operation, body in BODIES.items()
    ),
    *(
        told("field-missing", operation, {"others": 1}, field := NAMED.get(operation, "customer"), f"{field} is required")
        for operation in BODIES
    ),
    *(
        told("field-malformed", operation, {field: 5}, field, f"{field} must be {TYPED.get(operation, 'an object')}")
        for operation in BODIES
        if (field := NAMED.get(operation, "customer"))
    ),
    by_list("field-malformed", {"limit": "0"}, "limit", "limit must be at least 1"),
]  # fmt: skip
"""The common rows, each wherever it can be."""
AFTER_A_WHILE = {"token-expired"}
"""The common row that takes more than one request."""


def check(reply: Response, row: ErrorRow, values: dict[str, Any], text: str) -> None:
    """The error is the row's, in the vendor's envelope."""
    assert (reply.status_code, reply.headers["content-type"]) == (row.status, "application/json"), reply.text
    field = row.detail["field"].format(**values) if "field" in row.detail else None
    assert refused(reply) == (row.status, row.detail["reason"].format(**values), field)
    assert reply.json()["message"] == text


def test_every_row_of_the_contract_has_a_request_that_triggers_it() -> None:
    rows = {(operation.id, row) for operation in CONTRACT.operations.values() for row in operation.own_errors}
    assert {(trigger.operation, trigger.row) for trigger in REFUSED} == rows
    assert {trigger.row for trigger in REFUSED_EVERYWHERE} | AFTER_A_WHILE == CONTRACT.errors.keys()
    assert WAYS.keys() == CONTRACT.operations.keys()


@pytest.mark.parametrize("operation", ANY)
def test_what_is_refused_here_is_done_where_nothing_is_wrong(v4: AppClient, operation: str) -> None:
    way = WAYS[operation]
    reply = v4.request(way.method, way.path, json=way.body)
    assert reply.status_code in (200, 201, 204), reply.text


@pytest.mark.parametrize(
    "trigger", REFUSED + REFUSED_EVERYWHERE, ids=lambda trigger: f"{trigger.row}-{trigger.operation}"
)
def test_a_refused_request_gets_the_error_of_its_row_and_alters_nothing(
    v4: AppClient, sandbox: Sandbox, state: Callable[[], object], trigger: Trigger
) -> None:
    trash(v4, MIA)
    assert create(v4, email=ROBINS_EMAIL)["id"] == NEXT
    before = state()
    reply = v4.request(trigger.way.method, trigger.way.path, **trigger.sent)
    newest = next(iter(sandbox.journal))
    assert (newest.row, newest.operation or "") == (trigger.row, trigger.operation), reply.text
    values = {"field": trigger.field, "code": "too_small" if trigger.field == "limit" else "invalid_type"}
    check(reply, CONTRACT.rows()[trigger.row], values, trigger.text)
    assert state() == before


@pytest.mark.parametrize("operation", ASKED)
def test_a_token_is_refused_an_hour_after_it_was_issued(
    v4: AppClient, sandbox: Sandbox, state: Callable[[], object], operation: str
) -> None:
    headers = {"Authorization": v4.post(TOKEN, json=APP.first).json()["access_token"]}
    advance(sandbox, 3600)
    before, way = state(), WAYS[operation]
    reply = v4.request(way.method, way.path, json=way.body, headers=headers)
    text = "This access token is more than an hour old; get another one"
    check(reply, CONTRACT.errors["token-expired"], {}, text)
    assert state() == before


ON_DEMAND = [
    pytest.param(operation, row, id=f"{operation.id}-{row.id}")
    for operation in CONTRACT.operations.values()
    for row in operation.errors.values()
]


@pytest.mark.parametrize(("operation", "row"), ON_DEMAND)
def test_every_row_comes_on_demand_in_the_vendors_form(
    v4: AppClient, sandbox: Sandbox, state: Callable[[], object], operation: Operation, row: ErrorRow
) -> None:
    before, way = state(), WAYS[operation.id]
    reply = v4.request(way.method, way.path, content=b"not even JSON", headers={"Prefer": f"error={row.id}"})
    text = row.message.format(**row.example)
    check(reply, row, dict(row.example), text)
    assert "{" not in text
    assert (state(), next(iter(sandbox.journal)).row) == (before, row.id)


def test_a_preference_does_not_make_up_for_a_missing_token(v4: AppClient) -> None:
    reply = v4.get(CUSTOMERS, headers={"Authorization": "", "Prefer": "error=status-unknown"})
    assert refused(reply) == (401, "missing_token", None)
