"""The admin API's contract is sound in itself, as those of the vendors are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import openapi_spec_validator

from mockserver import files
from mockserver.contract import read_contract
from mockserver.schema import resolve

CONTRACT = read_contract(files.contracts() / "admin.yaml")
DOCUMENT = CONTRACT.document
NODES = {
    node["operationId"]: node
    for item in DOCUMENT["paths"].values()
    for node in item.values()
    if isinstance(node, dict) and "operationId" in node
}


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolve(node["$ref"], DOCUMENT) if "$ref" in node else node
    return found


def contents(operation: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What may be sent and answered: `request` or a status, the media type, and what the document says of it."""
    node = NODES[operation]
    for part, body in {"request": node.get("requestBody", {}), **node["responses"]}.items():
        for media, content in resolved(body).get("content", {}).items():
            yield part, media, content


def examples(content: Mapping[str, Any]) -> list[Any]:
    return [resolved(example)["value"] for example in content.get("examples", {}).values()]


def test_it_is_openapi() -> None:
    openapi_spec_validator.validate(dict(DOCUMENT))


def test_every_request_and_every_reply_has_examples_and_each_meets_its_schema() -> None:
    for operation in NODES:
        for part, media, content in contents(operation):
            validator = jsonschema_rs.Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})
            assert examples(content), (operation, part, media)
            for value in examples(content):
                assert [error.message for error in validator.iter_errors(value)] == [], (operation, part, media)


def test_every_operation_declares_the_status_of_each_of_its_rows() -> None:
    for operation in CONTRACT.operations.values():
        declared = {status for status, _ in operation.replies}
        assert {row.status for row in operation.errors.values()} == declared - {200, 201, 202}, operation.id


def test_every_row_of_an_operation_is_an_example_of_its_replies() -> None:
    for operation in CONTRACT.operations.values():
        shown = {
            (int(part), value["row"]): value
            for part, media, content in contents(operation.id)
            if media == "application/problem+json"
            for value in examples(content)
        }
        rows = {(row.status, row.id) for row in operation.own_errors.values()}
        assert rows <= shown.keys(), operation.id
        for status, row in rows:
            example = shown[status, row]
            assert (example["title"], example["status"]) == (CONTRACT.rows()[row].detail["title"], status)


def test_every_row_can_be_filled_in_from_its_example() -> None:
    for row in CONTRACT.rows().values():
        placeholders = {*re.findall(r"\{(\w+)\}", row.message)}
        assert placeholders <= row.example.keys() <= placeholders | {*row.detail.get("members", ())}, row.id


def test_every_link_leads_to_an_operation_with_parameters_that_it_has() -> None:
    for operation, node in NODES.items():
        for response in node["responses"].values():
            for link in resolved(response).get("links", {}).values():
                target = CONTRACT.operations[link["operationId"]]
                known = {*target.in_path.names, *target.in_query.names}
                assert {*link.get("parameters", {})} <= known, operation


def test_no_key_of_an_object_that_is_sent_is_ignored() -> None:
    """Objects either name their keys, or say of what kind all are; but for those that the code reads for itself."""
    open_on_purpose = {"Record", "SnapshotDocument", "ClockAction", "Matcher"}
    schemas = DOCUMENT["components"]["schemas"]
    sent = [schemas[name] for name in _names(NODES[id].get("requestBody", {}) for id in NODES) - open_on_purpose]
    for schema in sent:
        for node in _objects(schema):
            assert "additionalProperties" in node, node


def _names(nodes: Any) -> set[str]:
    """The schemas that are referred to from here, at any remove."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if "$ref" in node and "/schemas/" in node["$ref"] and name not in found:
                found.add(name)
                waiting.append(DOCUMENT["components"]["schemas"][name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for inner in node.values():
            yield from _objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _objects(inner)
