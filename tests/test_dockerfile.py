"""The Dockerfile: what Docker is sent, what a linter says, and that what comes out serves and tells its health."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.dockerfile import ROOT, Image, Play, sent, steps
from tests.processes import MOST_SECONDS, Server

BIN = Path(sys.executable).parent
TOKEN = "a-token-for-this-test"  # noqa: S105  it is for nothing else
WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
"""What is needed is here already, in the environment of the tests: nothing is downloaded."""


def told(word: str) -> list[str]:
    return [step.text for step in steps() if step.word == word]


# What it says


def test_a_linter_has_nothing_to_say() -> None:
    done = subprocess.run([BIN / "hadolint", "Dockerfile"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_every_stage_has_the_same_pinned_slim_base() -> None:
    first, second = (text.partition(" AS ")[0] for text in told("FROM"))
    assert first == second
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", first)


def test_the_base_has_the_python_that_the_project_is_tested_with() -> None:
    tested = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["python_version"]
    assert f"python:{tested}-" in told("FROM")[0]


def test_whoever_runs_it_is_not_root_and_has_a_number() -> None:
    (user,) = told("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert any(f"--owner {user.split(':')[0]} --group {user.split(':')[1]} /shop" in text for text in told("RUN"))
    assert told("WORKDIR")[-1] == "/shop"


def test_everything_that_pip_fetches_is_pinned() -> None:
    fetching = [line for text in told("RUN") for line in text.split("&&") if re.search(r"\bpip\b.* install\b", line)]
    assert len(fetching) == 2
    assert [line for line in fetching if "--constraint constraints.txt" not in line] == []


# What Docker is sent


def test_only_what_the_image_is_made_of_is_sent() -> None:
    files = list(sent(ROOT))
    tops = {file.parts[0] for file in files}
    assert tops == {"constraints.txt", "pyproject.toml", "README.md", "contracts", "fixtures", "mockserver"}
    assert [file for file in files if "__pycache__" in file.parts] == []
    sources = [each for step in steps() if step.word == "COPY" and not step.options for each in step.words[:-1]]
    assert sorted(sources) == sorted(tops)


@pytest.mark.parametrize(
    ("file", "goes"),
    [
        ("mockserver/server.py", True),
        ("mockserver/admin/server.py", True),
        ("mockserver/__pycache__/server.cpython-311.pyc", False),
        ("mockserver/admin/__pycache__/open2b.0123.json", False),
        ("contracts/open2b.yaml", True),
        ("fixtures/default.yaml", True),
        ("pyproject.toml", True),
        (".env", False),
        (".git/config", False),
        (".venv/bin/python", False),
        ("tests/test_server.py", False),
        ("tests/mockserver/server.py", False),
        ("recordings/shop.har", False),
        ("Dockerfile", False),
    ],
)
def test_a_file_is_sent_or_stays(file: str, goes: bool, tmp_path: Path) -> None:  # noqa: FBT001
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).touch()
    (tmp_path / ".dockerignore").write_text((ROOT / ".dockerignore").read_text())
    assert (Path(file) in list(sent(tmp_path))) is goes


# What comes out


def lend_dependencies(image: Image) -> None:
    """Let the image's Python see the dependencies of the tests'."""
    for site in image.inside("/opt/mockserver").glob("lib/python*/site-packages"):
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")


@contextmanager
def container(image: Image, variables: Mapping[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(
        [*image.entry, *image.command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=image.inside("."),
        env=image.environment(variables),
    )
    with process:
        try:
            yield Server(process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(MOST_SECONDS)


def health(image: Image, variables: Mapping[str, str]) -> int:
    """What Docker would be told."""
    done = subprocess.run(image.health, env=image.environment(variables), capture_output=True, check=False)
    return done.returncode


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def files(image: Image) -> dict[Path, int]:
    return {file: file.lstat().st_mtime_ns for file in image.root.rglob("*")}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    room = tmp_path_factory.mktemp("image")
    return Play(room, Path(sys.executable), lend_dependencies).build(variables=WITHOUT_INDEX)


def test_the_image_serves_and_tells_its_health(image: Image) -> None:
    """In one test: to build it takes longer than all that is asked of it."""
    port = free_port()
    at_port, with_token = {"MOCKSERVER_PORT": port}, {"MOCKSERVER_PORT": port, "MOCKSERVER_ADMIN_TOKEN": TOKEN}
    assert image.variables["MOCKSERVER_PORT"] == image.port == "8900"
    assert health(image, at_port) == 1
    before = files(image)
    with container(image, with_token) as server:
        assert server.host == "0.0.0.0"  # noqa: S104  as others must reach it
        assert health(image, at_port) == 0
        assert server.ask("/__admin/vendors")[0] == 401
        status, vendors = server.ask("/__admin/vendors", headers={"Authorization": f"Bearer {TOKEN}"})
        assert status == 200
        api = next(each for each in vendors["vendors"] if each["api"] == "open2b")
        found = server.ask("/api/v13/commerce.customers.count", {}, api["credentials"][0]["headers"])
        assert found[1]["status"] == "ok"
        assert server.stop(signal.SIGTERM) == []
    assert health(image, at_port) == 1
    assert files(image) == before, "nobody may write there in an image"

    # Told to speak TLS, it is asked by TLS.
    with container(image, {**with_token, "MOCKSERVER_TLS": "1"}) as server:
        assert server.scheme == "https"
        assert health(image, {**at_port, "MOCKSERVER_TLS": "yes"}) == 0
        assert health(image, at_port) == 1


def test_another_program_on_its_port_is_not_healthy() -> None:
    image = Image(ROOT, {"PATH": str(BIN)}, health=[])
    for step in steps():
        if step.word == "HEALTHCHECK":
            image.health = json.loads(step.text.removeprefix("CMD "))
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        found = re.search(r"port (\d+)", other.stdout.readline())
        assert found
        assert health(image, {"MOCKSERVER_PORT": found[1]}) == 1
        other.terminate()


def test_its_health_needs_nothing_but_python() -> None:
    (check,) = [step for step in steps() if step.word == "HEALTHCHECK"]
    assert json.loads(check.text.removeprefix("CMD "))[0] == "python"
    assert set(check.options) == {"interval", "timeout", "start-period", "retries"}
