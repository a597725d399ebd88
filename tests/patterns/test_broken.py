"""What can never be right is refused, with the place and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.patterns import KEYS, OUTCOME, PatternError, compile_pattern

DEEP: dict[str, Any] = {"equalTo": "a"}
for _ in range(40):
    DEEP = {"not": DEEP}

BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"urlpath": "/a"}, "urlpath", "there is no such key"),
    ({"method": "PSOT"}, "method", "there is no method 'PSOT'"),
    ({"method": ""}, "method", "must be a text"),
    ({"method": 1}, "method", "must be a text"),
    ({"url": "/a", "urlPath": "/a"}, "", "has url and urlPath"),
    ({"url": "http://localhost/a"}, "url", "begins with /"),
    ({"url": "/@one/a"}, "url", "has a sandbox in it"),
    ({"url": None}, "url", "must be a text"),
    ({"urlPath": "/a?b=1"}, "urlPath", "has no query"),
    ({"urlPattern": "/a("}, "urlPattern", "no regular expression"),
    ({"urlPattern": ["/a"]}, "urlPattern", "must be a text"),
    ({"urlPathPattern": "/a[z-a]"}, "urlPathPattern", "no regular expression"),
    ({"urlPathTemplate": "/a/{id"}, "urlPathTemplate", "is no template"),
    ({"urlPathTemplate": "/a/{}"}, "urlPathTemplate", "is no template"),
    ({"urlPathTemplate": "/a/{id}?b=1"}, "urlPathTemplate", "is no template"),
    ({"vendor": 1}, "vendor", "must be a text"),
    ({"operation": ""}, "operation", "must be a text"),
    ({"status": 99}, "status", "must be an HTTP status"),
    ({"status": "200"}, "status", "must be an HTTP status"),
    ({"status": True}, "status", "must be an HTTP status"),
    ({"findings": []}, "findings", "must be a text"),
    ({"headers": []}, "headers", "must be an object"),
    ({"headers": {}}, "headers", "must be an object"),
    ({"headers": {"x key": {"equalTo": "a"}}}, "headers", "no name of a header"),
    ({"headers": {"x-key": "abc"}}, "headers.x-key", "must be a matcher"),
    ({"headers": {"x-key": {}}}, "headers.x-key", "has no matcher"),
    ({"headers": {"x-key": {"equalto": "a"}}}, "headers.x-key.equalto", "there is no matcher 'equalto'"),
    ({"headers": {"x-key": {"caseInsensitive": True}}}, "headers.x-key.caseInsensitive", "there is no matcher"),
    ({"headers": {"x-key": {"contains": "a", "caseInsensitive": True}}}, "headers.x-key.caseInsensitive", "no matcher"),
    ({"headers": {"x-key": {"equalTo": 5}}}, "headers.x-key.equalTo", "must be a text"),
    ({"headers": {"x-key": {"equalTo": "a", "caseInsensitive": 1}}}, "headers.x-key.caseInsensitive", "true or false"),
    ({"headers": {"x-key": {"equalTo": "a", "contains": "a"}}}, "headers.x-key", "cannot stand side by side"),
    ({"headers": {"x-key": {"absent": True, "contains": "a"}}}, "headers.x-key", "cannot stand side by side"),
    ({"headers": {"x-key": {"absent": False}}}, "headers.x-key.absent", "must be true"),
    ({"headers": {"x-key": {"matches": "("}}}, "headers.x-key.matches", "no regular expression"),
    ({"headers": {"x-key": {"doesNotMatch": 1}}}, "headers.x-key.doesNotMatch", "must be a text"),
    ({"queryParameters": {"a": {"and": []}}}, "queryParameters.a.and", "at least one"),
    ({"queryParameters": {"a": {"or": {"equalTo": "a"}}}}, "queryParameters.a.or", "must be a list"),
    ({"queryParameters": {"a": {"or": [{"equalTo": "a"}, {}]}}}, "queryParameters.a.or[1]", "has no matcher"),
    ({"queryParameters": {"a": {"not": "b"}}}, "queryParameters.a.not", "must be a matcher"),
    ({"basicAuthCredentials": {"username": "a"}}, "basicAuthCredentials.password", "must be a text"),
    ({"basicAuthCredentials": {"user": "a"}}, "basicAuthCredentials.user", "there is no such key"),
    ({"bodyPatterns": {"equalTo": "a"}}, "bodyPatterns", "must be a list"),
    ({"bodyPatterns": []}, "bodyPatterns", "at least one"),
    ({"bodyPatterns": [{"equalToJson": "{"}]}, "bodyPatterns[0].equalToJson", "a text must be JSON"),
    ({"bodyPatterns": [{"equalToJson": '{"a":1,"a":2}'}]}, "bodyPatterns[0].equalToJson", "stands twice"),
    ({"bodyPatterns": [{"equalToJson": "\ud800"}]}, "bodyPatterns[0].equalToJson", "a text must be JSON"),
    ({"bodyPatterns": [{"equalToJson": ["${json-unit.any}"]}]}, "bodyPatterns[0].equalToJson", "no placeholder"),
    (
        {"bodyPatterns": [{"equalToJson": {"a": "${json-unit.regex}("}}]},
        "bodyPatterns[0].equalToJson",
        "no regular expression",
    ),
    ({"bodyPatterns": [{"matchesJsonPath": "$.a["}]}, "bodyPatterns[0].matchesJsonPath", "is no JSONPath"),
    ({"bodyPatterns": [{"matchesJsonPath": "$.a[?@.b =~ /(/]"}]}, "bodyPatterns[0].matchesJsonPath", "is no JSONPath"),
    ({"bodyPatterns": [{"matchesJsonPath": "name"}]}, "bodyPatterns[0].matchesJsonPath", "begins with $"),
    ({"bodyPatterns": [{"matchesJsonPath": "$" + ".a" * 600}]}, "bodyPatterns[0].matchesJsonPath", "at most 1000"),
    (
        {"bodyPatterns": [{"matchesJsonPath": {"equalTo": "a"}}]},
        "bodyPatterns[0].matchesJsonPath",
        "must be a JSONPath",
    ),
    (
        {"bodyPatterns": [{"matchesJsonPath": {"expression": "$.a", "equal": "a"}}]},
        "bodyPatterns[0].matchesJsonPath.equal",
        "there is no matcher",
    ),
    (
        {"bodyPatterns": [{"matchesJsonPath": {"expression": 1}}]},
        "bodyPatterns[0].matchesJsonPath.expression",
        "with $",
    ),
]


@pytest.mark.parametrize(("pattern", "place", "message"), BROKEN, ids=lambda value: str(value)[:60])
def test_a_broken_pattern_is_refused_with_its_place(pattern: dict[str, Any], place: str, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(pattern)
    assert (raised.value.place, message in raised.value.message) == (place, True)
    assert str(raised.value) == f"{place or 'the pattern'}: {raised.value.message}"


def test_matchers_in_matchers_have_an_end() -> None:
    with pytest.raises(PatternError, match="at most 32 deep"):
        compile_pattern({"bodyPatterns": [DEEP]})


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ({"urls": "/"}, "urlPathTemplate"),
        ({"method": "GRAB"}, "ANY"),
        ({"headers": {"a": {"equals": "b"}}}, "equalTo"),
        ({"headers": {"a": {"equalTo": "b", "ignoreCase": True}}}, "caseInsensitive"),
        ({"headers": {"a": {}}}, "matchesJsonPath"),
        ({"headers": {"a": "b"}}, "equalTo"),
        ({"bodyPatterns": [{"equalToJson": "${json-unit.any}"}]}, "${json-unit.any-string}"),
        ({"basicAuthCredentials": {"user": "a"}}, "username"),
        ({"url": "/", "urlPath": "/"}, "urlPath"),
    ],
    ids=str,
)
def test_an_unknown_name_comes_with_the_known_ones(pattern: dict[str, Any], known: str) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(pattern)
    assert known in raised.value.known


@pytest.mark.parametrize("key", sorted(OUTCOME))
def test_what_comes_of_a_request_is_no_matter_before_it_is_answered(key: str) -> None:
    node = {key: 200 if key == "status" else "a"}
    assert compile_pattern(node).node == node
    with pytest.raises(PatternError, match="when a request was answered") as raised:
        compile_pattern(node, outcome=False)
    assert raised.value.known == [known for known in KEYS if known not in OUTCOME]
