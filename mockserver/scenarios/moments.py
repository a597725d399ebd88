"""When a step has begun, how often something is expected since, and how long to wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mockserver.client.sandbox import Sandbox
from mockserver.scenarios import durations

WITHIN = 5.0
"""Seconds that are waited where an expectation does not say it."""


class Moment(msgspec.Struct, frozen=True):
    """The newest exchange and the newest delivery that there were."""

    exchange: int = 0
    delivery: int = 0


class Times(msgspec.Struct, frozen=True):
    """How often something must happen; no `most` is any number."""

    least: int = 1
    most: int | None = None

    def __str__(self) -> str:
        if self.least == self.most:
            return {0: "never", 1: "once"}.get(self.least, f"{self.least} times")
        if self.most is None:
            return "at least once" if self.least == 1 else f"at least {self.least} times"
        return f"at most {counted(self.most)}" if not self.least else f"{self.least} to {self.most} times"

    @property
    def forbids(self) -> bool:
        """Whether it only says what must not happen, so that nothing can be waited for."""
        return self.least == 0 and self.most is not None

    def allows(self, count: int) -> bool:
        """Whether a number is as often as that."""
        return count >= self.least and (self.most is None or count <= self.most)


def now(sandbox: Sandbox) -> Moment:
    """This moment."""
    exchanges = sandbox.requests.list(limit=1)
    deliveries = sandbox.webhooks.list(limit=1)
    return Moment(max((each.id for each in exchanges), default=0), max((each.id for each in deliveries), default=0))


def read_times(given: Any) -> Times:
    """How often an expectation says: at least once where it says nothing."""
    if given is None:
        return Times()
    if isinstance(given, Mapping):
        most = given.get("atMost")
        return Times(given.get("atLeast", 0 if most is not None else 1), most)
    return Times(given, given)


def read_within(expected: Mapping[str, Any]) -> float:
    """How many seconds to wait at most. Raises BrokenDuration."""
    return durations.read(expected["within"]).total_seconds() if "within" in expected else WITHIN


def counted(count: int, one: str = "time") -> str:
    """A number with what it counts."""
    return f"{count} {one}{'' if count == 1 else 's'}"
