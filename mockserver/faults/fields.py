"""The fields that a pattern looks at, and whether any request that the contracts describe could have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mockserver import jsonbody
from mockserver.contract import JSON
from mockserver.faults.reach import Place
from mockserver.patterns.expressions import compile_expression
from mockserver.schema import Check, Document, Schema, resolve

Path = tuple[str | int, ...]


class Unknown(NamedTuple):
    """A name that nothing has: where it stands in the pattern, and the names that there are."""

    place: str
    name: str
    known: Sequence[str]


def unknown(match: Mapping[str, Any], served: Sequence[Place]) -> Iterator[Unknown]:
    """What a pattern asks for that none of these operations' requests can have."""
    operations = [each.operation for each in served if each.operation]
    parameters = list(dict.fromkeys(name for operation in operations for name in operation.in_query.names))
    for place, name in _asked_of_query(match):
        if name.partition("[")[0] not in parameters:
            yield Unknown(place, name, parameters)
    bodies = [
        operation.body.get(JSON) or next(iter(operation.body.values())) for operation in operations if operation.body
    ]
    for place, path in _asked_of_body(match.get("bodyPatterns", ()), "bodyPatterns"):
        misses = [_miss(check, path) for check in bodies]
        if not misses:
            yield Unknown(place, "a body", ())
        elif None not in misses:
            name, known = max((miss for miss in misses if miss), key=lambda miss: len(miss[0]))
            yield Unknown(place, name, known)


def _asked_of_query(match: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in match.get("queryParameters", ()):
        yield "queryParameters", name
    query = match["url"].partition("?")[2] if isinstance(match.get("url"), str) else ""
    for name, _ in parse_qsl(query, keep_blank_values=True):
        yield "url", name


def _asked_of_body(matchers: Any, place: str) -> Iterator[tuple[str, Path]]:
    """The places in a JSON body that matchers look at, where these are certain. Of alternatives and negations none is."""
    for at, matcher in enumerate(matchers):
        here = f"{place}[{at}]"
        if "matchesJsonPath" in matcher:
            asked = matcher["matchesJsonPath"]
            text = asked["expression"] if isinstance(asked, Mapping) else asked
            path = compile_expression(text, here).path
            absent = isinstance(asked, Mapping) and asked.get("absent")
            if path and not absent:
                yield f"{here}.matchesJsonPath", path
        if "equalToJson" in matcher:
            wanted = matcher["equalToJson"]
            value = jsonbody.read(wanted.encode()) if isinstance(wanted, str) else wanted
            yield from ((f"{here}.equalToJson", path) for path in _leaves(value, ()))
        yield from _asked_of_body(matcher.get("and", ()), f"{here}.and")


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    """The paths of all plain values in a JSON value."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, at))
    else:
        yield path


def _miss(check: Check, path: Path) -> tuple[str, list[str]] | None:
    """The path down to the first name that a schema does not have, and those that it has there; None where it has all."""
    nodes: Sequence[Schema] = [check.schema]
    for at, step in enumerate(path):
        options = [option for node in nodes for option in _options(node, check.document)]
        if isinstance(step, int):
            nodes = [option["items"] for option in options if "items" in option]
        else:
            known = list(dict.fromkeys(name for option in options for name in option.get("properties", ())))
            if step not in known:
                anything = any(map(_is_open, options)) or not options
                return None if anything else (".".join(map(str, path[: at + 1])), known)
            nodes = [option["properties"][step] for option in options if step in option.get("properties", ())]
        if not nodes:
            return None
    return None


def _options(node: Schema, document: Document) -> Iterator[Schema]:
    """What a value may be, with all references followed."""
    if "$ref" in node:
        yield from _options(resolve(node["$ref"], document), document)
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in node.get(key, ()):
            yield from _options(inner, document)
    if node.keys() - {"$ref", "anyOf", "oneOf", "allOf"}:
        yield node


def _is_open(node: Schema) -> bool:
    """Whether a schema allows objects and names none of their properties."""
    return "properties" not in node and "object" in node.get("type", "object")
