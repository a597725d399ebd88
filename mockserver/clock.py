"""A sandbox's clock: the wall clock, moved or frozen by a tester."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from mockserver.state.change import Record
from mockserver.state.collection import Collection

LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
EARLIEST = 0.0
_KEY = "clock"


class ClockSetting(Record, frozen=True, kw_only=True):
    """How a clock differs from the wall clock: frozen at an instant, or `offset` seconds ahead of it."""

    id: str = _KEY
    offset: float = 0.0
    frozen_at: float | None = None


class Clock:
    """Tells a sandbox's time, in seconds since 1970 (UTC). The setting is a record, so snapshots and rewinds hold it."""

    def __init__(self, settings: Collection[ClockSetting]) -> None:
        self._settings = settings

    def time(self) -> float:
        """The sandbox's instant."""
        setting = self._settings.get(_KEY)
        if setting is None:
            return time.time()
        return time.time() + setting.offset if setting.frozen_at is None else setting.frozen_at

    @property
    def now(self) -> datetime:
        """The sandbox's instant in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        setting = self._settings.get(_KEY)
        return setting is not None and setting.frozen_at is not None

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, now or at an instant."""
        self._set(ClockSetting(frozen_at=at.timestamp() if at else self.time()))

    def advance(self, by: timedelta) -> None:
        """Move the clock forward, or back by a negative span; a frozen clock stays frozen. Raises ValueError."""
        seconds = by.total_seconds()
        setting = self._settings.get(_KEY) or ClockSetting()
        if setting.frozen_at is None:
            self._set(ClockSetting(offset=setting.offset + seconds))
        else:
            self._set(ClockSetting(frozen_at=setting.frozen_at + seconds))

    def run(self, offset: timedelta) -> None:
        """Run so far ahead of the wall clock, or behind it by a negative span. Raises ValueError."""
        self._set(ClockSetting(offset=offset.total_seconds()))

    def reset(self) -> None:
        """Follow the wall clock again."""
        self._settings.remove(_KEY)

    def _set(self, setting: ClockSetting) -> None:
        instant = time.time() + setting.offset if setting.frozen_at is None else setting.frozen_at
        if not EARLIEST <= instant <= LATEST:
            raise ValueError("the clock can only show the years 1970 to 9998")
        self._settings.put(setting)
