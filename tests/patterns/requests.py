"""Requests for patterns to look at."""

from __future__ import annotations

import json
from typing import Any

from mockserver.patterns import Asked


def asked(
    method: str = "GET",
    target: str = "/toys/v1/toys/7",
    headers: tuple[tuple[str, str], ...] = (),
    body: Any = b"",
    **more: Any,
) -> Asked:
    """A request; a body that is no bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return Asked(method, target, pairs, raw, **more)
