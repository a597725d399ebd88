"""The tally: which findings the traffic has met, how often, and where."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from mockserver.findings import Finding

OUTSIDE = "outside-contract"
"""The finding of a request that no operation answers."""
KEPT = 1_000
"""Findings that are told apart by their words. Past that, those of an operation with the same id are counted as one."""
_LONGEST = 500
"""Characters of an address or of a message that are kept."""


class Met(NamedTuple):
    """What was found where: `operation` is None where none was asked, `api` empty where no contract has such paths.

    `message` is None for all that came when there were too many to be told apart by their words.
    """

    api: str
    operation: str | None
    id: str
    message: str | None


class Where(NamedTuple):
    """One exchange. `at` is the wall clock's, in seconds since 1970: sandboxes have clocks of their own."""

    at: float
    sandbox: str
    exchange: int
    method: str
    target: str


class Times(msgspec.Struct, frozen=True, gc=False):
    """How often, and when first and last. `target` may hold secrets: whoever shows it redacts it."""

    count: int
    first: Where
    last: Where


Counts = dict[Met, Times]


class Tally:
    """How often each finding was met in one sandbox, or in all that are gone, which has no name.

    It is no record: no rewind takes back that an app has sent something.
    """

    __slots__ = ("met", "sandbox")

    def __init__(self, sandbox: str = "") -> None:
        self.sandbox = sandbox
        self.met: Counts = {}

    def meet(  # noqa: PLR0913, PLR0917  one exchange, as the journal has it
        self,
        api: str,
        operation: str | None,
        method: str,
        target: str,
        findings: Sequence[Finding],
        exchange: int,
    ) -> None:
        """Count the findings of one exchange."""
        where = Where(time.time(), self.sandbox, exchange, method, target[:_LONGEST])
        for finding in findings:
            self._count(Met(api, operation, finding.id, finding.message[:_LONGEST]), Times(1, where, where))

    def add(self, met: Mapping[Met, Times]) -> None:
        """Count what was met elsewhere."""
        for key, times in met.items():
            self._count(key, times)

    def take(self) -> Counts:
        """What was met so far, which is forgotten here."""
        met, self.met = self.met, {}
        return met

    def _count(self, key: Met, more: Times) -> None:
        times = self.met.get(key)
        if times is None and len(self.met) >= KEPT:
            key = key._replace(message=None)
            times = self.met.get(key)
        if times is None:
            self.met[key] = more
        else:
            first, last = min(times.first, more.first), max(times.last, more.last)
            self.met[key] = Times(times.count + more.count, first, last)


def outside(method: str, target: str) -> Finding:
    """What is found in a request that no operation answers, whatever its query and its sandbox."""
    return Finding(OUTSIDE, f"no contract has {method} {without_sandbox(target).partition('?')[0]}")


def without_sandbox(target: str) -> str:
    """An address as the vendor has it."""
    if not target.startswith("/@"):
        return target
    path, question, query = target.partition("?")
    _, slash, rest = path[1:].partition("/")
    return f"{slash}{rest}{question}{query}" if slash else f"/{question}{query}"
