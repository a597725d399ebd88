"""The words of Kounta: credentials, errors, times."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.rows import ErrorRow
from mockserver.vendors.kounta import page
from mockserver.vendors.kounta.records import Application, Company, Restaurant

BASIC, BEARER = "basic", "bearer"
_UNAUTHORIZED = 401
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750, section 2.1."""

_HAZARDS = {"invalid": "unusable", "expired": "lapsed"}
_HAZARD = re.compile("|".join(_HAZARDS), re.IGNORECASE | re.ASCII)
"""A client of this API asks again, without end, while an error's text has one of these words [dossier, section 7]."""

_OF_PAGES = frozenset({"client_id", "redirect_uri", "response_type"})
"""The parameters of the page that asks for leave; no other operation has them in its query."""


class Principal(msgspec.Struct, frozen=True, gc=False):
    """Who calls: an application, by its client credentials (`basic`) or by a token of OAuth 2.0 (`oauth`)."""

    application: Application
    kind: Literal["basic", "oauth"]


class Sent(NamedTuple):
    """What an Authorization header says: a scheme that is spoken here, and a client id and secret or a token."""

    scheme: str
    id: str = ""
    secret: str = ""


class ErrorBody(msgspec.Struct, frozen=True, gc=False):
    """An error: a word for programs, a text for people."""

    error: str
    error_description: str


def authenticate(restaurant: Restaurant, call: Call) -> Principal | None:
    """The application that the header Authorization speaks for; None where the operation asks for nobody."""
    if call.operation is not None and call.operation.public:
        return None
    header = call.headers.get(b"authorization")
    if header is None:
        raise Refused("credentials-missing")
    sent = read_authorization(header)
    if sent.scheme == BASIC:
        return Principal(_by_secret(restaurant, call, sent), "basic")
    if sent.scheme == BEARER:
        return Principal(_by_token(restaurant, call, sent.secret), "oauth")
    raise Refused("credentials-missing")


@lru_cache(maxsize=256)
def read_authorization(header: bytes) -> Sent:
    """An Authorization header taken apart; all is empty where it cannot be read."""
    scheme, _, text = header.decode("latin-1").strip().partition(" ")
    scheme, text = scheme.lower(), text.strip()
    if scheme == BEARER:
        return Sent(scheme, "", text)
    if scheme != BASIC:
        return Sent("")
    try:
        id, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Sent(scheme)
    return Sent(scheme, id, secret)


def stranger(client_id: str) -> Application:
    """An application of its own, which no fixture names."""
    return Application(client_id=client_id, name=client_id)


def meter(principal: Principal | None) -> tuple[str, str] | None:
    """The window that a call is counted in, and for whom."""
    return None if principal is None else (principal.kind, principal.application.client_id)


def _by_secret(restaurant: Restaurant, call: Call, sent: Sent) -> Application:
    """An application by id and secret. One that nobody knows is taken in with any secret, unless auth is strict."""
    application = restaurant.applications.get(sent.id)
    if application is None:
        if call.options.auth == "strict" or not sent.id or not sent.secret:
            raise Refused("client-unknown")
        return stranger(sent.id)
    if application.client_secret != sent.secret:
        raise Refused("client-unknown")
    return application


def _by_token(restaurant: Restaurant, call: Call, text: str) -> Application:
    """The application that a token was issued to. An unknown one is the first's, unless auth is strict."""
    token = restaurant.access_tokens.get(text)
    if token is not None:
        if token.expires is not None and call.at >= token.expires:
            raise Refused("token-expired")
        return restaurant.applications.get(token.application) or stranger(token.application)
    if call.options.auth == "strict" or not _TOKEN.fullmatch(text):
        raise Refused("token-malformed")
    return restaurant.first_application or stranger("")


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the first violation, save those bounds for which the operation itself has a row."""
    for violation in violations:
        if violation.row is None:
            raise _refusal(call, violation)


def _refusal(call: Call, violation: Violation) -> Refused:
    if violation.where == "path":
        return _not_found(call, violation.name)
    if violation.where == "query" and violation.name in _OF_PAGES:
        return _of_page(violation.name)
    if not violation.path:
        return Refused("body-unreadable", reason="it is not an object")
    if violation.path == ("first_name",) and violation.keyword == "required":
        return Refused("first-name-missing")
    if violation.path[0] == "filter" and violation.keyword in ("additionalProperties", "enum"):
        return Refused("filter-unknown", filter=violation.name)
    return _of_field(violation)


def _of_field(violation: Violation) -> Refused:
    if violation.keyword == "required":
        return Refused("field-missing", field=violation.field)
    return Refused("field-malformed", field=violation.field, reason=violation.reason)


def _not_found(call: Call, parameter: str) -> Refused:
    """An id in the path that no record can have."""
    if parameter == "company_id":
        return Refused("company-not-found", company=call.path[parameter])
    if parameter == "customer_id":
        return Refused("customer-not-found", customer=call.path[parameter])
    return Refused("webhook-not-found", webhook=call.path[parameter])


def _of_page(parameter: str) -> Refused:
    """What is wrong with the address of the page that asks for leave."""
    if parameter == "client_id":
        return Refused("client-not-known")
    if parameter == "redirect_uri":
        return Refused("redirect-uri-mismatch")
    return Refused("response-type-unsupported")


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """An error as Kounta sends it: a word and a text in JSON, or a page where a person is looking."""
    text = row.message.format_map(values)
    if row.detail.get("page"):
        return Reply(page.refusal(text), row.status, media_type="text/html")
    if row.status != _UNAUTHORIZED:
        text = _HAZARD.sub(lambda word: _HAZARDS[word[0].lower()], text)
    return Reply(ErrorBody(row.detail["error"], text), row.status)


def time_text(at: float, company: Company) -> str:
    """Seconds since 1970 as Kounta writes a time: `2013-05-22T16:21:40+10:00`, in the company's offset."""
    return local_time(int(at), company.timezone.offset)


@lru_cache(maxsize=64)
def local_time(second: int, offset: str) -> str:
    """A second since 1970 in an offset such as `+10:00`."""
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    zone = timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    return datetime.fromtimestamp(second, zone).isoformat()


def find_ignored(call: Call, fields: Sequence[str]) -> None:
    """Note the fields of a body that the vendor does nothing with."""
    if fields:
        call.find("ignored-field", f"the vendor ignores {', '.join(fields)}")


def created(body: Any, location: str) -> Reply:
    """201 with the way to what was made [dossier, section 1]."""
    return Reply(body, 201, ((b"location", location.encode("latin-1")),))


def redirect(location: str) -> Reply:
    """302, without a body."""
    return Reply(None, 302, ((b"location", location.encode("latin-1")),), media_type="")
