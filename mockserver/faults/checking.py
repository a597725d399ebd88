"""What is refused when a rule is written: one that could never match, and one that could never act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver.call import Refused
from mockserver.faults import fields
from mockserver.faults.reach import Place, asked_path, can_act, may_be_at, may_have_method, places
from mockserver.faults.rule import Entry, Rule, Then, Uniform, to_millis
from mockserver.patterns import PatternError, compile_pattern
from mockserver.vendor import Api

_WAYS = (
    "error",
    "status",
    "rateLimit",
    "fault",
    "latency",
    "truncateBodyAtFraction",
    "malformedBody",
    "chunkedDribbleDelay",
    "stale",
)
_ALONE = {
    "error": frozenset({"status", "rateLimit", "fault", "stale"}),
    "status": frozenset({"rateLimit", "fault", "stale"}),
    "rateLimit": frozenset({"fault", "stale"}),
    "fault": frozenset({"truncateBodyAtFraction", "malformedBody", "chunkedDribbleDelay", "stale"}),
    "truncateBodyAtFraction": frozenset({"malformedBody"}),
}
"""What cannot be done to one reply together with the other."""
_REPLACES = ("error", "status", "rateLimit", "fault")


def check(rules: Sequence[Rule], apis: Sequence[Api], at: float, *, listed: bool) -> None:
    """Raises Refused for the first rule that could never match or never act, when added at an instant.

    `listed` is whether they stand in a list, for the place that is named.
    """
    everywhere = list(places(apis))
    for number, rule in enumerate(rules):
        place = f"{number}." if listed else ""
        _check_scenario(place, rule)
        _check_then(f"{place}then", rule.then, moves=_moves(rule))
        served = _check_names(place, rule, everywhere)
        served = _check_match(f"{place}match", rule.match or {}, served)
        _check_acts(f"{place}then", rule.then, served, everywhere)
        _check_window(f"{place}between", rule, at)


def check_ids(rules: Sequence[Rule], taken: Iterable[str], *, listed: bool) -> None:
    """Raises Refused for an id that another rule has, among these or already."""
    known = set(taken)
    for number, rule in enumerate(rules):
        if rule.id in known:
            raise Refused("fault-id-taken", place=f"{number}.id" if listed else "id", given=rule.id)
        known |= {rule.id} if rule.id else set()


def check_count(count: int, limit: int) -> None:
    """Raises Refused for more rules than there may be."""
    if count > limit:
        raise Refused("fault-limit", given=count, limit=limit)


def _moves(rule: Rule) -> bool:
    """Whether a rule leads its scenario on to another state, which is enough to be a rule."""
    return rule.new_scenario_state not in (None, rule.required_scenario_state)


def _check_scenario(place: str, rule: Rule) -> None:
    states = {"requiredScenarioState": rule.required_scenario_state, "newScenarioState": rule.new_scenario_state}
    given = [name for name, state in states.items() if state is not None]
    if given and rule.scenario_name is None:
        raise Refused("fault-scenario", place=place + given[0], message="which scenario's? Give a scenarioName, too")
    if rule.scenario_name is not None and not given:
        reason = f"the name alone ties the rule to no state; give {' or '.join(states)}, too"
        raise Refused("fault-scenario", place=f"{place}scenarioName", message=reason)


def _check_then(place: str, then: Then, *, moves: bool) -> None:
    given = msgspec.to_builtins(then)
    ways = [way for way in _WAYS if way in given]
    if not ways and not (moves and not given):
        raise Refused("fault-then-empty", place=place, known=_WAYS)
    for way in ways:
        for other in ways:
            if other in _ALONE.get(way, ()):
                raise Refused("fault-then-conflict", place=place, message=f"{way} and {other} cannot go together")
    if then.performed and not any(way in given for way in _REPLACES):
        reason = f"performed says that what is answered instead hides what was done; give one of {', '.join(_REPLACES)}"
        raise Refused("fault-then-conflict", place=f"{place}.performed", message=reason)
    if isinstance(then.latency, Uniform) and then.latency.lower > then.latency.upper:
        raise Refused("fault-then-conflict", place=f"{place}.latency", message="lower is more than upper")


def _check_names(place: str, rule: Rule, served: Sequence[Place]) -> list[Place]:
    """The operations that the rule's names and its pattern's leave."""
    match = rule.match or {}
    vendors, apis = _names(each.api.vendor for each in served), _names(each.api.name for each in served)
    if rule.vendor is not None and rule.vendor not in vendors:
        raise Refused("fault-vendor-unknown", place=f"{place}vendor", given=rule.vendor, known=vendors)
    if match.get("vendor", vendors[0]) not in vendors:
        raise Refused("pattern-vendor-unknown", place=f"{place}match.vendor", given=match["vendor"], known=vendors)
    if match.get("api", apis[0]) not in apis:
        message = f"there is no contract '{match['api']}'; known: {', '.join(apis)}"
        raise Refused("pattern-invalid", place=f"{place}match.api", message=message, known=apis)
    left = list(served)
    for key, wanted, name_of in _named(rule, match):
        known = _names(name_of(each) for each in left)
        left = [each for each in left if wanted in (None, name_of(each))]
        if not left and key.startswith("match."):
            raise Refused("pattern-operation-unknown", place=place + key, given=wanted, known=known)
        if not left:
            raise Refused("fault-operation-unknown", place=place + key, given=wanted, known=known)
    return left


def _named(rule: Rule, match: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Callable[[Place], str]]]:
    """What a rule may name, in the order in which that is looked at."""
    yield "vendor", rule.vendor, lambda each: each.api.vendor
    yield "match.vendor", match.get("vendor"), lambda each: each.api.vendor
    yield "match.api", match.get("api"), lambda each: each.api.name
    yield "operation", rule.operation, lambda each: each.id
    yield "match.operation", match.get("operation"), lambda each: each.id


def _check_match(place: str, match: Mapping[str, Any], served: Sequence[Place]) -> list[Place]:
    """The operations that the rest of the pattern leaves."""
    try:
        compile_pattern(match, outcome=False)
    except PatternError as error:
        known = {"known": error.known} if error.known else {}
        where = f"{place}.{error.place}" if error.place else place
        raise Refused("pattern-invalid", place=where, message=error.message, **known) from None
    asked = asked_path(match)
    left = [each for each in served if may_be_at(asked, each)]
    if asked is not None and not left:
        paths = _names(each.operation.path for each in served if each.operation)
        raise Refused("fault-path-unknown", place=f"{place}.{asked.key}", given=asked.path, known=paths)
    left, before = [each for each in left if may_have_method(match, each)], left
    if not left:
        addresses = _names(f"{each.operation.method} {each.operation.path}" for each in before if each.operation)
        raise Refused("fault-path-unknown", place=f"{place}.method", given=match["method"], known=addresses)
    for where, name, names in fields.unknown(match, left):
        raise Refused("fault-field-unknown", place=f"{place}.{where}", given=name, known=names)
    return left


def _check_acts(place: str, then: Then, served: Sequence[Place], everywhere: Sequence[Place]) -> None:
    if any(can_act(then, each) for each in served):
        return
    if then.rate_limit is not None:
        limited = _names(each.api.name for each in everywhere if each.api.contract.limit is not None)
        raise Refused("fault-not-limited", place=f"{place}.rateLimit", known=limited)
    if then.stale is not None:
        vendors = {each.api.vendor for each in served}
        safe = (each for each in everywhere if each.api.vendor in vendors and each.operation and each.operation.safe)
        altering = ", ".join(_names(each.id for each in served))
        known = _names(each.id for each in safe)
        raise Refused("fault-not-safe", place=f"{place}.stale", given=altering, known=known)
    rows = [row for each in served if each.operation for row in each.operation.errors.values()]
    if then.error is not None:
        known = _names(row.id for row in rows)
        raise Refused("fault-row-unknown", place=f"{place}.error", given=then.error, known=known)
    statuses = _names(str(row.status) for row in rows)
    raise Refused("fault-row-unknown", place=f"{place}.status", given=then.status, known=statuses)


def _check_window(place: str, rule: Rule, at: float) -> None:
    between = msgspec.to_builtins(rule.between) if rule.between is not None else {}
    if len({name.endswith("Millis") for name in between}) > 1:
        reason = "has instants and milliseconds; give from and until, or fromMillis and untilMillis"
        raise Refused("fault-window", place=place, message=reason)
    begins, ends = Entry(id="", rule=rule, added_at=at).window
    if begins >= ends:
        raise Refused("fault-window", place=place, message="it is over before it begins")
    if ends <= to_millis(at):
        shown = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        raise Refused("fault-window", place=place, message=f"it is over already; the sandbox's clock shows {shown}")


def _names(names: Iterable[str]) -> list[str]:
    """Each once, in their order."""
    return list(Counter(names))
