"""Names in a request's body that its schema does not have, though it lets any pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.findings import Violation
from mockserver.schema import Document, Path, Schema, resolve


def undeclared(schema: Schema, document: Document, value: Any) -> list[Violation]:
    """One violation for each such name. Objects that the contract says anything may stand in are left alone."""
    return [
        Violation("body", path, "additionalProperties", f"'{path[-1]}' is not a known property")
        for path in _names([schema], document, value, ())
    ]


def _names(schemas: Sequence[Schema], document: Document, value: Any, path: Path) -> Iterator[Path]:
    """Paths of unknown names, where a value may meet any of several schemas."""
    meant = [each for schema in schemas for each in _alternatives(schema, document)]
    if isinstance(value, list):
        items = [schema["items"] for schema in meant if "items" in schema]
        for at, item in enumerate(value):
            yield from _names(items, document, item, (*path, at))
    elif isinstance(value, dict):
        objects = [schema for schema in meant if "properties" in schema]
        is_open = any(schema.get("additionalProperties", False) is not False for schema in meant)
        for name, inner in value.items():
            known = [schema["properties"][name] for schema in objects if name in schema["properties"]]
            if known:
                yield from _names(known, document, inner, (*path, name))
            elif objects and not is_open and not any("additionalProperties" in schema for schema in objects):
                yield (*path, name)  # of a closed object the check itself has said so


def _alternatives(schema: Schema, document: Document) -> Iterator[Schema]:
    """A schema without references, and all that a value may or must be besides."""
    while "$ref" in schema:
        schema = {**resolve(schema["$ref"], document), **{key: it for key, it in schema.items() if key != "$ref"}}
    yield schema
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _alternatives(inner, document)
