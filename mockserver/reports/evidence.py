"""The evidence report for a person: at a terminal, or on a page in Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from mockserver.evidence import KINDS, Counts, KnownApi, KnownOperation, KnownRow, Report, Summary, percent

_WIDTH = 100
_ALL = "all together"
_ANY = "any operation"
_NOTHING = "nothing of what was asked for"
_NO_SOURCE = "the contract names no source"
_PARTS = ("operations", "error rows")


def text(report: Report) -> str:
    """A table, and below it everything with its source."""
    lines = ["How we know that the vendors answer so", "", *_table(report), ""]
    lines += [f"{kind + ':':<12} {meaning}" for kind, meaning in KINDS.items()]
    for api in report.apis:
        lines += ["", *_told(api, report.shows)]
    return "\n".join(lines) + "\n"


def markdown(report: Report) -> str:
    """The same as a page, which code hosts and wikis show."""
    head = ["", "", *KINDS]
    lines = ["# How we know that the vendors answer so", "", *_page_table(head, _summaries(report)), ""]
    lines += [f"- **{kind}**: {meaning}" for kind, meaning in KINDS.items()]
    for api in report.apis:
        lines += ["", f"## {api.api}", "", *_page_of(api, report.shows)]
    return "\n".join(lines) + "\n"


def _summaries(report: Report) -> Iterator[list[str]]:
    """Two rows for each API, and for all of them: name, what is counted, and each kind's number and percentage."""
    for api in report.apis:
        yield from _summary(api.api, api.summary)
    if len(report.apis) > 1:
        yield from _summary(_ALL, report.summary)


def _summary(name: str, summary: Summary) -> Iterator[list[str]]:
    for part, counts in zip(_PARTS, (summary.operations, summary.errors), strict=True):
        yield [name if counts is summary.operations else "", part, *(_share(counts, kind) for kind in KINDS)]


def _share(counts: Counts, kind: str) -> str:
    return f"{counts[kind]} {f'({percent(counts, kind)} %)':>7}"


def _table(report: Report) -> Iterator[str]:
    rows = [["", "", *KINDS], *_summaries(report)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        names, shares = row[:2], row[2:]
        cells = (*map(str.ljust, names, widths), *map(str.rjust, shares, widths[2:]))
        yield "   ".join(cells).rstrip()


def _told(api: KnownApi, shows: Sequence[str]) -> Iterator[str]:
    yield api.api
    if api.errors:
        yield f"  {_ANY}"
        yield from _rows(api.errors)
    for operation in api.operations:
        yield f"  {operation.id}  {operation.method} {operation.path}"
        if operation.evidence in shows:
            yield from _one(operation.evidence, "", operation.source)
        yield from _rows(operation.errors)
    if not (api.errors or api.operations):
        yield f"  {_NOTHING}"


def _rows(rows: Iterable[KnownRow]) -> Iterator[str]:
    for row in rows:
        yield from _one(row.evidence, f"{row.status} {row.id}", row.source)


def _one(evidence: str, name: str, source: str) -> Iterator[str]:
    """A name beside its evidence, and below it the source; without a name the source takes its place."""
    begin = f"    {evidence:<11} "
    margin = " " * len(begin)
    if name:
        yield begin + name
        begin = margin = f"{margin}  "
    yield from textwrap.wrap(
        source or _NO_SOURCE,
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _page_of(api: KnownApi, shows: Sequence[str]) -> Iterator[str]:
    rows = [_page_row(_ANY, row) for row in api.errors]
    for operation in api.operations:
        if operation.evidence in shows:
            rows.append(_page_row(f"`{operation.id}` {operation.method} {operation.path}", operation))
        rows += [_page_row(f"`{operation.id}`", row) for row in operation.errors]
    if rows:
        yield from _page_table(["operation", "error row", "evidence", "source"], rows)
    else:
        yield _NOTHING.capitalize() + "."


def _page_row(place: str, known: KnownOperation | KnownRow) -> list[str]:
    row = f"{known.status} `{known.id}`" if isinstance(known, KnownRow) else ""
    return [place, row, known.evidence, known.source or _NO_SOURCE]


def _page_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        cells = " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in row)
        yield f"| {cells} |"
