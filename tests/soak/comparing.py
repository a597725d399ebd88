"""Comparing what is answered with what a model says: values that are known only in part, and words for a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Difference(Exception):
    """The server does something else than the model."""


class Moment:
    """An instant that is known to lie between two others, in seconds since 1970; equal to any text that says it.

    Texts say whole seconds, or milliseconds. While a request is under way, its end is open.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, first: float, last: float = math.inf) -> None:
        self.first = first
        self.last = last

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return False
        try:
            said = datetime.fromisoformat(other)
        except ValueError:
            return False
        at = (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
        return math.floor(self.first) <= at <= self.last

    def __repr__(self) -> str:
        return f"an instant from {_text(self.first)} to {_text(self.last)}"


class Learned:
    """A text that the model cannot know, such as a hash: the first one that begins rightly, and from then on that one."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning
        self._known: str | None = None

    def __eq__(self, other: object) -> bool:
        if self._known is None and isinstance(other, str) and other.startswith(self._beginning):
            self._known = other
        return other == self._known

    def __repr__(self) -> str:
        return repr(self._known) if self._known else f"a text that begins with {self._beginning}"


class Having:
    """An object that has these values, and any others."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, **values: Any) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and all(name in other and self[name] == other[name] for name in self.values)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __repr__(self) -> str:
        return f"an object with {self.values}"


class Anything:
    """Equal to everything."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "anything"


class NewestFirst:
    """Objects with an id, in the order of a time that they have; those of one second stand in any order."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: list[dict[str, Any]], time: str) -> None:
        self.items = items
        self._time = time

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list) or self.like(other) != other:
            return False
        times = [each[self._time] for each in other]
        return times == sorted(times, reverse=True)

    def like(self, other: list[Any]) -> list[Any]:
        """The items, in the order of another list as far as that has them."""
        order = {each["id"]: at for at, each in enumerate(other)}
        return sorted(self.items, key=lambda each: order.get(each["id"], len(order)))

    def __repr__(self) -> str:
        return f"the newest first: {self.items}"


def difference(expected: Any, actual: Any, place: str = "") -> str | None:
    """Where two values first differ; None where they do not."""
    if expected == actual:
        return None
    expected, actual = _as_compared(expected, actual)
    if _is_object(expected) and _is_object(actual):
        return _in_objects(expected, actual, place)
    if isinstance(expected, list) and isinstance(actual, list):
        return _in_lists(expected, actual, place)
    return f"{place or 'it'} is {_short(actual)} instead of {_short(expected)}"


def _as_compared(expected: Any, actual: Any) -> tuple[Any, Any]:
    """Plain objects and lists in the place of what knows them only in part, as far as the other value is such a one."""
    if isinstance(expected, Having) and _is_object(actual):
        return expected.values, {name: actual[name] for name in expected.values if name in actual}
    if isinstance(expected, NewestFirst) and isinstance(actual, list):
        return expected.like(actual), actual
    return expected, actual


def _in_objects(expected: Mapping[str, Any], actual: Mapping[str, Any], place: str) -> str | None:
    for name in [*expected, *(name for name in actual if name not in expected)]:
        if name not in actual or name not in expected:
            return f"{place}.{name} is {'missing' if name in expected else 'too much'}"
        if found := difference(expected[name], actual[name], f"{place}.{name}"):
            return found
    return None


def _in_lists(expected: list[Any], actual: list[Any], place: str) -> str:
    for at, (one, other) in enumerate(zip(expected, actual, strict=False)):
        if found := difference(one, other, f"{place}[{at}]"):
            return found
    if len(actual) == len(expected):
        return f"{place or 'it'} is in disorder"
    return f"{place or 'it'} has {len(actual)} items instead of {len(expected)}"


def agree(expected: Any, actual: Any, of: str) -> None:
    """Raises Difference."""
    found = difference(expected, actual)
    if found:
        raise Difference(f"{of}: {found}")


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _short(value: Any, most: int = 300) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"


def _text(at: float) -> str:
    return "now" if math.isinf(at) else datetime.fromtimestamp(at, UTC).isoformat()
