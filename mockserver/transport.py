"""ASGI at both ends of a request: reading a body within bounds, choosing a sandbox, sending a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import msgspec

from mockserver.call import Reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

_to_json = msgspec.json.Encoder().encode
_AS_IT_IS = (bytes, str, type(None))
_LOCALHOST = b".localhost"
_NO_CONTENT = 204
_JSON_TYPE = (b"content-type", b"application/json")
_CONTENT_TYPES = {
    media: (b"content-type", value)
    for media, value in {
        "application/json": b"application/json",
        "text/plain": b"text/plain; charset=utf-8",
        "text/html": b"text/html; charset=utf-8",
    }.items()
}


class Gone(Exception):
    """The client closed the connection before its request was complete."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A reply as it goes over the wire."""

    status: int
    headers: Headers
    body: bytes


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """A request as it came, headers by their names in lower case, and the ways to its client and from it."""

    scope: Scope
    headers: Mapping[bytes, bytes]
    body: bytes
    send: Send
    receive: Receive


def choose_sandbox(path: str, headers: Mapping[bytes, bytes]) -> tuple[str | None, str]:
    """The sandbox that a request names, or None, and the path without it.

    In this order: the prefix `/@NAME`, the header `X-Mock-Sandbox`, the host `NAME.localhost`.
    """
    if path[1:2] == "@":
        name, slash, rest = path[2:].partition("/")
        return name, slash + rest
    if b"x-mock-sandbox" in headers:
        return headers[b"x-mock-sandbox"].decode("latin-1"), path
    host = headers.get(b"host", b"")
    if _LOCALHOST in host:
        domain = host.partition(b":")[0]
        if domain.endswith(_LOCALHOST):
            return domain.removesuffix(_LOCALHOST).decode("latin-1"), path
    return None, path


def asked_for(scope: Scope) -> tuple[str, str]:
    """A request's query, and its path with that."""
    query, path = scope["query_string"].decode("latin-1"), scope["path"]
    return query, f"{path}?{query}" if query else path


@lru_cache(maxsize=512)
def dressed(headers: Headers, more: Headers, charset: str) -> Headers:
    """A reply's own headers with those that the kernel or the vendor adds to any reply, and with JSON's charset.

    Equal headers are one object: the journal keeps those of a thousand replies.
    """
    if charset:
        told = (b"content-type", b"application/json; charset=" + charset.encode())
        headers = tuple(told if header == _JSON_TYPE else header for header in headers)
    return (*headers, *more)


async def read_rest(receive: Receive, begun: bytes, limit: int) -> bytes:
    """The whole of a body that came in more than one piece, or more than `limit` bytes of it. Raises Gone."""
    parts, size, more = [begun], len(begun), True
    while more and size <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message["body"])
        size += len(message["body"])
        more = message.get("more_body", False)
    return b"".join(parts)


def head(wire: Wire) -> MutableMapping[str, Any]:
    """The message that begins a reply."""
    return {"type": "http.response.start", "status": wire.status, "headers": wire.headers}


def encode(reply: Reply) -> Wire:
    """A reply's bytes and headers."""
    return wrap(reply, to_bytes(reply))


def to_bytes(reply: Reply) -> bytes:
    """A reply's body as it is sent."""
    body = reply.body
    if not isinstance(body, _AS_IT_IS):
        return _to_json(body)
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else body


def wrap(reply: Reply, body: bytes, more: Headers = ()) -> Wire:
    """A reply whose body is these bytes, with its headers and `more` of them."""
    if reply.status == _NO_CONTENT:
        return Wire(reply.status, (*reply.headers, *more), b"")
    length = (b"content-length", b"%d" % len(body))
    if not reply.media_type:
        return Wire(reply.status, (length, *reply.headers, *more), body)
    kind = _CONTENT_TYPES.get(reply.media_type) or (b"content-type", reply.media_type.encode())
    return Wire(reply.status, (kind, length, *reply.headers, *more), body)
