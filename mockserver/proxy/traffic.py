"""What has gone through: by operation, and all breaches that are not the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mockserver.proxy.breaches import Breach, Direction

KEPT = 1000
"""Breaches that are told apart; what comes then is only counted."""


class OfOperation(msgspec.Struct, rename="camel"):
    """The traffic of one operation; of a request that the contract does not have, `operation` is None.

    `broken` are the exchanges with a breach, `unanswered` those that no server has answered.
    """

    operation: str | None
    exchanges: int = 0
    broken: int = 0
    unanswered: int = 0
    statuses: dict[int, int] = {}


class Same(msgspec.Struct, rename="camel"):
    """Breaches that are the same: at one place of one operation. `first` is the first exchange with it, and `example` what was asked there."""

    operation: str | None
    direction: Direction = msgspec.field(name="in")
    place: str
    rule: str
    message: str
    count: int
    first: int
    example: str


class Traffic(msgspec.Struct, rename="camel", kw_only=True):
    """All that has gone through a proxy for one API. `more` breaches were too many to be told apart."""

    api: str
    source: str
    exchanges: int = 0
    broken: int = 0
    unanswered: int = 0
    operations: list[OfOperation] = []
    violations: list[Same] = []
    more: int = 0


class Exchanged(msgspec.Struct, frozen=True):
    """One exchange: `asked` is its method and target without secrets, `status` 0 where nobody has answered, for `reason`."""

    number: int
    operation: str | None
    asked: str
    status: int
    reason: str = ""


class Counter:
    """Counts traffic as it comes."""

    def __init__(self, api: str, source: str, operations: Iterable[str]) -> None:
        self._traffic = Traffic(api=api, source=source)
        self._known = [*operations, None]
        self._operations: dict[str | None, OfOperation] = {}
        self._same: dict[tuple[str | None, Direction, str, str], Same] = {}

    def add(self, exchanged: Exchanged, breaches: Sequence[Breach]) -> None:
        """Count an exchange."""
        counted = self._operations.setdefault(exchanged.operation, OfOperation(exchanged.operation))
        for each in (self._traffic, counted):
            each.exchanges += 1
            each.broken += bool(breaches)
            each.unanswered += not exchanged.status
        if exchanged.status:
            counted.statuses[exchanged.status] = counted.statuses.get(exchanged.status, 0) + 1
        for breach in breaches:
            self._add_breach(exchanged, breach)

    @property
    def traffic(self) -> Traffic:
        """What was counted: operations in the contract's order, breaches in the order in which they came."""
        operations = sorted(self._operations.values(), key=lambda each: self._known.index(each.operation))
        return msgspec.structs.replace(self._traffic, operations=operations, violations=list(self._same.values()))

    def _add_breach(self, exchanged: Exchanged, breach: Breach) -> None:
        key = (exchanged.operation, breach.direction, breach.place, breach.message)
        same = self._same.get(key)
        if same is not None:
            same.count += breach.count
        elif len(self._same) >= KEPT:
            self._traffic.more += breach.count
        else:
            told = (breach.direction, breach.place, breach.rule, breach.message, breach.count)
            self._same[key] = Same(exchanged.operation, *told, exchanged.number, exchanged.asked)


def render(traffic: Traffic) -> str:
    """What a person reads when the proxy stops."""
    first = f"{count(traffic.exchanges, 'exchange')}, {traffic.broken or 'none'} with violations"
    lines = [first + (f", {traffic.unanswered} without an answer" if traffic.unanswered else "")]
    if traffic.operations:
        width = max(len(each.operation or "outside of the contract") for each in traffic.operations)
        lines += ["", *(_line(each, width) for each in traffic.operations)]
    if traffic.violations:
        lines += ["", "Violations:"]
    for same in traffic.violations:
        times = f" ({same.count} times)" if same.count > 1 else ""
        lines.append(f"  {same.operation or same.example}  {same.direction} {same.place}: {same.message}{times}")
    if traffic.more:
        lines.append(f"  and {traffic.more} more, of other kinds")
    return "\n".join(lines)


def _line(each: OfOperation, width: int) -> str:
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(each.statuses.items()))
    name = each.operation or "outside of the contract"
    broken = f"  {each.broken} with violations" if each.broken else ""
    lost = f"  {each.unanswered} without an answer" if each.unanswered else ""
    return f"  {name:<{width}}  {each.exchanges:>6}  {statuses}{broken}{lost}".rstrip()


def count(number: int, noun: str) -> str:
    """A number and what is counted."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
