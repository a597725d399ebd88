"""Masks: places of replies whose values no two runs share, where types alone are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.drift.difference import Path
from mockserver.shape import meant

EVERY = "*"
_BODY, _HEADERS = "body", "headers"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_ANY = "any"
"""What stands for a type where not even that is compared."""

_STEP = re.compile(r"\[(\d*)\]|([^.\[\]]+)")
_PLACE = re.compile(r"(?:\*|\[\d*\]|[^.\[\]*]+)(?:\.(?:\*|[^.\[\]*]+)|\[\d*\])*")
_WRITTEN = "write OPERATION:PLACE, as in get_customer:data.token, *:headers.location or find_customers:data:number"


class BrokenMask(ValueError):
    """What was given is no mask. The message says what would be right."""


class _Pattern(NamedTuple):
    """The steps of a place from `body` or `headers` on, -1 being any item, and the types that a value there has.

    Without types it may be anything.
    """

    steps: Sequence[str | int]
    types: tuple[type, ...]


class Masks:
    """The masks of a run, by operation; those of the operation `*` are for all of them."""

    def __init__(self, places: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {operation: [*map(_pattern, each)] for operation, each in places.items()}

    def of(self, operation: str | None) -> Mask:
        """The mask of one operation."""
        return Mask([*self._patterns.get(EVERY, ()), *self._patterns.get(operation or "", ())])


class Mask:
    """The places of one operation. A mask covers what is inside of its place too."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self._patterns = list(patterns)

    def ignores(self, path: Path) -> bool:
        """Whether the value at a place may be anything."""
        return any(not pattern.types and _fits(pattern.steps, path) for pattern in self._patterns)

    def covers(self, path: Path, value: Any) -> bool:
        """Whether the value at a place is masked."""
        return any(_fits(pattern.steps, path) and _has(value, pattern.types) for pattern in self._patterns)


def read_mask(text: str, operations: Iterable[str]) -> tuple[str, str]:
    """Operation and place of `OPERATION:PLACE`. Raises BrokenMask."""
    operation, colon, place = text.partition(":")
    known = [EVERY, *operations]
    if not colon or not place:
        raise BrokenMask(f"'{text}' is no mask; {_WRITTEN}")
    if operation not in known:
        raise BrokenMask(
            f"'{text}': there is no operation {operation}{meant(operation, known)}; known: {', '.join(known)}"
        )
    _pattern(place)
    return operation, place


def _pattern(place: str) -> _Pattern:
    """A place as it is compared with others; after a colon stands the type that a value has to have there."""
    where, colon, kind = place.partition(":")
    if (colon and kind not in (*_TYPES, _ANY)) or not _PLACE.fullmatch(where):
        raise BrokenMask(
            f"'{place}' is no place; names are joined by dots, [] is any item, * any name: data.items[].id; "
            f"behind a colon may stand a type: {', '.join((*_TYPES, _ANY))}"
        )
    steps: list[str | int] = [name or (int(index) if index else -1) for index, name in _STEP.findall(where)]
    if where == EVERY:
        steps = [_BODY]
    elif steps[0] not in (_BODY, _HEADERS):
        steps = [_BODY, *steps]
    return _Pattern(steps, () if kind == _ANY else _TYPES.get(kind, (object,)))


def _fits(pattern: Sequence[str | int], path: Path) -> bool:
    return len(path) >= len(pattern) and all(
        given in (EVERY, step) or (given == -1 and isinstance(step, int))
        for given, step in zip(pattern, path, strict=False)
    )


def _has(value: Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, types) and (not isinstance(value, bool) or bool in types or object in types)
