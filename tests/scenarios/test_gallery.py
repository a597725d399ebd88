"""The gallery: every file passes, and fails once the fake is broken where it is about."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.scenarios.choosing import choose
from mockserver.scenarios.document import Scenario, Workflow
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.reading import read_scenario
from mockserver.scenarios.result import WorkflowResult
from mockserver.scenarios.running import Runner
from tests.scenarios.broken_fakes import BROKEN, Broken
from tests.scenarios.gallery import FILES, FOLDER, NAMES

_STAGES = {"subscribe", "v4-access"}
"""Workflows that others depend on, which are about nothing by themselves."""

_SLOW = "late-but-right"


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    """What is in each file."""
    return dict(zip(NAMES, map(read_scenario, FILES), strict=True))


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """One fake for all; each workflow has a sandbox of its own there."""
    with Target(Place()) as target:
        yield target


def _run(target: Target, scenarios: list[Scenario], ids: list[str]) -> list[WorkflowResult]:
    runner = Runner(target, {}, Asking(possible=False))
    return [runner.run(chosen) for chosen in choose(scenarios, ids, {}, target.place)]


def test_every_workflow_passes_and_nothing_is_left_out(tmp_path: Path, scenarios: dict[str, Scenario]) -> None:
    words = ["run", *map(str, FILES), "--report", "json", "--report-dir", str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", "mockserver", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "run.json").read_text())["workflows"]
    assert [each["id"] for each in results] == [workflow.id for workflow in _workflows(scenarios)]
    assert {each["outcome"] for each in results} == {"passed"}
    assert [part for each in results for whole in (each, *each["before"]) for part in whole["skipped"]] == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.workflow}-{broken.at}")
def test_a_workflow_fails_where_the_fake_is_broken(
    broken: Broken, scenarios: dict[str, Scenario], target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken.target.replace(":", "."), broken.by(broken.original), raising=False)
    (result,) = _run(target, list(scenarios.values()), [broken.workflow])
    assert result.outcome == "failed"
    assert [step.id for step in result.failed_steps] == ([] if broken.at is None else [broken.at])


def test_a_workflow_about_waiting_fails_for_a_runner_that_does_not(scenarios: dict[str, Scenario]) -> None:
    with Target(Place(timeout=0.15)) as hasty:
        (result,) = _run(hasty, [scenarios["slow-vendor"]], [_SLOW])
    assert [step.id for step in result.failed_steps] == ["slow-list"]


def test_every_workflow_is_known_to_fail(scenarios: dict[str, Scenario]) -> None:
    known = {broken.workflow for broken in BROKEN} | _STAGES | {_SLOW}
    assert [each.id for each in _workflows(scenarios) if each.id not in known] == []


def _workflows(scenarios: dict[str, Scenario]) -> list[Workflow]:
    return [workflow for each in scenarios.values() for workflow in each.workflows.values()]


def test_ids_are_told_apart_in_the_whole_gallery(scenarios: dict[str, Scenario]) -> None:
    ids = [workflow.id for workflow in _workflows(scenarios)]
    assert sorted(set(ids)) == sorted(ids)
    for name, each in scenarios.items():
        steps = [step.id for workflow in each.workflows.values() for step in workflow.steps]
        assert len(set(steps)) == len(steps), name


def test_every_step_says_what_is_right(scenarios: dict[str, Scenario]) -> None:
    assert [step.id for each in _workflows(scenarios) for step in each.steps if not step.criteria] == []


def test_every_vendor_is_in_the_gallery(scenarios: dict[str, Scenario]) -> None:
    contracts = {file.stem for file in (FOLDER.parent / "contracts").glob("*.yaml")} - {"admin"}
    asked = {
        step.operation.contract.api
        for each in _workflows(scenarios)
        for step in each.steps
        if step.operation and step.operation.contract
    }
    assert asked == contracts


def test_the_page_of_the_gallery_has_every_file_and_no_other(scenarios: dict[str, Scenario]) -> None:
    page = (FOLDER / "README.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    assert [row.partition("](")[2].partition(")")[0] for row in rows] == [file.name for file in FILES]
    assert len(scenarios) >= 12
