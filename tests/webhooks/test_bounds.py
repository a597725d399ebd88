"""How many deliveries may wait, and what becomes of those of a sandbox that is deleted."""

from __future__ import annotations

import time

from tests.webhooks.conftest import Make
from tests.webhooks.receiver import Receiver, dead_url
from tests.webhooks.tower import Tower


def test_what_comes_when_too_many_wait_fails_at_once_and_says_why(make: Make) -> None:
    with Tower(make(max_waiting=2)) as tower:
        tower.freeze()
        tower.subscribe(dead_url(), "things/created")
        tower.create("a", "b", "c")
        shown = tower.settle()
        assert [delivery["status"] for delivery in shown] == ["waiting", "waiting", "failed"]
        assert shown[2]["attempts"][0]["error"] == (
            "2 deliveries wait already; for more, start the server with a higher --max-waiting"
        )


def test_when_fewer_wait_again_there_is_room_again(make: Make, app: Receiver) -> None:
    with Tower(make(max_waiting=1)) as tower:
        tower.freeze()
        tower.subscribe(app.url, "things/created")
        for name in "abc":
            tower.create(name)
            tower.settle()
        assert tower.statuses() == ["delivered"] * 3


def test_nothing_is_sent_for_a_sandbox_that_is_deleted(make: Make, app: Receiver) -> None:
    world = make()
    with Tower(world) as tower, Tower(world, world.sandboxes.create("other")) as other:
        for each in (tower, other):
            each.freeze()
            each.subscribe(app.url, "things/created")
            each.misbehave(1, delayMillis=1000)
            each.create("late")
            each.settle()
        world.sandboxes.remove(tower.sandbox.name)
        with tower.sandbox.ledger.transaction():
            tower.sandbox.clock.reset()
        other.advance(2)
        other.settle()
        time.sleep(0.05)
        assert len(app.received) == 1
        assert not world.sandboxes.get(tower.sandbox.name)
