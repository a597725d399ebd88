"""What creation and alteration make of a customer's fields, and of her addresses, in the plugin API."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_plugin import (
    JOHN,
    MIA,
    NOAH,
    OWNED,
    create,
    done,
    findings,
    get,
    listed,
    move,
    refused,
    update,
)

NOWHERE = ("email-lost", "the page's lost e-mail: an empty one is none here; the vendor would refuse")
IGNORED = ("ignored-field", "the vendor ignores status: the customer is active")


# New customers


def test_the_smallest_customer_has_three_addresses_and_nothing_else(plugin: AppClient) -> None:
    new = create(plugin)
    assert new["id"] == max(listed(plugin))
    shown = {
        "firstName": "Robin",
        "isCompany": False,
        "userName": "",
        "storeCredit": 0.0,
        "baseUrl": "/",
        "status": "A",
    }
    placed = {"address", "activeBillingAddress", "activeShippingAddress", "billingAddresses", "shippingAddresses"}
    nothing = new.keys() - shown.keys() - placed - {"id", "displayId", "countReferralCodeUsed"}
    assert {key: new[key] for key in shown} == shown
    assert {new[key] for key in nothing} == {None}
    home = new["address"]
    words = {"firstName": "Robin", "email": "robin@example.com"}
    assert home == {**dict.fromkeys(home), **words, "id": home["id"]}
    assert new["billingAddresses"] == [new["activeBillingAddress"]] == [{**home, "id": home["id"] + 1}]
    assert new["shippingAddresses"] == [new["activeShippingAddress"]] == [{**home, "id": home["id"] + 2}]
    assert get(plugin, new["id"]) == new
    later = create(plugin, email="later@example.com")
    assert (later["id"], later["address"]["id"]) == (new["id"] + 1, home["id"] + 3)
    assert later["displayId"] == new["displayId"] + 1


def test_every_field_of_a_new_customer_is_kept(plugin: AppClient, sandbox: Sandbox) -> None:
    own = {
        "lastName": "Vale",
        "abnBranch": "001",
        "companyName": "Vale Ltd",
        "sex": "x",
        "isCompany": True,
        "userName": "rv",
        "abn": "1",
    }
    place = {
        "city": "Perth",
        "mobile": "1",
        "phone": "2",
        "addressLine1": "3",
        "addressLine2": "4",
        "postCode": "5",
        "fax": "6",
    }
    new = create(plugin, source="till", country=12, state=72, **own, **place)
    assert findings(sandbox) == []
    assert {key: new[key] for key in own} == own
    assert new["source"] == "till"
    for key in ("address", "activeBillingAddress", "activeShippingAddress"):
        expected = {**place, "country": 12, "state": 72, "lastName": "Vale", "companyName": "Vale Ltd"}
        assert {name: new[key][name] for name in expected} == expected


def test_empty_texts_of_a_new_customer_are_nothing(plugin: AppClient, sandbox: Sandbox) -> None:
    two = [create(plugin, email="", source="", userName=empty, isCompany=None, password=None) for empty in ("", None)]
    assert findings(sandbox) == [NOWHERE]
    assert [(new["source"], new["userName"], new["isCompany"]) for new in two] == [(None, "", False)] * 2
    assert [new["address"]["email"] for new in two] == [f"{new['address']['id']}@noemail.loc" for new in two]


def test_a_state_brings_its_country_along(plugin: AppClient) -> None:
    home = create(plugin, state=10)["address"]
    assert (home["country"], home["state"]) == (236, 10)
    home = create(plugin, email="a@example.com", country=12)["address"]
    assert (home["country"], home["state"]) == (12, None)


# Alterations


FIELDS: list[tuple[str, Any]] = [
    *((name, value) for name in ("firstName", "lastName", "sex") for value in ("x", "\N{SNOWMAN}" * 255)),
    ("sex", None),
    ("lastName", ""),
    *((name, value) for name in ("city", "mobile", "phone", "addressLine1", "addressLine2", "postCode", "fax") for value in ("x", None)),
    ("state", 73),
    ("state", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), FIELDS)
def test_an_alteration_sets_one_field_and_leaves_the_rest(plugin: AppClient, name: str, value: Any) -> None:
    before = update(plugin, MIA, sex="y", mobile="1", phone="2", addressLine2="3", fax="4", lastName="Old")
    after = update(plugin, MIA, **{name: value})
    own = name in {"firstName", "lastName", "sex"}
    expected = {**before, name: value} if own else {**before, "address": {**before["address"], name: value}}
    assert after == expected == get(plugin, MIA)


def test_another_country_takes_the_state_away_and_the_same_one_does_not(plugin: AppClient) -> None:
    places = [(update(plugin, MIA, **place)["address"]) for place in ({"country": 12}, {"country": 236}, {"state": 10}, {"country": 12, "state": 72}, {"country": None})]  # fmt: skip
    assert [(home["country"], home["state"]) for home in places] == [(12, 72), (236, None), (236, 10), (12, 72), (None, None)]  # fmt: skip
    for kind in ("billing", "shipping"):
        moved = move(plugin, kind, customerId=MIA, country=236)
        assert (moved["country"], moved["state"]) == (236, None)
        text = "Victoria is not in Bangladesh; state must be one of the country"
        reply = plugin.post(f"update-customer-{kind}-address", json={"customerId": MIA, "state": 72})
        assert refused(reply) == (400, text)


def test_a_customers_names_and_those_of_her_addresses_are_independent(plugin: AppClient) -> None:
    after = update(plugin, JOHN, firstName="Jon", lastName="Smith")
    assert (after["firstName"], after["lastName"]) == ("Jon", "Smith")
    addresses = [after["address"], *after["billingAddresses"], *after["shippingAddresses"]]
    assert {(address["firstName"], address["lastName"]) for address in addresses} == {("John", "Doe")}


def test_an_email_beside_an_id_is_the_customers_new_one(plugin: AppClient) -> None:
    after = update(plugin, MIA, email="mia@example.net")
    assert (after["address"]["email"], after["activeBillingAddress"]["email"]) == (
        "mia@example.net",
        "mia.carter@example.com",
    )
    assert done(plugin, "GET", "customer", params={"email": "MIA@example.net"})["customers"] == after
    assert plugin.get("customer", params={"email": "mia.carter@example.com"}).status_code == 404
    for same in ("", None, "mia@example.net"):
        assert update(plugin, MIA, email=same) == after
    assert update(plugin, MIA, email="Mia@example.net")["address"]["email"] == "Mia@example.net"
    assert update(plugin, NOAH, email="mia.carter@example.com")["address"]["email"] == "mia.carter@example.com"


def test_an_email_without_an_id_only_says_who_it_is(plugin: AppClient) -> None:
    before = get(plugin, MIA)
    body = {"email": "MIA.CARTER@example.com", "firstName": "Mimi"}
    assert done(plugin, "POST", "customer-update", json=body)["customers"] == {**before, "firstName": "Mimi"}


def test_the_status_is_active_or_inactive(plugin: AppClient) -> None:
    assert [update(plugin, MIA, status=word)["status"] for word in ("inactive", "active")] == ["I", "A"]
    for word in ("pending", "approval_awaiting", "awaiting_verification", "trash", "A", "Active", ""):
        text = f"status {word} is unknown; it must be active or inactive"
        assert refused(plugin.post("customer-update", json={"customerId": MIA, "status": word})) == (400, text)


# Addresses for bills and parcels


ADDRESS = ["firstName", "lastName", "city", "mobile", "phone", "addressLine1", "addressLine2", "postCode", "fax"]
each_kind = pytest.mark.parametrize("kind", ["billing", "shipping"])


@each_kind
@pytest.mark.parametrize("value", ["x", "", None])
@pytest.mark.parametrize("name", ADDRESS)
def test_an_address_is_altered_in_one_field_and_no_other_one_is(
    plugin: AppClient, kind: str, name: str, value: str | None
) -> None:
    before = update(plugin, MIA, firstName="Mimi")
    echo = move(plugin, kind, customerId=MIA, **dict.fromkeys(ADDRESS, "y"))
    answered = move(plugin, kind, customerId=MIA, **{name: value})
    assert answered == {**echo, name: value}
    address = {**before[OWNED[kind]], **dict.fromkeys(ADDRESS, "y"), name: value}
    assert get(plugin, MIA) == {**before, OWNED[kind]: address, f"{kind}Addresses": [address]}


@each_kind
def test_what_is_left_out_is_answered_as_it_is(plugin: AppClient, kind: str) -> None:
    before = get(plugin, JOHN)
    answered = move(plugin, kind, customerId=JOHN)
    address = before[OWNED[kind]]
    assert answered == {
        **{key: address[key] for key in address if key not in ("id", "companyName")},
        "status": "active",
    }
    assert get(plugin, JOHN) == before


@each_kind
def test_the_email_of_an_address_is_altered_beside_an_id_only(plugin: AppClient, kind: str) -> None:
    before = get(plugin, MIA)
    assert move(plugin, kind, email="MIA.carter@example.com", city="Perth")["email"] == "MIA.carter@example.com"
    assert get(plugin, MIA)[OWNED[kind]] == {**before[OWNED[kind]], "city": "Perth"}
    # Anybody's e-mail can be that of an address, and it names nobody.
    assert move(plugin, kind, customerId=MIA, email="john.islam@example.com")["email"] == "john.islam@example.com"
    assert get(plugin, MIA)[OWNED[kind]] == {**before[OWNED[kind]], "city": "Perth", "email": "john.islam@example.com"}
    assert done(plugin, "GET", "customer", params={"email": "mia.carter@example.com"})["customers"]["id"] == MIA
    assert move(plugin, kind, customerId=MIA, email=None)["email"] == "john.islam@example.com"


@each_kind
def test_the_status_of_an_address_is_only_repeated(plugin: AppClient, sandbox: Sandbox, kind: str) -> None:
    before = get(plugin, MIA)
    for word, found in (
        ("active", []),
        ("inactive", [IGNORED]),
        ("pending", [IGNORED]),
        ("approval_awaiting", [IGNORED]),
    ):
        assert move(plugin, kind, customerId=MIA, status=word)["status"] == word
        assert findings(sandbox) == found
    assert get(plugin, MIA) == before
    update(plugin, MIA, status="inactive")
    assert move(plugin, kind, customerId=MIA)["status"] == "inactive"
    assert findings(sandbox) == []


@each_kind
def test_the_active_one_of_several_addresses_is_altered(plugin: AppClient, sandbox: Sandbox, kind: str) -> None:
    shop = sandbox.subjects["webcommander"]
    mia = shop.customers.get(MIA)
    own = next(address for address in mia.addresses if address.type == kind.upper())
    with sandbox.ledger.transaction():
        shop.customers.put(replace(mia, addresses=(*mia.addresses, replace(own, id=9001)), **{f"active_{kind}": 9001}))
    move(plugin, kind, customerId=MIA, city="Perth")
    after = get(plugin, MIA)
    assert [(address["id"], address["city"]) for address in after[f"{kind}Addresses"]] == [
        (own.id, own.city),
        (9001, "Perth"),
    ]
    assert after[OWNED[kind]]["id"] == 9001


@each_kind
def test_an_address_that_is_not_there_is_made(plugin: AppClient, sandbox: Sandbox, kind: str) -> None:
    shop = sandbox.subjects["webcommander"]
    with sandbox.ledger.transaction():
        shop.customers.put(replace(shop.customers.get(MIA), addresses=(), active_billing=None, active_shipping=None))
    bare = get(plugin, MIA)
    assert (bare["address"], bare["activeBillingAddress"], bare["activeShippingAddress"]) == (None, None, None)
    move(plugin, kind, customerId=MIA, city="Perth")
    after = get(plugin, MIA)
    (address,) = after[f"{kind}Addresses"]
    assert (
        after[OWNED[kind]]
        == address
        == {**dict.fromkeys(address), "id": address["id"], "city": "Perth", "email": f"{address['id']}@noemail.loc"}
    )
    assert update(plugin, MIA, city="Cairns")["address"]["city"] == "Cairns"
