"""A check of state: what a request has made or altered can be read at once, and says what it was sent.

After each documented example that writes, the contract's links are followed to what reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.core.transforms import Unresolvable
from schemathesis.core.transport import Response
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.stateful.state_machine import ExtractedParam, StepOutput
from schemathesis.specs.openapi.stateful.links import OpenApiLink

from mockserver.checking.rules import Case, is_safe, is_valid, node_of, row_of, rules_of, said
from mockserver.schema import resolve

_ERROR, _NOT_FOUND = 400, 404
_SHORT = 20
"""Letters that there is room for everywhere."""


class LostState(Failure):
    """What was made or altered a moment ago is not there."""

    code, kind_title = "MS103", "State not kept"
    checks = ("keeps_what_was_made",)


@schemathesis.check
def keeps_what_was_made(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What an example has made or altered can be read along the contract's links, and has the texts that were sent."""
    if not _has_written(case, response):
        return None
    for read in _readings(case, response):
        ctx.internals.record_case(parent_id=case.id, case=read)
        answer = read.call(**(ctx.internals.transport_kwargs or {}))
        ctx.internals.record_response(case_id=read.id, response=answer)
        wrong = _wrong(case, read, answer)
        if wrong is not None:
            message = f"{case.operation.label} was answered with {response.status_code} just before, {wrong}."
            raise LostState(operation=read.operation.label, message=message, case_id=read.id)
    return None


def _has_written(case: Case, response: Response) -> bool:
    """Whether a request is an example that has altered something, and nothing was deleted."""
    return (
        rules_of(case) is not None
        and case.meta is not None
        and case.meta.phase.name in (TestPhase.EXAMPLES, TestPhase.COVERAGE)
        and is_valid(case)
        and not is_safe(case.operation)
        and case.operation.method != "delete"
        and response.status_code < _ERROR
        and row_of(case, response) is None
    )


def _wrong(case: Case, read: Case, answer: Response) -> str | None:
    row = row_of(read, answer)
    if answer.status_code == _NOT_FOUND or (row is not None and row.id.endswith("-not-found")):
        return f"and what it has made or altered is not there{f' ({row.id})' if row else ''}"
    if answer.status_code < _ERROR and row is None:
        rules = rules_of(case)
        otherwise = {} if rules is None else rules.terms.told_otherwise
        for name, text, other in _altered(_declared(case), said(answer)):
            if otherwise.keys().isdisjoint({name, node_of(case.operation)["operationId"]}):
                return f"and was sent {name}: {text!r}; what is read now has {other!r}"
    return None


def _readings(case: Case, response: Response) -> Iterator[Case]:
    """The safe requests that the contract's links make of a request and its reply."""
    declared = case.operation.responses.find_by_status_code(response.status_code)
    for name, node in () if declared is None else declared.iter_links():
        link = OpenApiLink(name, str(response.status_code), node, case.operation)
        reading = None if link.is_inferred or not is_safe(link.target) else _reading(link, case, response)
        if reading is not None:
            yield reading


def _reading(link: OpenApiLink, case: Case, response: Response) -> Case | None:
    """The request that a link makes; None where it does not say all that there must be."""
    transition = link.extract(StepOutput(response, case))
    linked = {place: _values(given) for place, given in transition.parameters.items()}
    body = {} if transition.request_body is None else _values({"body": transition.request_body})
    if body is None or any(values is None for values in linked.values()):
        return None
    path = {**case.path_parameters, **(linked.get("path_parameters") or {})}
    wanted = [parameter.name for parameter in link.target.path_parameters]
    if not path.keys() >= {*wanted}:
        return None
    made: Case = link.target.Case(
        path_parameters={name: path[name] for name in wanted},
        query=linked.get("query"),
        headers=linked.get("headers"),
        body=body.get("body", NOT_SET),
        media_type=next(iter(node_of(link.target).get("requestBody", {}).get("content", {})), None) if body else None,
    )
    return made


def _values(given: Mapping[str, ExtractedParam]) -> dict[str, Any] | None:
    """What expressions come to; None where one finds nothing."""
    found = {name: one.value.ok() for name, one in given.items() if isinstance(one.value, Ok)}
    return found if len(found) == len(given) and _is_found(found) else None


def _is_found(value: Any) -> bool:
    """Whether there is nothing in a value for which an expression has found nothing."""
    if isinstance(value, dict):
        return all(_is_found(inner) for inner in value.values())
    return all(_is_found(inner) for inner in value) if isinstance(value, list) else not isinstance(value, Unresolvable)


def _declared(case: Case) -> dict[str, Any]:
    """What a body has under names that the contract knows."""
    if not isinstance(case.body, dict):
        return {}
    content = node_of(case.operation).get("requestBody", {}).get("content", {})
    described = content.get(case.media_type, {}).get("schema", {})
    known = {*_properties(described, case.operation.schema.raw_schema)}
    return {name: value for name, value in case.body.items() if name in known}


def _properties(described: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    """The names that a schema knows."""
    if "$ref" in described:
        described = resolve(described["$ref"], document)
    yield from described.get("properties", {})
    for keyword in ("allOf", "anyOf", "oneOf"):
        for inner in described.get(keyword, ()):
            yield from _properties(inner, document)


def _altered(sent: Mapping[str, Any], read: Any) -> Iterator[tuple[str, str, str]]:
    """The texts of a body that a reply has at the same places with other letters: name, text, other text.

    A reply may wrap what a body has bare.
    """
    if isinstance(read, dict):
        wrapped = [value for value in read.values() if isinstance(value, dict)]
        for reply in (read, *(wrapped if len(wrapped) == 1 else ())):
            yield from _differing(sent, reply)


def _differing(sent: Mapping[str, Any], read: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in sent.keys() & read.keys():
        text, other = sent[name], read[name]
        if isinstance(text, dict) and isinstance(other, dict):
            yield from _differing(text, other)
        elif isinstance(text, str) and isinstance(other, str) and _differ(text, other):
            yield name, text, other


def _differ(text: str, other: str) -> bool:
    """Whether a text that nobody has a reason to alter before keeping it was altered."""
    is_plain = 0 < len(text) <= _SHORT and text.isprintable() and " ".join(text.split()) == text
    return is_plain and text.casefold() != other.casefold()
