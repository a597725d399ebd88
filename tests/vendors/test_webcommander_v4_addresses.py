"""Addresses in the second generation: in every form in which places, lines and types are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from msgspec.structs import replace

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import (
    ADDRESS_KEYS,
    AUSTRALIA,
    BANGLADESH,
    CUSTOMERS,
    JOHN,
    MIA,
    NEXT_ADDRESS,
    VICTORIA,
    add,
    create,
    customer,
    findings,
    get,
    kept,
    put,
    refused,
    update,
)

LEFT_OUT = object()
DHAKA = {"id": 10, "name": "Dhaka", "code": "C"}
SHIPPING = {"type": "SHIPPING"}


def created(v4: AppClient, **place: Any) -> Response:
    return v4.post(CUSTOMERS, json={"customer": {"first_name": "Kim", **place}})


def moved(v4: AppClient, **place: Any) -> Response:
    """A customer who was nowhere."""
    return put(v4, create(v4)["id"], place)


def added(v4: AppClient, **place: Any) -> Response:
    return add(v4, JOHN, SHIPPING | place)


WAYS = pytest.mark.parametrize("way", [created, moved, added])
Way = Callable[..., Response]


@WAYS
@pytest.mark.parametrize(
    ("country", "state", "shown"),
    [
        (12, 72, (AUSTRALIA, VICTORIA)),
        (12.0, 72.0, (AUSTRALIA, VICTORIA)),
        ("12", "72", (AUSTRALIA, VICTORIA)),
        ("Australia", "Victoria", (AUSTRALIA, VICTORIA)),
        ("AUSTRALIA", "vic", (AUSTRALIA, VICTORIA)),
        ("au", "VICTORIA", (AUSTRALIA, VICTORIA)),
        ("AU", 72, (AUSTRALIA, VICTORIA)),
        ("Bangladesh", "C", (BANGLADESH, DHAKA)),
        (LEFT_OUT, 72, (AUSTRALIA, VICTORIA)),
        (None, "72", (AUSTRALIA, VICTORIA)),
        ("", 72, (AUSTRALIA, VICTORIA)),
        (12, LEFT_OUT, (AUSTRALIA, None)),
        (12, None, (AUSTRALIA, None)),
        (12, "", (AUSTRALIA, None)),
        (None, None, (None, None)),
    ],
)
def test_a_place_is_an_id_or_digits_or_a_name_or_a_code(
    v4: AppClient, way: Way, country: Any, state: Any, shown: tuple[Any, Any]
) -> None:
    sent = {"country": country, "state": state}
    reply = way(v4, **{name: value for name, value in sent.items() if value is not LEFT_OUT})
    address = customer(reply, 200 if way is moved else 201)["addresses"][-1 if way is added else 0]
    assert (address["country"], address["state"]) == shown


@WAYS
@pytest.mark.parametrize(
    ("place", "reason", "field"),
    [
        *(
            ({"country": country}, "country_unknown", "country")
            for country in (0, -1, 999, "0", "999", "9" * 20, "X", " ")
        ),
        *(({"country": 12, "state": state}, "state_unknown", "state_id") for state in (0, 999, "9" * 20, "Dhaka", "C")),
        ({"state": "Victoria"}, "state_unknown", "state_id"),
        *(({"country": 12, "state": state}, "state_country_mismatch", "state_id") for state in (10, "10")),
        *(({"country": country}, "invalid_type", "country") for country in (12.5, True, [12], {"id": 12})),
        *(({"state": state}, "invalid_type", "state") for state in (72.5, False, [72], {"id": 72})),
    ],
)
def test_what_is_no_place_is_refused(v4: AppClient, way: Way, place: dict[str, Any], reason: str, field: str) -> None:
    at = "addresses[0]." if way is added else ""
    assert refused(way(v4, **place)) == (400, reason, f"{at}{field}")


def test_a_state_stays_as_long_as_its_country_does(v4: AppClient) -> None:
    def at(**place: Any) -> tuple[Any, Any]:
        primary = update(v4, JOHN, **place)["addresses"][0]
        return primary["country"], primary["state"]

    assert at(country="Bangladesh") == (BANGLADESH, DHAKA)
    assert refused(put(v4, JOHN, {"state": 72})) == (400, "state_country_mismatch", "state_id")
    assert at(country=12) == (AUSTRALIA, None)
    assert at(state="vic") == (AUSTRALIA, VICTORIA)
    assert at(country="BD", state="Dhaka") == (BANGLADESH, DHAKA)
    assert at(country=None) == (None, None)


@pytest.mark.parametrize("type", ["shipping", "Shipping", "SHIPPING", "billing", "BILLING"])
def test_addresses_stand_behind_the_others(v4: AppClient, type: str) -> None:
    before = get(v4, JOHN)
    after = customer(add(v4, JOHN, {"type": type}), 201)
    empty = dict.fromkeys(ADDRESS_KEYS, None)
    new = {**empty, "id": NEXT_ADDRESS, "type": type.upper(), "email": f"{NEXT_ADDRESS}@noemail.loc"}
    assert after == {**before, "addresses": [*before["addresses"], new], "version": 1}
    assert get(v4, JOHN) == after


def test_a_primary_address_takes_the_place_of_the_primary_one(v4: AppClient) -> None:
    after = customer(add(v4, JOHN, SHIPPING, {"type": "primary", "city": "A"}, {"type": "PRIMARY", "city": "B"}), 201)
    assert [(one["id"], one["type"], one["city"]) for one in after["addresses"]] == [
        (NEXT_ADDRESS + 2, "PRIMARY", "B"),
        (4191, "BILLING", "Dhaka"),
        (4192, "SHIPPING", "Dhaka"),
        (NEXT_ADDRESS, "SHIPPING", None),
    ]
    assert (after["active_billing_address"], after["active_shipping_address"]) == (4191, 4192)
    assert customer(add(v4, MIA, SHIPPING), 201)["addresses"][-1]["id"] == NEXT_ADDRESS + 3


def test_who_uses_no_address_uses_the_first_one_of_its_type(v4: AppClient, sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        bare = replace(kept(sandbox, JOHN), addresses=(), active_billing=None, active_shipping=None)
        sandbox.subjects["webcommander"].customers.put(bare)
    types = ("BILLING", "PRIMARY", "SHIPPING", "BILLING", "SHIPPING")
    after = customer(add(v4, JOHN, *({"type": type} for type in types)), 201)
    assert tuple(one["type"] for one in after["addresses"]) == types
    assert (after["active_billing_address"], after["active_shipping_address"]) == (NEXT_ADDRESS, NEXT_ADDRESS + 2)


def test_an_active_primary_address_stays_active_when_it_is_replaced(v4: AppClient, sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        alone = replace(kept(sandbox, JOHN), active_billing=4190, active_shipping=4190)
        sandbox.subjects["webcommander"].customers.put(alone)
    after = customer(add(v4, JOHN, {"type": "PRIMARY"}), 201)
    assert (after["active_billing_address"], after["active_shipping_address"]) == (NEXT_ADDRESS, NEXT_ADDRESS)


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        ({"address_line_1": "a", "address_line_2": "b"}, ("a", "b")),
        ({"address_line1": "a", "address_line2": "b"}, ("a", "b")),
        ({"address_line_1": "a", "address_line1": "x", "address_line2": "b"}, ("a", "b")),
        ({"address_line_1": None, "address_line1": "x"}, (None, None)),
        ({"address_line": "x"}, (None, None)),
    ],
)
def test_lines_are_read_in_both_spellings(v4: AppClient, sent: dict[str, Any], lines: tuple[Any, Any]) -> None:
    address = customer(added(v4, **sent), 201)["addresses"][-1]
    assert (address["address_line_1"], address["address_line_2"]) == lines


def test_addresses_may_share_an_email(v4: AppClient) -> None:
    after = customer(added(v4, email="mia.carter@example.com"), 201)
    assert after["addresses"][-1]["email"] == "mia.carter@example.com"
    assert customer(added(v4, email=""), 201)["addresses"][-1]["email"] == f"{NEXT_ADDRESS + 1}@noemail.loc"


@pytest.mark.parametrize(
    ("addresses", "reason", "field"),
    [
        ([], "too_few", "addresses"),
        ({}, "invalid_type", "addresses"),
        ([SHIPPING, {}], "required", "addresses[1].type"),
        ([SHIPPING, "SHIPPING"], "invalid_type", "addresses[1]"),
        ([SHIPPING, {"type": ""}], "invalid_enum", "addresses[1].type"),
        ([SHIPPING, {**SHIPPING, "fax": 1}], "invalid_type", "addresses[1].fax"),
        ([SHIPPING, {**SHIPPING, "fax": "1" * 256}], "too_long", "addresses[1].fax"),
    ],
)
def test_one_wrong_address_and_none_is_added(v4: AppClient, addresses: Any, reason: str, field: str) -> None:
    before = get(v4, JOHN)
    reply = v4.post(f"{CUSTOMERS}/{JOHN}/addresses", json={"customer": {"addresses": addresses}})
    assert refused(reply) == (400, reason, field)
    assert get(v4, JOHN) == before


def test_unknown_keys_of_an_address_are_found(v4: AppClient, sandbox: Sandbox) -> None:
    add(v4, JOHN, SHIPPING, {**SHIPPING, "street": "x", "country": "AU"})
    named = "customer.addresses[1].street"
    assert findings(sandbox) == [("ignored-field", f"the vendor ignores {named}")]
