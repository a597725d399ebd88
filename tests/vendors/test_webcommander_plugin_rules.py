"""Lists, names of customers, what creation and alteration make of fields, and the trash, in the plugin API."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_plugin import (
    AVA,
    DIMITRIUS,
    JOHN,
    MIA,
    NOAH,
    OTHER,
    OWEN,
    credit,
    delete,
    done,
    findings,
    get,
    listed,
    refused,
    update,
)

ONES = ["customer", "customer-orders", "customer-payments"]
LOST = ("email-lost", "the page's lost e-mail: an empty one names customer 310 here; the vendor would refuse")
NOWHERE = ("email-lost", "the page's lost e-mail: an empty one is none here; the vendor would refuse")


# Lists


def test_a_list_has_all_who_are_not_in_the_trash_in_the_order_of_their_ids(plugin: AppClient) -> None:
    everyone = listed(plugin)
    assert everyone == sorted(set(everyone))
    assert {JOHN, DIMITRIUS, MIA, NOAH, AVA, OWEN} < set(everyone)
    trash = listed(plugin, type="trash")
    assert trash
    assert not set(trash) & set(everyone)
    delete(plugin, MIA)
    assert listed(plugin) == [id for id in everyone if id != MIA]
    assert listed(plugin, type="trash") == sorted([*trash, MIA])


def test_the_types_of_a_list_part_active_and_inactive_ones(plugin: AppClient) -> None:
    update(plugin, MIA, status="inactive")
    active, inactive = listed(plugin, type="active"), listed(plugin, type="inactive")
    assert sorted(active + inactive) == listed(plugin)
    assert (MIA in inactive, JOHN in active) == (True, True)
    for kind, letter in (("active", "A"), ("inactive", "I"), ("trash", "T")):
        customers = done(plugin, "GET", "customers", params={"type": kind})["customers"]
        assert {customer["status"] for customer in customers} == {letter}


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ({"max": "-1"}, slice(None)),
        ({"max": "0"}, slice(0, 0)),
        ({"max": "3"}, slice(0, 3)),
        ({"offset": "0"}, slice(None)),
        ({"offset": "2"}, slice(2, None)),
        ({"max": "-1", "offset": "2"}, slice(2, None)),
        ({"max": "3", "offset": "2"}, slice(2, 5)),
        ({"max": "0", "offset": "2"}, slice(0, 0)),
        ({"max": "2147483647", "offset": "2147483647"}, slice(0, 0)),
    ],
)
def test_max_and_offset_take_a_part_of_the_list(plugin: AppClient, query: dict[str, str], part: slice) -> None:
    assert listed(plugin, **query) == listed(plugin)[part]
    assert listed(plugin, type="active", **query) == listed(plugin, type="active")[part]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"max": "-2"}, "max must be at least -1"),
        ({"max": "1.0"}, "max must be an integer"),
        ({"max": ""}, "max must be an integer"),
        ({"offset": "-1"}, "offset must be at least 0"),
        ({"offset": "2147483648"}, "offset must be at most 2147483647"),
        ({"type": "Active"}, "type must be one of active, inactive, trash"),
        ({"type": "pending"}, "type must be one of active, inactive, trash"),
    ],
)
def test_another_max_offset_or_type_is_refused(plugin: AppClient, query: dict[str, str], text: str) -> None:
    assert refused(plugin.get("customers", params=query)) == (400, text)


# Who is meant


@pytest.mark.parametrize("path", ONES)
def test_a_customer_is_named_by_id_or_email_and_the_id_wins(plugin: AppClient, path: str) -> None:
    ava = done(plugin, "GET", path, params={"customerId": AVA})
    for name in ({"customerId": f"0{AVA}"}, {"email": "AVA.Linden@EXAMPLE.com"}, {"customerId": AVA, "email": "x"}):
        assert done(plugin, "GET", path, params=name) == ava
    assert done(plugin, "GET", path, params={"email": "owen.marsh@example.com"}) != ava


@pytest.mark.parametrize("id", [MIA, float(MIA), str(MIA), f"00{MIA}"])
def test_an_id_in_a_body_may_be_digits(plugin: AppClient, id: object) -> None:
    body = {"customerId": id, "email": None, "city": "Perth"}
    assert done(plugin, "POST", "customer-update", json=body)["customers"]["id"] == MIA
    assert get(plugin, MIA)["address"]["city"] == "Perth"


@pytest.mark.parametrize("id", ["0", "", "x", "1.0", "+310", " 310", "\N{ARABIC-INDIC DIGIT THREE}", "9" * 17, 0, -1, 1.5, True, []])  # fmt: skip
def test_anything_else_is_no_id(plugin: AppClient, id: object) -> None:
    reply = plugin.request("DELETE", "customer-delete", json={"customerId": id, "email": "john.islam@example.com"})
    status, text = refused(reply)
    assert (status, text.partition(" ")[0]) == (400, "customerId")
    assert get(plugin, JOHN)["status"] == "A"


def test_a_lost_email_names_the_fixtures_customer_with_a_finding(plugin: AppClient, sandbox: Sandbox) -> None:
    for path in ONES:
        assert done(plugin, "GET", path, params={"email": ""}) == done(plugin, "GET", path, params={"customerId": JOHN})
        done(plugin, "GET", path, params={"email": ""})
        assert findings(sandbox) == [LOST]
    for path, fields in (
        ("customer-update", {"city": "Perth"}),
        ("update-customer-billing-address", {"city": "Perth"}),
        ("update-customer-shipping-address", {"city": "Perth"}),
        ("update-customer-store-credit", {"add": "true", "deltaAmount": 1}),
    ):
        done(plugin, "POST", path, json={"email": "", **fields})
        assert findings(sandbox) == [LOST]
    assert done(plugin, "DELETE", "customer-delete", json={"email": ""}) == {"status": "success"}
    assert (findings(sandbox), get(plugin, JOHN)["status"]) == ([LOST], "T")


def test_where_the_fixture_names_nobody_a_lost_email_names_nobody(plugin: AppClient, sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        sandbox.subjects["webcommander"].settings_kept.remove("only")
    reply = plugin.get("customer", params={"email": ""})
    assert refused(reply) == (400, "Name the customer by customerId or by email")
    assert findings(sandbox) == []


# Fields that count for nothing


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "customer-create", {"firstName": "Robin", "email": "robin@example.com"}),
        ("POST", "customer-update", {"customerId": MIA}),
        ("POST", "update-customer-billing-address", {"customerId": MIA}),
        ("POST", "update-customer-shipping-address", {"customerId": MIA}),
        ("POST", "update-customer-store-credit", {"customerId": MIA, "add": True, "deltaAmount": 1}),
        ("POST", "customer-login", {"clientId": "mockserver-plugin", "email": "mia.carter@example.com", "password": "mockserver-123"}),
        ("DELETE", "customer-delete", {"customerId": MIA}),
    ],
)  # fmt: skip
def test_other_fields_are_ignored_with_a_finding(
    plugin: AppClient, sandbox: Sandbox, method: str, path: str, body: dict[str, Any]
) -> None:
    done(plugin, method, path, json={**body, "first_name": "Ann", "storeCredit": 5})
    assert findings(sandbox) == [("ignored-field", "the vendor ignores first_name, storeCredit")]


def test_other_parameters_are_ignored_with_a_finding(plugin: AppClient, sandbox: Sandbox) -> None:
    assert listed(plugin, max="1", page="2") == listed(plugin)[:1]
    assert listed(plugin, max="1", page="2") == listed(plugin, max="1")
    listed(plugin, page="2")
    assert findings(sandbox) == [("unknown-parameter", "the vendor ignores ?page")]


def test_what_update_does_not_know_stays(plugin: AppClient, sandbox: Sandbox) -> None:
    before = get(plugin, MIA)
    assert update(plugin, MIA, companyName="X", userName="x", password="x", isCompany=True, displayId=1) == before  # noqa: S106
    assert findings(sandbox) == [
        ("ignored-field", "the vendor ignores companyName, userName, password, isCompany, displayId")
    ]


# The trash


def test_who_is_in_the_trash_can_be_read_and_not_altered(plugin: AppClient) -> None:
    before = [done(plugin, "GET", path, params={"customerId": AVA}) for path in ONES]
    credit(plugin, AVA, "true", 5)
    delete(plugin, AVA)
    after = {"customers": {**before[0]["customers"], "status": "T", "storeCredit": 5.0}}
    for name in ({"customerId": AVA}, {"email": "ava.linden@example.com"}):
        assert [done(plugin, "GET", path, params=name) for path in ONES] == [after, *before[1:]]
    text = f"Customer {AVA} is in the trash, where nobody can be altered any more"
    assert refused(plugin.post("customer-update", json={"customerId": AVA, "status": "active"})) == (404, text)
    for headers in ({}, OTHER):
        reply = plugin.request("DELETE", "customer-delete", json={"customerId": AVA}, headers=headers)
        assert refused(reply) == (404, text)
    new = {"firstName": "Ava", "email": "AVA.linden@example.com"}
    taken = "Another customer has the email AVA.linden@example.com; one in the trash keeps it too"
    assert refused(plugin.post("customer-create", json=new)) == (409, taken)
