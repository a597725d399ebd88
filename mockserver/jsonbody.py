"""Reading a JSON body as strictly as a contract check needs it."""

from __future__ import annotations

import json
from typing import Any

import orjson

MAX_DEPTH = 64
"""Levels of nesting. No documented body has more than five; the validator itself gives up at 255."""


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
    if len(raw) > MAX_DEPTH and raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise Unreadable(f"nested more than {MAX_DEPTH} levels deep")
    if _may_repeat_a_key(raw, value):
        _refuse_repeated_keys(raw)
    return value


def _reason(raw: bytes, error: orjson.JSONDecodeError) -> str:
    if not raw.strip():
        return "the body is empty"
    return f"not JSON: {error}"


def _depth(value: Any) -> int:
    """Levels of nesting, counted without recursion; stops counting past MAX_DEPTH."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        depth += 1
    return depth


def _may_repeat_a_key(raw: bytes, value: Any) -> bool:
    """Whether a colon of the text is missing from its value written again, or a colon may hide in an escape.

    The parser keeps the last of repeated keys, so a text that repeats one has more colons than its value.
    This costs a tenth of what collecting the keys would.
    """
    colons = raw.count(b":")
    return colons > 1 and (b"\\u" in raw or colons != orjson.dumps(value).count(b":"))


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
