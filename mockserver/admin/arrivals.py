"""Arrivals: requests that are waited for, counted as they come."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from mockserver.journal import Exchange, Journal

_NEWEST = 100


class Arrivals:
    """The exchanges that are wanted: those in the journal at first, and those that come while this is open.

    They may come from the event loops of other threads; the one that runs here waits. `newest` has the newest first.
    """

    def __init__(self, journal: Journal, wants: Callable[[Exchange], bool], number: int) -> None:
        self.count = 0
        self.newest: deque[Exchange] = deque(maxlen=_NEWEST)
        self._journal = journal
        self._wants = wants
        self._number = number
        self._loop = asyncio.get_running_loop()
        self._enough = asyncio.Event()
        self._turn = threading.Lock()
        self._known: set[int] = set()

    def __enter__(self) -> Self:
        with self._turn:  # an exchange that comes just now is told, and is in the journal too
            self._journal.observe(self._tell)
            kept = list(self._journal)
            self._known = {exchange.id for exchange in kept}
            for exchange in reversed(kept):
                self._count(exchange)
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.unobserve(self._tell)

    async def enough(self, seconds: float) -> None:
        """Return when there are as many as are wanted, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._enough.wait()

    def _tell(self, exchange: Exchange) -> None:
        with self._turn:
            if exchange.id not in self._known:
                self._count(exchange)

    def _count(self, exchange: Exchange) -> None:
        if self._wants(exchange):
            self.count += 1
            self.newest.appendleft(exchange)
            if self.count == self._number:
                with suppress(RuntimeError):  # the loop that waited has ended
                    self._loop.call_soon_threadsafe(self._enough.set)
