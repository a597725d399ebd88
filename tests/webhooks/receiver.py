"""An app that is told: a real HTTP server on loopback, which notes what it receives and answers as a test says."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self

DEADLINE = 30
"""Seconds after which something that should have happened has not."""


class Received(NamedTuple):
    """One request. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Answer(NamedTuple):
    """What is answered; `pause` is seconds between headers and body."""

    status: int = 204
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    pause: float = 0


class Receiver:
    """The server. `answer` gives the answer to each request, and may take its time."""

    def __init__(self, answer: Callable[[Received], Answer | int] = lambda _: 204) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.connections = 0
        self._told = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._open = threading.Event()
        self._open.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    @property
    def names(self) -> list[str]:
        """The names of the things that it was told of, in order."""
        return [received.json["name"] for received in self.received]

    def wait(self, count: int) -> list[Received]:
        """What it has received, as soon as there is so much of it."""
        with self._told:
            enough = self._told.wait_for(lambda: len(self.received) >= count, DEADLINE)
        assert enough, f"received {len(self.received)} of {count}"
        return self.received

    def hang(self) -> None:
        """Receive, and do not answer until `go_on`."""
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _note(self, received: Received) -> Answer:
        answer = self.answer(received)
        with self._told:
            self.received.append(received)
            self._told.notify_all()
        self._open.wait(DEADLINE)
        return answer if isinstance(answer, Answer) else Answer(answer)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                receiver.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver._note(Received(self.path, headers, body))
                try:
                    self.send_response(answer.status)
                    for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    time.sleep(answer.pause)
                    self.wfile.write(answer.body)
                except OSError:
                    self.close_connection = True  # whoever asked has given up

            def log_message(self, *_: object) -> None:
                return

        return Handler


def dead_url() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"
