"""One request to an application without a socket, and what comes back, part by part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from mockserver.transport import App, Scope

Headers = Sequence[tuple[bytes, bytes]]
Call = Callable[[Callable[[], None]], bool]
"""Has a function called on the thread of the application's event loop; False when that has ended."""

_tasks: set[asyncio.Task[None]] = set()
"""A loop holds its tasks only weakly."""


class Head(NamedTuple):
    """How a reply begins."""

    status: int
    headers: Headers


class Raw(NamedTuple):
    """Bytes written past the application's server, as a fault does."""

    data: bytes


class End(NamedTuple):
    """There is no more: the reply is complete, or the connection was closed or reset before it was."""

    how: Literal["complete", "closed", "reset"]


Part = Head | bytes | Raw | End
Tell = Callable[[Part], None]


class Connection:
    """What stands for a connection in a scope: what faults need of one."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.ended = False
        self.gone = asyncio.Event()
        """The client is not there any more."""

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if not self.ended:
            self._tell(Raw(data))

    def close(self) -> None:
        """Close the connection."""
        self._end(End("closed"))

    def abort(self) -> None:
        """Reset the connection."""
        self._end(End("reset"))

    def _end(self, end: End) -> None:
        self.gone.set()
        if not self.ended:
            self.ended = True
            self._tell(end)


class Asked:
    """One request to an application, from which parts of the reply are told as they come."""

    def __init__(self, app: App, scope: Scope, body: bytes, tell: Tell) -> None:
        self._app = app
        self._connection = Connection(tell)
        self._scope = {**scope, "extensions": {"mockserver.connection": self._connection}}
        self._body: bytes | None = body
        self._tell = tell
        self._begun = False

    def begin(self) -> None:
        """On the loop's thread: have it answered."""
        task = asyncio.get_running_loop().create_task(self._answer())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)

    def leave(self) -> None:
        """On the loop's thread: the client has read all, or does not want the rest."""
        self._connection.ended = True
        self._connection.gone.set()

    async def _answer(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception:  # noqa: BLE001  as any server answers what its application leaves unanswered
            if not self._begun:
                self._say(Head(HTTPStatus.INTERNAL_SERVER_ERROR, ()))
                self._say(End("complete"))
                self._connection.ended = True
        finally:
            self._connection.close()

    async def _receive(self) -> dict[str, Any]:
        if self._body is None:
            await self._connection.gone.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            self._say(Head(message["status"], list(message.get("headers", ()))))
            return
        if message.get("body"):
            self._say(bytes(message["body"]))
        if not message.get("more_body", False):
            self._say(End("complete"))
            self._connection.ended = True

    def _say(self, part: Part) -> None:
        if not self._connection.ended:
            self._tell(part)
