"""Health, vendors, contracts and reset."""

from __future__ import annotations

import pytest
import yaml

import mockserver
from mockserver import files
from mockserver.world import World
from tests.appclient import AppClient


def test_health_tells_version_and_uptime(admin: AppClient) -> None:
    first, second = admin.get("/health").json(), admin.get("/health").json()
    assert (first["status"], first["version"]) == ("healthy", mockserver.__version__)
    assert 0 <= first["uptimeInSeconds"] <= second["uptimeInSeconds"]


def test_every_contract_is_listed_with_all_its_operations(admin: AppClient, world: World) -> None:
    vendors = admin.get("/vendors").json()["vendors"]
    assert [entry["api"] for entry in vendors] == [api.contract.api for api in world.apis]
    for entry, api in zip(vendors, world.apis, strict=True):
        assert entry["name"] == api.vendor
        assert entry["basePath"] == api.contract.base_path
        assert [operation["id"] for operation in entry["operations"]] == list(api.contract.operations)
        for operation in entry["operations"]:
            described = api.contract.operations[operation["id"]]
            assert operation["errors"] == list(described.errors)
            assert operation["path"] == described.path
            assert operation["safe"] is described.safe


def test_the_contracts_are_served_as_they_stand(admin: AppClient) -> None:
    for entry in admin.get("/vendors").json()["vendors"]:
        file = entry["contract"].removeprefix("/__admin")
        reply = admin.get(file)
        assert reply.headers["content-type"] == "application/yaml"
        assert reply.text == (files.contracts() / file.rpartition("/")[2]).read_text(encoding="utf-8")


def test_the_api_describes_itself(admin: AppClient) -> None:
    document = yaml.safe_load(admin.get("/openapi.yaml").text)
    assert document["servers"][0]["url"] == "/__admin"


def test_the_first_credential_works_as_it_stands(admin: AppClient, shop: AppClient) -> None:
    entry = next(entry for entry in admin.get("/vendors").json()["vendors"] if entry["name"] == "open2b")
    shop.headers.clear()
    reply = shop.post("commerce.customers.count", json={}, headers=entry["credentials"][0]["headers"])
    assert reply.json()["status"] == "ok"


def test_reset_brings_back_the_seed(admin: AppClient, shop: AppClient) -> None:
    seed, customers = admin.get("/state").json(), admin.get("/state/open2b/customers?limit=1000").json()
    shop.post("commerce.customers.delete", json={"ids": [37091]})
    admin.put("/clock", json={"action": "freeze"})
    assert admin.get("/state").json() != seed
    assert admin.post("/reset").json() == {"status": "ok"}
    assert admin.get("/state").json() == seed
    assert admin.get("/state/open2b/customers?limit=1000").json() == customers
    assert admin.get("/clock").json()["frozen"] is False
    assert admin.get("/requests").json() == {"requests": [], "dropped": 0}


def test_reset_touches_no_other_sandbox(admin: AppClient, shop: AppClient, world: World) -> None:
    shop.post("commerce.customers.delete", json={"ids": [37091]})
    other = world.sandboxes.create()
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{other.name}/__admin") as client:
        client.post("/reset")
    assert admin.get("/state/open2b/customers/37091").status_code == 404


@pytest.mark.parametrize("path", ["/health", "/vendors", "/openapi.yaml", "/state", "/requests", "/clock"])
def test_head_answers_wherever_get_does(admin: AppClient, path: str) -> None:
    reply = admin.head(path)
    assert (reply.status_code, reply.content) == (200, b"")
