"""Coverage: which operations, statuses and error rows the traffic has met."""

from __future__ import annotations

Met = tuple[str, str | None, int, str | None]
"""A contract, an operation (None where none was found), the status of the reply, and the error row that it was."""


class Coverage:
    """How often each was met. It is no record: no rewind takes back that an app has seen something."""

    __slots__ = ("met",)

    def __init__(self) -> None:
        self.met: dict[Met, int] = {}

    def meet(self, api: str, operation: str | None, status: int, row: str | None) -> None:
        """Count one reply."""
        key = (api, operation, status, row)
        self.met[key] = self.met.get(key, 0) + 1

    def add(self, met: dict[Met, int]) -> None:
        """Count what was met elsewhere."""
        for key, count in met.items():
            self.met[key] = self.met.get(key, 0) + count

    def take(self) -> dict[Met, int]:
        """What was met so far, which is forgotten here."""
        met, self.met = self.met, {}
        return met
