"""Criteria: what a pattern says of one part of a request, and how it tells of a miss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.patterns.asked import MISSING, Asked, Value
from mockserver.patterns.equality import ABSENT
from mockserver.patterns.matchers import Matcher
from mockserver.patterns.misses import Difference, Redactor, each_text, field_of, likeness, short

_MISSING: Sequence[Value] = (MISSING,)


class Criterion:
    """What is said of one part. `cost` is how late to look at it, `weight` how much a miss of it counts."""

    cost = 0
    weight = 1

    def __init__(self, field: str) -> None:
        self.field = field

    def holds(self, asked: Asked) -> bool:
        """Whether a request is so."""
        raise NotImplementedError

    def difference(self, asked: Asked, redactor: Redactor) -> Difference:
        """What is not so about one that is not."""
        raise NotImplementedError

    def likeness(self, _asked: Asked) -> float:
        """How near one that is not so comes to it, from 0 to 1."""
        return 0.0


class Plain(Criterion):
    """One of the things that are a text or a number, such as the method."""

    def __init__(self, field: str, expected: Any, weight: int) -> None:
        super().__init__(field)
        self.weight = weight
        self._expected = expected

    def holds(self, asked: Asked) -> bool:
        """Whether it is the one expected."""
        return bool(getattr(asked, self.field) == self._expected)

    def difference(self, asked: Asked, _redactor: Redactor) -> Difference:
        """Both."""
        return Difference(self.field, self._expected, getattr(asked, self.field) or ABSENT)


class Finds(Criterion):
    """A finding."""

    def __init__(self, id: str) -> None:
        super().__init__("findings")
        self._id = id

    def holds(self, asked: Asked) -> bool:
        """Whether it is among those made."""
        return any(finding.id == self._id for finding in asked.findings)

    def difference(self, asked: Asked, _redactor: Redactor) -> Difference:
        """The finding, and those made."""
        return Difference(self.field, self._id, [finding.id for finding in asked.findings])


class Address(Criterion):
    """The path, with the query or without. A plain text may have its escapes or not."""

    weight = 4

    def __init__(self, field: str, text: str, fits: Callable[[str], Any], *, whole: bool, plain: bool) -> None:
        super().__init__(field)
        self.cost = 1 if plain else 2
        self._text = text
        self._fits = fits
        self._whole = whole
        self._plain = plain

    def holds(self, asked: Asked) -> bool:
        """Whether it fits."""
        return bool(self._fits(asked.target if self._whole else asked.path))

    def difference(self, asked: Asked, redactor: Redactor) -> Difference:
        """Both."""
        return Difference(
            self.field, redactor.url(self._text), redactor.url(asked.target if self._whole else asked.path)
        )

    def likeness(self, asked: Asked) -> float:
        """How alike the texts are."""
        return likeness(self._text, asked.target if self._whole else asked.path)


class Field(Criterion):
    """A header or a query parameter. One that is repeated is right when any of its values is."""

    def __init__(self, place: str, name: str, matcher: Matcher) -> None:
        super().__init__(f"{place}.{name}")
        self._name = name
        self._matcher = matcher

    def holds(self, asked: Asked) -> bool:
        """Whether one of the values matches."""
        values = self._all(asked).get(self._name, _MISSING)
        if len(values) == 1:
            return self._matcher.holds(values[0])
        return any(self._matcher.holds(value) for value in values)

    def difference(self, asked: Asked, redactor: Redactor) -> Difference:
        """The matcher, and the value, or all of several."""
        shown = [self._hidden(redactor, value.text) for value in self._all(asked).get(self._name, ())]
        actual = ABSENT if not shown else shown[0] if len(shown) == 1 else shown
        return Difference(self.field, short(self._hidden(redactor, self._matcher.shown)), short(actual))

    def likeness(self, asked: Asked) -> float:
        """That of the nearest value."""
        return max(self._matcher.likeness(value) for value in self._all(asked).get(self._name, _MISSING))

    def _all(self, asked: Asked) -> Mapping[str, Sequence[Value]]:
        raise NotImplementedError

    def _hidden(self, redactor: Redactor, shown: Any) -> Any:
        raise NotImplementedError


class Header(Field):
    """A header; letter case does not matter in its name."""

    cost = 3

    def __init__(self, name: str, matcher: Matcher) -> None:
        super().__init__("headers", name.lower(), matcher)

    @property
    def needed(self) -> bytes | None:
        """The header's name where none that lacks it can match; else None."""
        return None if self._matcher.holds(MISSING) else self._name.encode()

    def _all(self, asked: Asked) -> Mapping[str, Sequence[Value]]:
        return asked.fields

    def _hidden(self, redactor: Redactor, shown: Any) -> Any:
        return redactor.header(self._name, shown)


class BasicAuth(Header):
    """The header that a name and a password make."""

    def __init__(self, matcher: Matcher) -> None:
        super().__init__("authorization", matcher)
        self.field = "basicAuthCredentials"


class Parameter(Field):
    """A query parameter."""

    cost = 4

    def _all(self, asked: Asked) -> Mapping[str, Sequence[Value]]:
        return asked.query

    def _hidden(self, redactor: Redactor, shown: Any) -> Any:
        return redactor.parameter(self._name, shown)


class Body(Criterion):
    """The body."""

    def __init__(self, matcher: Matcher) -> None:
        super().__init__("body")
        self.cost = 6 if matcher.dear else 5
        self._matcher = matcher

    def holds(self, asked: Asked) -> bool:
        """Whether it matches."""
        return self._matcher.holds(asked.content)

    def difference(self, asked: Asked, redactor: Redactor) -> Difference:
        """The first place where it differs."""
        clash = next(self._matcher.clashes(asked.content))
        expected = redactor.body(
            clash.path, each_text(clash.expected, redactor.text) if not clash.path else clash.expected
        )
        actual = redactor.text(clash.actual) if isinstance(clash.actual, str) and not clash.path else clash.actual
        return Difference(field_of(clash.path), short(expected), short(redactor.body(clash.path, actual)))

    def likeness(self, asked: Asked) -> float:
        """As near as the matcher says."""
        return self._matcher.likeness(asked.content)
