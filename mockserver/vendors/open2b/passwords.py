"""Passwords as an Open2b shop stores them: 45 characters, whichever program they come from."""

from __future__ import annotations

import base64
import hashlib
import re

PRINTED_EXAMPLE = "I9bV2crS"
"""The page's examples send this as a value crypted by Open2b, though such a value has 45 characters elsewhere."""

_LENGTH = 45
_OPEN2B = re.compile(r"[A-Za-z0-9+/=.$_-]{45}")
_SALTED_MD5 = re.compile(r"[0-9a-f]{32}:..")
_FORMATS = {"Open2b": _OPEN2B, "osCommerce": _SALTED_MD5, "ZenCart": _SALTED_MD5, "CRELoaded": _SALTED_MD5}


def is_plain(crypted_by: str | None) -> bool:
    """Whether a value with this `cryptedBy` is plain text [page: absent or the word None]."""
    return crypted_by in (None, "None")


def is_crypted(value: str, crypted_by: str) -> bool:
    """Whether a value has the form in which a program crypts. The forms are our choice: nothing documents them."""
    if crypted_by == "Open2b" and value == PRINTED_EXAMPLE:
        return True
    return _FORMATS[crypted_by].fullmatch(value) is not None


def encrypt(plain: str) -> str:
    """A plain password as it is stored. The same text always gives the same 45 characters: this is a fake."""
    digest = hashlib.blake2b(plain.encode(), digest_size=34, person=b"open2b-fake").digest()
    return base64.b64encode(digest).decode()[:_LENGTH]


def keep(value: str, crypted_by: str) -> str:
    """A crypted password as it is stored: an Open2b value as it came, another program's in 45 characters."""
    return value if crypted_by == "Open2b" and _OPEN2B.fullmatch(value) else encrypt(f"{crypted_by}:{value}")
