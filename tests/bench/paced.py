"""A client that sends requests at a steady pace, or as fast as it can, and notes when they were answered."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop
from httptools import HttpResponseParser

from tests.bench.cases import RECORD, Case, Request
from tests.bench.machine import LOAD_CORE, on_core
from tests.bench.servers import Server, Unusable

CONNECTIONS = 8
_NUMBER = re.compile(re.escape(RECORD) + rb"(\d+)")


@dataclass(frozen=True)
class Changes:
    """When the answer to each change came, by the system's monotonic clock; by the number of the record.

    The numbers rise in the order in which the fake has made the changes.
    """

    answered: dict[int, float]

    @property
    def per_second(self) -> float:
        """How many there really were."""
        times = self.answered.values()
        return (len(times) - 1) / (max(times) - min(times))


def make(server: Server, case: Case, positions: range, per_second: int | None = None) -> Changes:
    """Send a case's requests on a few connections that are kept. Raises Unusable for one that is refused."""
    with on_core(LOAD_CORE):
        return uvloop.run(_make(server, case, positions, per_second))


async def _make(server: Server, case: Case, positions: range, per_second: int | None) -> Changes:
    head = opening(server, case)
    answered: dict[int, float] = {}
    turns = iter(positions)
    started = time.monotonic()

    async def work() -> None:
        connection = await connect(server)
        for position in turns:
            if per_second is not None:
                await asyncio.sleep(started + (position - positions.start) / per_second - time.monotonic())
            body = case.body_at(position)
            number = _number(*await connection.ask(b"%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(body), body)))
            answered[number] = time.monotonic()
        connection.close()

    await asyncio.gather(*[work() for _ in range(CONNECTIONS)])
    return Changes(answered)


def opening(server: Server, request: Request) -> bytes:
    """The first lines of a request, without the end of the last one."""
    headers = {"Host": urlsplit(server.url).netloc, **request.headers}
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode()


async def connect(server: Server) -> Connection:
    """A connection that is kept."""
    host, _, port = urlsplit(server.url).netloc.partition(":")
    _, connection = await asyncio.get_running_loop().create_connection(Connection, host, int(port))
    return connection


def _number(status: int, body: bytes) -> int:
    """The number of the record that was made."""
    found = _NUMBER.search(body)
    if status >= 300 or found is None:
        raise Unusable(f"a change was answered with {status} {body[:300].decode(errors='replace')}")
    return int(found[1])


class Connection(asyncio.Protocol):
    """One request after the other. The names of the methods that begin with `on_` are the parser's."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._body = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; returns status and body of the answer."""
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's, which inherits from nothing

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unusable(f"the fake has cut a connection off: {exc}"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body = b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), self._body))
