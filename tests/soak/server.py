"""The server, a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tests.soak.comparing import Difference
from tests.soak.journal import KEPT

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    process: subprocess.Popen[bytes]
    port: int
    complaints: IO[bytes]

    def stop(self) -> None:
        """Raises Difference where it does not stop as it should, or has complained of anything."""
        self.process.terminate()
        status = self.process.wait(_PATIENCE)
        said = self.said()
        if status != 0 or said:
            raise Difference(f"the server ended with {status}, and has said: {said or 'nothing'}")

    def said(self) -> str:
        """What it has complained of."""
        self.complaints.seek(0)
        return self.complaints.read()[-5000:].decode(errors="replace").strip()


@contextmanager
def serving(state: Path) -> Iterator[Server]:
    """A server that saves its state in a file, and begins with what is in there.

    Its journals are short, so that they are full within the first minute: while they fill, memory grows, and has to.
    """
    options = ["--port", "0", "--quiet", "--no-project", "--journal", str(KEPT), "--max-snapshots", "1000"]
    options += ["--state", str(state)]
    command = [sys.executable, "-m", "mockserver", "serve", *options]
    with TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, cwd=_ROOT)
        assert process.stdout
        try:
            found = re.search(rb"http://\S+?:(\d+)", process.stdout.readline())
            server = Server(process, int(found[1]) if found else 0, complaints)
            if not found:
                process.wait(_PATIENCE)
                raise Difference(f"the server does not start: {server.said()}")
            yield server
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
