"""The model of a sandbox's fault rules: which of them may act on a request, and what is left of them then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tests.soak.comparing import Moment

_NEVER = float("inf")


class Asked(NamedTuple):
    """What a rule looks at in a request."""

    api: str
    vendor: str
    operation: str
    method: str
    path: str
    safe: bool


@dataclass(frozen=True)
class Rule:
    """A rule as it was written, when it was added, and how often it has matched and acted."""

    id: str
    written: Mapping[str, Any]
    added: Moment
    matched: int = 0
    acted: int = 0

    @property
    def then(self) -> Mapping[str, Any]:
        then: Mapping[str, Any] = self.written["then"]
        return then

    @property
    def cuts(self) -> bool:
        """Whether the connection is closed after it has acted."""
        return "fault" in self.then or "truncateBodyAtFraction" in self.then

    def concerns(self, asked: Asked) -> bool:
        match = self.written.get("match", {})
        wanted = {**self.written, **match}
        return (
            wanted.get("vendor") in (None, asked.vendor)
            and wanted.get("operation") in (None, asked.operation)
            and wanted.get("api") in (None, asked.api)
            and wanted.get("method", asked.method) in ("ANY", asked.method)
            and wanted.get("urlPath") in (None, asked.path)
            and (asked.safe or "stale" not in self.then)
        )

    def verdicts(self, at: Moment) -> Iterator[tuple[Rule, bool]]:
        """What may become of it for a request that it concerns, and whether it acts then; one of these does."""
        window = self._window()
        may_be_in = at.last >= window[0].first and at.first < window[1].last and self.acted < self.most
        may_be_out = at.first < window[0].last or at.last >= window[1].first or self.acted >= self.most
        if may_be_out:
            yield self, False
        if not may_be_in:
            return
        counted = replace(self, matched=self.matched + 1)
        probability = self.written.get("probability", 1)
        passes = counted.matched <= self.written.get("after", 0)
        if not passes and probability > 0:
            yield replace(counted, acted=self.acted + 1), True
        if passes or probability < 1:
            yield counted, False

    @property
    def most(self) -> float:
        most: float = self.written.get("times", _NEVER)
        return most

    def _window(self) -> tuple[Moment, Moment]:
        """When it begins and when it ends."""
        between = self.written.get("between", {})
        begins = self._after(between.get("fromMillis"), -_NEVER)
        ends = min(
            (self._after(between.get("untilMillis"), _NEVER), self._after(self.written.get("ttlMillis"), _NEVER)),
            key=lambda each: each.first,
        )
        return begins, ends

    def _after(self, millis: float | None, otherwise: float) -> Moment:
        if millis is None:
            return Moment(otherwise, otherwise)
        return Moment(self.added.first + millis / 1000, self.added.last + millis / 1000)


@dataclass(frozen=True)
class Book:
    """The rules in their order."""

    rules: tuple[Rule, ...] = field(default=())

    def choices(self, asked: Asked, at: Moment) -> list[tuple[Rule | None, Book]]:
        """Which rules may act on a request, or None, and the book then. Of several, what is answered shows which."""
        found: list[tuple[Rule | None, Book]] = []
        open_books = [self]
        for position, rule in enumerate(self.rules):
            if not rule.concerns(asked):
                continue
            passed: list[Book] = []
            for book in open_books:
                for counted, acts in rule.verdicts(at):
                    after = book.having(position, counted)
                    if acts:
                        found.append((counted, after))
                    else:
                        passed.append(after)
            open_books = passed
        return [*found, *((None, book) for book in open_books)]

    def having(self, position: int, rule: Rule) -> Book:
        if self.rules[position] is rule:
            return self
        return Book((*self.rules[:position], rule, *self.rules[position + 1 :]))

    def names(self, id: str) -> int:
        """The position of a rule."""
        return [rule.id for rule in self.rules].index(id)
