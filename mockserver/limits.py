"""Rate limits: calls counted per credential in windows on the sandbox's clock."""

from __future__ import annotations

from mockserver.contract import RateLimit
from mockserver.state.change import Record
from mockserver.state.collection import Collection


class RateWindow(Record, frozen=True, kw_only=True):
    """The calls of one credential since the window opened, in seconds since 1970."""

    id: str
    opened: float
    calls: int


def count(windows: Collection[RateWindow], key: str, limit: RateLimit, at: float) -> RateWindow:
    """Count one call. The window that it falls into opens with its first call and lasts `limit.seconds`."""
    window = windows.get(key)
    if window is None or not window.opened <= at < window.opened + limit.seconds:
        window = RateWindow(id=key, opened=at, calls=1)
    else:
        window = RateWindow(id=key, opened=window.opened, calls=window.calls + 1)
    windows.set(key, window)
    return window
