"""The words of Open2b: requests, replies, keys and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mockserver.call import Call, Refused, Reply, Violation
from mockserver.contract import ErrorRow
from mockserver.vendors.open2b.records import ApiKey, BillingAddress, Customer, ShippingAddress, Shop

_KEY = re.compile(r"[A-Za-z0-9_-]{8,}={0,2}")
"""Base64url text [open2b.dev/en/authentication]; the least length is our choice."""

_PHASES = {"additionalProperties": 0, "required": 1}
_NOT_A_SET_VALUE = {"enum", "minimum", "maximum"}


CUSTOMER_FIELDS = (
    *(
        "id",
        "code",
        "canLogin",
        "hasPassword",
        "encryptedPassword",
        "locale",
        "creationTime",
        "loginTime",
        "updateTime",
    ),
    *("group", "collection", "collections", "wishList", "cart", "invoiceRecipient", "fullName"),
    *("billingAddress", "shippingAddress"),
)
"""What a customer shows, in the vendor's order [page]."""


class Conditions(msgspec.Struct, frozen=True, rename="camel"):
    """Which customers are meant; all that are set must hold."""

    ids: frozenset[int] | None = None
    code: str | None = None
    can_login: bool | None = None
    group: int | None = None
    email: str | None = None
    personal_code: str | None = None
    company_code: str | None = None
    keywords: str | None = None
    country: str | None = None
    state_prov: str | None = None
    labels: frozenset[int] | None = None
    after: int | None = None


class FindRequest(msgspec.Struct, frozen=True):
    """What find is asked."""

    conditions: Conditions = Conditions()
    fields: list[str] | None = None
    order: list[str] = []
    limit: int | None = None
    first: int = 0


class GetRequest(msgspec.Struct, frozen=True):
    """What get is asked."""

    id: int
    fields: list[str] | None = None


class AuthenticateRequest(msgspec.Struct, frozen=True):
    """What authenticate is asked."""

    email: str
    password: str
    fields: list[str] | None = None


class CountRequest(msgspec.Struct, frozen=True):
    """What count is asked."""

    conditions: Conditions = Conditions()


class Password(msgspec.Struct, frozen=True, rename="camel"):
    """A password as it is sent. Contract violations of its length are left to the rules."""

    value: str | UnsetType = UNSET
    crypted_by: str | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What create and update are told of a customer; UNSET is what was left out."""

    code: str | UnsetType = UNSET
    can_login: bool | UnsetType = UNSET
    password: Password | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET
    creation_time: str | UnsetType = UNSET
    login_time: str | UnsetType | None = UNSET
    group: int | UnsetType = UNSET
    collection: int | UnsetType | None = UNSET
    collections: tuple[int, ...] | UnsetType = UNSET
    wish_list: tuple[int, ...] | UnsetType = UNSET
    cart: str | UnsetType | None = UNSET
    invoice_recipient: str | UnsetType = UNSET
    billing_address: BillingAddress | UnsetType = UNSET
    shipping_address: ShippingAddress | UnsetType | None = UNSET


class CreateRequest(msgspec.Struct, frozen=True):
    """What create is asked."""

    customer: Draft


class UpdateRequest(msgspec.Struct, frozen=True):
    """What update is asked."""

    id: int
    customer: Draft


class DeleteRequest(msgspec.Struct, frozen=True):
    """What delete is asked."""

    ids: list[int]


def authenticate(shop: Shop, call: Call) -> ApiKey:
    """The app's key from the header X-Key. A key that the shop does not know is a full one, unless auth is strict."""
    text = call.header(b"x-key")
    if text is None:
        raise Refused("key-missing")
    key = shop.keys.get(text)
    if key is not None:
        if key.unlicensed_methods:
            _check_licence(key, call)
        return key
    if call.options.auth == "strict" or not _KEY.fullmatch(text):
        raise Refused("key-malformed")
    return ApiKey(key=text, name="unknown")


def _check_licence(key: ApiKey, call: Call) -> None:
    method = call.operation.path.rpartition("/")[2] if call.operation else ""
    if method in key.unlicensed_methods:
        raise Refused("method-invalid-value", method=method)


def judge(_call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the violation that Open2b names first: an unknown field, then a missing one, then a wrong value.

    Bounds for which the method's own table has a row are left to the method, whose rows have an order of their own.
    """
    first = min(
        (violation for violation in violations if violation.row is None),
        key=lambda violation: _PHASES.get(violation.keyword, 2),
        default=None,
    )
    if first is not None:
        raise _refusal(first)


def _refusal(violation: Violation) -> Refused:
    field = violation.name
    if not violation.path:
        return Refused("body-unreadable", reason="it is not an object")
    if violation.keyword == "additionalProperties":
        return Refused("unknown-unknown-field", field=field)
    if violation.keyword == "required":
        return Refused("field-missing", **named(field))
    if violation.keyword in _NOT_A_SET_VALUE:
        return Refused("field-invalid-value", **named(field))
    return Refused("field-malformed", **named(field))


def named(field: str) -> dict[str, str]:
    """A field as the common rows name it: as it is, and with a capital letter."""
    return {"field": field, "Field": field[:1].upper() + field[1:]}


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """An error as Open2b sends it: HTTP 200 and one error object, or plain text where no method was reached."""
    message = row.message.format_map(values)
    if "type" not in row.detail:
        return Reply(message, row.status, media_type="text/plain")
    field = row.detail["field"].format_map(values)
    return Reply({"status": "error", "error": {"field": field, "type": row.detail["type"], "description": message}})


def ok(**more: Any) -> Reply:
    """A success."""
    return Reply({"status": "ok", **more})


def time_text(instant: datetime) -> str:
    """A time as Open2b writes it: UTC, no offset."""
    return instant.isoformat(" ")[:19]


def customer_body(customer: Customer, fields: Sequence[str] | None) -> dict[str, Any]:
    """A customer as find, get and authenticate show her, keys in the vendor's order; `fields` selects among them."""
    shipping = customer.shipping_address
    body = {
        "id": customer.id,
        "code": customer.code,
        "canLogin": customer.can_login,
        "hasPassword": bool(customer.encrypted_password),
        "encryptedPassword": customer.encrypted_password,
        "locale": customer.locale,
        "creationTime": customer.creation_time,
        "loginTime": customer.login_time,
        "updateTime": customer.update_time,
        "group": customer.group,
        "collection": customer.collection,
        "collections": list(customer.collections),
        "wishList": list(customer.wish_list),
        "cart": customer.cart,
        "invoiceRecipient": customer.invoice_recipient,
        "fullName": customer.full_name,
        "billingAddress": msgspec.to_builtins(customer.billing_address),
        "shippingAddress": None if shipping is None else msgspec.to_builtins(shipping),
    }
    return body if fields is None else {name: value for name, value in body.items() if name in fields}
