"""Listening: a socket, and the server that answers on it, in this thread or in one of its own."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import threading
from collections.abc import Callable
from ssl import SSLContext

from mockserver.transport import App

_BACKLOG = 2048


class CannotListen(Exception):
    """An address cannot be listened on. The message says which, and why."""


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    listener.listen(_BACKLOG)
    return listener


class Server:
    """Serves an application on a socket that listens already, and closes that when it ends.

    `url` is where it listens, without a slash behind. Serve once only: with `run` in the caller's thread, or with
    `start` in a thread of its own; `stop` ends both from any thread. `then` is called on the event loop's thread once it
    listens.
    """

    def __init__(
        self,
        app: App,
        listener: socket.socket,
        tls: SSLContext | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"{'http' if tls is None else 'https'}://{f'[{host}]' if ':' in host else host}:{port}"
        self._app = app
        self._listener = listener
        self._tls = tls
        self._then = then
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._serving = False

    def run(self) -> None:
        """Serve in this thread until `stop`; in the main thread, also until SIGINT or SIGTERM."""
        self._serving = True
        # Its import is a third of the start, and whoever waits for the first line need not wait for it.
        from mockserver.connections import Engine  # noqa: PLC0415  see above

        try:
            engine = Engine(self._app, self._tls, self._begun, self._stopping)
            engine.run(sockets=[self._listener])
        finally:
            self._listener.close()
            self._loop = None

    def start(self) -> None:
        """Serve in a thread of its own, which does not keep the program alive; returns once it answers."""
        self._thread = threading.Thread(target=self._run_and_tell, name=f"mockserver {self.url}", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End it: what is under way is given a second. Returns once the thread that `start` made has ended."""
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        elif not self._serving:
            self._listener.close()

    def call(self, function: Callable[[], None]) -> bool:
        """Have a function called on the event loop's thread, between requests; False when no loop runs."""
        loop = self._loop
        try:
            if loop is None:
                return False
            loop.call_soon_threadsafe(function)
        except RuntimeError:  # it was closed in between
            return False
        return True

    def _begun(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._then is not None:
            self._then()
        self._ready.set()

    def _run_and_tell(self) -> None:
        try:
            self.run()
        except BaseException as error:  # noqa: BLE001  it is raised where it can be caught
            self._error = error
        finally:
            self._ready.set()


def run_alone(server: Server) -> None:
    """Serve until SIGINT or SIGTERM as all that this process does."""
    # The seeded records live as long as the server: the collector need not look at them again. How often it looks at
    # the rest is left alone: each request leaves cycles of uvicorn's behind, and their memory is best reused while warm.
    gc.collect()
    gc.freeze()
    gc.enable()
    # While uvicorn sets its loop up, leaving by an exception would leave that half done; so it is told instead.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: server.stop())
    server.run()
