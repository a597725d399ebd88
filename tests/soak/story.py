"""What a player does, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.soak import crowd, history, looking, steering, telling
from tests.soak.comparing import Anything
from tests.soak.drawing import Target, drawn_row, row_status
from tests.soak.model import Deed
from tests.soak.player import Player

_TROUBLED = 0.4
_MANY = 30
"""Customers in a sandbox after whom it begins anew, so that all sandboxes stay small."""


def ask(player: Player) -> None:
    """What an app does; often one for which something is to go wrong."""
    vendors = {rule.written.get("vendor") for rule in player.world.book.rules}
    troubled = [api for api in player.apis if api.vendor in vendors]
    api = player.random.choice(troubled if troubled and player.random.random() < _TROUBLED else player.apis)
    player.play(api, api.plan(player.random, player.world.shops[api.vendor], player.next_number))


def ask_for_error(player: Player) -> None:
    """An app that prefers an error."""
    if player.world.book.rules:
        return  # what a rule does comes first
    api = player.random.choice(player.apis)
    plan, row = api.plan(player.random, player.world.shops[api.vendor], player.next_number), ""

    def preferring(deed: Deed) -> Deed:
        nonlocal row
        row = drawn_row(player.random, Target(deed.api, deed.vendor, deed.operation))
        headers = {**deed.request.headers, "Prefer": f"error={row}"}
        status = row_status(deed.api, deed.operation, row)
        request = replace(deed.request, headers=headers)
        return replace(deed, request=request, status=status, row=row, body=Anything(), after=None, topic="")

    player.play(api, plan, preferring)


def ask_before_others(player: Player) -> None:
    """Somebody waits for what an app asks, or watches."""
    player.random.choice([crowd.wait_for_next, crowd.watch])(player, ask)


def begin_anew(player: Player) -> None:
    """One of the ways to be small again."""
    player.random.choice([history.reset, history.reset, history.purge, history.load])(player)


DEEDS: Mapping[Callable[[Player], object], float] = {
    ask: 70,
    ask_for_error: 1,
    crowd.ask_at_once: 1,
    ask_before_others: 0.5,
    steering.alter_record: 5,
    steering.steer_clock: 4,
    steering.steer_faults: 5,
    steering.check_faults: 1,
    steering.delete_faults: 0.7,
    looking.read_journal: 1.5,
    looking.read_exchange: 2,
    looking.verify: 1.5,
    looking.read_deliveries: 1,
    looking.compare_everything: 0.7,
    looking.read_coverage: 0.3,
    looking.ask_for_nothing: 0.7,
    telling.die_or_revive: 0.7,
    telling.settle: 0.3,
    history.rewind: 3,
    history.save: 1,
    history.load: 0.5,
    history.copy_document: 0.2,
    history.throw_away: 0.3,
    history.forget: 0.3,
    history.reset: 0.5,
    history.purge: 0.2,
    history.move: 1,
    history.make_brief: 0.1,
    history.count_all: 0.5,
    history.save_state: 0.01,
}
"""What is done, and how often."""
_KINDS, _WEIGHTS = [*DEEDS], [*DEEDS.values()]


def step(player: Player) -> None:
    """One step."""
    player.steps += 1
    own = max(len(shop.own) for shop in player.world.shops.values())
    deed = begin_anew if own > _MANY else player.random.choices(_KINDS, _WEIGHTS)[0]
    deed(player)


def end(player: Player) -> None:
    """The last comparison of everything; then there are fault rules again, for the file that the state is saved in."""
    steering.delete_faults(player)
    looking.compare_everything(player)
    looking.read_journal(player)
    telling.settle(player)
    history.count_all(player)
    steering.steer_faults(player)
    steering.steer_clock(player)


def resume(player: Player) -> None:
    """With another server, which has the state of the one before: nobody's journal, and nothing to tell."""
    player.restart(player.world.saved())
    history.count_all(player)
    steering.check_faults(player)
    looking.compare_everything(player)
    looking.read_journal(player)
    ask(player)
    history.reset(player)
    looking.compare_everything(player)
