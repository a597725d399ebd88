"""Whether a reply is one that the API description promises: its status, its media type, and what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from mockserver.scenarios.document import Bound
from mockserver.scenarios.requesting import Reply
from mockserver.schema import Check, Document, resolve

_checks: dict[int, tuple[object, Check]] = {}
"""By the identity of a schema, which is kept beside its check so that it stays the only one with that identity."""


def broken(bound: Bound, reply: Reply) -> str:
    """What is first wrong with a reply; empty where nothing is."""
    return next(_broken(bound, reply), "")


def _broken(bound: Bound, reply: Reply) -> Iterator[str]:
    responses = bound.node.get("responses", {})
    status = reply.exchange.status
    declared = next(
        (responses[key] for key in (str(status), f"{status // 100}XX", "default") if key in responses), None
    )
    if declared is None:
        yield f"status {status} is not declared for {bound.id}; declared: {', '.join(map(str, responses)) or 'none'}"
        return
    content = _resolved(declared, bound).get("content", {})
    if not content or not reply.content or bound.method == "HEAD":
        return
    kind = reply.exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    media = next((content[each] for each in (kind, f"{kind.partition('/')[0]}/*", "*/*") if each in content), None)
    if media is None:
        given = kind or "no content type"
        yield f"{given} is not declared for status {status} of {bound.id}; declared: {', '.join(content)}"
    elif kind.endswith("json") and "schema" in media and str(bound.document.get("openapi", "")).startswith("3.1"):
        yield from _misshapen(media["schema"], bound, reply.exchange.body)


def _misshapen(schema: Mapping[str, Any], bound: Bound, body: Any) -> Iterator[str]:
    """Version 3.0 has a language of its own for schemas, and is not looked at."""
    check = _check(schema, bound.document)
    if not check.is_valid(body):
        error = next(iter(check.validator.iter_errors(body)))
        yield f"the body's /{'/'.join(map(str, error.instance_path))} is not as {bound.id} promises: {error.message}"


def _check(schema: Mapping[str, Any], content: Mapping[str, Any]) -> Check:
    known = _checks.get(id(schema))
    if known is None:
        known = _checks[id(schema)] = (schema, Check(schema, _document(_Same(content))))
    return known[1]


class _Same:
    """A document, known again by its identity."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.content is self.content

    def __hash__(self) -> int:
        return id(self.content)


@lru_cache(64)
def _document(same: _Same) -> Document:
    content = same.content
    return content if isinstance(content, Document) else Document(content)


def _resolved(node: Mapping[str, Any], bound: Bound) -> Mapping[str, Any]:
    return resolve(node["$ref"], bound.document) if "$ref" in node else node
