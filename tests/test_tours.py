"""Every example of the tours in docs/, in their order, as a reader would try them: in an empty folder, with one server at a time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.test_docs import ROOT, Block, blocks, matches

TOURS = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "docs").glob("tour-*.md"))
PRINTED = "http://127.0.0.1:8900"
_NAMED = re.compile(r"# ([\w.-]+\.(?:ya?ml|py|toml|ini))\n")
_BIN = Path(sys.executable).parent
_NOT_THERE = ("anyio", "faker", "hypothesispytest", "pytest_cov", "randomly", "schemathesis")
"""Plugins of pytest that a reader's environment need not have. To import them takes longer than all that a tour tries."""


class Reader:
    """Somebody who does what a tour says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: subprocess.Popen[str] | None = None
        self._url = PRINTED

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def do(self, block: Block, answer: Block | None) -> None:
        """Keep a file, serve, or run a command and compare what it prints."""
        named = _NAMED.match(block.text)
        if named is not None:
            (self.folder / named[1]).write_text(block.text)
        elif block.language == "sh" and block.text.startswith("mockserver serve"):
            self._serve(block.text)
        elif block.language == "sh":
            self._run(block.text, answer)
        else:
            assert block.language in {"json", "text"}, f"nothing is done with this:\n{block.text}"

    def _serve(self, command: str) -> None:
        self._stop()
        words = ["bash", "-c", f"exec {command.strip()} --port 0"]
        self._server = subprocess.Popen(
            words, stdout=subprocess.PIPE, text=True, cwd=self.folder, env=self._environment()
        )
        assert self._server.stdout is not None
        found = next((line for line in self._server.stdout if "listens on" in line), "")
        self._url = re.findall(r"https?://[\w.:]+\d", found)[0]

    def _stop(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.communicate(timeout=20)
            assert self._server.returncode == 0
            self._server = None

    def _run(self, command: str, answer: Block | None) -> None:
        port = self._url.rpartition(":")[2]
        text = command.replace(PRINTED, self._url).replace("localhost:8900", f"localhost:{port}")
        done = subprocess.run(
            ["bash", "-ec", text], capture_output=True, text=True, cwd=self.folder, env=self._environment(), check=False
        )
        told = f"{text}\ngave {done.stdout}\n{done.stderr}"
        if answer is None or answer.language not in {"json", "text"}:
            assert done.returncode == 0, told
        elif answer.language == "json":
            assert matches(json.loads(answer.text.replace(PRINTED, self._url)), json.loads(done.stdout)), told
        else:
            self._compare(answer.text, done.stdout, told)

    def _compare(self, expected: str, given: str, told: str) -> None:
        """Line by line; three dots stand for anything in a line, and alone for any lines."""
        pattern = "".join(
            r"(?:.*\n)*?" if line.strip() == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
            for line in expected.replace(PRINTED, self._url).splitlines()
        )
        assert re.fullmatch(pattern, given), told

    def _environment(self) -> Mapping[str, str]:
        here = {} if self._server is None else {"MOCKSERVER_URL": self._url}
        others = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_", "COV_"))
        }
        without = {"PYTEST_ADDOPTS": " ".join(f"-p no:{plugin}" for plugin in _NOT_THERE)}
        return {**others, **without, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}", **here}


@pytest.mark.parametrize("tour", TOURS)
def test_every_example_of_a_tour_does_what_it_says(tour: str, tmp_path: Path) -> None:
    told = blocks(tour)
    assert len(told) > 5
    with Reader(tmp_path) as reader:
        for block, answer in zip_longest(told, told[1:]):
            reader.do(block, answer)


def test_there_is_a_tour_for_each_of_the_three_who_live_with_it() -> None:
    assert TOURS == ["docs/tour-ci.md", "docs/tour-developer.md", "docs/tour-qa.md"]
    readme = (ROOT / "README.md").read_text()
    assert [tour for tour in TOURS if f"({tour})" not in readme] == []
