"""The spreadsheets of Spurtcommerce: their cells, their bytes, and the pieces that they are made in."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime

import openpyxl  # type: ignore[import-untyped]
import pytest

from mockserver.vendors.spurtcommerce.spreadsheet import Row, Sheet, written

SHEET = Sheet("People", (("Id", 15), ("Name", 15), ("Since", 24)))
AT = datetime(2026, 11, 21, 21, 39, 50, tzinfo=UTC)
SINCE = datetime(2026, 11, 21, 21, 40, 2, tzinfo=UTC)
LONGEST_PIECE = 0.02
"""Of processor time, in seconds: twenty times what a piece takes, for slow machines."""


def make(rows: list[Row]) -> tuple[bytes, float]:
    """The bytes, and the longest piece after the first one, which loads the library."""
    pieces = written(SHEET, rows, len(rows), AT)
    next(pieces)
    longest = 0.0
    while True:
        begun = time.thread_time()
        try:
            next(pieces)
        except StopIteration as done:
            return done.value, longest
        longest = max(longest, time.thread_time() - begun)


@pytest.mark.parametrize("name", ["Ann ", " <&>\"' ", "Žofie 日本", "=1+1", "a\nb", ""])
def test_a_text_is_read_back_as_it_was(name: str) -> None:
    content, _ = make([(7, name, SINCE)])
    page = openpyxl.load_workbook(io.BytesIO(content))["People"]
    assert [cell.value for cell in page[2]] == [7, name, SINCE.replace(tzinfo=None)]
    assert [cell.number_format for cell in page[2]] == ["General", "General", "mm-dd-yy"]


def test_headings_have_borders_and_columns_widths() -> None:
    content, _ = make([(7, "Ann", SINCE)])
    page = openpyxl.load_workbook(io.BytesIO(content))["People"]
    assert [cell.value for cell in page[1]] == ["Id", "Name", "Since"]
    assert {getattr(cell.border, side).style for cell in page[1] for side in ("top", "left", "bottom", "right")} == {
        "thin"
    }
    assert {name: column.width for name, column in page.column_dimensions.items()} == {"A": 15, "C": 24}


def test_what_no_document_can_hold_is_left_out() -> None:
    content, _ = make([(7, "a\x00\x0b\ud800b", SINCE), (8, None, SINCE)])
    page = openpyxl.load_workbook(io.BytesIO(content))["People"]
    assert [page["B2"].value, page["B3"].value] == ["ab", None]


def test_the_same_rows_at_the_same_time_are_the_same_bytes() -> None:
    rows: list[Row] = [(id, f"Person {id}", SINCE) for id in range(100)]
    assert make(rows)[0] == make(rows)[0]
    made = openpyxl.load_workbook(io.BytesIO(make(rows)[0])).properties
    assert made.created == made.modified == AT.replace(tzinfo=None)


def test_many_rows_are_written_in_short_pieces() -> None:
    rows: list[Row] = [(id, f"Person {id}", SINCE) for id in range(10_000)]
    begun = time.thread_time()
    content, longest = make(rows)
    assert time.thread_time() - begun < 3
    assert longest < LONGEST_PIECE
    page = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["People"]
    assert page.max_row == 10_001
