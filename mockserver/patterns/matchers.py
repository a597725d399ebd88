"""Matchers: what is said of one value, in WireMock's words. Matching a value that is not there: only negations do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.patterns import equality
from mockserver.patterns.asked import MISSING, NOT_JSON, Value
from mockserver.patterns.equality import ABSENT, Clash, Leniency, Path
from mockserver.patterns.expressions import Expression
from mockserver.patterns.misses import likeness


class Matcher:
    """Something that is said of one value. `shown` is what was asked for, as it is told of a miss."""

    dear = False
    """Whether to match takes long, so that what does not is looked at first."""

    def __init__(self, shown: Any) -> None:
        self.shown = shown

    def holds(self, value: Value) -> bool:
        """Whether it is true of a value."""
        raise NotImplementedError

    def clashes(self, value: Value) -> Iterator[Clash]:
        """Where a value that does not match differs: at its top, unless the matcher knows better."""
        yield Clash((), self.shown, shown_of(value))

    def likeness(self, _value: Value) -> float:
        """How near a value that does not match comes to it, from 0 to 1."""
        return 0.0


class EqualTo(Matcher):
    """The whole text."""

    def __init__(self, expected: str, *, fold: bool = False) -> None:
        super().__init__(expected)
        self._expected = expected.casefold() if fold else expected
        self._fold = fold

    def holds(self, value: Value) -> bool:
        """Whether the text is the one expected."""
        text = value.text
        return text == self._expected or (self._fold and text is not None and text.casefold() == self._expected)

    def likeness(self, value: Value) -> float:
        """How alike the texts are."""
        return likeness(self._expected, value.text or "")


class Contains(Matcher):
    """A part of the text."""

    def __init__(self, part: str) -> None:
        super().__init__({"contains": part})
        self._part = part

    def holds(self, value: Value) -> bool:
        """Whether the part is in it."""
        return value.text is not None and self._part in value.text


class Matches(Matcher):
    """A regular expression for the whole text."""

    dear = True

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__({"matches": pattern.pattern})
        self._fullmatch = pattern.fullmatch

    def holds(self, value: Value) -> bool:
        """Whether the whole text is as the expression says."""
        return value.text is not None and self._fullmatch(value.text) is not None


class Absent(Matcher):
    """Nothing."""

    def __init__(self) -> None:
        super().__init__(ABSENT)

    def holds(self, value: Value) -> bool:
        """Whether nothing is there."""
        return value.missing


class EqualToJson(Matcher):
    """A JSON value, however it is written."""

    dear = True

    def __init__(self, expected: Any, lenient: Leniency) -> None:
        super().__init__(expected)
        self._lenient = lenient

    def holds(self, value: Value) -> bool:
        """Whether nothing differs."""
        return equality.equal(self.shown, value.json, self._lenient)

    def clashes(self, value: Value) -> Iterator[Clash]:
        """Every place where the values differ."""
        if value.json is NOT_JSON:
            return super().clashes(value)
        return equality.clashes(self.shown, value.json, self._lenient)

    def likeness(self, value: Value) -> float:
        """The share of the plain values that agree."""
        if value.json is NOT_JSON:
            return 0.0
        differing = sum(1 for _ in self.clashes(value))
        return max(0.0, 1 - differing / max(equality.size(self.shown), equality.size(value.json)))


class Not(Matcher):
    """The opposite of another matcher."""

    def __init__(self, matcher: Matcher, shown: Any) -> None:
        super().__init__(shown)
        self.dear = matcher.dear
        self._matcher = matcher

    def holds(self, value: Value) -> bool:
        """Whether the other one does not match; it matches nothing that is not there."""
        return not self._matcher.holds(value)


class All(Matcher):
    """Every one of some matchers."""

    def __init__(self, matchers: Sequence[Matcher], shown: Any) -> None:
        super().__init__(shown)
        self._matchers = sorted(matchers, key=lambda matcher: matcher.dear)
        self.dear = any(matcher.dear for matcher in matchers)

    def holds(self, value: Value) -> bool:
        """Whether each of them matches."""
        return all(matcher.holds(value) for matcher in self._matchers)

    def clashes(self, value: Value) -> Iterator[Clash]:
        """Those of the first that does not match."""
        return next(matcher.clashes(value) for matcher in self._matchers if not matcher.holds(value))

    def likeness(self, value: Value) -> float:
        """The mean of the matchers' own."""
        each = [1.0 if matcher.holds(value) else matcher.likeness(value) for matcher in self._matchers]
        return sum(each) / len(each)


class Either(Matcher):
    """At least one of some matchers."""

    def __init__(self, matchers: Sequence[Matcher], shown: Any) -> None:
        super().__init__(shown)
        self._matchers = sorted(matchers, key=lambda matcher: matcher.dear)
        self.dear = any(matcher.dear for matcher in matchers)

    def holds(self, value: Value) -> bool:
        """Whether one of them matches."""
        return any(matcher.holds(value) for matcher in self._matchers)

    def likeness(self, value: Value) -> float:
        """That of the nearest."""
        return max(matcher.likeness(value) for matcher in self._matchers)


class JsonPath(Matcher):
    """What a JSONPath finds: something, or something that another matcher matches.

    As in WireMock, null, an empty object and an empty list are nothing to find, unless there is another matcher to look at
    them.
    """

    dear = True

    def __init__(self, expression: Expression, then: Matcher | None, shown: Any) -> None:
        super().__init__(shown)
        self._expression = expression
        self._then = then

    def holds(self, value: Value) -> bool:
        """Whether it finds what is wanted."""
        if self._then is None:
            return any(found not in _NOTHING for _, found in self._found(value))
        values = [Value.of_json(found) for _, found in self._found(value)]
        return any(self._then.holds(each) for each in values or [MISSING])

    def clashes(self, value: Value) -> Iterator[Clash]:
        """At the first of what it finds; where that is nothing, at the only place where something could have been."""
        path, found = next(self._found(value), (self._expression.path or (), ABSENT))
        if self._then is None or found is ABSENT:
            only_there = self._then is not None and self._expression.path is not None
            yield Clash(path, self._then.shown if self._then and only_there else self.shown, found)
            return
        for clash in self._then.clashes(Value.of_json(found)):
            yield Clash((*path, *clash.path), clash.expected, clash.actual)

    def likeness(self, value: Value) -> float:
        """That of the nearest of what it finds."""
        if self._then is None:
            return 0.0
        return max((self._then.likeness(Value.of_json(found)) for _, found in self._found(value)), default=0.0)

    def _found(self, value: Value) -> Iterator[tuple[Path, Any]]:
        return iter(()) if value.json is NOT_JSON else self._expression.find(value.json)


_NOTHING: tuple[Any, ...] = (None, {}, [])


def shown_of(value: Value) -> Any:
    """A value as it is told of a miss: its JSON value where it has one that is no plain text, else its text."""
    if value.missing:
        return ABSENT
    return value.text if value.json is NOT_JSON or not isinstance(value.json, dict | list) else value.json
