"""Reading a request into a call, as the contract describes it."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver import forms
from mockserver.call import Call
from mockserver.contract import JSON, Operation
from mockserver.findings import Violation
from mockserver.jsonbody import Unreadable, read
from mockserver.options import Options
from mockserver.routes import Route
from mockserver.rows import BODY_TOO_LARGE, UNREADABLE_BODY, WRONG_MEDIA_TYPE
from mockserver.vendor import Api


def most_bytes(route: Route, options: Options) -> int:
    """How long the body of a request may be."""
    own: int | None = None if route.operation is None else route.operation.extra.get("x-max-body")
    return own or options.max_body


def refuse_too_large(route: Route, call: Call, body: bytes) -> None:
    """Raise Refused for a body that is longer than that."""
    if len(body) > call.options.max_body:
        most = most_bytes(route, call.options)
        if len(body) > most:
            raise route.api.condition(BODY_TOO_LARGE, limit=most)


def read_request(route: Route, operation: Operation, call: Call, body: bytes) -> list[Violation]:
    """Read parameters and body into the call.

    Raises Refused for what violates the contract. The violations that come back are those that the operation must
    refuse itself, by a row of its own.
    """
    violations: list[Violation] = []
    if route.path:
        call.path, found = operation.in_path.read(route.path)
        violations += found
    if call.query_text or operation.in_query.names:
        call.query, found = operation.in_query.read_query(call.query_text)
        violations += _tolerated(route.api, call, found)
    if operation.in_header.names:
        call.fields, found = operation.in_header.read_headers(call.headers)
        violations += found
    if operation.body and route.api.dialect.read is not None:
        check = operation.body.get(JSON) or next(iter(operation.body.values()))
        violations += [] if check.is_valid(call.body) else check.violations(call.body, "body")
    elif operation.body and (body or operation.body_required):
        violations += _read_body(route.api, operation, call, body)
    if violations:
        route.api.dialect.judge(call, violations)
    return violations


def _tolerated(api: Api, call: Call, violations: Sequence[Violation]) -> Sequence[Violation]:
    """Turn unknown query parameters into findings where the vendor ignores them."""
    if not violations or api.contract.manners.refuses_unknown_parameters:
        return violations
    unknown = [violation for violation in violations if violation.keyword == "additionalProperties"]
    for violation in unknown:
        call.find("unknown-parameter", f"the vendor ignores ?{violation.name}")
    return [violation for violation in violations if violation not in unknown]


def _read_body(api: Api, operation: Operation, call: Call, body: bytes) -> Sequence[Violation]:
    media_type = next(iter(operation.body))
    if not api.contract.manners.ignores_content_type:
        nothing = "" if body else media_type  # of a body that is missing, that is what there is to say
        media_type = (call.header(b"content-type") or nothing).partition(";")[0].strip().lower()
        if media_type not in operation.body:
            known = ", ".join(operation.body)
            raise api.condition(WRONG_MEDIA_TYPE, given=media_type or "nothing", known=known)
    reader = api.readers.get(operation.id)
    if reader is not None and media_type == JSON:
        call.request = reader.read(body)
        if call.request is not None:
            return ()
    if operation.extra.get("x-raw-body"):
        call.body = body
        return ()
    check = operation.body[media_type]
    try:
        call.body = value = forms.read(body, check.properties) if media_type == forms.FORM else read(body)
    except Unreadable as error:
        raise api.condition(UNREADABLE_BODY, reason=str(error)) from None
    return () if check.is_valid(value) else check.violations(value, "body")
