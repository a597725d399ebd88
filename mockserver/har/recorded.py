"""One exchange of a recording."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

_TO_READ = frozenset({"GET", "HEAD", "OPTIONS"})


class BrokenRecording(Exception):
    """A recording cannot be read or written. The message names the file, the entry, and what would be right."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange of a recording.

    `url` is absolute. Bodies are as they were before any `Content-Encoding`, though that header may still be there.
    `status` is 0 where no reply came. `started` is ISO 8601, `took` milliseconds.
    """

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""
    status: int = 0
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply_body: bytes = b""
    started: str = ""
    took: float = 0.0
    comment: str = ""

    @property
    def path(self) -> str:
        """The path as it stands in the address."""
        return urlsplit(self.url).path or "/"

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return urlsplit(self.url).query

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def is_write(self) -> bool:
        """Whether its method may alter something."""
        return self.method.upper() not in _TO_READ

    def request_header(self, name: str) -> str | None:
        """A header of the request, whatever its letters' case; the first of several."""
        return _header(self.request_headers, name)

    def reply_header(self, name: str) -> str | None:
        """A header of the reply, whatever its letters' case; the first of several."""
        return _header(self.reply_headers, name)


def _header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    return next((value for each, value in headers if each.lower() == name.lower()), None)
