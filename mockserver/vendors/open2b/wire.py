"""The words of Open2b: requests, replies, keys and errors."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.rendering import Rendering
from mockserver.rows import ErrorRow
from mockserver.vendors.open2b.records import ApiKey, BillingAddress, Customer, ShippingAddress, Shop

_KEY = re.compile(r"[A-Za-z0-9_-]{8,}={0,2}")
"""Base64url text [open2b.dev/en/authentication]; the least length is our choice."""

_PHASES = {"additionalProperties": 0, "required": 1}
_NOT_A_SET_VALUE = {"enum", "minimum", "maximum"}


class CustomerBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A customer as Open2b shows her, keys in the vendor's order [page]."""

    id: int
    code: str
    can_login: bool
    has_password: bool
    encrypted_password: str
    locale: str
    creation_time: str
    login_time: str | None
    update_time: str
    group: int
    collection: int | None
    collections: tuple[int, ...]
    wish_list: tuple[int, ...]
    cart: str | None
    invoice_recipient: str
    full_name: str
    billing_address: BillingAddress
    shipping_address: ShippingAddress | None


_CUSTOMER_KEYS = {field.encode_name: field.name for field in msgspec.structs.fields(CustomerBody)}
CUSTOMER_FIELDS = tuple(_CUSTOMER_KEYS)
"""What `fields` may select."""


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
    sent = call.headers.get(b"x-key")
    if sent is None:
        raise Refused("key-missing")
    text = sent.decode("latin-1")
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


def time_text(at: float) -> str:
    """Seconds since 1970 as Open2b writes a time: UTC, no offset."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def customer_body(customer: Customer, fields: Sequence[str] | None) -> CustomerBody | dict[str, Any]:
    """A customer as find, get and authenticate show her; `fields` selects among the keys and leaves their order."""
    body = CustomerBody(
        customer.id,
        customer.code,
        customer.can_login,
        bool(customer.encrypted_password),
        customer.encrypted_password,
        customer.locale,
        customer.creation_time,
        customer.login_time,
        customer.update_time,
        customer.group,
        customer.collection,
        customer.collections,
        customer.wish_list,
        customer.cart,
        customer.invoice_recipient,
        customer.full_name,
        customer.billing_address,
        customer.shipping_address,
    )
    if fields is None:
        return body
    return {shown: getattr(body, name) for shown, name in _CUSTOMER_KEYS.items() if shown in fields}


SHOWN = Rendering(lambda customer: msgspec.json.encode({"status": "ok", "customer": customer_body(customer, None)}))
"""The text that shows a whole customer."""
