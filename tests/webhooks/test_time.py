"""Retries and time-outs, all on the sandbox's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.world import World
from tests.webhooks.bell import RETRIES, TIMEOUT
from tests.webhooks.receiver import Receiver, dead_url
from tests.webhooks.tower import Tower


def attempts(tower: Tower) -> list[dict[str, Any]]:
    """The attempts of the only delivery, as soon as all are made that can be."""
    [delivery] = tower.settle()
    made: list[dict[str, Any]] = delivery["attempts"]
    return made


@pytest.mark.parametrize("acknowledged_at", [1, 2, 3, 4, None])
def test_a_delivery_is_tried_again_after_each_of_the_vendor_s_spans(
    tower: Tower, app: Receiver, acknowledged_at: int | None
) -> None:
    app.answer = lambda _: 204 if len(app.received) + 1 == acknowledged_at else 503
    tower.subscribe(app.url)
    tower.create("a")
    expected = acknowledged_at or 1 + len(RETRIES)
    for made, span in enumerate(RETRIES[: expected - 1], start=1):
        assert len(attempts(tower)) == made
        tower.advance(span - 0.001)
        assert len(attempts(tower)) == made
        tower.advance(0.001)
    [shown] = tower.settle()
    assert len(shown["attempts"]) == expected
    assert shown["status"] == ("delivered" if acknowledged_at else "failed")
    errors = [attempt["error"] for attempt in shown["attempts"]]
    failed = "answered 503, and only 2xx is success"
    assert errors == ([failed] * (expected - 1) + [""] if acknowledged_at else [failed] * 4)
    tower.advance(10_000)
    tower.settle()
    assert len(app.received) == expected
    assert len({received.body for received in app.received}) == 1


def test_attempts_and_due_times_are_told_by_the_sandbox_s_clock(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: 500
    tower.subscribe(app.url)
    tower.create("a")
    assert tower.settle()[0]["dueAt"] == "2026-01-01T12:00:10.000Z"
    tower.advance(3600)
    [shown] = tower.settle()
    assert [attempt["at"] for attempt in shown["attempts"]] == ["2026-01-01T12:00:00.000Z", "2026-01-01T13:00:00.000Z"]
    assert (shown["queuedAt"], shown["dueAt"]) == ("2026-01-01T12:00:00.000Z", "2026-01-01T13:01:00.000Z")


def test_an_app_that_hangs_is_given_up_when_the_clock_says_so(tower: Tower, app: Receiver) -> None:
    app.hang()
    tower.subscribe(app.url)
    tower.create("a", "b")
    app.wait(1)
    tower.advance(TIMEOUT - 0.001)
    assert tower.deliveries()[0]["attempts"] == []
    tower.advance(0.001)
    first, second = tower.settle()
    assert [attempt["error"] for attempt in first["attempts"]] == ["no complete answer within 5 s"]
    assert (first["status"], first["attempts"][0]["status"], second["attempts"]) == ("waiting", None, [])
    app.go_on()
    tower.advance(RETRIES[0])
    tower.settle()
    assert (tower.statuses(), app.names) == (["delivered"] * 2, ["a", "a", "b"])


def test_one_step_of_the_clock_passes_many_limits_at_once(tower: Tower, app: Receiver) -> None:
    app.hang()
    for _ in range(3):
        tower.subscribe(app.url)
    tower.subscribe(dead_url())
    tower.create("a")
    app.wait(3)
    tower.advance(3600)
    tower.settle()
    assert [len(delivery["attempts"]) for delivery in tower.deliveries()] == [1, 1, 1, 2]
    tower.advance(3600)
    app.wait(6)
    app.go_on()
    tower.settle()
    assert [len(delivery["attempts"]) for delivery in tower.deliveries()] == [2, 2, 2, 3]


@pytest.mark.parametrize("span", [-3600.0, 5.0, 9.999])
def test_a_clock_that_has_not_come_so_far_sends_nothing(tower: Tower, app: Receiver, span: float) -> None:
    app.answer = lambda _: 500
    tower.subscribe(app.url)
    tower.create("a")
    assert len(attempts(tower)) == 1
    tower.advance(span)
    assert len(attempts(tower)) == 1
    tower.advance(10 - span)
    assert len(attempts(tower)) == 2


def test_a_running_clock_runs_for_webhooks_too(world: World) -> None:
    """Spans are long here: the clock is moved to just before they pass, and the rest of a second passes by itself."""
    with Receiver(lambda _: 500) as app, Tower(world) as tower:
        tower.subscribe(app.url)
        tower.create("a")
        tower.until(attempts_are(1))
        tower.advance(9.8)
        tower.until(attempts_are(2))
        app.hang()
        tower.advance(60)
        app.wait(3)
        tower.advance(4.8)
        [shown] = tower.until(attempts_are(3))
        assert shown["attempts"][2]["error"] == "no complete answer within 5 s"


def attempts_are(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda deliveries: [len(delivery["attempts"]) for delivery in deliveries] == [count]


def test_freezing_a_clock_stops_what_was_running(world: World) -> None:
    with Receiver(lambda _: 500) as app, Tower(world) as tower:
        tower.subscribe(app.url)
        tower.create("a")
        tower.until(attempts_are(1))
        tower.admin("PUT", "clock", {"action": "freeze"})
        tower.advance(10)
        assert len(tower.settle()[0]["attempts"]) == 2
        tower.advance(59.9)
        tower.admin("PUT", "clock", {"action": "reset"})
        assert len(tower.deliveries()[0]["attempts"]) == 2
        tower.advance(600)
        app.wait(3)
