"""Reading a JSON body as strictly as a contract check needs it."""

from __future__ import annotations

import json
from typing import Any

import orjson

MAX_DEPTH = 254
"""Levels of nesting. No documented body has more than five; the parser, the writer and the validator differ beyond."""

_SHORT = 256
"""A text of so many bytes nests less than MAX_DEPTH."""


class Unreadable(ValueError):
    """The body is not JSON that means one thing. The message says why."""


def read(raw: bytes) -> Any:
    """The value of a JSON text. Raises Unreadable.

    Refused, beside what is not JSON at all: NaN and infinities, lone surrogates, nesting deeper than MAX_DEPTH,
    and a key that stands twice in one object.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(_reason(raw, error)) from None
    colons = raw.count(b":")
    if colons > 1 or len(raw) > _SHORT:
        _refuse_ambiguity(raw, value, colons)
    return value


def _reason(raw: bytes, error: orjson.JSONDecodeError) -> str:
    if not raw.strip():
        return "the body is empty"
    return f"not JSON: {error}"


def _refuse_ambiguity(raw: bytes, value: Any, colons: int) -> None:
    """Raise Unreadable when a key is repeated, or when nesting is too deep.

    The parser keeps the last of repeated keys, so a text that repeats one has more colons than its value written
    again, unless a colon hides in an escape. To look so is a third of the cost of collecting the keys.
    """
    try:
        again = orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise Unreadable(f"nested more than {MAX_DEPTH} levels deep") from None
    may_hide_one = b"\\" in raw and b"\\u" in raw
    if may_hide_one or colons != again.count(b":"):
        _refuse_repeated_keys(raw)


def _refuse_repeated_keys(raw: bytes) -> None:
    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                raise Unreadable(f"the key {json.dumps(key)} stands twice in one object")
            seen[key] = value
        return seen

    # Integers are of no interest here, and Python refuses to read those of thousands of digits.
    json.loads(raw, object_pairs_hook=collect, parse_int=str)
