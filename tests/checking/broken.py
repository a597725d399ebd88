"""A broken copy of the fakes: the real thing on a real port, with one fault planted between it and its clients."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.server import Server, listen
from mockserver.transport import App, Receive, Scope, Send


@dataclass
class Asked:
    """A request to a vendor; `path` without the sandbox."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answered:
    """A reply; header names in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)

    def saying(self, value: Any) -> Answered:
        return replace(self, body=json.dumps(value).encode())


Ask = Callable[[Asked], Awaitable[Answered]]
Fault = Callable[[Asked, Ask], Awaitable[Answered]]
"""What answers a request instead of the fake, which it may ask."""


class Broken:
    """The fake with a fault. `asked` are the vendors' requests that came."""

    def __init__(self, app: App, fault: Fault | None = None, *, open_admin: bool = True) -> None:
        self._app, self._fault, self._open_admin = app, fault, open_admin
        self.asked: list[Asked] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        own = path if not path.startswith("/@") else "/" + path.split("/", 2)[-1]
        if scope["type"] != "http" or (own.startswith("/__admin") and self._open_admin):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        asked = Asked(scope["method"], own, headers, await _body(receive))
        self.asked.append(asked)
        if own.startswith("/__admin"):
            asked = Asked("GET", "/nobody", {}, b"")
            scope = {**scope, "path": "/nobody", "raw_path": b"/nobody", "method": "GET"}

        async def ask(request: Asked) -> Answered:
            return await _answer(self._app, scope, request)

        answered = await (self._fault(asked, ask) if self._fault else ask(asked))
        sent = {**answered.headers, "content-length": str(len(answered.body))}
        if answered.status in (204, 304):
            del sent["content-length"]
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": answered.status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else answered.body})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(app: App, scope: Scope, request: Asked) -> Answered:
    answered = Answered(0)
    messages: Iterator[MutableMapping[str, Any]] = iter(
        [{"type": "http.request", "body": request.body, "more_body": False}]
    )

    async def receive() -> MutableMapping[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            answered.body += message.get("body", b"")

    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    await app({**scope, "headers": headers}, receive, send)
    return answered


@contextmanager
def served(fault: Fault | None = None, *, open_admin: bool = True, **options: Any) -> Iterator[tuple[str, Broken]]:
    """Where it listens, and the copy itself."""
    given: Mapping[str, Any] = {"auth": "strict", "rate_limits": "off", **options}
    broken = Broken(build(read_fixture("default"), options=Options(**given)).app, fault, open_admin=open_admin)
    server = Server(broken, listen())
    server.start()
    try:
        yield server.url, broken
    finally:
        server.stop()
