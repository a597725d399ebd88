"""Spreadsheets: read back as the recording has them, and compared cell by cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import (  # type: ignore[import-untyped]
    column_index_from_string,
    get_column_letter,
)

from tests.replay.comparison import Difference, compare, shown

_ROWS = 5
"""How many rows a recording shows; of all it tells the count."""


def compare_sheets(recorded: dict[str, Any], answered: bytes) -> Iterator[Difference]:
    """The differences of a recorded workbook and the bytes of ours, but for their number."""
    try:
        read = read_sheet(answered)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        yield Difference("sheet", "xlsx", "a workbook", f"{len(answered)} bytes that are none: {error}")
        return
    names = {cell: column for column, cell in enumerate(recorded["header"])}
    widths = _in_full(recorded["col_widths"], len(names))
    known = {name: value for name, value in recorded.items() if name not in ("bytes", "col_widths", "rows")}
    yield from compare(known, {name: read[name] for name in read if name in known}, "xlsx")
    yield from _compare_rows(recorded["rows"], read["rows"])
    for column, width in widths.items():
        if read["col_widths"].get(column) != width:
            yield Difference("width", f"xlsx.{column}", shown(width), shown(read["col_widths"].get(column)))


def _compare_rows(recorded: list[list[Any]], answered: list[list[Any]]) -> Iterator[Difference]:
    """Each cell under its name in the sheet: A2 is the first one below the header."""
    for row, (one, other) in enumerate(zip(recorded, answered, strict=False), 2):
        for column, (cell, ours) in enumerate(zip(one, other, strict=False), 1):
            yield from compare(cell, ours, f"xlsx.{get_column_letter(column)}{row}")
        if len(one) != len(other):
            yield Difference("length", f"xlsx row {row}", f"{len(one)} cells", f"{len(other)} cells")


def read_sheet(content: bytes) -> dict[str, Any]:
    """A workbook, in a recording's words; the widths of all columns that have one."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    header, *rows = [[_value(cell) for cell in row] for row in sheet.iter_rows()]
    return {
        "sheets": book.sheetnames,
        "header": header,
        "rows": rows[:_ROWS],
        "row_count": len(rows),
        "types_row2": [f"{type(cell.value).__name__}/{cell.number_format}" for cell in sheet[2]],
        "col_widths": dict(_widths(sheet)),
    }


def _value(cell: Any) -> Any:
    return cell.value.isoformat() if isinstance(cell.value, datetime) else cell.value


def _widths(sheet: Any) -> Iterator[tuple[str, float]]:
    for columns in sheet.column_dimensions.values():
        for column in range(columns.min, columns.max + 1):
            yield get_column_letter(column), columns.width


def _in_full(widths: dict[str, float], columns: int) -> dict[str, float]:
    """The width of each column: a recording names the first of neighbours that are equally wide."""
    starts = sorted((column_index_from_string(letter), width) for letter, width in widths.items())
    return {
        get_column_letter(column): [width for _, width in takewhile(lambda start: start[0] <= column, starts)][-1]  # noqa: B023
        for column in range(1, columns + 1)
    }
