"""What goes wrong on purpose, said through the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from mockserver import AdminError, Sandbox, rule
from mockserver.client.faults import SocketFault
from tests.client.till import Till

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"vendor": "kounta", "status": 503, "times": 2}, {"vendor": "kounta", "times": 2, "then": {"status": 503}}),
        ({"error": "customer-not-found"}, {"then": {"error": "customer-not-found"}}),
        ({"latency": 0.25}, {"then": {"latency": {"type": "fixed", "milliseconds": 250}}}),
        ({"latency": timedelta(seconds=2)}, {"then": {"latency": {"type": "fixed", "milliseconds": 2000}}}),
        (
            {"latency": {"type": "uniform", "lower": 1, "upper": 9}},
            {"then": {"latency": {"type": "uniform", "lower": 1, "upper": 9}}},
        ),
        ({"stale": 1.5}, {"then": {"stale": {"lagMillis": 1500}}}),
        ({"ttl": 60, "status": 500}, {"ttlMillis": 60_000, "then": {"status": 500}}),
        ({"between": (60, None), "status": 500}, {"between": {"fromMillis": 60_000}, "then": {"status": 500}}),
        ({"between": (NOON, "2031-01-01T00:00:00Z"), "status": 500}, {"between": {"from": NOON, "until": "2031-01-01T00:00:00Z"}, "then": {"status": 500}}),
        (
            {"chunked_dribble_delay": (5, 0.5)},
            {"then": {"chunkedDribbleDelay": {"numberOfChunks": 5, "totalDuration": 500}}},
        ),
        (
            {"truncate_body_at_fraction": 0.5, "malformed_body": None, "rate_limit": None},
            {"then": {"truncateBodyAtFraction": 0.5}},
        ),
        ({"fault": "EMPTY_RESPONSE", "performed": True}, {"then": {"fault": "EMPTY_RESPONSE", "performed": True}}),
    ],
)  # fmt: skip
def test_a_rule_is_written_as_the_admin_api_has_it(fields: Any, written: dict[str, Any]) -> None:
    assert rule(**fields) == written


def test_an_unknown_field_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(TypeError, match="there is no argument 'statsu' here; known: id, vendor"):
        rule(statsu=503)  # type: ignore[call-arg]


def test_a_rule_fails_so_many_times_and_then_no_more(sandbox: Sandbox, till: Till) -> None:
    fault = sandbox.faults.add(vendor="kounta", operation="get_customer", error="customer-not-found", times=2)
    assert (fault.vendor, fault.operation, fault.times, fault.acted) == ("kounta", "get_customer", 2, 0)
    assert [till.customer().status_code for _ in range(3)] == [404, 404, 200]
    assert sandbox.faults.get(fault.id).acted == 2
    assert [(each.error, each.fault) for each in sandbox.requests.list()][1:] == [("customer-not-found", fault.id)] * 2


def test_rules_are_listed_replaced_and_taken_out(sandbox: Sandbox, till: Till) -> None:
    first, second = sandbox.faults.set([rule(id="down", status=503), {"id": "busy", "then": {"status": 500}}])
    assert (first.id, first.then, second.id) == ("down", {"status": 503}, "busy")
    assert till.company().status_code == 503
    assert sandbox.faults.replace("down", id="down", status=502).matched == 0
    assert till.company().status_code == 502
    sandbox.faults.remove("down")
    assert [each.id for each in sandbox.faults.list()] == ["busy"]
    sandbox.faults.clear()
    assert sandbox.faults.list() == []
    assert till.company().status_code == 200


def test_a_rule_may_match_only_some_requests(sandbox: Sandbox, till: Till) -> None:
    sandbox.faults.add(match={"bodyPatterns": [{"contains": "Ada"}]}, status=500)
    assert [till.enrol("Grace").status_code, till.enrol("Ada").status_code] == [201, 500]


def test_an_outage_is_over_when_the_clock_says_so(sandbox: Sandbox, till: Till) -> None:
    sandbox.clock.freeze(NOON)
    sandbox.faults.add(between=(60, 120), status=503)
    seen = []
    for _ in range(3):
        seen.append(till.company().status_code)
        sandbox.clock.advance(timedelta(seconds=60))
    assert seen == [200, 503, 200]


def test_a_slow_answer_is_too_slow_for_an_app_that_will_not_wait(sandbox: Sandbox, till: Till) -> None:
    sandbox.faults.add(latency=0.5)
    with pytest.raises(httpx2.ReadTimeout):
        till.client.get("/companies/me.json", timeout=0.05)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("CONNECTION_RESET_BY_PEER", httpx2.ReadError),
        ("EMPTY_RESPONSE", httpx2.RemoteProtocolError),
        ("MALFORMED_RESPONSE_CHUNK", httpx2.RemoteProtocolError),
        ("RANDOM_DATA_THEN_CLOSE", httpx2.RemoteProtocolError),
    ],
)
def test_a_connection_breaks_as_connections_do(
    sandbox: Sandbox, till: Till, fault: SocketFault, error: type[Exception]
) -> None:
    sandbox.faults.add(fault=fault, times=1)
    with pytest.raises(error):
        till.company()
    assert sandbox.requests.list()[0].status is None
    assert till.company().status_code == 200


def test_a_rule_that_could_never_act_is_refused_with_what_could(sandbox: Sandbox) -> None:
    with pytest.raises(AdminError) as caught:
        sandbox.faults.add(vendor="kounta", operation="get_custommer", status=500)
    assert caught.value.row == "fault-operation-unknown"
    assert "get_customer" in caught.value.known
