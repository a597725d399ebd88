"""Webhooks: an app that is as good as dead for a while, and that everything arrives in the end, in order."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.soak.comparing import Difference, Moment
from tests.soak.looking import read_deliveries
from tests.soak.model import Clock, Deed, Shop
from tests.soak.player import DEAD, Player
from tests.soak.shops.kounta import Kounta
from tests.soak.steering import delete_faults, reset_clock, set_clock

_LATER = datetime(2040, 1, 1, tzinfo=UTC)
"""After this everything is due that was ever put off, but for what `settle` itself puts off: years pass there."""
_PATIENCE = 30
_GLANCE = 0.02
_RETRY = 1000
"""Seconds after which every delivery is tried again."""


def die_or_revive(player: Player) -> None:
    """Let the player's apps refuse everything, or take it again."""
    player.stage.receiver.dead ^= {player.number}


def settle(player: Player) -> None:
    """Revive the apps, and see that whatever waits arrives. What nobody can take is given up."""
    player.stage.receiver.dead.discard(player.number)
    _unsubscribe_dead(player)
    player.settled += 1
    at = _LATER.replace(year=_LATER.year + player.settled)
    later = Clock(frozen=(at.timestamp(), at.timestamp()))
    set_clock(player, {"action": "freeze", "instant": at.isoformat()}, later)
    _await(player, later)
    # What was under way when the clock was put forward was not answered in time, and is due again a little later.
    last = later.advanced(_RETRY)
    set_clock(player, {"action": "advance", "durationMillis": _RETRY * 1000}, last)
    _await(player, None)
    player.heard += player.stage.receiver.take(player.number)
    _check_heard(player)
    if player.random.random() < 0.8:
        reset_clock(player)


def _await(player: Player, clock: Clock | None) -> None:
    """Until nothing waits any more that is due by a clock; or nothing at all."""
    until, text = time.monotonic() + _PATIENCE, ""
    if clock is not None and clock.frozen is not None:
        text = datetime.fromtimestamp(clock.frozen[1], UTC).isoformat()
    while waiting := [each for each in read_deliveries(player) if not text or each["dueAt"] <= text]:
        if time.monotonic() > until:
            raise Difference(f"{len(waiting)} deliveries still wait, the first of them: {waiting[0]}")
        time.sleep(_GLANCE)


def _unsubscribe_dead(player: Player) -> None:
    """Without faults, which may last as long as the clock stands still."""
    delete_faults(player)
    [api] = [each for each in player.apis if isinstance(each, Kounta)]
    webhooks = player.world.shops[api.vendor].webhooks
    for dead in [id for id, each in webhooks.items() if each["address"].startswith(DEAD)]:
        player.play(api, partial(_unsubscribing, api, dead))


def _unsubscribing(api: Kounta, id: int, shop: Shop, _moment: Moment) -> Deed:
    return api.unsubscribe(shop, id)


def _check_heard(player: Player) -> None:
    """Raises Difference where an app has not heard what it was told, or in another order."""
    listed = player.tell("GET", "webhooks?limit=1000&status=delivered")["deliveries"][::-1]
    for url in {each["url"] for each in listed}:
        told = [each["body"]["id"] for each in listed if each["url"] == url]
        heard = [each.customer for each in player.heard if url.endswith(each.path)]
        if not _is_part(told, heard):
            raise Difference(f"{url} was told of {told}, and has heard of {heard}")


def _is_part(part: Sequence[Any], whole: Iterable[Any]) -> bool:
    """Whether the items of one stand in the other in the same order, perhaps with others between them."""
    rest: Iterator[Any] = iter(whole)
    return all(item in rest for item in part)
