"""A sandbox's clock, to read, to stop and to move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockserver.client.durations import Duration, millis
from mockserver.client.http import AdminConnection
from mockserver.client.results import Instant, read


class Clock:
    """The time that everything in a sandbox follows. What moves it returns what it shows then."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    @property
    def now(self) -> datetime:
        """What it shows, in UTC."""
        return self._read(self._connection.get("/clock")).current_instant

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._read(self._connection.get("/clock")).frozen

    def freeze(self, instant: datetime | str | None = None) -> datetime:
        """Stop it: at an instant with a time zone (or as text, such as 2026-01-01T12:00:00Z), or where it is."""
        if isinstance(instant, datetime) and instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} has no time zone; give one, such as tzinfo=datetime.UTC")
        return self._set("freeze", **({} if instant is None else {"instant": instant}))

    def advance(self, duration: Duration) -> datetime:
        """Move it on by a `timedelta` or seconds, back when that is negative; a frozen clock stays frozen."""
        return self._set("advance", durationMillis=millis(duration))

    def offset(self, duration: Duration) -> datetime:
        """Let it run so far from the wall clock."""
        return self._set("offset", durationMillis=millis(duration))

    def reset(self) -> datetime:
        """Let it follow the wall clock again."""
        return self._set("reset")

    def _set(self, action: str, **more: Any) -> datetime:
        return self._read(self._connection.put("/clock", json={"action": action, **more})).current_instant

    def _read(self, value: Any) -> Instant:
        return read(Instant, value)
