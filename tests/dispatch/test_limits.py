"""Rate limits: three calls in a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.cups import client
from tests.dispatch.toys import Make, default


def calls(shop: AppClient, count: int, key: str = "a") -> list[int]:
    return [shop.get("/cups/v1/cups?size=1", headers={"X-Cups": key}).status_code for _ in range(count)]


def move(sandbox: Sandbox, seconds: float) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def enforcing(make: Make) -> World:
    world = make(rate_limits="enforce")
    with default(world).ledger.transaction():
        default(world).clock.freeze(datetime(2026, 3, 4, tzinfo=UTC))
    return world


def test_calls_past_the_limit_are_refused_until_the_window_ends(enforcing: World) -> None:
    with client(enforcing) as shop:
        assert calls(shop, 2) == [200, 200]
        move(default(enforcing), 59)
        assert calls(shop, 3) == [200, 429, 429]
        assert shop.get("/cups/v1/cups?size=1").json() == {"row": "calls-exceeded", "text": "over 3 in 60 s"}
        move(default(enforcing), 1)
        assert calls(shop, 4) == [200, 200, 200, 429]


def test_each_credential_and_each_sandbox_has_a_window_of_its_own(enforcing: World) -> None:
    enforcing.sandboxes.create("one")
    with client(enforcing) as shop:
        assert calls(shop, 4) == [200, 200, 200, 429]
        assert calls(shop, 4, key="b") == [200, 200, 200, 429]
        assert shop.get("/@one/cups/v1/cups?size=1").status_code == 200


def test_every_call_counts_even_one_that_is_refused(enforcing: World) -> None:
    with client(enforcing) as shop:
        statuses = [shop.get(f"/cups/v1/{path}").status_code for path in ("nowhere", "cups?size=0", "mischief/raise")]
        assert statuses == [404, 400, 500]
        assert calls(shop, 1) == [429]
        assert shop.get("/cups/v1/nowhere").status_code == 429


def test_a_clock_set_back_opens_a_new_window(enforcing: World) -> None:
    with client(enforcing) as shop:
        assert calls(shop, 4)[-1] == 429
        move(default(enforcing), -1)
        assert calls(shop, 1) == [200]


def test_counting_only_notes_what_the_vendor_would_refuse(make: Make) -> None:
    world = make(rate_limits="count")
    with client(world) as shop:
        assert calls(shop, 5) == [200] * 5
    found = [[finding.id for finding in exchange.findings] for exchange in default(world).journal]
    assert found == [["rate-limit"], ["rate-limit"], [], [], []]
    newest = next(iter(default(world).journal))
    assert newest.findings[0].message == "the vendor would refuse: more than 3 calls in 60 s"
    assert [window.calls for window in default(world).control.rate_windows] == [
        4
    ]  # one past the limit is enough to know


def test_without_limits_nothing_is_counted(make: Make) -> None:
    world = make(rate_limits="off")
    with client(world) as shop:
        assert calls(shop, 5) == [200] * 5
    assert len(default(world).control.rate_windows) == 0
    assert all(not exchange.changes for exchange in default(world).journal)
