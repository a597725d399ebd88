"""What a contract says beyond OpenAPI, as the library's requests and replies need it.

It is read from the document that the library was given, so it is the same at any server. A document without `x-check` is not
one of ours, and is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import schemathesis
from schemathesis.core.transport import Response
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario

from mockserver.checking.terms import Terms, terms_of
from mockserver.recognising import recognise
from mockserver.rows import ErrorRow, read_rows

_LONG = 500
Case = schemathesis.Case[Any]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]


class Rules:
    """What a contract says beyond OpenAPI, by operation."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.terms: Terms = terms_of(document)
        self._common = read_rows(document["x-errors"])
        self._rows: dict[str, Sequence[ErrorRow]] = {}

    def rows(self, node: Mapping[str, Any]) -> Sequence[ErrorRow]:
        """The error rows of an operation, as the contract has it."""
        id = node["operationId"]
        if id not in self._rows:
            self._rows[id] = [*{**self._common, **read_rows(node.get("x-errors", ()))}.values()]
        return self._rows[id]


@lru_cache(maxsize=16)
def _read(text: str) -> Rules:
    return Rules(json.loads(text))


_KNOWN: dict[int, tuple[Any, Rules]] = {}


def rules_of(case: Case) -> Rules | None:
    """What the contract of a request says beyond OpenAPI; None where it is not one of ours."""
    schema = case.operation.schema
    if id(schema) not in _KNOWN:
        document = schema.raw_schema
        if "x-check" not in document:
            return None
        _KNOWN[id(schema)] = (
            schema,
            _read(json.dumps({name: document.get(name, {}) for name in ("x-errors", "x-check")})),
        )
    return _KNOWN[id(schema)][1]


def row_of(case: Case, response: Response) -> ErrorRow | None:
    """The error row that a reply is."""
    rules = rules_of(case)
    return (
        None if rules is None else recognise(rules.rows(node_of(case.operation)), response.status_code, said(response))
    )


def node_of(operation: Operation) -> Mapping[str, Any]:
    """What the contract says of an operation."""
    node: Mapping[str, Any] = operation.definition.raw
    return node


def is_safe(operation: Operation) -> bool:
    """Whether an operation may not alter anything."""
    return bool(node_of(operation).get("x-safe", operation.method in ("get", "head")))


def said(response: Response) -> Any:
    """The value of a reply's JSON text; the text itself where it is none."""
    try:
        return json.loads(response.content)
    except ValueError:
        return response.content.decode("utf-8", "replace")


def shown(response: Response) -> str:
    """A reply's text for people, which is not too long."""
    text = response.content.decode("utf-8", "replace")
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def is_valid(case: Case) -> bool:
    """Whether the contract allows a request."""
    return (
        case.meta is not None
        and case.meta.generation.mode.is_positive
        and scenario(case) != CoverageScenario.UNSPECIFIED_HTTP_METHOD
    )


def scenario(case: Case) -> CoverageScenario | None:
    """What the library had in mind with a request of its coverage phase."""
    data = None if case.meta is None else case.meta.phase.data
    return data.scenario if isinstance(data, CoveragePhaseData) else None
