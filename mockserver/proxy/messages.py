"""What goes through the proxy: a request as it is sent on, and the answer to it or the reason why there is none."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from mockserver.problem import problem
from mockserver.transport import Headers, Wire, encode


class Asked(msgspec.Struct, frozen=True):
    """A request without what concerns a single connection. `target` is path and query as they came."""

    method: str
    target: str
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> str:
        """A header's value, empty where it is not there. `name` is in lower case."""
        return header(self.headers, name)


class Answer(msgspec.Struct, frozen=True):
    """An answer without what concerns a single connection. Its addresses begin with `origin`."""

    status: int
    headers: Headers
    body: bytes
    origin: str

    def header(self, name: bytes) -> str:
        """A header's value, empty where it is not there. `name` is in lower case."""
        return header(self.headers, name)


class NoAnswer(Exception):
    """Nobody answers a request. The proxy says so with `wire`."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.wire: Wire = encode(problem(status, title, detail, **more))


class Source(Protocol):
    """Where answers come from."""

    async def ask(self, asked: Asked) -> Answer:
        """The answer to a request. Raises NoAnswer."""


def header(headers: Headers, name: bytes) -> str:
    """The value of the last header of a name, which is in lower case; empty where there is none."""
    return next((value.decode("latin-1") for each, value in reversed(headers) if each == name), "")


def media_type(headers: Headers) -> str:
    """The media type that headers tell, without its parameters; empty where they tell none."""
    return header(headers, b"content-type").partition(";")[0].strip().lower()
