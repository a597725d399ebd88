"""Findings over the admin API: what real requests are counted as, how long that is remembered, and what is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.app import build, choose_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import DEFAULT
from mockserver.vendor import Api
from mockserver.world import World
from tests.appclient import AppClient

VENDORS = ["open2b", "kounta", "spurtcommerce"]
CUSTOMERS = "/v1/companies/5678/customers"
Report = dict[str, Any]


@pytest.fixture(scope="module")
def small() -> World:
    """A world whose run is nobody else's."""
    return build(read_fixture("documented"), choose_vendors(VENDORS), Options(rate_limits="off"))


@pytest.fixture
def client(small: World) -> AppClient:
    """The sandbox `default` of a run in which nothing was found yet."""
    client = AppClient(small.app, base_url="http://127.0.0.1", headers=credential(small.api("kounta"), small))
    assert client.post("/__admin/reset").status_code == 200
    assert client.delete("/__admin/findings?scope=run").json() == {"status": "ok"}
    return client


def credential(api: Api, world: World) -> dict[str, str]:
    sandbox = world.sandboxes.get(DEFAULT)
    assert sandbox is not None
    return api.dialect.credentials(sandbox.subjects[api.vendor])[0].headers


def told(client: AppClient, query: str = "", prefix: str = "") -> Report:
    reply = client.get(f"{prefix}/__admin/findings{query}")
    assert reply.status_code == 200, reply.text
    report: Report = reply.json()
    return report


def counts(client: AppClient, query: str = "", prefix: str = "") -> dict[str, int]:
    """How often each finding was made, by its message."""
    return {each["message"]: each["count"] for each in told(client, query, prefix)["findings"]}


def ask(client: AppClient, parameter: str = "colour", prefix: str = "") -> None:
    """A request with a parameter that the vendor ignores."""
    assert client.get(f"{prefix}/v1/companies/5678.json?{parameter}=red").status_code == 200


def test_findings_are_told_with_kind_example_and_exchanges(client: AppClient) -> None:
    ask(client)
    made = client.post(CUSTOMERS, json={"first_name": "Ada", "email": "ada@example.com", "age": 9})
    assert made.status_code == 201
    ask(client)
    requests = [each["id"] for each in client.get("/__admin/requests").json()["requests"]]
    report = told(client)
    assert (report["scope"], report["sandbox"], report["count"]) == ("sandbox", "default", 3)
    assert {kind: count for kind, count in report["kinds"].items() if count} == {
        "undocumented-field": 1,
        "ignored-parameter": 2,
    }
    field, parameter = report["findings"]
    place = {"sandbox": "default", "request": requests[1]}
    assert field == {
        "id": "ignored-field",
        "kind": "undocumented-field",
        "vendor": "kounta",
        "api": "kounta",
        "operation": "create_customer",
        "message": "the vendor ignores age",
        "count": 1,
        "first": place,
        "last": place,
        "example": f"POST {CUSTOMERS}",
    }
    assert (parameter["kind"], parameter["operation"], parameter["count"]) == ("ignored-parameter", "get_company", 2)
    assert (parameter["first"]["request"], parameter["last"]["request"]) == (requests[2], requests[0])
    assert parameter["example"] == "GET /v1/companies/5678.json?colour=red"


@pytest.mark.parametrize(
    ("method", "path", "vendor", "message"),
    [
        ("GET", "/nowhere/at/all?password=x", None, "no contract has GET /nowhere/at/all"),
        ("GET", "/v1/toys", "kounta", "no contract has GET /v1/toys"),
        ("POST", "/api/v13/commerce.toys.get", "open2b", "no contract has POST /api/v13/commerce.toys.get"),
        ("PATCH", CUSTOMERS, "kounta", f"no contract has PATCH {CUSTOMERS}"),
    ],
)
def test_what_no_contract_has_is_a_finding_in_the_journal_too(
    client: AppClient, method: str, path: str, vendor: str | None, message: str
) -> None:
    client.request(method, path)
    [found] = told(client)["findings"]
    assert (found["id"], found["kind"], found["vendor"]) == ("outside-contract", "outside-contract", vendor)
    assert (found["operation"], found["message"]) == (None, message)
    [newest] = client.get("/__admin/requests?limit=1").json()["requests"]
    assert newest["findings"] == [{"id": "outside-contract", "message": message}]
    assert newest["id"] == found["last"]["request"]


def test_what_a_contract_has_is_none_whatever_comes_of_it(client: AppClient) -> None:
    asked = [
        client.get("/v1/companies/5678/customers/1.json"),
        client.get("/v1/companies/5678.json", headers={"authorization": "Bearer nobody's", "x-key": "?"}),
        client.post(CUSTOMERS, content=b"{"),
        client.head("/v1/companies/5678.json"),
        client.options("/api/admin-customer", headers={"origin": "http://shop.example"}),
        client.get("/__admin/nowhere"),
        client.get("/__admin/state?verbose=1"),
    ]
    assert {reply.status_code for reply in asked} >= {404, 400}
    assert told(client)["kinds"]["outside-contract"] == 0, str(told(client)["findings"])


def test_secrets_are_not_shown(client: AppClient) -> None:
    client.get("/v1/companies/5678.json?access_token=abc123&colour=red")
    client.get("/nowhere?access_token=abc123")
    text = client.get("/__admin/findings").text
    assert "access_token=[redacted]" in text
    assert "access_token=abc123" not in text


def test_the_sandbox_of_a_request_stands_in_no_address(client: AppClient) -> None:
    ask(client, prefix="/@default")
    client.get("/@default/nowhere")
    client.get("/nowhere")
    report = told(client)
    assert [(each["message"], each["count"], each["example"]) for each in report["findings"]] == [
        ("no contract has GET /nowhere", 2, "GET /nowhere"),
        ("the vendor ignores ?colour", 1, "GET /v1/companies/5678.json?colour=red"),
    ]


def test_without_a_journal_they_are_counted_all_the_same() -> None:
    world = build(read_fixture("documented"), choose_vendors(["kounta"]), Options(journal_entries=0))
    client = AppClient(world.app, base_url="http://127.0.0.1", headers=credential(world.api("kounta"), world))
    ask(client)
    client.get("/nowhere")
    assert list(counts(client)) == ["no contract has GET /nowhere", "the vendor ignores ?colour"]


def test_one_vendor_s_can_be_asked_for(client: AppClient) -> None:
    ask(client)
    client.get("/nowhere")
    client.post("/api/v13/commerce.toys.get", json={})
    assert list(counts(client, "?vendor=kounta")) == ["the vendor ignores ?colour"]
    assert told(client, "?vendor=open2b")["count"] == 1
    refused = client.get("/__admin/findings?vendor=toyshop")
    assert (refused.status_code, refused.json()["row"], refused.json()["known"]) == (404, "vendor-unknown", VENDORS)


def test_a_reset_forgets_in_the_sandbox_and_the_run_remembers(client: AppClient) -> None:
    ask(client)
    assert client.post("/__admin/reset").status_code == 200
    assert told(client)["findings"] == []
    ask(client)
    assert counts(client, "?scope=run") == {"the vendor ignores ?colour": 2}
    assert (told(client, "?scope=run")["scope"], told(client, "?scope=run")["sandbox"]) == ("run", None)


def test_the_run_knows_of_sandboxes_that_are_gone(client: AppClient) -> None:
    for name in ("first", "second"):
        client.post("/__admin/sandboxes", json={"name": name})
        ask(client, prefix=f"/@{name}")
    assert counts(client) == {}
    assert counts(client, prefix="/@first") == {"the vendor ignores ?colour": 1}
    client.delete("/__admin/sandboxes/first")
    [found] = told(client, "?scope=run")["findings"]
    assert (found["count"], found["first"]["sandbox"], found["last"]["sandbox"]) == (2, "first", "second")
    client.delete("/__admin/sandboxes/second")


def test_rewinding_takes_nothing_back(client: AppClient) -> None:
    ask(client)
    [newest] = client.get("/__admin/requests?limit=1").json()["requests"]
    assert client.post(f"/__admin/requests/{newest['id']}/rewind").status_code == 200
    assert counts(client) == {"the vendor ignores ?colour": 1}


def test_they_can_be_forgotten_in_a_sandbox_or_in_all(client: AppClient) -> None:
    client.post("/__admin/sandboxes", json={"name": "other"})
    ask(client)
    ask(client, prefix="/@other")
    assert client.delete("/__admin/findings").json() == {"status": "ok"}
    assert (counts(client), counts(client, "?scope=run")) == ({}, {"the vendor ignores ?colour": 1})
    assert client.delete("/__admin/findings?scope=run").status_code == 200
    assert counts(client, "?scope=run") == {}
    assert len(client.get("/__admin/requests").json()["requests"]) == 1, "the journal stays"
    client.delete("/__admin/sandboxes/other")


@pytest.mark.parametrize("query", ["?scope=all", "?kind=bug"])
def test_what_cannot_be_asked_is_refused(client: AppClient, query: str) -> None:
    assert client.get(f"/__admin/findings{query}").status_code == 400
