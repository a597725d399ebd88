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
_CODES = {
    "type": "invalid_type",
    "enum": "invalid_enum",
    "pattern": "invalid_format",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minItems": "too_few",
    "maxItems": "too_many",
    "minimum": "too_small",
    "maximum": "too_large",
}
"""An error's machine reason, by the keyword of JSON Schema; for any other it is invalid_value."""


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
    field = violation.field.removeprefix("customer.")  # the one that all is about
    if violation.keyword == "required":
        if violation.path == ("customer", "first_name"):
            return Refused("first-name-missing")
        return Refused("field-missing", field=field)
    code = _CODES.get(violation.keyword, "invalid_value")
    return Refused("field-malformed", field=field, reason=violation.reason, code=code)


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
