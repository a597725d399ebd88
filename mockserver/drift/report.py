"""What was found, with each place told once however often it differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from mockserver.drift.difference import Kind
from mockserver.drift.playing import Result

KINDS: tuple[str, ...] = get_args(Kind)
NO_OPERATION = "no operation of the contract"
_NAMED = 20
"""So many exchanges are named where a place differs more often than that."""


class Drifted(msgspec.Struct, frozen=True, rename="camel"):
    """One place of one operation's replies, and how it differs: the first time as an example.

    `count` is in how many exchanges; `exchanges` names the first of them. Without an operation no contract has it.
    """

    api: str
    operation: str | None
    kind: Kind
    place: str
    count: int
    exchanges: list[str]
    request: str
    recorded: str
    answered: str


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """All that was found in a recording; `operations` has how many exchanges each operation had."""

    api: str
    source: str
    exchanges: int
    agreeing: int
    operations: dict[str, int]
    differences: list[Drifted]
    remarks: list[str]

    @property
    def summary(self) -> str:
        """In one line."""
        return f"{self.agreeing} of {self.exchanges} exchanges agree"


def report(api: str, source: str, results: Iterable[Result], remarks: Sequence[str]) -> Report:
    """The report of these results; they are asked for before the remarks, which may grow meanwhile."""
    grouped: dict[tuple[str, str, str, str], Drifted] = {}
    operations: dict[str, int] = {}
    count = agreeing = 0
    for result in results:
        count += 1
        agreeing += not result.differences
        operation = result.operation or NO_OPERATION
        operations[operation] = operations.get(operation, 0) + 1
        for key, drifted in _drifted(result).items():
            grouped[key] = drifted if key not in grouped else _more(grouped[key], result)
    ordered = sorted(grouped.values(), key=lambda each: (each.operation or "", KINDS.index(each.kind), each.place))
    return Report(api, source, count, agreeing, dict(sorted(operations.items())), ordered, list(remarks))


def _drifted(result: Result) -> dict[tuple[str, str, str, str], Drifted]:
    """An exchange's differences, each place once."""
    found: dict[tuple[str, str, str, str], Drifted] = {}
    for difference in result.differences:
        key = (result.api, result.operation or "", difference.kind, difference.place)
        request = f"{result.method} {result.target}"
        told = (difference.kind, difference.place, 1, [result.name], request, difference.recorded, difference.answered)
        found.setdefault(key, Drifted(result.api, result.operation, *told))
    return found


def _more(drifted: Drifted, result: Result) -> Drifted:
    named = [*drifted.exchanges, result.name][:_NAMED]
    return msgspec.structs.replace(drifted, count=drifted.count + 1, exchanges=named)
