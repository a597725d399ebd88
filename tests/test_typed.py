"""Types of schemas: whatever can be decoded as one meets its schema, and hot replies have one."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mockserver.app import apis_of, known_vendors
from mockserver.narrowing import Inexpressible
from mockserver.replies import ReplyCheck
from mockserver.schema import Document
from mockserver.typed import Types
from mockserver.vendor import Api
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.test_contracts import _examples
from tests.test_drafts import bodies

APIS = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
HOT = {"get_customer", "create_customer", "update_customer", "find_customers"}


def checks(api: Api) -> list[tuple[ReplyCheck, list[Any]]]:
    """The checks that have a type, with what the contract shows of the reply."""
    shown: dict[int, list[Any]] = {}
    for _, schema, value in _examples(api.contract.document):
        shown.setdefault(id(schema), []).append(value)
    found = {
        id(check.schema): check
        for operation in api.contract.operations.values()
        for check in operation.replies.values()
        if check is not None and check.decode is not None and id(check.schema) in shown
    }
    return [(check, shown[key]) for key, check in found.items()]


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_can_be_decoded_is_valid(api: Api, data: st.DataObject) -> None:
    check, shown = data.draw(st.sampled_from(checks(api)))
    raw = data.draw(bodies(shown))
    assert check.decode is not None
    try:
        check.decode(raw)
    except ValueError:
        return
    assert check.is_valid(orjson.loads(raw)), raw


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_what_the_contract_shows_is_decoded(api: Api) -> None:
    decoded = checks(api)
    assert decoded
    for check, shown in decoded:
        for value in shown:
            assert check.mismatch(orjson.dumps(value)) is None


def test_hot_replies_have_a_type() -> None:
    for api in APIS:
        quick = {
            operation.id
            for operation in api.contract.operations.values()
            for (status, _), check in operation.replies.items()
            if status < 300 and check is not None and check.decode is not None
        }
        assert "get_customer" in quick, api.name
        if api.name != "spurtcommerce":  # there what was sent comes back as it was sent, of whatever type
            assert {*HOT} & {*api.contract.operations} <= quick, api.name


@pytest.mark.parametrize(
    ("schema", "text", "is_valid"),
    [
        ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, '{"a": 1, "b": 2}', True),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, '{"a": 1, "b": 2}', False),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, "{}", True),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, '{"a": null}', False),
        ({"type": ["integer", "null"]}, "null", True),
        ({"type": "integer"}, "1.0", True),
        ({"type": "number", "minimum": 1}, "0.5", False),
        ({"type": "string", "maxLength": 2}, '"\\u00e9\\u00e9"', True),
        ({"type": "string", "maxLength": 2}, '"\\u00e9\\u00e9\\u00e9"', False),
        ({"const": "ok"}, '"ok"', True),
        ({"const": "ok"}, '"no"', False),
        ({"type": "integer", "const": 1}, "1", True),
        ({"type": "integer", "const": 1}, "2", False),
        ({"const": 1}, "true", False),
        ({"anyOf": [{"const": "ok"}, {"type": "string", "minLength": 9}]}, '"long enough"', True),
        ({"type": "array", "maxItems": 1}, "[1, 2]", False),
        ({"type": "array", "items": {"type": "string"}}, "[1]", False),
        ({"type": "string", "enum": ["a", "b"]}, '"c"', False),
        ({"not": {"type": "string"}}, '"c"', False),
    ],
    ids=str,
)
def test_a_reply_is_valid_or_not_whichever_way_it_is_found_out(
    schema: dict[str, Any],
    text: str,
    is_valid: bool,  # noqa: FBT001
) -> None:
    check = ReplyCheck(schema, Document({}))
    assert check.is_valid(json.loads(text)) is is_valid
    assert (check.mismatch(text.encode()) is None) is is_valid


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/Box"},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "required": ["a"]},
        {"oneOf": [{"type": "string"}]},
        {"const": 1.5},
        {"const": True},
        {},
    ],
    ids=str,
)
def test_what_no_type_can_say_has_none(schema: dict[str, Any]) -> None:
    box = {"type": "object", "properties": {"inside": {"$ref": "#/components/schemas/Box"}}}
    with pytest.raises(Inexpressible):
        Types(Document({"components": {"schemas": {"Box": box}}})).of(schema)
