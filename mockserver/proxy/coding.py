"""Content codings: bodies as they were before they were compressed for the way."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

KNOWN = ("gzip", "deflate", "identity")
"""What can be read; compressed otherwise, a body could not be checked."""
_GZIP, _ZLIB, _RAW = 31, 15, -15
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _RAW)}
"""How each coding may look; of `deflate` some servers leave the envelope out."""


class Undecodable(ValueError):
    """A body cannot be had as it was before. The message says why."""


def decode(body: bytes, codings: str, most: int) -> bytes:
    """A body without the codings that a `Content-Encoding` names, at most so long. Raises Undecodable."""
    for coding in reversed([each.strip().lower() for each in codings.split(",")]):
        if coding not in ("", "identity") and body:
            body = _without(body, coding, most)
    return body


def narrowed(accepted: bytes) -> bytes:
    """What is left of an `Accept-Encoding` if only codings that can be read are asked for."""
    ranges = [each.strip() for each in accepted.decode("latin-1").split(",")]
    kept = [each for each in ranges if each.partition(";")[0].strip().lower() in KNOWN]
    return (", ".join(kept) or "identity").encode("latin-1")


def _without(body: bytes, coding: str, most: int) -> bytes:
    if coding not in _WINDOWS:
        raise Undecodable(f"is compressed as {coding}; what can be read is {', '.join(KNOWN)}")
    for window in _WINDOWS[coding]:
        try:
            return b"".join(_inflated(body, window, most))
        except zlib.error:
            continue
    raise Undecodable(f"is not {coding}, though the header says so")


def _inflated(body: bytes, window: int, most: int) -> Iterator[bytes]:
    """The pieces of one text after the other: gzip may have several."""
    size = 0
    while body:
        inflater = zlib.decompressobj(window)
        piece = inflater.decompress(body, most - size + 1)
        size += len(piece)
        if size > most:
            raise Undecodable(f"has more than {most} bytes once it is decompressed")
        if not inflater.eof:
            raise Undecodable("breaks off before its end")
        yield piece
        body = inflater.unused_data
