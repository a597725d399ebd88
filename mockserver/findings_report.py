"""The findings report: what an app's developer should know, of one sandbox or of the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal

import msgspec

from mockserver.finding_kinds import KINDS, kind_of
from mockserver.tally import Counts, Met, Times, Where

OTHER_WORDS = "and more of these, in too many words to tell them apart"
"""What stands for the messages that were not kept."""
_ORDER = {kind: number for number, kind in enumerate(KINDS)}

Show = Callable[[str, str], str]
"""An API's name and an address of it; returns the address without the secrets in it."""


class Occurrence(msgspec.Struct, frozen=True):
    """One exchange, by its number in a sandbox's journal."""

    sandbox: str
    request: int


class Found(msgspec.Struct, frozen=True):
    """One finding with all its occurrences. Where no contract has what was asked for, there is no `operation`.

    Where none has even such paths, there is no `vendor` or `api` either. `example` is the last request in which it was
    found: method and address, as the vendor has it.
    """

    id: str
    kind: str
    vendor: str | None
    api: str | None
    operation: str | None
    message: str
    count: int
    first: Occurrence
    last: Occurrence
    example: str

    @property
    def identity(self) -> tuple[str | None, str | None, str, str]:
        """What tells it from the others."""
        return self.api, self.operation, self.id, self.message


class FindingsReport(msgspec.Struct, frozen=True):
    """What was found in one sandbox, or in the whole run, for which `sandbox` is None; the worst first.

    `count` is how often anything was found, and `kinds` has the same by kind, every kind that there is.
    """

    scope: Literal["sandbox", "run"]
    sandbox: str | None
    count: int
    kinds: dict[str, int]
    findings: list[Found]

    @property
    def title(self) -> str:
        """What it is about."""
        return "Findings of the whole run" if self.sandbox is None else f"Findings of the sandbox {self.sandbox}"

    def of_kinds(self, kinds: Collection[str]) -> list[Found]:
        """The findings of some kinds."""
        return [found for found in self.findings if found.kind in kinds]

    def of_vendors(self, vendors: Collection[str]) -> FindingsReport:
        """The same of some vendors only."""
        return make_report(self.sandbox, [found for found in self.findings if found.vendor in vendors])

    def complaint(self, kinds: Collection[str]) -> str:
        """Which of these kinds were found, and how often; empty where none was."""
        counts = Counter[str]()
        for found in self.of_kinds(kinds):
            counts[found.kind] += found.count
        return ", ".join(f"{kind} {times(count)}" for kind, count in counts.items())


def times(count: int) -> str:
    """How often."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def make_report(sandbox: str | None, findings: Iterable[Found]) -> FindingsReport:
    """A report on a sandbox, or on the whole run where there is none."""
    counts = dict.fromkeys(KINDS, 0)
    ordered = sorted(findings, key=_rank)
    for found in ordered:
        counts[found.kind] = counts.get(found.kind, 0) + found.count
    return FindingsReport("run" if sandbox is None else "sandbox", sandbox, sum(counts.values()), counts, ordered)


def find(met: Counts, vendors: Mapping[str, str], show: Show) -> list[Found]:
    """What was met, as a person may see it. `vendors` has each API's."""
    return [_found(key, occurrences, vendors, show) for key, occurrences in met.items()]


def merge(reports: Iterable[FindingsReport]) -> FindingsReport:
    """One report on the whole run, of several servers, as of the workers of a test run."""
    merged: dict[tuple[str | None, ...], Found] = {}
    for report in reports:
        for found in report.findings:
            known = merged.get(found.identity)
            merged[found.identity] = found if known is None else _add(known, found)
    return make_report(None, merged.values())


def since(before: FindingsReport, report: FindingsReport) -> FindingsReport:
    """What was found between two reports on the same; one that has counted anew meanwhile has all of it."""
    known = {found.identity: found.count for found in before.findings}
    more = [(found, found.count - known.get(found.identity, 0)) for found in report.findings]
    changed = [(found, added if added > 0 else found.count) for found, added in more if added]
    return make_report(report.sandbox, [msgspec.structs.replace(found, count=count) for found, count in changed])


def _found(key: Met, occurrences: Times, vendors: Mapping[str, str], show: Show) -> Found:
    last = occurrences.last
    return Found(
        key.id,
        kind_of(key.id),
        vendors.get(key.api),
        key.api or None,
        key.operation,
        OTHER_WORDS if key.message is None else _printable(key.message),
        occurrences.count,
        _occurrence(occurrences.first),
        _occurrence(last),
        _printable(f"{last.method} {show(key.api, last.target)}"),
    )


def _printable(text: str) -> str:
    """A text that an app has a say in, as one line that a terminal and an XML file can take."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _occurrence(where: Where) -> Occurrence:
    return Occurrence(where.sandbox, where.exchange)


def _add(one: Found, other: Found) -> Found:
    return msgspec.structs.replace(one, count=one.count + other.count, last=other.last, example=other.example)


def _rank(found: Found) -> tuple[int, str, str, int, str, str]:
    """The worst kinds first, and of one operation's, what occurs most."""
    order = _ORDER.get(found.kind, len(_ORDER))
    return order, found.api or "", found.operation or "", -found.count, found.id, found.message
