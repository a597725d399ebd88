"""`mockserver run` as its users have it."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer
from mockserver.cli import main
from tests.processes import MOST_SECONDS, PROGRAM, ROOT, environment
from tests.scenarios import many
from tests.scenarios.playing import OK, create, look, step, workflow, write

GOOD = workflow(create("made"), look("seen", "$steps.made.outputs.id"), id="good")
BAD = workflow(look("gone", "1"), id="bad")


@pytest.fixture(scope="module")
def served() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def run(*arguments: object) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, ["run", *map(str, arguments)])


def names(server: MockServer) -> list[str]:
    """Sandboxes and snapshots that there are."""
    return [*(each.name for each in server.sandboxes()), *(each.name for each in server.snapshots.list())]


def test_workflows_run_against_a_fake_that_is_started_for_them(tmp_path: Path) -> None:
    done = run(write(tmp_path, GOOD), "--report", "junit,html,json", "--report-dir", tmp_path / "reports")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Running 1 workflow against a fake that was started for this" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 of 1 workflow passed, in ")
    assert {file.name for file in (tmp_path / "reports").iterdir()} == {"run.junit.xml", "run.html", "run.json"}


def test_a_failure_is_exit_code_1(tmp_path: Path, served: MockServer) -> None:
    done = run(write(tmp_path, BAD, GOOD), "--url", served.url)
    assert (done.exit_code, done.stderr) == (1, "Error: 1 workflow failed\n")
    assert "$statusCode (404) does not equal 200" in done.stdout
    assert names(served) == ["default"]


def test_only_what_is_asked_for_is_run(tmp_path: Path, served: MockServer) -> None:
    done = run(write(tmp_path, BAD, GOOD), "--url", served.url, "--workflow", "good")
    assert done.exit_code == 0
    assert "bad" not in done.stdout


def test_the_first_failure_may_be_the_last(tmp_path: Path, served: MockServer) -> None:
    done = run(write(tmp_path, BAD, GOOD), "--url", served.url, "--fail-fast")
    assert done.exit_code == 1
    assert "0 of 1 workflow passed, 1 not run" in done.stdout


def test_sandboxes_may_be_kept(tmp_path: Path, served: MockServer) -> None:
    done = run(write(tmp_path, GOOD), "--url", served.url, "--keep-sandboxes")
    (kept,) = [each for each in served.sandboxes() if each.name != "default"]
    assert done.exit_code == 0
    assert f"kept {kept.url} (good)" in done.stdout
    assert len(kept.requests.list()) == 2
    kept.delete()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "http://127.0.0.1:1"], "http://127.0.0.1:1 does not answer"),
        (["--url", "nonsense url"], "is no address of a server"),
        (["--url", "https://shop.example.com"], "--allow-writes runs it all the same"),
        (["--keep-sandboxes"], "give --url"),
        (["--timeout", "5"], "a length of time is a text such as 250ms"),
        (["--timeout", "0s"], "it must be more than nothing"),
        (["--input", "x"], "is no input; give one such as email=ann@example.com"),
        (["--input", "x=1"], "no workflow has an input 'x'"),
        (["--server", "kounta=shop"], "is no address of a server"),
        (["--server", "kuonta=http://127.0.0.1"], "did you mean 'kounta'?"),
        (["--header", "x"], "is no header"),
        (["--report", "pdf"], "known: junit, html, json"),
        (["--workflow", "god"], "did you mean 'good'?"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run(write(tmp_path, GOOD), *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_mistakes_in_files_are_all_told_before_anything_is_run(tmp_path: Path, served: MockServer) -> None:
    broken = write(tmp_path, workflow(step("x", "get_compny"), step("y", "get_custmer")), name="broken")
    done = run(write(tmp_path, GOOD), broken, "--url", served.url)
    assert (done.exit_code, done.stdout) == (2, "")
    *lines, last = done.stderr.splitlines()
    assert [line.startswith(f"{broken}:") for line in lines] == [True, True]
    assert last == "Error: nothing was run: 2 mistakes in the files"


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path, served: MockServer) -> None:
    (tmp_path / "taken").write_text("")
    done = run(
        write(tmp_path, GOOD), "--url", served.url, "--report", "json", "--report-dir", tmp_path / "taken" / "reports"
    )
    assert done.exit_code == 2
    assert "choose another --report-dir" in done.stderr


def test_workflows_run_side_by_side(tmp_path: Path, served: MockServer) -> None:
    many = [GOOD | {"workflowId": f"good-{number}"} for number in range(4)]
    inputs = {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}
    needy = workflow(look("seen-2", "1", 404), id="needy", inputs=inputs)
    call = {"stepId": "call", "workflowId": "needy", "parameters": [{"name": "x", "value": "1"}]}
    file = write(tmp_path, needy, *many, BAD, workflow(call, id="caller"))
    done = run(file, "-n", 2, "--url", served.url, "--report", "json", "--report-dir", tmp_path)
    assert done.exit_code == 1, done.stderr
    told = json.loads((tmp_path / "run.json").read_text())["workflows"]
    assert [(each["id"], each["outcome"]) for each in told] == [
        ("needy", "skipped"),
        *((f"good-{number}", "passed") for number in range(4)),
        ("bad", "failed"),
        ("caller", "passed"),
    ]
    assert names(served) == ["default"]


def test_a_process_that_cannot_begin_is_told(tmp_path: Path) -> None:
    done = run(write(tmp_path, GOOD, BAD), "-n", 2, "--url", "http://127.0.0.1:1")
    assert (done.exit_code, done.stderr.partition(": [")[0]) == (2, "Error: http://127.0.0.1:1 does not answer")


def test_the_workflows_to_measure_with_pass(tmp_path: Path, served: MockServer) -> None:
    done = run(many.write(3, tmp_path / "many.arazzo.yaml"), "--url", served.url)
    assert done.stdout.splitlines()[-1].startswith("3 of 3 workflows passed")


SLOW: dict[str, Any] = {
    "faults": [{"vendor": "kounta", "then": {"latency": {"type": "fixed", "milliseconds": 60_000}}}],
    "snapshotSave": "kept",
}


@pytest.mark.parametrize(("workers", "how"), [("1", signal.SIGTERM), ("2", signal.SIGINT)])
def test_stopping_it_leaves_nothing_behind(
    tmp_path: Path, served: MockServer, workers: str, how: signal.Signals
) -> None:
    slow = [workflow(step(id, "get_my_company", successCriteria=OK), id=id, mock=SLOW) for id in ("one", "two")]
    command = [*PROGRAM, "run", str(write(tmp_path, *slow)), "--url", served.url, "-n", workers]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(), cwd=ROOT) as process:
        until_busy(served, int(workers))
        process.send_signal(how)
        _, said = process.communicate(timeout=MOST_SECONDS)
    assert (process.returncode, said) == (2, "Error: stopped; 0 of 2 workflows were run\n")
    assert names(served) == ["default"]


def until_busy(server: MockServer, count: int) -> None:
    """Wait until so many sandboxes have a snapshot and wait for a reply."""
    until = time.monotonic() + MOST_SECONDS
    while len(server.snapshots.list()) < count:
        assert time.monotonic() < until
        time.sleep(0.02)
