"""Comparing values as Arazzo's simple conditions do, and telling what was compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

_NUMBER = re.compile(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*")
_LONGEST = 200
_WORDS = {
    "==": ("equals", "does not equal"),
    "!=": ("differs from", "does not differ from"),
    "<": ("is less than", "is not less than"),
    "<=": ("is at most", "is not at most"),
    ">": ("is more than", "is not more than"),
    ">=": ("is at least", "is not at least"),
}
"""What is said of a comparison that holds, and of one that does not."""


class _Absent:
    """Stands for what is nowhere: equal to null, and to nothing else."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


class Compared(msgspec.Struct, frozen=True):
    """One comparison that was made: `$statusCode` (404) `==` `200` (200). What was nowhere is ABSENT."""

    left: str
    left_value: Any
    operator: str
    right: str
    right_value: Any
    ok: bool


class Trace:
    """What was looked at while a condition was worked out."""

    def __init__(self) -> None:
        self.compared: list[Compared] = []
        self.missing: dict[str, str] = {}

    def told(self, *, ok: bool) -> str:
        """Why the condition holds or does not: the comparisons that came out so; else all of them."""
        telling = [each for each in self.compared if each.ok is ok] or self.compared
        return "; ".join(dict.fromkeys(self._told(each) for each in telling)) or ("it is true" if ok else "it is false")

    def _told(self, each: Compared) -> str:
        left, right = self._side(each.left, each.left_value), self._side(each.right, each.right_value)
        if each.operator:
            return f"{left} {_WORDS[each.operator][not each.ok]} {right}"
        return f"{left} counts as {'true' if each.ok else 'false'}"

    def _side(self, text: str, value: Any) -> str:
        if value is ABSENT:
            return f"{text} ({self.missing.get(text, 'nothing')})"
        told = shown(value)
        return told if text in (told, "") or not text.startswith("$") else f"{text} ({told})"


def shown(value: Any) -> str:
    """A value for people, not all of a long one."""
    if value is ABSENT:
        return "nothing"
    told = f"'{value}'" if isinstance(value, str) else msgspec.json.encode(value).decode()
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"


def truth(value: Any) -> bool:
    """Whether a value that stands alone counts as true: not false, null, 0, an empty text, or nothing."""
    return value is not ABSENT and (bool(value) or isinstance(value, Mapping | list))


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal: texts in any letter case, and a number with a text that says it."""
    if left is ABSENT or right is ABSENT:
        return left in (ABSENT, None) and right in (ABSENT, None)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    numbers = _numbers(left, right)
    if numbers:
        return numbers[0] == numbers[1]
    return type(left) is type(right) and bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of numbers, or of texts in any letter case; false of all else."""

    def holds(left: Any, right: Any) -> bool:
        numbers = _numbers(left, right)
        if numbers:
            return compare(*numbers)
        if isinstance(left, str) and isinstance(right, str):
            return compare(left.casefold(), right.casefold())
        return False

    return holds


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<=": _ordered(lambda left, right: left <= right),
    ">=": _ordered(lambda left, right: left >= right),
    "<": _ordered(lambda left, right: left < right),
    ">": _ordered(lambda left, right: left > right),
}


def _numbers(left: Any, right: Any) -> tuple[float, float] | None:
    """Both as numbers, where one of them is one and the other is one or says one."""
    if not (_is_number(left) or _is_number(right)):
        return None
    both = [_number(left), _number(right)]
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value) if value.strip().lstrip("+-").isdecimal() else float(value)
    return value if _is_number(value) else None
