"""`mockserver init`: what it writes can be used as it is, and so can each of its lines."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from mockserver import cli
from mockserver.app import known_vendors
from mockserver.cli import init, serve
from mockserver.cli.settings import Settings
from mockserver.declared import Plan, plan
from mockserver.project import read_project
from mockserver.world import World
from tests.processes import serving

SETTING = re.compile(r"^( *)#(?=\S)", re.MULTILINE)
"""A line that says something once its sign is taken away; before an explanation there is a space."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def starter(folder: Path) -> str:
    assert run().exit_code == 0
    return (folder / "mockserver.yaml").read_text()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["init", *arguments], prog_name="mockserver")


def usable(world: World, text: str) -> Plan:
    """What `serve` would make of a file; raises what it would refuse it for."""
    Path("mockserver.yaml").write_text(text)
    context = serve.command.make_context("serve", [], parent=click.Context(cli.main, **cli.main.context_settings))
    Settings(context).read()
    return plan(world, world.seeds, world.options, read_project(Path("mockserver.yaml")))


def test_it_says_what_it_has_written(folder: Path) -> None:
    result = run()
    said = "mockserver.yaml is written; `mockserver serve` uses it from now on\n"
    assert (result.exit_code, result.output) == (0, said)
    assert [file.name for file in folder.iterdir()] == ["mockserver.yaml"]


def test_what_it_writes_is_valid_and_changes_nothing(world: World, starter: str) -> None:
    as_it_is = usable(world, starter)
    assert as_it_is.declared == {}
    assert as_it_is.default.beginning is world.seeds.own()
    assert as_it_is.default.rules == []


def test_every_commented_line_is_valid_by_itself(world: World, starter: str) -> None:
    lines = starter.splitlines()
    settings = [number for number, line in enumerate(lines) if SETTING.match(line)]
    assert len(settings) > 15
    for number in settings:
        used = SETTING.sub(r"\1", lines[number])
        usable(world, "\n".join([*lines[:number], used, *lines[number + 1 :]]))


def test_all_commented_lines_are_valid_together(world: World, starter: str) -> None:
    planned = usable(world, SETTING.sub(r"\1", starter))
    assert list(planned.declared) == ["small", "exact", "keyed", "flaky"]
    assert len(planned.default.rules) == 3


def test_the_vendors_that_it_names_are_those_that_there_are(starter: str) -> None:
    assert f"#vendors: [{', '.join(known_vendors())}]" in starter


def test_a_server_starts_with_all_of_it(folder: Path, starter: str) -> None:
    (folder / "mockserver.yaml").write_text(SETTING.sub(r"\1", starter))
    with serving(cwd=folder) as server:
        assert server.scheme == "https"
        assert server.said.until("seed").startswith("seed 7, ")
        assert server.said.until("state file").startswith("state file mockserver-state.json is not there yet")
        trust = ssl.create_default_context(cafile="mockserver-ca.pem")
        with socket.create_connection((server.host, server.port)) as raw:
            trust.wrap_socket(raw, server_hostname="small.localhost").close()
        assert server.stop() == []
    names = ["mockserver-ca.pem", "mockserver-state.json", "mockserver.yaml"]
    assert sorted(file.name for file in folder.iterdir()) == names


def test_a_file_that_is_there_is_kept_unless_told_otherwise(folder: Path, starter: str) -> None:
    (folder / "mockserver.yaml").write_text("seed: 5")
    result = run()
    assert (result.exit_code, result.output) == (
        2,
        "Error: there is a mockserver.yaml here already; --force replaces it\n",
    )
    assert (folder / "mockserver.yaml").read_text() == "seed: 5"
    assert run("--force").exit_code == 0
    assert (folder / "mockserver.yaml").read_text() == starter


def test_a_folder_of_that_name_is_not_replaced(folder: Path) -> None:
    (folder / "mockserver.yaml").mkdir()
    result = run("--force")
    assert (result.exit_code, result.output) == (2, "Error: cannot write mockserver.yaml: Is a directory\n")


def test_every_option_of_the_starter_is_one_of_serve() -> None:
    keys = re.findall(r"^  #([a-z-]+): ", init.STARTER.partition("\nsandboxes:")[0], re.MULTILINE)
    assert keys
    assert {f"--{key}" for key in keys} <= {option.opts[0] for option in serve.command.params}
