"""Writing archives."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mockserver.har.recorded import BrokenRecording, Recorded
from mockserver.version import __version__

HAR_VERSION = "1.2"
_FORM = "application/x-www-form-urlencoded"
_BASE64 = "base64"
_END = b"\n]}}\n"


def har_text(recorded: Iterable[Recorded], comment: str = "") -> str:
    """An archive of these exchanges."""
    entries = b",\n".join(map(_entry_text, recorded))
    return (_beginning(comment) + entries + _END).decode()


class HarFile:
    """An archive that is written as exchanges come. After each of them the file is whole, whenever the process ends.

    What was in the file before is gone; only its owner may read what is written. Raises BrokenRecording where that
    cannot be done.
    """

    def __init__(self, file: Path, comment: str = "") -> None:
        self._name = file
        try:
            self._file = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0)
            self._file.write(_beginning(comment))
        except OSError as error:
            raise self._broken(error) from None
        self._end = self._file.tell()
        self._is_first = True
        self._finish()

    def append(self, recorded: Recorded) -> None:
        """Write one more exchange."""
        text = (b"" if self._is_first else b",\n") + _entry_text(recorded)
        try:
            self._file.seek(self._end)
            # In one write, so that nobody finds the file without its end.
            self._file.write(text + _END)
        except OSError as error:
            raise self._broken(error) from None
        self._is_first = False
        self._end += len(text)

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def _finish(self) -> None:
        self._file.write(_END)

    def _broken(self, error: OSError) -> BrokenRecording:
        return BrokenRecording(f"cannot write {self._name}: {error.strerror}")


def _beginning(comment: str) -> bytes:
    """All that comes before the entries."""
    log = {"version": HAR_VERSION, "creator": {"name": "mockserver", "version": __version__}}
    said = {**log, "comment": comment} if comment else log
    return b'{"log":' + msgspec.json.encode(said)[:-1] + b',"entries":[\n'


def _entry_text(recorded: Recorded) -> bytes:
    entry = {
        "startedDateTime": recorded.started,
        "time": recorded.took,
        "request": _request(recorded),
        "response": _response(recorded),
        "cache": {},
        "timings": {"send": 0, "wait": recorded.took, "receive": 0},
    }
    return msgspec.json.encode({**entry, "comment": recorded.comment} if recorded.comment else entry)


def _request(recorded: Recorded) -> dict[str, Any]:
    body = recorded.request_body
    request = {
        "method": recorded.method,
        "url": recorded.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(recorded.request_headers),
        "queryString": _pairs(parse_qsl(recorded.query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(body),
    }
    if not body:
        return request
    kind = recorded.request_header("content-type") or ""
    text, encoding = _text(body)
    params = parse_qsl(text, keep_blank_values=True) if kind.startswith(_FORM) and not encoding else []
    posted = {"mimeType": kind, "params": _pairs(params), "text": text}
    return {**request, "postData": {**posted, "_encoding": encoding} if encoding else posted}


def _response(recorded: Recorded) -> dict[str, Any]:
    text, encoding = _text(recorded.reply_body)
    content = {
        "size": len(recorded.reply_body),
        "mimeType": recorded.reply_header("content-type") or "x-unknown",
        "text": text,
    }
    return {
        "status": recorded.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(recorded.reply_headers),
        "content": {**content, "encoding": encoding} if encoding else content,
        "redirectURL": recorded.reply_header("location") or "",
        "headersSize": -1,
        "bodySize": len(recorded.reply_body),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _text(body: bytes) -> tuple[str, str]:
    """A body as a text, and how that is encoded: empty for UTF-8, for which JSON needs nothing more."""
    with suppress(UnicodeDecodeError):
        return body.decode(), ""
    return base64.b64encode(body).decode(), _BASE64
