"""Connections as uvicorn has them, and how much of them a client may take up.

Bounded: the bytes of a request's line and headers, the time for these and for the body, the time between requests. Not
bounded: how many connections there are (but by the system), and how long a client takes to read an answer.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from ssl import SSLContext

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mockserver.transport import App

HEAD_BYTES = 64 << 10
"""So long the line and the headers of a request may be; what is three times as long is refused."""
HEAD_SECONDS = 60.0
"""How long they may take to come, since the connection was made or the answer before was sent."""
BODY_SECONDS = 600.0
"""How long a body may take to come."""
_SWEEP_SECONDS = 1


class Connection(HttpToolsProtocol):
    """Refuses endless heads, and says whether the client is to send something."""

    _head = 0
    _unfinished: object = None

    def data_received(self, data: bytes) -> None:
        """Told of what has come."""
        if len(data) > HEAD_BYTES:
            for start in range(0, len(data), HEAD_BYTES):
                if not self.transport.is_closing():
                    self.data_received(data[start : start + HEAD_BYTES])
            return
        super().data_received(data)
        scope = self.scope
        if scope is None or "method" in scope:  # type: ignore[redundant-expr]  # None before the first request
            return
        if scope is not self._unfinished:  # somewhere in this piece it has begun
            self._unfinished, self._head = scope, 0
            return
        self._head += len(data)
        if self._head > HEAD_BYTES:
            self.give_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    @property
    def wants(self) -> float | None:
        """How many seconds the client has to send what is missing; None where nothing is, or uvicorn sees to it."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or (cycle.response_complete and not cycle.more_body):
            return HEAD_SECONDS if self.timeout_keep_alive_task is None else None
        return BODY_SECONDS if cycle.more_body else None

    def give_up(self, status: HTTPStatus) -> None:
        """Say why, unless an answer has begun, and close the connection."""
        if not self.transport.is_closing():
            cycle: RequestResponseCycle | None = self.cycle
            if cycle is None or cycle.response_complete or not cycle.response_started:
                said = f"HTTP/1.1 {status} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                self.transport.write(said.encode())
            self.transport.close()


class Engine(uvicorn.Server):
    """Serves until it is told to stop; `begun` is called on its loop once it listens."""

    def __init__(self, app: App, tls: SSLContext | None, begun: Callable[[], None], stopping: threading.Event) -> None:
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            # What it would say of clients that are cut off when the server stops, nobody needs to read; bugs are ours to
            # log.
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            ssl_context_factory=None if tls is None else lambda *_: tls,
            callback_notify=self._sweep,
            timeout_notify=_SWEEP_SECONDS,
        )
        super().__init__(config)
        self._begun = begun
        self._stopping = stopping
        self._wanting: dict[Connection, tuple[object, float]] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._begun()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop."""
        return await super().on_tick(counter) or self._stopping.is_set()

    async def _sweep(self) -> None:
        """Close the connections of those who keep us waiting for the rest of a request."""
        now, before, self._wanting = time.monotonic(), self._wanting, {}
        for connection in list(self.server_state.connections):
            assert isinstance(connection, Connection)  # noqa: S101  we have no others
            patience = connection.wants
            if patience is None:
                continue
            cycle, since = before.get(connection, (connection.cycle, now))
            since = since if cycle is connection.cycle else now
            if now - since >= patience:
                connection.give_up(HTTPStatus.REQUEST_TIMEOUT)
            else:
                self._wanting[connection] = (connection.cycle, since)
