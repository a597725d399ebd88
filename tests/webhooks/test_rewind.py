"""Rewinding, resetting, and how much is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.webhooks.delivery import Attempt
from mockserver.world import World
from tests.webhooks.receiver import Receiver
from tests.webhooks.tower import Tower


def rewind(tower: Tower, to: int) -> int:
    """Returns the id of the rewind itself."""
    tower.admin("POST", f"requests/{to}/rewind")
    return tower.newest("admin")


@pytest.fixture
def failing(tower: Tower, app: Receiver) -> Tower:
    """A subscription whose app fails, with three deliveries that wait."""
    app.answer = lambda _: 500
    tower.subscribe(app.url)
    tower.create("a", "b", "c")
    tower.settle()
    return tower


def test_a_rewind_takes_back_what_was_queued_since(failing: Tower, app: Receiver) -> None:
    newest = failing.newest()
    rewind(failing, newest - 1)
    assert [delivery["request"] for delivery in failing.deliveries()] == [newest - 2]
    app.answer = lambda _: 204
    failing.advance(10)
    failing.settle()
    assert (app.names, failing.statuses()) == (["a", "a"], ["delivered"])
    failing.create("d")
    failing.settle()
    assert app.names == ["a", "a", "d"]


def test_a_rewind_of_the_rewind_brings_it_back(failing: Tower, app: Receiver) -> None:
    before = failing.deliveries()
    undone = rewind(failing, failing.newest() - 2)
    assert failing.deliveries() == []
    failing.advance(10)
    failing.settle()
    assert app.names == ["a"]
    rewind(failing, undone)
    assert failing.deliveries() == before
    app.answer = lambda _: 204
    failing.advance(10)
    failing.settle()
    assert (app.names, failing.statuses()) == (["a", "a", "b", "c"], ["delivered"] * 3)


def test_what_was_brought_back_and_delivered_is_not_sent_again(failing: Tower, app: Receiver) -> None:
    undone = rewind(failing, failing.newest() - 2)
    rewind(failing, undone)
    app.answer = lambda _: 204
    failing.advance(10)
    failing.settle()
    rewind(failing, undone)
    failing.settle()
    assert (app.names, failing.statuses()) == (["a", "a", "b", "c"], ["delivered"] * 3)


def test_rewinds_nest(failing: Tower) -> None:
    states = [failing.deliveries()]
    ids = []
    for to in (failing.newest(), failing.newest() - 1, failing.newest() - 2):
        ids.append(rewind(failing, to))
        states.append(failing.deliveries())
    assert [len(state) for state in states] == [3, 2, 1, 0]
    for id, state in zip(reversed(ids), reversed(states[:-1]), strict=True):
        again = rewind(failing, id)
        assert failing.deliveries() == state
        rewind(failing, again)
        assert failing.deliveries() == states[states.index(state) + 1]
        rewind(failing, again)
        rewind(failing, id)
        assert failing.deliveries() == state


def test_a_rewind_tells_nobody(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    [id] = tower.create("a")
    tower.rename(id, "b")
    tower.settle()
    rewind(tower, rewind(tower, tower.newest()))
    assert (tower.settle()[-1]["id"], app.names) == (2, ["a", "b"])


def test_what_was_delivered_meanwhile_is_in_no_rewind_s_way(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    tower.misbehave(1, duplicate=1, times=5)
    for _ in range(2):
        tower.create("a", "b")
        tower.settle()
    tower.admin("POST", "webhooks/1/redeliver")
    tower.settle()
    copied = tower.newest("admin")
    undone = rewind(tower, copied)
    assert [delivery["id"] for delivery in tower.deliveries()] == [1, 2, 3, 4]
    rewind(tower, undone)
    assert [delivery["id"] for delivery in tower.deliveries()] == [1, 2, 3, 4, 5]
    rewind(tower, tower.newest() - 1)
    assert [delivery["id"] for delivery in tower.deliveries()] == [1, 2]


def test_a_rule_and_what_is_left_of_its_times_are_rewound(tower: Tower, app: Receiver) -> None:
    def rule() -> Any:
        return tower.admin("GET", "webhooks/subscriptions")["subscriptions"][0]["misbehaviour"]

    tower.subscribe(app.url)
    tower.misbehave(1, drop=True, times=2)
    said = tower.newest("admin")
    tower.create("a", "b", "c")
    second = tower.newest() - 1
    assert rule() is None
    undone = rewind(tower, second)
    assert rule() == {"drop": True, "times": 1}
    rewind(tower, undone)
    assert rule() is None
    rewind(tower, second - 1)
    assert rule() == {"drop": True, "times": 2}
    rewind(tower, said)
    assert rule() is None


def test_the_clock_s_way_back_counts(tower: Tower, app: Receiver) -> None:
    app.hang()
    tower.subscribe(app.url)
    tower.create("a")
    app.wait(1)
    tower.advance(-60)
    back = tower.newest("admin")
    tower.advance(64)
    assert tower.deliveries()[0]["attempts"] == []
    rewind(tower, back)
    tower.advance(5)
    assert len(tower.settle()[0]["attempts"]) == 1


@pytest.mark.parametrize("way_back", ["reset", "rewind"])
def test_an_attempt_under_way_is_broken_off_and_forgotten(tower: Tower, app: Receiver, way_back: str) -> None:
    app.hang()
    tower.subscribe(app.url)
    tower.create("a")
    app.wait(1)
    if way_back == "reset":
        tower.admin("POST", "reset")
        tower.freeze()
        tower.subscribe(app.url)
    else:
        rewind(tower, tower.newest())
    tower.create("b")
    app.wait(2)
    app.go_on()
    [shown] = tower.settle()
    assert (shown["status"], len(shown["attempts"]), app.names) == ("delivered", 1, ["a", "b"])


def test_a_reset_forgets_everything(failing: Tower, app: Receiver) -> None:
    failing.misbehave(1, drop=True)
    failing.admin("POST", "reset")
    assert failing.admin("GET", "webhooks") == {"deliveries": [], "dropped": 0}
    assert failing.admin("GET", "webhooks/subscriptions") == {"subscriptions": []}
    failing.freeze()
    failing.advance(3600)
    failing.settle()
    assert app.names == ["a"]
    app.answer = lambda _: 204
    failing.subscribe(app.url)
    failing.create("d")
    assert [delivery["id"] for delivery in failing.settle()] == [1]
    assert app.names == ["a", "d"]


def test_an_answer_for_what_was_forgotten_is_ignored(world: World) -> None:
    """Also where, after a reset, something else has its id."""
    tower = Tower(world)
    tower.subscribe("http://127.0.0.1:1/")
    tower.create("a")
    webhooks, deliveries = tower.sandbox.webhooks, tower.sandbox.control.deliveries
    [forgotten] = deliveries
    for now in ([], [replace(forgotten, body="another")]):
        with tower.sandbox.ledger.transaction():
            deliveries.remove(forgotten.id)
            for delivery in now:
                deliveries.put(delivery)
        webhooks.record(forgotten, Attempt(1.0, 0.1, 204))
        webhooks.give_up(forgotten, "cancelled", "gone")
        assert list(deliveries) == now


# How much is kept


@pytest.fixture
def short(make: Callable[..., World]) -> World:
    """A world that keeps five of what is done."""
    return make(journal_entries=5)


def test_the_oldest_that_are_done_with_are_dropped_and_counted(short: World, app: Receiver) -> None:
    with Tower(short) as tower:
        tower.freeze()
        tower.subscribe(app.url)
        tower.create(*"abcdefgh")
        tower.settle()
        listed = tower.admin("GET", "webhooks")
        assert [delivery["body"]["name"] for delivery in listed["deliveries"]] == list("hgfed")
        assert listed["dropped"] == 3
        assert tower.refused("GET", "webhooks/3")["row"] == "webhook-unknown"
        assert app.names == list("abcdefgh")
        tower.admin("POST", "reset")
        assert tower.admin("GET", "webhooks")["dropped"] == 0


def test_what_waits_is_never_dropped(short: World, app: Receiver) -> None:
    app.answer = lambda received: 500 if received.json["name"] == "a" else 204
    with Tower(short) as tower:
        tower.freeze()
        tower.subscribe(app.url)
        tower.create(*"abcdefgh")
        tower.settle()
        assert tower.statuses() == ["waiting"] * 8
        tower.misbehave(1, drop=True)
        tower.create(*"123456")
        listed = tower.admin("GET", "webhooks")
        assert (len(listed["deliveries"]), listed["dropped"]) == (8 + 5, 1)
        app.answer = lambda _: 204
        tower.advance(10)
        tower.settle()
        assert app.names == ["a", *"abcdefgh"]
        assert tower.admin("GET", "webhooks")["dropped"] == 9


def test_what_was_rewound_does_not_count(short: World, app: Receiver) -> None:
    with Tower(short) as tower:
        tower.freeze()
        tower.subscribe(app.url)
        tower.create(*"abcde")
        tower.settle()
        rewind(tower, tower.newest() - 2)
        tower.create("f", "g", "h")
        tower.settle()
        assert [delivery["body"]["name"] for delivery in tower.deliveries()] == list("abfgh")
        assert tower.admin("GET", "webhooks")["dropped"] == 0


def test_the_bound_holds_after_a_rewind_too(short: World, app: Receiver) -> None:
    with Tower(short) as tower:
        tower.freeze()
        tower.subscribe(app.url)
        tower.create(*"abcdef")
        tower.settle()
        rewind(tower, rewind(tower, tower.newest()))
        tower.create("g")
        tower.settle()
        assert [delivery["body"]["name"] for delivery in tower.deliveries()] == list("cdefg")
