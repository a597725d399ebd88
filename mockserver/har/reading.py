"""Reading archives, whoever wrote them: browsers, proxies, test tools."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import msgspec

from mockserver.har.recorded import BrokenRecording, Recorded

_BASE64 = "base64"
_WHOLE = "an archive is an object with `log`, which has `entries`, a list"
_ENTRY = "an entry has `request`, with `method` and `url`, and `response`, with `status`"


class _Pair(msgspec.Struct):
    name: str
    value: str = ""


class _PostData(msgspec.Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    params: list[_Pair] = []
    encoding: str = msgspec.field(default="", name="_encoding")


class _Content(msgspec.Struct, rename="camel"):
    size: int = 0
    mime_type: str = ""
    text: str | None = None
    encoding: str = ""


class _Request(msgspec.Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair] = []
    post_data: _PostData | None = None


class _Response(msgspec.Struct):
    status: int
    headers: list[_Pair] = []
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(msgspec.Struct, rename="camel"):
    request: _Request
    response: _Response
    started_date_time: str = ""
    time: float = 0.0
    comment: str = ""


class _Entries(msgspec.Struct):
    entries: list[msgspec.Raw]


class _Archive(msgspec.Struct):
    log: _Entries


def read_har(file: Path) -> list[Recorded]:
    """The exchanges of an archive, in its order. Raises BrokenRecording."""
    try:
        archive = msgspec.json.decode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=_Archive)
    except OSError as error:
        raise BrokenRecording(f"{file}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenRecording(f"{file}: no HTTP archive (HAR): {error}; {_WHOLE}") from None
    return [_read_entry(file, number, raw) for number, raw in enumerate(archive.log.entries, 1)]


def _read_entry(file: Path, number: int, raw: msgspec.Raw) -> Recorded:
    try:
        entry = msgspec.json.decode(raw, type=_Entry)
        _refuse_relative(entry.request.url)
        return Recorded(
            method=entry.request.method,
            url=entry.request.url,
            request_headers=tuple(_headers(entry.request.headers)),
            request_body=_request_body(entry.request.post_data),
            status=max(entry.response.status, 0),
            reply_headers=tuple(_headers(entry.response.headers)),
            reply_body=_bytes(entry.response.content.text, entry.response.content.encoding),
            started=entry.started_date_time,
            took=entry.time,
            comment=entry.comment,
        )
    except ValueError as error:
        raise BrokenRecording(f"{file}: entry {number}: {error}; {_ENTRY}") from None


def _refuse_relative(url: str) -> None:
    if not urlsplit(url).netloc:
        raise ValueError(f"'{url}' is no absolute address, such as https://shop.example.com/path")


def _headers(pairs: Iterable[_Pair]) -> Iterator[tuple[str, str]]:
    """Without the pseudo-headers of HTTP/2, which browsers list too."""
    return ((pair.name, pair.value) for pair in pairs if not pair.name.startswith(":"))


def _request_body(posted: _PostData | None) -> bytes:
    if posted is None:
        return b""
    if posted.text is None and posted.params:
        return urlencode([(pair.name, pair.value) for pair in posted.params]).encode()
    return _bytes(posted.text, posted.encoding)


def _bytes(text: str | None, encoding: str) -> bytes:
    """Raises ValueError for what is no base64 though it says so."""
    if encoding.lower() != _BASE64:
        return (text or "").encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text or "", validate=True)
    except binascii.Error as error:
        raise ValueError(f"a body is said to be base64, and is not: {error}") from None
