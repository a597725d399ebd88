"""Requests that WebCommander's plugin API refuses: one or more for every row of every operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver import files
from mockserver.contract import read_contract
from tests.vendors.webcommander_plugin import JOHN, MIA, NOAH, OTHER, TOKEN

CONTRACT = read_contract(files.contracts() / "webcommander-plugin.yaml")
OPERATIONS = CONTRACT.operations
EXPIRED = "e" * 32
"""A customer's token that is no good any more."""


class Trigger(NamedTuple):
    """A request that is refused: with which row, by which operation, how it is sent, and the error's text."""

    row: str
    operation: str
    sent: dict[str, Any]
    text: str
    method: str = ""
    path: str = ""


# The operations' own rows. Mia is in the trash, and a customer has the userName ada-keeper.

NEW = {"firstName": "Robin", "email": "robin@example.com"}
BY_ID = {"customerId": JOHN}
CREDIT = {"add": "true", "deltaAmount": 50}
LOGIN = {"clientId": "mockserver-plugin", "email": "john.islam@example.com", "password": "123213"}
GOOD: dict[str, dict[str, Any]] = {
    "get_customer_by_token": {"token": TOKEN},
    "find_customers": {"max": "1"},
    "create_customer": NEW,
    "delete_customer": BY_ID,
    "update_customer": {**BY_ID, "city": "Perth"},
    "find_payments": BY_ID,
    "get_customer": BY_ID,
    "find_orders": BY_ID,
    "update_billing_address": {**BY_ID, "city": "Perth"},
    "update_shipping_address": {**BY_ID, "city": "Perth"},
    "update_store_credit": {**BY_ID, **CREDIT},
    "authenticate_customer": LOGIN,
}
"""What each operation does as it is asked to."""

UNNAMED = "Name the customer by customerId or by email"
MALFORMED = "email {} is malformed; it must be one @ with text on both sides of it, and without spaces"
TAKEN = "Another customer has the email {}; one in the trash keeps it too"
WORDS = {
    "update_customer": "status gone is unknown; it must be active or inactive",
    "update_billing_address": "status gone is unknown; it must be active, inactive, pending, approval_awaiting or awaiting_verification",
}
WORDS["update_shipping_address"] = WORDS["update_billing_address"]
AMOUNT = "deltaAmount {} must be a number above 0 and up to 1000000000000, with at most two decimals"
NO_LOGIN = "No active customer has this email or userName and this password"
WRITES = [
    "delete_customer",
    "update_customer",
    "update_billing_address",
    "update_shipping_address",
    "update_store_credit",
]
NAMING = [*WRITES, "find_payments", "get_customer", "find_orders"]
PLACED = ["create_customer", "update_customer", "update_billing_address", "update_shipping_address"]


def sent(operation: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"params" if OPERATIONS[operation].method == "GET" else "json": fields}


def trigger(row: str, operation: str, wrong: dict[str, Any], text: str) -> Trigger:
    """What an operation refuses of a request that is good otherwise; None leaves something out."""
    fields = {**GOOD[operation], **wrong}
    return Trigger(
        row, operation, sent(operation, {key: fields[key] for key in fields if fields[key] is not None}), text
    )


def by_naming() -> Iterator[Trigger]:
    """Nobody, somebody unknown, and somebody in the trash, named in both ways."""
    for operation in NAMING:
        yield trigger("customer-unnamed", operation, {"customerId": None}, UNNAMED)
        yield trigger("customer-not-found", operation, {"customerId": 999999}, "There is no customer 999999")
        nobody = {"customerId": None, "email": "nobody@example.com"}
        yield trigger("customer-not-found", operation, nobody, "There is no customer nobody@example.com")
    for operation in WRITES:
        for name in ({"customerId": MIA}, {"customerId": None, "email": "MIA.carter@example.com"}):
            text = f"Customer {MIA} is in the trash, where nobody can be altered any more"
            yield trigger("customer-in-trash", operation, name, text)


def by_place() -> Iterator[Trigger]:
    for operation in PLACED:
        yield trigger(
            "country-unknown", operation, {"country": 999}, "There is no country 999; country must be the number of one"
        )
        yield trigger(
            "state-unknown", operation, {"state": 9999}, "There is no state 9999; state must be the number of one"
        )
        elsewhere = {"country": 12, "state": 10}
        yield trigger(
            "state-country-mismatch",
            operation,
            elsewhere,
            "Dhaka is not in Australia; state must be one of the country",
        )


def by_word() -> Iterator[Trigger]:
    for operation in ("create_customer", "update_customer"):
        for name in ("", " \t"):
            yield trigger(
                "first-name-missing", operation, {"firstName": name}, "firstName is required and may not be blank"
            )
        for email in ("JOHN.islam@example.com", "mia.carter@example.com"):
            yield trigger("email-already-exists", operation, {"customerId": NOAH, "email": email}, TAKEN.format(email))
    for operation in PLACED:
        for email in ("john.example.com", "@example.com", "john@", "a@b@c", "jo hn@example.com"):
            yield trigger("email-malformed", operation, {"email": email}, MALFORMED.format(email))
    for operation, text in WORDS.items():
        yield trigger("status-unknown", operation, {"status": "gone"}, text)


def by_credit() -> Iterator[Trigger]:
    for amount in (0.005, 0, -1, 50.001, 1e12 + 1):
        text = AMOUNT.format(amount)
        yield trigger("delta-amount-malformed", "update_store_credit", {"deltaAmount": amount}, text)
    for add in ("false", False):
        yield trigger("store-credit-below-zero", "update_store_credit", {"add": add}, "")
    yield trigger("store-credit-above-limit", "update_store_credit", {"customerId": NOAH, "deltaAmount": 500.01}, "")


def by_login() -> Iterator[Trigger]:
    mia = {"email": "mia.carter@example.com", "password": "mockserver-123"}
    for wrong in (
        {"password": "x"},
        {"password": ""},
        {"email": "nobody@example.com"},
        {"email": None, "userName": "x"},
        mia,
    ):
        yield trigger("login-failed", "authenticate_customer", wrong, NO_LOGIN)
    for nobody in ({"email": None}, {"email": None, "userName": ""}):
        yield trigger("customer-unnamed", "authenticate_customer", nobody, "Name the customer by email or by userName")
    other = {"clientId": "mockserver-other-plugin"}
    yield trigger("client-unknown", "authenticate_customer", other, "The clientId is not this plugin's")


REFUSED = [
    *by_naming(),
    *by_place(),
    *by_word(),
    *by_credit(),
    *by_login(),
    trigger("first-name-missing", "create_customer", {"firstName": None}, "firstName is required and may not be blank"),
    trigger("email-missing", "create_customer", {"email": None}, "email is required"),
    trigger("user-name-already-exists", "create_customer", {"userName": "Ada-Keeper"}, "Another customer has the userName Ada-Keeper"),
    trigger("token-unknown", "get_customer_by_token", {"token": "f" * 32}, "Nobody has this token"),
    trigger("token-expired", "get_customer_by_token", {"token": EXPIRED}, "This token is too old; log in again for another one"),
]  # fmt: skip


# The common rows, at every operation that can have them.

LARGE = b" " * (1 << 20) + b"{}"
TYPED = {"content-type": "application/json"}
UNKNOWN = "The headers uuid and accessToken do not belong together"
FORMS = "The header uuid must look like F8A3-A88E-C6EF-B1CB, and accessToken must be 32 hexadecimal digits"
UNTYPED: dict[str, tuple[str, object, str]] = {
    "find_customers": ("max", "many", "an integer"),
    "create_customer": ("city", 1, "a text or null"),
    "authenticate_customer": ("password", 1, "a text"),
    **dict.fromkeys(NAMING, ("customerId", "x", "an integer")),
    **dict.fromkeys(WRITES, ("customerId", "x", "digits, and not only zeros")),
}
"""A field, something that is not for it, and what it must be."""
REQUIRED = {"get_customer_by_token": "token", "update_store_credit": "add", "authenticate_customer": "password"}


def by_sender(operation: str) -> Iterator[Trigger]:
    good = sent(operation, GOOD[operation])
    for row, headers, text in (
        ("credentials-missing", {"uuid": ""}, "Send both headers, uuid and accessToken"),
        ("credentials-missing", {"accessToken": ""}, "Send both headers, uuid and accessToken"),
        ("credentials-malformed", {"uuid": "F8A3A88EC6EFB1CB"}, FORMS),
        ("credentials-malformed", {"accessToken": "1" * 31}, FORMS),
        ("credentials-unknown", {"accessToken": OTHER["accessToken"]}, UNKNOWN),
    ):
        yield Trigger(row, operation, {**good, "headers": headers}, text)


def by_form(operation: str) -> Iterator[Trigger]:
    if operation in UNTYPED:
        field, wrong, right = UNTYPED[operation]
        yield trigger("field-malformed", operation, {field: wrong}, f"{field} must be {right}")
    if operation in REQUIRED:
        yield trigger("field-missing", operation, {REQUIRED[operation]: None}, f"{REQUIRED[operation]} is required")
    if OPERATIONS[operation].method != "GET":
        plain = {"content": json.dumps(GOOD[operation]), "headers": {"content-type": "text/plain"}}
        yield Trigger(
            "media-type-wrong", operation, plain, "The header Content-Type must be application/json, not text/plain"
        )
        array, empty = {"json": [GOOD[operation]]}, {"content": b"", "headers": TYPED}
        yield Trigger("body-unreadable", operation, array, "The request body cannot be read: it is not an object")
        yield Trigger("body-unreadable", operation, empty, "The request body cannot be read: the body is empty")
        large = {"content": LARGE, "headers": TYPED}
        yield Trigger("body-too-large", operation, large, "The request body is larger than 1048576 bytes")


def by_path(operation: str) -> Iterator[Trigger]:
    method, path = OPERATIONS[operation].method, OPERATIONS[operation].path.rpartition("/")[2]
    other = "PUT" if method == "GET" else "GET"
    text = "The path does not have this method; the header Allow has those that it has"
    yield Trigger("method-wrong", "", {}, text, other, path)
    yield Trigger("path-unknown", "", sent(operation, GOOD[operation]), "There is no such path", method, f"{path}/1")


REFUSED_EVERYWHERE = [
    refusal for operation in OPERATIONS for part in (by_sender, by_form, by_path) for refusal in part(operation)
]
