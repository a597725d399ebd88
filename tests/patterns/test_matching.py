"""Which requests a pattern matches."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.findings import Finding
from mockserver.journal import Exchange
from mockserver.patterns import Asked, asked_in, compile_pattern
from tests.patterns.requests import asked

TOYS = asked(
    "POST",
    "/toys/v1/toys/bear%20big?limit=5&tag=a&tag=b&empty=",
    (
        ("X-Key", "k1"),
        ("Accept", "text/html"),
        ("Accept", "application/json"),
        ("Authorization", "Basic YW5uOnNlY3JldA=="),
    ),
    {"name": "Bear"},
    vendor="toyshop",
    api="toyshop-v1",
    operation="create_toy",
    status=409,
    error="name-taken",
    fault="slow",
    findings=(Finding("deprecated", "old"), Finding("unknown-field", "colour")),
)
RIGHT: list[dict[str, Any]] = [
    {},
    {"method": "POST"},
    {"method": "post"},
    {"method": "ANY"},
    {"url": "/toys/v1/toys/bear%20big?limit=5&tag=a&tag=b&empty="},
    {"urlPattern": r"/toys/.*\?limit=\d&.*"},
    {"urlPath": "/toys/v1/toys/bear%20big"},
    {"urlPathPattern": "/toys/v1/toys/[a-z%0-9]+"},
    {"urlPathTemplate": "/toys/v1/toys/{id}"},
    {"urlPathTemplate": "/toys/{version}/toys/{id}"},
    {"vendor": "toyshop"},
    {"api": "toyshop-v1"},
    {"operation": "create_toy"},
    {"status": 409},
    {"status": 409.0},
    {"error": "name-taken"},
    {"fault": "slow"},
    {"findings": "unknown-field"},
    {"queryParameters": {"limit": {"equalTo": "5"}}},
    {"queryParameters": {"tag": {"equalTo": "b"}}},
    {"queryParameters": {"tag": {"doesNotContain": "a"}}},
    {"queryParameters": {"empty": {"equalTo": ""}}},
    {"queryParameters": {"page": {"absent": True}}},
    {"headers": {"X-KEY": {"equalTo": "k1"}}},
    {"headers": {"accept": {"contains": "json"}}},
    {"headers": {"X-Other": {"absent": True}, "x-key": {"matches": "k[0-9]"}}},
    {"headers": {"X-Other": {"doesNotContain": "a"}}},
    {"basicAuthCredentials": {"username": "ann", "password": "secret"}},
    {"bodyPatterns": [{"contains": "Bear"}, {"equalToJson": {"name": "Bear"}}]},
    {"method": "POST", "urlPath": "/toys/v1/toys/bear%20big", "operation": "create_toy", "status": 409},
]
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"method": "GET"}, "method"),
    ({"url": "/toys/v1/toys/bear%20big"}, "url"),
    ({"url": "/toys/v1/toys/bear%20big?limit=5"}, "url"),
    ({"urlPattern": "/toys/v1/toys/[^?]*"}, "urlPattern"),
    ({"urlPath": "/toys/v1/toys"}, "urlPath"),
    ({"urlPath": "/Toys/v1/toys/bear%20big"}, "urlPath"),
    ({"urlPathPattern": "/toys"}, "urlPathPattern"),
    ({"urlPathTemplate": "/toys/{id}"}, "urlPathTemplate"),
    ({"urlPathTemplate": "/toys/v1/toys/{id}/parts"}, "urlPathTemplate"),
    ({"vendor": "bookshop"}, "vendor"),
    ({"api": "toyshop"}, "api"),
    ({"operation": "get_toy"}, "operation"),
    ({"status": 200}, "status"),
    ({"error": "toy-unknown"}, "error"),
    ({"fault": "fast"}, "fault"),
    ({"findings": "old"}, "findings"),
    ({"queryParameters": {"limit": {"equalTo": "6"}}}, "queryParameters.limit"),
    ({"queryParameters": {"Limit": {"equalTo": "5"}}}, "queryParameters.Limit"),
    ({"queryParameters": {"limit": {"absent": True}}}, "queryParameters.limit"),
    ({"headers": {"X-Key": {"equalTo": "K1"}}}, "headers.x-key"),
    ({"headers": {"X-Other": {"equalTo": ""}}}, "headers.x-other"),
    ({"basicAuthCredentials": {"username": "ann", "password": "Secret"}}, "basicAuthCredentials"),
    ({"bodyPatterns": [{"contains": "Bear"}, {"contains": "bear"}]}, "body"),
]


@pytest.mark.parametrize("pattern", RIGHT, ids=str)
def test_a_pattern_matches_what_is_so_in_every_way(pattern: dict[str, Any]) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.matches(TOYS)
    assert compiled.differences(TOYS) == []
    assert compiled.distance(TOYS) == 0


@pytest.mark.parametrize(("pattern", "field"), WRONG, ids=str)
def test_a_pattern_does_not_match_what_is_otherwise_and_names_the_field(pattern: dict[str, Any], field: str) -> None:
    compiled = compile_pattern(pattern)
    assert not compiled.matches(TOYS)
    assert [difference.field for difference in compiled.differences(TOYS)] == [field]
    assert 0 < compiled.distance(TOYS) <= 1


def test_a_path_may_be_written_with_its_escapes_or_without() -> None:
    decoded = asked(target="/toys/bear big?a=%20")
    for pattern in ({"urlPath": "/toys/bear%20big"}, {"urlPath": "/toys/bear big"}, {"url": "/toys/bear%20big?a=%20"}):
        assert compile_pattern(pattern).matches(decoded)
    assert not compile_pattern({"url": "/toys/bear big?a= "}).matches(decoded)


def test_a_template_may_have_escapes_too() -> None:
    assert compile_pattern({"urlPathTemplate": "/small%20toys/{id}"}).matches(asked(target="/small toys/7"))


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("/@one/toys?a=/@two/b", "/toys?a=/@two/b"),
        ("/@one/", "/"),
        ("/@one", "/"),
        ("/@one?a=1", "/?a=1"),
        ("/toys/@one/a", "/toys/@one/a"),
    ],
)
def test_an_exchange_is_looked_at_without_the_sandbox_in_its_path(target: str, seen: str) -> None:
    headers = ((b"host", b"localhost"),)
    exchange = Exchange(1, 0.0, 0.0, "v", "a", "o", "PUT", target, headers, b"{}", 0, (), b"", "row", (), (), "rule")
    found = asked_in(exchange)
    assert (found.target, found.method, found.body, found.headers) == (seen, "PUT", b"{}", headers)
    assert (found.vendor, found.api, found.operation, found.status) == ("v", "a", "o", 0)
    assert (found.error, found.fault) == ("row", "rule")


def test_only_what_a_pattern_looks_at_is_read() -> None:
    """Fault rules are matched while a request waits, so a rule for another path may not have its body parsed."""
    one = asked("PUT", "/toys?a=1", body=b"{}")
    compile_pattern({"method": "POST", "bodyPatterns": [{"equalToJson": {}}]}).matches(one)
    compile_pattern({"bodyPatterns": [{"equalToJson": {}}], "queryParameters": {"a": {"equalTo": "2"}}}).matches(one)
    assert "content" not in vars_of(one)
    assert "query" in vars_of(one)


def vars_of(request: Asked) -> set[str]:
    return set(request.__dict__)


def test_a_pattern_tells_the_names_that_it_asks_for() -> None:
    node = {"vendor": "toyshop", "api": "toyshop-v1", "operation": "get_toy", "error": "toy-unknown"}
    pattern = compile_pattern(node)
    assert (pattern.vendor, pattern.api, pattern.operation, pattern.error) == tuple(node.values())
    assert pattern.node == node
    assert compile_pattern({}).vendor is None
