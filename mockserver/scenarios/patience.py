"""How long to wait before a step is retried: in real time, or on a clock that stands still."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from mockserver.client.errors import AdminError
from mockserver.scenarios.document import Action
from mockserver.scenarios.expressions import Exchange
from mockserver.scenarios.placing import World

_LONGEST = 600.0
"""Seconds that are waited at most; a clock that stands still is moved on by any."""


def wait(world: World, action: Action, exchange: Exchange | None) -> str:
    """Wait as long as an action says, or the reply's Retry-After; returns what was done, in words.

    Where the sandbox's clock stands still it is moved on, for nothing would ever be otherwise by waiting.
    """
    try:
        frozen = world.sandbox is not None and world.sandbox.clock.frozen
        now = world.sandbox.clock.now if world.sandbox is not None and frozen else datetime.now(UTC)
        seconds = _asked(exchange, now)
        said = "" if seconds is None else " (Retry-After)"
        seconds = action.retry_after if seconds is None else seconds
        if not seconds:
            return "at once"
        if world.sandbox is not None and frozen:
            world.sandbox.clock.advance(timedelta(seconds=seconds))
            return f"the clock stands still and was moved on by {seconds:g} s{said}"
    except (AdminError, ConnectionError) as error:
        return f"at once, for the clock cannot be asked: {error}"
    time.sleep(min(seconds, _LONGEST))
    return f"after {min(seconds, _LONGEST):g} s{said}"


def _asked(exchange: Exchange | None, now: datetime) -> float | None:
    """The seconds that a reply asks to wait; None where it asks for nothing that is understood."""
    text = "" if exchange is None else exchange.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds()) if text else None
    except (ValueError, TypeError):
        return None
