"""What the vendor's page prints works as printed: sent as a curl user would, answered as documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mockserver import files
from mockserver.contract import read_contract
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

DOCUMENT = read_contract(files.contracts() / "open2b.yaml").document
PAGE = {
    path.rpartition(".")[2]: msgspec.json.encode(
        item["post"]["requestBody"]["content"]["application/json"]["examples"]["page"]["value"]
    )
    for path, item in DOCUMENT["paths"].items()
}
"""The request that the page prints for each method."""

KEY = "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HOLMES = {
    "id": 37091,
    "code": "TF78123",
    "canLogin": True,
    "hasPassword": True,
    "encryptedPassword": "foY5/eLc93Wu5Tq8ZpXbN2vKcRmYsJ4hGdLa7oEiUw1xA",
    "locale": "en-GB",
    "creationTime": "2020-05-21 16:49:13",
    "loginTime": "2020-12-13 12:05:44",
    "updateTime": "2020-12-05 09:24:01",
    "group": 3,
    "collection": 8,
    "collections": [22, 54],
    "wishList": [340, 981, 18],
    "cart": "RtRi8JWsxKq3ZnVb5yHdLcTMwTA1UJtg",
    "invoiceRecipient": "AB7TR6K",
    "fullName": "Investigations Inc",
    "billingAddress": {
        "firstName": "Sherlock",
        "lastName": "Holmes",
        "personalCode": "SH239IBA",
        "companyName": "Investigations Inc",
        "companyCode": "INV8403MC1",
        "companyCode2": "7J BA3 006",
        "street1": "221b Baker Street",
        "street2": "",
        "city": "London",
        "postalCode": "NW1 6XE",
        "stateProv": "LND",
        "country": "GB",
        "phoneNumber": "+44+207 2243688",
        "mobileNumber": "",
        "faxNumber": "",
        "email": "holmes@inv-london.com",
    },
    "shippingAddress": {
        "name": "John",
        "street1": "221b Baker Street",
        "street2": "",
        "city": "London",
        "postalCode": "NW1 6XE",
        "stateProv": "LND",
        "country": "GB",
    },
}


class Curl:
    """`curl -H "X-Key: …" -d …` in a sandbox."""

    def __init__(self, client: AppClient) -> None:
        self._client = client

    def __call__(self, method: str, body: bytes, content_type: str | None = None) -> Any:
        headers = {"X-Key": KEY} if content_type is None else {"X-Key": KEY, "Content-Type": content_type}
        reply = self._client.post(f"commerce.customers.{method}", content=body, headers=headers)
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
        return reply.json()


@pytest.fixture
def curl(world: World, sandbox: Sandbox) -> Iterator[Curl]:
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/api/v13/") as client:
        yield Curl(client)


ANSWERS: dict[str, Any] = {
    "find": {"status": "ok", "customers": []},
    "get": {"status": "ok", "customer": {"id": 37091, "code": "TF78123"}},
    "authenticate": {"status": "ok", "customer": {"id": 70371, "code": "JS70371"}},
    "count": {"status": "ok", "count": 0},
    "create": {
        "status": "error",
        "error": {"field": "code", "type": "AlreadyExists", "description": "Code 'TF78123' already exists"},
    },
    "update": {"status": "ok"},
    "delete": {"status": "ok"},
}


def test_every_method_has_an_example_and_an_answer() -> None:
    assert PAGE.keys() == ANSWERS.keys()


@pytest.mark.parametrize(
    "content_type", [None, "application/x-www-form-urlencoded", "text/plain; charset=latin-1", "?"]
)
@pytest.mark.parametrize("method", PAGE)
def test_the_printed_request_gets_the_documented_answer(curl: Curl, method: str, content_type: str | None) -> None:
    assert curl(method, PAGE[method], content_type) == ANSWERS[method]


def test_the_customer_of_the_page_is_there_field_by_field(curl: Curl) -> None:
    shown = curl("get", b'{"id": 37091}')
    assert shown == {"status": "ok", "customer": HOLMES}
    assert list(shown["customer"]) == list(HOLMES)
    assert list(shown["customer"]["billingAddress"]) == list(HOLMES["billingAddress"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        (b'{"ids": [70371, 39628]}', [39628, 70371]),
        (b'{"code": "TF78123"}', [37091]),
        (b'{"email": "johnsmith@acme.com"}', [70371]),
        (b'{"personalCode": "SH239IBA"}', [37091]),
        (b'{"companyCode": "ACME80193"}', [70371]),
        (b'{"keywords": "acme"}', [70371]),
        (b'{"labels": [1, 3]}', [70371]),
        (b'{"ids": [37091, 722, 8216]}', [722, 8216, 37091]),
    ],
)
def test_each_printed_value_is_somebodys(curl: Curl, conditions: bytes, ids: list[int]) -> None:
    found = curl("find", b'{"fields": ["id"], "conditions": %s}' % conditions)
    assert [customer["id"] for customer in found["customers"]] == ids


def test_a_login_as_printed_sets_the_login_time(curl: Curl, sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(NOW)
    curl("authenticate", PAGE["authenticate"])
    assert curl("get", b'{"id": 70371}')["customer"]["loginTime"] == "2026-03-04 05:06:07"


def test_the_printed_update_leaves_what_it_names_as_printed(curl: Curl, sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(NOW)
    curl("update", PAGE["update"])
    after = curl("get", b'{"id": 37091}')["customer"]
    assert len(after["encryptedPassword"]) == 45
    altered = {
        "loginTime": "2020-08-07 10:22:07",
        "updateTime": "2026-03-04 05:06:07",
        "encryptedPassword": after["encryptedPassword"],
    }
    assert after == {**HOLMES, **altered}


def test_after_the_printed_delete_the_printed_create_succeeds_with_a_new_id(curl: Curl, sandbox: Sandbox) -> None:
    assert curl("create", PAGE["create"]) == ANSWERS["create"]
    assert curl("delete", PAGE["delete"]) == {"status": "ok"}
    for id in (37091, 722, 8216):
        assert curl("get", b'{"id": %d}' % id) == {"status": "ok", "customer": None}
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(NOW)
    created = curl("create", PAGE["create"])
    assert created == {"status": "ok", "id": 70372}
    shown = curl("get", b'{"id": 70372}')["customer"]
    new = {
        "id": 70372,
        "encryptedPassword": shown["encryptedPassword"],
        "loginTime": "2020-08-07 10:22:07",
        "updateTime": "2026-03-04 05:06:07",
        "cart": None,
    }
    assert shown == {**HOLMES, **new}
    assert curl("create", PAGE["create"]) == ANSWERS["create"]


def test_the_examples_of_the_contract_show_what_the_shop_answers(curl: Curl) -> None:
    """The reply printed for `get` is the whole customer; the request selects two fields of it."""
    content = DOCUMENT["paths"]["/commerce.customers.find"]["post"]["responses"]["200"]["content"]
    printed = content["application/json"]["examples"]["page"]["value"]
    assert curl("find", b'{"conditions": {"code": "TF78123"}}') == printed
