"""Every command and example of the documents is run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from mockserver.app import build
from mockserver.fixture import read_fixture

ROOT = Path(__file__).parent.parent
ANY = "..."
"""In a printed answer: anything may stand here."""

BASE_ARGUMENTS = ("--port", "0")


class Block(NamedTuple):
    language: str
    text: str


def blocks(document: str) -> list[Block]:
    text = (ROOT / document).read_text()
    return [Block(*found) for found in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


def commands(document: str, program: str) -> list[str]:
    return [
        block.text.strip() for block in blocks(document) if block.language == "sh" and block.text.startswith(program)
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    command = [sys.executable, "-m", "mockserver", "serve", *BASE_ARGUMENTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def matches(expected: Any, given: Any) -> bool:
    if expected == ANY:
        return True
    if isinstance(expected, dict):
        return (
            isinstance(given, dict)
            and expected.keys() == given.keys()
            and all(matches(value, given[key]) for key, value in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(given, list) and len(expected) == len(given) and all(map(matches, expected, given))
    return bool(expected == given)


def test_the_requests_of_the_readme_get_the_answers_that_it_prints(server: str) -> None:
    """One after the other on one server, as a reader would."""
    readme = blocks("README.md")
    asked = [(block, answer) for block, answer in pairwise(readme) if block.text.startswith("curl")]
    assert len(asked) > 8
    for block, answer in asked:
        command = block.text.replace("http://127.0.0.1:8900", server)
        given = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
        if answer.language == "json":
            assert matches(json.loads(answer.text), json.loads(given)), f"{command}\ngave {given}"
        else:
            assert answer.text == re.sub(r"code=[0-9a-f]{40}", "code=CODE", given), command


def test_every_curl_of_the_readme_is_followed_by_its_answer() -> None:
    readme = blocks("README.md")
    for block, answer in pairwise(readme):
        if block.text.startswith("curl"):
            assert answer.language in {"json", "text"}, block.text


@pytest.mark.parametrize("command", commands("README.md", "make serve"))
def test_make_serve_serves(command: str) -> None:
    port_free = re.sub(r"PORT=\d+", "", command) + " PORT=0"
    with subprocess.Popen(
        ["bash", "-c", f"exec {port_free}"], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as process:
        assert process.stdout is not None
        ready = next((line for line in process.stdout if "listens on" in line), None)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(10)
    assert ready is not None


@pytest.mark.parametrize(
    "command", [line for line in commands("README.md", "make") if not line.startswith("make serve")]
)
def test_make_knows_the_other_commands(command: str) -> None:
    shown = subprocess.run([*command.split(), "--dry-run"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ".venv/bin/" in shown.stdout


SERVING = [*commands("README.md", "mockserver serve"), *commands("README.md", "mockserver proxy")]


@pytest.mark.parametrize("command", [line for line in commands("README.md", "mockserver") if line not in SERVING])
def test_the_installed_command_answers(command: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", *command.split()]
    shown = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "Open2b" in shown.stdout or "open2b" in shown.stdout or "Usage" in shown.stdout


@pytest.mark.parametrize("command", SERVING)
def test_the_installed_command_serves(command: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", *command.split()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert "listens on http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_no_command_of_the_readme_is_left_untested() -> None:
    shell = [block.text.strip() for block in blocks("README.md") if block.language == "sh"]
    tested = ("curl", "make", "mockserver", "pip install .")  # the last one: test_packaging.py
    assert [command for command in shell if not command.startswith(tested)] == []


def test_the_fixture_in_contributing_is_one(tmp_path: Path) -> None:
    example = next(block.text for block in blocks("CONTRIBUTING.md") if block.language == "yaml")
    file = tmp_path / "small-shop.yaml"
    file.write_text(example)
    world = build(read_fixture(str(file)))
    shop = next(iter(world.sandboxes)).subjects["open2b"]
    assert shop.customers.get(500).billing_address.first_name == "Jane"
    assert len(shop.customers) == 5 + 3 + 1


def extensions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name.startswith("x-"):
                yield name
            if name not in {"example", "examples"}:
                yield from extensions(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from extensions(inner)


def test_every_extension_that_a_contract_uses_is_in_architecture() -> None:
    used = {name for file in (ROOT / "contracts").glob("*.yaml") for name in extensions(_parsed(file))}
    assert used
    described = (ROOT / "ARCHITECTURE.md").read_text()
    assert {name for name in used if f"`{name}`" not in described} == set()


def test_every_module_has_its_room_in_architecture_and_no_other_is_named() -> None:
    rooms = next(block.text for block in blocks("ARCHITECTURE.md") if block.language == "text")
    named = set(re.findall(r"[a-z_]+", " ".join(line.split("  ")[0] for line in rooms.splitlines())))
    package = ROOT / "mockserver"
    modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    folders = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    assert {name for name in modules | folders if not re.search(rf"\b{name}\b", rooms)} == set()
    assert named - modules - folders == {"name"}


def test_every_operation_of_the_admin_api_has_a_description() -> None:
    document = _parsed(ROOT / "contracts" / "admin.yaml")
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "put", "post", "delete"}:
                assert operation.get("description"), f"{method} {path}"


def _parsed(file: Path) -> Any:
    return yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
