"""A recording in a vendor's own format: all of it agrees, and whatever does not agree with one is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.har import BrokenRecording
from mockserver.vendors.spurtcommerce.recorded_gaps import left_out
from mockserver.vendors.spurtcommerce.recorded_lines import read
from tests.drift.commands import AGREES, UNREADABLE, drift, found

API = "spurtcommerce"
RECORDING = Path(__file__).parent / "spurtcommerce-recorded.jsonl"
LINES: list[Any] = [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]
EXCHANGES = sum(line["operation"] != "world" for line in LINES)
Plant = Callable[[Any], object]


def written(folder: Path, lines: list[Any]) -> Path:
    file = folder / "altered"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return file


def test_all_of_the_recording_agrees() -> None:
    result = drift(API, RECORDING)
    assert result.stdout.splitlines()[-1] == f"{EXCHANGES} of {EXCHANGES} exchanges agree", result.stdout
    assert result.exit_code == AGREES


# What is planted is found, and nothing else

PLANTED: dict[str, tuple[str, str, Plant]] = {
    "login-wrong-password": ("status", "status", lambda reply: reply.update(status=401)),
    "recent-empty": ("header", "headers.x-frame-options", lambda reply: reply["headers"].update({"x-frame-options": "DENY"})),
    "customer-count-empty": ("order", "body", lambda reply: reply.update(body=dict(reversed(reply["body"].items())))),
    "today-count-empty": ("retyped", "body.data.customerCount", lambda reply: reply["body"]["data"].update(customerCount=0)),
    "customer-count-ok": ("value", "body.data.totalCustomer", lambda reply: reply["body"]["data"].update(totalCustomer=3)),
    "detail-unknown": ("message", "body.message", lambda reply: reply["body"].update(message="Invalid CustomerId")),
    "detail-ok": ("added", "body.data.city", lambda reply: reply["body"]["data"].update(city=None)),
    "detail-inactive": ("removed", "body.data.avatar", lambda reply: reply["body"]["data"].pop("avatar")),
    "excel-one": ("value", "xlsx.B2", lambda reply: reply["xlsx"]["rows"][0].__setitem__(1, "Beta Three ")),
    "create-json-ok": ("value", "body.data.createdDate", lambda reply: reply["body"]["data"].update(createdDate="2026-11-22 21:40:02")),
    "list-no-params": ("length", "body.data", lambda reply: reply["body"]["data"].append(reply["body"]["data"][-1])),
}  # fmt: skip


def test_each_planted_difference_is_found_and_named(tmp_path: Path) -> None:
    lines = json.loads(json.dumps(LINES))
    for line in lines:
        if line["name"] in PLANTED:
            PLANTED[line["name"]][2](line["response"])
    file = written(tmp_path, lines)
    report = found(API, file)
    told = {
        (each["exchanges"][0].split(", ")[1], each["kind"], each["place"]): each["count"]
        for each in report["differences"]
    }
    assert told == {(name, kind, place): 1 for name, (kind, place, _) in PLANTED.items()}
    assert report["agreeing"] == EXCHANGES - len(PLANTED)


# Gaps


def test_customers_whom_the_recording_presupposes_are_known() -> None:
    steps = read(RECORDING)
    assert left_out(steps) == {245: 11}
    assert LINES[244]["request"]["body"] == {"json": {"customerId": [18, 19]}}


def test_a_recording_without_gaps_has_none() -> None:
    assert left_out(read(RECORDING)[:244]) == {}


def test_a_creation_whose_id_leaves_one_out_tells_of_it(tmp_path: Path) -> None:
    lines = [line for line in LINES if line["name"] != "create-json-ok"]
    steps = read(written(tmp_path, lines[:100]))
    assert list(left_out(steps).values()) == [1]


def test_a_token_that_the_recording_revokes_itself_is_good_until_then(tmp_path: Path) -> None:
    ask = json.loads(json.dumps(LINES[4]))
    ask["request"]["headers"]["Authorization"] = "Bearer {REVOKED_TOKEN}"
    leave = {
        "name": "leave",
        "operation": "logout",
        "request": {"method": "POST", "path": "/api/auth/logout", "headers": ask["request"]["headers"]},
        "response": {"status": 200, "headers": {}, "body_text": '{"status":1,"message":"Successfully Logout."}'},
    }
    result = drift(API, written(tmp_path, [ask, leave]))
    assert "line 1" not in result.stdout, result.stdout


# What cannot be played


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is no exchange in it"),
        ("[]\n", "line 1: "),
        ('{"name": "a", "operation": "b"}\n', "line 1: an exchange has request and response"),
        ('{"name": "a", "operation": "world", "records": {}}\n', "there is no exchange in it"),
        ('{"log": {}}', "no HTTP archive (HAR)"),
    ],
)
def test_what_is_no_recording_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "recording.jsonl"
    file.write_text(text)
    result = drift(API, file)
    assert result.exit_code == UNREADABLE
    assert complaint in result.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = drift(API, tmp_path / "none.jsonl")
    assert result.exit_code == UNREADABLE
    assert "none.jsonl: No such file or directory" in result.stderr
    with pytest.raises(BrokenRecording):
        read(tmp_path)


def test_a_token_that_nobody_has_is_refused(tmp_path: Path) -> None:
    headers = {"headers": {"Authorization": "Bearer {OTHER_TOKEN}"}}
    line = {**LINES[4], "request": {**LINES[4]["request"], **headers}}
    result = drift(API, written(tmp_path, [line]))
    assert result.exit_code == UNREADABLE
    assert "line 1: nobody has the token {OTHER_TOKEN}; known: ADMIN_TOKEN" in result.stderr


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ({"cart": [{"id": 1}]}, "line 1: there is no table cart; known: customer, "),
        ({"product": [{"id": 1, "nom": "Gown"}]}, "line 1: products/1: unknown field nom; known: id, name"),
        ({"product": [{"id": 1, "name": 7}]}, "line 1: products/1: name: Expected `str`, got `int`"),
    ],
)
def test_records_that_nobody_knows_are_refused(records: Any, complaint: str, tmp_path: Path) -> None:
    world = {"name": "world", "operation": "world", "records": records}
    result = drift(API, written(tmp_path, [world, LINES[4]]))
    assert result.exit_code == UNREADABLE
    assert complaint in result.stderr


def test_it_is_not_sent_to_a_server() -> None:
    result = drift(API, RECORDING, "--url", "http://127.0.0.1:9")
    assert result.exit_code == UNREADABLE
    assert "only those of an archive (HAR) are sent to --url" in result.stderr
