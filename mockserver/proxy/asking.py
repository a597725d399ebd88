"""The check of a request: all places where it does not meet the contract, whatever the vendor would say first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver import forms
from mockserver.call import Call, Refused
from mockserver.contract import JSON, Operation
from mockserver.jsonbody import Unreadable, read
from mockserver.negotiation import accepts
from mockserver.proxy.breaches import OUTSIDE, Breach, from_violations
from mockserver.proxy.credentials import Credentials
from mockserver.proxy.undeclared import undeclared
from mockserver.routes import Route
from mockserver.schema import Check
from mockserver.vendor import Api


class RequestCheck:
    """The check of all requests of one API."""

    def __init__(self, api: Api) -> None:
        self._credentials = Credentials(api.contract)

    def breaches(self, route: Route | None, call: Call, body: bytes) -> list[Breach]:
        """What is wrong with a request, and where. Reads the body into the call."""
        operation = call.operation
        if route is None or operation is None:
            return list(_outside(route, call))
        found = _parameters(route, operation, call)
        found += (Breach("request", *told) for told in self._credentials.missing(operation, call.headers))
        if operation.formats and not route.suffix:
            found += _unacceptable(operation, call)
        if operation.body:
            found += _body(route.api, operation, call, body)
        return found


def _outside(route: Route | None, call: Call) -> Iterator[Breach]:
    """That no operation answers; browsers may ask what they may ask where the vendor says so."""
    if route is not None and call.method == "OPTIONS" and route.api.contract.manners.cors:
        return
    if route is not None and route.allowed:
        known = ", ".join(route.allowed)
        yield Breach("request", "method", OUTSIDE, f"{call.method} is not in the contract here; known: {known}")
    else:
        path = call.target.partition("?")[0]
        yield Breach("request", "path", OUTSIDE, f"the contract has no {path}")


def _parameters(route: Route, operation: Operation, call: Call) -> list[Breach]:
    found: list[Breach] = []
    if route.path:
        call.path, violations = operation.in_path.read(route.path)
        found += from_violations("request", violations, call.path)
    call.query, violations = operation.in_query.read_query(call.query_text)
    found += from_violations("request", violations, call.query)
    if operation.in_header.names:
        call.fields, violations = operation.in_header.read_headers(call.headers)
        found += from_violations("request", violations, call.fields)
    return found


def _unacceptable(operation: Operation, call: Call) -> Iterator[Breach]:
    given, offered = call.headers.get(b"accept", b""), operation.formats
    if not any(accepts(given, media) for media in offered.values()):
        known = " or ".join(offered.values())
        yield Breach(
            "request", "header.accept", "accept", f"must allow {known}, or the path must end in {', '.join(offered)}"
        )


def _body(api: Api, operation: Operation, call: Call, body: bytes) -> Sequence[Breach]:
    if api.dialect.read is not None:
        return _read_by_the_vendor(api, operation, call, body)
    if not body:
        return [Breach("request", "body", "required", "is missing")] if operation.body_required else []
    if operation.extra.get("x-raw-body"):
        return []
    media_type = next(iter(operation.body))
    if not api.contract.manners.ignores_content_type:
        media_type = (call.header(b"content-type") or "").partition(";")[0].strip().lower()
        if media_type not in operation.body:
            message = f"{media_type or 'nothing'} is not in the contract; known: {', '.join(operation.body)}"
            return [Breach("request", "header.content-type", "media-type", message)]
    check = operation.body[media_type]
    try:
        call.body = forms.read(body, check.properties) if media_type == forms.FORM else read(body)
    except Unreadable as error:
        return [Breach("request", "body", "unreadable", _harmless(error))]
    return _value(check, call.body)


def _read_by_the_vendor(api: Api, operation: Operation, call: Call, body: bytes) -> Sequence[Breach]:
    """Of a vendor whose program has a way of its own to read bodies."""
    assert api.dialect.read is not None  # noqa: S101  the caller has asked
    try:
        call.body = api.dialect.read(call, body)
    except Refused as refused:
        return [Breach("request", "body", "unreadable", f"the vendor refuses to read it: {refused.row}")]
    return _value(operation.body.get(JSON) or next(iter(operation.body.values())), call.body)


def _value(check: Check, value: Any) -> Sequence[Breach]:
    violations = [] if check.is_valid(value) else check.violations(value, "body")
    return from_violations("request", [*violations, *undeclared(check.schema, check.document, value)], value)


def _harmless(error: Unreadable) -> str:
    """Why a body cannot be read. A name that stands in it is the app's own, and no secret."""
    return f"cannot be read: {error}"
