"""A receiver of webhooks on this machine, which says 200 to everything."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_MOST = 1 << 20
"""Bytes of a body that are read."""


class Receiver:
    """Listens on a free port of this machine until `close`. `count` is how many requests have come."""

    def __init__(self) -> None:
        self.count = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """What apps would give as their address."""
        return f"http://127.0.0.1:{self._server.server_port}/hooks"

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = self.headers.get("content-length", "0")
            self.rfile.read(min(int(length) if length.isdecimal() else 0, _MOST))
            receiver.count += 1
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_PUT = do_GET = do_HEAD = _answer  # noqa: N815  as the library calls them

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Handler
