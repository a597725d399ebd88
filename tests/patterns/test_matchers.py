"""What each matcher says of a body, of a header, and of nothing."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import pytest

from mockserver.patterns import compile_pattern
from tests.patterns.requests import asked

BODY = {"customer": {"code": "TF1", "tags": ["a", "b", "c"], "age": 42, "vip": True, "note": None, "none": []}}
LONG = '{"customer": {"code": "TF1"}}'


def path(expression: str, **matcher: Any) -> dict[str, Any]:
    return {"matchesJsonPath": {"expression": expression, **matcher}}


def same(expected: Any, **options: bool) -> dict[str, Any]:
    return {"equalToJson": expected, **options}


def matches(matcher: dict[str, Any], body: Any) -> bool:
    return compile_pattern({"bodyPatterns": [matcher]}).matches(asked(body=body))


TEXTS: list[tuple[dict[str, Any], bytes, bool]] = [
    ({"equalTo": "a b"}, b"a b", True),
    ({"equalTo": "a b"}, b"a b ", False),
    ({"equalTo": "STRASSE", "caseInsensitive": True}, "straße".encode(), True),
    ({"equalTo": "A", "caseInsensitive": False}, b"a", False),
    ({"equalTo": "é"}, "é".encode(), True),
    ({"contains": "b"}, b"abc", True),
    ({"contains": "d"}, b"abc", False),
    ({"doesNotContain": "d"}, b"abc", True),
    ({"doesNotContain": "b"}, b"abc", False),
    ({"matches": "a.c"}, b"a\nc", True),
    ({"matches": "b"}, b"abc", False),
    ({"matches": "[[a]+"}, b"[a", True),
    ({"doesNotMatch": "b"}, b"abc", True),
    ({"doesNotMatch": "[abc]+"}, b"abc", False),
    ({"absent": True}, b"", True),
    ({"absent": True}, b"a", False),
    ({"equalTo": ""}, b"", True),
    ({"not": {"absent": True}}, b"a", True),
    ({"not": {"equalTo": "a"}}, b"a", False),
    ({"and": [{"contains": "a"}, {"matches": ".{3}"}]}, b"abc", True),
    ({"and": [{"contains": "a"}, {"matches": ".{2}"}]}, b"abc", False),
    ({"or": [{"equalTo": "a"}, {"equalTo": "b"}]}, b"b", True),
    ({"or": [{"equalTo": "a"}, {"equalTo": "b"}]}, b"c", False),
    ({"equalToJson": {}}, b"no JSON", False),
    ({"equalToJson": {}}, b"", False),
    ({"equalToJson": {"a": 2}}, b'{"a": 1, "a": 2}', False),
    ({"matchesJsonPath": "$"}, b"no JSON", False),
    ({"matchesJsonPath": "$"}, b'"a"', True),
    ({"matchesJsonPath": "$.a"}, b'"{\\"a\\": 1}"', False),
    (path("$", equalTo="a"), b'"a"', True),
    (path("$.a", absent=True), b"no JSON", True),
]


@pytest.mark.parametrize(("matcher", "body", "expected"), TEXTS, ids=str)
def test_a_text(matcher: dict[str, Any], body: bytes, expected: object) -> None:
    assert matches(matcher, body) is expected


EQUAL: list[tuple[dict[str, Any], Any, bool]] = [
    (same({"b": 1, "a": [1, 2]}), {"a": [1, 2], "b": 1}, True),
    (same('{ "b":1, "a" : [1,2] }'), {"a": [1, 2], "b": 1}, True),
    (same({"a": 1}), {"a": 1.0}, True),
    (same({"a": 1}), {"a": True}, False),
    (same({"a": 0}), {"a": False}, False),
    (same({"a": None}), {}, False),
    (same({}), {"a": None}, False),
    (same({"a": 1}), {"a": 1, "b": 2}, False),
    (same({"a": 1}, ignoreExtraElements=True), {"a": 1, "b": 2}, True),
    (same({"a": {"b": 1}}, ignoreExtraElements=True), {"a": {"b": 1, "c": 1}}, True),
    (same([1, 2]), [2, 1], False),
    (same([1, 2], ignoreArrayOrder=True), [2, 1], True),
    (same([1, 1, 2], ignoreArrayOrder=True), [1, 2, 2], False),
    (same([1, 2], ignoreArrayOrder=True), [2, 1, 3], False),
    (same([1, 2], ignoreExtraElements=True), [1, 2, 3], True),
    (same([1, 2], ignoreExtraElements=True), [3, 1, 2], False),
    (same([1, 2], ignoreArrayOrder=True, ignoreExtraElements=True), [3, 2, 1], True),
    (same([[1], [2, 3]], ignoreArrayOrder=True), [[3, 2], [1]], True),
    # The loose entry must give its place to the strict one, whichever comes first.
    (same([{}, {"a": 1}], ignoreArrayOrder=True, ignoreExtraElements=True), [{"a": 1}, {"b": 1}], True),
    (same([{}, {"a": 1}, {"b": 1}], ignoreArrayOrder=True, ignoreExtraElements=True), [{"b": 1}, {"a": 1}, 5], False),
    (same("${json-unit.ignore}"), {"a": 1}, True),
    (same({"a": "${json-unit.ignore}", "b": 1}), {"b": 1}, True),
    (same({"a": "${json-unit.any-string}"}), {"a": "x"}, True),
    (same({"a": "${json-unit.any-string}"}), {"a": 1}, False),
    (same({"a": "${json-unit.any-string}"}), {}, False),
    (same({"a": "${json-unit.any-number}"}), {"a": 1.5}, True),
    (same({"a": "${json-unit.any-number}"}), {"a": True}, False),
    (same({"a": "${json-unit.any-boolean}"}), {"a": False}, True),
    (same({"a": "${json-unit.regex}[A-Z]+"}), {"a": "AB"}, True),
    (same({"a": "${json-unit.regex}[A-Z]+"}), {"a": "ABc"}, False),
]


@pytest.mark.parametrize(("matcher", "body", "expected"), EQUAL, ids=lambda value: str(value)[:80])
def test_equal_json(matcher: dict[str, Any], body: Any, expected: object) -> None:
    assert matches(matcher, body) is expected


def test_seats_in_a_long_list_are_found_without_going_deep() -> None:
    """Whoever comes late moves all who came before: each by a call of its own would be too many."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(sum(1 for _ in traceback.walk_stack(None)) + 100)
    try:
        assert matches(same([7] * 200, ignoreArrayOrder=True), [7] * 200) is True
    finally:
        sys.setrecursionlimit(limit)


PATHS: list[tuple[dict[str, Any], bool]] = [
    ({"matchesJsonPath": "$.customer.code"}, True),
    ({"matchesJsonPath": "$.customer.age"}, True),
    ({"matchesJsonPath": "$.customer.note"}, False),
    ({"matchesJsonPath": "$.customer.none"}, False),
    ({"matchesJsonPath": "$.customer.name"}, False),
    ({"matchesJsonPath": "$..code"}, True),
    ({"matchesJsonPath": "$.customer.tags[?(@ == 'b')]"}, True),
    ({"matchesJsonPath": "$.customer.tags[?(@ == 'd')]"}, False),
    ({"matchesJsonPath": "$.customer[?(@ =~ /TF.*/)]"}, True),
    (path("$.customer.code"), True),
    (path("$.customer.code", equalTo="TF1"), True),
    (path("$.customer.code", equalTo="TF2"), False),
    (path("$.customer.code", matches="TF[0-9]"), True),
    (path("$.customer.age", equalTo="42"), True),
    (path("$.customer.vip", equalTo="true"), True),
    (path("$.customer.note", equalTo="null"), True),
    (path("$.customer.tags[*]", equalTo="c"), True),
    (path("$.customer.tags", equalToJson=["c", "b", "a"], ignoreArrayOrder=True), True),
    (path("$.customer.code", equalToJson='"TF1"'), True),
    (path("$.customer.name", absent=True), True),
    (path("$.customer.code", absent=True), False),
    (path("$.customer.name", doesNotMatch="A.*"), True),
    (path("$.customer", matchesJsonPath="$.code"), True),
]


@pytest.mark.parametrize(("matcher", "expected"), PATHS, ids=str)
def test_a_json_path(matcher: dict[str, Any], expected: object) -> None:
    assert matches(matcher, BODY) is expected


def test_a_path_that_fails_on_a_value_finds_nothing_there() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = {"a": deep}
    assert not matches({"matchesJsonPath": "$..b"}, deep)
    assert matches({"matchesJsonPath": "$.a.a"}, deep)


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ({"equalTo": ""}, False),
        ({"contains": ""}, False),
        ({"matches": ".*"}, False),
        ({"equalToJson": "null"}, False),
        ({"matchesJsonPath": "$"}, False),
        ({"absent": True}, True),
        ({"doesNotContain": "a"}, True),
        ({"doesNotMatch": ".*"}, True),
        ({"not": {"equalTo": ""}}, True),
        ({"or": [{"absent": True}, {"equalTo": "a"}]}, True),
        ({"and": [{"absent": True}, {"doesNotContain": "a"}]}, True),
    ],
    ids=str,
)
def test_of_a_header_that_is_not_there_only_absence_and_negations_are_true(
    matcher: dict[str, Any], expected: object
) -> None:
    assert compile_pattern({"headers": {"x-key": matcher}}).matches(asked()) is expected


def test_json_in_a_header_or_parameter_is_compared_as_json() -> None:
    matcher = {"equalToJson": {"a": 1}}
    assert compile_pattern({"headers": {"x-a": matcher}}).matches(asked(headers=(("X-A", '{ "a": 1 }'),)))
    assert compile_pattern({"queryParameters": {"a": matcher}}).matches(asked(target="/?a=%7B%22a%22:1%7D"))
