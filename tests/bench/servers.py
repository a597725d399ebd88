"""Servers as processes on a core of their own, stopped whatever happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from tests.bench.cases import Case
from tests.bench.machine import SERVER_CORE, on_core

Start = Callable[[], AbstractContextManager["Server"]]
_ROOT = Path(__file__).parents[2]
_PATIENCE = 30
"""Seconds for any one answer."""


class Unusable(Exception):
    """What is to be measured does not work."""


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    url: str
    process: int

    def ask(self, case: Case, positions: Sequence[int]) -> bytes:
        """Send a case's requests, one after the other on one connection; returns the last answer."""
        answer = b""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE)
        try:
            for position in positions:
                connection.request("POST", case.path, case.body_at(position), dict(case.headers))
                reply = connection.getresponse()
                answer = reply.read()
                if reply.status >= 300:
                    raise Unusable(f"{case.name}: {reply.status} {answer[:300].decode(errors='replace')}")
        finally:
            connection.close()
        return answer

    def count(self, collection: tuple[str, str]) -> int:
        """How many records one of the fake's collections has."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE)
        try:
            connection.request("GET", "/__admin/state")
            owner, name = collection
            return int(json.load(connection.getresponse())["state"][owner][name])
        finally:
            connection.close()


def fake(customers: int | None = None) -> Start:
    """The fake with its default fixture."""
    many = [] if customers is None else ["--customers", str(customers)]
    return partial(_running, [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--quiet", *many])


def bare(case: Case, constant: bytes) -> Start:
    """The reference of a case."""
    program = str(Path(__file__).with_name("reference.py"))
    return partial(_running, [sys.executable, program, case.reference.value, case.path], constant)


def answer_of(case: Case) -> bytes:
    """What the fake answers to a case. Raises Unusable when that is not a success."""
    with fake()() as server:
        answer = server.ask(case, [0])
    if case.accepted not in answer:
        raise Unusable(f"{case.name}: the fake refuses it: {answer[:300].decode(errors='replace')}")
    return answer


@contextmanager
def shared(start: Start, fresh: bool) -> Iterator[Start]:  # noqa: FBT001  it reads well where it is used
    """One server for all who start it here, or a fresh one for each."""
    if fresh:
        yield start
    else:
        with start() as server:
            yield lambda: nullcontext(server)


@contextmanager
def _running(command: Sequence[str], stdin: bytes = b"") -> Iterator[Server]:
    environment, pipe = {**os.environ, "PYTHONPATH": str(_ROOT)}, subprocess.PIPE
    with TemporaryFile() as complaints:
        with on_core(SERVER_CORE):
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=complaints, env=environment)
        try:
            yield Server(_url(process, stdin, complaints), process.pid)
        finally:
            _stop(process)


def _url(process: subprocess.Popen[bytes], stdin: bytes, complaints: IO[bytes]) -> str:
    """Where it listens: its first line says so. Raises Unusable."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(stdin)
    process.stdin.close()
    found = re.search(rb"http://\S+", process.stdout.readline())
    if found is None:
        process.wait(_PATIENCE)
        complaints.seek(0)
        raise Unusable(f"a server does not start: {complaints.read().decode(errors='replace').strip()}")
    return found[0].decode()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
