"""What a rule does to one request: the reply made worse, and how it goes over the wire."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, Protocol

import msgspec

from mockserver.faults.rule import MALFORMED, RANDOM, RESET, Dribble, Then
from mockserver.transport import Receive, Scope, Send, Wire, head

CONNECTION = "mockserver.connection"
"""The ASGI extension under which a server without sockets gives the connection that a fault may cut."""
UNANSWERED = Wire(0, (), b"")
"""What is in the journal where nobody could read an answer."""
_BODILESS = frozenset({204, 304})
_AT_ONCE = struct.pack("ii", 1, 0)
"""For SO_LINGER: what was not sent yet is dropped, and the other end is told RST."""
_PATIENCE = 10.0
"""Seconds after which a client that does not read what was sent is cut off all the same."""


class Connection(Protocol):
    """What a fault needs of a connection; `asyncio.Transport` has it."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def close(self) -> None:
        """End the connection after what was written."""

    def abort(self) -> None:
        """End it at once."""


def connection_of(scope: Scope, send: Send) -> Connection | None:
    """The connection that a request came on; None where it came on none, as in tests in process.

    A server may give it as an extension; uvicorn's `send` is a method of what has the transport.
    """
    given: Connection | None = (scope.get("extensions") or {}).get(CONNECTION)
    return given or getattr(getattr(send, "__self__", None), "transport", None)


class Effect(msgspec.Struct, frozen=True):
    """What the rule of this id does to one request. `delay` is in seconds; `noise` is what is sent in a reply's place.

    One that is `powerless` would have to cut a connection where there is none.
    """

    rule: str
    then: Then
    delay: float = 0.0
    noise: bytes = b""
    powerless: bool = False

    def worsen(self, wire: Wire) -> Wire:
        """The reply as it goes over the wire. A body that is cut off keeps the length that was promised."""
        then = self.then
        if then.fault is not None:
            return UNANSWERED
        if then.truncate_body_at_fraction is not None:
            size = min(int(len(wire.body) * then.truncate_body_at_fraction), len(wire.body) - 1)
            return Wire(wire.status, wire.headers, wire.body[: max(0, size)])
        if then.malformed_body and wire.status not in _BODILESS:
            # Whatever stands before it, in a text or not, a JSON text cannot end like this.
            body = wire.body[: len(wire.body) // 2] + b"{]"
            length = (b"content-length", b"%d" % len(body))
            others = (header for header in wire.headers if header[0] != length[0])
            return Wire(wire.status, (*others, length), body)
        return wire


class Delivery(NamedTuple):
    """A reply that is sent as a rule wants it."""

    wire: Wire
    effect: Effect

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, late or slowly or not to the end."""
        wire, effect = self
        if effect.delay:
            await asyncio.sleep(effect.delay)
        connection = connection_of(scope, send) if effect.then.cuts else None
        if connection is not None and effect.then.fault is not None:
            _cut(connection, effect.then.fault, effect.noise)
            await _gone(connection, receive)
            return
        await send(head(wire))
        body = b"" if scope["method"] == "HEAD" else wire.body
        await _send_body(body, effect.then.chunked_dribble_delay, more=connection is not None, send=send)
        if connection is not None:
            connection.close()
            await _gone(connection, receive)


async def _send_body(body: bytes, dribble: Dribble | None, *, more: bool, send: Send) -> None:
    """Send a body at once or in pieces; `more` is whether the client was promised more than comes."""
    count = 1 if dribble is None or not body else min(dribble.number_of_chunks, len(body))
    for at in range(count):
        if dribble is not None and body:
            await asyncio.sleep(dribble.total_duration / 1000 / count)
        piece = body[len(body) * at // count : len(body) * (at + 1) // count]
        await send({"type": "http.response.body", "body": piece, "more_body": more or at + 1 < count})


def _cut(connection: Connection, fault: str, noise: bytes) -> None:
    """End the connection in the way that a fault's name says."""
    if fault == RESET:
        _reset(connection)
        return
    if fault == MALFORMED:
        begun = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        connection.write(begun + b"no size of a chunk\r\n" + noise)
    elif fault == RANDOM:
        connection.write(b"\x00" + noise)
    connection.close()


def _reset(connection: Connection) -> None:
    info: Callable[[str], Any] = getattr(connection, "get_extra_info", lambda _: None)
    under = info("socket")
    if under is not None:
        under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    connection.abort()


async def _gone(connection: Connection, receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
    """Wait until the connection is closed, so that the server does not think that an answer is missing."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        connection.abort()
