"""Events: what befalls a sandbox, told to readers as it comes, as server-sent events."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, Self

import msgspec

from mockserver.journal import Exchange
from mockserver.sandbox import Cause, Sandbox
from mockserver.webhooks.delivery import Delivery

MAX_WAITING, MAX_BYTES = 1000, 8 << 20
"""How much may wait for a reader, in happenings and in bytes of them, before it is too slow."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that both sides notice when the other is gone."""

_RETRY = b"retry: 1000\n\n"
"""The first thing sent: after how many milliseconds a browser whose connection broke comes again."""

_BEAT = b": nothing new\n\n"
_AT_ONCE = 100
"""How many happenings are written in one piece."""

Happening = Exchange | Delivery | Cause
"""A request was answered; a delivery is now so; or something befell the sandbox as a whole."""

_to_json = msgspec.json.Encoder().encode


class Event(NamedTuple):
    """One server-sent event. `id` is the request after which a reader may take the stream up again."""

    kind: str
    data: Any
    id: int | None = None

    def encode(self) -> bytes:
        """The event on the wire."""
        id = b"" if self.id is None else b"id: %d\n" % self.id
        return b"event: %b\n%bdata: %b\n\n" % (self.kind.encode(), id, _to_json(self.data))


class View(NamedTuple):
    """What one reader sees: which happenings at all, and as which events."""

    wants: Callable[[Happening], bool]
    show: Callable[[Happening], Iterable[Event]]

    def written(self, happenings: Iterable[Happening]) -> bytes:
        """All events of these, on the wire."""
        return b"".join(event.encode() for each in happenings for event in self.show(each))


class Watch:
    """What befalls a sandbox while this is open, for one reader on the event loop that runs; told from any thread."""

    def __init__(self, sandbox: Sandbox, wants: Callable[[Happening], bool]) -> None:
        self.missed = 0
        """How much a reader that was too slow was not told; nothing waits any more then."""
        self._sandbox = sandbox
        self._wants = wants
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._turn = threading.Lock()
        self._waiting: deque[Happening] = deque()
        self._bytes = 0

    def __enter__(self) -> Self:
        sandbox, outbox = self._sandbox, self._sandbox.webhooks.outbox
        with sandbox.ledger.turn:
            sandbox.journal.observe(self._tell)
            outbox.observers = (*outbox.observers, self._tell)
            sandbox.observers = (*sandbox.observers, self._tell)
        return self

    def __exit__(self, *_: object) -> None:
        sandbox, outbox = self._sandbox, self._sandbox.webhooks.outbox
        with sandbox.ledger.turn:
            sandbox.journal.unobserve(self._tell)
            outbox.observers = tuple(each for each in outbox.observers if each != self._tell)
            sandbox.observers = tuple(each for each in sandbox.observers if each != self._tell)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to tell."""
        return bool(self.missed) or (self._sandbox.ended and not self._waiting)

    async def news(self) -> list[Happening]:
        """What has happened since the last time, oldest first; nothing after `HEARTBEAT` seconds, and when it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                while not (self._waiting or self.over):
                    await self._news.wait()
                    self._news.clear()
        with self._turn:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            self._bytes -= sum(map(_size, taken))
        return taken

    def _tell(self, happening: Happening) -> None:
        with self._turn:
            if self._wants(happening):
                self._line_up(happening)
        if not self._news.is_set():
            with suppress(RuntimeError):  # the reader's event loop has ended, and the reader with it
                self._loop.call_soon_threadsafe(self._news.set)

    def _line_up(self, happening: Happening) -> None:
        if self.missed:
            self.missed += 1
            return
        self._waiting.append(happening)
        self._bytes += _size(happening)
        if len(self._waiting) > MAX_WAITING or (self._bytes > MAX_BYTES and len(self._waiting) > 1):
            self.missed = len(self._waiting)
            self._waiting.clear()


async def stream(sandbox: Sandbox, view: View, since: int, first: Iterable[Event]) -> AsyncGenerator[bytes]:
    """Server-sent events: `first`, what the journal has after a request, and then whatever comes.

    Ends with the sandbox, or with the event `overflow` when the reader is too slow.
    """
    with Watch(sandbox, view.wants) as watch:
        # An exchange is in the journal before it is told. So what is not in there by now will be told, and what is told
        # though it is in there is left out.
        kept = [exchange for exchange in list(sandbox.journal)[::-1] if exchange.id > since]
        known = {exchange.id for exchange in kept}
        yield _RETRY + b"".join(event.encode() for event in first)
        while kept:
            written = view.written(filter(view.wants, kept[:_AT_ONCE]))
            del kept[:_AT_ONCE]
            if written:
                yield written
        while not watch.over:
            news = await watch.news()
            written = view.written(each for each in news if not (isinstance(each, Exchange) and each.id in known))
            if written or not (news or watch.over):
                yield written or _BEAT
        if watch.missed:
            yield Event("overflow", {"missed": watch.missed}).encode()


def _size(happening: Happening) -> int:
    """Bytes, about."""
    if isinstance(happening, Exchange):
        return len(happening.target) + len(happening.request_body) + len(happening.reply_body)
    return len(happening.body) if isinstance(happening, Delivery) else 0
