"""Hosts: which ones are this machine."""

from __future__ import annotations

import ipaddress

LOOPBACK = ("localhost", "*.localhost", "127.0.0.0/8", "::1")


def is_loopback(host: str) -> bool:
    """Whether a host, in lower case and without brackets, is this machine by a loopback name or address."""
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
