"""How the program, which is JavaScript, reads and writes texts, numbers and truth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import inf, isfinite, isnan, nan
from typing import Any

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BASED = re.compile(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", re.ASCII)
_INFINITE = {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}
_EXACT = 1e21
"""Numbers from here on are written with an exponent."""


def to_number(value: Any) -> float:
    """`Number(value)`: of texts and numbers, and of a list of one what it holds; nan of everything else."""
    match value:
        case int() | float():
            return value
        case [single]:
            return to_number(single)
        case str():
            return _read_number(value.strip())
    return nan


def _read_number(text: str) -> float:
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return _INFINITE.get(text, nan)


def is_true(number: float) -> bool:
    """Whether a number counts as true: all but 0 and nan."""
    return number != 0 and not isnan(number)


def to_text(value: Any) -> str:
    """`String(value)`, and `value.toString()`; what is missing in a list is an empty text there."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _write_number(value)
        case list():
            return ",".join("" if item is None else to_text(item) for item in value)
        case dict():
            return "[object Object]"
    return "null"


def _write_number(number: float) -> str:
    if abs(number) < _EXACT:
        return str(int(number)) if number == int(number) else repr(float(number))
    return repr(float(number)) if isfinite(number) else "-Infinity" if number < 0 else "Infinity"


def entries(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """`Object.entries(values)`: names that are numbers come first, by their size."""
    numbers = [name for name in values if name.isdecimal()]
    if not numbers:
        return values.items()
    others = [name for name in values if not name.isdecimal()]
    return [(name, values[name]) for name in (*sorted(numbers, key=int), *others)]
