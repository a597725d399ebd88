"""Times as the database writes them and as the program sends them."""

from __future__ import annotations

import time


def time_text(at: float) -> str:
    """An instant, in seconds since 1970, in UTC as the database writes it: `2026-11-21 21:40:01`."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def iso_text(created: str) -> str:
    """A time of the database as the program sends what it has read from there: `2026-11-21T21:40:01.000Z`."""
    return f"{created[:10]}T{created[11:]}.000Z"
