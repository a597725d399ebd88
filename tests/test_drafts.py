"""Typed requests: whatever is read in one pass is what the contract allows, and what the long way would have read."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec import UNSET, UnsetType

from mockserver.app import apis_of, known_vendors
from mockserver.contract import JSON
from mockserver.drafts import Reader
from mockserver.jsonbody import Unreadable, read
from mockserver.schema import Check, Document
from mockserver.vendor import Api
from tests.effort import unwatched  # noqa: F401  a fixture

READERS = [
    pytest.param(api, name, id=f"{api.name}-{name}")
    for vendor in known_vendors().values()
    for api in apis_of(vendor)
    for name, reader in api.readers.items()
    if reader.narrowed is not None and JSON in api.contract.operations[name].body
]
HOT = {"create_customer", "update_customer", "get_customer"}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    10**20,
    "",
    "a",
    "GB",
    "a\nb",
    "\u00e9" * 60,
    "x" * 300,
    [],
    [1, 1],
    {},
    {"a": 1},
]


def examples(api: Api, operation: str) -> list[Any]:
    """The bodies that the contract shows."""
    for item in api.contract.document["paths"].values():
        for node in item.values():
            if isinstance(node, dict) and node.get("operationId") == operation:
                content = node["requestBody"]["content"][JSON]
                return [example["value"] for example in content["examples"].values() if "value" in example]
    raise AssertionError(operation)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value below its top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inner for place in ((*path, key), *places(item, (*path, key)))]


@st.composite
def bodies(draw: st.DrawFn, shown: list[Any]) -> bytes:
    """An example with a few things altered, left out, added or said twice."""
    body = json.loads(json.dumps(draw(st.sampled_from(shown))))
    for _ in range(draw(st.integers(0, 3))):
        where = places(body)
        if not where:
            break
        *path, last = draw(st.sampled_from(where))
        holder = body
        for step in path:
            holder = holder[step]
        match draw(st.sampled_from(["alter", "leave out", "add"])):
            case "alter":
                holder[last] = deepcopy(draw(st.sampled_from(ODD)))
            case "leave out":
                del holder[last]
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(["odd", "id", "cart", "code"]))] = deepcopy(draw(st.sampled_from(ODD)))
    text = json.dumps(body, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()) and '": ' in text:
        key = text.rpartition('": ')[0].rpartition('"')[2]
        text = text.replace(f'"{key}": ', f'"{key}": 1, "{key}": ', 1)
    return text.encode()


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize(("api", "name"), READERS)
@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_read_in_one_pass_is_allowed_and_the_same(api: Api, name: str, data: st.DataObject) -> None:
    reader, check = api.readers[name], api.contract.operations[name].body[JSON]
    raw = data.draw(bodies(examples(api, name)))
    request = reader.read(raw)
    if request is not None:
        value = read(raw)
        assert check.is_valid(value)
        assert isinstance(request, reader.shape)
        assert msgspec.to_builtins(request) == msgspec.to_builtins(msgspec.convert(value, reader.shape))


def test_every_hot_operation_is_read_in_one_pass() -> None:
    assert {api.contract.operations[name].id for api, name in (case.values for case in READERS)} >= HOT  # type: ignore[union-attr]


@pytest.mark.parametrize(("api", "name"), READERS)
def test_at_least_one_example_is_read_in_one_pass(api: Api, name: str) -> None:
    assert any(api.readers[name].read(orjson.dumps(body)) is not None for body in examples(api, name))


class Lid(msgspec.Struct, frozen=True):
    colour: str
    size: int = 1
    notes: list[str] = []


class Pot(msgspec.Struct, frozen=True, rename="camel"):
    full_name: str | UnsetType = UNSET
    lid: Lid | UnsetType | None = UNSET
    sizes: tuple[int, ...] | UnsetType = UNSET
    labels: frozenset[int] | UnsetType = UNSET
    hidden: str | UnsetType = UNSET


def reader(name: dict[str, Any] | None = None, **more: Any) -> Reader:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "fullName": {"type": "string", "minLength": 1, **(name or {})},
            "lid": {
                "type": ["object", "null"],
                "required": ["colour"],
                "properties": {
                    "colour": {"enum": ["red", "blue"], "type": "string"},
                    "size": {"type": "integer"},
                    "notes": {"type": "array", "items": {"type": "string"}},
                },
            },
            "sizes": {"type": "array", "maxItems": 2, "items": {"type": "integer", "minimum": 1}},
            "labels": {"type": "array", "items": {"type": "integer"}},
            **more,
        },
    }
    return Reader(Pot, Check(schema, Document({})))


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"fullName": "a: b"}',
        b' {"lid" : null , "sizes" : [ 1 , 2 ] } ',
        b'{"lid": {"colour": "red", "size": 3}}',
        b'{"lid": {"colour": "red"}}',
        b'{"labels": [1, 1]}',
    ],
)
def test_a_body_that_the_contract_allows_is_read_in_one_pass(body: bytes) -> None:
    request = reader().read(body)
    assert isinstance(request, Pot)
    assert msgspec.to_builtins(request) == msgspec.to_builtins(msgspec.json.decode(body, type=Pot))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"fullName": ""}',
        b'{"fullName": null}',
        b'{"fullName": "a", "fullName": "b"}',
        b'{"lid": {"colour": "red", "size": 3, "size": 3}}',
        b'{"lid": {"colour": "green", "size": 3}}',
        b'{"lid": {"size": 3}}',
        b'{"sizes": [0]}',
        b'{"sizes": [1, 2, 3]}',
        b'{"sizes": [1.0]}',
        b'{"hidden": "not in the contract"}',
        b'{"unknown": 1}',
        b'{"fullName": "\\u0061"}',
    ],
)
def test_any_other_body_goes_the_long_way(body: bytes) -> None:
    assert reader().read(body) is None


def test_what_was_left_out_has_its_default() -> None:
    request = reader().read(b'{"lid": {"colour": "red"}}')
    assert (request.lid.size, request.full_name, request.hidden) == (1, UNSET, UNSET)


def test_a_key_that_is_said_twice_is_not_hidden_by_one_that_is_left_out() -> None:
    assert reader().read(b'{"lid": {"colour": "red", "colour": "red"}}') is None


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [("^[a-z]+$", b'{"fullName": "ab"}', b'{"fullName": "a1"}'), ("^a", b'{"fullName": "ab"}', b'{"fullName": "ba"}')],
)
def test_a_pattern_bounds_a_text(pattern: str, fits: bytes, fails: bytes) -> None:
    bounded = reader({"pattern": pattern})
    assert bounded.read(fits) is not None
    assert bounded.read(fails) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": r"^\d+$"},
        {"pattern": "^a$|b"},
        {"not": {"const": "a"}},
        {"oneOf": [{"type": "string"}]},
        {"if": {"type": "string"}},
        {"contains": {}},
    ],
)
def test_what_a_type_cannot_say_makes_every_body_go_the_long_way(schema: dict[str, Any]) -> None:
    assert reader(schema).narrowed is None
    assert reader(schema).read(b"{}") is None


@pytest.mark.parametrize(
    "others", [[{"const": ""}], [{"type": "string", "maxLength": 9}], [{"type": ["string", "null"]}], [{"oneOf": []}]]
)
def test_of_several_ways_to_be_a_text_the_first_is_quick_and_the_others_are_not_lost(others: list[Any]) -> None:
    quick = reader(fullName={"anyOf": [{"type": "string", "maxLength": 2}, *others]})
    assert quick.read(b'{"fullName": "ab"}') is not None
    assert quick.read(b'{"fullName": "abc"}') is None


def test_a_set_may_not_hide_how_many_there_were() -> None:
    assert reader(labels={"type": "array", "maxItems": 1, "items": {"type": "integer"}}).narrowed is None


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 1}', b'{"fullName": "a", "fullName": "a"}'])
def test_the_long_way_refuses_what_is_said_twice(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)
