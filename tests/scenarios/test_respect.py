"""The gallery in another runner of Arazzo: Redocly's Respect runs every file as it stands.

Each file is asked in a sandbox of its own, which our runner prepares with what the file says under `x-mock` for all of it and
for its workflows. What it says for single steps is not done.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mockserver.client import MockServer
from mockserver.scenarios import acting, choosing
from mockserver.scenarios.document import Scenario
from mockserver.scenarios.expressions import Scope
from mockserver.scenarios.placing import Place, Target, World
from mockserver.scenarios.reading import read_scenario
from tests.scenarios.gallery import FILES, NAMES, ROOT, name_of

_SERVER = re.compile(r"(?m)^(servers:\n  - url: )(/\S+)$")
_REDOCLY = re.search(r"(?m)^REDOCLY = (\S+)$", (ROOT / "Makefile").read_text())
_OPTIONS = {
    "--input": "receiver=http://127.0.0.1:9",  # nobody is there, and nobody asks
    "--severity": "STATUS_CODE_CHECK=warn",  # a vendor that is down answers with statuses that no contract has
}

CLOCK, STATE = "the clock is moved on between two steps", "a tester sets a state between two steps"
NOT_THERE: Mapping[str, Mapping[str, str]] = {
    "maintenance": {"closed-by-a-tester": STATE},
    "new-years-eve": {"none-a-second-later": CLOCK},
    "outage": {"down": CLOCK},
    "rate-limit": {"a-minute-later": CLOCK},
    "token-expiry": {"kounta-too-late": CLOCK, "v4-too-late": CLOCK, "spurtcommerce-too-late": CLOCK},
}
"""Steps whose criteria cannot hold without what stands under their own `x-mock`; their workflows end there."""
JUMPED_OVER = {"outage": {"tried-again"}}
"""Steps that a goto leads past when all is well."""

pytestmark = pytest.mark.skipif(shutil.which("npx") is None, reason="npx is not there")
Told = Mapping[str, list[tuple[str, bool]]]
"""By file, the steps that were taken, and whether each has passed."""


def test_every_file_runs_in_another_runner(tmp_path: Path) -> None:
    """All in one test, for another process of the tests would start the other runner anew."""
    told = _told(tmp_path)
    assert list(told) == NAMES
    for file in FILES:
        name, taken = name_of(file), dict(told[name_of(file)])
        assert {id for id, passed in taken.items() if not passed} == set(NOT_THERE.get(name, ())), name
        steps = [[step.id for step in each.steps] for each in read_scenario(file).workflows.values()]
        reached = {id for each in steps for id in _reached(each, taken)}
        assert reached - set(taken) == JUMPED_OVER.get(name, set()), name


def test_what_another_runner_cannot_do_stands_under_x_mock() -> None:
    for file in FILES:
        steps = {step.id: step for each in read_scenario(file).workflows.values() for step in each.steps}
        assert [id for id in NOT_THERE.get(name_of(file), ()) if not steps[id].mock.actions] == []


def _reached(steps: list[str], taken: Mapping[str, bool]) -> list[str]:
    """The steps of a workflow up to the first that fails."""
    return steps[: next((at for at, id in enumerate(steps) if taken.get(id) is False), len(steps))]


def _told(folder: Path) -> Told:
    """Prepare a sandbox for each file, and have them run."""
    with MockServer() as server, Target(Place(url=server.url)) as target, ExitStack() as stack:
        files = []
        for file in FILES:
            scenario = read_scenario(file)
            world = stack.enter_context(target.world(scenario, scenario.mock))
            _prepare(scenario, world)
            files.append(_unpack(scenario, folder / name_of(file), world.root))
        return _respect(files, folder)


def _prepare(scenario: Scenario, world: World) -> None:
    """Do what a file and its workflows say for the beginning."""
    known = [choosing.inputs_of(each, {}, {}) for each in scenario.workflows.values()]
    inputs = {name: value for each in known for name, value in each.items()}
    for mock in (scenario.mock, *(each.mock for each in scenario.workflows.values())):
        acting.act(world, mock, Scope(inputs=inputs))


def _unpack(scenario: Scenario, folder: Path, url: str) -> Path:
    """The file as it is, beside contracts that say where they are served."""
    for name in ("scenarios", "contracts"):
        (folder / name).mkdir(parents=True)
    for source in scenario.sources.values():
        assert source.file is not None
        text = _SERVER.sub(lambda found: f"{found[1]}{url}{found[2]}", source.file.read_text(), count=1)
        (folder / "contracts" / source.file.name).write_text(text)
    return Path(shutil.copy(scenario.file, folder / "scenarios"))


def _respect(files: list[Path], folder: Path) -> Told:
    """Run all files in one process, one after the other."""
    assert _REDOCLY is not None
    options = [word for pair in _OPTIONS.items() for word in pair]
    done = subprocess.run(
        ["npx", "--yes", _REDOCLY[1], "respect", *map(str, files), *options, "--json-output", "told.json"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        check=False,
    )
    out = folder / "told.json"
    if not out.exists() and "npm error" in done.stderr:
        pytest.skip("the npm registry cannot be reached, and the runner is not here yet")
    assert out.exists(), done.stdout + done.stderr
    said = json.loads(out.read_text())["files"]
    return {name_of(Path(file)): list(_steps(each["executedWorkflows"])) for file, each in said.items()}


def _steps(entries: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    for entry in entries:
        if entry["type"] == "workflow":
            yield from _steps(entry["executedSteps"])
        else:
            yield entry["stepId"], entry["status"] != "error"
