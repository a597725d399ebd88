"""`mockserver coverage`, asked of a server that runs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx2
import pytest
from click.testing import CliRunner, Result

from mockserver.app import build, choose_vendors
from mockserver.cli import main
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.server import Server, listen
from mockserver.world import World
from tests.processes import run

TOKEN = "open-sesame"  # noqa: S105  of this server
KEY = {"x-key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
GET = "/api/v13/commerce.customers.get"


@pytest.fixture(scope="module")
def world() -> World:
    return build(read_fixture("documented"), choose_vendors(["open2b", "kounta"]), Options(admin_token=TOKEN))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    """A server on a socket, of whose contracts one operation was met in the sandbox `checkout`."""
    server = Server(world.app, listen())
    server.start()
    world.sandboxes.create("checkout")
    world.sandboxes.create("idle")
    url, body = f"{server.url}/@checkout{GET}", {"id": 37091, "fields": ["id"]}
    assert httpx2.post(url, json=body, headers=KEY, trust_env=False).status_code == 200
    yield server
    server.stop()


@pytest.fixture
def ask(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the server by variables, as in a CI job."""
    monkeypatch.setenv("MOCKSERVER_URL", server.url)
    monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", TOKEN)


def coverage(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["coverage", *arguments], prog_name="mockserver")


def percent() -> float:
    """Of the whole run."""
    return float(json.loads(coverage("--format", "json").stdout)["summary"]["percent"])


@pytest.mark.usefixtures("ask")
def test_it_tells_of_the_whole_run() -> None:
    result = coverage()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Coverage of the whole run: ")


def test_the_server_and_its_token_can_be_named(server: Server) -> None:
    assert coverage("--url", server.url, "--token", TOKEN).exit_code == 0


@pytest.mark.usefixtures("ask")
def test_it_tells_of_one_sandbox() -> None:
    result = coverage("--sandbox", "checkout")
    assert (result.exit_code, result.stdout.splitlines()[0][:33]) == (0, "Coverage of the sandbox checkout:")


@pytest.mark.usefixtures("ask")
def test_a_url_may_name_the_sandbox(server: Server) -> None:
    assert "sandbox checkout" in coverage("--url", f"{server.url}/@checkout").stdout


@pytest.mark.usefixtures("ask")
def test_it_tells_of_some_vendors() -> None:
    report = json.loads(coverage("--vendor", "kounta", "--vendor", "open2b", "--format", "json").stdout)
    assert [api["api"] for api in report["apis"]] == ["open2b", "kounta"]
    [api] = json.loads(coverage("--vendor", "open2b", "--format", "json").stdout)["apis"]
    assert api["api"] == "open2b"


# The forms


@pytest.mark.usefixtures("ask")
def test_json_is_what_the_admin_api_answers(server: Server) -> None:
    told = httpx2.get(
        f"{server.url}/__admin/coverage?scope=run", headers={"authorization": f"Bearer {TOKEN}"}, trust_env=False
    )
    assert json.loads(coverage("--format", "json").stdout) == told.json()


@pytest.mark.usefixtures("ask")
def test_junit_is_xml_that_fails_what_was_not_met() -> None:
    root = ET.fromstring(coverage("--format", "junit").stdout)  # noqa: S314  it is our own
    passed = {
        (case.get("classname"), case.get("name")) for case in root.iter("testcase") if case.find("failure") is None
    }
    assert passed == {("mockserver", "total"), ("open2b", "get_customer")}


@pytest.mark.usefixtures("ask")
def test_html_is_a_page() -> None:
    assert coverage("--format", "html").stdout.startswith("<!doctype html>")


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize("format", ["text", "json", "junit", "html"])
def test_it_can_be_written_to_a_file(tmp_path: Path, format: str) -> None:
    file = tmp_path / "coverage"
    shown = coverage("--format", format)
    written = coverage("--format", format, "--output", str(file))
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_text(encoding="utf-8") == shown.stdout


# How it ends


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--fail-under", "0"], 0, ""),
        (["--fail-under", "0.1"], 0, ""),
        (["--fail-under", "90"], 1, "Error: Coverage of the whole run: {percent} % is below the limit of 90 %\n"),
        (["--sandbox", "idle"], 1, "Error: Coverage of the sandbox idle: no operation was met\n"),
        (["--vendor", "kounta"], 1, "Error: Coverage of the whole run: no operation was met\n"),
        (["--vendor", "kounta", "--fail-under", "0"], 1, "Error: Coverage of the whole run: no operation was met\n"),
    ],
)
def test_it_fails_when_too_little_was_met_or_nothing(arguments: list[str], code: int, says: str) -> None:
    result = coverage(*arguments)
    assert (result.exit_code, result.stderr) == (code, says.format(percent=percent()))
    assert result.stdout.startswith("Coverage of ")


@pytest.mark.usefixtures("ask")
def test_the_report_is_written_also_when_it_fails(tmp_path: Path) -> None:
    file = tmp_path / "coverage.xml"
    result = coverage("--format", "junit", "--fail-under", "100", "--output", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    total = ET.fromstring(file.read_text()).find(".//testcase[@name='total']/failure")  # noqa: S314  see above
    assert total is not None
    assert total.get("message") == f"{percent()} % is below the limit of 100 %"


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sandbox", "nosuch"], "Error: there is no sandbox called 'nosuch'; known: checkout, default, idle\n"),
        (["--vendor", "toyshop"], "Error: the server has no vendor called toyshop; known: kounta, open2b\n"),
        (["--token", "guess"], "Error: This is not the token of this server"),
        (["--url", "ftp://127.0.0.1"], "Error: 'ftp://127.0.0.1' is no address of a server"),
        (["--output", "/nosuch/file"], "Error: cannot write /nosuch/file: No such file or directory"),
        (["--fail-under", "101"], "Usage: mockserver coverage"),
        (["--fail-under", "most"], "Usage: mockserver coverage"),
        (["--format", "pdf"], "Usage: mockserver coverage"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_told_is_said_in_one_line(arguments: list[str], says: str) -> None:
    result = coverage(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(says)


def test_where_no_server_listens_that_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = coverage("--url", f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no mockserver listens on http://127.0.0.1:")
    assert result.stdout == ""


def test_as_a_program_it_ends_with_the_same_codes(server: Server, tmp_path: Path) -> None:
    found = ["--url", server.url, "--token", TOKEN]
    done = {
        code: run("coverage", *found, *more, cwd=tmp_path)
        for code, more in {0: ["--sandbox", "checkout"], 1: ["--fail-under", "90"], 2: ["--sandbox", "nosuch"]}.items()
    }
    assert [each.returncode for each in done.values()] == [0, 1, 2]
    assert not [each for each in done.values() if "Traceback" in each.stderr]
    assert done[0].stdout == coverage(*found, "--sandbox", "checkout").stdout
