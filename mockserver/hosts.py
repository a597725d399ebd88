"""Hosts and the addresses of things on them: which ones are this machine, which texts are URLs."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)
LOOPBACK = ("localhost", "*.localhost", "127.0.0.0/8", "::1")


def is_loopback(host: str) -> bool:
    """Whether a host, in lower case and without brackets, is this machine by a loopback name or address."""
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_url(text: str) -> bool:
    """Whether a text is an absolute http or https URL."""
    if not _URL.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
