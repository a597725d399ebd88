"""Coverage over the admin API: what real requests are counted as, and how long that is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.app import apis_of, build, choose_vendors, known_vendors
from mockserver.fixture import read_fixture
from mockserver.sandbox import DEFAULT
from mockserver.vendor import Api
from mockserver.world import World
from tests.appclient import AppClient

VENDORS = ["open2b", "kounta"]
APIS = [api.name for vendor in known_vendors().values() for api in apis_of(vendor)]
GET = "/api/v13/commerce.customers.get"
Report = dict[str, Any]


@pytest.fixture(scope="module")
def small() -> World:
    """A world whose run is nobody else's."""
    return build(read_fixture("documented"), choose_vendors(VENDORS))


@pytest.fixture
def client(small: World) -> AppClient:
    """The sandbox `default` of a run in which nothing was met yet."""
    client = AppClient(small.app, base_url="http://127.0.0.1", headers=credential(small.api("open2b"), small))
    assert client.delete("/__admin/coverage?scope=run").json() == {"status": "ok"}
    return client


def credential(api: Api, world: World) -> dict[str, str]:
    sandbox = world.sandboxes.get(DEFAULT)
    assert sandbox is not None
    return api.dialect.credentials(sandbox.subjects[api.vendor])[0].headers


def calls(client: AppClient, prefix: str = "", query: str = "") -> int:
    """How often `get_customer` of open2b was met."""
    report = client.get(f"{prefix}/__admin/coverage?vendor=open2b{query}").json()
    [found] = [each for each in report["apis"][0]["operations"] if each["id"] == "get_customer"]
    return int(found["calls"])


def run(client: AppClient) -> int:
    return calls(client, query="&scope=run")


def get(client: AppClient, prefix: str = "") -> None:
    assert client.post(prefix + GET, json={"id": 37091, "fields": ["id"]}).status_code == 200


def test_requests_are_counted_by_operation_status_and_row(client: AppClient) -> None:
    get(client)
    assert client.post(GET, json={}).json()["status"] == "error"
    assert client.post(GET, json={"id": 37091}, headers={"x-key": "no"}).status_code == 403
    assert client.post("/api/v13/commerce.toys.get", json={}).status_code == 404
    report = client.get("/__admin/coverage?vendor=open2b").json()
    assert (report["scope"], report["sandbox"]) == ("sandbox", "default")
    [api] = report["apis"]
    [found] = [each for each in api["operations"] if each["calls"]]
    assert (found["id"], found["method"], found["path"]) == ("get_customer", "POST", GET)
    assert {status: count for status, count in found["statuses"].items() if count} == {"200": 2, "403": 1}
    assert {row: count for row, count in api["errors"].items() if count} == {
        "field-missing": 1,
        "key-malformed": 1,
        "method-unknown": 1,
    }
    assert api["summary"]["operations"] == {"met": 1, "of": 7}
    assert (api["summary"]["statuses"]["met"], api["summary"]["errors"]["met"]) == (2, 3)


def test_requests_to_the_control_plane_and_to_nobody_are_not_counted(client: AppClient) -> None:
    client.put("/__admin/state/open2b/customers/722", json={"code": "X"})
    client.get("/nobody")
    assert client.get("/__admin/coverage").json()["summary"]["percent"] == 0


def test_a_fault_meets_what_the_contract_declares_and_the_rest_is_told_apart(client: AppClient) -> None:
    for then in ({"status": 503}, {"error": "key-malformed"}, {"status": 429}):
        client.post("/__admin/faults", json={"operation": "get_customer", "then": then})
        client.post(GET, json={"id": 37091})
    client.delete("/__admin/faults")
    [api] = client.get("/__admin/coverage?vendor=open2b").json()["apis"]
    [found] = [each for each in api["operations"] if each["calls"]]
    assert {status: count for status, count in found["statuses"].items() if count} == {"403": 1, "429": 1}
    assert (found["calls"], found["injected"], api["errors"]["key-malformed"]) == (2, {"503": 1}, 1)


def test_a_report_can_be_narrowed_to_a_vendor(client: AppClient) -> None:
    report = client.get("/__admin/coverage?vendor=kounta").json()
    assert [api["api"] for api in report["apis"]] == ["kounta"]
    assert report["summary"] == report["apis"][0]["summary"]
    assert [api["api"] for api in client.get("/__admin/coverage").json()["apis"]] == ["open2b", "kounta"]


def test_a_vendor_that_is_not_there_is_refused_with_those_that_are(client: AppClient) -> None:
    reply = client.get("/__admin/coverage?vendor=toyshop")
    assert (reply.status_code, reply.json()["row"], reply.json()["known"]) == (404, "vendor-unknown", VENDORS)


@pytest.mark.parametrize("query", ["scope=all", "scope="])
def test_another_scope_is_refused(client: AppClient, query: str) -> None:
    for ask in (client.get, client.delete):
        reply = ask(f"/__admin/coverage?{query}")
        assert (reply.status_code, reply.json()["row"]) == (400, "parameter-invalid")


# How long it is remembered


def test_sandboxes_count_apart_and_the_run_counts_them_all(client: AppClient, small: World) -> None:
    other = f"/@{small.sandboxes.create().name}"
    get(client)
    get(client, other)
    get(client, other)
    assert (calls(client), calls(client, other), run(client)) == (1, 2, 3)
    assert client.get(f"{other}/__admin/coverage?scope=run").json()["sandbox"] is None


@pytest.mark.parametrize("how", ["reset", "purge"])
def test_a_reset_sandbox_begins_anew_and_the_run_goes_on(client: AppClient, how: str) -> None:
    get(client)
    assert client.post(f"/__admin/{how}").status_code == 200
    assert (calls(client), run(client)) == (0, 1)
    client.post("/__admin/reset")
    get(client)
    assert (calls(client), run(client)) == (1, 2)


def test_the_run_remembers_a_sandbox_that_is_gone(client: AppClient, small: World) -> None:
    name = small.sandboxes.create().name
    get(client, f"/@{name}")
    assert client.delete(f"/__admin/sandboxes/{name}").status_code == 200
    assert (calls(client), run(client)) == (0, 1)


def test_a_rewind_takes_nothing_back(client: AppClient) -> None:
    get(client)
    deleted = client.post("/api/v13/commerce.customers.delete", json={"ids": [37091]})
    assert deleted.json() == {"status": "ok"}
    newest = client.get("/__admin/requests?limit=1").json()["requests"][0]["id"]
    before = client.get("/__admin/coverage").json()
    assert client.post(f"/__admin/requests/{newest}/rewind").status_code == 200
    assert client.get("/__admin/coverage").json() == before
    client.post("/__admin/reset")


def test_a_snapshot_holds_no_coverage(client: AppClient, small: World) -> None:
    sandbox = small.sandboxes.create()
    saved = sandbox.save()
    get(client, f"/@{sandbox.name}")
    sandbox.load(saved)
    assert (calls(client, f"/@{sandbox.name}"), run(client)) == (0, 1)


def test_the_counts_of_a_sandbox_can_be_forgotten(client: AppClient, small: World) -> None:
    other = f"/@{small.sandboxes.create().name}"
    get(client)
    get(client, other)
    assert client.delete("/__admin/coverage").json() == {"status": "ok"}
    assert (calls(client), calls(client, other), run(client)) == (0, 1, 1)


def test_the_counts_of_the_whole_run_can_be_forgotten(client: AppClient, small: World) -> None:
    other = f"/@{small.sandboxes.create().name}"
    get(client)
    client.post("/__admin/reset")
    get(client, other)
    assert client.delete("/__admin/coverage?scope=run").json() == {"status": "ok"}
    assert (calls(client), calls(client, other), run(client)) == (0, 0, 0)


# Everything can be met


@pytest.mark.parametrize("name", APIS)
def test_every_operation_and_row_of_a_contract_counts_when_a_tester_asks_for_it(
    world: World, admin: AppClient, name: str
) -> None:
    api = world.api(name)
    client = AppClient(world.app, base_url=str(admin.base_url).removesuffix("/__admin/"))
    common = dict.fromkeys(api.contract.errors)
    for operation in api.contract.operations.values():
        path = re.sub("{[^}]*}", "1", operation.path) + next(iter(operation.formats), "")
        ask: Callable[..., Any] = client.request
        for row in [*operation.own_errors, *common]:
            ask(operation.method, path, headers={**credential(api, world), "prefer": f"error={row}"})
        common = {}
    [covered] = [each for each in admin.get("coverage").json()["apis"] if each["api"] == name]
    unmet = [row for each in (covered, *covered["operations"]) for row, count in each["errors"].items() if not count]
    assert unmet == []
    assert covered["summary"]["errors"]["met"] == covered["summary"]["errors"]["of"]
    uncalled = {each["id"] for each in covered["operations"] if not each["calls"]}
    assert uncalled == {id for id, each in api.contract.operations.items() if not each.own_errors} - {
        next(iter(api.contract.operations))
    }
