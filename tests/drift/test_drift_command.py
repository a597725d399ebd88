"""`mockserver drift`: what it prints and writes, what it asks servers, and what it refuses."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from mockserver.app import known_vendors
from mockserver.client import MockServer
from mockserver.har import Recorded
from tests.drift.commands import AGREES, DIFFERS, UNREADABLE, archive, drift, found
from tests.drift.taping import Tape, shop

API = "spurtcommerce"
NEW = {
    "customerGroupId": "1",
    "username": "Ada",
    "email": "ada@example.com",
    "mobileNumber": "0770090001",
    "mailStatus": "0",
    "status": "1",
    "password": "Passw0rd-1",
    "confirmPassword": "Passw0rd-1",
}


@pytest.fixture(scope="module")
def taped() -> Tape:
    """A session without its secrets."""
    taped = Tape(shop(known_vendors()[API], fidelity="observed"), API, secrets=False)
    taped.ask("GET", "/admin-customer?limit=2")
    id = taped.ask("POST", "/admin-customer", json=NEW).json()["data"]["id"]
    taped.ask("GET", f"/admin-customer/customer-detail/{id}")
    return taped


@pytest.fixture
def recording(taped: Tape, tmp_path: Path) -> Path:
    return archive(tmp_path, taped.recorded)


@pytest.fixture
def drifted(taped: Tape, tmp_path: Path) -> Path:
    """The same, with a field that the fake does not have in the place of another, and a header."""
    *others, last = taped.recorded
    body = last.reply_body.replace(b'"avatar"', b'"ava\\u0007tar"')
    headers = (*last.reply_headers, ("X-Request-Id", "1"))
    return archive(tmp_path, [*others, replace(last, reply_body=body, reply_headers=headers)], "drifted.har")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(vendors=[API], fidelity="observed") as server:
        yield server


# What is said


def test_what_agrees_is_said_in_one_line(recording: Path) -> None:
    result = drift(API, recording)
    assert (result.exit_code, result.stdout) == (AGREES, "3 of 3 exchanges agree\n")


def test_what_differs_is_a_table(drifted: Path) -> None:
    result = drift(API, drifted)
    assert result.exit_code == DIFFERS
    assert result.stdout.splitlines() == [
        "get_customer",
        "  added    body.data.ava\\u0007tar  once: entry 3: GET /api/admin-customer/customer-detail/1051",
        "             recorded null",
        "             answered nothing",
        "  removed  body.data.avatar        once: entry 3: GET /api/admin-customer/customer-detail/1051",
        "             recorded nothing",
        "             answered null",
        "",
        "these answers are a mockserver's; unless it was started with --fidelity observed, compare with --fidelity documented",
        "2 of 3 exchanges agree",
    ]


def test_the_report_for_programs(drifted: Path) -> None:
    report = found(API, drifted)
    first = report["differences"][1]
    assert {name: report[name] for name in ("api", "exchanges", "agreeing", "operations")} == {
        "api": API,
        "exchanges": 3,
        "agreeing": 2,
        "operations": {"create_customer": 1, "find_customers": 1, "get_customer": 1},
    }
    assert first == {
        "api": API,
        "operation": "get_customer",
        "kind": "removed",
        "place": "body.data.avatar",
        "count": 1,
        "exchanges": ["entry 3"],
        "request": "GET /api/admin-customer/customer-detail/1051",
        "recorded": "nothing",
        "answered": "null",
    }


def test_ci_systems_are_told_by_operation(drifted: Path, recording: Path, tmp_path: Path) -> None:
    file = tmp_path / "drift.xml"
    assert drift(API, drifted, "--format", "junit", "--output", file).exit_code == DIFFERS
    suite = ET.parse(file).getroot()[0]  # noqa: S314  our own
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    (failure,) = suite.iter("failure")
    assert "removed body.data.avatar (1, first entry 3: GET " in str(failure.text)
    assert drift(API, recording, "--format", "junit", "--output", file).exit_code == AGREES
    assert "failure " not in file.read_text()


def test_masks_and_headers(drifted: Path) -> None:
    assert drift(API, drifted, "--mask", "get_customer:data").exit_code == DIFFERS
    assert drift(API, drifted, "--ignore-values").exit_code == DIFFERS
    assert "headers.x-request-id" not in drift(API, drifted).stdout
    assert "headers.x-request-id" in drift(API, drifted, "--compare-header", "X-Request-ID").stdout


# What the fake begins with


def test_a_snapshot_is_what_the_fake_begins_with(recording: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "shop.json"
    with MockServer(customers=3, fidelity="observed", sockets=False) as server, server.sandbox() as sandbox:
        sandbox.admin.put("/state/spurtcommerce/customers/1", json={"first_name": "Grace"})
        sandbox.admin.put("/snapshots/shop")
        snapshot.write_text(json.dumps(sandbox.admin.get("/snapshots/shop")))
    assert drift(API, recording, "--snapshot", snapshot).exit_code in (AGREES, DIFFERS)
    result = drift(API, recording, "--snapshot", tmp_path / "none.json")
    assert (result.exit_code, "none.json: No such file or directory" in result.stderr) == (UNREADABLE, True)
    result = drift(API, recording, "--snapshot", recording)
    assert result.exit_code == UNREADABLE
    result = drift(API, recording, "--snapshot", snapshot, "--fixture", "default")
    assert "not with both" in result.stderr


# Servers that are asked


def test_a_server_is_asked_the_contracts_examples(server: MockServer) -> None:
    server.admin.delete("/coverage", params={"scope": "run"})
    result = drift(API, "--url", server.url)
    assert result.exit_code == AGREES, result.stdout
    agreeing, asked = map(int, re.findall(r"\d+", result.stdout)[:2])
    assert agreeing == asked > 10
    calls = {operation.id: operation.calls for operation in server.coverage().apis[0].operations}
    assert (calls["create_customer"], calls["get_customer"]) == (0, 1)


def test_examples_that_write_are_sent_where_that_is_allowed() -> None:
    with MockServer(customers=3) as server, server.sandbox() as sandbox:
        for api in ("kounta", "open2b", "webcommander-v4"):
            report = found(api, "--url", sandbox.url, "--allow-writes", "--ignore-values", "--fidelity", "documented")
            assert report["exchanges"] == sum(report["operations"].values()) > 5
            assert not any("was not asked" in remark for remark in report["remarks"])
        met = {each.id for api in sandbox.coverage().apis for each in api.operations if each.calls}
    assert {"create_customer", "delete_customers", "create_webhook"} <= met


def test_a_recording_is_sent_afresh(server: MockServer, recording: Path) -> None:
    """The second time the server refuses, and makes up other ids: what is compared are its answers, not the recorded ones."""
    for _ in range(2):
        result = drift(API, recording, "--url", server.url)
        assert (result.exit_code, result.stdout) == (AGREES, "3 of 3 exchanges agree\n")


def test_credentials_are_those_that_are_given(server: MockServer, recording: Path) -> None:
    report = found(API, recording, "--url", server.url, "--header", "Authorization: Bearer nobody's")
    assert report["differences"] == []


def test_a_foreign_server_is_not_altered_unless_told(recording: Path, taped: Tape, tmp_path: Path) -> None:
    result = drift(API, recording, "--url", "http://shop.invalid")
    assert result.exit_code == UNREADABLE
    assert "1 requests may alter something there, POST /api/admin-customer first; --allow-writes" in result.stderr
    for arguments in ([recording, "--allow-writes"], [archive(tmp_path, taped.recorded[:1])]):
        result = drift(API, *arguments, "--url", "http://shop.invalid")
        assert "GET http://shop.invalid/api/admin-customer?limit=2" in result.stderr


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = drift(API, "--url", f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert result.exit_code == UNREADABLE
    assert "ConnectError" in result.stderr


# What is refused


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["spurtcomerce", "x.har"],
            "there is no API called spurtcomerce (did you mean 'spurtcommerce'?); known: kounta",
        ),
        ([API], "give the FILE of a recording, or --url of a server to ask, or both"),
        ([API, "none.har"], "none.har: No such file or directory"),
        ([API, "none"], "none: No such file or directory"),
        (["kounta", "none"], "none: No such file or directory"),
        ([API, "--url", "shop.example.com"], "'shop.example.com' is no address of a server"),
        ([API, "--url", "http://127.0.0.1:9", "--header", "abc"], "a header is a name, a colon and a value"),
        ([API, "--url", "http://127.0.0.1:9", "--ca", "none.pem"], "none.pem"),
        ([API, "x.har", "--mask", "data"], "'data' is no mask; write OPERATION:PLACE"),
        ([API, "x.har", "--mask", "get_custmer:data"], "(did you mean 'get_customer'?)"),
    ],
)
def test_what_is_refused(arguments: list[str], complaint: str) -> None:
    result = drift(*arguments)
    assert result.exit_code == UNREADABLE
    assert complaint in result.stderr
    assert result.stdout == ""


def test_an_output_that_cannot_be_written(recording: Path, tmp_path: Path) -> None:
    result = drift(API, recording, "--output", tmp_path / "none" / "x")
    assert (result.exit_code, "choose another --output" in result.stderr) == (UNREADABLE, True)


def test_a_fixture_that_is_not_there(recording: Path) -> None:
    result = drift(API, recording, "--fixture", "none")
    assert (result.exit_code, "there is no fixture called none" in result.stderr) == (UNREADABLE, True)


def test_without_the_library_spreadsheets_are_not_compared(
    taped: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = (("content-type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),)
    sheet: list[Recorded] = [replace(taped.recorded[0], reply_headers=kind, reply_body=b"PK")]
    monkeypatch.setitem(__import__("sys").modules, "openpyxl.utils", None)
    result = drift(API, archive(tmp_path, sheet))
    assert result.exit_code == UNREADABLE
    assert "pip install openpyxl" in result.stderr
