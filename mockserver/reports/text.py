"""The coverage report for a person at a terminal: a table, then what was not met."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from mockserver.coverage_report import Counts, CoveredApi, Report, Share, Summary, names_missing

_WIDTH = 100
_HEAD = ("", "percent", "operations", "statuses", "error rows")
_ALL = "all together"
_ANY = "any operation"


def render(report: Report, limit: float | None) -> str:
    """The whole report."""
    rows = [_HEAD, *(_row(api.api, api.summary) for api in report.apis)]
    if len(report.apis) > 1:
        rows.append(_row(_ALL, report.summary))
    asked = "" if limit is None else f" (at least {limit:g} % asked for)"
    lines = [f"{report.title}: {report.summary.percent} %{asked}", "", *_table(rows)]
    for api in report.apis:
        lines += _gaps(api)
    return "\n".join(lines) + "\n"


def _row(name: str, summary: Summary) -> tuple[str, ...]:
    shares = (summary.operations, summary.statuses, summary.errors)
    return (name, f"{summary.percent} %", *map(_fraction, shares))


def _fraction(share: Share) -> str:
    return f"{share.met} of {share.of}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with a left-aligned name and right-aligned numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["   ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))).rstrip() for row in rows]


def _gaps(api: CoveredApi) -> Iterator[str]:
    """What of an API was not met; of an operation that was not met itself, nothing more."""
    met = [operation for operation in api.operations if operation.calls]
    kinds = {
        "operations not met": [
            (operation.id, f"{operation.method} {operation.path}")
            for operation in api.operations
            if not operation.calls
        ],
        "statuses not met": [(operation.id, _missed(operation.statuses)) for operation in met],
        "error rows not met": [
            *((operation.id, _missed(operation.errors)) for operation in met),
            (_ANY, _missed(api.errors) if met else ""),
        ],
        "injected, counted for nothing": [
            (operation.id, ", ".join(f"{status} ({count})" for status, count in operation.injected.items()))
            for operation in api.operations
        ],
    }
    sections = {kind: [(name, text) for name, text in entries if text] for kind, entries in kinds.items()}
    if any(sections.values()):
        yield ""
        yield api.api
    width = max((len(name) for entries in sections.values() for name, _ in entries), default=0)
    for kind, entries in sections.items():
        if entries:
            yield f"  {kind}"
            for name, text in entries:
                yield from _wrapped(f"    {name.ljust(width)}  ", text)


def _missed(counts: Counts) -> str:
    return ", ".join(names_missing(counts))


def _wrapped(begin: str, text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin), break_on_hyphens=False)
