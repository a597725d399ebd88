"""Unmatched requests: what no operation answers, each with the operation that may have been meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient


@pytest.fixture
def anywhere(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """Any path of the test's sandbox."""
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}") as client:
        yield client


def unmatched(admin: AppClient, **query: int) -> list[dict[str, Any]]:
    reply = admin.get("/requests/unmatched", params=query)
    assert reply.status_code == 200, reply.text
    listed: list[dict[str, Any]] = reply.json()["requests"]
    return listed


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v1/companies/5678/custommers", ("GET", "/v1/companies/{company_id}/customers")),
        ("POST", "/v1/company/5678/customers", ("POST", "/v1/companies/{company_id}/customers")),
        ("DELETE", "/v1/companies/5678/customers", ("GET", "/v1/companies/{company_id}/customers")),
        ("GET", "/v2/companies/5678/customers", ("GET", "/v1/companies/{company_id}/customers")),
        ("POST", "/api/v13/commerce.customer.count", ("POST", "/api/v13/commerce.customers.count")),
        ("POST", "/api/v12/commerce.customers.count", ("POST", "/api/v13/commerce.customers.count")),
        ("GET", "/commerce.customers.count", ("POST", "/api/v13/commerce.customers.count")),
        ("GET", "/something/else", None),
        ("GET", "/", None),
    ],
)
def test_what_nobody_answers_is_listed_with_what_comes_closest(
    admin: AppClient, anywhere: AppClient, method: str, path: str, operation: tuple[str, str] | None
) -> None:
    anywhere.request(method, path)
    [entry] = unmatched(admin)
    assert (entry["method"], entry["operation"]) == (method, None)
    assert entry["url"].endswith(path)
    closest = entry["closest"]
    assert (closest and (closest["method"], closest["path"])) == operation
    if closest:
        assert closest["operation"] in admin.get("/vendors").text


def test_the_api_of_the_closest_operation_is_named(admin: AppClient, anywhere: AppClient) -> None:
    anywhere.get("/api/v4/customer")
    [entry] = unmatched(admin)
    assert entry["closest"]["api"] == "webcommander-v4"


def test_a_path_of_no_contract_has_no_vendor(admin: AppClient, anywhere: AppClient) -> None:
    anywhere.post("/something/else?password=hunter2", json={"a": 1}, headers={"X-Key": "secret"})
    [entry] = unmatched(admin)
    assert (entry["vendor"], entry["api"], entry["operation"], entry["status"]) == (None, None, None, 404)
    assert entry["url"].endswith("/something/else?password=[redacted]")
    shown = admin.get(f"/requests/{entry['id']}").json()
    assert shown["request"]["headers"]["x-key"] == "[redacted]"
    assert admin.get("/requests").json()["requests"][0]["id"] == entry["id"]


def test_what_an_operation_answers_is_not_listed_though_it_refuses(admin: AppClient, shop: AppClient) -> None:
    shop.post("commerce.customers.get", json={"id": 999999})
    shop.post("commerce.customers.get", json={"id": 37091})
    assert unmatched(admin) == []


def test_what_is_allowed_across_origins_is_answered(admin: AppClient, anywhere: AppClient, world: World) -> None:
    with_cors = [api for api in world.apis if api.contract.manners.cors]
    assert with_cors
    for api in with_cors:
        path = next(iter(api.contract.operations.values())).path.replace("{id}", "1")
        assert anywhere.options(path, headers={"Origin": "https://shop.example"}).status_code == 204
    assert unmatched(admin) == []


def test_since_and_limit_bound_the_list(admin: AppClient, anywhere: AppClient) -> None:
    for at in range(4):
        anywhere.get(f"/nothing/{at}")
    ids = [entry["id"] for entry in unmatched(admin)]
    assert len(ids) == 4
    assert ids == sorted(ids, reverse=True)
    assert [entry["id"] for entry in unmatched(admin, limit=2)] == ids[:2]
    assert [entry["id"] for entry in unmatched(admin, since=ids[2])] == ids[:2]
    assert admin.get("/requests/unmatched").json()["dropped"] == 0
