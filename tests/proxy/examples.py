"""The requests that a contract prints: each operation with each of its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from mockserver.contract import METHODS
from mockserver.forms import FORM
from mockserver.schema import resolve
from mockserver.vendor import Api


class Printed(NamedTuple):
    """A request as a reader of the contract would send it."""

    operation: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


def printed(api: Api) -> Iterator[Printed]:
    """All of them, what is read first and what is removed last."""
    found = [*_all(api)]
    yield from sorted(found, key=lambda each: ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE").index(each.method))


def _all(api: Api) -> Iterator[Printed]:
    document = api.contract.document
    for item in document["paths"].values():
        for method in item.keys() & set(METHODS):
            node = item[method]
            operation = api.contract.operations[node["operationId"]]
            parameters = [_deref(each, document) for each in (*item.get("parameters", ()), *node.get("parameters", ()))]
            for media, value in _bodies(node, document):
                headers = {
                    each["name"]: str(_example(each)) for each in parameters if each["in"] == "header" and _has(each)
                }
                if media:
                    headers["Content-Type"] = media
                path = operation.path.format_map(
                    {each["name"]: quote(str(_example(each)), safe="") for each in parameters if each["in"] == "path"}
                )
                path += next(iter(operation.formats), "")
                for query in _queries(parameters):
                    body = None if not media else urlencode(value).encode() if media == FORM else orjson.dumps(value)
                    yield Printed(operation.id, operation.method, path + query, headers, body)


def _bodies(node: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    content = _deref(node.get("requestBody", {}), document).get("content", {})
    if not content:
        yield "", None
    for media, described in content.items():
        for example in described["examples"].values():
            yield media, _deref(example, document)["value"]


def _queries(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    """What is needed, and each of the others by itself."""
    named = [each for each in parameters if each["in"] == "query" and _has(each)]
    needed = {each["name"]: _text(_example(each)) for each in named if each.get("required")}
    yield f"?{urlencode(needed)}" if needed else ""
    for each in named:
        if not each.get("required"):
            yield "?" + urlencode({**needed, each["name"]: _text(_example(each))})


def _has(parameter: Mapping[str, Any]) -> bool:
    return "example" in parameter or "examples" in parameter


def _example(parameter: Mapping[str, Any]) -> Any:
    return parameter["example"] if "example" in parameter else next(iter(parameter["examples"].values()))["value"]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolve(node["$ref"], document) if "$ref" in node else node
    return found
