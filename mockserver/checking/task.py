"""One contract's check as a process: its files, its command line, and what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from mockserver.checking.documents import from_the_root
from mockserver.checking.job import VARIABLE, Job, Result
from mockserver.checking.terms import excluded
from mockserver.contract import Contract

PHASES = ("examples", "coverage", "fuzzing", "stateful")
REPORTS = {
    "junit": ".xml",
    "har": ".har",
    "html": "-html",
    "json": ".json",
    "vcr": ".vcr.yaml",
    "ndjson": ".ndjson",
    "allure": "-allure",
}
"""The library's reports, and how the file or folder of each ends, behind the contract's name."""
_PACKAGES = Path(__file__).parents[2]
_STEPS = 30
_PATIENCE = 5.0
"""Seconds that a process has to end by itself."""


class Failing(Exception):
    """The library could not check a contract. The message has what it said."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of every contract: how much, with what, and what is written where."""

    seed: int
    max_examples: int = 100
    phases: Sequence[str] = PHASES
    reports: Sequence[str] = ()
    report_dir: Path = Path("mockserver-check")
    baseline: Path | None = None
    update_baseline: bool = False


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One contract at one server.

    `url` is where its paths begin. `sandbox` and `token` lead to its admin API, where it has one. `operations` are those to
    check. `writes` is whether requests may alter anything.
    """

    contract: Contract
    url: str
    operations: Sequence[str]
    headers: Mapping[str, str] = {}
    sandbox: str | None = None
    token: str | None = None
    ca: str | bool = True
    writes: bool = True

    def baseline(self, folder: Path) -> Path:
        """The copy of the baseline that this contract's process reads and alters."""
        return folder / f"{self.contract.api}-baseline.json"


class Process:
    """The library, at work on a task, in a folder that is deleted afterwards."""

    def __init__(self, task: Task, plan: Plan, folder: Path) -> None:
        self.api = task.contract.api
        self._said = folder / f"{self.api}.out"
        self._result = folder / f"{self.api}-result.json"
        command = [*_written(task, plan, folder, self._result)]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter, and no shell
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=_environment(folder, self.api),
                start_new_session=True,  # Ctrl-C is for us alone, and we say when it ends
            )

    def wait(self) -> Result:
        """Wait until it ends. Raises Failing when it has not checked anything."""
        self._process.wait()
        with suppress(OSError, msgspec.DecodeError):
            result = msgspec.json.decode(self._result.read_bytes(), type=Result)
            if result.complete or result.failures or result.errors:
                return result
        said = self._said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise Failing(f"{self.api}: Schemathesis ended with {self._process.returncode}: {' '.join(said[-8:])}")

    def stop(self) -> None:
        """End it, whatever it is at."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
                self._process.wait(_PATIENCE)
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _environment(folder: Path, api: str) -> dict[str, str]:
    path = os.pathsep.join([str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {VARIABLE: str(folder / f"{api}-job.json"), "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "120"}
    return {**os.environ, **own, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")}


def _written(task: Task, plan: Plan, folder: Path, result: Path) -> Iterator[str]:
    """Write the process' files; yields its command line."""
    spec, config = folder / f"{task.contract.api}-openapi.json", folder / f"{task.contract.api}-schemathesis.toml"
    spec.write_text(json.dumps(from_the_root(task.contract)), encoding="utf-8")
    config.write_text(_config(task, plan, folder), encoding="utf-8")
    job = Job(api=task.contract.api, result=str(result), parent=os.getpid(), sandbox=task.sandbox, token=task.token)
    (folder / f"{task.contract.api}-job.json").write_bytes(msgspec.json.encode(job))
    yield from (sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(spec))
    yield from ("--phases", ",".join(plan.phases), "--warnings", "off")
    yield from ("--exclude-checks", ",".join(excluded(task.contract.document)))
    if plan.baseline and plan.update_baseline:
        yield "--baseline-update"
    for operation in task.operations:
        yield from ("--include-operation-id", operation)


def _config(task: Task, plan: Plan, folder: Path) -> str:
    """The library's configuration: whatever need not be seen on the command line."""
    output = plan.report_dir.absolute() / task.contract.api
    sections: dict[str, dict[str, object]] = {
        "": {
            "hooks": "mockserver.checking.hooks",
            "base-url": task.url,
            "seed": plan.seed,
            "workers": 1,
            "max-redirects": 0,
            "tls-verify": task.ca,
            "continue-on-failure": True,
            **({"baseline": str(task.baseline(folder))} if plan.baseline else {}),
        },
        "headers": dict(task.headers),
        "cache": {"enabled": False},
        "generation": {"max-examples": plan.max_examples, "database": "none"},
        "phases.stateful": {"max-steps": _STEPS},
        "phases.coverage": {} if task.writes else {"unexpected-methods": []},
        "output.sanitization": {"enabled": task.sandbox is None},
        **{f"reports.{name}": {"path": f"{output}{REPORTS[name]}"} for name in plan.reports},
    }
    return "\n".join(line for name, section in sections.items() for line in _section(name, section))


def _section(name: str, values: Mapping[str, object]) -> Iterator[str]:
    if name:
        yield f"[{name}]"
    for key, value in values.items():
        yield f"{json.dumps(key)} = {json.dumps(value).replace('${', '$${')}"
