"""An app that is told by webhooks, as lean as can be: it says 204 and notes the number in each body.

Started by `servers.py`, with the text that stands before the number as argument. `GET /` answers with what was noted:
each number, and when it came by the system's monotonic clock; `GET /count` with how many.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import cast

import click
import uvloop
from httptools import HttpRequestParser

_NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One connection. The names of the methods that begin with `on_` are the parser's."""

    def __init__(self, number: re.Pattern[bytes], noted: list[tuple[int, float]]) -> None:
        self._number = number
        self._noted = noted
        self._parser = HttpRequestParser(self)
        self._url = self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's, which inherits from nothing

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url = self._body = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._parser.get_method() == b"GET":
            text = json.dumps(len(self._noted) if self._url == b"/count" else self._noted).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
            return
        found = self._number.search(self._body)
        assert found, f"a webhook without number: {self._body!r}"
        self._noted.append((int(found[1]), time.monotonic()))
        self._transport.write(_NO_CONTENT)


async def main(before: str) -> None:
    number = re.compile(re.escape(before.encode()) + rb"(\d+)")
    noted: list[tuple[int, float]] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(number, noted), "127.0.0.1", 0)
    click.echo(f"listens on http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
