"""Kounta's rate limits: 60 calls a minute by HTTP Basic, 180 by an access token, on the sandbox's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options, RateLimits
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    CUSTOMERS,
    JAMIE,
    NOW,
    OTHER,
    OTHER_BEARER,
    WEBHOOKS,
    basic,
    bearer,
    freeze,
    refused,
)

BASIC, OAUTH = basic(*ADDON), bearer(ADDON_BEARER)
START = int(NOW.timestamp())
CHEAP = "companies/me"
TOLD = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}

in_both_ways = pytest.mark.parametrize(("headers", "calls"), [(BASIC, 60), (OAUTH, 180)], ids=["basic", "oauth"])


class Till:
    """A company in a sandbox of its own, in which time stands still."""

    def __init__(self, client: AppClient, sandbox: Sandbox) -> None:
        self.client = client
        self.sandbox = sandbox
        freeze(sandbox)

    def ask(self, headers: dict[str, str], path: str = CHEAP, method: str = "GET", **sent: Any) -> Response:
        return self.client.request(method, path, headers=headers, **sent)

    def use_up(self, headers: dict[str, str], calls: int) -> None:
        for _ in range(calls):
            reply = self.ask(headers)
            assert reply.status_code == 200, reply.text

    def advance(self, seconds: float) -> None:
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.advance(timedelta(seconds=seconds))

    @property
    def noted(self) -> list[str]:
        """What the newest exchange's app should know about its calls."""
        findings = next(iter(self.sandbox.journal)).findings
        return [finding.message for finding in findings if finding.id == "rate-limit"]


@contextmanager
def opened(world: World) -> Iterator[Till]:
    sandbox = world.sandboxes.create()
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/v1/", follow_redirects=False) as client:
        yield Till(client, sandbox)
    assert [exchange.findings for exchange in sandbox.journal if exchange.status == 500] == []


@pytest.fixture(scope="module")
def enforcing_world() -> World:
    return build(read_fixture("documented"), options=Options(rate_limits="enforce"))


@pytest.fixture
def enforcing(enforcing_world: World) -> Iterator[Till]:
    with opened(enforcing_world) as till:
        yield till


@pytest.fixture
def counting(world: World) -> Iterator[Till]:
    """As the contract says, and so a server that is told nothing else."""
    with opened(world) as till:
        yield till


def told(reply: Response) -> tuple[int, int, int]:
    """How many calls there are, how many of them are left, and in how many seconds after the start there are more."""
    limit, remaining, reset = (int(reply.headers[name]) for name in sorted(TOLD))
    return limit, remaining, reset - START


# What a client is told


@in_both_ways
def test_replies_tell_how_many_calls_are_left_and_until_when(
    counting: Till, headers: dict[str, str], calls: int
) -> None:
    assert [told(counting.ask(headers)) for _ in range(3)] == [(calls, calls - used, 60) for used in (1, 2, 3)]
    counting.advance(59)
    assert told(counting.ask(headers)) == (calls, calls - 4, 60)
    counting.advance(1)
    assert told(counting.ask(headers)) == (calls, calls - 1, 120)
    counting.advance(60.5)
    assert told(counting.ask(headers)) == (calls, calls - 1, 181)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{CUSTOMERS}/{JAMIE}.json", "", 200),
        ("HEAD", f"{CUSTOMERS}.json", "", 200),
        ("POST", f"{CUSTOMERS}.json", '{"first_name": "Ann", "phone": "1"}', 201),
        ("PUT", f"{CUSTOMERS}/{JAMIE}.json", "{}", 200),
        ("GET", f"{CUSTOMERS}.json?mobile=0412345678", "", 302),
        ("POST", f"{CUSTOMERS}.json", "{}", 400),
        ("GET", f"{CUSTOMERS}/1.json", "", 404),
        ("GET", "companies/5679.json", "", 404),
        ("GET", "nowhere", "", 404),
        ("GET", f"{WEBHOOKS}/1", "", 406),
        ("PUT", f"{CUSTOMERS}/{JAMIE}.json", " " * (1 << 20) + "{}", 413),
    ],
)
def test_replies_of_every_kind_count_and_say_so(counting: Till, method: str, path: str, body: str, status: int) -> None:
    headers = {**BASIC, "Content-Type": "application/json", "Accept": "text/html"}
    for remaining in (59, 58):
        reply = counting.ask(headers, path, method, content=body)
        assert reply.status_code == status, reply.text
        assert told(reply) == (60, remaining, 60)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", CHEAP, {}, 401),
        ("GET", CHEAP, basic(ADDON[0], "wrong"), 401),
        ("GET", CHEAP, bearer(""), 401),
        ("POST", "token", {"Content-Type": "application/x-www-form-urlencoded", **BASIC}, 400),
        ("DELETE", CHEAP, BASIC, 405),
    ],
)
def test_who_is_not_let_in_is_neither_counted_nor_told(
    counting: Till, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    reply = counting.ask(headers, path, method)
    assert reply.status_code == status, reply.text
    assert not TOLD & {*reply.headers}
    assert told(counting.ask(BASIC)) == (60, 59, 60)


# Who is counted together


def test_each_application_and_each_kind_of_credential_has_calls_of_its_own(counting: Till) -> None:
    counting.use_up(BASIC, 2)
    counting.use_up(OAUTH, 3)
    others = [basic(*OTHER), bearer(OTHER_BEARER), basic("stranger-1", "any"), basic("stranger-2", "any")]
    assert [told(counting.ask(headers))[1] for headers in others] == [59, 179, 59, 59]
    assert [told(counting.ask(headers))[1] for headers in (BASIC, OAUTH)] == [57, 176]


def test_the_tokens_of_an_application_share_its_calls(counting: Till) -> None:
    issued = counting.ask(BASIC, "token", "POST", data={"grant_type": "client_credentials"})
    assert issued.status_code == 200, issued.text
    tokens = [ADDON_BEARER, issued.json()["access_token"], "one-that-nobody-knows"]
    assert [told(counting.ask(bearer(each))) for each in tokens] == [(180, 180 - used, 60) for used in (1, 2, 3)]


def test_sandboxes_have_calls_of_their_own(world: World) -> None:
    with opened(world) as first, opened(world) as second:
        first.use_up(BASIC, 5)
        assert told(second.ask(BASIC)) == (60, 59, 60)


# What comes of too many calls


@in_both_ways
def test_where_calls_are_counted_too_many_are_answered_with_a_finding(
    counting: Till, headers: dict[str, str], calls: int
) -> None:
    counting.use_up(headers, calls)
    assert counting.noted == []
    reply = counting.ask(headers, f"{CUSTOMERS}/{JAMIE}", "PUT", json={"phone": "1"})
    assert (reply.status_code, reply.json()["phone"]) == (200, "1"), reply.text
    assert told(reply) == (calls, 0, 60)
    assert counting.noted == [f"the vendor would refuse: more than {calls} calls in 60 s"]
    counting.advance(60)
    counting.use_up(headers, 1)
    assert counting.noted == []


@in_both_ways
def test_where_limits_are_enforced_too_many_are_refused_until_the_minute_ends(
    enforcing: Till, headers: dict[str, str], calls: int
) -> None:
    enforcing.use_up(headers, calls)
    for seconds in (0, 59.9):
        enforcing.advance(seconds)
        reply = enforcing.ask(headers, f"{CUSTOMERS}/{JAMIE}", "PUT", json={"phone": "1"})
        assert refused(reply) == (429, "rate_limited", f"More than {calls} calls in 60 seconds")
        assert (told(reply), enforcing.noted) == ((calls, 0, 60), [])
        assert "retry-after" not in reply.headers
    enforcing.advance(0.1)
    reply = enforcing.ask(headers, f"{CUSTOMERS}/{JAMIE}")
    assert (reply.status_code, reply.json()["phone"]) == (200, "02 8765 4321"), reply.text
    assert told(reply) == (calls, calls - 1, 120)


def test_a_refusal_of_one_credential_is_none_of_the_others(enforcing: Till) -> None:
    enforcing.use_up(BASIC, 60)
    statuses = [enforcing.ask(headers).status_code for headers in (BASIC, OAUTH, basic(*OTHER), bearer(OTHER_BEARER))]
    assert statuses == [429, 200, 200, 200]


def test_who_may_not_call_may_still_get_a_token(enforcing: Till) -> None:
    enforcing.use_up(BASIC, 60)
    assert enforcing.ask(BASIC).status_code == 429
    reply = enforcing.ask(BASIC, "token", "POST", data={"grant_type": "client_credentials"})
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize(("mode", "tells"), [("off", False), ("count", True), (None, True)])
def test_a_server_may_leave_calls_alone(mode: RateLimits | None, tells: bool) -> None:  # noqa: FBT001
    with opened(build(read_fixture("documented"), options=Options(rate_limits=mode))) as till:
        till.use_up(BASIC, 61)
        reply = till.ask(BASIC)
        assert reply.status_code == 200, reply.text
        assert ({*reply.headers} >= TOLD, bool(till.noted)) == (tells, tells)
        assert (len(till.sandbox.control.rate_windows) == 1) == tells
