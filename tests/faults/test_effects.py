"""What is done to replies on their way, where no connection need be cut; and what is done though its reply is lost."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from mockserver.terminal import RequestLines
from tests.dispatch.cups import names
from tests.dispatch.tins import KEY as TINS, tins
from tests.faults.conftest import Open
from tests.faults.hand import CUPS, Hand

LATE: dict[str, Any] = {"latency": {"type": "fixed", "milliseconds": 80}}


@pytest.mark.parametrize(
    ("then", "least"),
    [
        (LATE, 0.08),
        ({"latency": {"type": "uniform", "lower": 40, "upper": 60}}, 0.04),
        ({"latency": {"type": "lognormal", "median": 50, "sigma": 0}}, 0.05),
        ({"chunkedDribbleDelay": {"numberOfChunks": 4, "totalDuration": 60}}, 0.06),
        ({**LATE, "status": 503}, 0.08),
    ],
)
def test_a_reply_may_be_late_and_is_the_same_otherwise(shelf: Hand, then: dict[str, Any], least: float) -> None:
    usual = shelf.client.get(CUPS)
    shelf.set({"then": then})
    started = time.monotonic()
    reply = shelf.client.get(CUPS)
    assert least <= time.monotonic() - started < 5
    if "status" in then:
        assert reply.status_code == 503
    else:
        assert (reply.status_code, reply.content, reply.headers) == (200, usual.content, usual.headers)


def test_what_is_late_is_done_at_once(shelf: Hand) -> None:
    shelf.set({"then": LATE})
    assert shelf.client.post("/cups/v1/cups", json={"name": "new"}).status_code == 201
    assert names(shelf.sandbox) == ["tall", "small", "new"]
    assert shelf.newest()["took"] < 80


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_body_is_well_sent_and_no_json(shelf: Hand, method: str) -> None:
    shelf.set({"then": {"malformedBody": True}})
    path, body = ("/cups/v1/cups", {"name": "new"}) if method == "POST" else (CUPS, None)
    reply = shelf.client.request(method, path, json=body)
    assert reply.status_code in (200, 201)
    assert int(reply.headers["content-length"]) == len(reply.content)
    assert reply.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    shown = shelf.client.get(f"/__admin/requests/{shelf.newest()['id']}").json()["response"]
    assert shown["body"] == reply.text


def test_a_refusal_is_malformed_like_any_reply_and_what_has_no_body_stays(shelf: Hand) -> None:
    shelf.set({"then": {"malformedBody": True}})
    refused = shelf.client.get("/cups/v1/cups/99")
    assert (refused.status_code, refused.text[-2:]) == (404, "{]")
    assert shelf.newest()["error"] == "cup-missing"
    reply = shelf.client.delete("/cups/v1/cups/1")
    assert (reply.status_code, reply.content) == (204, b"")


@pytest.mark.parametrize("text", ["12", '"ab{]"', "{}", "[]", '{"a": "\\\\"}', "1", "", "true"])
def test_no_json_text_is_json_when_it_is_malformed(text: str) -> None:
    for size in range(len(text) + 1):
        with pytest.raises(json.JSONDecodeError):
            json.loads(text[:size] + "{]")


@pytest.mark.parametrize(
    "then", [{"fault": "CONNECTION_RESET_BY_PEER"}, {"truncateBodyAtFraction": 0.5}, {"fault": "EMPTY_RESPONSE", "performed": True}]
)  # fmt: skip
def test_where_there_is_no_connection_to_cut_it_is_said_so_and_the_rule_is_not_used_up(
    shelf: Hand, then: dict[str, Any]
) -> None:
    shelf.set({"id": "cut", "times": 1, "then": then})
    for _ in range(2):
        reply = shelf.client.post("/cups/v1/cups", json={"name": "new"})
        assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
        assert reply.json()["fault"] == "cut"
        assert "not used up" in reply.json()["detail"]
    assert shelf.uses() == [(0, 0)]
    assert names(shelf.sandbox) == ["tall", "small"]
    newest = shelf.newest()
    assert (newest["status"], newest["fault"], newest["findings"]) == (500, None, [])


@pytest.mark.parametrize("then", [{"status": 503}, {"error": "calls-exceeded"}, {"rateLimit": "exhausted"}])
@pytest.mark.parametrize("performed", [False, True])
def test_a_refused_request_is_done_only_when_the_rule_says_so(
    shelf: Hand, then: dict[str, Any], *, performed: bool
) -> None:
    shelf.set({"times": 1, "then": {**then, "performed": performed}})
    assert shelf.client.post("/cups/v1/cups", json={"name": "new"}).status_code in (429, 503)
    done = ["new"] if performed else []
    assert names(shelf.sandbox) == ["tall", "small", *done]
    exchange = next(iter(shelf.sandbox.journal))
    altered = {change.collection for change in exchange.changes}
    assert altered == ({"sandbox.fault_uses", "cups.cups"} if performed else {"sandbox.fault_uses"})
    assert shelf.client.post(f"/__admin/requests/{exchange.id}/rewind").status_code == 200
    assert names(shelf.sandbox) == ["tall", "small"]


def test_what_the_vendor_refuses_itself_is_not_done_and_its_refusal_is_lost_too(shelf: Hand) -> None:
    shelf.set({"then": {"status": 503, "performed": True}})
    assert shelf.client.post("/cups/v1/cups", json={"name": "much too long"}).status_code == 503
    assert shelf.client.post("/cups/v1/cups", json={"size": 1}).status_code == 503
    assert names(shelf.sandbox) == ["tall", "small"]
    assert shelf.newest()["error"] is None


def test_a_bug_of_the_fake_is_told_whatever_a_rule_wants(shelf: Hand) -> None:
    shelf.set({"then": {"status": 503, "performed": True}})
    reply = shelf.client.post("/cups/v1/mischief/raise")
    assert (reply.status_code, reply.json()["title"]) == (500, "Bug of the fake")
    assert [finding["id"] for finding in shelf.newest()["findings"]] == ["bug"]


def test_a_reply_that_is_written_slowly_is_lost_like_any_other(make: Open, tmp_path: Path) -> None:
    hand = make(tins(tmp_path, {}), headers=TINS)
    usual = hand.client.get("/store/list?lines=3")
    assert usual.status_code == 200
    hand.set({"operation": "write_list", "times": 1, "then": {"status": 500, "performed": True}})
    assert hand.client.get("/store/list?lines=3").status_code == 500
    hand.set({"operation": "write_list", "then": {"malformedBody": True}})
    reply = hand.client.get("/store/list?lines=3")
    assert reply.text == usual.text[: len(usual.text) // 2] + "{]"


def test_headers_that_a_vendor_adds_to_any_reply_are_there_whatever_goes_wrong(make: Open, tmp_path: Path) -> None:
    hand = make(tins(tmp_path, {}), headers=TINS)
    for then in ({"status": 503}, {"malformedBody": True}, LATE):
        hand.set({"vendor": "tins", "then": then})
        reply = hand.client.get("/store/tins")
        assert reply.headers["x-read"] == "yes"
        assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_the_terminal_tells_which_rule_acted_and_where_nothing_was_answered(
    shelf: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.set({"id": "flaky", "then": {"status": 503}})
    shelf.cups()
    refused = next(iter(shelf.sandbox.journal))
    for exchange in (refused, msgspec.structs.replace(refused, status=0)):
        RequestLines()("default", exchange)
    lines = [click.unstyle(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.split("  ")[1:3] for line in lines] == [["cups.find_cups", "503"], ["cups.find_cups", "no answer"]]
    assert all(line.endswith("[fault flaky]") for line in lines)
