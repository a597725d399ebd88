"""Spreadsheets: read back, and compared cell by cell. What reads them is an extra that few need."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mockserver.drift.comparison import Rules, compare
from mockserver.drift.difference import Difference, shown

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "xlsx"
_ROWS = 5
"""How many rows a recording shows where it does not hold the workbook itself; of all it tells the count."""


class NoReader(Exception):
    """The library that reads workbooks is not there. The message says how to get it."""


def compare_sheets(recorded: Mapping[str, Any], answered: bytes, rules: Rules) -> Iterator[Difference]:
    """The differences of a workbook as `read_sheet` tells it and the bytes of ours, but for their number."""
    try:
        read = read_sheet(answered, None if "bytes" not in recorded else _ROWS)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        yield Difference("retyped", (SHEET,), "a workbook", f"{len(answered)} bytes that are none: {error}")
        return
    letters = _library()
    names = {cell: column for column, cell in enumerate(recorded["header"])}
    widths = _in_full(recorded["col_widths"], len(names), letters)
    known = {name: value for name, value in recorded.items() if name not in ("bytes", "col_widths", "rows")}
    yield from compare(known, {name: read[name] for name in read if name in known}, (SHEET,), rules)
    yield from _compare_rows(recorded["rows"], read["rows"], rules, letters)
    for column, width in widths.items():
        if read["col_widths"].get(column) != width:
            yield Difference("value", (SHEET, column), shown(width), shown(read["col_widths"].get(column)))


def _compare_rows(
    recorded: list[list[Any]], answered: list[list[Any]], rules: Rules, letters: Any
) -> Iterator[Difference]:
    """Each cell under its name in the sheet: A2 is the first one below the header."""
    for row, (one, other) in enumerate(zip(recorded, answered, strict=False), 2):
        for column, (cell, ours) in enumerate(zip(one, other, strict=False), 1):
            yield from compare(cell, ours, (SHEET, f"{letters.get_column_letter(column)}{row}"), rules)
        if len(one) != len(other):
            yield Difference("length", (SHEET, f"row {row}"), f"{len(one)} cells", f"{len(other)} cells")


def read_reply(content: bytes) -> dict[str, Any] | None:
    """A workbook in words; None for what is none."""
    try:
        return read_sheet(content)
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None


def read_sheet(content: bytes, rows: int | None = None) -> dict[str, Any]:
    """A workbook in words: its first rows, how many there are, and the widths of all columns that have one.

    Raises BadZipFile, KeyError, ValueError for what is no workbook, and NoReader.
    """
    _library()
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415  an extra

    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    header, *others = [[_value(cell) for cell in row] for row in sheet.iter_rows()]
    return {
        "sheets": book.sheetnames,
        "header": header,
        "rows": others[:rows],
        "row_count": len(others),
        "types_row2": [f"{type(cell.value).__name__}/{cell.number_format}" for cell in sheet[2]],
        "col_widths": dict(_widths(sheet)),
    }


def _library() -> Any:
    """What knows the letters of columns."""
    try:
        import openpyxl.utils  # type: ignore[import-untyped]  # noqa: PLC0415  an extra
    except ImportError:
        raise NoReader(
            "the recording has spreadsheets, and openpyxl, which reads them, is not there; pip install openpyxl"
        ) from None
    return openpyxl.utils


def _value(cell: Any) -> Any:
    return cell.value.isoformat() if isinstance(cell.value, datetime) else cell.value


def _widths(sheet: Any) -> Iterator[tuple[str, float]]:
    letters = _library()
    for columns in sheet.column_dimensions.values():
        for column in range(columns.min, columns.max + 1):
            yield letters.get_column_letter(column), columns.width


def _in_full(widths: Mapping[str, float], columns: int, letters: Any) -> dict[str, float]:
    """The width of each column: a recording names the first of neighbours that are equally wide."""
    starts = sorted((letters.column_index_from_string(letter), width) for letter, width in widths.items())
    told: dict[str, float] = {}
    for column in range(1, columns + 1):
        wide = [width for start, width in starts if start <= column]
        if wide:
            told[letters.get_column_letter(column)] = wide[-1]
    return told
