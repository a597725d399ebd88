"""Faults: rules for what goes wrong on purpose, for whom and how often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.clock import LATEST
from mockserver.faults import checking
from mockserver.faults.rule import Entry, Rule


def list_faults(desk: Desk, _call: Call) -> Reply:
    """The rules, in the order in which they are tried."""
    return _listed(desk)


def set_faults(desk: Desk, call: Call) -> Reply:
    """Let these be all rules."""
    desk.sandbox.faults.replace(_read(desk, call, ()))
    return _listed(desk)


def add_faults(desk: Desk, call: Call) -> Reply:
    """Add rules after those that there are."""
    desk.sandbox.faults.append(_read(desk, call, desk.sandbox.faults.entries))
    return _listed(desk)


def delete_faults(desk: Desk, _call: Call) -> Reply:
    """Let nothing go wrong any more."""
    desk.sandbox.faults.replace([])
    return wire.done()


def get_fault(desk: Desk, call: Call) -> Reply:
    """One rule."""
    return Reply(_shown(desk, _find(desk, call)))


def put_fault(desk: Desk, call: Call) -> Reply:
    """Let a rule take the place of another, whose id it has unless it says one of its own."""
    entry = _find(desk, call)
    [rule] = _read(desk, call, [each for each in desk.sandbox.faults.entries if each.id != entry.id])
    return Reply(_shown(desk, desk.sandbox.faults.put(entry.id, rule)))


def delete_fault(desk: Desk, call: Call) -> Reply:
    """Take one rule out."""
    desk.sandbox.faults.remove(_find(desk, call).id)
    return wire.done()


def _read(desk: Desk, call: Call, others: Sequence[Entry]) -> list[Rule]:
    """The rules of a body, found to make sense beside others."""
    listed = isinstance(call.body, list)
    given = call.body if listed else [call.body]
    checking.check_count(len(others) + len(given), desk.world.options.max_faults)
    try:
        rules = msgspec.convert(given, list[Rule], strict=False)  # the contract has seen to types; 2.0 is 2
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        place = re.sub(r"^\[(\d+)\][.]", r"\1." if listed else "", where.rstrip("`"))
        raise Refused("body-invalid", place=place, message=message) from None
    checking.check(rules, desk.world.apis, desk.sandbox.clock.time(), listed=listed)
    checking.check_ids(rules, [entry.id for entry in others], listed=listed)
    return rules


def _find(desk: Desk, call: Call) -> Entry:
    entries = desk.sandbox.faults.entries
    found = next((entry for entry in entries if entry.id == call.path["id"]), None)
    if found is None:
        raise Refused("fault-unknown", given=call.path["id"], known=[entry.id for entry in entries])
    return found


def _listed(desk: Desk) -> Reply:
    shown = [_shown(desk, entry) for entry in desk.sandbox.faults.entries]
    return Reply({"faults": shown, "limit": desk.world.options.max_faults})


def _shown(desk: Desk, entry: Entry) -> dict[str, Any]:
    """A rule as it was given, and what has become of it."""
    use = desk.sandbox.faults.use(entry.id)
    ends = entry.expires_at
    last = None if ends is None or ends > LATEST else _instant(ends)
    return {
        **msgspec.to_builtins(entry.rule),
        "id": entry.id,
        "matched": use.matched,
        "acted": use.acted,
        "addedAt": _instant(entry.added_at),
        "expiresAt": last,
    }


def _instant(at: float) -> str:
    return wire.instant_text(datetime.fromtimestamp(at, UTC))
