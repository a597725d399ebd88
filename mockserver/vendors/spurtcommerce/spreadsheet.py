"""A spreadsheet, made in pieces so short that other requests can run in between.

XlsxWriter makes the document, once, with a specimen of a row. The rows, which any library would write in one go, are
put into the specimen's place as they are made, in the form that ECMA-376 part 1 (18.3.1) gives them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from html import escape
from itertools import islice
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_ROWS_AT_ONCE = 16
"""So many rows take a quarter of a millisecond."""

_SHEET = "xl/worksheets/sheet1.xml"
_DATE = 14
"""The number format `mm-dd-yy` [18.8.30]."""

_MADE = "1980-01-01T00:00:00Z"
"""When the specimen was made; nothing else in it is written so."""

_DIMENSION = re.compile('(<dimension ref="A1:[A-Z]+)2')
_CHARACTER = 7
"""The width of a character of the standard font in pixels, in which XlsxWriter takes widths exactly."""

_FIRST_DAY = 25_569
"""1970-01-01 in days as spreadsheets count them."""

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold."""


class Sheet(NamedTuple):
    """A sheet's name, and a heading and a width in characters for each column."""

    name: str
    columns: Sequence[tuple[str, int]]


Cell = int | str | datetime | None
Row = Sequence[Cell]


def written(sheet: Sheet, rows: Iterable[Row], count: int, at: datetime) -> Generator[None, None, bytes]:
    """A document with so many rows under the headings, made at an instant; it yields after each piece of the work."""
    parts = _specimen(sheet)
    yield
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, part in parts.items():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for piece in (
                    _filled(part, rows, count) if name == _SHEET else (part.replace(_MADE, f"{at:%Y-%m-%dT%H:%M:%SZ}"),)
                ):
                    file.write(piece.encode())
                    yield
    return made.getvalue()


@cache
def _specimen(sheet: Sheet) -> dict[str, str]:
    """The parts of a document that has one row, with nothing but a time in its last cell."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415  it takes a tenth of the start

    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True})
    book.set_properties({"created": datetime.fromisoformat(_MADE).replace(tzinfo=None)})
    page = book.add_worksheet(sheet.name)
    border = book.add_format({"border": 1})
    for number, (heading, width) in enumerate(sheet.columns):
        page.set_column_pixels(number, number, width * _CHARACTER)
        page.write_string(0, number, heading, border)
    page.write_number(1, len(sheet.columns) - 1, 0, book.add_format({"num_format": _DATE}))
    book.close()
    with ZipFile(made) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _filled(specimen: str, rows: Iterable[Row], count: int) -> Iterator[str]:
    """A sheet's XML with so many rows in place of its second one, which tells the style of times."""
    before, _, rest = specimen.partition('<row r="2"')
    second, _, after = rest.partition("</row>")
    style = second.partition(' s="')[2].partition('"')[0]
    yield _DIMENSION.sub(rf"\g<1>{count + 1}", before)
    numbered = enumerate(rows, 2)
    while piece := "".join(_row(number, row, style) for number, row in islice(numbered, _ROWS_AT_ONCE)):
        yield piece
    yield after


def _row(number: int, row: Row, style: str) -> str:
    cells = "".join(_cell(f"{letter}{number}", cell, style) for letter, cell in zip("ABCDEFGHIJ", row, strict=False))
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, cell: Cell, style: str) -> str:
    match cell:
        case None:
            return ""
        case str():
            text = escape(_IMPOSSIBLE.sub("", cell), quote=False)
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case datetime():
            return f'<c r="{place}" s="{style}"><v>{_FIRST_DAY + cell.timestamp() / 86_400}</v></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'
