"""Headers on their way through: what concerns one connection only, who asked, and addresses of the server behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from mockserver.proxy.coding import narrowed
from mockserver.transport import Headers, Scope

_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split()
)
_NOT_SENT_ON = frozenset({b"host", b"content-length", b"expect"})
"""What a request says of itself, and is said anew of the one that is sent on."""
_NOT_PASSED_BACK = frozenset({b"date", b"content-length"})
"""The server that answers the app says the time itself; the length is counted."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def sent_on(scope: Scope, own: Mapping[bytes, bytes]) -> Headers:
    """A request's headers as the server behind gets them; `own` are those that the proxy was told to send instead."""
    given: Headers = tuple(scope["headers"])
    dropped = _of_the_connection(given) | _NOT_SENT_ON | own.keys()
    kept = [(name, _asked_for(name, value)) for name, value in given if name not in dropped]
    client = scope.get("client")
    forwarded = {
        b"x-forwarded-for": client[0].encode() if client else b"",
        b"x-forwarded-host": next((value for name, value in given if name == b"host"), b""),
        b"x-forwarded-proto": scope.get("scheme", "http").encode(),
    }
    return (*_noted(kept, forwarded), *own.items())


def came_back(headers: Headers) -> Headers:
    """An answer's headers without what concerns the connection that it came over."""
    dropped = _of_the_connection(headers) | _NOT_PASSED_BACK
    return tuple(header for header in headers if header[0] not in dropped)


def rewritten(headers: Headers, origin: str, here: str) -> Headers:
    """Headers whose addresses at the server behind lead to the proxy instead, so that the next request comes through it too."""
    pattern, base = _addresses(origin), urlsplit(origin).path
    return tuple((name, _rewritten(name, value, pattern, (base, here))) for name, value in headers)


def _rewritten(name: bytes, value: bytes, pattern: re.Pattern[bytes], ends: tuple[str, str]) -> bytes:
    base, here = (each.encode("latin-1", "replace") for each in ends)
    if name in (b"location", b"content-location") and base and value.startswith(base + b"/"):
        return value[len(base) :]
    return pattern.sub(lambda _: here, value)


@lru_cache(maxsize=64)
def _addresses(origin: str) -> re.Pattern[bytes]:
    """Where an address begins with an origin, with its port or without it where that is the usual one."""
    parts = urlsplit(origin)
    usual = _DEFAULT_PORTS.get(parts.scheme)
    host = re.escape(f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "")
    port = f"(?::{usual})?" if parts.port in (None, usual) else f":{parts.port}"
    found = f'(?<![^\\s<"]){parts.scheme}://{host}{port}{re.escape(parts.path)}(?=[/?#>,;"\\s]|$)'
    return re.compile(found.encode(), re.IGNORECASE)


def _of_the_connection(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    named = (value.lower().split(b",") for name, value in headers if name == b"connection")
    return _HOP | {each.strip() for names in named for each in names}


def _asked_for(name: bytes, value: bytes) -> bytes:
    return narrowed(value) if name == b"accept-encoding" else value


def _noted(headers: list[tuple[bytes, bytes]], forwarded: Mapping[bytes, bytes]) -> Headers:
    """With who asked; behind what another proxy has said of that, which on this machine is believed and not repeated."""
    noted = dict(forwarded)
    for name, value in headers:
        if name == b"x-forwarded-for" and noted[name] not in value.replace(b" ", b"").split(b","):
            noted[name] = value + b", " + noted[name]
        elif name in noted:
            noted[name] = value
    others = [header for header in headers if header[0] not in noted]
    return (*others, *((name, value) for name, value in noted.items() if value))
