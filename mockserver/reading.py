"""Reading a request into a call, as the contract describes it."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.call import Call
from mockserver.contract import JSON, UNREADABLE_BODY, WRONG_MEDIA_TYPE, Operation
from mockserver.findings import Violation
from mockserver.jsonbody import Unreadable, read
from mockserver.routes import Route
from mockserver.vendor import Api


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
    if operation.body and (body or operation.body_required):
        violations += _read_body(route.api, operation, call, body)
    if violations:
        route.api.dialect.judge(call, violations)
    return violations


def _tolerated(api: Api, call: Call, violations: list[Violation]) -> list[Violation]:
    """Turn unknown query parameters into findings where the vendor ignores them."""
    if api.contract.refuses_unknown_parameters:
        return violations
    unknown = [violation for violation in violations if violation.keyword == "additionalProperties"]
    for violation in unknown:
        call.find("unknown-parameter", f"the vendor ignores ?{violation.name}")
    return [violation for violation in violations if violation not in unknown]


def _read_body(api: Api, operation: Operation, call: Call, body: bytes) -> Sequence[Violation]:
    check = operation.body.get(JSON)
    if not api.contract.ignores_content_type:
        given = (call.header(b"content-type") or JSON).partition(";")[0].strip().lower()
        check = operation.body.get(given)
        if check is None:
            raise api.condition(WRONG_MEDIA_TYPE, given=given, known=", ".join(operation.body))
    try:
        call.body = value = read(body)
    except Unreadable as error:
        raise api.condition(UNREADABLE_BODY, reason=str(error)) from None
    return () if check is None or check.is_valid(value) else check.violations(value, "body")
