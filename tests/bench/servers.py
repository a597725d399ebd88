"""Servers as processes on a core of their own, stopped whatever happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

from tests.bench.cases import RECEIVER, RECORD, Case, Request
from tests.bench.machine import LOAD_CORE, SERVER_CORE, cpu_seconds, on_core, waited_seconds

Start = Callable[[], AbstractContextManager["Server"]]
_ROOT = Path(__file__).parents[2]
_PATIENCE = 30
"""Seconds for any one answer."""


class Unusable(Exception):
    """What is to be measured does not work."""


@dataclass(frozen=True)
class Server:
    """A server that listens, and the one that receives its webhooks, if any."""

    url: str
    process: int
    receiver: Server | None = None

    def ask(self, case: Case, positions: Sequence[int]) -> bytes:
        """Send a case's requests, one after the other on one connection; returns the last answer."""
        answer = b""
        with self._connected() as connection:
            for position in positions:
                answer = _answered(connection, case, case.body_at(position))
        return answer

    def tell(self, request: Request) -> Any:
        """Send one request; returns what the answer's JSON says."""
        receiver = "" if self.receiver is None else self.receiver.url
        with self._connected() as connection:
            return json.loads(_answered(connection, request, request.body.replace(RECEIVER, receiver).encode()))

    def count(self, collection: tuple[str, str]) -> int:
        """How many records one of the fake's collections has."""
        owner, name = collection
        return int(self.tell(Request(method="GET", path="/__admin/state"))["state"][owner][name])

    @property
    def work(self) -> float:
        """Seconds of its core so far."""
        return cpu_seconds(self.process)

    @property
    def waited(self) -> float:
        """Seconds in which other programs have kept it from working."""
        return waited_seconds(self.process)

    def _connected(self) -> closing[HTTPConnection]:
        return closing(HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE))


def _answered(connection: HTTPConnection, request: Request, body: bytes) -> bytes:
    try:
        connection.request(request.method, request.path, body or None, dict(request.headers))
        reply = connection.getresponse()
        answer = reply.read()
    except (OSError, HTTPException) as error:
        raise Unusable(f"{request.method} {request.path}: {type(error).__name__}: {error}") from error
    if reply.status >= 300:
        said = answer[:300].decode(errors="replace")
        raise Unusable(f"{request.method} {request.path}: {reply.status} {said}")
    return answer


def fake(customers: int | None = None, vendor: str | None = None, *more: str) -> Start:
    """The fake with its default fixture, of one vendor or of all."""
    many = [] if customers is None else ["--customers", str(customers)]
    many += [] if vendor is None else ["--vendor", vendor]
    return partial(_running, [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--quiet", *many, *more])


def prepared(case: Case) -> Start:
    """The fake, after what a case wants done before; with a receiver of webhooks where it wants anything."""
    return partial(_prepared, case) if case.before else fake(case.customers)


@contextmanager
def _prepared(case: Case) -> Iterator[Server]:
    with _running(_program("receiver.py", RECORD.decode()), core=LOAD_CORE) as receiver, fake()() as started:
        server = replace(started, receiver=receiver)
        for request in case.before:
            server.tell(request)
        yield server


def bare(case: Case, constant: bytes) -> Start:
    """The reference of a case."""
    return partial(
        _running, _program("reference.py", case.reference.value, case.method, case.path.partition("?")[0]), constant
    )


def _program(name: str, *arguments: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name(name)), *arguments]


def answer_of(case: Case) -> bytes:
    """What the fake answers to a case. Raises Unusable when that is not a success."""
    with fake(case.customers)() as server:
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
def _running(command: Sequence[str], stdin: bytes = b"", core: int = SERVER_CORE) -> Iterator[Server]:
    pipe = subprocess.PIPE
    with TemporaryFile() as complaints:
        with on_core(core):
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=complaints, env=_environment())
        try:
            yield Server(_url(process, stdin, complaints), process.pid)
        finally:
            _stop(process)


def _environment() -> dict[str, str]:
    """As users have it: what is compiled is kept, or each start would compile everything anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(_ROOT)}


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
