"""What waits to be told outlives a restart: it is saved, and sent as soon as the next server listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.server import Server, listen
from mockserver.statefile import StateFile
from mockserver.world import World
from tests.webhooks.conftest import Make
from tests.webhooks.receiver import Receiver
from tests.webhooks.tower import Tower


@pytest.fixture
def first(make: Make, tmp_path: Path) -> World:
    return make(state_file=tmp_path / "state.json")


@pytest.fixture
def second(make: Make, tmp_path: Path) -> World:
    return make(state_file=tmp_path / "state.json")


def save(world: World) -> None:
    at(world).write(at(world).collect())


def at(world: World) -> StateFile:
    assert world.state_file is not None
    return world.state_file


def test_what_waited_is_sent_when_the_next_server_listens(first: World, second: World, app: Receiver) -> None:
    with Tower(first, first.sandboxes.default) as tower:
        tower.freeze()
        listener = tower.subscribe(app.url)
        tower.misbehave(listener, delayMillis=60_000)
        tower.create("late")
        save(first)
    assert at(second).load()
    sandbox = second.sandboxes.default
    with sandbox.ledger.transaction():
        sandbox.clock.reset()
    server = Server(second.app, listen(), then=sandbox.webhooks.wake)
    server.start()
    try:
        app.wait(1)
    finally:
        server.stop()
    assert app.names == ["late"]


def test_what_was_told_is_still_known_and_is_not_told_again(first: World, second: World, app: Receiver) -> None:
    with Tower(first, first.sandboxes.default) as tower:
        tower.subscribe(app.url)
        tower.create("early")
        app.wait(1)
        told = tower.until(lambda sent: [each["status"] for each in sent] == ["delivered"])
        save(first)
    assert at(second).load()
    with Tower(second, second.sandboxes.default) as tower:
        assert tower.deliveries() == told
        tower.create("later")
        app.wait(2)
    assert app.names == ["early", "later"]


def test_a_rewind_after_the_restart_takes_back_only_what_was_told_since(
    first: World, second: World, app: Receiver
) -> None:
    with Tower(first, first.sandboxes.default) as tower:
        tower.freeze()
        tower.misbehave(tower.subscribe(app.url), delayMillis=60_000)
        tower.create("before")
        save(first)
    assert at(second).load()
    with Tower(second, second.sandboxes.default) as tower:
        tower.create("after")
        tower.admin("POST", f"requests/{tower.newest()}/rewind")
        assert [delivery["body"]["name"] for delivery in tower.deliveries()] == ["before"]
