"""How often something is expected, and what a body has at least."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.scenarios.moments import Times, read_times
from mockserver.scenarios.subsets import difference


@pytest.mark.parametrize(
    ("given", "text", "good", "bad"),
    [
        (None, "at least once", [1, 2], [0]),
        (0, "never", [0], [1]),
        (1, "once", [1], [0, 2]),
        (3, "3 times", [3], [2, 4]),
        ({"atLeast": 2}, "at least 2 times", [2, 9], [1]),
        ({"atMost": 1}, "at most 1 time", [0, 1], [2]),
        ({"atLeast": 1, "atMost": 2}, "1 to 2 times", [1, 2], [0, 3]),
        ({}, "at least once", [1], [0]),
    ],
)
def test_how_often(given: Any, text: str, good: list[int], bad: list[int]) -> None:
    times: Times = read_times(given)
    assert str(times) == text
    assert all(times.allows(count) for count in good)
    assert not any(times.allows(count) for count in bad)


@pytest.mark.parametrize(
    ("least", "value", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ""),
        ([{"a": 1}], [{"a": 1, "b": 1}, 2], ""),
        ("x", "X", "the body is 'X', not 'x'"),
        ({"a": {"b": 1}}, {"a": 2}, "/a is 2 and no object"),
        ({"a": [1, 2]}, {"a": [1]}, "/a is [1], and no list of at least 2"),
        ({"a": [1, {"c": 2}]}, {"a": [1, {"c": 3}]}, "/a/1/c is 3, not 2"),
        (None, None, ""),
        (True, 1, "the body is 1, not true"),
    ],
)
def test_at_least(least: Any, value: Any, found: str) -> None:
    assert difference(least, value) == found
