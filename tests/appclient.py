"""A client of an application in this process, quick enough for thousands of tests.

Starlette's hands each request over between threads three times, and makes much of each: some twenty times what the request
itself takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, cast

from httpx2 import BaseTransport, ByteStream, Client, Request, Response

from mockserver.client.loop import Loop
from mockserver.transport import App, Scope

MOST_SECONDS = 60
"""How long a reply may take before a test gives up on it."""


class AppClient(Client):
    """Asks without a socket, and is told all of a reply at once. What the application raises is raised here.

    In a `with` block it has an event loop as long as that lasts; before and after, each request has one of its own.
    """

    def __init__(
        self,
        app: App,
        base_url: str = "http://testserver",
        headers: Mapping[str, str] | None = None,
        *,
        peer: str = "testclient",
        follow_redirects: bool = False,
    ) -> None:
        self._within = _Transport(app, peer)
        super().__init__(
            transport=self._within,
            base_url=base_url,
            headers=headers,
            follow_redirects=follow_redirects,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        self._within.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        at: TracebackType | None = None,
    ) -> None:
        self._within.stop()


class _Transport(BaseTransport):
    def __init__(self, app: App, peer: str) -> None:
        self._app = app
        self._peer = peer
        self._loop: Loop | None = None

    def start(self) -> None:
        self._loop = Loop()
        self._loop.start()

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.stop()
            self._loop = None

    def handle_request(self, request: Request) -> Response:
        exchange = _Exchange(self._app, self._scope(request), [*cast(Iterable[bytes], request.stream)])
        if self._loop is None:
            asyncio.run(exchange.answer())
        else:
            self._loop.call(exchange.begin)
        head, *parts = exchange.said.result(MOST_SECONDS)
        body = b"" if request.method == "HEAD" else b"".join([part.get("body", b"") for part in parts])
        return Response(head["status"], headers=[*head.get("headers", ())], stream=ByteStream(body), request=request)

    def _scope(self, request: Request) -> Scope:
        url = request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": (self._peer, 50000),
            "server": (url.host, url.port or (443 if url.scheme == "https" else 80)),
        }


class _Exchange:
    """What an application reads and writes for one request."""

    def __init__(self, app: App, scope: Scope, parts: list[bytes]) -> None:
        self.said = Future[list[Any]]()
        self._app = app
        self._scope = scope
        self._parts = parts or [b""]
        self._messages: list[Any] = []
        self._over = asyncio.Event()

    def begin(self) -> None:
        """On the loop's thread."""
        self._task = asyncio.get_running_loop().create_task(self.answer())

    async def answer(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001  it is the test's, which waits for it in another thread
            self.said.set_exception(error)
        else:
            self.said.set_result(self._messages)

    async def _receive(self) -> dict[str, Any]:
        if not self._parts:
            await self._over.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._parts.pop(0), "more_body": bool(self._parts)}

    async def _send(self, message: Any) -> None:
        self._messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._over.set()
