"""What a client makes of what comes back over a connection: a reply, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from mockserver.client.asgi import End, Head, Part, Raw


class Broken(Exception):
    """What came back is no reply. `error` is the name of the HTTP library's exception for that."""

    def __init__(self, error: Literal["ReadError", "RemoteProtocolError"], message: str) -> None:
        super().__init__(message)
        self.error = error


class Reading:
    """How a reply begins, and then its body, until it is over. The messages are those of the libraries."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._parser: Any = None
        self._begun = False
        self._left: int | None = 0
        self._read = 0
        self.over = False

    def feed(self, part: Part) -> Iterator[Head | bytes]:
        """What a part adds. Raises Broken."""
        if isinstance(part, End) and part.how == "reset":
            raise Broken("ReadError", "[Errno 104] Connection reset by peer")
        if self._parser is not None or (isinstance(part, Raw) and not self._begun):
            yield from self._parse(part)
        elif isinstance(part, Head):
            yield self._begin(part)
        elif isinstance(part, End):
            self._end(part)
        else:
            yield self._more(part)

    def _begin(self, head: Head) -> Head:
        self._begun = True
        length = next((value for name, value in head.headers if name.lower() == b"content-length"), None)
        self._left = 0 if self._method == "HEAD" else None if length is None else int(length)
        return head

    def _more(self, part: bytes | Raw) -> bytes:
        data = part.data if isinstance(part, Raw) else part
        if isinstance(part, Raw) and self._left is None:
            raise Broken("RemoteProtocolError", f"illegal chunk header: {bytearray(data)!r}")
        self._read += len(data)
        return b"" if self._method == "HEAD" else data

    def _end(self, end: End) -> None:
        if not self._begun:
            raise Broken("RemoteProtocolError", "Server disconnected without sending a response.")
        cut = "peer closed connection without sending complete message body"
        if self._left is not None and self._read < self._left:
            raise Broken("RemoteProtocolError", f"{cut} (received {self._read} bytes, expected {self._left})")
        if self._left is None and end.how == "closed":
            raise Broken("RemoteProtocolError", f"{cut} (incomplete chunked read)")
        self.over = True

    def _parse(self, part: Part) -> Iterator[Head | bytes]:
        """Bytes that no server has framed are read by the parser that the libraries have for them."""
        import h11  # noqa: PLC0415  few replies need it

        if self._parser is None:
            self._parser = h11.Connection(h11.CLIENT)
            self._parser.send(h11.Request(method=self._method, target="/", headers=[("host", "localhost")]))
            self._parser.send(h11.EndOfMessage())
        try:
            self._parser.receive_data(part.data if isinstance(part, Raw) else b"")
            while (event := self._parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    yield Head(event.status_code, event.headers.raw_items())
                elif isinstance(event, h11.Data):
                    yield bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    self.over = True
                    return
        except h11.RemoteProtocolError as error:
            raise Broken("RemoteProtocolError", str(error)) from None
