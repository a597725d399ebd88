"""What a client meets where a fault rule acts, or none does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.soak.comparing import difference
from tests.soak.line import NOT_JSON, Broken, Outcome, Reply
from tests.soak.model import Deed

_EARLY = 0.002
"""Seconds by which clocks and timers may differ."""
_LIMITED = 429
UNKNOWN = 0
"""The status of a deed of which nobody can tell what is answered."""


def alters(then: Mapping[str, Any] | None) -> bool:
    """Whether the operation is done where this is what goes wrong; None is nothing."""
    return then is None or bool(then.get("performed")) or not replaces(then)


def replaces(then: Mapping[str, Any]) -> bool:
    """Whether something else is answered than what was done, or nothing."""
    return any(way in then for way in ("error", "status", "rateLimit", "fault"))


def objection(then: Mapping[str, Any] | None, deed: Deed, outcome: Outcome, row_status: int) -> str | None:
    """Why this is not what had to come of it; None where it is. `row_status` is that of the row in `then`, if any."""
    if then is None:
        return _unlike(deed, outcome)
    least = _least_seconds(then, has_body=deed.body is not None)
    if outcome.took < least - _EARLY:
        return f"it took {outcome.took * 1000:.1f} ms instead of {least * 1000:.1f} ms at least"
    if "fault" in then:
        return _not_broken(outcome, then["fault"])
    refused = row_status if "error" in then else _LIMITED if "rateLimit" in then else then.get("status")
    if refused is not None:
        is_so = isinstance(outcome, Reply) and outcome.status == refused
        return None if is_so else f"{outcome} instead of the status {refused}"
    return _not_worse(then, deed, outcome)


def _not_worse(then: Mapping[str, Any], deed: Deed, outcome: Outcome) -> str | None:
    """What is wrong with the answer to what was done, which goes over the wire in some way."""
    if deed.body is None:
        return _unlike(deed, outcome)
    if "truncateBodyAtFraction" in then:
        return _not_cut(deed, outcome, then["truncateBodyAtFraction"])
    if then.get("malformedBody"):
        is_so = isinstance(outcome, Reply) and outcome.status == deed.status and outcome.json is NOT_JSON
        return None if is_so else f"{outcome} instead of a malformed body"
    return _unlike(deed, outcome)


def _least_seconds(then: Mapping[str, Any], *, has_body: bool) -> float:
    latency, dribble = then.get("latency", {}), then.get("chunkedDribbleDelay", {}) if has_body else {}
    millis: float = latency.get("milliseconds", latency.get("lower", 0)) + dribble.get("totalDuration", 0)
    return millis / 1000


def _unlike(deed: Deed, outcome: Outcome) -> str | None:
    if isinstance(outcome, Reply) and deed.status == UNKNOWN:
        return None
    if isinstance(outcome, Broken) or outcome.status != deed.status:
        return f"{outcome} instead of the status {deed.status}"
    if deed.body is None:
        return f"{outcome} instead of no body" if outcome.raw else None
    found = difference(deed.body, outcome.json)
    return f"the answer: {found}" if found else None


def _not_broken(outcome: Outcome, kind: str) -> str | None:
    return None if isinstance(outcome, Broken) and outcome.kind == kind else f"{outcome} instead of {kind}"


def _not_cut(deed: Deed, outcome: Outcome, fraction: float) -> str | None:
    if not isinstance(outcome, Broken) or outcome.kind != "cut" or outcome.status != deed.status:
        return f"{outcome} instead of a body that is cut off"
    size = min(int(outcome.promised * fraction), outcome.promised - 1)
    return None if len(outcome.part) == size else f"{len(outcome.part)} bytes of {outcome.promised} instead of {size}"
