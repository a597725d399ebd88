"""The commands as a person reads them; `test_process.py` runs them."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner, Result

import mockserver
from mockserver.app import apis_of, known_vendors
from mockserver.cli import main

COMMANDS = sorted(main.commands)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="mockserver")


def test_version_is_the_packages() -> None:
    result = run("--version")
    assert (result.exit_code, result.output) == (0, f"mockserver, version {mockserver.__version__}\n")


@pytest.mark.parametrize("ask", ["-h", "--help"])
def test_help_names_every_command_with_what_it_does(ask: str) -> None:
    result = run(ask)
    assert result.exit_code == 0
    for name, command in main.commands.items():
        assert re.search(rf"^  {name} +{re.escape(command.get_short_help_str(100))}$", result.output, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("ask", ["-h", "--help"])
def test_help_describes_every_option(name: str, ask: str) -> None:
    result = run(name, ask)
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    arguments = [each for each in main.commands[name].params if not isinstance(each, click.Option)]
    assert all(argument.make_metavar(click.Context(main)).strip("[].") in text for argument in arguments)
    for option in main.commands[name].params:
        if not isinstance(option, click.Option):
            continue
        assert option.opts[0] in text
        assert option.help
        assert " ".join(option.help.split()) in text


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_help_fits_a_terminal_of_a_hundred_columns(arguments: list[str]) -> None:
    assert max(map(len, run(*arguments).output.splitlines())) <= 100


def test_help_tells_the_defaults() -> None:
    text = run("serve", "--help").output
    for default in ("127.0.0.1", "8900", "default", "lenient", "1000"):
        assert f"[default: {default}" in text.replace("\n", " ")


def test_a_command_that_is_not_there_is_refused() -> None:
    result = run("sreve")
    assert result.exit_code == 2
    assert "No such command 'sreve'" in result.output


def test_vendors_lists_every_contract_on_a_line_of_its_own() -> None:
    result = run("vendors")
    apis = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
    lines = result.output.splitlines()
    assert (result.exit_code, len(lines)) == (0, len(apis))
    for line, api in zip(lines, apis, strict=True):
        contract = api.contract
        numbers = f"{len(contract.operations)} operations, {len(contract.rows())} kinds of error"
        assert re.split(r" {2,}", line) == [api.vendor, f"{contract.api}.yaml", contract.base_path, numbers]
