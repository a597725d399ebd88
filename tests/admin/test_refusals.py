"""Every error row of the admin API, by a real request; and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from mockserver import files
from mockserver.app import build, known_vendors
from mockserver.contract import read_contract
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.webhooks.bell import bell

CONTRACT = read_contract(files.contracts() / "admin.yaml")
ROWS = CONTRACT.rows()
TOKEN = {"authorization": "Bearer open-sesame"}
HOLMES = "/state/open2b/customers/37091"

TRIGGERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "host-foreign": ("GET", "/state", {"headers": {"host": "shop.example"}}),
    "origin-foreign": ("GET", "/state", {"headers": {"origin": "https://shop.example"}}),
    "token-missing": ("GET", "/state", {"headers": {"authorization": ""}}),
    "token-wrong": ("GET", "/state", {"headers": {"authorization": "Bearer sesame"}}),
    "path-unknown": ("GET", "/stat", {}),
    "method-wrong": ("PATCH", "/clock", {}),
    "body-too-large": ("PUT", "/clock", {"content": b"{" + b" " * 2_000_000 + b"}"}),
    "media-type-wrong": ("PUT", "/clock", {"content": "freeze", "headers": {"content-type": "text/plain"}}),
    "body-unreadable": (
        "PUT",
        "/clock",
        {"content": '{"action": NaN}', "headers": {"content-type": "application/json"}},
    ),
    "body-invalid": ("PUT", "/clock", {"json": {"action": "advance"}}),
    "key-unknown": ("PUT", "/clock", {"json": {"action": "reset", "instant": "2026-01-01T00:00:00Z"}}),
    "parameter-invalid": ("GET", "/requests?limit=0", {}),
    "parameter-unknown": ("GET", "/requests?size=1", {}),
    "contract-unknown": ("GET", "/contracts/toys.yaml", {}),
    "vendor-unknown": ("GET", "/state/toyshop/toys", {}),
    "collection-unknown": ("GET", "/state/open2b/toys", {}),
    "key-malformed": ("GET", "/state/open2b/customers/holmes", {}),
    "record-unknown": ("GET", "/state/open2b/customers/999999", {}),
    "collection-guarded": ("PUT", "/state/sandbox/clock/clock", {"json": {"offset": 1.5}}),
    "record-key-differs": ("PUT", HOLMES, {"json": {"id": 37092}}),
    "record-key-unknown": ("PUT", HOLMES, {"json": {"nickname": "Sherry"}}),
    "record-invalid": ("PUT", HOLMES, {"json": {"group": "3"}}),
    "record-not-unique": ("PUT", "/state/open2b/customers/722", {"json": {"code": "TF78123"}}),
    "operation-unknown": ("GET", "/requests?operation=get_toy", {}),
    "request-unknown": ("GET", "/requests/999999", {}),
    "request-dropped": ("GET", "/requests/1", {}),
    "webhook-unknown": ("GET", "/webhooks/999999", {}),
    "subscription-gone": ("POST", "/webhooks/1/redeliver", {}),
    "subscription-unknown": ("PUT", "/webhooks/subscriptions/bell/1/misbehaviour", {"json": {"drop": True}}),
    "misbehaviour-empty": ("PUT", "/webhooks/subscriptions/bell/2/misbehaviour", {"json": {"times": 1}}),
    "nothing-signed": (
        "PUT",
        "/webhooks/subscriptions/webcommander/1/misbehaviour",
        {"json": {"wrongSignature": True}},
    ),
    "clock-out-of-range": ("PUT", "/clock", {"json": {"action": "freeze", "instant": "9999-12-31T00:00:00Z"}}),
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The admin API of a server that has a token and a journal of one entry, which has dropped the first.

    Listener 1 of its bell was told of something and is gone, listener 2 is there.
    """
    vendors = [*known_vendors().values(), bell(tmp_path_factory.mktemp("bell"))]
    world = build(read_fixture("default"), vendors, Options(admin_token="open-sesame", journal_entries=1))  # noqa: S106
    with TestClient(world.app, base_url="http://127.0.0.1/__admin", headers=TOKEN) as client:
        client.put("/state/bell/listeners/1", json={"url": "ftp://127.0.0.1/"})
        client.put("/state/bell/things/1", json={"name": "a"})
        client.delete("/state/bell/listeners/1")
        client.put("/state/bell/listeners/2", json={"url": "ftp://127.0.0.1/"})
        told = {"sourceUrl": "http://127.0.0.1:9/", "eventName": "customer-create"}
        client.put("/state/webcommander/webhooks/1", json=told)
        for instant in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"):
            client.put("/clock", json={"action": "freeze", "instant": instant})
        yield client


@pytest.fixture
def ask(strict: TestClient, admin: TestClient) -> Callable[[str], Response]:
    """Triggers a row. Where there is a token, foreign hosts and origins are no matter."""

    def trigger(row: str) -> Response:
        method, path, more = TRIGGERS[row]
        return (admin if row.endswith("-foreign") else strict).request(method, path, **more)

    return trigger


@pytest.mark.parametrize("row", ROWS)
def test_every_error_row_is_reached_by_a_real_request(ask: Callable[[str], Response], row: str) -> None:
    reply = ask(row)
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert (problem["row"], problem["status"], reply.status_code) == (row, ROWS[row].status, ROWS[row].status)
    assert problem["title"] == ROWS[row].detail["title"]
    assert "{" not in problem["detail"].replace("{vendor}", "")


@pytest.mark.parametrize("row", [row for row in ROWS if "{known}" in ROWS[row].message])
def test_a_refused_name_comes_with_the_known_ones(ask: Callable[[str], Response], row: str) -> None:
    problem = ask(row).json()
    assert problem["known"]
    assert ", ".join(problem["known"]) in problem["detail"]


@pytest.mark.parametrize(
    ("operation", "row"),
    [(operation.id, row) for operation in CONTRACT.operations.values() for row in operation.errors],
)
def test_every_row_can_be_asked_for_at_every_operation_that_has_it(admin: TestClient, operation: str, row: str) -> None:
    asked = CONTRACT.operations[operation]
    path = asked.path.removeprefix(CONTRACT.base_path).replace("{id}", "1")
    reply = admin.request(asked.method, path, headers={"prefer": f"error={row}"})
    assert (reply.status_code, reply.json()["row"]) == (ROWS[row].status, row)


def test_a_wrong_method_is_told_the_right_ones(admin: TestClient) -> None:
    assert admin.patch("/clock").headers["allow"] == "GET, HEAD, PUT"


def test_a_refused_request_changes_nothing_and_is_not_in_the_journal(admin: TestClient) -> None:
    before = admin.get(HOLMES).json()
    for row in ("record-key-differs", "record-key-unknown", "record-invalid", "record-not-unique"):
        method, path, more = TRIGGERS[row]
        admin.request(method, path, **more)
    assert admin.get(HOLMES).json() == before
    assert admin.get("/requests?vendor=admin").json()["requests"] == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "action"),
        ([], "its top"),
        ({"action": "stop"}, "action"),
        ({"action": "advance"}, "durationMillis"),
        ({"action": "advance", "durationMillis": "1"}, "durationMillis"),
        ({"action": "advance", "durationMillis": 1.5}, "durationMillis"),
        ({"action": "advance", "durationMillis": 10**18}, "durationMillis"),
        ({"action": "freeze", "instant": 0}, "instant"),
        ({"action": "freeze", "instant": "tomorrow"}, "instant"),
        ({"action": "freeze", "instant": "2026-01-01T00:00:00"}, "instant"),
    ],
)
def test_a_wrong_clock_action_is_told_the_place(admin: TestClient, body: Any, place: str) -> None:
    problem = admin.put("/clock", json=body).json()
    assert (problem["row"], problem["detail"].split(": ")[0]) == ("body-invalid", f"The body is not right at {place}")
