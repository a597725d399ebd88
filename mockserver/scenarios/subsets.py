"""Whether a JSON value has at least what another one says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.scenarios.comparing import equal, shown


def difference(least: Any, value: Any, place: str = "") -> str:
    """What is first missing or otherwise, with its place; empty where nothing is.

    A mapping has at least these keys, a list begins with values that have at least these; all else is equal.
    """
    at = place or "the body"
    if isinstance(least, Mapping):
        if not isinstance(value, Mapping):
            return f"{at} is {shown(value)} and no object"
        missing = next((name for name in least if name not in value), None)
        if missing is not None:
            return f"{at} has no '{missing}'; it has: {', '.join(value) or 'nothing'}"
        found = (difference(inner, value[name], f"{place}/{name}") for name, inner in least.items())
        return next((each for each in found if each), "")
    if isinstance(least, list):
        if not isinstance(value, list) or len(value) < len(least):
            return f"{at} is {shown(value)}, and no list of at least {len(least)}"
        found = (difference(inner, value[number], f"{place}/{number}") for number, inner in enumerate(least))
        return next((each for each in found if each), "")
    same = least == value if isinstance(least, str) and isinstance(value, str) else equal(least, value)
    return "" if same else f"{at} is {shown(value)}, not {shown(least)}"
