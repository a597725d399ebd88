"""What holds whatever happens: nothing is lost, nothing comes twice that should not, and everything in order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mockserver.world import World
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.webhooks.bell import RETRIES
from tests.webhooks.receiver import Received, Receiver
from tests.webhooks.tower import Tower

RULES = st.fixed_dictionaries(
    {},
    optional={
        "duplicate": st.integers(1, 2),
        "delayMillis": st.sampled_from([1, 30_000]),
        "drop": st.just(value=True),
        "reorder": st.integers(2, 3),
        "wrongSignature": st.just(value=True),
        "stale": st.just(value=True),
    },
).filter(bool)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.integers(1, 3)),
    st.tuples(st.just("rename"), st.integers(1, 5)),
    st.tuples(st.just("remove"), st.integers(1, 5)),
    st.tuples(st.just("advance"), st.sampled_from([0.5, 1.0, 10.0, 60.0, 300.0, 3600.0, -30.0])),
    st.tuples(st.just("answer"), st.lists(st.sampled_from([200, 204, 302, 404, 500]), min_size=1, max_size=4)),
    st.tuples(st.just("misbehave"), st.tuples(st.integers(1, 2), RULES, st.integers(1, 4))),
    st.tuples(st.just("redeliver"), st.integers(1, 5)),
    st.tuples(st.just("settle"), st.none()),
)


Build = Callable[[], Tower]


@pytest.fixture(scope="session")
def build(world: World) -> Build:
    """Builds towers. (A world itself would be printed in full where an example fails.)"""
    return lambda: Tower(world)


class Story:
    """A bell that rings for two listeners of one app, whose answers change."""

    def __init__(self, tower: Tower, app: Receiver) -> None:
        self.tower = tower
        self.app = app
        self.answers = [204]
        self.changes = 0
        tower.freeze()
        app.answer = self.next_answer
        for listener in ("one", "two"):
            tower.subscribe(app.url.replace("hook", listener))

    def next_answer(self, _received: Received) -> int:
        """The next of the present answers; the last one stays."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def perform(self, kind: str, what: Any) -> None:
        self.changes += 1
        match kind:
            case "create":
                self.tower.create(*[f"thing {self.changes}"] * what)
            case "rename" | "remove" if what in self.tower.sandbox.subjects["bell"].things:
                getattr(self.tower, kind)(what, *["renamed"] * (kind == "rename"))
            case "advance":
                self.tower.settle()
                self.tower.advance(what)
            case "answer":
                self.tower.settle()
                self.answers = list(what)
            case "misbehave":
                id, rule, times = what
                self.tower.misbehave(id, **rule, times=times)
            case "redeliver" if self.tower.sandbox.webhooks.outbox.get(what):
                self.tower.admin("POST", f"webhooks/{what}/redeliver")
            case "settle":
                self.tower.settle()

    def finish(self) -> list[dict[str, Any]]:
        """All deliveries, when the app has answered well and long enough for none to wait."""
        self.tower.settle()
        self.answers = [204]
        while "waiting" in self.tower.statuses():
            self.tower.advance(3600)
            self.tower.settle()
        return self.tower.deliveries()


def in_order(tower: Tower, deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As they are to leave: by id, but the members of a group, which only the records know, last first."""
    groups = {record.id: record.group or record.id for record in tower.sandbox.control.deliveries}
    by_group = groupby(deliveries, lambda delivery: groups[delivery["id"]])
    return list(chain.from_iterable(list(members)[::-1] for _, members in by_group))


@pytest.mark.usefixtures("unwatched")
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_attempt_is_received_once_and_in_order(build: Build, steps: list[tuple[str, Any]]) -> None:
    with Receiver() as app, build() as tower:
        story = Story(tower, app)
        for step in steps:
            story.perform(*step)
        told = story.finish()
        for id, listener in ((1, "/one"), (2, "/two")):
            received = [each for each in app.received if each.path == listener]
            mine = [each for each in told if each["subscription"] == id]
            check_attempts(mine)
            sent = [each["body"]["id"] for each in in_order(tower, mine) for _ in each["attempts"]]
            assert [each.json["id"] for each in received] == sent
        assert {each["request"] for each in told} == set(told_of(tower))


def check_attempts(deliveries: list[dict[str, Any]]) -> None:
    for delivery in deliveries:
        succeeded = [attempt["error"] == "" for attempt in delivery["attempts"]]
        match delivery["status"]:
            case "delivered":
                failures = succeeded.index(True)
                copies = len(succeeded) - failures - 1
                assert failures <= len(RETRIES)
                assert (copies > 0) is ("duplicate" in delivery["misbehaviour"])
            case "failed":
                assert succeeded == [False] * (1 + len(RETRIES))
            case "dropped":
                assert succeeded == []
                assert "drop" in delivery["misbehaviour"]
            case other:
                raise AssertionError(other)


def told_of(tower: Tower) -> list[int]:
    """The requests that changed a thing."""
    return [
        exchange.id
        for exchange in tower.sandbox.journal
        if any(change.collection == "bell.things" for change in exchange.changes)
    ]
