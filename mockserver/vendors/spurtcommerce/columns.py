"""What the vendor's database makes of the values that the program hands to it unchecked (MariaDB, strict mode)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mockserver.call import Refused

_LEAST, _GREATEST = -(2**31), 2**31 - 1
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*", re.ASCII)


def to_integer(value: Any, column: str) -> int | None:
    """What an INT column keeps: of true 1, of '1.5' 2. Raises Refused("query-failed") as for 'active' [recorded]."""
    text = _text(value, column)
    if text is None:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        wrong = f"Incorrect integer value: '{text}' for column `{column}` at row 1"
        raise Refused("query-failed", reason=f"ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: {wrong}")
    number = int(Decimal(found[1]).to_integral_value(ROUND_HALF_UP))
    if not _LEAST <= number <= _GREATEST:
        wrong = f"Out of range value for column '{column}' at row 1"
        raise Refused("query-failed", reason=f"ER_WARN_DATA_OUT_OF_RANGE: {wrong}")
    return number


def to_text(value: Any, column: str, length: int) -> str | None:
    """What a VARCHAR column of so many characters keeps. Raises Refused("query-failed") for a longer text."""
    text = _text(value, column)
    if text is not None and len(text) > length:
        raise Refused("query-failed", reason=f"ER_DATA_TOO_LONG: Data too long for column '{column}' at row 1")
    return text


def to_key(value: Any) -> int:
    """The id that a value is compared with as a number: '2abc' is 2; 0, which is nobody's, for what is no whole number."""
    found = _NUMBER.match(_text(value, "id") or "")
    number = Decimal(found[1] if found else 0)
    return int(number) if number == number.to_integral_value() else 0


def _text(value: Any, column: str) -> str | None:
    """A value as the database reads it in the program's query: a list of one is what it holds, an object no value."""
    match value:
        case None | str():
            return value
        case bool():
            return str(int(value))
        case int() | float():
            return str(value)
        case [single]:
            return _text(single, column)
    reason = "ER_PARSE_ERROR: You have an error in your SQL syntax"
    raise Refused("query-failed", reason=f"{reason}: column '{column}' is given {value!r}")
