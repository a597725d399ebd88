"""The program as its users start it: with files, variables and sockets of their own."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-m", "mockserver"]
MOST_SECONDS = 30
"""How long anything may take before a test gives up on it."""


class Said:
    """The lines that a process writes, as they come."""

    def __init__(self, pipe: IO[str]) -> None:
        self.lines: list[str] = []
        self._new: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=[pipe], daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self._new.put(line.rstrip("\n"))
        self._new.put(None)

    def until(self, pattern: str) -> str:
        """The next line in which a pattern is found."""
        while True:
            line = self._new.get(timeout=MOST_SECONDS)
            assert line is not None, f"it ended without {pattern!r}: {self.lines}"
            self.lines.append(line)
            if re.search(pattern, line):
                return line

    def rest(self) -> list[str]:
        """What else there is, once the process has ended."""
        self._thread.join(MOST_SECONDS)
        left = []
        while (line := self._new.get(timeout=MOST_SECONDS)) is not None:
            left.append(line)
        return left


class Server:
    """A server that has printed its first line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        assert process.stderr
        self.process = process
        self.said, self.complaints = Said(process.stdout), Said(process.stderr)
        try:
            first = self.said.until(" listens on ")
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.complaints.rest()}") from None
        found = re.search(r"(https?)://\[?([^/ ]+?)\]?:(\d+) ", first)
        assert found, first
        self.url, self.scheme, self.host, self.port = found[0].strip(), found[1], found[2], int(found[3])

    def ask(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None, *, method: str = ""
    ) -> tuple[int, Any]:
        """The status and what an answer says, read as JSON if it is: GET without a body, else POST."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        with closing(HTTPConnection(self.host, self.port, timeout=MOST_SECONDS)) as connection:
            sent = {**({} if content is None else {"Content-Type": "application/json"}), **(headers or {})}
            connection.request(method or ("GET" if content is None else "POST"), path, content, sent)
            reply = connection.getresponse()
            said = reply.read()
            is_json = "json" in (reply.getheader("content-type") or "")
            return reply.status, json.loads(said) if is_json else said.decode()

    def stop(self, how: signal.Signals = signal.SIGINT) -> list[str]:
        """Stop it as a user does; returns what it had to complain of, and has not been read."""
        self.process.send_signal(how)
        assert self.process.wait(MOST_SECONDS) == 0, self.complaints.rest()
        return self.complaints.rest()


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without variables of the program but for those of the tests."""
    kept = {name: value for name, value in os.environ.items() if not re.match("MOCKSERVER_(?!TEST_)", name)}
    return {**kept, "PYTHONPATH": str(ROOT), **(more or {})}


@contextmanager
def serving(*options: str, cwd: Path = ROOT, variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server on a free port of its own, unless the options say otherwise."""
    port = [] if "--port" in options or "MOCKSERVER_PORT" in (variables or {}) else ["--port", "0"]
    command = [*PROGRAM, "serve", *port, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(variables), cwd=cwd) as process:
        try:
            yield Server(process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(MOST_SECONDS)


def run(*arguments: str, cwd: Path, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
        env=environment(variables),
        cwd=cwd,
    )


def refused(*options: str, cwd: Path, variables: Mapping[str, str] | None = None) -> str:
    """The one line with which `serve` refuses to start."""
    done = run("serve", "--port", "0", *options, cwd=cwd, variables=variables)
    assert (done.returncode, done.stdout) == (2, ""), done
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    return lines[0].removeprefix("Error: ")
