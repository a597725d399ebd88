"""The clock: to read, to stop and to move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Action(msgspec.Struct, rename="camel"):
    """What to do with the clock. The contract says which field belongs to which action, and that 1.0 is an integer."""

    action: Literal["freeze", "advance", "offset", "reset"]
    instant: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    duration_millis: float = 0


def get_clock(desk: Desk, _call: Call) -> Reply:
    """What time it is."""
    return _instant(desk.sandbox.clock)


def set_clock(desk: Desk, call: Call) -> Reply:
    """Freeze, move or reset the clock."""
    asked, clock = call.read(Action), desk.sandbox.clock
    try:
        if asked.action == "freeze":
            clock.freeze(asked.instant)
        elif asked.action == "advance":
            clock.advance(timedelta(milliseconds=asked.duration_millis))
        elif asked.action == "offset":
            clock.run(timedelta(milliseconds=asked.duration_millis))
        else:
            clock.reset()
    except ValueError as error:
        raise Refused("clock-out-of-range", message=error, current=wire.instant_text(clock.now)) from None
    return _instant(clock)


def _instant(clock: Clock) -> Reply:
    now = clock.now
    millis = (now - _EPOCH) // timedelta(milliseconds=1)
    return Reply({"currentInstant": wire.instant_text(now), "currentEpochMillis": millis, "frozen": clock.frozen})
