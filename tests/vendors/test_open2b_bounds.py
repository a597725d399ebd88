"""The bounds that the page prints behind every field: `string(1…25)`, `int(1…255)`, …"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mockserver.app import apis_of, build, known_vendors
from mockserver.fixture import BrokenFixture, read_fixture
from mockserver.vendors.open2b.records import BillingAddress, ShippingAddress
from mockserver.vendors.open2b.seed import _LONGEST
from tests.appclient import AppClient
from tests.vendors.open2b_shop import ADDRESS, GOODS_TO

BILLING_TEXTS = {
    "firstName": (1, 25),
    "lastName": (1, 25),
    "personalCode": (0, 20),
    "companyName": (0, 100),
    "companyCode": (0, 20),
    "companyCode2": (0, 20),
    "street1": (1, 60),
    "street2": (0, 60),
    "city": (1, 35),
    "postalCode": (1, 20),
    "stateProv": (0, 3),
    "country": (2, 2),
    "phoneNumber": (0, 15),
    "mobileNumber": (0, 15),
    "faxNumber": (0, 15),
}
SHIPPING_TEXTS = {
    "name": (1, 100),
    "street1": (1, 60),
    "street2": (0, 60),
    "city": (1, 35),
    "postalCode": (1, 20),
    "stateProv": (0, 3),
    "country": (2, 2),
}
BIGGEST = 2**31 - 1


def outcome(shop: AppClient, method: str, request: dict[str, Any]) -> tuple[str, str] | None:
    """Field and type of the refusal, if any."""
    reply = shop.post(f"commerce.customers.{method}", json=request).json()
    return None if reply["status"] == "ok" else (reply["error"]["field"], reply["error"]["type"])


def placed(place: str, field: str, value: object) -> dict[str, Any]:
    """The fields of a customer with one of them set."""
    customer: dict[str, Any] = {"billingAddress": ADDRESS, "shippingAddress": GOODS_TO}
    if place == "customer":
        return {**customer, field: value}
    return {**customer, place: {**customer[place], field: value}}


TEXTS = [
    ("customer", "code", 0, 32),
    *(("billingAddress", field, *bounds) for field, bounds in BILLING_TEXTS.items()),
    *(("shippingAddress", field, *bounds) for field, bounds in SHIPPING_TEXTS.items()),
]


@pytest.mark.parametrize(("place", "field", "least", "most"), TEXTS, ids=str)
def test_a_text_may_be_as_long_as_printed(open2b: AppClient, place: str, field: str, least: int, most: int) -> None:
    lengths = {least: None, most: None, most + 1: (field, "Malformed")}
    if least:
        lengths[least - 1] = (field, "Malformed")
    for length, expected in lengths.items():
        customer = placed(place, field, "É" * length if field != "country" else "G" * length)
        assert outcome(open2b, "create", {"customer": customer}) == expected, length
        open2b.post("commerce.customers.delete", json={"ids": [*range(70372, 70390)]})
        assert outcome(open2b, "update", {"id": 37091, "customer": customer}) == expected, length


@pytest.mark.parametrize("code", ["gb", "G1", "G ", "  "])
def test_a_country_is_two_capital_letters(open2b: AppClient, code: str) -> None:
    for place in ("billingAddress", "shippingAddress"):
        assert outcome(open2b, "create", {"customer": placed(place, "country", code)}) == ("country", "Malformed")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("group", 0, "InvalidValue"),
        ("group", 255, "NotFound"),
        ("group", 256, "InvalidValue"),
        ("group", "3", "Malformed"),
        ("group", True, "Malformed"),
        ("collection", 0, "InvalidValue"),
        ("collection", BIGGEST, "NotFound"),
        ("collection", BIGGEST + 1, "InvalidValue"),
        ("collections", [0], "InvalidValue"),
        ("collections", [BIGGEST], "NotFound"),
        ("collections", 22, "Malformed"),
        ("wishList", [0], "InvalidValue"),
        ("wishList", [1, BIGGEST], None),
        ("wishList", [BIGGEST + 1], "InvalidValue"),
        ("wishList", ["1"], "Malformed"),
        ("canLogin", 0, "Malformed"),
        ("canLogin", "true", "Malformed"),
        ("code", 5, "Malformed"),
    ],
)
def test_a_number_has_the_type_and_the_bounds_that_are_printed(
    open2b: AppClient, field: str, value: object, expected: str | None
) -> None:
    refusal = None if expected is None else (field, expected)
    customer = placed("customer", field, value)
    assert outcome(open2b, "create", {"customer": customer}) == refusal
    assert outcome(open2b, "update", {"id": 722, "customer": {field: value}}) == refusal


@pytest.mark.parametrize("length", [31, 33])
def test_a_cart_has_32_characters(open2b: AppClient, length: int) -> None:
    assert outcome(open2b, "update", {"id": 722, "customer": {"cart": "x" * length}}) == ("cart", "Malformed")


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("code", 0, 32),
        ("email", 3, 120),
        ("personalCode", 1, 20),
        ("companyCode", 1, 20),
        ("keywords", 1, 120),
        ("stateProv", 1, 3),
    ],
)
def test_a_condition_may_be_as_long_as_printed(open2b: AppClient, field: str, least: int, most: int) -> None:
    for method in ("find", "count"):
        for length in (least, most):
            assert outcome(open2b, method, {"conditions": {field: "x" * length}}) is None
        for length in {least - 1, most + 1} - {-1}:
            assert outcome(open2b, method, {"conditions": {field: "x" * length}}) == (field, "Malformed")


def test_a_fixture_keeps_to_the_bounds_of_the_contract() -> None:
    api = next(api for api in apis_of(known_vendors()["open2b"]) if api.name == "open2b")
    schemas = api.contract.document["components"]["schemas"]
    most: dict[str, int] = {}
    for kind, name in ((BillingAddress, "NewBillingAddress"), (ShippingAddress, "NewShippingAddress")):
        properties = schemas[name]["properties"]
        most |= {field.name: properties[field.encode_name]["maxLength"] for field in msgspec.structs.fields(kind)}
    assert most == _LONGEST


def test_a_fixture_that_names_someone_with_too_long_an_address_is_refused() -> None:
    fixture = read_fixture("documented")
    named = {**fixture.named, "john-smith": msgspec.structs.replace(fixture.named["john-smith"], city="C" * 36)}
    with pytest.raises(BrokenFixture, match=r"city 'C+' of an address has more than 35 characters"):
        build(msgspec.structs.replace(fixture, named=named))
