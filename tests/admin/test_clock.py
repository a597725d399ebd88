"""The sandbox's clock, by way of the admin API."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.appclient import AppClient

NOON = "2026-01-01T12:00:00.000Z"
NOON_MILLIS = 1767268800000


def set_clock(admin: AppClient, **action: Any) -> dict[str, Any]:
    reply = admin.put("/clock", json=action)
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


def test_the_clock_follows_the_wall_clock_at_first(admin: AppClient) -> None:
    before = time.time()
    shown = admin.get("/clock").json()
    assert shown["frozen"] is False
    assert before - 0.01 <= shown["currentEpochMillis"] / 1000 <= time.time()
    read = datetime.fromisoformat(shown["currentInstant"])
    assert round(read.timestamp() * 1000) == shown["currentEpochMillis"]


@pytest.mark.parametrize(
    ("instant", "shown", "millis"),
    [
        ("2026-01-01T12:00:00Z", NOON, NOON_MILLIS),
        ("2026-01-01T13:30:00+01:30", NOON, NOON_MILLIS),
        ("2026-01-01t07:00:00.000-05:00", NOON, NOON_MILLIS),
        ("2026-01-01T12:00:00.123456Z", "2026-01-01T12:00:00.123Z", NOON_MILLIS + 123),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", 0),
        ("9999-01-01T00:00:00Z", "9999-01-01T00:00:00.000Z", 253370764800000),
    ],
)
def test_freeze_stops_at_the_instant(admin: AppClient, instant: str, shown: str, millis: int) -> None:
    frozen = {"currentInstant": shown, "currentEpochMillis": millis, "frozen": True}
    assert set_clock(admin, action="freeze", instant=instant) == frozen
    assert admin.get("/clock").json() == frozen


def test_freeze_without_an_instant_stops_here_and_now(admin: AppClient) -> None:
    stopped = set_clock(admin, action="freeze")
    time.sleep(0.01)
    assert admin.get("/clock").json() == stopped
    assert abs(stopped["currentEpochMillis"] / 1000 - time.time()) < 5


@pytest.mark.parametrize("millis", [1, 3_600_000, -86_400_000])
def test_advance_moves_a_frozen_clock_and_leaves_it_frozen(admin: AppClient, millis: int) -> None:
    set_clock(admin, action="freeze", instant=NOON)
    shown = set_clock(admin, action="advance", durationMillis=millis)
    assert (shown["currentEpochMillis"], shown["frozen"]) == (NOON_MILLIS + millis, True)


def test_advance_moves_a_running_clock_and_leaves_it_running(admin: AppClient) -> None:
    shown = set_clock(admin, action="advance", durationMillis=3_600_000)
    assert shown["frozen"] is False
    assert abs(shown["currentEpochMillis"] / 1000 - 3600 - time.time()) < 5


def test_reset_follows_the_wall_clock_again(admin: AppClient) -> None:
    set_clock(admin, action="freeze", instant=NOON)
    shown = set_clock(admin, action="reset")
    assert shown["frozen"] is False
    assert abs(shown["currentEpochMillis"] / 1000 - time.time()) < 5
    assert set_clock(admin, action="reset")["frozen"] is False


@pytest.mark.parametrize(
    "action",
    [
        {"action": "freeze", "instant": "9999-01-01T00:00:01Z"},
        {"action": "freeze", "instant": "1969-12-31T23:59:59Z"},
        {"action": "freeze", "instant": "0001-01-01T00:00:00+23:59"},
        {"action": "advance", "durationMillis": 315537897600000},
        {"action": "advance", "durationMillis": -315537897600000},
    ],
)
@pytest.mark.parametrize("frozen", [True, False])
def test_the_clock_stays_where_it_is_when_it_cannot_show_an_instant(
    admin: AppClient, action: dict[str, Any], *, frozen: bool
) -> None:
    if frozen:
        set_clock(admin, action="freeze", instant=NOON)
    reply = admin.put("/clock", json=action)
    assert (reply.status_code, reply.json()["row"]) == (409, "clock-out-of-range")
    assert admin.get("/clock").json()["frozen"] is frozen


def test_a_vendor_s_times_and_the_journal_follow_the_clock(admin: AppClient, shop: AppClient) -> None:
    times = []
    set_clock(admin, action="freeze", instant=NOON)
    for millis in (0, 1_500, 86_400_000):
        set_clock(admin, action="advance", durationMillis=millis)
        shop.post("commerce.customers.update", json={"id": 37091, "customer": {"locale": "en"}})
        shown = shop.post("commerce.customers.get", json={"id": 37091, "fields": ["updateTime"]}).json()
        times.append(shown["customer"]["updateTime"])
    assert times == ["2026-01-01 12:00:00", "2026-01-01 12:00:01", "2026-01-02 12:00:01"]
    newest = admin.get("/requests?limit=1").json()["requests"][0]
    assert newest["at"] == datetime(2026, 1, 2, 12, 0, 1, 500_000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
