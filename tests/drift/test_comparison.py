"""What agrees with a recorded value, in a script and in an archive, and what does not."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from mockserver.drift.comparison import Rules, compare
from mockserver.drift.masks import BrokenMask, Masks, read_mask
from mockserver.drift.sheets import compare_sheets, read_sheet
from mockserver.drift.varying import Varying
from mockserver.vendors.spurtcommerce.recorded_script import _FORMS

BEGINS = datetime(2026, 11, 21, 21, 39, 50, tzinfo=UTC)
EXACT = Rules(Varying(BEGINS, _FORMS, slack=False), Masks({}).of(None), exact=True)
USUAL = Rules(Varying(BEGINS, {}, slack=True), Masks({}).of(None))


def differences(recorded: Any, answered: Any, rules: Rules) -> list[str]:
    found = compare(recorded, answered, ("x",), rules)
    return [f"{each.where}: {each.kind}: {each.recorded}, {each.answered}" for each in found]


@pytest.mark.parametrize(
    ("recorded", "answered", "found"),
    [
        (1, 1, []),
        (1, 1.0, ["x: retyped: 1, 1.0"]),
        (1, True, ["x: retyped: 1, true"]),
        (1, 2, ["x: value: 1, 2"]),
        (None, 0, ["x: retyped: null, 0"]),
        (1795297190, 1795297191, ["x: value: 1795297190, 1795297191"]),
        ([1, 2], [1], ["x: length: 2 items, 1 items"]),
        ([1, 2], [2, 1], ["x: order: [1, 2], [2, 1]"]),
        ([1, 2], [2, 3], ["x[0]: value: 1, 2", "x[1]: value: 2, 3"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["x.a.b: value: 1, 2"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ["x: order: a, b, b, a"]),
        ({"a": 1}, {"b": 1}, ["x.a: added: 1, nothing", "x.b: removed: nothing, 1"]),
        ("a.c", "abc", ['x: value: "a.c", "abc"']),
        ("2026-11-21 21:40:01", "2026-11-21 23:59:59", []),
        ("2026-11-21 21:40:01", "2026-11-21T21:40:01", ['x: value: "2026-11-21 21:40:01", "2026-11-21T21:40:01"']),
        ("2026-11-21T21:40:01.000Z", "2026-11-21T21:41:01.000Z", []),
        ("2026-11-21T21:40:01.000Z", "2026-11-21T21:40:01Z", ['x: value: "2026-11-21T21:40:01.000Z", "2026-11-21T21:40:01Z"']),
        ("2026-11-21T21:40:01.000Z", "2026-11-22T21:40:01.000Z", ['x: value: "2026-11-21T21:40:01.000Z", "2026-11-22T21:40:01.000Z"']),
        ("2019-01-21T10:38:14.000Z", "2019-01-21T10:38:15.000Z", ['x: value: "2019-01-21T10:38:14.000Z", "2019-01-21T10:38:15.000Z"']),
        ("2026-99-21 21:40:01", "2026-99-21 21:40:02", ['x: value: "2026-99-21 21:40:01", "2026-99-21 21:40:02"']),
        ("{ANY}", None, []),
        ("{ANY}", {"a": 1}, []),
        ("{SQL}", "Unknown column", []),
        ("{SQL}", "", ['x: value: "{SQL}", ""']),
        ("{ENGINE}", 500, ['x: retyped: "{ENGINE}", 500']),
        ("at {ENGINE}!", "at position 1!", []),
        ("{BCRYPT}", "$2b$04$" + "a" * 53, []),
        ("{BCRYPT}", "Passw0rd1", ['x: value: "{BCRYPT}", "Passw0rd1"']),
        ("{ADMIN_TOKEN}", "U2FsdGVkX1" + "a" * 40, []),
        ("{ADMIN_TOKEN}", "a" * 40, ['x: value: "{ADMIN_TOKEN}", "' + "a" * 40 + '"']),
        ("{id}", "7", ['x: value: "{id}", "7"']),
        ("[redacted-3]", "7", ['x: value: "[redacted-3]", "7"']),
        ("E_1795297233472.xlsx", "E_1795297190000.xlsx", []),
        ("E_1795297233472.xlsx", "E_17952.xlsx", ['x: value: "E_1795297233472.xlsx", "E_17952.xlsx"']),
    ],
)  # fmt: skip
def test_what_agrees_in_a_script(recorded: Any, answered: Any, found: list[str]) -> None:
    assert differences(recorded, answered, EXACT) == found


@pytest.mark.parametrize(
    ("recorded", "answered", "agree"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ("{ANY}", "x", False),
        ("[redacted-3]", "tok", True),
        ("[redacted]", 7, True),
        ("[redacted-3]", "", False),
        ("Bearer [redacted-1]", "Bearer abc", True),
        ("2026-11-21T23:59:59.123456+10:00", "2026-11-22T00:00:01.654321+10:00", True),
        ("2026-11-21T23:59:59+10:00", "2026-11-22T00:00:01+11:00", False),
        ("2026-11-21T23:59:59.1Z", "2026-11-22T00:00:01.12Z", False),
        ("2026-11-21T21:40:01Z", "2026-11-23T21:40:01Z", False),
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:01Z", False),
        (1795297190, 1795297999, True),
        (1795297190123, 1795297999000, True),
        (1795297190, 1795997999, False),
        (1600000000, 1600000001, False),
        ([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], False),
    ],
)
def test_what_agrees_in_an_archive(recorded: Any, answered: Any, *, agree: bool) -> None:
    assert (differences(recorded, answered, USUAL) == []) is agree


def test_a_value_that_the_fake_made_up_itself_agrees() -> None:
    rules = replace(USUAL, carried={"17": "23", "token-of-theirs": "token-of-ours"})
    assert differences({"id": 17, "t": "token-of-theirs"}, {"id": 23, "t": "token-of-ours"}, rules) == []
    assert differences({"id": 18, "t": "other"}, {"id": 23, "t": "token-of-ours"}, rules) != []


@pytest.mark.parametrize(
    ("recorded", "answered", "found"),
    [
        ("a", "b", []),
        ("a", None, []),
        (None, {"a": 1}, []),
        (1, 1.5, []),
        (1, "1", ["x: retyped"]),
        ({"a": 1}, {"a": 2, "b": 1}, ["x.b: removed"]),
        ([1], [2, 3], []),
        ([{"a": 1}], [{"b": 1}], ["x[0].a: added", "x[0].b: removed"]),
    ],
)
def test_without_values_shapes_and_types_are_compared(recorded: Any, answered: Any, found: list[str]) -> None:
    rules = replace(USUAL, values=False)
    assert [f"{each.where}: {each.kind}" for each in compare(recorded, answered, ("x",), rules)] == found


def test_under_a_secret_name_no_value_is_compared() -> None:
    rules = replace(USUAL, secrets=frozenset({"token"}))
    assert differences({"Token": "a", "b": 1}, {"Token": "b", "b": 2}, rules) == ["x.b: value: 1, 2"]


RECORDED = {"data": {"token": "a", "items": [{"id": 1, "at": "b"}], "n": 1}}
ANSWERED = {"data": {"token": "c", "items": [{"id": 2, "at": "d"}], "n": "2"}}


@pytest.mark.parametrize(
    ("masks", "left"),
    [
        ([], ["token", "items[0].id", "items[0].at", "n"]),
        (["data.token"], ["items[0].id", "items[0].at", "n"]),
        (["data.items[].id", "data.items[0].at"], ["token", "n"]),
        (["data.items[1].id"], ["token", "items[0].id", "items[0].at", "n"]),
        (["data.items"], ["token", "n"]),
        (["data.*"], ["n"]),
        (["*"], ["n"]),
        (["body.data.items[].*", "data.token:string", "data.n:any"], []),
        (["data.token:number", "data.items:array", "headers.data"], ["token", "n"]),
    ],
)
def test_what_is_masked_is_compared_by_type_only(masks: list[str], left: list[str]) -> None:
    rules = replace(USUAL, mask=Masks({"get": masks, "other": ["*"]}).of("get"))
    found = [each.where for each in compare(RECORDED, ANSWERED, ("body",), rules)]
    assert found == [f"body.data.{place}" for place in left]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("data.token", "write OPERATION:PLACE"),
        ("get:", "write OPERATION:PLACE"),
        ("gte:data", "'gte:data': there is no operation gte (did you mean 'get'?); known: *, get"),
        ("get:data..x", "'data..x' is no place; names are joined by dots"),
        ("get:data:text", "behind a colon may stand a type: number, string, boolean, array, object, any"),
    ],
)
def test_what_is_no_mask_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BrokenMask) as refused:
        read_mask(text, ["get"])
    assert complaint in str(refused.value)
    assert read_mask("*:headers.location", ["get"]) == ("*", "headers.location")


# Sheets


def workbook(*rows: list[Any], title: str = "S", width: float = 15) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = title
    for row in (["Id", "Name", "When"], *rows):
        sheet.append(row)
    for column, wide in {"A": width, "B": width, "C": 24}.items():
        sheet.column_dimensions[column].width = wide
    for cell in sheet["C"][1:]:
        cell.number_format = "mm-dd-yy"
    book.save(made)
    return made.getvalue()


WHEN = datetime(2026, 11, 21, 21, 40, 2)  # noqa: DTZ001  as spreadsheets have it
ONE = [2, "Beta ", WHEN]
SHEET = {
    "bytes": 6699,
    "sheets": ["S"],
    "header": ["Id", "Name", "When"],
    "rows": [[2, "Beta ", "2026-11-21T21:40:02"]],
    "row_count": 1,
    "types_row2": ["int/General", "str/General", "datetime/mm-dd-yy"],
    "col_widths": {"A": 15.0, "C": 24.0},
}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (workbook(ONE), []),
        (workbook([2, "Beta ", datetime(2026, 11, 21, 23, 0, 0)]), []),  # noqa: DTZ001  see above
        (workbook([2, "Beta ", datetime(2026, 11, 20, 21, 40, 2)]), ["xlsx.C2"]),  # noqa: DTZ001  see above
        (workbook([2, "Beta", WHEN]), ["xlsx.B2"]),
        (workbook(["2", "Beta ", WHEN]), ["xlsx.types_row2[0]", "xlsx.A2"]),
        (workbook(ONE, title="T"), ["xlsx.sheets[0]"]),
        (workbook(ONE, ONE), ["xlsx.row_count"]),
        (workbook(ONE, width=16), ["xlsx.A", "xlsx.B"]),
        (b'{"status":0}', ["xlsx"]),
    ],
)
def test_what_agrees_with_a_recorded_sheet(content: bytes, found: list[str]) -> None:
    assert [difference.where for difference in compare_sheets(SHEET, content, EXACT)] == found


def test_a_whole_workbook_is_compared_to_its_last_row() -> None:
    many = [[number, "Beta ", WHEN] for number in range(1, 9)]
    recorded = read_sheet(workbook(*many))
    assert list(compare_sheets(recorded, workbook(*many), USUAL)) == []
    other = workbook(*many[:-1], [8, "Gamma", WHEN])
    assert [each.where for each in compare_sheets(recorded, other, USUAL)] == ["xlsx.B9"]


def test_a_sheet_is_read_in_the_recordings_words() -> None:
    read_back = read_sheet(workbook(*[ONE] * 7), 5)
    assert (len(read_back["rows"]), read_back["row_count"]) == (5, 7)
    assert read_back["rows"][0] == SHEET["rows"][0]  # type: ignore[index]
