"""A reader of server-sent events over a socket of its own, as a browser or a test has one."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

MOST_SECONDS = 20
"""How long a reader waits for the next line."""


class Told(NamedTuple):
    """One event."""

    kind: str
    id: int | None
    data: Any


class Reader:
    """One stream. What is no event, such as comments, is in `asides`. Iterating ends when the server ends it."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, buffer: int = 0) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(str(parts.hostname), parts.port, timeout=MOST_SECONDS)
        if buffer:
            self._connection.sock = _socket(str(parts.hostname), parts.port or 80, buffer)
        self._connection.request("GET", f"{parts.path}?{parts.query}", headers=dict(headers or {}))
        self.response: HTTPResponse = self._connection.getresponse()
        self.asides: list[str] = []
        self._events = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Go away, whatever is still to come."""
        self.response.close()
        self._connection.close()

    def __iter__(self) -> Iterator[Told]:
        return self._events

    def next(self) -> Told:
        return next(self._events)

    def take(self, count: int) -> list[Told]:
        return [self.next() for _ in range(count)]

    def _read(self) -> Iterator[Told]:
        fields: dict[str, str] = {}
        for line in self._lines():
            name, _, value = line.partition(": ")
            if name in ("event", "id", "data"):
                fields[name] = value
            elif line:
                self.asides.append(line)
            elif fields:
                yield Told(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))
                fields = {}
        assert fields == {}, "the stream ended in the middle of an event"

    def _lines(self) -> Iterator[str]:
        """As they come; the response's own way to read a line asks for one byte after the other."""
        begun = b""
        while piece := self.response.read1(1 << 16):
            *lines, begun = (begun + piece).split(b"\n")
            yield from (line.decode() for line in lines)
        assert begun == b"", "the stream ended in the middle of a line"


def _socket(host: str, port: int, buffer: int) -> socket.socket:
    """A connection that holds few bytes which nobody has read yet."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(MOST_SECONDS)
    made.connect((host, port))
    return made


Open = Callable[..., Reader]


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + MOST_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
