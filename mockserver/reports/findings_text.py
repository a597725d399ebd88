"""The findings report for a person at a terminal: kind by kind, the worst first."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from mockserver.finding_kinds import KINDS
from mockserver.findings_report import FindingsReport, Found, times

_WIDTH = 100

Places = Mapping[tuple[str | None, ...], Sequence[str]]
"""Where else a finding was made, such as in which tests, by its identity."""


def render(report: FindingsReport, kinds: Collection[str] = (), places: Places = MappingProxyType({})) -> str:
    """The whole report. `kinds` are those that must not occur; what has no `places` is said to be in exchanges."""
    lines = [f"{report.title}: {_total(report)}"]
    for kind, group in groupby(report.findings, attrgetter("kind")):
        lines += ["", *_wrapped("", f"{kind}{_mark(kind, kinds)}: {KINDS.get(kind, 'of a newer server')}")]
        for found in group:
            lines += _entry(found, report, places)
    return "\n".join(lines) + "\n"


def _total(report: FindingsReport) -> str:
    if not report.findings:
        return "none"
    number = len(report.findings)
    made = "" if report.count == number else f", made {times(report.count)}"
    return f"{number}{made}"


def _mark(kind: str, kinds: Collection[str]) -> str:
    return " (must not occur)" if kind in kinds else ""


def _entry(found: Found, report: FindingsReport, places: Places) -> Iterator[str]:
    yield from _wrapped("  ", f"{headline(found)} [{found.id}, {times(found.count)}]")
    yield from _wrapped("      ", found.example)
    known = places.get(found.identity, ())
    if known:
        yield from (f"      {place}" for place in known)
    else:
        yield from _wrapped("      ", where(found, report))


def headline(found: Found) -> str:
    """Whose it is, as far as it is anybody's, and what it says."""
    return ": ".join(filter(None, (" ".join(filter(None, (found.api, found.operation))), found.message)))


def where(found: Found, report: FindingsReport) -> str:
    """The exchanges; in a sandbox's report, without its name."""
    first, last = found.first, found.last
    of_first = "" if report.sandbox == first.sandbox else f" in sandbox {first.sandbox}"
    if first == last:
        return f"request {first.request}{of_first}"
    of_last = "" if last.sandbox == first.sandbox else f" in sandbox {last.sandbox}"
    return f"first in request {first.request}{of_first}, last in request {last.request}{of_last}"


def _wrapped(begin: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=f"{begin}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
