"""Work that takes long, beside the event loop that answers requests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import TypeVar

from mockserver import structs

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What work in a thread of its own comes to. A server that stops does not wait for it, as it would for an executor."""
    _prepare()
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(settled: Callable[[], None]) -> None:
        if not outcome.done():
            settled()

    def run() -> None:
        try:
            settled = partial(outcome.set_result, work())
        except Exception as error:  # noqa: BLE001  whoever waits is to have it
            settled = partial(outcome.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, settled)

    threading.Thread(target=run, daemon=True).start()
    return await outcome


@cache
def _prepare() -> None:
    """Once, before the first thread: it takes as long as a few hundred requests."""
    structs.prepare()
