"""A recording: what was asked of a vendor's program, and what it answered, one JSON object a line and in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from mockserver.har import BrokenRecording

_SUCCESS = 2
"""How the statuses of success begin."""

WORLD = "world"
"""The operation of a line that is no exchange: records which the recorder put into the database by hand."""


class Request(msgspec.Struct, frozen=True):
    """What was sent. `query` is the names with their values, or the text where no mapping says it."""

    method: str
    path: str
    query: dict[str, Any] | str | None = None
    headers: dict[str, str] = {}
    body: Any = None
    body_raw: str | None = None

    @property
    def query_text(self) -> str:
        """The query as it is sent."""
        return urlencode(self.query) if isinstance(self.query, dict) else self.query or ""

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query_text}" if self.query_text else self.path

    @property
    def is_write(self) -> bool:
        """Whether it may alter something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


class Response(msgspec.Struct, frozen=True):
    """What came back: `body` where it was JSON, `body_text` where it was other text, `xlsx` where it was a sheet.

    `headers` has those of interest that there were.
    """

    status: int
    headers: dict[str, str] = {}
    body: Any = None
    body_text: str | None = None
    xlsx: dict[str, Any] | None = None


class Line(msgspec.Struct, frozen=True):
    """One line, as it stands in the file."""

    name: str
    operation: str
    request: Request | None = None
    response: Response | None = None
    records: dict[str, list[dict[str, Any]]] = {}


class World(msgspec.Struct, frozen=True):
    """Records by table, which are there from here on."""

    number: int
    records: dict[str, list[dict[str, Any]]]


class Exchange(msgspec.Struct, frozen=True):
    """One request with its response; `number` is the line's, from 1 on."""

    number: int
    name: str
    operation: str
    request: Request
    response: Response

    @property
    def succeeded(self) -> bool:
        """Whether the program did what it was asked."""
        return self.response.status // 100 == _SUCCESS


Step = World | Exchange


def read(file: Path) -> list[Step]:
    """The steps of a recording. Raises BrokenRecording."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenRecording(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    steps = list(_steps(file, text))
    if not any(isinstance(step, Exchange) for step in steps):
        raise BrokenRecording(f"{file}: there is no exchange in it; each line is one, as a JSON object")
    return steps


def _steps(file: Path, text: str) -> Iterator[Step]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _step(number, msgspec.json.decode(line, type=Line))
            except (msgspec.DecodeError, BrokenRecording) as error:
                raise BrokenRecording(f"{file}: line {number}: {error}") from None


def _step(number: int, line: Line) -> Step:
    if line.operation == WORLD:
        return World(number, line.records)
    if line.request is None or line.response is None:
        raise BrokenRecording(f"an exchange has request and response, and only the operation `{WORLD}` has neither")
    return Exchange(number, line.name, line.operation, line.request, line.response)
