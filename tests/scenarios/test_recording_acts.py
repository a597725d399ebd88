"""What a tester does between an app's requests, recorded; and requests that no step can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from mockserver import MockServer, Sandbox
from mockserver.scenarios.recording.composing import Wish, compose
from tests.scenarios.recorded import COMPANY, recorded, run, session_of, steps

CUSTOMERS = f"{COMPANY}/customers.json"
DOWN = {"id": "down", "vendor": "kounta", "then": {"status": 503}}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(vendors=["kounta"], rate_limits="off", customers=3) as made:
        yield made


def ask(sandbox: Sandbox) -> int:
    return sandbox.client("kounta").get(f"{COMPANY}.json").status_code


def replace_rule(sandbox: Sandbox) -> None:
    sandbox.faults.set([DOWN])
    sandbox.admin.put("/faults/down", json={**DOWN, "id": "busy", "then": {"status": 429}})


def remove_one_of_two(sandbox: Sandbox) -> None:
    sandbox.faults.set([DOWN])
    sandbox.admin.patch("/faults", json={**DOWN, "id": "busy", "then": {"status": 429}})
    sandbox.admin.delete("/faults/down")


def remove_all(sandbox: Sandbox) -> None:
    sandbox.faults.set([DOWN])
    sandbox.admin.delete("/faults/down")


ACTS: dict[str, tuple[Callable[[Sandbox], object], int, Callable[[dict[str, Any]], bool]]] = {
    "an offset": (
        lambda sandbox: sandbox.admin.put("/clock", json={"action": "offset", "durationMillis": 7_200_000}),
        200,
        lambda mock: "freeze" in mock["clock"],
    ),
    "moved twice": (
        lambda sandbox: (sandbox.clock.advance(90), sandbox.clock.advance(30)),
        200,
        lambda mock: mock["clock"] == {"advance": "2m"},
    ),
    "moved by milliseconds": (
        lambda sandbox: sandbox.clock.advance(0.25),
        200,
        lambda mock: mock["clock"] == {"advance": "250ms"},
    ),
    "a rule for a rule": (replace_rule, 429, lambda mock: [rule["id"] for rule in mock["faults"]] == ["busy"]),
    "one rule of two": (remove_one_of_two, 429, lambda mock: [rule["id"] for rule in mock["faults"]] == ["busy"]),
    "no rule any more": (remove_all, 200, lambda mock: mock["faults"] == []),
    "a record": (
        lambda sandbox: sandbox.records("kounta", "customers").delete(389427),
        200,
        lambda mock: mock["remove"] == [{"vendor": "kounta", "collection": "customers", "key": 389427}],
    ),
    "nothing that anybody sees": (lambda sandbox: sandbox.save("kept-by-a-test"), 200, lambda mock: mock == {}),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_a_tester_does_is_done_before_the_next_step(server: MockServer, name: str) -> None:
    act, status, is_right = ACTS[name]

    def play(sandbox: Sandbox) -> None:
        assert ask(sandbox) == 200
        act(sandbox)
        assert ask(sandbox) == status

    tried = recorded(server, play)
    assert (tried.problems, tried.composed.remarks) == ([], [])
    assert tried.composed.document["x-mock"]["customers"] == 3
    _, second = steps(tried)
    assert is_right(second.get("x-mock", {}))
    assert run(tried).outcome == "passed"


def test_a_long_pause_is_told(server: MockServer) -> None:
    session = session_of(server, lambda sandbox: (ask(sandbox), ask(sandbox), ask(sandbox)))
    first, second, third = session.exchanges
    moments = ["2026-03-01T09:00:00.000Z", "2026-03-01T09:00:59.000Z", "2026-03-01T11:00:59.400Z"]
    later = [replace(each, at=at) for each, at in zip((first, second, third), moments, strict=True)]
    composed = compose(replace(session, exchanges=later), Wish(), {}, {})
    assert composed.document["x-mock"]["clock"] == {"freeze": moments[0]}
    assert [each.get("x-mock") for each in composed.document["workflows"][0]["steps"]] == [
        None,
        None,
        {"clock": {"advance": "2h"}},
    ]


def test_a_rule_that_only_took_away_replies_that_are_left_out_is_left_out_too(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        sandbox.faults.set([{**DOWN, "then": {"fault": "EMPTY_RESPONSE"}, "times": 1}])
        with suppress(httpx2.TransportError):
            sandbox.client("kounta").get(CUSTOMERS)
        assert ask(sandbox) == 200

    tried = recorded(server, play)
    [step] = steps(tried)
    assert step["x-mock"]["faults"] == []
    [remark] = tried.composed.remarks
    assert "there was no whole reply, and it was not asked again" in remark
    assert tried.problems == []


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"method": "POST", "url": CUSTOMERS}, "create_customer needs a body"),
        ({"method": "POST", "url": CUSTOMERS, "json": "a text"}, "neither an object nor a list"),
        ({"method": "GET", "url": CUSTOMERS, "json": {}}, "find_customers takes no body"),
        ({"method": "GET", "url": "/authorize"}, "no contract has it"),
        (
            {"method": "POST", "url": CUSTOMERS, "content": b"a", "headers": {"content-type": "text/plain"}},
            "create_customer takes no text/plain",
        ),
        (
            {
                "method": "POST",
                "url": CUSTOMERS,
                "content": b"\xff\xfe",
                "headers": {"content-type": "application/json"},
            },
            "its body is no",
        ),
    ],
)
def test_requests_that_no_step_can_say_are_left_out(server: MockServer, request_: dict[str, Any], reason: str) -> None:
    def play(sandbox: Sandbox) -> None:
        assert ask(sandbox) == 200
        sandbox.client("kounta").request(**request_)

    tried = recorded(server, play)
    assert len(steps(tried)) == 1
    [remark] = tried.composed.remarks
    assert remark.startswith("request 2, ")
    assert reason in remark
    assert tried.problems == []


def test_a_fixture_of_ones_own_is_refused(server: MockServer) -> None:
    session = session_of(server, ask)
    own = replace(session, about=replace(session.about, fixture="mine"))
    with pytest.raises(Exception, match="the fixture mine, which does not come with this package; known: default"):
        compose(own, Wish(), {}, {})
