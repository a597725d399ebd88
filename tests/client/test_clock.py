"""A sandbox's clock, through the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mockserver import AdminError, Sandbox

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "instant",
    [NOON, NOON.astimezone(timezone(timedelta(hours=-5))), "2030-01-02T12:00:00Z", "2030-01-02T13:00:00+01:00"],
)
def test_a_clock_that_is_frozen_stands_still(sandbox: Sandbox, instant: datetime | str) -> None:
    assert sandbox.clock.freeze(instant) == NOON
    assert sandbox.clock.frozen
    assert sandbox.clock.now == sandbox.clock.now == NOON


@pytest.mark.parametrize("hour", [timedelta(hours=1), 3600, 3600.0])
def test_a_clock_is_moved_by_a_length_of_time(sandbox: Sandbox, hour: timedelta | float) -> None:
    sandbox.clock.freeze(NOON)
    assert sandbox.clock.advance(hour) == NOON + timedelta(hours=1)
    assert sandbox.clock.advance(timedelta(days=-1)) == NOON + timedelta(hours=1, days=-1)


def test_a_clock_can_run_so_far_from_the_wall_clock_and_follow_it_again(sandbox: Sandbox) -> None:
    ahead = sandbox.clock.offset(timedelta(days=2))
    assert not sandbox.clock.frozen
    assert timedelta(days=2, minutes=-1) < ahead - datetime.now(UTC) < timedelta(days=2, minutes=1)
    assert abs(sandbox.clock.reset() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_can_be_stopped_where_it_is(sandbox: Sandbox) -> None:
    now = sandbox.clock.freeze()
    assert sandbox.clock.now == now


def test_an_instant_without_a_time_zone_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        sandbox.clock.freeze(datetime(2030, 1, 1))  # noqa: DTZ001  that is the point


def test_a_clock_cannot_leave_the_years_that_it_has(sandbox: Sandbox) -> None:
    with pytest.raises(AdminError) as caught:
        sandbox.clock.advance(timedelta(days=365 * 9000))
    assert caught.value.row == "clock-out-of-range"
