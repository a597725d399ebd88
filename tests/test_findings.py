"""What is said of a violated bound: what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.findings import Violation
from mockserver.schema import Check, Document

REASONS: list[tuple[dict[str, Any], object, str]] = [
    ({"type": "string"}, 1, "must be a text"),
    ({"type": "integer"}, 1.5, "must be an integer"),
    ({"type": "number"}, "1", "must be a number"),
    ({"type": "boolean"}, "true", "must be true or false"),
    ({"type": "object"}, [], "must be an object"),
    ({"type": "array"}, {}, "must be a list"),
    ({"type": "null"}, 0, "must be null"),
    ({"type": ["null", "integer"]}, "1", "must be an integer or null"),
    ({"type": ["boolean", "null"]}, 1, "must be true, false or null"),
    ({"type": ["null", "number", "string"]}, [], "must be a text, a number or null"),
    ({"minimum": 1}, 0, "must be at least 1"),
    ({"minimum": -0.5}, -1, "must be at least -0.5"),
    ({"exclusiveMinimum": 0}, 0, "must be more than 0"),
    ({"maximum": 9007199254740991}, 9007199254740992, "must be at most 9007199254740991"),
    ({"exclusiveMaximum": 20}, 20, "must be less than 20"),
    ({"minLength": 1}, "", "must have at least 1 character"),
    ({"minLength": 2}, "a", "must have at least 2 characters"),
    ({"maxLength": 1}, "ab", "must have at most 1 character"),
    ({"maxLength": 255}, "x" * 256, "must have at most 255 characters"),
    ({"minItems": 1}, [], "must have at least 1 entry"),
    ({"minItems": 2}, [1], "must have at least 2 entries"),
    ({"maxItems": 1}, [1, 2], "must have at most 1 entry"),
    ({"maxItems": 0}, [1], "must have at most 0 entries"),
    ({"enum": ["active", "inactive", "trash"]}, "gone", "must be one of active, inactive, trash"),
    ({"enum": [None, "", "AD", 7, True]}, "ad", "must be one of null, an empty text, AD, 7, true"),
    ({"enum": ["json"]}, "xml", "must be json"),
    ({"const": "json"}, "xml", "must be json"),
    ({"const": None}, "xml", "must be null"),
    ({"pattern": "^[0-9]+$"}, "x", "is malformed"),
    ({"uniqueItems": True}, [1, 1], "is malformed"),
    ({"multipleOf": 2}, 3, "is malformed"),
    ({"anyOf": [{"type": "null"}, {"type": "integer"}, {"type": "string"}]}, [], "must be a text, an integer or null"),
    ({"anyOf": [{"type": ["string", "null"]}, {"type": "string", "const": ""}]}, 5, "must be a text or null"),
    ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 3}]}, 0, "must be at least 1"),
    ({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]}, "abcd", "must have at most 3 characters"),
    ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "x", "must be an integer or null"),
]


@pytest.mark.parametrize(("schema", "value", "reason"), REASONS)
def test_the_reason_says_what_would_be_right(schema: dict[str, Any], value: object, reason: str) -> None:
    (violation,) = Check(schema, Document()).violations(value, "body")
    assert violation.reason == reason


def test_where_the_right_types_are_not_known_only_the_wrong_one_is_told() -> None:
    assert Violation("body", ("age",), "type", "").reason == "is of the wrong type"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ((), ""),
        (("email",), "email"),
        (("address", "city"), "address.city"),
        (("addresses", 0, "type"), "addresses[0].type"),
        ((2, 1), "[2][1]"),
    ],
)
def test_a_field_is_named_with_its_place(path: tuple[str | int, ...], field: str) -> None:
    assert Violation("body", path, "type", "").field == field
