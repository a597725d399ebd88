"""`mockserver proxy`, as somebody types it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.har import read_har
from tests.processes import MOST_SECONDS, PROGRAM, Server, environment, run
from tests.proxy.test_violations import BASIC, KEY, ONE

GET = "/api/v13/commerce.customers.get"


@contextmanager
def started(*options: str, cwd: Path) -> Iterator[Server]:
    """A proxy in a process of its own, on a free port."""
    pipe = subprocess.PIPE
    command = [*PROGRAM, "proxy", "--port", "0", *options]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(), cwd=cwd) as process:
        try:
            yield Server(process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(MOST_SECONDS)


def stop(server: Server) -> int:
    """Press Ctrl-C; returns the exit code."""
    server.process.send_signal(signal.SIGINT)
    return server.process.wait(MOST_SECONDS)


def test_ctrl_c_prints_the_summary_and_writes_report_and_recording(upstream: str, tmp_path: Path) -> None:
    written = ["--record", "a.har", "--report", "a.json"]
    with started("kounta", "--upstream", upstream, *written, "--fail-on-violation", cwd=tmp_path) as proxy:
        banner = proxy.said.until("journal")
        assert banner == f"journal, coverage, findings: {proxy.url}/__admin/requests"
        assert upstream in proxy.said.lines[1]
        assert proxy.ask(ONE, headers=BASIC)[0] == 200
        assert proxy.ask(f"{ONE}?a%1B=hunter2", headers=BASIC)[0] == 200
        said = proxy.said.until("violat|not in the contract")
        assert said.endswith("200  request query.a?: is not in the contract")
        covered = run("coverage", "--url", proxy.url, "--format", "json", cwd=tmp_path)
        assert json.loads(covered.stdout)["summary"]["operations"]["met"] == 1
        found = run("findings", "--url", proxy.url, "--fail-on", "request-violation", cwd=tmp_path)
        assert (found.returncode, "query.a" in found.stdout) == (1, True), found
        assert stop(proxy) == 1
        lines = proxy.said.rest()
        assert lines[0] == "2 exchanges, 1 with violations"
        assert next(line.split() for line in lines if line.startswith("  get_customer ")) == [
            "get_customer",
            "2",
            "200:",
            "2",
            "1",
            "with",
            "violations",
        ]
        assert "  get_customer  request query.a?: is not in the contract" in lines
        assert lines[-1] == "a.har has 2 exchanges"
        assert proxy.complaints.rest() == ["Error: 1 of 2 exchanges violate the contract"]
    report = json.loads((tmp_path / "a.json").read_text())
    assert {name: report[name] for name in ("api", "source", "exchanges", "broken", "unanswered", "more")} == {
        "api": "kounta", "source": upstream, "exchanges": 2, "broken": 1, "unanswered": 0, "more": 0,
    }  # fmt: skip
    assert report["operations"] == [
        {"operation": "get_customer", "exchanges": 2, "broken": 1, "unanswered": 0, "statuses": {"200": 2}}
    ]
    (same,) = report["violations"]
    assert (same["in"], same["rule"], same["count"], same["first"]) == ("request", "additionalProperties", 1, 2)
    assert [each.status for each in read_har(tmp_path / "a.har")] == [200, 200]


def test_a_recording_is_replayed_without_a_server_and_clean_traffic_says_nothing(upstream: str, tmp_path: Path) -> None:
    body = {"id": 37091, "fields": ["id", "code"]}
    with started("open2b", "--upstream", upstream, "--record", "b.har", cwd=tmp_path) as proxy:
        live = proxy.ask(GET, body, KEY)
        assert stop(proxy) == 0
        assert proxy.said.rest()[-4:] == [
            "1 exchange, none with violations",
            "",
            "  get_customer       1  200: 1",
            "b.har has 1 exchange",
        ]
    with started("open2b", "--replay", "b.har", "--fail-on-violation", cwd=tmp_path) as proxy:
        assert proxy.ask(GET, body, {"X-Key": "another"}) == live
        assert proxy.ask("/nothing")[0] == 404
        assert proxy.said.until("no answer").startswith(
            "2  GET /nothing  no answer  the recording has no answer to GET /nothing;"
        )
        assert stop(proxy) == 1
        assert proxy.said.rest()[-1].startswith("  GET /nothing")


def test_what_is_under_way_when_the_proxy_stops_is_told_and_recorded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        upstream = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started("kounta", "--upstream", upstream, "--record", "c.har", cwd=tmp_path) as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port)) as app:
                app.sendall(
                    b"GET /v1/companies/5678.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n"
                )
                connection, _ = silent.accept()
                with connection:
                    assert connection.recv(1000).startswith(b"GET /v1/companies/5678.json")
                    assert stop(proxy) == 0
            assert "1 exchange, none with violations, 1 without an answer" in proxy.said.rest()
    assert [each.status for each in read_har(tmp_path / "c.har")] == [0]


# What cannot be


@pytest.fixture
def _signals() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


UPSTREAM = ["--upstream", "http://127.0.0.1:1"]
REFUSED = {
    "unknown contract": (["kounte", *UPSTREAM], "there is no contract called kounte (did you mean 'kounta'?); known: kounta, open2b, spurtcommerce"),
    "nowhere to go": (["kounta"], "say either with --upstream to which server requests go, or with --replay"),
    "both": (["kounta", *UPSTREAM, "--replay", "a.har"], "say either with --upstream"),
    "record a replay": (["kounta", "--replay", "a.har", "--record", "b.har"], "--record goes with --upstream"),
    "no address": (["kounta", "--upstream", "shop.example"], "--upstream: 'shop.example' is no address that begins with http:// or https://"),
    "an address with a query": (["kounta", "--upstream", "http://a.example/?b"], "has more than a host and a path"),
    "no recording": (["kounta", "--replay", "nowhere.har"], "nowhere.har: No such file or directory"),
    "a broken recording": (["kounta", "--replay", "broken.har"], "broken.har: no HTTP archive (HAR): "),
    "a header without a colon": (["kounta", *UPSTREAM, "--header", "hunter2"], "--header: a header is a name, a colon and a value"),
    "a header of two lines": (["kounta", *UPSTREAM, "--header", "X-Key: a\nhunter2: b"], "--header: the value of X-Key has signs that no header"),
    "no certificate": (["kounta", "--upstream", "https://a.example", "--ca", "nowhere.pem"], "nowhere.pem"),
    "broken certificate": (["kounta", "--upstream", "https://a.example", "--ca", "broken.har"], "there is no certificate in broken.har, as PEM"),
    "no folder to record in": (["kounta", *UPSTREAM, "--record", "nowhere/a.har"], "cannot write nowhere/a.har: No such file or directory"),
    "no folder for the report": (["kounta", *UPSTREAM, "--report", "nowhere/a.json"], "cannot write nowhere/a.json: there is no folder nowhere"),
}  # fmt: skip


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize(("arguments", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_said_in_one_line(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.har").write_text("{}")
    result = CliRunner().invoke(main, ["proxy", "--port", "0", *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert told in line
    assert "hunter2" not in line
    assert [file.name for file in Path().iterdir()] == ["broken.har"]


@pytest.mark.usefixtures("_signals")
def test_a_credential_in_the_address_is_refused_and_not_repeated() -> None:
    result = CliRunner().invoke(main, ["proxy", "kounta", "--port", "0", "--upstream", "https://me:hunter2@a.example"])
    assert result.exit_code == 2
    assert "give it as --header" in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.usefixtures("_signals")
def test_a_port_that_is_taken_costs_no_recording(tmp_path: Path) -> None:
    old = tmp_path / "old.har"
    old.write_text("precious")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["proxy", "kounta", *UPSTREAM, "--port", str(port), "--record", str(old)])
    assert result.exit_code == 2
    assert re.search(rf"cannot listen on 127.0.0.1:{port}: .*another --port", result.stderr)
    assert old.read_text() == "precious"


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_proxy_does_not_ask_itself(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    upstream = f"http://{host}:{port}"
    result = CliRunner().invoke(main, ["proxy", "kounta", "--port", str(port), "--upstream", upstream])
    assert (result.exit_code, f"--upstream {upstream} is the proxy itself" in result.stderr) == (2, True)
