"""A pattern made of an exchange's own values matches it; with one value altered it does not, and says which."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, settings, strategies as st

from mockserver.patterns import Asked, compile_pattern
from tests.effort import EFFORT

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
OBJECTS = st.dictionaries(NAMES, JSON, min_size=1, max_size=4)
ALTERED = "altered "


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Asked, dict[str, Any]]:
    """A request, and all that can be said of it in a pattern."""
    method, vendor, operation = draw(st.sampled_from(["GET", "POST", "PUT"])), draw(NAMES), draw(NAMES)
    path = "/" + "/".join(draw(st.lists(NAMES, max_size=3)))
    query = draw(st.dictionaries(NAMES, TEXTS, max_size=3))
    headers = draw(st.dictionaries(NAMES, st.text("abc ,;=1", max_size=6), max_size=3))
    body = draw(OBJECTS)
    target = f"{path}?{urlencode(query)}" if query else path
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    status = draw(st.integers(200, 599))
    request = Asked(method, target, pairs, json.dumps(body).encode(), vendor, vendor, operation, status)
    pattern = {
        "method": method,
        draw(st.sampled_from(["url", "urlPath"])): None,
        "vendor": vendor,
        "operation": operation,
        "queryParameters": {name: {"equalTo": value} for name, value in query.items()},
        "headers": {name.upper(): {"equalTo": value} for name, value in headers.items()},
        "bodyPatterns": [{"equalToJson": body}],
        "status": status,
    }
    if "url" in pattern:
        pattern["url"] = target
    else:
        pattern["urlPath"] = path
    return request, {key: value for key, value in pattern.items() if value != {}}


def alter(pattern: dict[str, Any], key: str, data: st.DataObject) -> tuple[dict[str, Any], str]:
    """The pattern with one value altered, and the field that this is."""
    value = pattern[key]
    if key == "bodyPatterns":
        [matcher] = value
        name = data.draw(st.sampled_from(sorted(matcher["equalToJson"])))
        return {**pattern, key: [{"equalToJson": {**matcher["equalToJson"], name: ALTERED * 2}}]}, f"body.{name}"
    if isinstance(value, dict):
        name = data.draw(st.sampled_from(sorted(value)))
        field = f"{key}.{name.lower() if key == 'headers' else name}"
        return {**pattern, key: {**value, name: {"equalTo": value[name]["equalTo"] + ALTERED}}}, field
    if key == "method":
        return {**pattern, key: "DELETE"}, key
    return {**pattern, key: 100 if key == "status" else f"{value}{ALTERED}"}, key


@given(exchanges())
@settings(max_examples=20 * EFFORT, deadline=None, derandomize=True)
def test_a_pattern_of_an_exchange_s_own_values_matches_it(made: tuple[Asked, dict[str, Any]]) -> None:
    request, node = made
    pattern = compile_pattern(node)
    assert pattern.matches(request)
    assert pattern.differences(request) == []
    assert pattern.distance(request) == 0


@given(exchanges(), st.data())
@settings(max_examples=20 * EFFORT, deadline=None, derandomize=True)
def test_with_one_value_altered_it_does_not_and_names_that_field(
    made: tuple[Asked, dict[str, Any]], data: st.DataObject
) -> None:
    request, node = made
    key = data.draw(st.sampled_from(sorted(node)))
    changed, field = alter(node, key, data)
    pattern = compile_pattern(changed)
    assert not pattern.matches(request)
    assert [found.field for found in pattern.differences(request)] == [field]
    assert 0 < pattern.distance(request) <= 1
