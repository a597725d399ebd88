"""With `--strict`, what violates a contract goes no further."""

from __future__ import annotations

import json

import pytest

from mockserver.proxy.breaches import MOST_BYTES, Breach, header_value
from mockserver.proxy.composing import Plan
from mockserver.world import World
from tests.proxy.behind import spoiled
from tests.proxy.proxying import proxying, violations
from tests.proxy.test_violations import BASIC, JSON, ONE, altered

PROBLEM = "application/problem+json"


def test_a_request_is_refused_and_not_sent_on(world: World) -> None:
    with spoiled(world.app) as (app, url), proxying(Plan(api="kounta", upstream=url, strict=True)) as proxy:
        reply = proxy.client.put(ONE, headers={**BASIC, **JSON}, content=b'{"first_name":3,"last_name":[]}')
        assert (reply.status_code, reply.headers["content-type"], app.asked) == (400, PROBLEM, 0)
        told = reply.json()
        assert told["violations"] == violations(reply)
        assert [each["place"] for each in told["violations"]] == ["body.first_name", "body.last_name"]
        assert "was not sent on, for it violates the contract: request body.first_name: must be" in told["detail"]
        assert [each["id"] for each in proxy.findings()] == ["request-violation"] * 2
        assert (proxy.last.status, proxy.traffic.unanswered) == (400, 1)
        covered = proxy.admin("/coverage")
        assert covered["summary"]["operations"]["met"] == 0, "nobody has answered"


def test_an_answer_is_kept_back(world: World) -> None:
    with spoiled(world.app) as (app, url), proxying(Plan(api="kounta", upstream=url, strict=True)) as proxy:
        app.spoil = altered(lambda body: body.update(id="1"))
        reply = proxy.client.get(ONE, headers=BASIC)
        assert (reply.status_code, reply.headers["content-type"], app.asked) == (502, PROBLEM, 1)
        told = reply.json()
        assert told["violations"] == violations(reply)
        assert told["detail"] == (
            "the answer was not passed back, for it violates the contract: reply body.id: must be an integer"
        )
        assert proxy.last.status == 502
        assert json.loads(proxy.last.reply_body) == told


def test_what_meets_the_contract_goes_through(upstream: str) -> None:
    with proxying(Plan(api="kounta", upstream=upstream, strict=True)) as proxy:
        reply = proxy.client.get(ONE, headers=BASIC)
        assert (reply.status_code, reply.json()["id"], violations(reply)) == (200, 389427, [])


def test_what_the_contract_does_not_have_is_refused(upstream: str) -> None:
    with proxying(Plan(api="kounta", upstream=upstream, strict=True)) as proxy:
        reply = proxy.client.get("/v1/tills")
        assert reply.status_code == 400
        assert [each["rule"] for each in reply.json()["violations"]] == ["outside-contract"]


@pytest.mark.parametrize("number", [1, 2, 30, 1000])
def test_the_header_is_a_list_within_bounds(number: int) -> None:
    value = header_value([Breach("reply", f"body.field_{at}", "type", "müss") for at in range(number)])
    assert len(value) <= MOST_BYTES
    told = json.loads(value)
    if number <= 2:
        assert [each["place"] for each in told] == [f"body.field_{at}" for at in range(number)]
    else:
        assert len(told) - 1 + told[-1].get("more", 1) == number
    assert told[0] == {"in": "reply", "place": "body.field_0", "rule": "type", "message": "müss"}


def test_a_message_that_is_too_long_for_a_header_is_counted() -> None:
    assert json.loads(header_value([Breach("reply", "body", "enum", "x" * MOST_BYTES)])) == [{"more": 1}]
