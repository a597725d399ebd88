"""JSONPath (RFC 9535), with the further words that the library knows. The library is imported when first needed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from mockserver.patterns.broken import PatternError
from mockserver.patterns.equality import Path

_LONGEST = 1000


class Match(Protocol):
    """A value that was found."""

    @property
    def parts(self) -> tuple[str | int, ...]:
        """Where."""

    @property
    def obj(self) -> object:
        """What."""


class Finder(Protocol):
    """What the library makes of an expression."""

    def finditer(self, data: Any) -> Iterable[Match]:
        """What is found in a value."""


class Expression(NamedTuple):
    """A compiled JSONPath. `path` is the only place where it can find something, or None where there may be many."""

    text: str
    finder: Finder
    path: Path | None

    def find(self, value: Any) -> Iterator[tuple[Path, Any]]:
        """Where in a JSON value something is found, and what. Where the expression fails, as in too deep a value: nothing."""
        if self.path is not None:
            yield from _follow(self.path, value)
            return
        if isinstance(value, str):  # the library would read it as a JSON text
            return
        try:
            yield from [(match.parts, match.obj) for match in self.finder.finditer(value)]
        except Exception:  # noqa: BLE001  whatever an expression runs into must not break the request that is looked at
            return


def compile_expression(text: Any, place: str) -> Expression:
    """Read a JSONPath. Raises PatternError."""
    if not isinstance(text, str) or not text.startswith("$"):
        raise PatternError(place, "must be a text with a JSONPath, which begins with $")
    if len(text) > _LONGEST:
        raise PatternError(place, f"a JSONPath has at most {_LONGEST} characters")
    import jsonpath  # noqa: PLC0415  its import is a third of the start, and few patterns need it

    try:
        with warnings.catch_warnings(action="ignore"):  # of regular expressions in filters
            finder = jsonpath.compile(text)
    except (jsonpath.JSONPathError, RecursionError, re.error) as error:
        reason = str(error).partition("\n")[0]
        raise PatternError(place, f"'{text}' is no JSONPath: {reason}") from None
    return Expression(text, finder, _only_place(finder))


def _follow(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """What is at one place, if anything is: the library takes ten times as long."""
    place: list[str | int] = []
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return
            place.append(step)
        else:
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return
            place.append(step % len(value))
        value = value[step]
    yield tuple(place), value


def _only_place(finder: Any) -> Path | None:
    if not (hasattr(finder, "singular_query") and finder.singular_query()):
        return None
    selectors = [segment.selectors[0] for segment in finder.segments]
    return tuple(selector.name if hasattr(selector, "name") else selector.index for selector in selectors)
