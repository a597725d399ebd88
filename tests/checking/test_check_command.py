"""`mockserver check` as people and CI systems call it."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from mockserver.app import apis_of, known_vendors
from mockserver.cli import main
from mockserver.client.http import AdminConnection
from tests.checking.broken import Broken, served
from tests.checking.test_planted import CREDENTIAL, PLANTED
from tests.processes import MOST_SECONDS, PROGRAM, environment

APIS = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
ONE = ["kounta", "--operation", "get_customer", "--phases", "examples", "--max-examples", "1", "--seed", "1"]
ELSEWHERE = "https://shop.example.com"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], prog_name="mockserver")


@pytest.fixture
def unbroken() -> Iterator[tuple[str, Broken]]:
    with served() as copy:
        yield copy


@pytest.fixture
def breaking() -> Iterator[str]:
    """Where a field is missing."""
    with served(PLANTED["missing field"].fault) as (url, _):
        yield url


def test_without_a_url_it_checks_a_server_of_its_own() -> None:
    result = check(*ONE)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(r"Checking 1 contract at http://127.0.0.1:\d+, a server started for this\n", result.stdout)
    assert re.search(r"kounta +1 operations +\d+ cases +[\d.]+ s  fine\n", result.stdout)
    assert "1 contract held, " in result.stdout
    assert "--seed 1" in result.stdout


def test_a_running_server_is_left_as_it_was(unbroken: tuple[str, Broken]) -> None:
    url, broken = unbroken
    result = check("open2b", "--url", url, "--operation", "create_customer", "--phases", "examples")
    assert result.exit_code == 0, result.output
    assert broken.asked
    with AdminConnection(url) as connection:
        assert [one["name"] for one in connection.get("/sandboxes")["sandboxes"]] == ["default"]
        assert connection.get("/requests")["requests"] == []


def test_a_url_may_name_the_sandbox(unbroken: tuple[str, Broken]) -> None:
    url, _ = unbroken
    assert check(*ONE, "--url", f"{url}/@default").exit_code == 0
    with AdminConnection(url) as connection:
        assert connection.get("/requests", params={"operation": "get_customer"})["requests"]


def test_the_credential_can_be_chosen(unbroken: tuple[str, Broken]) -> None:
    url, broken = unbroken
    assert check(*ONE, "--url", url, "--auth", "mockserver add-on (OAuth)").exit_code == 0
    assert any(asked.headers.get("authorization", "").startswith("Bearer ") for asked in broken.asked)


def test_headers_are_sent_to_who_is_no_mockserver() -> None:
    with served(open_admin=False) as (url, broken):
        result = check(*ONE, "--url", url, "--header", f"Authorization: {CREDENTIAL}", "--header", "X-Run: 7")
    assert result.exit_code == 0, result.output
    assert f"Checking 1 contract at {url}\n" in result.stdout
    assert {asked.headers.get("x-run") for asked in broken.asked if asked.path.startswith("/v1")} == {"7"}


def test_a_credential_of_a_stranger_is_not_shown() -> None:
    with served(PLANTED["missing field"].fault, open_admin=False) as (url, _):
        result = check(*ONE, "--url", url, "--header", f"Authorization: {CREDENTIAL}")
    assert result.exit_code == 1, result.output
    assert "curl -X GET -H 'Authorization: [Filtered]'" in result.stdout
    assert CREDENTIAL not in result.output


def test_it_cannot_be_told_where_nothing_is_accepted() -> None:
    with served(open_admin=False) as (url, _):
        result = check(*ONE, "--url", url, "--header", "Authorization: Basic nobody")
    assert result.exit_code == 2, result.output
    assert "1 operation never accepted anything" in result.stdout
    assert "kounta accepted nothing at all; is the credential one that works there?" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["kuonta"], "there is no contract called kuonta (did you mean kounta?); known: kounta, open2b, "),
        (
            ["kounta", "--operation", "get_custmer"],
            "there is no operation called get_custmer (did you mean get_customer?); known: ",
        ),
        (["--auth", "me", "kounta"], "kounta has no credential called 'me'; known: mockserver add-on, "),
        (["--url", "shop"], "http://shop does not answer: "),
        (["--url", "http://127.0.0.1:9"], "http://127.0.0.1:9 does not answer: "),
        (["--url", "ftp://shop"], "'ftp://shop' is no address of a server"),
        (["--phases", "exampels"], "'exampels' is none of them; known: examples, coverage, fuzzing, stateful"),
        (["--report", "pdf"], "'pdf' is none of them; known: junit, har, html, json, vcr, ndjson, allure"),
        (["--fail-on", "documented"], "'documented' is none of them; known: inferred, observed"),
        (["--header", "X-Key"], "'X-Key' is no header; give one such as 'Authorization: Bearer ...'"),
        (["--update-baseline"], "--update-baseline needs the file: --baseline FILE"),
        (["--baseline", "none.json"], "there is no baseline none.json; --update-baseline writes one"),
        (
            ["--url", ELSEWHERE, "kounta"],
            "--safe-only checks the others, --allow-writes all of them, --dry-run lists them",
        ),
    ],
)
def test_what_cannot_be_told_is_said_in_a_line(
    arguments: list[str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = check("--allow-writes", *arguments) if "shop" in arguments else check(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr
    assert not [*tmp_path.iterdir()]


def test_another_host_is_not_written_to_unless_that_is_allowed() -> None:
    result = check("open2b", "--url", ELSEWHERE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "https://shop.example.com is not this machine, and 4 of these operations write there" in result.stderr


def test_a_dry_run_lists_everything_and_sends_nothing(unbroken: tuple[str, Broken]) -> None:
    url, broken = unbroken
    result = check("--dry-run", "--url", url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert broken.asked == []
    for api in APIS:
        for operation in api.contract.operations.values():
            marked = "" if operation.safe else "  writes"
            line = (
                rf"^  {operation.method} +{re.escape(operation.path)} +{operation.id} +{operation.evidence}\s*{marked}$"
            )
            assert re.search(line, result.stdout, re.MULTILINE), line
    assert "64 operations would be called, 34 of which write. Nothing was sent." in result.stdout


def test_a_dry_run_needs_no_leave_to_write_elsewhere() -> None:
    assert check("--dry-run", "--url", ELSEWHERE).exit_code == 0


def test_only_what_alters_nothing_is_called_where_that_is_asked_for(unbroken: tuple[str, Broken]) -> None:
    url, broken = unbroken
    arguments = ["--operation", "get_customer", "--operation", "create_customer", "--phases", "examples,coverage"]
    result = check("kounta", "--safe-only", "--url", url, "--max-examples", "1", *arguments)
    assert result.exit_code == 0, result.output
    assert {asked.method for asked in broken.asked} <= {"GET", "HEAD"}
    assert check("kounta", "--safe-only", "--operation", "create_customer").exit_code == 2


def test_a_baseline_accepts_what_fails_now_and_nothing_else(breaking: str, tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.json"
    options = [*ONE, "--url", breaking, "--baseline", str(baseline)]
    assert check(*options, "--update-baseline").exit_code == 0
    [entry] = json.loads(baseline.read_text())["entries"]
    assert (entry["check"], entry["operation"]) == (
        "response_schema_conformance",
        "GET /v1/companies/{company_id}/customers/{customer_id}",
    )
    accepted = check(*options)
    assert accepted.exit_code == 0, accepted.output
    assert "1 accepted by the baseline" in accepted.stdout
    assert "1 failure accepted by" in accepted.stdout
    with served(PLANTED["wrong content type"].fault) as (url, _):
        new = check(*ONE, "--url", url, "--baseline", str(baseline))
    assert new.exit_code == 1
    assert "Undocumented Content-Type" in new.stdout
    (tmp_path / "broken.json").write_text("{")
    broken = check(*ONE, "--baseline", str(tmp_path / "broken.json"))
    assert (broken.exit_code, "is no baseline" in broken.stderr) == (2, True)


def test_reports_are_written_for_ci_systems(breaking: str, tmp_path: Path) -> None:
    formats = "junit,har,html,json,vcr,ndjson"
    result = check(*ONE, "--url", breaking, "--report", formats, "--report-dir", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert f"Reports in {tmp_path / 'out'}: *.xml, *.har, *-html, *.json, *.vcr.yaml, *.ndjson" in result.stdout
    suite = ET.fromstring((tmp_path / "out/kounta.xml").read_text())  # noqa: S314  ours
    assert len([*suite.iter("failure")]) == 1
    assert json.loads((tmp_path / "out/kounta.har").read_text())["log"]["entries"]
    assert json.loads((tmp_path / "out/kounta.json").read_text())["exit_code"] == 1
    assert all(json.loads(line) for line in (tmp_path / "out/kounta.ndjson").read_text().splitlines())
    assert "http_interactions:" in (tmp_path / "out/kounta.vcr.yaml").read_text()
    assert "<html" in (tmp_path / "out/kounta-html/index.html").read_text()


def test_what_was_met_and_is_not_known_well_enough_fails_it_where_that_is_asked_for() -> None:
    customer = ["--operation", "get_customer_by_token", "--phases", "examples,coverage", "--seed", "1"]
    result = check("webcommander-plugin", *customer, "--fail-on", "inferred")
    assert result.exit_code == 1, result.output
    assert "Met, and known only as inferred:" in result.stdout
    for what in ("operation", "error row field-missing"):
        assert re.search(rf"webcommander-plugin +get_customer_by_token: {what} is inferred \(\d+ repl", result.stdout)
    assert "operations and error rows are known only as inferred" in result.stderr
    assert check(*ONE, "--fail-on", "inferred,observed").exit_code == 0


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "schemathesis" else found(name))
    result = check(*ONE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: this needs Schemathesis: pip install 'schemathesis>=4.32.5,<4.33'\n"
    assert check("--dry-run").exit_code == 0


@pytest.mark.skipif(importlib.util.find_spec("allure_commons") is not None, reason="it is installed")
def test_it_says_what_to_install_for_a_report() -> None:
    result = check(*ONE, "--report", "allure")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: the report allure needs a library more: pip install 'schemathesis[allure]'\n"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_when_it_is_stopped_nothing_is_left_behind(
    sign: signal.Signals, unbroken: tuple[str, Broken], tmp_path: Path
) -> None:
    url, broken = unbroken
    command = [*PROGRAM, "check", "kounta", "open2b", "--url", url]
    pipe, own = subprocess.PIPE, environment({"TMPDIR": str(tmp_path)})
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=own, cwd=tmp_path) as process:
        until = time.monotonic() + MOST_SECONDS
        while not broken.asked and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        children = _children(process.pid)
        process.send_signal(sign)
        said, complaint = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 2, said
    assert complaint == "Error: stopped; 0 of 2 contracts were checked\n"
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert not [*tmp_path.iterdir()]
    with AdminConnection(url) as connection:
        assert [one["name"] for one in connection.get("/sandboxes")["sandboxes"]] == ["default"]


def _children(pid: int) -> list[str]:
    return [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def test_a_process_that_fails_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.py").write_text("raise SystemExit('no such luck')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("mockserver.checking.task._PACKAGES", tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = check(*ONE)
    assert result.exit_code == 2
    assert "kounta: Schemathesis ended with 1: " in result.stderr
    assert "no such luck" in result.stderr
