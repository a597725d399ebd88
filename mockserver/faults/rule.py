"""Fault rules as a tester writes them, and as records: what goes wrong for whom, how often, and when."""

from __future__ import annotations

from datetime import datetime
from math import inf
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mockserver.state.change import Record

KEY = "faults"
"""The key of the one record that holds a sandbox's rules."""
STARTED = "Started"
"""The state in which every scenario begins."""
MOST_MILLIS = 60_000
"""How long a fault may keep anybody waiting, in milliseconds."""
RESET, EMPTY = "CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"
MALFORMED, RANDOM = "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"

SocketFault = Literal[
    "CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"
]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]
ScenarioName = Annotated[str, Meta(max_length=100, pattern=r"^[^\s/.]([^/\x00-\x1f\x7f]*[^\s/])?\Z")]
ScenarioState = Annotated[str, Meta(max_length=100, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?\Z")]
Fraction = Annotated[int, Meta(ge=0, le=1)] | Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Millis = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
Span = Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)]
Wait = Annotated[int, Meta(ge=0, le=MOST_MILLIS)] | Annotated[float, Meta(ge=0, le=MOST_MILLIS)]
Spread = Annotated[int, Meta(ge=0, le=10)] | Annotated[float, Meta(ge=0, le=10)]


def to_millis(at: float) -> int:
    """An instant in whole milliseconds since 1970: sums of seconds as floats are not quite what testers added up."""
    return round(at * 1000)


class Written(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """What a tester writes: camelCase, nothing unknown, and shown again as it was given."""


class Fixed(Written, frozen=True, kw_only=True, gc=False, tag_field="type", tag="fixed"):
    """Always the same wait, in milliseconds."""

    milliseconds: Wait


class Uniform(Written, frozen=True, kw_only=True, gc=False, tag_field="type", tag="uniform"):
    """Any wait between two bounds, in milliseconds, is as likely as any other."""

    lower: Wait
    upper: Wait


class Lognormal(Written, frozen=True, kw_only=True, gc=False, tag_field="type", tag="lognormal"):
    """Waits as networks have them, in milliseconds: half are under the median, few are far above it."""

    median: Wait
    sigma: Spread
    max_value: Wait | None = None


Latency = Fixed | Uniform | Lognormal


class Dribble(Written, frozen=True, kw_only=True, gc=False):
    """A body that comes in so many pieces over so many milliseconds."""

    number_of_chunks: Annotated[int, Meta(ge=1, le=1000)]
    total_duration: Wait


class Stale(Written, frozen=True, kw_only=True, gc=False):
    """An answer from the state as it was so many milliseconds of the sandbox's clock before."""

    lag_millis: Span


class Then(Written, frozen=True, kw_only=True, gc=False):
    """What goes wrong. `performed` is whether the operation is done all the same, though its reply is lost."""

    error: str | None = None
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    rate_limit: Literal["exhausted"] | None = None
    fault: SocketFault | None = None
    performed: bool = False
    latency: Latency | None = None
    truncate_body_at_fraction: Fraction | None = None
    malformed_body: bool = False
    chunked_dribble_delay: Dribble | None = None
    stale: Stale | None = None

    @property
    def refuses(self) -> bool:
        """Whether the vendor refuses, as far as the client is told."""
        return self.error is not None or self.status is not None or self.rate_limit is not None

    @property
    def cuts(self) -> bool:
        """Whether the connection does not outlive the reply."""
        return self.fault is not None or self.truncate_body_at_fraction is not None


class Between(Written, frozen=True, kw_only=True, gc=False):
    """When a rule acts: instants of the sandbox's clock, or milliseconds of it since the rule was added."""

    from_: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")
    until: Annotated[datetime, Meta(tz=True)] | None = None
    from_millis: Millis | None = None
    until_millis: Millis | None = None


class Rule(Written, frozen=True, kw_only=True, gc=False):
    """What goes wrong for whom. What is left out holds for all; `match` is a request pattern, as JSON.

    The first `after` requests that match are let pass; then the rule acts `times` times, on each with a `probability`.
    It matches only while its scenario is in the required state, and when it acts, it leads on to the new one.
    """

    id: Id | None = None
    vendor: str | None = None
    operation: str | None = None
    match: dict[str, Any] | None = None
    probability: Fraction | None = None
    times: Annotated[int, Meta(ge=1)] | None = None
    after: Count | None = None
    between: Between | None = None
    ttl_millis: Span | None = None
    scenario_name: ScenarioName | None = None
    required_scenario_state: ScenarioState | None = None
    new_scenario_state: ScenarioState | None = None
    then: Then


class Entry(Record, frozen=True, kw_only=True):
    """A rule of a sandbox, under the id that it has there, and when it was added, in seconds since 1970."""

    id: str
    rule: Rule
    added_at: float

    @property
    def expires_at(self) -> float | None:
        """When its time is up, in seconds since 1970; None where it has no end."""
        return None if self.rule.ttl_millis is None else self.added_at + self.rule.ttl_millis / 1000

    @property
    def window(self) -> tuple[float, float]:
        """From when until when it may act, in milliseconds since 1970."""
        between = self.rule.between or Between()
        begins = self._instant(between.from_, between.from_millis)
        ends = self._instant(between.until, between.until_millis)
        expires = self._instant(None, self.rule.ttl_millis)
        lasts = [instant for instant in (ends, expires) if instant is not None]
        return -inf if begins is None else begins, min(lasts, default=inf)

    def _instant(self, instant: datetime | None, millis: float | None) -> int | None:
        """What is given as an instant, or as milliseconds since the rule was added."""
        if instant is not None:
            return to_millis(instant.timestamp())
        return None if millis is None else to_millis(self.added_at) + round(millis)


class FaultList(Record, frozen=True, kw_only=True):
    """A sandbox's rules, in the order in which they are tried."""

    id: str = KEY
    rules: tuple[Entry, ...] = ()


class ScenarioRecord(Record, frozen=True, kw_only=True):
    """The state that a scenario is in. One that has no such record has not left the state in which all begin."""

    id: str
    state: str


class FaultUse(Record, frozen=True, kw_only=True):
    """How many requests a rule has matched since it was added, and on how many of them it acted."""

    id: str
    matched: int = 0
    acted: int = 0
