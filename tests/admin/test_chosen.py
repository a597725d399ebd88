"""Which sandbox a request is in, and that it behaves there as that sandbox was made to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import ADDON, ADDON_BEARER, CUSTOMERS, OTHER, basic, bearer

KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
UNKNOWN_KEY = {"X-Key": "d2VsbC1mb3JtZWQta2V5"}
COUNT = "/api/v13/commerce.customers.count"
CUSTOMER = f"/v1/{CUSTOMERS}/389427"


@pytest.fixture(scope="module")
def shared() -> Iterator[AppClient]:
    world = build(read_fixture("default"), options=Options(auto=("ci-*", "team[12]")))
    with AppClient(world.app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def root(shared: AppClient) -> Iterator[AppClient]:
    """A server that has only its default at first."""
    yield shared
    for entry in shared.get("/__admin/sandboxes").json()["sandboxes"][1:]:
        shared.delete(f"/__admin/sandboxes/{entry['name']}")
    shared.delete("/__admin/requests")


def make(root: AppClient, **wish: Any) -> Any:
    reply = root.post("/__admin/sandboxes", json=wish)
    assert reply.status_code == 201, reply.text
    return reply.json()


def count(root: AppClient, path: str = "", **headers: str) -> Response:
    return root.post(f"{path}{COUNT}", json={"conditions": {}}, headers={**KEY, **headers})


def where(root: AppClient) -> dict[str, int]:
    """How many requests each sandbox has had, of those that had any."""
    entries = root.get("/__admin/sandboxes").json()["sandboxes"]
    return {entry["name"]: entry["requests"] for entry in entries if entry["requests"]}


# Who is meant


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/@mine", {}),
        ("", {"X-Mock-Sandbox": "mine"}),
        ("", {"Host": "mine.localhost:8900"}),
        ("/@mine", {"X-Mock-Sandbox": "default", "Host": "other.localhost"}),
    ],
)
def test_a_sandbox_is_named_by_path_header_or_host(root: AppClient, path: str, headers: dict[str, str]) -> None:
    make(root, name="mine")
    make(root, name="other")
    assert count(root, path, **headers).status_code == 200
    assert where(root) == {"mine": 1}


def test_the_address_that_a_sandbox_was_given_leads_to_it(root: AppClient) -> None:
    made = make(root)
    assert root.post(f"{made['url']}{COUNT}", json={"conditions": {}}, headers=KEY).status_code == 200
    assert where(root) == {made["name"]: 1}


def test_a_bound_credential_leads_to_its_sandbox_unless_another_is_named(root: AppClient) -> None:
    made = make(root, name="tenant", credentials=[KEY, UNKNOWN_KEY])
    assert made["credentials"] == 2
    count(root)
    count(root, **UNKNOWN_KEY)
    assert where(root) == {"tenant": 2}
    count(root, "/@default")
    count(root, **{"X-Mock-Sandbox": "default"})
    assert where(root) == {"tenant": 2, "default": 2}


def test_all_headers_of_a_credential_are_needed_and_the_one_with_most_decides(root: AppClient) -> None:
    make(root, name="wide", credentials=[KEY])
    make(root, name="narrow", credentials=[{**KEY, "X-Tenant": "7"}])
    count(root, **{"X-Tenant": "8"})
    count(root, **{"X-Tenant": "7"})
    assert where(root) == {"wide": 1, "narrow": 1}


def test_a_credential_leads_to_one_sandbox_only_until_that_is_gone(root: AppClient) -> None:
    make(root, name="first", credentials=[KEY])
    problem = root.post("/__admin/sandboxes", json={"name": "second", "credentials": [UNKNOWN_KEY, KEY]}).json()
    assert (problem["row"], problem["status"]) == ("credential-bound", 409)
    assert "'first'" in problem["detail"]
    assert KEY["X-Key"] not in problem["detail"]
    assert root.get("/__admin/sandboxes/second").status_code == 404
    root.delete("/__admin/sandboxes/first")
    count(root)
    assert where(root) == {"default": 1}
    make(root, name="second", credentials=[KEY])
    count(root)
    assert where(root) == {"default": 1, "second": 1}


def test_a_bound_credential_is_shown_nowhere(root: AppClient) -> None:
    made = root.post("/__admin/sandboxes", json={"name": "tenant", "credentials": [{"X-Key": "very-secret"}]})
    assert "very-secret" not in made.text
    for path in ("sandboxes", "sandboxes/tenant", "requests?vendor=admin"):
        assert "very-secret" not in root.get(f"/__admin/{path}").text


def test_a_token_that_a_bound_client_was_given_leads_to_its_sandbox_too(root: AppClient) -> None:
    given = {}
    for name, client in (("one", ADDON), ("two", OTHER)):
        make(root, name=name, credentials=[basic(*client)])
        reply = root.post("/v1/token.json", data={"grant_type": "client_credentials"}, headers=basic(*client))
        given[name] = reply.json()["access_token"]
    assert given["one"] != given["two"]
    assert where(root) == {"one": 1, "two": 1}
    assert root.get(f"{CUSTOMER}.json", headers=bearer(given["two"])).status_code == 200
    assert root.get(f"{CUSTOMER}.json", headers=bearer(ADDON_BEARER)).status_code == 200
    assert where(root) == {"one": 1, "two": 2, "default": 1}
    root.delete("/__admin/sandboxes/two")
    root.get(f"{CUSTOMER}.json", headers=bearer(given["two"]))
    assert where(root) == {"one": 1, "default": 2}


def test_a_bound_credential_gives_way_to_the_name_of_a_sandbox_that_is_not_there(root: AppClient) -> None:
    make(root, name="tenant", credentials=[KEY])
    assert count(root, "/@nowhere").status_code == 404
    assert where(root) == {}


def test_names_that_were_declared_are_made_when_they_are_first_asked_for(root: AppClient) -> None:
    assert count(root, "/@ci-7").status_code == 200
    assert count(root, Host="team2.localhost").status_code == 200
    assert count(root, "/@team3").status_code == 404
    assert where(root) == {"ci-7": 1, "team2": 1}


def test_to_look_for_one_makes_none(root: AppClient) -> None:
    assert root.get("/__admin/sandboxes/ci-8").status_code == 404
    assert len(root.get("/__admin/sandboxes").json()["sandboxes"]) == 1


def test_a_declared_name_that_was_deleted_begins_anew(root: AppClient) -> None:
    root.delete("/@ci-1/__admin/state/open2b/customers/37091")
    root.delete("/__admin/sandboxes/ci-1")
    assert root.get("/@ci-1/__admin/state/open2b/customers/37091").status_code == 200


# How it behaves there


def test_auth_is_each_sandboxs_own(root: AppClient) -> None:
    make(root, name="strict", auth="strict")
    make(root, name="lenient", auth="lenient")
    statuses = {name: count(root, f"/@{name}", **UNKNOWN_KEY).status_code for name in ("strict", "lenient", "default")}
    assert statuses == {"strict": 403, "lenient": 200, "default": 200}
    assert count(root, "/@strict").status_code == 200


def test_fidelity_is_each_sandboxs_own(root: AppClient) -> None:
    make(root, name="page", fidelity="documented")
    make(root, name="program", fidelity="observed")
    [entry] = [api for api in root.get("/__admin/vendors").json()["vendors"] if api["name"] == "spurtcommerce"]
    admin = entry["credentials"][0]["headers"]
    for name, printed in (("page", 200), ("program", 404), ("default", 200)):
        base = f"/@{name}{entry['basePath']}"
        assert root.get(f"{base}/admin-customer?limit=1", headers=admin).status_code == 200
        assert root.get(f"{base}/customer?limit=1", headers=admin).status_code == printed, name


def test_rate_limits_are_each_sandboxs_own(root: AppClient) -> None:
    make(root, name="patient", rateLimits="off")
    make(root, name="hurried", rateLimits="enforce")
    root.put("/@hurried/__admin/clock", json={"action": "freeze"})
    path = f"{CUSTOMER}.json"
    replies = [root.get(f"/@hurried{path}", headers=basic(*ADDON)) for _ in range(61)]
    assert [reply.status_code for reply in replies[:60]] == [200] * 60
    assert replies[60].status_code == 429
    assert replies[0].headers["x-ratelimit-remaining"] == "59"
    for name, told in (("patient", None), ("default", "59")):
        reply = root.get(f"/@{name}{path}", headers=basic(*ADDON))
        assert (reply.status_code, reply.headers.get("x-ratelimit-remaining")) == (200, told)


def test_addresses_in_replies_lead_to_the_same_sandbox(root: AppClient) -> None:
    make(root, name="mine")
    body = {"first_name": "Ann", "email": "ann@example.com"}
    reply = root.post(f"/@mine/v1/{CUSTOMERS}.json", json=body, headers=basic(*ADDON))
    assert re.match(r"http://127\.0\.0\.1/@mine/v1/", reply.headers["location"])
    assert root.get(reply.headers["location"], headers=basic(*ADDON)).status_code == 200
