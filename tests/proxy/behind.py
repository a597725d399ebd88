"""Servers behind a proxy that say what a test wants, and keep what they were asked."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any, NamedTuple

import msgspec

from mockserver.server import Server, listen
from mockserver.transport import App, Receive, Scope, Send


class Got(NamedTuple):
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for each, value in self.headers if each.lower() == name]
        assert len(found) <= 1, found
        return found[0] if found else None


class Behind:
    """A server that gives the same bytes to everybody: status, headers as they are, and body."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[Got] = []
        self.status = 200
        self.headers: list[tuple[str, str]] = [("Content-Type", "application/json")]
        self.body = b"{}"
        self.length: int | None = None
        """What it says of how long the body is; None for the truth, below 0 for nothing."""
        self.before: Callable[[], object] = lambda: None
        """Called before it answers."""

    def told(self, name: str) -> str | None:
        return self.got[-1].header(name)


class _Handler(BaseHTTPRequestHandler):
    behind: Behind
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        behind = self.behind
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind.got.append(Got(self.command, self.path, self.headers.items(), body))
        behind.before()
        self.send_response_only(behind.status)
        for name, value in behind.headers:
            self.send_header(name, value)
        length = len(behind.body) if behind.length is None else behind.length
        if length >= 0:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(behind.body)
        if length != len(behind.body):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def behind(tls: SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Behind]:
    """A server of its own, over TLS where a context is given."""
    made = Behind()
    handler = type("Handler", (_Handler,), {"behind": made})
    server = ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that go away, and do not trust
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    made.url = f"http{'s' if tls else ''}://{'localhost' if tls else host}:{server.server_address[1]}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Said(msgspec.Struct):
    """An answer, for a test to spoil."""

    status: int
    headers: dict[str, str]
    body: bytes


class Spoiled:
    """An application whose answers are spoiled on their way out."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.asked = 0
        self.spoil: Callable[[Said], object] = lambda _: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        said = Said(messages[0]["status"], headers, b"".join(each["body"] for each in messages[1:]))
        self.spoil(said)
        said.headers["content-length"] = str(len(said.body))
        raw = [(name.encode(), value.encode()) for name, value in said.headers.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": raw})
        await send({"type": "http.response.body", "body": said.body})


@contextmanager
def spoiled(app: App) -> Iterator[tuple[Spoiled, str]]:
    """An application over a socket, with answers that are spoiled; and where it listens."""
    made = Spoiled(app)
    server = Server(made, listen())
    server.start()
    try:
        yield made, server.url
    finally:
        server.stop()


@contextmanager
def answering(listener: socket.socket, said: bytes) -> Iterator[None]:
    """The first who connects is told these bytes, whatever he asks."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(said)

    thread = Thread(target=answer, daemon=True)
    thread.start()
    yield
    thread.join()
