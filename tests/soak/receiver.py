"""Apps that are told by webhooks: one server for all of them, which is sometimes as good as dead for one player's."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self


class Heard(NamedTuple):
    """A delivery that was acknowledged: to which address, and of which customer it tells."""

    path: str
    customer: int


class Receiver:
    """The server. Addresses begin with the number of a player; those of the `dead` ones are answered with 503."""

    def __init__(self) -> None:
        self.dead: set[int] = set()
        self._heard: dict[int, list[Heard]] = {}
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def url(self, player: int) -> str:
        """What the addresses of a player's apps begin with."""
        return f"http://127.0.0.1:{self._server.server_port}/{player}/"

    def take(self, player: int) -> list[Heard]:
        """What a player's apps have heard since this was last asked, in order."""
        return self._heard.pop(player, [])

    def answer(self, path: str, body: bytes) -> int:
        """The status for a delivery, which is noted where it is a success."""
        player = int(path.split("/")[1])
        if player in self.dead:
            return 503
        said: Any = json.loads(body)
        self._heard.setdefault(player, []).append(Heard(path, said["id"]))
        return 204

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A connection that the teller has broken off is no trouble: what was under way at a reset is told no more."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(*_)  # type: ignore[arg-type]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                self.send_response(receiver.answer(self.path, body))
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # whoever told has given up

        def log_message(self, *_: object) -> None:
            return

    return Handler
