"""Every error row of the admin API, by a real request; and what a refusal looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response

from mockserver import files
from mockserver.app import build, known_vendors
from mockserver.contract import read_contract
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.appclient import AppClient
from tests.webhooks.bell import bell

CONTRACT = read_contract(files.contracts() / "admin.yaml")
ROWS = CONTRACT.rows()
TOKEN = {"authorization": "Bearer open-sesame"}
HOLMES = "/state/open2b/customers/37091"
BAD = {"then": {"status": 503}}
PLACEHOLDER = re.compile(r"\{\w+\}")

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
    "sandbox-name-taken": ("POST", "/sandboxes", {"json": {"name": "default"}}),
    "sandbox-limit": ("POST", "/sandboxes", {}),
    "sandbox-unknown": ("GET", "/sandboxes/chekout", {}),
    "sandbox-default": ("DELETE", "/sandboxes/default", {}),
    "fixture-unknown": ("POST", "/sandboxes", {"json": {"fixture": "defalt"}}),
    "fixture-broken": ("POST", "/sandboxes", {"json": {"fixture": "broken"}}),
    "source-ambiguous": ("POST", "/sandboxes", {"json": {"from": {"sandbox": "default"}, "seed": 1}}),
    "source-sandbox-unknown": ("POST", "/sandboxes", {"json": {"from": {"sandbox": "chekout"}}}),
    "source-snapshot-unknown": ("POST", "/sandboxes", {"json": {"from": {"snapshot": "payd"}}}),
    "source-request-unknown": ("POST", "/sandboxes", {"json": {"from": {"sandbox": "default", "before": 999999}}}),
    "credential-bound": ("POST", "/sandboxes", {"json": {"credentials": [{"X-Tenant": "7"}]}}),
    "snapshot-unknown": ("GET", "/snapshots/payd", {}),
    "snapshot-limit": ("PUT", "/snapshots/surplus", {}),
    "snapshot-broken": ("PUT", "/snapshots/kept", {"json": {}}),
    "snapshot-incompatible": ("PUT", "/snapshots/kept", {"json": {"format": "mockserver-snapshot", "version": 999}}),
    "state-file-none": ("POST", "/state/save", {}),
    "state-file-failed": ("POST", "/state/save", {}),
    "fault-unknown": ("GET", "/faults/flakey", {}),
    "fault-vendor-unknown": ("POST", "/faults", {"json": {"vendor": "toyshop", **BAD}}),
    "fault-operation-unknown": ("POST", "/faults", {"json": {"operation": "get_toy", **BAD}}),
    "fault-row-unknown": ("POST", "/faults", {"json": {"then": {"error": "toy-lost"}}}),
    "fault-path-unknown": ("POST", "/faults", {"json": {"match": {"urlPath": "/toys/v1"}, **BAD}}),
    "fault-field-unknown": (
        "POST",
        "/faults",
        {"json": {"vendor": "kounta", "match": {"queryParameters": {"colour": {"equalTo": "red"}}}, **BAD}},
    ),
    "fault-then-empty": ("POST", "/faults", {"json": {"then": {}}}),
    "fault-then-conflict": ("POST", "/faults", {"json": {"then": {"status": 500, "fault": "EMPTY_RESPONSE"}}}),
    "fault-not-limited": ("POST", "/faults", {"json": {"vendor": "bell", "then": {"rateLimit": "exhausted"}}}),
    "fault-not-safe": (
        "POST",
        "/faults",
        {"json": {"operation": "create_customer", "then": {"stale": {"lagMillis": 1}}}},
    ),
    "fault-window": ("POST", "/faults", {"json": {"between": {"fromMillis": 5, "untilMillis": 5}, **BAD}}),
    "fault-scenario": ("POST", "/faults", {"json": {"newScenarioState": "down", **BAD}}),
    "scenario-unknown": ("PUT", "/scenarios/outge/state", {}),
    "scenario-state-unknown": ("PUT", "/scenarios/outage/state", {"json": {"state": "dwon"}}),
    "fault-id-taken": ("PATCH", "/faults", {"json": {"id": "flaky", **BAD}}),
    "fault-limit": ("POST", "/faults", {"json": BAD}),
    "stream-limit": ("GET", "/events", {}),
    "record-unknown": ("GET", "/state/open2b/customers/999999", {}),
    "collection-guarded": ("PUT", "/state/sandbox/clock/clock", {"json": {"offset": 1.5}}),
    "record-key-differs": ("PUT", HOLMES, {"json": {"id": 37092}}),
    "record-key-unknown": ("PUT", HOLMES, {"json": {"nickname": "Sherry"}}),
    "record-invalid": ("PUT", HOLMES, {"json": {"group": "3"}}),
    "record-not-unique": ("PUT", "/state/open2b/customers/722", {"json": {"code": "TF78123"}}),
    "operation-unknown": ("GET", "/requests?operation=get_toy", {}),
    "row-unknown": ("GET", "/requests?error=toy-lost", {}),
    "pattern-invalid": ("POST", "/requests/find", {"json": {"urlPattern": "("}}),
    "pattern-vendor-unknown": ("POST", "/requests/find", {"json": {"vendor": "toyshop"}}),
    "pattern-operation-unknown": ("POST", "/requests/find", {"json": {"operation": "get_toy"}}),
    "pattern-row-unknown": ("POST", "/requests/find", {"json": {"error": "toy-lost"}}),
    "wait-timeout": ("POST", "/requests/wait", {"json": {"request": {}, "timeoutMillis": 0}}),
    "journal-off": ("POST", "/verify", {"json": {"request": {}}}),
    "times-invalid": ("POST", "/verify", {"json": {"request": {}, "times": {"atLeast": 2, "atMost": 1}}}),
    "verification-failed": ("POST", "/verify", {"json": {"request": {}}}),
    "verification-uncertain": ("POST", "/verify", {"json": {"request": {}, "times": {"atMost": 0}}}),
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
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppClient]:
    """The admin API of a server that has a token and a journal of one entry, which has dropped the first.

    Listener 1 of its bell was told of something and is gone, listener 2 is there.
    """
    vendors = [*known_vendors().values(), bell(tmp_path_factory.mktemp("bell"))]
    world = build(read_fixture("default"), vendors, Options(admin_token="open-sesame", journal_entries=1))  # noqa: S106
    with AppClient(world.app, base_url="http://127.0.0.1/__admin", headers=TOKEN) as client:
        client.put("/state/bell/listeners/1", json={"url": "ftp://127.0.0.1/"})
        client.put("/state/bell/things/1", json={"name": "a"})
        client.delete("/state/bell/listeners/1")
        client.put("/state/bell/listeners/2", json={"url": "ftp://127.0.0.1/"})
        file = tmp_path_factory.mktemp("fixtures") / "broken.yaml"
        file.write_text("vendors: {open2b: {kies: []}}")
        world.seeds.more["broken"] = file
        client.post("/sandboxes", json={"name": "tenant", "credentials": [{"X-Tenant": "7"}]})
        client.put("/snapshots/kept")
        tied = {"scenarioName": "outage", "requiredScenarioState": "down"}
        client.post("/faults", json={"id": "flaky", "vendor": "bell", **tied, **BAD})
        told = {"sourceUrl": "http://127.0.0.1:9/", "eventName": "customer-create"}
        client.put("/state/webcommander/webhooks/1", json=told)
        for instant in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"):
            client.put("/clock", json={"action": "freeze", "instant": instant})
        yield client


@pytest.fixture(scope="module")
def forgetful() -> Iterator[AppClient]:
    """The admin API of a server that keeps no journal."""
    world = build(read_fixture("default"), options=Options(journal_entries=0))
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as client:
        yield client


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppClient]:
    """The admin API of a server that has room for nothing, and whose state file cannot be written."""
    nowhere = tmp_path_factory.mktemp("state") / "nowhere" / "state.json"
    options = Options(max_sandboxes=1, max_snapshots=0, max_faults=0, max_streams=0, state_file=nowhere)
    world = build(read_fixture("default"), options=options)
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as client:
        yield client


@pytest.fixture
def ask(strict: AppClient, forgetful: AppClient, full: AppClient, admin: AppClient) -> Callable[[str], Response]:
    """Triggers a row. Where there is a token, foreign hosts and origins are no matter."""

    def trigger(row: str) -> Response:
        method, path, more = TRIGGERS[row]
        elsewhere = {
            "journal-off": forgetful,
            "host-foreign": admin,
            "origin-foreign": admin,
            "state-file-failed": full,
        }
        return elsewhere.get(row, full if row.endswith("-limit") else strict).request(method, path, **more)

    return trigger


@pytest.mark.parametrize("row", ROWS)
def test_every_error_row_is_reached_by_a_real_request(ask: Callable[[str], Response], row: str) -> None:
    reply = ask(row)
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert (problem["row"], problem["status"], reply.status_code) == (row, ROWS[row].status, ROWS[row].status)
    assert problem["title"] == ROWS[row].detail["title"]
    assert [name for name in PLACEHOLDER.findall(ROWS[row].message) if name in problem["detail"]] == []


@pytest.mark.parametrize("row", [row for row in ROWS if "{known}" in ROWS[row].message])
def test_a_refused_name_comes_with_the_known_ones(ask: Callable[[str], Response], row: str) -> None:
    problem = ask(row).json()
    assert problem["known"]
    assert ", ".join(problem["known"]) in problem["detail"]


@pytest.mark.parametrize(
    ("operation", "row"),
    [(operation.id, row) for operation in CONTRACT.operations.values() for row in operation.errors],
)
def test_every_row_can_be_asked_for_at_every_operation_that_has_it(admin: AppClient, operation: str, row: str) -> None:
    asked = CONTRACT.operations[operation]
    path = asked.path.removeprefix(CONTRACT.base_path).replace("{id}", "1")
    reply = admin.request(asked.method, path, headers={"prefer": f"error={row}"})
    assert (reply.status_code, reply.json()["row"]) == (ROWS[row].status, row)


def test_a_wrong_method_is_told_the_right_ones(admin: AppClient) -> None:
    assert admin.patch("/clock").headers["allow"] == "GET, HEAD, PUT"


def test_a_refused_request_changes_nothing_and_is_not_in_the_journal(admin: AppClient) -> None:
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
def test_a_wrong_clock_action_is_told_the_place(admin: AppClient, body: Any, place: str) -> None:
    problem = admin.put("/clock", json=body).json()
    assert (problem["row"], problem["detail"].split(": ")[0]) == ("body-invalid", f"The body is not right at {place}")
