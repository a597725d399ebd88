"""Rate limits: calls counted per credential in windows on the sandbox's clock."""

from __future__ import annotations

import math
from functools import lru_cache

from mockserver.call import Call, Refused
from mockserver.contract import RateLimit, Window
from mockserver.findings import Finding
from mockserver.rows import RATE_LIMITED
from mockserver.state.change import Change, Record
from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger
from mockserver.vendor import Api

Headers = tuple[tuple[bytes, bytes], ...]


class RateWindow(Record, frozen=True, kw_only=True):
    """The calls of one credential since the window opened, in seconds since 1970; no more than one past the limit."""

    id: str
    opened: float
    calls: int


class Limiter:
    """Counts calls. A call counts whatever becomes of it, so each count is a transaction of its own."""

    def __init__(self, ledger: Ledger, windows: Collection[RateWindow]) -> None:
        self._ledger = ledger
        self._windows = windows

    def meter(self, api: Api, limit: RateLimit, call: Call, changes: list[Change]) -> None:
        """Count a call where the vendor does, and tell the client. Raises Refused."""
        metered = api.dialect.meter(call.principal)
        if metered is None:
            return
        allowed = limit.windows[metered[0]]
        window, change = self.count(f"{api.name}:{metered[0]}:{metered[1]}", allowed, call.at)
        if change is not None:
            changes.append(change)
        call.reply_headers = told(limit, allowed, window)
        if window.calls > allowed.calls:
            if (call.options.rate_limits or limit.mode) == "enforce":
                raise api.condition(RATE_LIMITED, calls=allowed.calls, seconds=allowed.seconds)
            call.findings = (*call.findings, exceeded(allowed))

    def exhausted(self, api: Api, limit: RateLimit, call: Call) -> Refused:
        """The refusal of a call for being one too many, whatever was counted; the client is told that none are left."""
        kind, whose = api.dialect.meter(call.principal) or (next(iter(limit.windows)), "")
        allowed = limit.windows[kind]
        window = self._windows.get(f"{api.name}:{kind}:{whose}")
        open_still = window is not None and window.opened <= call.at < window.opened + allowed.seconds
        opened = window.opened if window is not None and open_still else call.at
        call.reply_headers = told(limit, allowed, RateWindow(id="", opened=opened, calls=allowed.calls))
        return api.condition(RATE_LIMITED, calls=allowed.calls, seconds=allowed.seconds)

    def count(self, key: str, limit: Window, at: float) -> tuple[RateWindow, Change | None]:
        """Count one call; returns the window that it falls into, and the change.

        A window opens with its first call and lasts `limit.seconds`. How far past the limit a call is nobody asks, so
        there is no change then.
        """
        window = self._windows.get(key)
        if window is None or not window.opened <= at < window.opened + limit.seconds:
            window = RateWindow(id=key, opened=at, calls=1)
        elif window.calls > limit.calls:
            return window, None
        else:
            window = RateWindow(id=key, opened=window.opened, calls=window.calls + 1)
        return window, self._ledger.put_alone(self._windows, key, window)


def told(limit: RateLimit, allowed: Window, window: RateWindow) -> Headers:
    """The headers that tell a client how many calls it has left, and until when."""
    if not limit.headers:
        return ()
    left = max(0, allowed.calls - window.calls)
    return _headers(limit.names, allowed.calls, left, math.ceil(window.opened + allowed.seconds))


@lru_cache(maxsize=1024)
def _headers(names: tuple[bytes, ...], *values: int) -> Headers:
    """Equal headers are one object: the journal keeps those of a thousand replies."""
    return tuple([(name, b"%d" % value) for name, value in zip(names, values, strict=True) if name])


@lru_cache(maxsize=64)
def exceeded(allowed: Window) -> Finding:
    """What a developer should know of a call past the limit that is answered all the same."""
    return Finding("rate-limit", f"the vendor would refuse: more than {allowed.calls} calls in {allowed.seconds} s")
