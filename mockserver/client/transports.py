"""Transports for httpx2, and for httpx: requests to a server in this process that need no socket."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any

from mockserver.client.asgi import Asked, Head, Part
from mockserver.client.receiving import Broken, Reading
from mockserver.transport import App, Scope

Call = Callable[[Callable[[], None]], bool]
"""Has a function called on the thread of the application's event loop; False when that has ended."""
_LOOK = 1.0
"""Seconds after which it is looked whether the server is still there."""


class Line:
    """What requests take: an application, the loop that it runs on, and the sandbox that they go to.

    Without a sandbox, each request says itself to which it goes.
    """

    def __init__(self, app: App, call: Call, sandbox: str | None, library: ModuleType) -> None:
        self.library = library
        self._app = app
        self._call = call
        self._sandbox = sandbox

    def ask(self, request: Any, body: bytes, tell: Callable[[Part], None]) -> Callable[[], object]:
        """Have a request answered; returns what is to be called when the reply was read, or is not wanted any more."""
        asked = Asked(self._app, self._scope(request), body, tell)
        if not self._call(asked.begin):
            raise self.library.ConnectError("the mockserver of this transport is closed", request=request)
        return partial(self._call, asked.leave)

    def check(self, request: Any) -> None:
        """Raises the library's ReadError when the server has ended meanwhile."""
        if not self._call(_nothing):
            raise self.library.ReadError("the mockserver of this transport was closed", request=request)

    def _scope(self, request: Any) -> Scope:
        url, headers = request.url, [(name.lower(), value) for name, value in request.headers.raw]
        if self._sandbox is not None and not any(name == b"x-mock-sandbox" for name, _ in headers):
            headers.append((b"x-mock-sandbox", self._sandbox.encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port),
        }


class Waiting:
    """One request under way: how long it may take, and what its reply is so far."""

    def __init__(self, line: Line, request: Any) -> None:
        self.line = line
        self.request = request
        self.reading = Reading(request.method)
        self._limit: float | None = request.extensions.get("timeout", {}).get("read")
        self._until = self._next_limit()

    def _next_limit(self) -> float:
        return float("inf") if self._limit is None else time.monotonic() + self._limit

    def pause(self) -> float:
        """How many seconds to wait for the next part before `look` is called."""
        return max(0.0, min(self._until - time.monotonic(), _LOOK))

    def look(self) -> None:
        """Nothing has come. Raises the library's ReadTimeout when that was long enough, ReadError when nothing will."""
        if time.monotonic() >= self._until:
            raise self.line.library.ReadTimeout("timed out", request=self.request)
        self.line.check(self.request)

    def feed(self, part: Part) -> Iterator[Head | bytes]:
        """What a part adds. Raises the library's error where it makes a reply of it that is none."""
        self._until = self._next_limit()
        try:
            yield from self.reading.feed(part)
        except Broken as broken:
            raise getattr(self.line.library, broken.error)(str(broken), request=self.request) from None


class _Reply:
    """A reply, read in the thread that asked."""

    def __init__(self, line: Line, request: Any) -> None:
        parts: queue.SimpleQueue[Part] = queue.SimpleQueue()
        self._waiting = Waiting(line, request)
        self._leave = line.ask(request, request.read(), parts.put)
        self._events = self._read(parts)

    def head(self) -> Any:
        """How it begins."""
        try:
            return next(self._events)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        """It was read, or is not wanted any more."""
        self._leave()

    def _read(self, parts: queue.SimpleQueue[Part]) -> Iterator[Any]:
        while not self._waiting.reading.over:
            try:
                part = parts.get(timeout=self._waiting.pause())
            except queue.Empty:
                self._waiting.look()
            else:
                yield from self._waiting.feed(part)


class _AsyncReply:
    """A reply, read on the event loop that asked."""

    def __init__(self, line: Line, request: Any, body: bytes) -> None:
        loop, parts = asyncio.get_running_loop(), asyncio.Queue[Part]()

        def tell(part: Part) -> None:
            with suppress(RuntimeError):  # the loop that asked has ended
                loop.call_soon_threadsafe(parts.put_nowait, part)

        self._waiting = Waiting(line, request)
        self._leave = line.ask(request, body, tell)
        self._events = self._read(parts)

    async def head(self) -> Any:
        """How it begins."""
        try:
            return await anext(self._events)
        except BaseException:
            await self.aclose()
            raise

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._events

    async def aclose(self) -> None:
        """It was read, or is not wanted any more."""
        self._leave()
        await self._events.aclose()

    async def _read(self, parts: asyncio.Queue[Part]) -> AsyncGenerator[Any, None]:
        while not self._waiting.reading.over:
            try:
                part = await asyncio.wait_for(parts.get(), self._waiting.pause())
            except TimeoutError:
                self._waiting.look()
            else:
                for event in self._waiting.feed(part):
                    yield event


class _Transport:
    """Answers requests in the thread that asks."""

    _reply: type[_Reply]

    def __init__(self, line: Line) -> None:
        self._line = line

    def handle_request(self, request: Any) -> Any:
        """One request. Raises the library's errors."""
        reply = self._reply(self._line, request)
        head = reply.head()
        return self._line.library.Response(head.status, headers=head.headers, stream=reply)


class _AsyncTransport:
    """Answers requests on the event loop that asks."""

    _reply: type[_AsyncReply]

    def __init__(self, line: Line) -> None:
        self._line = line

    async def handle_async_request(self, request: Any) -> Any:
        """One request. Raises the library's errors."""
        reply = self._reply(self._line, request, await request.aread())
        head = await reply.head()
        return self._line.library.Response(head.status, headers=head.headers, stream=reply)


def make_transport(line: Line) -> Any:
    """A transport for the synchronous client of the line's library."""
    library = line.library
    reply = type("Reply", (_Reply, library.SyncByteStream), {})
    return type("Transport", (_Transport, library.BaseTransport), {"_reply": reply})(line)


def make_async_transport(line: Line) -> Any:
    """A transport for the asynchronous client of the line's library, on an event loop of asyncio."""
    library = line.library
    reply = type("AsyncReply", (_AsyncReply, library.AsyncByteStream), {})
    return type("AsyncTransport", (_AsyncTransport, library.AsyncBaseTransport), {"_reply": reply})(line)


def _nothing() -> None:
    """What is called to see whether anything still is."""
