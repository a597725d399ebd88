"""What a client makes of what comes back over a connection."""

from __future__ import annotations

import re

import pytest

from mockserver.client.asgi import End, Head, Part, Raw
from mockserver.client.receiving import Broken, Reading

PLAIN = Head(200, [(b"content-length", b"4")])
CHUNKED = Head(200, [])
COMPLETE, CLOSED, RESET = End("complete"), End("closed"), End("reset")


def read(parts: list[Part], method: str = "GET") -> tuple[int, bytes]:
    """The status and the body, when the reply is over."""
    reading = Reading(method)
    seen = [event for part in parts for event in reading.feed(part)]
    assert reading.over
    head = seen[0]
    assert isinstance(head, Head)
    return head.status, b"".join(each for each in seen[1:] if isinstance(each, bytes))


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ([PLAIN, b"bo", b"dy", COMPLETE], b"body"),
        ([CHUNKED, b"bo", b"dy", COMPLETE], b"body"),
        ([PLAIN, b"bo", Raw(b"dy"), CLOSED], b"body"),
        ([Raw(b"HTTP/1.1 200 OK\r\ncontent-"), Raw(b"length: 4\r\n\r\nbody")], b"body"),
        ([Raw(b"HTTP/1.1 200 OK\r\n\r\nbody"), CLOSED], b"body"),
        ([Raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody")], b"body"),
    ],
)
def test_a_reply_is_read_to_its_end(parts: list[Part], body: bytes) -> None:
    assert read(parts) == (200, body)


def test_a_reply_to_head_has_no_body() -> None:
    assert read([PLAIN, b"body", CLOSED], "HEAD") == (200, b"")


@pytest.mark.parametrize(
    ("parts", "error", "words"),
    [
        ([RESET], "ReadError", "Connection reset by peer"),
        ([PLAIN, b"bo", RESET], "ReadError", "Connection reset by peer"),
        ([Raw(b"HTTP/1.1 200 OK\r\n"), RESET], "ReadError", "Connection reset by peer"),
        ([CLOSED], "RemoteProtocolError", "Server disconnected without sending a response."),
        ([PLAIN, b"bo", CLOSED], "RemoteProtocolError", "(received 2 bytes, expected 4)"),
        ([CHUNKED, b"bo", CLOSED], "RemoteProtocolError", "(incomplete chunked read)"),
        ([CHUNKED, b"bo", Raw(b"noise")], "RemoteProtocolError", "illegal chunk header: bytearray(b'noise')"),
        ([Raw(b"\x00noise\r\n")], "RemoteProtocolError", "illegal request line"),
        ([Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbo"), CLOSED], "RemoteProtocolError", "received 2 bytes"),
    ],
)
def test_what_is_no_reply_is_told_as_libraries_do(parts: list[Part], error: str, words: str) -> None:
    with pytest.raises(Broken, match=re.escape(words)) as caught:
        read(parts)
    assert caught.value.error == error
