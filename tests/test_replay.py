"""The replay: all of the recording agrees, and whatever does not agree with a recording is found and named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from tests.replay.__main__ import AGREES, DIFFERS, UNREADABLE, main
from tests.replay.comparison import compare
from tests.replay.gaps import left_out
from tests.replay.recording import Unreadable, read
from tests.replay.sheets import compare_sheets, read_sheet

RECORDING = Path(__file__).parent / "replay" / "spurtcommerce-recorded.jsonl"
LINES: list[Any] = [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]
EXCHANGES = sum(line["operation"] != "world" for line in LINES)
Plant = Callable[[Any], object]


def written(folder: Path, lines: list[Any]) -> str:
    file = folder / "altered.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return str(file)


def test_all_of_the_recording_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(RECORDING)])
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == f"{EXCHANGES} of {EXCHANGES} exchanges agree", printed
    assert code == AGREES


# What is planted is found

PLANTED: dict[str, tuple[str, Plant]] = {
    "login-wrong-password": ("status: status: ", lambda reply: reply.update(status=401)),
    "recent-empty": ("headers.x-frame-options: header: ", lambda reply: reply["headers"].update({"x-frame-options": "DENY"})),
    "customer-count-empty": ("body: key order: ", lambda reply: reply.update(body=dict(reversed(reply["body"].items())))),
    "today-count-empty": ("body.data.customerCount: type: ", lambda reply: reply["body"]["data"].update(customerCount=0)),
    "customer-count-ok": ("body.data.totalCustomer: value: ", lambda reply: reply["body"]["data"].update(totalCustomer=3)),
    "detail-unknown": ("body.message: text: ", lambda reply: reply["body"].update(message="Invalid CustomerId")),
    "detail-ok": ("body.data.city: missing key: ", lambda reply: reply["body"]["data"].update(city=None)),
    "detail-inactive": ("body.data.avatar: extra key: ", lambda reply: reply["body"]["data"].pop("avatar")),
    "excel-one": ("xlsx.B2: text: ", lambda reply: reply["xlsx"]["rows"][0].__setitem__(1, "Beta Three ")),
    "create-json-ok": (
        "body.data.createdDate: time: ",
        lambda reply: reply["body"]["data"].update(createdDate="2026-11-22 21:40:02"),
    ),
}  # fmt: skip


def test_each_planted_difference_is_found_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = json.loads(json.dumps(LINES))
    for line in lines:
        if line["name"] in PLANTED:
            PLANTED[line["name"]][1](line["response"])
    assert main([written(tmp_path, lines)]) == DIFFERS
    *told, last = capsys.readouterr().out.splitlines()
    assert last == f"{EXCHANGES - len(PLANTED)} of {EXCHANGES} exchanges agree"
    found = {line.split(", ", 1)[1].split(":")[0]: "" for line in told if line.startswith("line ") and ": " in line}
    for name, (difference, _) in PLANTED.items():
        assert name in found
        assert any(line.startswith(f"  {difference}recorded ") for line in told), difference


@pytest.mark.parametrize(
    ("recorded", "answered", "found"),
    [
        (1, 1, []),
        (1, 1.0, ["x: type: recorded 1, answered 1.0"]),
        (1, True, ["x: type: recorded 1, answered true"]),
        (1, 2, ["x: value: recorded 1, answered 2"]),
        (None, 0, ["x: type: recorded null, answered 0"]),
        ([1, 2], [1], ["x: length: recorded 2 items, answered 1 items"]),
        ([1, 2], [2, 1], ["x[0]: value: recorded 1, answered 2", "x[1]: value: recorded 2, answered 1"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["x.a.b: value: recorded 1, answered 2"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ["x: key order: recorded a, b, answered b, a"]),
        ({"a": 1}, {"b": 1}, ["x.a: missing key: recorded 1, answered nothing", "x.b: extra key: recorded nothing, answered 1"]),
        ("a.c", "abc", ['x: text: recorded "a.c", answered "abc"']),
        ("2026-11-21 21:40:01", "2026-11-21 23:59:59", []),
        ("2026-11-21 21:40:01", "2026-11-21T21:40:01", ['x: text: recorded "2026-11-21 21:40:01", answered "2026-11-21T21:40:01"']),
        ("2026-11-21T21:40:01.000Z", "2026-11-21T21:41:01.000Z", []),
        ("2026-11-21T21:40:01.000Z", "2026-11-21T21:40:01Z", ['x: text: recorded "2026-11-21T21:40:01.000Z", answered "2026-11-21T21:40:01Z"']),
        ("2026-11-21T21:40:01.000Z", "2026-11-22T21:40:01.000Z", ['x: time: recorded "2026-11-21T21:40:01.000Z", answered "2026-11-22T21:40:01.000Z"']),
        ("2019-01-21T10:38:14.000Z", "2019-01-21T10:38:15.000Z", ['x: time: recorded "2019-01-21T10:38:14.000Z", answered "2019-01-21T10:38:15.000Z"']),
        ("{ANY}", None, []),
        ("{ANY}", {"a": 1}, []),
        ("{SQL}", "Unknown column", []),
        ("{SQL}", "", ['x: text: recorded "{SQL}", answered ""']),
        ("{ENGINE}", 500, ['x: type: recorded "{ENGINE}", answered 500']),
        ("at {ENGINE}!", "at position 1!", []),
        ("{BCRYPT}", "$2b$04$" + "a" * 53, []),
        ("{BCRYPT}", "Passw0rd1", ['x: text: recorded "{BCRYPT}", answered "Passw0rd1"']),
        ("{ADMIN_TOKEN}", "U2FsdGVkX1" + "a" * 40, []),
        ("{ADMIN_TOKEN}", "a" * 40, ['x: text: recorded "{ADMIN_TOKEN}", answered "' + "a" * 40 + '"']),
        ("{id}", "7", ['x: text: recorded "{id}", answered "7"']),
        ("E_1795297233472.xlsx", "E_1795297190000.xlsx", []),
        ("E_1795297233472.xlsx", "E_17952.xlsx", ['x: text: recorded "E_1795297233472.xlsx", answered "E_17952.xlsx"']),
    ],
)  # fmt: skip
def test_what_agrees_with_a_recorded_value(recorded: Any, answered: Any, found: list[str]) -> None:
    assert [str(difference) for difference in compare(recorded, answered, "x")] == found


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
    assert [difference.where for difference in compare_sheets(SHEET, content)] == found


def test_a_sheet_is_read_in_the_recordings_words() -> None:
    read_back = read_sheet(workbook(*[ONE] * 7))
    assert (len(read_back["rows"]), read_back["row_count"]) == (5, 7)
    assert read_back["rows"][0] == SHEET["rows"][0]  # type: ignore[index]


# Gaps


def test_customers_whom_the_recording_presupposes_are_known() -> None:
    steps = read(RECORDING)
    names = {step.number: LINES[step.number - 1]["request"]["body"] for step in steps if step.number in left_out(steps)}
    assert names == {245: {"json": {"customerId": [18, 19]}}}
    assert left_out(steps) == {245: 11}


def test_a_recording_without_gaps_has_none() -> None:
    assert left_out(read(RECORDING)[:244]) == {}


def test_a_creation_whose_id_leaves_one_out_tells_of_it(tmp_path: Path) -> None:
    lines = [line for line in LINES if line["name"] != "create-json-ok"]
    steps = read(Path(written(tmp_path, lines[:100])))
    assert list(left_out(steps).values()) == [1]


# What cannot be played


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is no exchange in it"),
        ("[]\n", "line 1: "),
        ('{"name": "a", "operation": "b"}\n', "line 1: an exchange has request and response"),
        ('{"name": "a", "operation": "world", "records": {}}\n', "there is no exchange in it"),
    ],
)
def test_what_is_no_recording_is_refused(
    text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "recording.jsonl"
    file.write_text(text)
    assert main([str(file)]) == UNREADABLE
    assert complaint in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.jsonl")]) == UNREADABLE
    assert "none.jsonl: No such file or directory" in capsys.readouterr().err
    with pytest.raises(Unreadable):
        read(tmp_path)


@pytest.mark.parametrize(
    ("altered", "complaint"),
    [
        ({"headers": {"Authorization": "Bearer {OTHER_TOKEN}"}}, "line 1: nobody has the token {OTHER_TOKEN}; known: ADMIN_TOKEN"),
    ],
)  # fmt: skip
def test_a_token_that_nobody_has_is_refused(
    altered: Any, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {**LINES[4], "request": {**LINES[4]["request"], **altered}}
    assert main([written(tmp_path, [line])]) == UNREADABLE
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ({"cart": [{"id": 1}]}, "line 1: there is no table cart; known: customer, "),
        ({"product": [{"id": 1, "nom": "Gown"}]}, "line 1: PUT /__admin/state/spurtcommerce/products/1 was answered 4"),
    ],
)
def test_records_that_nobody_knows_are_refused(
    records: Any, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = {"name": "world", "operation": "world", "records": records}
    assert main([written(tmp_path, [world, LINES[4]])]) == UNREADABLE
    assert complaint in capsys.readouterr().err
