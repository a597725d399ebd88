"""Workflows run side by side: each process has a fake of its own, or shares the server that was given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import IO

import msgspec

from mockserver.scenarios.choosing import Chosen
from mockserver.scenarios.placing import Place
from mockserver.scenarios.result import WorkflowResult

_OFTEN = 0.2
"""Seconds after which a signal is noticed at the latest."""
_PATIENCE = 10.0
"""Seconds that a process may take to clear up."""

_DECODER = msgspec.json.Decoder(WorkflowResult)
"""Made before threads use it, as `mockserver.structs` says."""


class Lost(Exception):
    """A process has ended before its work was done. The message has what it said."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is to do: where, with which inputs; then a job on each line that follows."""

    place: Place
    inputs: dict[str, str]
    sure: bool


class Job(msgspec.Struct, frozen=True):
    """One workflow of one file."""

    file: str
    workflow: str


def run(chosen: Sequence[Chosen], order: Order, workers: int) -> Iterator[tuple[int, WorkflowResult]]:
    """What came of each, with its number, as they end. Raises Lost; whatever ends it, no process is left behind."""
    idle: SimpleQueue[Worker] = SimpleQueue()
    with _workers(order, min(workers, len(chosen))) as started, ThreadPoolExecutor(len(started)) as pool:
        for worker in started:
            idle.put(worker)
        waiting = {
            pool.submit(_do, idle, Job(str(each.scenario.file), each.workflow.id)): at for at, each in enumerate(chosen)
        }
        try:
            left: set[Future[WorkflowResult]] = set(waiting)
            while left:
                done, left = wait(left, _OFTEN, FIRST_COMPLETED)
                for future in done:
                    yield waiting[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in started:
                worker.stop()


class Worker:
    """A process that runs workflows, one at a time."""

    def __init__(self, order: Order) -> None:
        command = [sys.executable, "-m", "mockserver.scenarios.worker"]
        self._process = subprocess.Popen(  # noqa: S603  our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        self._write(msgspec.json.encode(order))

    def do(self, job: Job) -> WorkflowResult:
        """Run a workflow. Raises Lost."""
        self._write(msgspec.json.encode(job))
        line = self._pipe(self._process.stdout).readline()
        if not line:
            said = self._pipe(self._process.stderr).read().decode("utf-8", "replace").strip()
            raise Lost(said.rpartition("\n")[2] or f"the process that ran {job.workflow} has ended")
        return _DECODER.decode(line)

    def stop(self) -> None:
        """Have it take back what it has made, and end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                self._pipe(pipe).close()

    def _write(self, line: bytes) -> None:
        pipe = self._pipe(self._process.stdin)
        with suppress(BrokenPipeError):  # it has ended, which the next answer tells
            pipe.write(line + b"\n")
            pipe.flush()

    def _pipe(self, pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise Lost("a process has no pipe")
        return pipe


def cores() -> int:
    """How many processes make sense here."""
    return os.cpu_count() or 1


def _do(idle: SimpleQueue[Worker], job: Job) -> WorkflowResult:
    worker = idle.get()
    try:
        return worker.do(job)
    finally:
        idle.put(worker)


@contextmanager
def _workers(order: Order, count: int) -> Iterator[list[Worker]]:
    started: list[Worker] = []
    try:
        started.extend(Worker(order) for _ in range(count))
        yield started
    finally:
        for worker in started:
            worker.stop()
