"""What the types of records allow, but no server could live with: of documents that somebody has altered by hand."""

from __future__ import annotations

from mockserver.clock import EARLIEST, LATEST, ClockSetting
from mockserver.documents import Broken
from mockserver.faults.rule import FaultList
from mockserver.patterns import PatternError, compile_pattern
from mockserver.state.snapshot import Snapshot

_CLOCK, _FAULTS, _DELIVERIES = "sandbox.clock", "sandbox.faults", "sandbox.deliveries"


def refuse_unsound(state: Snapshot, at: float) -> None:
    """Raises Broken for a clock that could not be shown at an instant of the wall clock, and a pattern that is none."""
    for setting in state.tables[_CLOCK].records.values():
        if not EARLIEST <= _shown(setting, at) <= LATEST:
            raise Broken(f"{_CLOCK}: the clock can only show the years 1970 to 9998")
    for kept in state.tables[_FAULTS].records.values():
        _refuse_patterns(kept)


def refuse_deliveries(state: Snapshot) -> None:
    """Raises Broken for a snapshot that would have webhooks told by one sandbox more."""
    if state.tables[_DELIVERIES].records:
        raise Broken(f"{_DELIVERIES}: webhook deliveries are no part of a snapshot; leave them out")


def _shown(setting: ClockSetting, at: float) -> float:
    return at + setting.offset if setting.frozen_at is None else setting.frozen_at


def _refuse_patterns(kept: FaultList) -> None:
    for entry in kept.rules:
        try:
            if entry.rule.match is not None:
                compile_pattern(entry.rule.match, outcome=False)
        except PatternError as error:
            raise Broken(f"{_FAULTS}: rule '{entry.id}': match: {error}") from None
