"""Every row of Kounta's error tables by a real request, and by `Prefer` on every operation that has it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from mockserver import files
from mockserver.app import build
from mockserver.contract import Operation, read_contract
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.rows import ErrorRow
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    COMPANY,
    CUSTOMERS,
    JAMIE,
    OTHER,
    WEBHOOKS,
    basic,
    bearer,
    freeze,
    refused,
)

HAZARD = re.compile("invalid|expired", re.IGNORECASE | re.ASCII)
"""A known client asks again, without end, while an error's text has one of these words."""
RENEWED = {"token-malformed": "invalid", "token-expired": "expired"}
"""The rows that have them, for they mean that a token is to be renewed."""

CONTRACT = read_contract(files.contracts() / "kounta.yaml")
CUSTOMER, WEBHOOK = f"{CUSTOMERS}/{JAMIE}", f"{WEBHOOKS}/1"
HOOK = {"topic": "orders/completed", "address": "https://hooks.example.com/kounta"}
CLIENT = {"client_id": ADDON[0], "client_secret": ADDON[1]}
LEAVE = {"client_id": ADDON[0], "response_type": "code"}

TOGETHER = "The client id and secret do not belong together"
GRANT = "The code or refresh token is unknown, was used before, or was given for another client or redirect_uri"
GRANTS = "grant_type must be authorization_code, refresh_token or client_credentials"
TOPICS = "topic must be customers/created, customers/updated, customers/deleted or orders/completed"
URL = "address must be an absolute http or https URL"
NOT_ALLOWED = "headers are Authorization and those that begin with X-, but not with X-Kounta"
MOBILE = "Another customer of this company has this mobile"
COUNTRY = "country must be a two-character ISO 3166-1 country code"
BY_NAME = "first_name, last_name and phone must be given together"
URI = "The redirect_uri is none of those that the application has named"


class Trigger(NamedTuple):
    """A request that is refused: with which row, by which operation, how it is sent, and the error's text."""

    row: str
    operation: str
    method: str
    path: str
    sent: dict[str, Any]
    text: str


def by_customer(row: str, wrong: dict[str, Any], text: str) -> Iterator[Trigger]:
    """What create and update refuse alike, beside something that could be done."""
    new = {"first_name": "Ann", "email": "ann@example.com", "reference_id": "N-1", **wrong}
    yield Trigger(row, "create_customer", "POST", CUSTOMERS, {"json": new}, text)
    changes = {"last_name": "Doe", "reference_id": "N-1", **wrong}
    yield Trigger(row, "update_customer", "PUT", CUSTOMER, {"json": changes}, text)


def by_webhook(row: str, wrong: dict[str, Any], text: str) -> Iterator[Trigger]:
    """What is refused of a new webhook and of an altered one; webhook 1 is for orders."""
    yield Trigger(row, "create_webhook", "POST", WEBHOOKS, {"json": {**HOOK, **wrong}}, text)
    changes = {"address": "https://hooks.example.com/elsewhere", **wrong}
    yield Trigger(row, "update_webhook", "PUT", WEBHOOK, {"json": changes}, text)


def by_token(row: str, asked: dict[str, Any], text: str) -> Trigger:
    """What is refused of who says in the body who it is."""
    return Trigger(row, "issue_token", "POST", "token", {"data": asked, "headers": {"Authorization": ""}}, text)


def by_page(row: str, asked: dict[str, Any], text: str) -> Iterator[Trigger]:
    for method, operation in (("GET", "show_authorization"), ("POST", "grant_authorization")):
        yield Trigger(row, operation, method, "../authorize", {"params": {**LEAVE, **asked}}, text)


NOBODY = {"email": None, "phone": " ", "mobile": ""}
AT_NOWHERE = {"redirect_uri": "http://127.0.0.1:8901/elsewhere"}
CODE = {"grant_type": "authorization_code", "code": "0" * 40, **CLIENT}
REFUSED = [
    Trigger("lookup-not-found", "find_customers", "GET", CUSTOMERS, {"params": {"email": "a@b.co"}}, "Customer Not Found"),
    Trigger("lookup-incomplete", "find_customers", "GET", CUSTOMERS, {"params": {"phone": "1"}}, f"{BY_NAME}; first_name, last_name is missing"),
    Trigger("customer-not-found", "get_customer", "GET", f"{CUSTOMERS}/389428", {}, "Customer 389428 Not Found"),
    Trigger("customer-not-found", "update_customer", "PUT", f"{CUSTOMERS}/389428", {"json": {}}, "Customer 389428 Not Found"),
    *by_customer("first-name-missing", {"first_name": " "}, "first_name is required"),
    *by_customer("contact-missing", NOBODY, "An email, phone or mobile is required"),
    *by_customer("country-unknown", {"shipping_address": {"country": "UK"}}, COUNTRY),
    Trigger("mobile-already-exists", "create_customer", "POST", CUSTOMERS, {"json": {"first_name": "Ann", "mobile": "0412345678"}}, MOBILE),
    Trigger("mobile-already-exists", "update_customer", "PUT", f"{CUSTOMERS}/400001", {"json": {"mobile": "0412345678"}}, MOBILE),
    Trigger("webhook-not-found", "get_webhook", "GET", f"{WEBHOOKS}/2", {}, "Webhook 2 Not Found"),
    Trigger("webhook-not-found", "update_webhook", "PUT", f"{WEBHOOKS}/2", {"json": {}}, "Webhook 2 Not Found"),
    Trigger("webhook-not-found", "delete_webhook", "DELETE", f"{WEBHOOKS}/2", {}, "Webhook 2 Not Found"),
    *by_webhook("topic-unknown", {"topic": "customers/merged"}, TOPICS),
    *by_webhook("address-malformed", {"address": "hooks.example.com"}, URL),
    *by_webhook("format-unsupported", {"format": "xml"}, "format must be json"),
    *by_webhook("header-not-allowed", {"headers": {"X-Kounta-Signature": "0"}}, f"X-Kounta-Signature is not allowed; {NOT_ALLOWED}"),
    *by_webhook("filter-unknown", {"filter": {"attributes": ["email"]}}, "attributes is no filter, or not for this topic"),
    by_token("grant-type-unsupported", {"grant_type": "password", **CLIENT}, GRANTS),
    by_token("client-malformed", {"grant_type": "client_credentials", **CLIENT, "client_secret": "wrong"}, TOGETHER),
    by_token("grant-malformed", CODE, GRANT),
    *by_page("client-not-known", {"client_id": ""}, "This application is not known here"),
    *by_page("redirect-uri-mismatch", AT_NOWHERE, URI),
    *by_page("response-type-unsupported", {"response_type": "token"}, "The response_type must be code"),
]  # fmt: skip
"""The operations' own rows."""

NEW = {"first_name": "Ann", "email": "ann@example.com"}
TYPED = {"content-type": "application/json"}
LARGE = {"content": b" " * (1 << 20) + b"{}", "headers": TYPED}
REFUSED_EVERYWHERE = [
    Trigger("credentials-missing", "find_customers", "GET", CUSTOMERS, {"headers": {"Authorization": ""}}, "Send client credentials or an access token in the header Authorization"),
    Trigger("client-unknown", "create_customer", "POST", CUSTOMERS, {"json": NEW, "headers": basic(ADDON[0], OTHER[1])}, TOGETHER),
    Trigger("token-malformed", "update_customer", "PUT", CUSTOMER, {"json": {"phone": "1"}, "headers": bearer("two words")}, "The access token provided is invalid"),
    Trigger("path-unknown", "", "GET", f"{COMPANY}/orders", {}, "Not Found"),
    Trigger("method-wrong", "", "DELETE", CUSTOMER, {}, "Method Not Allowed"),
    Trigger("format-not-acceptable", "create_customer", "POST", CUSTOMERS, {"json": NEW, "headers": {"Accept": "text/html"}}, "Let the path end in .json, or accept application/json"),
    Trigger("media-type-wrong", "update_customer", "PUT", CUSTOMER, {"data": {"phone": "1"}}, "The header Content-Type must be application/json"),
    Trigger("body-unreadable", "create_customer", "POST", CUSTOMERS, {"json": [NEW]}, "The request body cannot be read: it is not an object"),
    Trigger("body-too-large", "update_customer", "PUT", CUSTOMER, LARGE, "The request body is larger than 1048576 bytes"),
    Trigger("company-not-found", "create_customer", "POST", "companies/5679/customers", {"json": NEW}, "Company 5679 Not Found"),
    Trigger("field-malformed", "update_customer", "PUT", CUSTOMER, {"json": {"phone": "1", "tags": "gold"}}, "tags must be a list or null"),
    Trigger("field-missing", "create_webhook", "POST", WEBHOOKS, {"json": {"topic": "customers/created"}}, "address is required"),
]  # fmt: skip
"""The common rows, each at some operation."""
AFTER_A_WHILE = {"token-expired", "calls-exceeded"}
"""Common rows that take more than one request."""


def check(reply: Response, row: ErrorRow, text: str) -> None:
    """The error is the row's, in the vendor's form: a page for people, else JSON of a word and a text."""
    assert reply.status_code == row.status, reply.text
    hazards = {word.lower() for word in HAZARD.findall(reply.text)}
    assert hazards == ({RENEWED[row.id]} if row.id in RENEWED else set())
    if row.detail.get("page"):
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert f"<p>{html.escape(text)}</p>" in reply.text
    else:
        assert reply.headers["content-type"] == "application/json"
        assert refused(reply) == (row.status, row.detail["error"], text)


def test_every_row_of_the_contract_has_a_request_that_triggers_it() -> None:
    rows = {(operation.id, row) for operation in CONTRACT.operations.values() for row in operation.own_errors}
    assert {(trigger.operation, trigger.row) for trigger in REFUSED} == rows
    assert {trigger.row for trigger in REFUSED_EVERYWHERE} | AFTER_A_WHILE == CONTRACT.errors.keys()


@pytest.mark.parametrize(
    "trigger", REFUSED + REFUSED_EVERYWHERE, ids=lambda trigger: f"{trigger.row}-{trigger.operation}"
)
def test_a_refused_request_gets_the_error_of_its_row_and_alters_nothing(
    kounta: AppClient, sandbox: Sandbox, state: Callable[[], object], trigger: Trigger
) -> None:
    assert kounta.post(WEBHOOKS, json=HOOK).json()["id"] == 1
    before = state()
    path = f"http://127.0.0.1/@{sandbox.name}/authorize" if trigger.path == "../authorize" else trigger.path
    reply = kounta.request(trigger.method, path, **trigger.sent)
    newest = next(iter(sandbox.journal))
    assert (newest.row, newest.operation or "") == (trigger.row, trigger.operation), reply.text
    check(reply, CONTRACT.rows()[trigger.row], trigger.text)
    assert state() == before


def test_a_token_is_refused_an_hour_after_it_was_issued(
    kounta: AppClient, sandbox: Sandbox, state: Callable[[], object]
) -> None:
    freeze(sandbox)
    issued = kounta.post("token", data={"grant_type": "client_credentials", **CLIENT})
    assert issued.status_code == 200, issued.text
    headers = bearer(issued.json()["access_token"])
    with sandbox.ledger.transaction():
        sandbox.clock.advance(timedelta(seconds=3600))
    before = state()
    reply = kounta.put(CUSTOMER, json={"phone": "1"}, headers=headers)
    check(reply, CONTRACT.errors["token-expired"], "The access token provided has expired")
    assert state() == before


def test_the_call_past_the_limit_is_refused_where_limits_are_enforced() -> None:
    world = build(read_fixture("documented"), options=Options(rate_limits="enforce"))
    with AppClient(world.app, base_url="http://127.0.0.1/v1/", headers=basic(*ADDON)) as client:
        for _ in range(60):
            assert client.get("companies/me").status_code == 200
        reply = client.put(CUSTOMER, json={"phone": "1"})
        check(reply, CONTRACT.errors["calls-exceeded"], "More than 60 calls in 60 seconds")
        other = client.get(CUSTOMER, headers=basic(*OTHER))
        assert (other.status_code, other.json()["phone"]) == (200, "02 8765 4321"), other.text


ON_DEMAND = [
    pytest.param(operation, row, id=f"{operation.id}-{row.id}")
    for operation in CONTRACT.operations.values()
    for row in operation.errors.values()
]


@pytest.mark.parametrize(("operation", "row"), ON_DEMAND)
def test_every_row_comes_on_demand_in_the_vendors_form(
    kounta: AppClient, sandbox: Sandbox, state: Callable[[], object], operation: Operation, row: ErrorRow
) -> None:
    before = state()
    path = operation.path.format(company_id=5678, customer_id=JAMIE, webhook_id=1)
    url = f"http://127.0.0.1/@{sandbox.name}{path}"
    reply = kounta.request(operation.method, url, content=b"not even JSON", headers={"Prefer": f"error={row.id}"})
    text = row.message.format(**row.example)
    check(reply, row, text)
    assert "{" not in text
    assert (state(), next(iter(sandbox.journal)).row) == (before, row.id)


def test_a_preference_does_not_make_up_for_missing_credentials(kounta: AppClient) -> None:
    reply = kounta.get(CUSTOMER, headers={"Authorization": "", "Prefer": "error=customer-not-found"})
    assert refused(reply)[:2] == (401, "unauthorized")
