"""Rate limits: who is counted, whether at all, and what clients are told of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.toys import Make, default

START = datetime(2026, 3, 4, tzinfo=UTC)
MODES = ("off", "count", "enforce")
OUTCOMES: dict[str, tuple[list[int], list[str], list[int]]] = {
    "off": ([200, 200, 200, 200], [], []),
    "count": ([200, 200, 200, 200], ["rate-limit"], [4]),
    "enforce": ([200, 200, 200, 429], [], [4]),
}
"""Of four calls: the statuses, what is found of the last, and how many each window has."""

EVIDENCE = "x-mock-evidence"
"""Every reply has it, whatever the limits."""


def limit(**changes: Any) -> dict[str, Any]:
    """The pots' contract, with another rate limit."""
    windows = {"key": {"calls": 3, "seconds": 60}, "token": {"calls": 2, "seconds": 10}}
    headers = {"limit": "X-Limit", "remaining": "X-Remaining", "reset": "X-Reset"}
    return {"x-rate-limit": {"windows": windows, "headers": headers, **changes}}


def freeze(world: World, at: datetime = START) -> None:
    with default(world).ledger.transaction():
        default(world).clock.freeze(at)


def advance(world: World, seconds: float) -> None:
    with default(world).ledger.transaction():
        default(world).clock.advance(timedelta(seconds=seconds))


def ask(kitchen: AppClient, credential: str = "key a", times: int = 1) -> list[int]:
    return [kitchen.get("/pots/v1/pots", headers={"X-Pots": credential}).status_code for _ in range(times)]


def told(headers: Mapping[str, str]) -> dict[str, int]:
    """What a reply says of the window; its end in seconds since START."""
    values = {
        name.removeprefix("x-"): int(value)
        for name, value in headers.items()
        if name.startswith("x-") and name != EVIDENCE
    }
    return {name: value - int(START.timestamp()) if name == "reset" else value for name, value in values.items()}


# Whether calls are counted


@pytest.mark.parametrize(
    ("mode", "option", "outcome"),
    [
        (None, None, "off"),
        *((mode, None, mode) for mode in MODES),
        *((mode, option, option) for mode in (None, *MODES) for option in MODES),
    ],
)
def test_the_contract_says_whether_calls_are_counted_unless_the_option_does(
    brew: Make, mode: str | None, option: str | None, outcome: str
) -> None:
    world = brew(limit() if mode is None else limit(mode=mode), rate_limits=option)
    with pots.client(world) as kitchen:
        statuses = ask(kitchen, times=4)
    newest = next(iter(default(world).journal))
    counted = [window.calls for window in default(world).control.rate_windows]
    assert (statuses, [finding.id for finding in newest.findings], counted) == OUTCOMES[outcome]
    assert newest.row == ("calls-exceeded" if outcome == "enforce" else None)


def test_each_kind_of_credential_has_a_limit_of_its_own(brew: Make) -> None:
    world = brew(rate_limits="enforce")
    freeze(world)
    with pots.client(world) as kitchen:
        assert ask(kitchen, "key a", 4) == [200, 200, 200, 429]
        assert ask(kitchen, "token a", 3) == [200, 200, 429]
        assert ask(kitchen, "token b", 3) == [200, 200, 429]
        refusals = [kitchen.get("/pots/v1/pots", headers={"X-Pots": f"{kind} a"}) for kind in ("key", "token")]
        assert [reply.json()["text"] for reply in refusals] == ["over 3 in 60 s", "over 2 in 10 s"]
        advance(world, 10)
        assert (ask(kitchen, "key a"), ask(kitchen, "token a")) == ([429], [200])
        advance(world, 50)
        assert (ask(kitchen, "key a"), ask(kitchen, "token a")) == ([200], [200])


@pytest.mark.parametrize(("credential", "path"), [("cook a", "pots"), ("key a", "health")])
def test_whom_the_vendor_does_not_meter_is_neither_counted_nor_told(brew: Make, credential: str, path: str) -> None:
    world = brew(rate_limits="enforce")
    with pots.client(world) as kitchen:
        replies = [kitchen.get(f"/pots/v1/{path}", headers={"X-Pots": credential}) for _ in range(5)]
    assert [(reply.status_code, told(reply.headers)) for reply in replies] == [(200, {})] * 5
    assert len(default(world).control.rate_windows) == 0
    assert all(not exchange.changes for exchange in default(world).journal)


# What clients are told


@pytest.mark.parametrize(("mode", "past"), [("count", 200), ("enforce", 429)])
def test_each_reply_tells_what_is_left_and_until_when(brew: Make, mode: str, past: int) -> None:
    world = brew(rate_limits=mode)
    freeze(world)
    replies = []
    with pots.client(world) as kitchen:
        for seconds in (0, 20, 39, 0.5, 0.25, 0.25, 5):
            advance(world, seconds)
            replies.append(kitchen.get("/pots/v1/pots"))
    assert [(reply.status_code, told(reply.headers)) for reply in replies] == [
        (200, {"limit": 3, "remaining": 2, "reset": 60}),
        (200, {"limit": 3, "remaining": 1, "reset": 60}),
        (200, {"limit": 3, "remaining": 0, "reset": 60}),
        (past, {"limit": 3, "remaining": 0, "reset": 60}),
        (past, {"limit": 3, "remaining": 0, "reset": 60}),
        (200, {"limit": 3, "remaining": 2, "reset": 120}),
        (200, {"limit": 3, "remaining": 1, "reset": 120}),
    ]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "pots.json", {}, 200),
        ("HEAD", "pots", {}, 200),
        ("DELETE", "pots/7", {"X-Reason": "cracked"}, 204),
        ("GET", "pots/7/lid", {}, 302),
        ("GET", "pots", {"X-Spouts": "none"}, 400),
        ("POST", "pots", {}, 400),
        ("GET", "nowhere", {}, 404),
        ("GET", "pots", {"Accept": "image/png"}, 406),
        ("GET", "pots", {"Prefer": "error=body-too-large"}, 413),
        ("GET", "pots", {"Prefer": "error=no-such-row"}, 400),
    ],
)
def test_refusals_and_replies_without_content_tell_it_too(
    brew: Make, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    world = brew(rate_limits="enforce")
    freeze(world)
    with pots.client(world) as kitchen:
        reply = kitchen.request(method, f"/pots/v1/{path}", headers={"X-Pots": "token a", **headers})
    assert (reply.status_code, told(reply.headers)) == (status, {"limit": 2, "remaining": 1, "reset": 10})
    kept = dict(next(iter(default(world).journal)).reply_headers)
    assert (kept[b"x-limit"], kept[b"x-remaining"]) == (b"2", b"1")


@pytest.mark.parametrize(
    ("method", "headers", "status"), [("GET", {"X-Pots": ""}, 403), ("PATCH", {"X-Pots": "key a"}, 405)]
)
def test_who_is_refused_before_being_counted_is_told_nothing(
    brew: Make, method: str, headers: dict[str, str], status: int
) -> None:
    world = brew(rate_limits="enforce")
    with pots.client(world) as kitchen:
        reply = kitchen.request(method, "/pots/v1/pots", headers=headers)
    assert (reply.status_code, told(reply.headers)) == (status, {})
    assert len(default(world).control.rate_windows) == 0


@pytest.mark.parametrize("opened", [0, 0.25, 86_400, -3600.5])
def test_the_end_of_a_window_is_on_the_sandboxs_clock_in_whole_seconds(brew: Make, opened: float) -> None:
    world = brew(rate_limits="enforce")
    freeze(world, START + timedelta(seconds=opened))
    with pots.client(world) as kitchen:
        assert told(kitchen.get("/pots/v1/pots").headers)["reset"] == math.ceil(opened) + 60


@pytest.mark.parametrize(
    ("headers", "names"),
    [({}, set()), ({"remaining": "X-Left"}, {"x-left"}), ({"limit": "X-A", "reset": "X-B"}, {"x-a", "x-b"})],
)
def test_the_contract_names_the_headers(brew: Make, headers: dict[str, str], names: set[str]) -> None:
    with pots.client(brew(limit(headers=headers), rate_limits="count")) as kitchen:
        assert told(kitchen.get("/pots/v1/pots").headers).keys() == {name.removeprefix("x-") for name in names}


def test_where_calls_are_not_counted_nothing_is_told(brew: Make) -> None:
    with pots.client(brew(rate_limits="off")) as kitchen:
        assert told(kitchen.get("/pots/v1/pots").headers) == {}
