"""What is wrong with a value, in the order in which the schema speaks of it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.replies import ReplyCheck
from mockserver.schema import Check, Document, resolve

DOCUMENT = Document({
    "components": {
        "schemas": {
            "Name": {"type": "string", "minLength": 2, "maxLength": 5},
            "Tagged": {"type": "string", "maxLength": 3, "x-row": "tag-wrong"},
            "Address": {
                "type": "object",
                "additionalProperties": False,
                "required": ["street", "city"],
                "properties": {
                    "street": {"type": "string", "minLength": 1},
                    "city": {"$ref": "#/components/schemas/Name"},
                    "tag": {"$ref": "#/components/schemas/Tagged"},
                },
            },
            "Person": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "integer", "minimum": 1},
                    "name": {"$ref": "#/components/schemas/Name"},
                    "code": {"type": "string", "maxLength": 2, "x-row": "code-wrong"},
                    "home": {"$ref": "#/components/schemas/Address"},
                    "work": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"type": "null"}]},
                    "others": {"type": "array", "items": {"$ref": "#/components/schemas/Address"}},
                    "role": {"enum": ["a", "b"]},
                    "deep": {"anyOf": [{"type": "array", "items": {"type": "object", "properties": {"on": {"const": True}}}}, {"type": "null"}]},
                    "pet": {
                        "anyOf": [
                            {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}},
                            {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"const": "dog"}, "bark": {"type": "string"}}},
                            {"type": "string", "minLength": 3},
                        ]
                    },
                },
            },
        }
    }
})  # fmt: skip
PERSON = {"$ref": "#/components/schemas/Person"}
CHECK = Check(PERSON, DOCUMENT)
HOME = {"street": "s", "city": "cc"}
OK = {"id": 1, "name": "ab"}


def found(value: object) -> list[tuple[str, str]]:
    """Where, and which keyword."""
    return [(".".join(map(str, violation.path)), violation.keyword) for violation in CHECK.violations(value, "body")]


@pytest.mark.parametrize(
    "value",
    [
        OK,
        {**OK, "home": HOME, "work": None, "others": [HOME, HOME], "pet": "rex"},
        {**OK, "pet": {"kind": "cat", "lives": 9}},
    ],
)
def test_a_valid_value_has_no_violations(value: object) -> None:
    assert CHECK.is_valid(value)
    assert found(value) == []


@pytest.mark.parametrize(
    ("value", "violations"),
    [
        ([], [("", "type")]),
        (None, [("", "type")]),
        ({}, [("id", "required"), ("name", "required")]),
        ({"name": "a", "id": 0}, [("id", "minimum"), ("name", "minLength")]),
        ({"role": "c", "name": 1, "id": "x"}, [("id", "type"), ("name", "type"), ("role", "enum")]),
        ({**OK, "nick": 1, "role": "c"}, [("role", "enum"), ("nick", "additionalProperties")]),
        ({**OK, "y": 1, "x": 1}, [("y", "additionalProperties"), ("x", "additionalProperties")]),
        ({**OK, "home": {}}, [("home.street", "required"), ("home.city", "required")]),
        ({**OK, "home": {"city": "c", "street": "", "zip": 1}}, [("home.street", "minLength"), ("home.city", "minLength"), ("home.zip", "additionalProperties")]),
        ({**OK, "home": {"city": "c"}}, [("home.street", "required"), ("home.city", "minLength")]),
        ({**OK, "others": [HOME, {"city": "c"}, 5]}, [("others.1.street", "required"), ("others.1.city", "minLength"), ("others.2", "type")]),
        ({**OK, "role": 5, "home": 5}, [("home", "type"), ("role", "enum")]),
    ],
)  # fmt: skip
def test_violations_come_in_the_order_of_the_schema(value: object, violations: list[tuple[str, str]]) -> None:
    assert found(value) == violations


@pytest.mark.parametrize(
    ("value", "violations"),
    [
        ({"work": 5}, [("work", "type")]),
        ({"work": {"street": ""}}, [("work.street", "minLength"), ("work.city", "required")]),
        ({"work": {"street": "s", "city": 5}}, [("work.city", "type")]),
        ({"pet": 5}, [("pet", "type")]),
        ({"pet": "ab"}, [("pet", "minLength")]),
        ({"pet": {"kind": "cat"}}, [("pet.lives", "required")]),
        ({"pet": {"kind": "dog"}}, [("pet.bark", "required")]),
        ({"pet": {"kind": "dog", "bark": 5}}, [("pet.bark", "type")]),
        ({"deep": [{"on": True}, {"on": "a"}]}, [("deep.1.on", "const")]),
    ],
)
def test_of_alternatives_the_one_that_was_meant_speaks(
    value: dict[str, Any], violations: list[tuple[str, str]]
) -> None:
    assert found({**OK, **value}) == violations


@pytest.mark.parametrize(
    ("value", "row"),
    [
        ({"code": "abc"}, "code-wrong"),
        ({"home": {**HOME, "tag": "abcd"}}, "tag-wrong"),
        ({"work": {**HOME, "tag": "abcd"}}, "tag-wrong"),
        ({"others": [{**HOME, "tag": "abcd"}]}, "tag-wrong"),
        ({"name": "a"}, None),
        ({"home": {**HOME, "city": "c"}}, None),
    ],
)
def test_a_bound_may_name_the_row_that_speaks_for_it(value: dict[str, Any], row: str | None) -> None:
    (violation,) = CHECK.violations({**OK, **value}, "body")
    assert violation.row == row


def test_a_missing_property_is_nobodys_bound() -> None:
    check = Check({"type": "object", "required": ["a"], "properties": {"a": {"x-row": "a-wrong"}}}, Document())
    assert [violation.row for violation in check.violations({}, "query")] == [None]


def test_a_violation_says_where_it_is_and_what_it_is_about() -> None:
    (violation,) = CHECK.violations({**OK, "others": [{**HOME, "city": "c"}]}, "body")
    assert (violation.where, violation.path, violation.name) == ("body", ("others", 0, "city"), "city")
    assert "shorter than 2" in violation.message
    (violation,) = CHECK.violations({**OK, "others": [5]}, "body")
    assert violation.name == "others"
    (violation,) = CHECK.violations(5, "body")
    assert violation.name == ""


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ({**OK, "nick": 1}, ["id", "name", "code", "home", "work", "others", "role", "deep", "pet"]),
        ({**OK, "home": {**HOME, "zip": 1}}, ["street", "city", "tag"]),
        ({**OK, "work": {**HOME, "zip": 1}}, ["street", "city", "tag"]),
        ({**OK, "others": [HOME, {**HOME, "zip": 1}]}, ["street", "city", "tag"]),
    ],
)
def test_an_unknown_property_comes_with_those_that_its_place_knows(value: object, known: list[str]) -> None:
    (violation,) = CHECK.violations(value, "body")
    assert (violation.keyword, violation.bound) == ("additionalProperties", known)


def test_a_tag_that_no_alternative_has_comes_with_those_that_they_have() -> None:
    (violation,) = CHECK.violations({**OK, "pet": {"kind": "cow", "milk": True}}, "body")
    assert (violation.field, violation.keyword, violation.bound) == ("pet.kind", "enum", ["cat", "dog"])
    assert violation.reason == "must be one of cat, dog"


def test_a_reply_is_found_wrong_every_time_whatever_was_right_before() -> None:
    check = ReplyCheck(PERSON, DOCUMENT)
    for _ in range(3):
        assert check.mismatch(b'{"id":1,"name":"ab"}') is None
        wrong = check.mismatch(b'{"id":"1","name":"ab"}')
        assert wrong is not None
        assert wrong.startswith("/id violates ")
        assert wrong.endswith('properties/id/type: "1" is not of type "integer"')


def test_a_reply_is_checked_however_many_came_before() -> None:
    check = ReplyCheck({"type": "integer", "maximum": 500}, Document())
    for _ in range(2):
        for number in range(1000):
            assert (check.mismatch(b"%d" % number) is None) == (number <= 500)


def test_references_may_hold_escaped_names() -> None:
    assert resolve("#/a~1b/c~0d", {"a/b": {"c~d": 5}}) == 5
    with pytest.raises(KeyError):
        resolve("#/a", {})
