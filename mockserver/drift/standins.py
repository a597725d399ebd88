"""Stand-ins for the secrets that recordings leave out: the same placeholder is the same secret."""

from __future__ import annotations

import re
from base64 import b64encode

from msgspec import structs

from mockserver.har import Recorded

_TEXT = re.compile(r"\[redacted(?:-(\d+))?\]|%5Bredacted(?:-(\d+))?%5D", re.IGNORECASE)
_BYTES = re.compile(_TEXT.pattern.encode(), re.IGNORECASE)


def filled(recorded: Recorded) -> Recorded:
    """The exchange with a text in the place of each secret.

    It would be taken for a password, for a token, and for a name with a password in base64.
    """
    return structs.replace(
        recorded,
        url=text(recorded.url),
        request_headers=tuple((name, text(value)) for name, value in recorded.request_headers),
        request_body=_BYTES.sub(_standin_bytes, recorded.request_body),
        reply_headers=tuple((name, text(value)) for name, value in recorded.reply_headers),
        reply_body=_BYTES.sub(_standin_bytes, recorded.reply_body),
    )


def text(given: str) -> str:
    """A text with stand-ins."""
    return _TEXT.sub(lambda placeholder: _standin(placeholder[1] or placeholder[2]), given)


def _standin_bytes(placeholder: re.Match[bytes]) -> bytes:
    number = placeholder[1] or placeholder[2]
    return _standin(number.decode() if number else None).encode()


def _standin(number: str | None) -> str:
    return b64encode(f"Secret:{int(number or 0):04}".encode()).decode()
