"""What the program takes for an e-mail address (the npm packages class-validator and validator)."""

from __future__ import annotations

import re
from typing import Any

_LONGEST, _LONGEST_USER, _LONGEST_LABEL = 254, 64, 63
_USER = re.compile(r"[a-z\d!#$%&'*+\-/=?^_`{|}~\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]+", re.IGNORECASE | re.ASCII)
_TOP = re.compile(
    r"(?:[a-z\u00a1-\u00a8\u00aa-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]{2,}|xn[a-z0-9-]{2,})", re.IGNORECASE | re.ASCII
)
_LABEL = re.compile(r"(?!-)[a-z0-9\u00a1-\uff00\uff5f-\uffff\U00010000-\U0010ffff-]+(?<!-)", re.IGNORECASE | re.ASCII)


def is_email(value: Any) -> bool:
    """Whether a value is an e-mail address: `user@domain.top`, with letters of any script."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return False
    user, at, domain = value.rpartition("@")
    if not at or len(user.encode()) > _LONGEST_USER or not _is_domain(domain):
        return False
    return all(_USER.fullmatch(part) for part in user.split("."))


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    if len(labels) == 1 or not _TOP.fullmatch(labels[-1]):
        return False
    return all(len(label) <= _LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels)
