"""The words of Spurtcommerce: who may call, and how the program refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.contract import Operation
from mockserver.findings import Violation
from mockserver.rows import ErrorRow
from mockserver.vendors.spurtcommerce import conversions, page, validation
from mockserver.vendors.spurtcommerce.records import Market, User

FIRST_ROLE = 1
"""Administrators with this role may do everything, whatever it says."""

_SCHEME = "Bearer"
_TOKEN = re.compile(r"U2FsdGVkX1[A-Za-z0-9+/]{32,}={0,2}")
_HTML = "text/html"
_NO_SCRIPTS = ((b"content-security-policy", b"default-src 'none'"),)


class Failure(msgspec.Struct, frozen=True, gc=False):
    """An error that the program's framework found."""

    name: str
    message: str


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """An error that the program found itself."""

    status: int
    message: str


def authenticate(market: Market, call: Call) -> User | None:
    """The administrator whose token the call has; None where the operation asks for nobody.

    Who has no token, a wrong one or not the permission is told the same: 403 where the program names a permission, and
    401 where any administrator will do [recorded].
    """
    operation = call.operation
    if operation is None or operation.public:
        return None
    _note_path(call, operation)
    user = _user(market, call, _authorization(call))
    permission = operation.extra.get("x-permission")
    if permission is None:
        if user is None:
            raise Refused("unauthorized")
    elif user is None or not _may(market, user, permission):
        path, mark, query = call.resource.partition("?")
        raise Refused("access-denied", method=call.method, url=f"{page.address(path)}{mark}{query}")
    return user


def _note_path(call: Call, operation: Operation) -> None:
    """Tell of a path that only the page has."""
    path = call.resource.lower()
    for alias in operation.aliases:
        if path.startswith(alias.partition("{")[0]):
            call.find("path-of-page", f"the program's path is {operation.path}; this one is 404 there")
            return


def _authorization(call: Call) -> str | None:
    """The header that says who calls. The page calls it Authorized in one place, where the program does not look."""
    named = call.header(b"authorization")
    if named is None and call.options.fidelity == "documented" and b"authorized" in _headers(call.operation):
        named = call.header(b"authorized")
        if named is not None:
            call.find("authorized-header", "the program looks only at the header Authorization: 401")
    return named


def _headers(operation: Operation | None) -> set[bytes]:
    """The headers that the contract lists for an operation, in lower case."""
    return {name.lower().encode() for name in operation.in_header.names} if operation else set()


def token(authorization: str) -> str | None:
    """The token of an Authorization header: what follows the scheme and one space.

    Blanks around a value are no part of it [RFC 9110, 5.5], but our server's parser leaves those that follow.
    Raises Refused("token-empty") where nothing follows: the program fails there [recorded].
    """
    scheme, *rest = authorization.strip(" \t").split(" ")
    if scheme != _SCHEME:
        return None
    if not rest:
        raise Refused("token-empty")
    return rest[0]


def _user(market: Market, call: Call, authorization: str | None) -> User | None:
    """The administrator who has the token. An unknown token is the first one's, unless auth is strict."""
    text = None if authorization is None else token(authorization)
    if text is None:
        return None
    known = market.access_tokens.get(text)
    if known is None:
        lenient = call.options.auth == "lenient" and call.options.fidelity == "documented"
        return _first(market) if lenient and _TOKEN.fullmatch(text) else None
    user = market.users.get(known.user)
    if user is None or user.delete_flag or user.is_active != 1:
        return None
    return None if known.expires is not None and call.at >= known.expires else user


def _first(market: Market) -> User | None:
    return next((user for user in market.users if user.role == FIRST_ROLE and user.is_active == 1), None)


def _may(market: Market, user: User, permission: str) -> bool:
    """Whether an administrator's role has a permission. One whose role is gone may do everything [the program's source]."""
    role = None if user.role == FIRST_ROLE else market.roles.get(user.role)
    return role is None or permission in role.permissions


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with what the program would find first: in the path, the query, or the body.

    What is left the contract refuses and not the program's rules: numbers that the database has no room for; lists as
    bodies; and in a query, where of a name that is given twice the contract looks at one value, and where of `count`
    it takes numbers and constants only.
    """
    if "id" in call.path:
        conversions.read_id(call)
    conversions.read_query(call)
    first = violations[0]
    if first.where == "body":
        if validation.check(call):
            raise Refused("query-failed", reason=f"ER_WARN_DATA_OUT_OF_RANGE: {first.name}: {first.message}")
        raise Refused("body-invalid", lines=[f"property {first.name} {first.message}"])
    value = json.dumps((call.path if first.where == "path" else call.query).get(first.name))
    if first.name == "count":
        raise Refused("json-malformed", name=first.name, value=value)
    raise Refused("number-malformed", name=first.name, value=value)


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """An error in one of the program's forms: by the framework, by the program, of many lines, or a page."""
    detail = row.detail
    if detail.get("html"):
        encoded = {name: page.address(str(value)) for name, value in values.items()}
        return Reply(page.nobody_answers(row.message.format_map(encoded)), row.status, _NO_SCRIPTS, _HTML)
    text = row.message.format_map(values)
    if "name" in detail:
        return Reply(Failure(str(values.get("error", detail["name"])), text), row.status)
    lines = values.get("lines", detail.get("lines"))
    if lines is None:
        return Reply(Refusal(detail["number"], text), row.status)
    data = {"message": lines}
    if "number" in detail:
        return Reply({"status": detail["number"], "message": text, "data": data}, row.status)
    return Reply({"message": text, "status": 0, "data": data}, row.status)
