"""What a rule makes the vendor say: a row of its table, or a status in its own form, at every vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx2 import Response

from mockserver.app import apis_of, build, known_vendors
from mockserver.call import Reply
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.rows import ErrorRow
from mockserver.vendor import Api
from tests.appclient import AppClient
from tests.dispatch.cups import CONTRACT, KEY, cups
from tests.dispatch.toys import default, parsed
from tests.faults.conftest import Open
from tests.faults.hand import BAD, CUPS, Hand

APIS = {api.name: api for vendor in known_vendors().values() for api in apis_of(vendor)}
IDS = {"company_id": 5678, "customer_id": 1, "webhook_id": 1, "id": 1}
UNAVAILABLE: dict[str, Any] = {
    "kounta": {"error": "service_unavailable", "error_description": "Service Unavailable"},
    "open2b": "Service Unavailable",
    "spurtcommerce": {"name": "HttpError", "message": "Service Unavailable"},
    "webcommander-plugin": {"status": "error", "message": "Service Unavailable"},
    "webcommander-v4": {
        "status": "error",
        "code": 503,
        "message": "Service Unavailable",
        "error": "service_unavailable",
    },
}
"""What each vendor says of a status that is in no row of its table."""


def said(reply: Response) -> Any:
    return reply.json() if "json" in reply.headers["content-type"] else reply.text


@pytest.mark.parametrize("name", APIS)
def test_a_status_without_a_row_comes_in_the_vendors_own_form_from_every_operation(hand: Hand, name: str) -> None:
    api = APIS[name]
    hand.set({"vendor": api.vendor, **BAD})
    for id in api.contract.operations:
        reply = hand.ask(api, id, **IDS)
        assert (reply.status_code, said(reply)) == (503, UNAVAILABLE[name]), id
        newest = hand.newest()
        assert (newest["status"], newest["error"], newest["fault"], newest["findings"]) == (503, None, "fault-1", [])


def test_every_vendor_is_in_the_table() -> None:
    assert UNAVAILABLE.keys() == APIS.keys()


def rows() -> Iterator[Any]:
    for api in APIS.values():
        for operation in api.contract.operations.values():
            yield pytest.param(api, operation.id, id=f"{api.name}-{operation.id}")


@pytest.mark.parametrize(("api", "id"), [*rows()])
def test_every_row_of_an_operation_is_answered_when_a_rule_asks_for_it(hand: Hand, api: Api, id: str) -> None:
    for row in api.contract.operations[id].errors.values():
        hand.set({"match": {"api": api.name, "operation": id}, "then": {"error": row.id}})
        reply = hand.ask(api, id, **IDS)
        shown = api.dialect.refuse(row, row.values({}))
        assert reply.status_code == shown.status, row.id
        expected = shown.body.encode() if isinstance(shown.body, str) else msgspec.json.encode(shown.body)
        assert reply.content == expected
        newest = hand.newest()
        assert (newest["error"], newest["fault"], newest["findings"]) == (row.id, "fault-1", [])


@pytest.mark.parametrize(
    ("name", "id", "status", "row"),
    [
        ("kounta", "get_customer", 404, "customer-not-found"),
        ("kounta", "get_company", 404, "path-unknown"),
        ("kounta", "get_company", 429, "calls-exceeded"),
        ("open2b", "get_customer", 403, "key-missing"),
        ("open2b", "get_customer", 404, "method-unknown"),
        ("spurtcommerce", "get_customer", 404, "path-unknown"),
        ("spurtcommerce", "get_customer", 500, "body-unreadable"),
        ("webcommander-plugin", "find_customers", 409, None),
        ("webcommander-plugin", "find_customers", 429, None),
        ("webcommander-v4", "create_customer", 401, "token-missing"),
        ("webcommander-v4", "create_customer", 599, None),
    ],
)
def test_a_status_is_the_operations_own_row_then_a_common_one_then_the_vendors_form(
    hand: Hand, name: str, id: str, status: int, row: str | None
) -> None:
    api = APIS[name]
    hand.set({"match": {"api": name}, "then": {"status": status}})
    reply = hand.ask(api, id, **IDS)
    assert reply.status_code == status
    assert hand.newest()["error"] == row


@pytest.mark.parametrize("name", ["kounta", "open2b"])
def test_a_rate_limit_is_exhausted_at_once_whatever_was_counted(hand: Hand, name: str) -> None:
    api = APIS[name]
    hand.clock("freeze", instant="2026-01-01T12:00:00Z")
    hand.set({"vendor": name, "times": 1, "then": {"rateLimit": "exhausted"}})
    reply = hand.ask(api, "get_customer", {"id": 37091} if name == "open2b" else None, **IDS)
    assert reply.status_code == 429
    assert hand.newest()["error"] == "calls-exceeded"
    if name == "kounta":
        told = {key: value for key, value in reply.headers.items() if key.startswith("x-ratelimit")}
        assert told == {
            "x-ratelimit-limit": "60",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": "1767268860",
        }
    assert hand.ask(api, "find_customers", {} if name == "open2b" else None, **IDS).status_code == 200


def test_an_exhausted_limit_is_told_until_the_end_of_the_window_that_is_open(hand: Hand) -> None:
    api = APIS["kounta"]
    hand.clock("freeze", instant="2026-01-01T12:00:00Z")
    open_since = hand.ask(api, "get_company", **IDS).headers["x-ratelimit-reset"]
    hand.clock("advance", durationMillis=30_000)
    hand.set({"then": {"rateLimit": "exhausted"}})
    assert hand.ask(api, "get_company", **IDS).headers["x-ratelimit-reset"] == open_since
    hand.clock("advance", durationMillis=30_000)
    assert hand.ask(api, "get_company", **IDS).headers["x-ratelimit-reset"] == str(int(open_since) + 60)


def test_a_row_that_some_operations_have_is_answered_by_those_alone(shelf: Hand) -> None:
    shelf.set({"vendor": "cups", "then": {"error": "name-too-long"}})
    assert shelf.cups() == 200
    assert shelf.client.post("/cups/v1/cups", json={"name": "new"}).status_code == 422
    assert shelf.uses() == [(1, 1)]


def test_a_contract_that_says_nothing_of_such_errors_has_http_s_own_words_for_them(shelf: Hand) -> None:
    shelf.set({"then": {"status": 418}})
    assert shelf.client.get(CUPS).json() == {"row": "injected", "text": "I'm a Teapot"}
    shelf.set({"then": {"status": 499}})
    assert shelf.client.get(CUPS).json() == {"row": "injected", "text": "Client Error"}
    shelf.set({"then": {"status": 599}})
    assert shelf.client.get(CUPS).json() == {"row": "injected", "text": "Server Error"}


def test_a_head_request_has_the_refusals_head_alone(make: Open) -> None:
    hand = make()
    hand.set(BAD)
    reply = hand.client.head(CUPS)
    assert (reply.status_code, reply.content) == (503, b"")
    assert int(reply.headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("preference", "status", "row"),
    [
        ("code=404", 404, "path-unknown"),
        ("code=422", 422, None),
        ("code=503", 503, None),
        ('return=minimal, code="400"; wait=1', 400, "body-unreadable"),
        ("Code=599", 599, None),
        ("codes=503, example=dog, dynamic=true", 200, None),
    ],
)
def test_a_preference_asks_for_a_status_on_one_request(
    shelf: Hand, preference: str, status: int, row: str | None
) -> None:
    assert shelf.client.get(CUPS, headers={"Prefer": preference}).status_code == status
    newest = shelf.newest()
    assert (newest["status"], newest["error"], newest["fault"]) == (status, row, None)


def test_a_preferred_status_is_the_operations_own_row_first(shelf: Hand) -> None:
    reply = shelf.client.post("/cups/v1/cups", json={"name": "new"}, headers={"Prefer": "code=422"})
    assert (reply.status_code, reply.json()["row"]) == (422, "name-too-long")
    assert len(shelf.sandbox.subjects["cups"].cups) == 2


@pytest.mark.parametrize("status", ["200", "399", "600", "0503", "5 3", "", "never"])
def test_a_preference_for_what_is_no_errors_status_is_told_what_would_be_right(shelf: Hand, status: str) -> None:
    reply = shelf.client.get(CUPS, headers={"Prefer": f"code={status}"})
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert f"'{status}'" in reply.json()["detail"]
    assert "400 to 599" in reply.json()["detail"]


@pytest.mark.parametrize("name", APIS)
def test_a_preference_for_a_status_is_in_every_vendors_form(hand: Hand, name: str) -> None:
    api = APIS[name]
    hand.client.headers["Prefer"] = "code=503"
    operation = next(
        id
        for id, operation in api.contract.operations.items()
        if operation.safe and operation.id != "show_authorization"
    )
    reply = hand.ask(api, operation, **IDS)
    assert (reply.status_code, said(reply)) == (503, UNAVAILABLE[name])


def test_a_status_is_refused_where_the_contract_does_not_say_what_the_vendors_errors_need(tmp_path: Path) -> None:
    """As of another package's vendor that has no x-injected."""
    vendor = cups(tmp_path, {"x-errors": [{**row, "word": "oops"} for row in parsed(CONTRACT)["x-errors"]]})

    def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
        return Reply({"row": row.detail["word"], "text": row.message.format_map(values)}, row.status)

    vendor = replace(vendor, dialects=[replace(vendor.dialects[0], refuse=refuse)])
    world = build(Fixture(), [vendor], Options(rate_limits="off"))
    with AppClient(world.app, base_url="http://127.0.0.1", headers=KEY) as client:
        hand = Hand(client, default(world))
        refused = hand.refused(BAD)
        assert (refused["status"], refused["row"]) == (400, "fault-row-unknown")
        assert {"403", "404"} <= {*refused["known"]}
        hand.set({"then": {"status": 404}})
        assert client.get(CUPS).json() == {"row": "oops", "text": "nothing is there"}
        hand.set()
        preferred = client.get(CUPS, headers={"Prefer": "code=503"})
        assert (preferred.status_code, preferred.json()["title"]) == (400, "Unknown form")
