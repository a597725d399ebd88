"""An event loop in a thread of its own: what a server needs that listens nowhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable


class Loop:
    """Runs from `start` to `stop`; what is under way then is cancelled."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = threading.Lock()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mockserver without sockets", daemon=True)

    def start(self) -> None:
        """Returns once functions can be called."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Returns once the thread has ended; threads may call it at once."""
        with self._turn:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()

    def call(self, function: Callable[[], None]) -> bool:
        """Have a function called on the loop's thread; False when the loop has ended."""
        loop = self._loop
        if loop is None:
            return False
        loop.call_soon_threadsafe(function)
        return True

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            loop = self._loop = runner.get_loop()
            loop.call_soon(self._ready.set)
            loop.run_forever()
