"""Contracts checked side by side, each by a process of its own, those that take longest first."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from mockserver.checking.job import Result
from mockserver.checking.task import Failing, Plan, Process, Task

_WRITING = 4
"""How much more an operation costs that writes, and is mostly asked with a body and followed by others."""
_OFTEN = 0.2
"""Seconds after which a signal is noticed at the latest."""


class BrokenBaseline(Exception):
    """A baseline cannot be read or written. The message names the file."""


def run(tasks: Sequence[Task], plan: Plan, workers: int) -> Iterator[Result]:
    """What came of each, as they end. Raises Failing; whatever ends it, no process and no file is left behind."""
    with _folder() as folder:
        for task in tasks:
            _copy_baseline(plan, task, folder)
        started: list[Process] = []
        pool = ThreadPoolExecutor(workers)
        try:
            longest_first = sorted(tasks, key=_effort, reverse=True)
            waiting: set[Future[Result]] = {pool.submit(_check, task, plan, folder, started) for task in longest_first}
            while waiting:
                done, waiting = wait(waiting, _OFTEN, FIRST_COMPLETED)
                for future in done:
                    yield future.result()
            _merge_baselines(tasks, plan, folder)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in started:
                process.stop()
            pool.shutdown()


def _effort(task: Task) -> int:
    """About how long a contract takes: bodies and sequences are dear."""
    chosen = [task.contract.operations[id] for id in task.operations]
    return sum(1 if operation.safe else _WRITING for operation in chosen)


def _check(task: Task, plan: Plan, folder: Path, started: list[Process]) -> Result:
    process = Process(task, plan, folder)
    started.append(process)
    return process.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mockserver-check-"))  # nobody else may read it: there are credentials in it
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_baseline(plan: Plan, task: Task, folder: Path) -> None:
    if plan.baseline is not None and plan.baseline.exists():
        shutil.copyfile(plan.baseline, task.baseline(folder))


def _merge_baselines(tasks: Sequence[Task], plan: Plan, folder: Path) -> None:
    """Write what the processes have added to their copies of the baseline."""
    if plan.baseline is None or not plan.update_baseline:
        return
    from schemathesis.baseline import Baseline  # noqa: PLC0415  its import takes a second

    files = [plan.baseline, *(task.baseline(folder) for task in tasks)]
    entries = {entry.identity: entry for file in files for entry in Baseline.load(file).entries}
    try:
        Baseline(entries=[*entries.values()]).save(plan.baseline)
    except OSError as error:
        raise BrokenBaseline(f"cannot write {plan.baseline}: {error.strerror}; choose another --baseline") from None


def check_baseline(plan: Plan) -> None:
    """Raises BrokenBaseline for one that no process could read."""
    file = plan.baseline
    if file is None:
        return
    from schemathesis.baseline import Baseline  # noqa: PLC0415  see above

    if not plan.update_baseline and not file.exists():
        raise BrokenBaseline(f"there is no baseline {file}; --update-baseline writes one from what fails now")
    try:
        Baseline.load(file)
    except (OSError, ValueError) as error:
        raise BrokenBaseline(
            f"{file} is no baseline: {error}; --update-baseline writes a new one where there is none"
        ) from None


__all__ = ["BrokenBaseline", "Failing", "Plan", "Task", "check_baseline", "run"]
