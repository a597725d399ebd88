"""`mockserver findings`, asked of a server that runs."""

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
COMPANY = "/v1/companies/5678.json?colour=red"


@pytest.fixture(scope="module")
def world() -> World:
    return build(read_fixture("documented"), choose_vendors(["open2b", "kounta"]), Options(admin_token=TOKEN))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    """A server on a socket, in whose sandbox `checkout` an ignored parameter was found twice and a foreign path once."""
    server = Server(world.app, listen())
    server.start()
    sandbox = world.sandboxes.create("checkout")
    world.sandboxes.create("idle")
    api = world.api("kounta")
    headers = api.dialect.credentials(sandbox.subjects["kounta"])[0].headers
    for path in (COMPANY, COMPANY, "/nowhere"):
        httpx2.get(f"{server.url}/@checkout{path}", headers=headers, trust_env=False)
    yield server
    server.stop()


@pytest.fixture
def ask(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the server by variables, as in a CI job."""
    monkeypatch.setenv("MOCKSERVER_URL", server.url)
    monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", TOKEN)


def findings(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["findings", *arguments], prog_name="mockserver")


@pytest.mark.usefixtures("ask")
def test_it_tells_of_the_whole_run() -> None:
    result = findings()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Findings of the whole run: 2, made 3 times",
        "",
        "outside-contract: no contract has what the app asked for",
        "  no contract has GET /nowhere [outside-contract, once]",
        "      GET /nowhere",
        "      request 3 in sandbox checkout",
        "",
        "ignored-parameter: the vendor ignores a parameter that the app sends, or does not follow it",
        "  kounta get_company: the vendor ignores ?colour [unknown-parameter, twice]",
        f"      GET {COMPANY}",
        "      first in request 1 in sandbox checkout, last in request 2",
    ]


@pytest.mark.usefixtures("ask")
def test_it_tells_of_one_sandbox(server: Server) -> None:
    told = findings("--sandbox", "checkout").stdout
    assert told.startswith("Findings of the sandbox checkout: 2, ")
    assert findings("--url", f"{server.url}/@checkout").stdout == told
    assert findings("--sandbox", "idle").stdout == "Findings of the sandbox idle: none\n"


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("vendors", "kinds"),
    [
        (["kounta"], ["ignored-parameter"]),
        (["open2b"], []),
        (["open2b", "kounta"], ["ignored-parameter"]),
        ([], ["outside-contract", "ignored-parameter"]),
    ],
)
def test_it_tells_of_some_vendors_only(vendors: list[str], kinds: list[str]) -> None:
    result = findings("--format", "json", *(word for vendor in vendors for word in ("--vendor", vendor)))
    assert [found["kind"] for found in json.loads(result.stdout)["findings"]] == kinds


@pytest.mark.usefixtures("ask")
def test_as_json_it_is_what_the_admin_api_tells(server: Server) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    told = httpx2.get(f"{server.url}/__admin/findings?scope=run", headers=headers, trust_env=False).json()
    assert json.loads(findings("--format", "json").stdout) == told


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize("format", ["text", "json", "junit"])
def test_it_can_be_written_to_a_file(tmp_path: Path, format: str) -> None:
    file = tmp_path / "findings"
    shown = findings("--format", format)
    written = findings("--format", format, "--output", str(file))
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_text(encoding="utf-8") == shown.stdout


# How it ends


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--fail-on", "bug"], 0, ""),
        (["--fail-on", "bug,deviation,undocumented-field"], 0, ""),
        (["--fail-on", "outside-contract"], 1, "Error: Findings of the whole run: outside-contract once\n"),
        (["--fail-on", "any"], 1, "Error: Findings of the whole run: outside-contract once, ignored-parameter twice\n"),
        (
            ["--fail-on", "bug", "--fail-on", "ignored-parameter,injected"],
            1,
            "Error: Findings of the whole run: ignored-parameter twice\n",
        ),
        (["--fail-on", "any", "--sandbox", "idle"], 0, ""),
        (["--fail-on", "any", "--vendor", "open2b"], 0, ""),
    ],
)
def test_it_fails_when_what_must_not_be_was_found(arguments: list[str], code: int, says: str) -> None:
    result = findings(*arguments)
    assert (result.exit_code, result.stderr) == (code, says)
    assert result.stdout.startswith("Findings of ")


@pytest.mark.usefixtures("ask")
def test_the_report_is_written_also_when_it_fails(tmp_path: Path) -> None:
    file = tmp_path / "findings.xml"
    result = findings("--format", "junit", "--fail-on", "any", "--output", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    failed = ET.fromstring(file.read_text()).findall(".//failure")  # noqa: S314  our own
    assert [failure.get("message") for failure in failed] == [
        "outside-contract once, ignored-parameter twice",
        "the vendor ignores ?colour",
        "no contract has GET /nowhere",
    ]


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fail-on", "devation"], "there is no kind of finding 'devation'; did you mean deviation?; known: bug,"),
        (["--fail-on", "unknown-parameter"], "it is a finding of the kind ignored-parameter; known: bug,"),
        (["--fail-on", ""], "no kind of finding is named; known: bug,"),
        (["--sandbox", "nosuch"], "Error: there is no sandbox called 'nosuch'; known: checkout, default, idle\n"),
        (["--vendor", "toyshop"], "Error: the server has no vendor called toyshop; known: kounta, open2b\n"),
        (["--token", "guess"], "Error: This is not the token of this server"),
        (["--url", "ftp://127.0.0.1"], "Error: 'ftp://127.0.0.1' is no address of a server"),
        (["--output", "/nosuch/file"], "Error: cannot write /nosuch/file: No such file or directory"),
        (["--format", "html"], "Usage: mockserver findings"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_told_is_said(arguments: list[str], says: str) -> None:
    result = findings(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_where_no_server_listens_that_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = findings("--url", f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no mockserver listens on http://127.0.0.1:")
    assert result.stdout == ""


@pytest.mark.usefixtures("ask")
def test_a_server_of_another_version_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.client.http.AdminConnection.get", lambda *_args, **_more: {"findings": "many"})
    result = findings()
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: the server is of another version, and tells its findings otherwise: ")


def test_as_a_program_it_ends_with_the_same_codes(server: Server, tmp_path: Path) -> None:
    found = ["--url", server.url, "--token", TOKEN]
    done = {
        code: run("findings", *found, *more, cwd=tmp_path)
        for code, more in {0: [], 1: ["--fail-on", "any"], 2: ["--sandbox", "nosuch"]}.items()
    }
    assert [each.returncode for each in done.values()] == [0, 1, 2]
    assert not [each for each in done.values() if "Traceback" in each.stderr]
    assert done[0].stdout == findings(*found).stdout
