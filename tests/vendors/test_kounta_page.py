"""What the vendor's page prints works as printed, with and without `.json`, by HTTP Basic and by an access token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver import files
from mockserver.contract import read_contract
from mockserver.sandbox import Sandbox
from mockserver.schema import resolve
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    COMPANY,
    CUSTOMERS,
    FIELDS,
    JAMIE,
    OTHER,
    OTHER_BEARER,
    basic,
    bearer,
    freeze,
    refused,
)

DOCUMENT = read_contract(files.contracts() / "kounta.yaml").document
PRINTED_AT = datetime(2026, 3, 4, 6, 6, 7, tzinfo=UTC)
"""When the contract's examples were answered."""

LIST = DOCUMENT["paths"]["/companies/{company_id}/customers"]
ONE = DOCUMENT["paths"]["/companies/{company_id}/customers/{customer_id}"]
EXAMPLES = DOCUMENT["components"]["examples"]
CREATED = LIST["post"]["requestBody"]["content"]["application/json"]["examples"]
ALTERED = ONE["put"]["requestBody"]["content"]["application/json"]["examples"]

EMAIL = "email=jmcdonald@kounta.kom"
NAME = "first_name=Jamie&last_name=McDonald&phone=02+8765+4321"
MOBILE = "mobile=0412345678"
NOBODY = [
    "email=somebody@kounta.kom",
    "first_name=Jamie&last_name=McDonald&phone=02+8765+4322",
    "first_name=Jamie&last_name=MacDonald&phone=02+8765+4321",
    "first_name=James&last_name=McDonald&phone=02+8765+4321",
    "mobile=0412345679",
]

asked_in_every_way = pytest.mark.parametrize(
    ("ending", "headers"),
    [
        pytest.param(ending, headers, id=f"{scheme}{ending}")
        for ending in ("", ".json")
        for scheme, headers in (("basic", basic(*ADDON)), ("bearer", bearer(ADDON_BEARER)))
    ],
)


def example(name: str, node: dict[str, Any]) -> Any:
    """The value of one of a reply's examples."""
    content = node["content"]["application/json"]["examples"][name]
    return resolve(content["$ref"], DOCUMENT)["value"] if "$ref" in content else content["value"]


@asked_in_every_way
def test_the_list_is_an_array_of_customers(
    kounta: AppClient, sandbox: Sandbox, ending: str, headers: dict[str, str]
) -> None:
    freeze(sandbox, PRINTED_AT)
    reply = kounta.get(f"companies/5678/customers{ending}", headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json"), reply.text
    customers = reply.json()
    assert [customer["id"] for customer in customers] == [JAMIE, *range(400001, 400025)]
    assert customers[0] == example("page", ONE["get"]["responses"]["200"])
    assert {tuple(customer) for customer in customers} == {tuple(FIELDS)}


@asked_in_every_way
def test_a_reference_id_gives_an_array_of_those_who_have_it(
    kounta: AppClient, sandbox: Sandbox, ending: str, headers: dict[str, str]
) -> None:
    freeze(sandbox, PRINTED_AT)
    reply = kounta.get(f"companies/5678/customers{ending}?reference_id=ABC123", headers=headers)
    assert (reply.status_code, reply.json()) == (200, example("page", LIST["get"]["responses"]["200"])), reply.text
    none = kounta.get(f"companies/5678/customers{ending}?reference_id=ABC12", headers=headers)
    assert (none.status_code, none.json()) == (200, []), none.text


@pytest.mark.parametrize("headers", [basic(*OTHER), bearer(OTHER_BEARER)])
def test_a_reference_id_is_its_own_applications_affair(kounta: AppClient, headers: dict[str, str]) -> None:
    for value, ids in (("ABC123", []), ("OTHER-77", [JAMIE])):
        reply = kounta.get(f"companies/5678/customers?reference_id={value}", headers=headers)
        assert reply.status_code == 200, reply.text
        assert [customer["id"] for customer in reply.json()] == ids
    assert kounta.get("companies/5678/customers/389427", headers=headers).json()["reference_id"] == "OTHER-77"


@asked_in_every_way
def test_the_customer_of_the_page_is_there_field_by_field(
    kounta: AppClient, sandbox: Sandbox, ending: str, headers: dict[str, str]
) -> None:
    freeze(sandbox, PRINTED_AT)
    reply = kounta.get(f"companies/5678/customers/389427{ending}", headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json"), reply.text
    assert reply.json() == example("page", ONE["get"]["responses"]["200"])
    assert list(reply.json()) == FIELDS
    assert list(reply.json()["primary_address"]) == ["address", "city", "state", "postal_code", "country"]


@pytest.mark.parametrize("query", [EMAIL, NAME, MOBILE])
@asked_in_every_way
def test_a_lookup_redirects_to_the_customer(
    kounta: AppClient, sandbox: Sandbox, query: str, ending: str, headers: dict[str, str]
) -> None:
    reply = kounta.get(f"companies/5678/customers{ending}?{query}", headers=headers)
    assert (reply.status_code, reply.content) == (302, b""), reply.text
    where = f"http://127.0.0.1/@{sandbox.name}/v1/companies/5678/customers/389427{ending}"
    assert reply.headers["location"] == where
    assert "content-type" not in reply.headers


@pytest.mark.parametrize("query", [EMAIL, NAME, MOBILE])
@asked_in_every_way
def test_an_app_that_follows_redirects_gets_the_customer(
    kounta: AppClient, query: str, ending: str, headers: dict[str, str]
) -> None:
    weak = {"Accept": "text/html"} if ending else {"Accept": "application/json"}
    url = f"companies/5678/customers{ending}?{query}"
    reply = kounta.get(url, headers={**headers, **weak}, follow_redirects=True)
    assert reply.status_code == 200, reply.text
    assert (reply.json()["id"], reply.json()["reference_id"]) == (JAMIE, "ABC123")


@pytest.mark.parametrize("query", NOBODY)
@asked_in_every_way
def test_a_lookup_that_finds_nobody_is_not_found(
    kounta: AppClient, query: str, ending: str, headers: dict[str, str]
) -> None:
    reply = kounta.get(f"companies/5678/customers{ending}?{query}", headers=headers)
    assert refused(reply) == (404, "not_found", "Customer Not Found")


@asked_in_every_way
def test_the_company_of_the_credentials_is_the_company_of_the_page(
    kounta: AppClient, ending: str, headers: dict[str, str]
) -> None:
    for path in ("companies/me", "companies/5678"):
        reply = kounta.get(f"{path}{ending}", headers=headers)
        assert (reply.status_code, reply.json()) == (200, EXAMPLES["Corner"]["value"]), reply.text
        assert list(reply.json()) == list(EXAMPLES["Corner"]["value"])


@pytest.mark.parametrize("name", CREATED)
@asked_in_every_way
def test_a_customer_is_created_and_is_where_the_reply_says(
    kounta: AppClient, sandbox: Sandbox, name: str, ending: str, headers: dict[str, str]
) -> None:
    freeze(sandbox, PRINTED_AT)
    reply = kounta.post(f"companies/5678/customers{ending}", json=CREATED[name]["value"], headers=headers)
    assert reply.status_code == 201, reply.text
    assert list(reply.json()) == FIELDS
    id = reply.json()["id"]
    assert reply.headers["location"] == f"http://127.0.0.1/@{sandbox.name}/v1/companies/5678/customers/{id}{ending}"
    assert kounta.get(reply.headers["location"], headers=headers).json() == reply.json()


def test_the_smallest_customer_is_as_the_contract_shows_her(kounta: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox, PRINTED_AT)
    reply = kounta.post(CUSTOMERS, json=CREATED["smallest"]["value"])
    assert reply.json() == example("smallest", LIST["post"]["responses"]["201"])


@pytest.mark.parametrize("name", ALTERED)
@asked_in_every_way
def test_each_kind_of_update_sets_what_it_names_and_leaves_the_rest(
    kounta: AppClient, sandbox: Sandbox, name: str, ending: str, headers: dict[str, str]
) -> None:
    freeze(sandbox, PRINTED_AT)
    before = EXAMPLES["Jamie"]["value"]
    reply = kounta.put(f"companies/5678/customers/389427{ending}", json=ALTERED[name]["value"], headers=headers)
    assert (reply.status_code, reply.json()) == (200, {**before, **ALTERED[name]["value"]}), reply.text
    assert kounta.get(f"{COMPANY}/customers/389427", headers=headers).json() == reply.json()


def test_there_are_three_kinds_of_update_and_one_of_nothing() -> None:
    assert [set(each["value"]) for each in ALTERED.values()] == [
        {"phone"},
        {"reference_id"},
        {"tags", "primary_address"},
        set(),
    ]
