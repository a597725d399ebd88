"""Runtime expressions: what an Arazzo document says of inputs, of what steps gave, and of an exchange, worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mockserver.scenarios.syntax import (
    BARE,
    PARTS,
    BrokenExpression,
    Expression,
    Template,
    expressions_in,
    parse,
    template,
)

__all__ = [
    "BrokenExpression",
    "Exchange",
    "Expression",
    "Scope",
    "Undefined",
    "expressions_in",
    "parse",
    "text_of",
    "value",
]


class Undefined(LookupError):
    """An expression leads to nothing, such as a header that a reply does not have. The message names it."""


@dataclass(kw_only=True)
class Exchange:
    """A request and its reply. Names of headers are in lower case. Bodies are JSON values, or texts that are no JSON."""

    url: str
    method: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_path: Mapping[str, Any] = field(default_factory=dict)
    request_query: Mapping[str, Any] = field(default_factory=dict)
    request_body: Any = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(kw_only=True)
class Scope:
    """What expressions can see.

    `steps` has the outputs of the steps that ran, by their ids. `workflows` has `{"inputs": …, "outputs": …}` by id, for
    those that ran before. `outputs` is this workflow's, or after a step that called a workflow that one's. `sources` are
    the addresses of source descriptions, by name; `components` the document's.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    workflows: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, Any] = field(default_factory=dict)
    exchange: Exchange | None = None


def value(expression: Expression | Any, scope: Scope) -> Any:
    """What an expression, or a JSON value with expressions in it, stands for. Raises Undefined.

    A text that is one whole expression becomes what that is, with its type; `{$…}` inside of a text becomes text. In
    mappings and lists all values are resolved, and no keys.
    """
    if isinstance(expression, Expression):
        return _resolve(expression, scope)
    if isinstance(expression, str):
        return _filled(template(expression), scope)
    if isinstance(expression, Mapping):
        return {name: value(inner, scope) for name, inner in expression.items()}
    if isinstance(expression, list | tuple):
        return [value(inner, scope) for inner in expression]
    return expression


def text_of(value: Any) -> str:
    """A value as it stands inside of a text: texts as they are, anything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _filled(read: Template, scope: Scope) -> Any:
    if isinstance(read, Expression):
        return _resolve(read, scope)
    return "".join(each if isinstance(each, str) else text_of(_resolve(each, scope)) for each in read)


def _resolve(expression: Expression, scope: Scope) -> Any:
    found = _root(expression, scope)
    return found if not expression.pointer else _pointed(expression, found)


def _root(expression: Expression, scope: Scope) -> Any:
    """What an expression leads to, but for its pointer."""
    if expression.root in BARE or expression.root in PARTS:
        return _of_exchange(expression, scope.exchange)
    path = expression.path
    if expression.root == "sourceDescriptions":
        return _walk(expression, scope.sources, path[:1])
    if expression.root == "steps":
        return _walk(expression, scope.steps, (path[0], *path[2:]))
    places = {
        "inputs": scope.inputs,
        "outputs": scope.outputs,
        "workflows": scope.workflows,
        "components": scope.components,
    }
    return _walk(expression, places[expression.root], path)


def _of_exchange(expression: Expression, exchange: Exchange | None) -> Any:
    if exchange is None:
        raise Undefined(f"{expression.text}: there was no request yet")
    bare: dict[str, Any] = {"url": exchange.url, "method": exchange.method, "statusCode": exchange.status}
    if expression.root in bare:
        return bare[expression.root]
    asks, (part, *names) = expression.root == "request", expression.path
    if part == "body":
        return exchange.request_body if asks else exchange.body
    if part == "header":
        headers = exchange.request_headers if asks else exchange.headers
        return _named(expression, headers, names[0].lower(), names[0])
    return _named(expression, exchange.request_path if part == "path" else exchange.request_query, names[0], names[0])


def _named(expression: Expression, values: Mapping[str, Any], name: str, shown: str) -> Any:
    if name not in values:
        raise Undefined(f"{expression.text}: there is no {shown}; there are: {', '.join(values) or 'none'}")
    return values[name]


def _walk(expression: Expression, inside: Any, names: tuple[str, ...]) -> Any:
    """Down a path of names, of which each may have dots in it: the longest that is there comes first."""
    if not names:
        return inside
    if isinstance(inside, list) and names[0].isdecimal() and int(names[0]) < len(inside):
        return _walk(expression, inside[int(names[0])], names[1:])
    if isinstance(inside, Mapping):
        for length in range(len(names), 0, -1):
            name = ".".join(names[:length])
            if name in inside:
                return _walk(expression, inside[name], names[length:])
    known = ", ".join(inside) if isinstance(inside, Mapping) else ""
    raise Undefined(f"{expression.text}: there is no '{names[0]}'; there are: {known or 'none'}")


def _pointed(expression: Expression, value: Any) -> Any:
    """Where a JSON pointer leads."""
    gone = ""
    for token in (expression.pointer or "").split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise Undefined(f"{expression.text} leads to nothing: there is no '{name}' {_inside(gone, value)}")
        gone += f"/{token}"
    return value


def _inside(gone: str, value: Any) -> str:
    """Where a pointer ended, for people."""
    place = f"at {gone}" if gone else "at the top"
    if isinstance(value, Mapping):
        return f"{place}; there are: {', '.join(value) or 'none'}"
    return (
        f"{place}, where a list of {len(value)} is"
        if isinstance(value, list)
        else f"{place}, where {text_of(value)} is"
    )
