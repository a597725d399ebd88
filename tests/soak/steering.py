"""What a tester does to a sandbox as it is: its clock, its fault rules, its records."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.soak import drawing
from tests.soak.comparing import Having, Moment, agree
from tests.soak.drawing import Target
from tests.soak.model import Clock, World
from tests.soak.player import Player, told
from tests.soak.rules import Book, Rule
from tests.soak.shops.kounta import TOPICS

_FIRST, _LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
_DAY = 86400
_MOST_RULES = 5


def steer_clock(player: Player) -> None:
    """Freeze, move or reset the clock."""
    clock, random = player.world.clock, player.random
    action = random.choice(["freeze", "freeze now", "advance", "advance", "offset", "reset"])
    seconds = random.choice([1, 60, 1000, 3600, -30, 5 * _DAY])
    if action == "freeze":
        at = random.randrange(int(_FIRST.timestamp()), int(_LAST.timestamp()))
        said: dict[str, Any] = {"action": "freeze", "instant": datetime.fromtimestamp(at, UTC).isoformat()}
        set_clock(player, said, Clock(frozen=(at, at)))
    elif action == "freeze now":
        set_clock(player, {"action": "freeze"}, None)
    elif action == "advance":
        if clock.frozen is not None and clock.frozen[0] + seconds < _FIRST.timestamp():
            return
        set_clock(player, {"action": "advance", "durationMillis": seconds * 1000}, clock.advanced(seconds))
    elif action == "offset":
        set_clock(player, {"action": "offset", "durationMillis": seconds * 1000}, Clock(offset=seconds))
    else:
        reset_clock(player)


def set_clock(player: Player, said: dict[str, Any], clock: Clock | None) -> None:
    """Without a clock it is frozen when it is asked to."""
    answer, moment = player.alter("set_clock", "PUT", "clock", said)
    if clock is None:
        agree(moment, answer["currentInstant"], "the clock")
        millis = answer["currentEpochMillis"] / 1000
        clock = Clock(frozen=player.world.clock.frozen or (millis, millis + 0.001))
    player.world = replace(player.world, clock=clock)
    shown = clock.moment()
    shown.last = max(shown.first, time.time() + (clock.offset or 0.0)) if clock.frozen is None else shown.last
    shown.first -= 1 if clock.frozen is None else 0
    agree(Having(currentInstant=shown, frozen=clock.frozen is not None), answer, "the clock")


def reset_clock(player: Player) -> None:
    """A clock that nobody has set stays as it is, and then that is no change."""
    if player.world.clock == Clock():
        player.tell("PUT", "clock", {"action": "reset"})
        return
    set_clock(player, {"action": "reset"}, Clock())


# Fault rules


def steer_faults(player: Player) -> None:
    """Set, add, replace or delete rules."""
    random, known = player.random, player.world.book.rules
    action = random.choice(["set", "set", "add", "add", "put", "delete", "delete all"])
    if action == "set" or not known:
        _write(player, "set_faults", "POST", drawn_rules(player), ())
    elif action == "add":
        if len(known) < _MOST_RULES and not any(_is_uncertain(rule) for rule in known):
            _write(player, "add_faults", "PATCH", drawn_rules(player), known)
    elif action == "put":
        _put(player, random.choice(known))
    elif action == "delete":
        gone = random.choice(known)
        player.alter("delete_fault", "DELETE", f"faults/{gone.id}")
        _hold(player, [rule for rule in known if rule is not gone])
    else:
        delete_faults(player)


def delete_faults(player: Player) -> None:
    """Let nothing go wrong any more."""
    player.alter("delete_faults", "DELETE", "faults")
    _hold(player, [])


def check_faults(player: Player) -> None:
    """Raises Difference where a rule has acted more or less often, or is another one."""
    expected = [_shown(rule) for rule in player.world.book.rules]
    agree(expected, player.tell("GET", "faults")["faults"], "the fault rules")


def drawn_rules(player: Player) -> list[dict[str, Any]]:
    targets = [
        Target(api.name, api.vendor, operation)
        for api in player.apis
        for operation in drawing.contract(api.name).operations
        if operation.endswith(("_customer", "_customers"))
    ]
    return drawing.rules(player.random, targets, player.next_number)


def _write(player: Player, operation: str, method: str, rules: list[dict[str, Any]], before: tuple[Rule, ...]) -> None:
    is_single = len(rules) == 1 and player.random.random() < 0.5
    answer, moment = player.alter(operation, method, "faults", rules[0] if is_single else rules)
    taken = {rule.id for rule in before} | {str(rule.get("id")) for rule in rules}
    free = iter([id for id in map("fault-{}".format, range(1, 20)) if id not in taken])
    _hold(player, [*before, *(Rule(rule.get("id") or next(free), rule, moment) for rule in rules)])
    agree([_shown(rule) for rule in player.world.book.rules], answer["faults"], "the fault rules")


def _put(player: Player, old: Rule) -> None:
    others = [rule for rule in player.world.book.rules if rule is not old]
    drawn = [rule for rule in drawn_rules(player) if not any(map(_is_uncertain, others)) or "times" in rule]
    written = {name: value for name, value in drawn[0].items() if name != "id"} if drawn else None
    if written is None or (any(map(_is_uncertain, others)) and _is_uncertain(Rule("", written, Moment(0)))):
        return
    answer, moment = player.alter("put_fault", "PUT", f"faults/{old.id}", written)
    made = Rule(old.id, written, moment)
    _hold(player, [made if rule is old else rule for rule in player.world.book.rules])
    agree(_shown(made), answer, "the fault rule")


def _hold(player: Player, rules: list[Rule]) -> None:
    player.world = replace(player.world, book=Book(tuple(rules)))


def _is_uncertain(rule: Rule) -> bool:
    return any(word in rule.written for word in ("probability", "between", "ttlMillis"))


def _shown(rule: Rule) -> Having:
    millis = rule.written.get("ttlMillis")
    ends = None if millis is None else Moment(rule.added.first + millis / 1000, rule.added.last + millis / 1000)
    counts = {"matched": rule.matched, "acted": rule.acted}
    return Having(**{**rule.written, "id": rule.id, "addedAt": rule.added, "expiresAt": ends, **counts})


# Records


def alter_record(player: Player) -> None:
    """Put a text into a record, or take one out."""
    random = player.random
    api = random.choice(player.apis)
    shop = player.world.shops[api.vendor]
    if not shop.own:
        return
    id, path = random.choice(shop.own), f"state/{api.vendor}/customers"
    text = f"T{player.next_number}"
    if random.random() < 0.3:
        _change(player, "delete_record", "DELETE", f"{path}/{id}", None)
        _follow(player, api.vendor, lambda world: world.with_shop(api.vendor, shop.without(id)), TOPICS[2], id)
        return
    answer = _change(player, "put_record", "PUT", f"{path}/{id}", {api.field: text})
    agree(text, answer[api.field], f"{api.field} of the record")
    _follow(player, api.vendor, lambda world: world.with_shop(api.vendor, api.altered(shop, id, text)), TOPICS[1], id)


def _change(player: Player, operation: str, method: str, path: str, body: Any) -> Any:
    return player.alter(operation, method, path, body)[0]


def _follow(player: Player, vendor: str, change: Callable[[World], World], topic: str, id: int) -> None:
    """Alter the world, and tell apps."""
    news = told(player.world, vendor, topic, id, player.journal.last_id)
    player.world = replace(change(player.world), told=(*player.world.told, *news))
