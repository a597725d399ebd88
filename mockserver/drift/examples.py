"""The examples of a contract as requests, for a server of which nothing was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.contract import Contract, Operation
from mockserver.forms import FORM
from mockserver.har import Recorded
from mockserver.schema import resolve

Node = Mapping[str, Any]


class NoExample(LookupError):
    """Something that a request needs has no example. The message says what."""


def example_requests(contract: Contract, *, writes: bool) -> Iterator[Recorded | str]:
    """A request for each operation, or a remark on one that no request can be made for; only safe ones unless told."""
    for item in contract.document["paths"].values():
        for node in (node for node in item.values() if isinstance(node, dict) and "operationId" in node):
            operation = contract.operations[node["operationId"]]
            if operation.safe or writes:
                try:
                    yield _request(
                        contract.document, operation, [*item.get("parameters", ()), *node.get("parameters", ())], node
                    )
                except NoExample as error:
                    yield f"{operation.id} was not asked: {error}"


def _request(document: Node, operation: Operation, parameters: list[Node], node: Node) -> Recorded:
    values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for given in parameters:
        parameter = _resolved(given, document)
        if parameter.get("required") and parameter["in"] in values:
            values[parameter["in"]][parameter["name"]] = _example(parameter, document)
    path = operation.path.format_map({name: quote(str(value), safe="") for name, value in values["path"].items()})
    query = f"?{urlencode(values['query'], doseq=True)}" if values["query"] else ""
    kind, body = _body(_resolved(node.get("requestBody", {}), document), document)
    headers = tuple((name, str(value)) for name, value in values["header"].items())
    return Recorded(
        method=operation.method,
        url=f"http://127.0.0.1{path}{next(iter(operation.formats), '')}{query}",
        request_headers=(*headers, *((("Content-Type", kind),) if kind else ())),
        request_body=body,
    )


def _body(request: Node, document: Node) -> tuple[str, bytes]:
    for kind, content in request.get("content", {}).items():
        value = _example(content, document)
        return kind, urlencode(value, doseq=True).encode() if kind == FORM else json.dumps(value).encode()
    return "", b""


def _example(node: Node, document: Node) -> Any:
    """The first example of a parameter or a body. Raises NoExample."""
    if "example" in node:
        return node["example"]
    for example in node.get("examples", {}).values():
        return _resolved(example, document)["value"]
    schema = _resolved(node.get("schema", {}), document)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    for example in schema.get("examples", ()):
        return example
    raise NoExample(f"the contract has no example of {node.get('name', 'its body')}")


def _resolved(node: Node, document: Node) -> Node:
    return resolve(node["$ref"], document) if "$ref" in node else node
