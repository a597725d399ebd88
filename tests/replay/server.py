"""The server that a recording is played to: in this process, with the clock that the program had."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

import msgspec

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.transport import App
from tests.replay.comparison import BEGINNING

FIXTURE = "spurtcommerce-recorded"
PASSWORD = "Admin-12345"  # noqa: S105  the fixture's, and the recording's
ADMIN, RESTRICTED = "admin@example.com", "limited@example.com"


class Answer(msgspec.Struct, frozen=True):
    """What our server sent; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


class Refusal(Exception):
    """The server did not do what the replay itself needs, such as signing in."""


class Server:
    """A fresh server, asked without a socket, so that each byte goes to it as it stands in the recording."""

    def __init__(self) -> None:
        options = Options(fidelity="observed", auth="strict", max_body=50 << 20)
        self._app: App = build(read_fixture(FIXTURE), options=options).app
        self._set_clock({"action": "freeze", "instant": f"{BEGINNING}Z"})

    def ask(self, method: str, target: str, headers: dict[str, str], content: bytes = b"") -> Answer:
        """Send a request and wait for the whole of its answer."""
        return asyncio.run(self._ask(method, target, headers, content))

    def ask_json(self, method: str, path: str, body: Any = None) -> Any:
        """What the server answers in JSON, to a JSON body or to none. Raises Refusal."""
        headers, content = {"Content-Type": "application/json"}, json.dumps(body).encode()
        answer = self.ask(method, path, *(({}, b"") if body is None else (headers, content)))
        if answer.status >= 300:
            raise Refusal(f"{method} {path} was answered {answer.status}: {answer.content.decode(errors='replace')}")
        return json.loads(answer.content)

    def advance(self) -> None:
        """Let a second pass."""
        self._set_clock({"action": "advance", "durationMillis": 1000})

    def sign_in(self, username: str) -> str:
        """The token of an administrator."""
        reply = self.ask_json("POST", "/api/auth/login", {"username": username, "password": PASSWORD})
        token: str = reply["data"]["token"]
        return token

    def sign_out(self, token: str) -> None:
        """Revoke a token."""
        self.ask("POST", "/api/auth/logout", {"Authorization": f"Bearer {token}"})

    @property
    def now(self) -> str:
        """What time it is there, as the database writes it."""
        instant = self.ask_json("GET", "/__admin/clock")["currentInstant"]
        return str(instant)[:19].replace("T", " ")

    def _set_clock(self, action: dict[str, Any]) -> None:
        self.ask_json("PUT", "/__admin/clock", action)

    async def _ask(self, method: str, target: str, headers: dict[str, str], content: bytes) -> Answer:
        path, _, query = target.partition("?")
        sent = {"host": "127.0.0.1", "content-length": str(len(content)), **_on_the_wire(headers)}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
        }
        messages: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self._app(scope, receive, send)
        start, *rest = messages
        replied = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], replied, b"".join(message.get("body", b"") for message in rest))


def _on_the_wire(headers: dict[str, str]) -> dict[str, str]:
    """Names in lower case; values with the blanks after them, which the HTTP parser of our server leaves there."""
    return {name.lower(): value for name, value in headers.items()}
