"""Misbehaviour: what goes wrong on purpose with a subscription's deliveries, for testers to see how the app takes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.state.change import Record
from mockserver.webhooks.delivery import Delivery, Target

INCOMPLETE = 1.0
"""After so many seconds of the sandbox's clock a group leaves though it is not complete."""


class Misbehaviour(Record, frozen=True, kw_only=True, rename="camel"):
    """A rule for the deliveries that are queued for one subscription; its ways may be combined.

    `duplicate`: each is sent so many more times. `delay_millis`: each is due so much later. `drop`: none is sent.
    `reorder`: they leave in groups of so many, last first. `wrong_signature`: the headers vouch for another text than
    the body. `stale`: an alteration is told with the record as it was before. `times`: for so many deliveries more;
    None for all. What is 0, false or None does not happen.
    """

    id: str
    vendor: str
    subscription: int
    duplicate: int = 0
    delay_millis: int = 0
    drop: bool = False
    reorder: int = 0
    wrong_signature: bool = False
    stale: bool = False
    times: int | None = None

    @property
    def ways(self) -> dict[str, Any]:
        """What goes wrong, by the names and with the values that a tester gave."""
        return {name: getattr(self, field) for field, name in _NAMES.items() if getattr(self, field)}

    def used(self) -> Misbehaviour | None:
        """The rule after one more delivery; None when that was the last."""
        if self.times is None:
            return self
        return None if self.times == 1 else replace(self, times=self.times - 1)


_NAMES = {
    field.name: field.encode_name
    for field in msgspec.structs.fields(Misbehaviour)
    if field.name not in {"id", "vendor", "subscription", "times"}
}
WAYS = list(_NAMES.values())
"""All ways to misbehave, by the names under which a tester gives them."""


def rule_key(target: Target) -> str:
    """The key of the rule for a subscription."""
    return "{}:{}".format(*target)


def misbehave(delivery: Delivery, rule: Misbehaviour, group: Sequence[Delivery], *, stale: bool) -> Iterator[Delivery]:
    """What a rule makes of a new delivery, and after it of those in `group` that alter with it.

    `group` is what waits at the end of the line, in the order in which it leaves. `stale` is whether this delivery
    tells how something was before.
    """
    names = tuple(name for name in rule.ways if stale or name != "stale")
    due = delivery.due + rule.delay_millis / 1000
    if rule.drop:
        yield replace(delivery, misbehaviour=names, status="dropped")
    elif not rule.reorder:
        yield replace(delivery, misbehaviour=names, copies=rule.duplicate, due=due)
    else:
        has_begun = any(member.attempts or member.due <= delivery.due for member in group)
        members = () if has_begun or len(group) >= rule.reorder else group
        complete = len(members) + 1 == rule.reorder
        leaves = due if complete else max(due, members[-1].due if members else delivery.due + INCOMPLETE)
        first = members[-1].group if members else delivery.id
        yield replace(delivery, misbehaviour=names, copies=rule.duplicate, due=leaves, group=first)
        if complete:
            yield from (replace(member, due=leaves) for member in members)
