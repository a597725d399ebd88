"""The words of the second generation: tokens and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.rows import ErrorRow
from mockserver.vendors.webcommander.records import Client, Shop
from mockserver.vendors.webcommander.v4.drafts import unknown_names

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_REASONS = {
    "type": ("invalid_type", "is of the wrong type"),
    "enum": ("invalid_enum", "is none of the known values"),
    "pattern": ("invalid_format", "is malformed"),
    "minLength": ("too_short", "is too short"),
    "maxLength": ("too_long", "is too long"),
    "minItems": ("too_few", "has too few entries"),
    "maxItems": ("too_many", "has too many entries"),
    "minimum": ("too_small", "is too small"),
    "maximum": ("too_large", "is too large"),
}
_MALFORMED = ("invalid_value", "is malformed")
"""By keywords of JSON Schema, an error's machine reason and its words."""


class FieldError(msgspec.Struct, frozen=True, gc=False):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class ErrorBody(msgspec.Struct, frozen=True, gc=False):
    """An error; `error` is a reason for programs."""

    status: str
    code: int
    message: str
    error: str | UnsetType = UNSET
    errors: tuple[FieldError, ...] | UnsetType = UNSET


def authenticate(shop: Shop, call: Call) -> Client | None:
    """The client whose token the call has; None where the operation asks for nobody."""
    if call.operation is not None and call.operation.public:
        return None
    text = read_token(call.headers.get(b"authorization"), call.headers.get(b"access_token"))
    if not text:
        raise Refused("token-missing")
    token = shop.access_tokens.get(text)
    if token is None:
        if call.options.auth == "strict" or not _TOKEN.fullmatch(text):
            raise Refused("token-unknown")
        return shop.first_client or stranger("")
    if token.expires is not None and call.at >= token.expires:
        raise Refused("token-expired")
    return shop.clients.get(token.client) or shop.first_client or stranger(token.client)


@lru_cache(maxsize=256)
def read_token(authorization: bytes | None, access_token: bytes | None) -> str:
    """A token from the header Authorization, with or without the word Bearer, else from the SDK's `access_token`."""
    text = (authorization or b"").decode("latin-1").strip()
    scheme, _, rest = text.partition(" ")
    if scheme.lower() == "bearer":
        text = rest.strip()
    return text or (access_token or b"").decode("latin-1").strip()


def stranger(client_id: str) -> Client:
    """A client of its own, which no fixture names."""
    return Client(client_id=client_id, client_secret="", username="", password_hash="", name=client_id)


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the first violation, save those bounds for which the operation itself has a row."""
    for violation in violations:
        if violation.row is None:
            raise _refusal(call, violation)


def _refusal(call: Call, violation: Violation) -> Refused:
    if violation.where == "path":
        return Refused("customer-not-found", customer=call.path[violation.name])
    if violation.keyword == "additionalProperties":
        return Refused("parameter-unknown", field=violation.name)
    if not violation.path:
        return Refused("body-unreadable", reason="it is not an object")
    if violation.keyword == "required":
        if violation.path == ("customer", "first_name"):
            return Refused("first-name-missing")
        return Refused("field-missing", field=field_path(violation.path))
    code, reason = _REASONS.get(violation.keyword, _MALFORMED)
    return Refused("field-malformed", field=field_path(violation.path), reason=reason, code=code)


def field_path(path: Sequence[str | int]) -> str:
    """A field as errors name it: `addresses[0].type`. The customer that all is about is not named."""
    steps = path[1:] if path[0] == "customer" and len(path) > 1 else path
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """An error in the vendor's envelope; one about a field names it."""
    message = row.message.format_map(values)
    if "reason" not in row.detail:
        return Reply(ErrorBody("error", row.status, message), row.status)
    reason = row.detail["reason"].format_map(values)
    if "field" not in row.detail:
        return Reply(ErrorBody("error", row.status, message, reason), row.status)
    about = FieldError(row.detail["field"].format_map(values), reason, message)
    return Reply(ErrorBody("error", row.status, message, reason, (about,)), row.status)


def find_ignored(call: Call, request: msgspec.Struct) -> None:
    """Note the fields of a body that the vendor does nothing with."""
    ignored = list(unknown_names(call.body, request))
    if ignored:
        call.find("ignored-field", f"the vendor ignores {', '.join(ignored)}")
