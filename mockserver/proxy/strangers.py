"""Who may use credentials that the proxy was given: no page of the web that a browser has open."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlsplit

from mockserver.hosts import is_loopback
from mockserver.proxy.messages import header
from mockserver.transport import Headers


def objection(headers: Headers, allowed: Container[str], *, on_loopback: bool) -> str:
    """Why a request is not sent on with headers of the proxy's own; empty where it may be.

    A page of a foreign origin can have a browser ask a server on this machine, and by a name of its own, too (DNS
    rebinding). Off loopback, the names under which the proxy is asked are not known.
    """
    host, origin = header(headers, b"host"), header(headers, b"origin")
    if origin and not _is_ours(origin, allowed):
        return (
            f"the page at {origin} may not use what the proxy was told to send; --admin-allow-host names hosts that may"
        )
    if on_loopback and not _is_ours(f"//{host}", allowed):
        return f"under the name {host} nobody may use what the proxy was told to send; --admin-allow-host names hosts"
    return ""


def _is_ours(url: str, allowed: Container[str]) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return is_loopback(host) or host in allowed
