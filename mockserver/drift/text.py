"""The report for a person at a terminal: what differs, operation by operation, then how much agrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.drift.report import NO_OPERATION, Drifted, Report

_WIDTH = 100
_NAMED = 3
"""So many exchanges are named."""


def render(report: Report) -> str:
    """The whole report; its last line says how many exchanges agree."""
    lines: list[str] = []
    by_operation: dict[str | None, list[Drifted]] = {}
    for drifted in report.differences:
        by_operation.setdefault(drifted.operation, []).append(drifted)
    for operation, differences in by_operation.items():
        lines += [operation or NO_OPERATION, *_table(differences), ""]
    lines += report.remarks
    return "\n".join(map(_steerless, [*lines, report.summary])) + "\n"


def _table(differences: Sequence[Drifted]) -> Iterator[str]:
    kinds = max(len(each.kind) for each in differences)
    places = max(len(_steerless(each.place)) for each in differences)
    for each in differences:
        yield f"  {each.kind.ljust(kinds)}  {_steerless(each.place).ljust(places)}  {_where(each)}"
        yield f"  {' ' * kinds}    recorded {_short(each.recorded)}"
        yield f"  {' ' * kinds}    answered {_short(each.answered)}"


def _where(drifted: Drifted) -> str:
    """In which exchanges, and what the first of them asked."""
    named = drifted.exchanges[:_NAMED]
    more = drifted.count - len(named)
    often = "once" if drifted.count == 1 else f"{drifted.count} times"
    told = ", ".join(named) + (f" and {more} more" if more else "")
    return f"{often}: {told}: {_short(drifted.request)}"


def _steerless(line: str) -> str:
    """A line without characters that would steer a terminal."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in line)


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
