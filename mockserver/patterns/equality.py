"""Comparing JSON values as `equalToJson` does, and where they differ."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mockserver.patterns.broken import PatternError

Path = tuple[str | int, ...]
ABSENT: Final[Mapping[str, Any]] = {"absent": True}
"""What is shown where nothing is."""
_PLACEHOLDER = "${json-unit."
_REGEX = "${json-unit.regex}"
_ANYTHING: Mapping[str, Callable[[Any], bool]] = {
    "${json-unit.ignore}": lambda _: True,
    "${json-unit.any-string}": lambda actual: isinstance(actual, str),
    "${json-unit.any-number}": lambda actual: isinstance(actual, int | float) and not isinstance(actual, bool),
    "${json-unit.any-boolean}": lambda actual: isinstance(actual, bool),
}
"""Texts that stand for any value of a kind, as WireMock has them."""


class Leniency(NamedTuple):
    """What does not count: the order of lists, and what is there beside what was expected."""

    order: bool = False
    extra: bool = False


class Clash(NamedTuple):
    """One place where two values differ; ABSENT stands for a value that is not there."""

    path: Path
    expected: Any
    actual: Any


def is_placeholder(value: Any) -> bool:
    """Whether a value stands for any of a kind."""
    return isinstance(value, str) and value.startswith(_PLACEHOLDER)


def check_placeholders(value: Any, place: str) -> None:
    """Raises PatternError for a placeholder that nobody knows, or whose regular expression does not compile."""
    if is_placeholder(value) and value not in _ANYTHING:
        if not value.startswith(_REGEX):
            raise PatternError(place, f"there is no placeholder {value}", [*_ANYTHING, _REGEX])
        compile_regex(value.removeprefix(_REGEX), place)
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        check_placeholders(inner, place)


def compile_regex(text: Any, place: str) -> re.Pattern[str]:
    """A regular expression, in which `.` stands for line ends too. Raises PatternError."""
    if not isinstance(text, str):
        raise PatternError(place, "must be a text with a regular expression")
    try:
        with warnings.catch_warnings(action="ignore"):  # that a set of characters might one day mean another
            return re.compile(text, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(place, f"'{text}' is no regular expression: {error}") from None


def clashes(expected: Any, actual: Any, lenient: Leniency, path: Path = ()) -> Iterator[Clash]:
    """Where two JSON values differ, in the order of the expected one. 1 and 1.0 are one number; true is none."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from _in_objects(expected, actual, lenient, path)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from (_in_sets if lenient.order else _in_lists)(expected, actual, lenient, path)
    elif not _same(expected, actual):
        yield Clash(path, expected, actual)


def equal(expected: Any, actual: Any, lenient: Leniency) -> bool:
    """Whether nothing differs."""
    return next(clashes(expected, actual, lenient), None) is None


def size(value: Any) -> int:
    """How many plain values there are in a JSON value; an empty object or list counts as one."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(size, inner)) or 1


def _in_objects(
    expected: Mapping[str, Any], actual: Mapping[str, Any], lenient: Leniency, path: Path
) -> Iterator[Clash]:
    for name, value in expected.items():
        if name in actual:
            yield from clashes(value, actual[name], lenient, (*path, name))
        elif value != "${json-unit.ignore}":
            yield Clash((*path, name), value, ABSENT)
    if not lenient.extra:
        yield from (Clash((*path, name), ABSENT, actual[name]) for name in actual if name not in expected)


def _in_lists(expected: Sequence[Any], actual: Sequence[Any], lenient: Leniency, path: Path) -> Iterator[Clash]:
    for at, (wanted, given) in enumerate(zip(expected, actual, strict=False)):
        yield from clashes(wanted, given, lenient, (*path, at))
    yield from (Clash((*path, at), expected[at], ABSENT) for at in range(len(actual), len(expected)))
    if not lenient.extra:
        yield from (Clash((*path, at), ABSENT, actual[at]) for at in range(len(expected), len(actual)))


def _in_sets(expected: Sequence[Any], actual: Sequence[Any], lenient: Leniency, path: Path) -> Iterator[Clash]:
    """Each expected entry needs one of its own among the actual ones, wherever it stands."""
    fitting = [[at for at, given in enumerate(actual) if equal(wanted, given, lenient)] for wanted in expected]
    guests: dict[int, int] = {}
    for at, wanted in enumerate(expected):
        if not _seat(at, fitting, guests):
            yield Clash((*path, at), wanted, ABSENT)
    if not lenient.extra and len(actual) > len(expected):
        yield from (Clash((*path, at), ABSENT, given) for at, given in enumerate(actual) if at not in guests)


def _seat(guest: int, fitting: Sequence[Sequence[int]], guests: dict[int, int]) -> bool:
    """Give a guest a seat that fits, where need be by moving others to further seats that fit them.

    `guests` says who sits where. The search is for the shortest chain of moves that ends at a free seat.
    """
    wanted_by: dict[int, int] = {}
    waiting = [guest]
    for each in waiting:
        for seat in fitting[each]:
            if seat in wanted_by:
                continue
            wanted_by[seat] = each
            if seat not in guests:
                _move(guest, seat, wanted_by, guests)
                return True
            waiting.append(guests[seat])
    return False


def _move(first: int, free: int, wanted_by: dict[int, int], guests: dict[int, int]) -> None:
    seats = {guest: seat for seat, guest in guests.items()}
    mover, seat = wanted_by[free], free
    guests[seat] = mover
    while mover != first:
        seat = seats[mover]
        mover = guests[seat] = wanted_by[seat]


def _same(expected: Any, actual: Any) -> bool:
    if is_placeholder(expected):
        if expected.startswith(_REGEX):
            pattern = re.compile(expected.removeprefix(_REGEX), re.DOTALL)
            return isinstance(actual, str) and pattern.fullmatch(actual) is not None
        return _ANYTHING[expected](actual)
    return isinstance(expected, bool) == isinstance(actual, bool) and bool(expected == actual)
