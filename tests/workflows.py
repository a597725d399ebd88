"""Jobs of a CI system, played as it would: steps of GitHub Actions, scripts of GitLab CI. What they install is here already."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.dockerfile import ROOT

BIN = Path(sys.executable).parent
WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
ALWAYS = "${{ !cancelled() }}"
_OTHERS = re.compile("MOCKSERVER_(?!TEST_)|PYTEST_|COVERAGE_|COV_|PIP_|GITHUB_|CI_")
_PRINTED_PORT = "8900"


@dataclass
class Machine:
    """Whatever runs a job: an own folder, and a port in place of the one that the files print."""

    folder: Path
    port: str
    variables: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    _groups: list[int] = field(default_factory=list)

    def run(self, script: str, variables: Mapping[str, Any]) -> int:
        """Run a script in a shell that ends with the first command that fails; what it leaves behind goes on."""
        own = {name: str(value).replace(_PRINTED_PORT, self.port) for name, value in variables.items()}
        process = subprocess.Popen(
            ["bash", "-eo", "pipefail", "-c", script.replace(_PRINTED_PORT, self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={**self._environment(), **own},
            start_new_session=True,
        )
        self._groups.append(process.pid)
        self.said.append(f"$ {script}\n{process.communicate()[0]}")
        return process.returncode

    def end(self) -> None:
        """Stop what is still running."""
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not _OTHERS.match(name)}
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        ours = {"PATH": path, "PYTHONPATH": str(ROOT), "MOCKSERVER_PORT": self.port, **WITHOUT_INDEX}
        return {**others, **ours, **self.variables}


def play_actions(
    workflow: Mapping[str, Any], job: Mapping[str, Any], row: Mapping[str, str], machine: Machine
) -> list[str]:
    """The names of the steps that fail, of a job with this row of its matrix."""
    known = {**{f"matrix.{name}": value for name, value in row.items()}, **_settings(machine)}
    variables = {**workflow.get("env", {}), **job.get("env", {})}
    failed: list[str] = []
    for step in job["steps"]:
        if "run" in step and (not failed or step.get("if") == ALWAYS):
            told = {name: _filled(value, known) for name, value in {**variables, **step.get("env", {})}.items()}
            if machine.run(_filled(step["run"], known), told):
                failed.append(step["name"])
    return failed


def _settings(machine: Machine) -> dict[str, str]:
    """What a repository or an environment has been given by hand."""
    kept = {"vars.SHOP_URL": "SHOP_URL", "secrets.SHOP_KEY": "SHOP_KEY"}
    return {place: machine.variables.get(name, "") for place, name in kept.items()}


def _filled(text: Any, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], str(text))


def play_gitlab(config: Mapping[str, Any], name: str, row: Mapping[str, str], machine: Machine) -> int:
    """The exit code of a job with this row of its matrix."""
    job = gitlab_job(config, name)
    lines = [*config["default"]["before_script"], *job["script"]]
    variables = {"CI_PROJECT_DIR": str(machine.folder), **job.get("variables", {}), **row}
    return machine.run("\n".join(lines), variables)


def gitlab_job(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with everything that it extends."""
    job = dict(config[name])
    extended = job.pop("extends", None)
    return {**gitlab_job(config, extended), **job} if extended else job


def rows(matrix: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a matrix that has one dimension, or lists them."""
    if "include" in matrix:
        return [dict(row) for row in matrix["include"]]
    ((name, values),) = matrix.items()
    return [{name: value} for value in values]
