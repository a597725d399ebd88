"""Lengths of time: a `timedelta`, or a number of seconds as `time.sleep` has it."""

from __future__ import annotations

from datetime import timedelta

Duration = timedelta | float


def seconds(duration: Duration | None) -> float | None:
    """A length of time in seconds; None stays None."""
    return duration.total_seconds() if isinstance(duration, timedelta) else duration


def millis(duration: Duration) -> int:
    """A length of time in milliseconds, rounded."""
    return round((seconds(duration) or 0) * 1000)
