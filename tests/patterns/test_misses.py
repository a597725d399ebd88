"""What is told of a request that does not match: which field, what was expected, what is there; and how far it is."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.patterns import Asked, compile_pattern
from mockserver.patterns.equality import Path
from tests.patterns.requests import asked

ABSENT = {"absent": True}
BODY = {"customer": {"code": "TF1", "tags": ["a", "b"], "age": 42, "first name": "Ann"}, "note": None}
HEADERS = (("X-Key", "k1"), ("Accept", "text/html"), ("Accept", "application/json"))
ONE = asked("PUT", "/toys/7?limit=5&tag=a&tag=b", HEADERS, BODY, vendor="toyshop", status=200)


def same(expected: Any, **options: bool) -> dict[str, Any]:
    return {"bodyPatterns": [{"equalToJson": expected, **options}]}


def path(expression: str, **matcher: Any) -> dict[str, Any]:
    return {"bodyPatterns": [{"matchesJsonPath": {"expression": expression, **matcher}}]}


def altered(**customer: Any) -> dict[str, Any]:
    return same({**BODY, "customer": {**BODY["customer"], **customer}})  # type: ignore[dict-item]


DIFFERENCES: list[tuple[dict[str, Any], str, Any, Any]] = [
    ({"method": "POST"}, "method", "POST", "PUT"),
    ({"operation": "get_toy"}, "operation", "get_toy", ABSENT),
    ({"error": "toy-unknown"}, "error", "toy-unknown", ABSENT),
    ({"status": 404}, "status", 404, 200),
    ({"findings": "deprecated"}, "findings", "deprecated", []),
    ({"urlPath": "/toys/8"}, "urlPath", "/toys/8", "/toys/7"),
    ({"url": "/toys/7"}, "url", "/toys/7", "/toys/7?limit=5&tag=a&tag=b"),
    ({"headers": {"X-Key": {"equalTo": "k2"}}}, "headers.x-key", "k2", "k1"),
    ({"headers": {"X-Key": {"contains": "z"}}}, "headers.x-key", {"contains": "z"}, "k1"),
    ({"headers": {"X-Key": {"doesNotMatch": "k."}}}, "headers.x-key", {"doesNotMatch": "k."}, "k1"),
    ({"headers": {"X-Key": {"absent": True}}}, "headers.x-key", ABSENT, "k1"),
    ({"headers": {"X-No": {"equalTo": "k"}}}, "headers.x-no", "k", ABSENT),
    ({"headers": {"accept": {"equalTo": "a"}}}, "headers.accept", "a", ["text/html", "application/json"]),
    ({"queryParameters": {"limit": {"equalTo": "6"}}}, "queryParameters.limit", "6", "5"),
    ({"queryParameters": {"tag": {"equalTo": "c"}}}, "queryParameters.tag", "c", ["a", "b"]),
    (altered(code="TF2"), "body.customer.code", "TF2", "TF1"),
    (altered(tags=["a", "c"]), "body.customer.tags[1]", "c", "b"),
    (altered(tags=["a"]), "body.customer.tags[1]", ABSENT, "b"),
    (altered(tags=["a", "b", "c"]), "body.customer.tags[2]", "c", ABSENT),
    (altered(extra=1), "body.customer.extra", 1, ABSENT),
    (altered(age="42"), "body.customer.age", "42", 42),
    ({**altered(**{"first name": "Bob"})}, 'body.customer["first name"]', "Bob", "Ann"),
    (same({"customer": BODY["customer"]}), "body.note", ABSENT, None),
    (same({"customer": {"tags": ["c", "a"]}}, ignoreArrayOrder=True, ignoreExtraElements=True), "body.customer.tags[0]", "c", ABSENT),
    (same([1]), "body", [1], BODY),
    ({"bodyPatterns": [{"contains": "Eve"}]}, "body", {"contains": "Eve"}, BODY),
    ({"bodyPatterns": [{"absent": True}]}, "body", ABSENT, BODY),
    ({"bodyPatterns": [{"and": [{"contains": "Ann"}, {"matches": "x"}]}]}, "body", {"matches": "x"}, BODY),
    ({"bodyPatterns": [{"or": [{"matches": "x"}]}]}, "body", {"or": [{"matches": "x"}]}, BODY),
    (path("$.customer.code", equalTo="TF2"), "body.customer.code", "TF2", "TF1"),
    (path("$.customer.code", absent=True), "body.customer.code", ABSENT, "TF1"),
    (path("$.customer.name", equalTo="Ann"), "body.customer.name", "Ann", ABSENT),
    (path("$.customer.tags[*]", equalTo="c"), "body.customer.tags[0]", "c", "a"),
    (path("$.customer", equalToJson={"code": 1}), "body.customer.code", 1, "TF1"),
    (path("$..x", equalTo="c"), "body", {"matchesJsonPath": {"expression": "$..x", "equalTo": "c"}}, ABSENT),
    ({"bodyPatterns": [{"matchesJsonPath": "$.note"}]}, "body.note", {"matchesJsonPath": "$.note"}, None),
    ({"bodyPatterns": [{"matchesJsonPath": "$.x"}]}, "body.x", {"matchesJsonPath": "$.x"}, ABSENT),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "field", "expected", "actual"), DIFFERENCES, ids=lambda value: str(value)[:60])
def test_a_miss_names_the_field_and_both_sides(pattern: dict[str, Any], field: str, expected: Any, actual: Any) -> None:
    [found] = compile_pattern(pattern).differences(ONE)
    assert (found.field, found.expected, found.actual) == (field, expected, actual)


@pytest.mark.parametrize("body", [b"", b"not JSON"])
def test_a_body_that_is_no_json_differs_as_a_whole(body: bytes) -> None:
    [found] = compile_pattern(same({"a": 1})).differences(asked(body=body))
    assert (found.field, found.expected, found.actual) == ("body", {"a": 1}, body.decode() or ABSENT)


def test_what_was_asked_comes_before_what_came_of_it() -> None:
    pattern = {
        "status": 201,
        "bodyPatterns": [{"equalTo": "a"}],
        "headers": {"x-key": {"equalTo": "k2"}},
        "operation": "get_toy",
        "urlPath": "/toys/8",
        "method": "GET",
        "error": "a",
    }
    fields = [found.field for found in compile_pattern(pattern).differences(ONE)]
    assert fields == ["method", "urlPath", "operation", "headers.x-key", "body", "status", "error"]


def test_long_values_are_cut_short() -> None:
    pattern = {"bodyPatterns": [{"equalTo": "b" * 1000}]}
    [found] = compile_pattern(pattern).differences(asked(body=b"a" * 100_000))
    assert found.actual == "a" * 500 + "… (100000 characters)"
    assert found.expected == "b" * 500 + "… (1000 characters)"
    [found] = compile_pattern({"bodyPatterns": [{"equalTo": "b"}]}).differences(asked(body=list(range(1000))))
    assert str(found.actual).startswith("[0,1,2,")
    assert str(found.actual).endswith("… (3891 characters)")


def distance(pattern: dict[str, Any], request: Asked) -> float:
    return compile_pattern(pattern).distance(request)


@pytest.mark.parametrize(
    ("pattern", "nearer", "farther"),
    [
        ({"urlPath": "/toys/8"}, ONE, asked(target="/books/authors")),
        ({"method": "GET", "urlPath": "/toys/8"}, asked(target="/toys/7"), ONE),
        ({"method": "GET", "urlPath": "/toys/7"}, ONE, asked(target="/books")),
        ({"method": "GET", "operation": "a"}, asked("PUT", operation="a"), asked("GET", operation="b")),
        ({"headers": {"x-key": {"equalTo": "k2"}}}, ONE, asked()),
        (altered(code="TF2"), ONE, asked(body={"customer": 1})),
        (altered(code="TF2"), asked(body={"customer": 1}), asked(body=b"no JSON")),
        (path("$.customer.code", equalTo="TF2"), ONE, asked(body={"customer": {"code": "zzzz"}})),
        (path("$.customer.code", equalTo="TF2"), ONE, asked(body={"customer": {}})),
        ({"bodyPatterns": [{"or": [{"equalTo": "aaaa"}, {"matches": "z"}]}]}, asked(body=b"aaab"), asked(body=b"bbbb")),
        ({"bodyPatterns": [{"and": [{"contains": "a"}, {"matches": "z"}]}]}, asked(body=b"aa"), asked(body=b"bb")),
    ],
    ids=str,
)
def test_a_near_miss_is_nearer_than_a_wide_one(pattern: dict[str, Any], nearer: Asked, farther: Asked) -> None:
    assert 0 < distance(pattern, nearer) < distance(pattern, farther) <= 1


class Blackout:
    """Hides everything, and says from where."""

    def header(self, name: str, _shown: Any) -> Any:
        return f"header {name}"

    def parameter(self, name: str, _shown: Any) -> Any:
        return f"parameter {name}"

    def url(self, _shown: str) -> str:
        return "url"

    def body(self, path: Path, shown: Any) -> Any:
        return shown if shown == "text" else f"body {path}"

    def text(self, _shown: str) -> Any:
        return "text"


@pytest.mark.parametrize(
    ("pattern", "hidden"),
    [
        ({"url": "/toys"}, "url"),
        ({"urlPathPattern": "/to"}, "url"),
        ({"headers": {"X-Key": {"equalTo": "a"}}}, "header x-key"),
        ({"headers": {"accept": {"equalTo": "a"}}}, ["header accept", "header accept"]),
        ({"basicAuthCredentials": {"username": "a", "password": "b"}}, "header authorization"),
        ({"queryParameters": {"limit": {"equalTo": "a"}}}, "parameter limit"),
        (altered(code="a"), "body ('customer', 'code')"),
        (path("$.customer.code", equalTo="a"), "body ('customer', 'code')"),
        ({"bodyPatterns": [{"equalTo": "a"}]}, "body ()"),
    ],
    ids=str,
)
def test_everything_told_goes_through_the_redactor(pattern: dict[str, Any], hidden: Any) -> None:
    request = asked(target="/toys/7?limit=5", headers=(*HEADERS, ("Authorization", "Basic eDp5")), body=BODY)
    [found] = compile_pattern(pattern).differences(request, Blackout())
    assert found.actual == hidden
    assert found.expected in (hidden, "text", "header accept")


def test_texts_that_are_no_json_are_redacted_as_texts() -> None:
    [found] = compile_pattern({"bodyPatterns": [{"not": {"contains": "password=a"}}]}).differences(
        asked(body=b"password=a"), Blackout()
    )
    assert found.actual == "text"
    assert "password" not in str(found.expected)
