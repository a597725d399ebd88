"""`mockserver snapshot` against servers that run. The commands run in this process, for the sake of time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from tests.processes import Server, run, serving

HOLMES = "/__admin/state/open2b/customers/37091"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--fixture", "documented", "--max-snapshots", "3") as server:
        yield server


@pytest.fixture(autouse=True)
def _as_it_began(server: Server) -> Iterator[None]:
    yield
    for kept in server.ask("/__admin/snapshots")[1]["snapshots"]:
        server.ask(f"/__admin/snapshots/{kept['name']}", method="DELETE")
    server.ask("/__admin/reset", b"", method="POST")


def ask(server: Server, folder: Path, *arguments: str, code: int = 0) -> str:
    """What the command says: on stdout, or the one line on stderr where it fails."""
    with chdir(folder):
        done = CliRunner().invoke(main, ["snapshot", arguments[0], "--url", server.url, *arguments[1:]])
    assert done.exit_code == code, done.output
    if not code:
        assert done.stderr == ""
        return done.stdout
    assert done.stdout == ""
    assert re.fullmatch(r"Error: .+\n", done.stderr), done.stderr
    return done.stderr.removeprefix("Error: ").rstrip("\n")


def alter(server: Server, code: str, sandbox: str = "") -> None:
    assert server.ask(f"{sandbox}{HOLMES}", {"code": code}, method="PUT")[0] == 200


def code(server: Server, sandbox: str = "") -> Any:
    return server.ask(f"{sandbox}{HOLMES}")[1]["code"]


def test_a_state_is_saved_and_loaded(server: Server, tmp_path: Path) -> None:
    alter(server, "SAVED")
    said = ask(server, tmp_path, "save", "a-case")
    assert re.fullmatch(r"a-case has \d+ records of sandbox default, as they are now\n", said)
    alter(server, "LATER")
    assert ask(server, tmp_path, "load", "a-case") == "sandbox default is what a-case was\n"
    assert code(server) == "SAVED"


def test_a_file_carries_a_state_to_another_server(server: Server, tmp_path: Path) -> None:
    alter(server, "CARRIED")
    file = tmp_path / "case.json"
    said = ask(server, tmp_path, "save", "a-case", "case.json").splitlines()
    assert said[1] == f"case.json has {file.stat().st_size} bytes, tokens and hashes of passwords among them"
    assert file.stat().st_mode & 0o777 == 0o600
    document = file.read_bytes()
    assert json.loads(document)["name"] == "a-case"
    with serving("--fixture", "documented") as other:
        ask(other, tmp_path, "load", "moved", "case.json")
        assert code(other) == "CARRIED"
        ask(other, tmp_path, "save", "moved", "again.json")
    before, after = json.loads(document), json.loads((tmp_path / "again.json").read_bytes())
    assert after["collections"] == before["collections"]
    assert [each.name for each in sorted(tmp_path.iterdir())] == ["again.json", "case.json"]


def test_one_sandbox_may_load_what_another_was(server: Server, tmp_path: Path) -> None:
    for name in ("one", "two"):
        server.ask("/__admin/sandboxes", {"name": name})
    alter(server, "ONE", "/@one")
    assert "of sandbox one," in ask(server, tmp_path, "save", "a-case", "--sandbox", "one")
    assert ask(server, tmp_path, "load", "a-case", "--sandbox", "two") == "sandbox two is what a-case was\n"
    assert (code(server, "/@two"), code(server)) == ("ONE", "TF78123")
    for name in ("one", "two"):
        server.ask(f"/__admin/sandboxes/{name}", method="DELETE")


def test_what_is_kept_is_listed_and_deleted(server: Server, tmp_path: Path) -> None:
    assert ask(server, tmp_path, "list") == "no snapshots; there is room for 3\n"
    ask(server, tmp_path, "save", "longer-name")
    ask(server, tmp_path, "save", "b")
    lines = ask(server, tmp_path, "list").splitlines()
    told = rf"{INSTANT} +\d+ records of sandbox default \(fixture documented, seed 1\)"
    assert all(
        re.fullmatch(rf"{name}  {told}", line) for name, line in zip(("b          ", "longer-name"), lines, strict=True)
    )
    assert ask(server, tmp_path, "delete", "b") == "b is gone\n"
    assert len(ask(server, tmp_path, "list").splitlines()) == 1


@pytest.mark.parametrize("command", ["load", "delete"])
def test_what_the_server_refuses_is_exit_code_1(server: Server, tmp_path: Path, command: str) -> None:
    ask(server, tmp_path, "save", "b")
    assert ask(server, tmp_path, command, "nosuch", code=1) == "There is no snapshot 'nosuch'; known: b"


def test_a_file_that_does_not_fit_is_refused_and_nothing_is_loaded(server: Server, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"format": "mockserver-state"}')
    said = ask(server, tmp_path, "load", "a-case", "other.json", code=1)
    assert said.endswith("its format is 'mockserver-state' where 'mockserver-snapshot' is meant")
    assert ask(server, tmp_path, "list") == "no snapshots; there is room for 3\n"


def test_a_full_shelf_is_a_refusal(server: Server, tmp_path: Path) -> None:
    for name in "abc":
        ask(server, tmp_path, "save", name)
    assert "--max-snapshots" in ask(server, tmp_path, "save", "d", code=1)


def test_a_sandbox_that_is_not_there_is_a_refusal(server: Server, tmp_path: Path) -> None:
    assert "no sandbox called 'nosuch'" in ask(server, tmp_path, "save", "a", "--sandbox", "nosuch", code=1)


def test_a_file_that_is_not_there_is_exit_code_2(server: Server, tmp_path: Path) -> None:
    said = ask(server, tmp_path, "load", "a-case", "nosuch.json", code=2)
    assert said == "cannot read nosuch.json: No such file or directory"


def test_a_file_that_cannot_be_written_is_exit_code_2(server: Server, tmp_path: Path) -> None:
    with chdir(tmp_path):
        done = CliRunner().invoke(main, ["snapshot", "save", "a", "nowhere/a.json", "--url", server.url])
    assert (done.exit_code, done.stderr) == (2, "Error: cannot write nowhere/a.json: No such file or directory\n")


@pytest.mark.parametrize("name", ["../a", "a/b", ".a", "a b"])
def test_what_might_be_a_path_is_no_name(name: str) -> None:
    done = CliRunner().invoke(main, ["snapshot", "save", name])
    assert done.exit_code == 2
    assert f"'{name}' is no name for a snapshot" in done.stderr


def test_where_no_server_is_that_is_said() -> None:
    done = CliRunner().invoke(main, ["snapshot", "list", "--url", "http://127.0.0.1:9"])
    assert done.exit_code == 2
    assert re.fullmatch(r"Error: no mockserver listens on http://127\.0\.0\.1:9.*\n", done.stderr)


def test_where_a_token_is_asked_for_it_is_given_as_option_or_variable(tmp_path: Path) -> None:
    token = "open-sesame"  # noqa: S105  of this test only
    with serving("--fixture", "documented", "--admin-token", token) as guarded:
        ask(guarded, tmp_path, "list", code=1)
        assert ask(guarded, tmp_path, "list", "--token", token) == "no snapshots; there is room for 100\n"
        variables = {"MOCKSERVER_ADMIN_TOKEN": token, "MOCKSERVER_URL": guarded.url}
        done = run("snapshot", "list", cwd=tmp_path, variables=variables)
        assert (done.returncode, done.stderr) == (0, "")
