"""How long is waited before a retry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from mockserver.client.sandbox import Sandbox
from mockserver.marks import Mark
from mockserver.scenarios import patience
from mockserver.scenarios.document import Action
from mockserver.scenarios.expressions import Exchange
from mockserver.scenarios.placing import Target, World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def sandbox(fake: Target) -> Iterator[Sandbox]:
    assert fake.server
    with fake.server.sandbox() as made:
        yield made


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    times: list[float] = []
    monkeypatch.setattr(time, "sleep", times.append)
    return times


def action(seconds: float) -> Action:
    """A retry after so many seconds."""
    return Action(name="again", kind="retry", retry_after=seconds, mark=Mark(Path("story.yaml")))


def reply(text: str) -> Exchange:
    """A reply that asks to wait."""
    return Exchange(url="", method="GET", status=429, headers={"retry-after": text})


@pytest.mark.parametrize(
    ("wanted", "expected", "words"),
    [
        ((0, None), [], "at once"),
        ((2.5, None), [2.5], "after 2.5 s"),
        ((2, reply("7")), [7], "after 7 s (Retry-After)"),
        ((2, reply("0")), [], "at once"),
        ((2, reply("soon")), [2], "after 2 s"),
        ((2, reply("Sun, 01 Mar 2020 12:00:00 GMT")), [], "at once"),
        ((9999, None), [600], "after 600 s"),
    ],
)
def test_in_real_time(
    sandbox: Sandbox, slept: list[float], wanted: tuple[float, Exchange | None], expected: list[float], words: str
) -> None:
    seconds, exchange = wanted
    assert patience.wait(World("", None, sandbox), action(seconds), exchange) == words
    assert slept == expected


@pytest.mark.parametrize(
    ("exchange", "moved"),
    [(None, 90), (reply("30"), 30), (reply(format_datetime(NOON.replace(minute=1), usegmt=True)), 60)],
)
def test_on_a_clock_that_stands_still(
    sandbox: Sandbox, slept: list[float], exchange: Exchange | None, moved: float
) -> None:
    sandbox.clock.freeze(NOON)
    words = patience.wait(World("", None, sandbox), action(90), exchange)
    assert words.startswith(f"the clock stands still and was moved on by {moved} s")
    assert ((sandbox.clock.now - NOON).total_seconds(), slept) == (moved, [])


def test_at_a_foreign_server_nothing_is_asked(slept: list[float]) -> None:
    assert patience.wait(World("http://shop.example", None, None), action(1), None) == "after 1 s"
    assert slept == [1]
