"""What may stand in the fields of a customer: texts, emails, pictures, addresses."""

from __future__ import annotations

from typing import Any

import pytest
from faker.providers.date_time import Provider

from mockserver import files
from mockserver.contract import read_contract
from mockserver.countries import COUNTRIES
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    CUSTOMERS,
    HOME,
    JAMIE,
    OTHER,
    basic,
    create,
    findings,
    found,
    get,
    looked_up,
    refused,
    take_out,
    update,
)

TEXTS = ["first_name", "last_name", "email", "phone", "mobile", "image", "reference_id"]
ADDRESSES = ["primary_address", "shipping_address"]
NOWHERE = dict.fromkeys(HOME)
COUNTRY = (400, "bad_request", "country must be a two-character ISO 3166-1 country code")
OF_ANOTHER_TYPE: list[tuple[list[str], list[Any], str]] = [
    (TEXTS, [1, True, ["x"], {}], " must be a text or null"),
    (["tags"], ["Gold", {"0": "Gold"}], " must be a list or null"),
    (["tags"], [[1], [None], [["x"]]], "[0] must be a text"),
    (ADDRESSES, ["x", [], 1], " must be an object or null"),
    (["accepts_marketing"], [1, 0, "true", []], " must be true, false or null"),
]


# Texts


@pytest.mark.parametrize("email", ["a@b", "a b@c d", "\N{SNOWMAN}@b", "a@b.", "@a".rjust(255, "x")])
def test_an_email_is_one_at_sign_between_texts(kounta: AppClient, email: str) -> None:
    assert update(kounta, JAMIE, email=email)["email"] == email


@pytest.mark.parametrize("email", ["a", "@", "a@", "@b", "a@b@c", "a@@b", "a@ ", " @b"])
def test_any_other_text_is_no_email(kounta: AppClient, email: str) -> None:
    error = (400, "bad_request", "email must have one @ with text on both sides of it")
    assert refused(kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"email": email})) == error
    assert refused(kounta.post(CUSTOMERS, json={"first_name": "Ann", "phone": "1", "email": email})) == error


@pytest.mark.parametrize("image", ["http://a", "HTTPS://Images.example.com:8443/a?b=c#d", "http://[::1]/a"])
def test_an_image_is_an_http_or_https_url(kounta: AppClient, image: str) -> None:
    assert update(kounta, JAMIE, image=image)["image"] == image


@pytest.mark.parametrize("image", ["a.png", "//a/b", "ftp://a", "http://", "http:///a", "http://a b", "http://[a", "http://a:x"])  # fmt: skip
def test_any_other_text_is_no_image(kounta: AppClient, image: str) -> None:
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"image": image})
    assert refused(reply) == (400, "bad_request", "image must be an http or https URL")


@pytest.mark.parametrize("field", TEXTS)
def test_texts_have_at_most_255_characters(kounta: AppClient, field: str) -> None:
    start = {"email": "a@", "image": "http://"}.get(field, "")
    assert update(kounta, JAMIE, **{field: start.ljust(255, "\N{SNOWMAN}" if not start else "x")})
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={field: start.ljust(256, "x")})
    assert refused(reply) == (400, "bad_request", f"{field} must have at most 255 characters")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [(field, value, field + text) for fields, values, text in OF_ANOTHER_TYPE for field in fields for value in values],
)
def test_a_value_of_another_type_is_refused(kounta: AppClient, field: str, value: object, text: str) -> None:
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={field: value})
    assert refused(reply) == (400, "bad_request", text)


# One mobile


TAKEN = (400, "bad_request", "Another customer of this company has this mobile")
MOBILE = "0412345678"


@pytest.mark.parametrize("mobile", [MOBILE, f" {MOBILE}\n"])
@pytest.mark.parametrize("headers", [{}, basic(*OTHER), basic("stranger", "any secret")])
def test_a_mobile_belongs_to_one_customer_whoever_asks(kounta: AppClient, headers: dict[str, str], mobile: str) -> None:
    id = create(kounta, mobile="1")
    new = {"first_name": "Ann", "email": "ann@example.com", "mobile": mobile}
    assert refused(kounta.post(CUSTOMERS, json=new, headers=headers)) == TAKEN
    assert refused(kounta.put(f"{CUSTOMERS}/{id}", json={"mobile": mobile}, headers=headers)) == TAKEN
    assert (get(kounta, id)["mobile"], looked_up(kounta, mobile=MOBILE)) == ("1", JAMIE)


def test_a_customer_may_keep_her_own_mobile(kounta: AppClient) -> None:
    assert update(kounta, JAMIE, mobile=f" {MOBILE} ", phone="1")["mobile"] == MOBILE


@pytest.mark.parametrize("mobile", ["0412 345 678", "+61412345678", "412345678", "0412345678x"])
def test_a_mobile_that_is_written_otherwise_is_another_one(kounta: AppClient, mobile: str) -> None:
    assert get(kounta, create(kounta, mobile=mobile))["mobile"] == mobile


@pytest.mark.parametrize("blank", [None, "", " "])
def test_any_number_of_customers_have_no_mobile(kounta: AppClient, blank: str | None) -> None:
    ids = [create(kounta, mobile=blank) for _ in range(2)]
    assert [update(kounta, id, mobile=blank)["mobile"] for id in (*ids, JAMIE)] == [None] * 3


@pytest.mark.parametrize("after", [None, "", " ", "0412345679"])
def test_an_update_frees_a_mobile(kounta: AppClient, after: str | None) -> None:
    update(kounta, JAMIE, mobile=after)
    assert looked_up(kounta, mobile=MOBILE) is None
    heir = create(kounta, mobile=MOBILE)
    assert looked_up(kounta, mobile=MOBILE) == heir
    assert refused(kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"mobile": MOBILE})) == TAKEN


def test_a_deletion_by_a_tester_frees_a_mobile_and_all_else(kounta: AppClient, sandbox: Sandbox) -> None:
    take_out(kounta, sandbox, JAMIE)
    gone = kounta.get(f"{CUSTOMERS}/{JAMIE}")
    assert refused(gone) == (404, "not_found", f"Customer {JAMIE} Not Found")
    for query in ({"mobile": MOBILE}, {"email": "jmcdonald@kounta.kom"}):
        assert looked_up(kounta, **query) is None
    assert JAMIE not in found(kounta)
    assert found(kounta, reference_id="ABC123") == []
    heir = create(kounta, mobile=MOBILE, reference_id="ABC123")
    assert (looked_up(kounta, mobile=MOBILE), found(kounta, reference_id="ABC123")) == (heir, [heir])


# Addresses


@pytest.mark.parametrize("field", ADDRESSES)
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (HOME, HOME),
        (dict(reversed(HOME.items())), HOME),
        ({}, NOWHERE),
        (NOWHERE, NOWHERE),
        ({"city": ""}, {**NOWHERE, "city": ""}),
        ({"country": ""}, NOWHERE),
        ({"lines": ["Unit 3", "8 Sample Road"], "zone": "VIC"}, {**NOWHERE, "address": "Unit 3, 8 Sample Road", "state": "VIC"}),
        ({"lines": ["8 Sample Road"]}, {**NOWHERE, "address": "8 Sample Road"}),
        ({"lines": None, "zone": None}, NOWHERE),
        ({"lines": ["old"], "zone": "old", "address": "new", "state": "new"}, {**NOWHERE, "address": "new", "state": "new"}),
        ({"lines": ["old"], "zone": "old", "address": None, "state": None}, NOWHERE),
        ({"id": 7, "line3": "x", "city": "Perth"}, {**NOWHERE, "city": "Perth"}),
        (None, None),
    ],
)  # fmt: skip
def test_an_address_of_either_form_is_shown_in_the_present_one(
    kounta: AppClient, field: str, given: Any, shown: Any
) -> None:
    id = create(kounta, **{field: given})
    assert get(kounta, id)[field] == shown
    assert update(kounta, JAMIE, **{field: given})[field] == shown
    assert list(get(kounta, JAMIE)[field] or HOME) == list(HOME)


@pytest.mark.parametrize(
    ("given", "ignored"),
    [
        ({**HOME, "id": 7, "country_code": "AU"}, ["id", "country_code"]),
        ({"address": "new", "lines": ["old"]}, ["lines"]),
        ({"address": None, "lines": []}, ["lines"]),
        ({"state": "new", "zone": "old"}, ["zone"]),
        ({"lines": ["old"], "zone": "old"}, []),
        ({"address": "new", "state": "new", "lines": None, "zone": None}, []),
    ],
)
def test_what_counts_for_nothing_in_an_address_is_named_in_a_finding(
    kounta: AppClient, sandbox: Sandbox, given: dict[str, Any], ignored: list[str]
) -> None:
    update(kounta, JAMIE, primary_address=given, nickname="J", shipping_address=given)
    named = ", ".join(["nickname", *(f"{field}.{name}" for field in ADDRESSES for name in ignored)])
    assert findings(sandbox) == [("ignored-field", f"the vendor ignores {named}")]


@pytest.mark.parametrize("field", ADDRESSES)
@pytest.mark.parametrize("name", ["address", "city", "state", "postal_code", "zone"])
def test_parts_of_an_address_have_at_most_255_characters(kounta: AppClient, field: str, name: str) -> None:
    assert update(kounta, JAMIE, **{field: {name: "x" * 255}})[field] != NOWHERE
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={field: {name: "x" * 256}})
    assert refused(reply) == (400, "bad_request", f"{field}.{name} must have at most 255 characters")


@pytest.mark.parametrize("field", ADDRESSES)
def test_lines_of_the_old_form_have_as_many_when_joined(kounta: AppClient, field: str) -> None:
    lines = ["x" * 200, "y" * 53]
    assert len(update(kounta, JAMIE, **{field: {"lines": lines}})[field]["address"]) == 255
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={field: {"lines": ["x" * 200, "y" * 54]}})
    assert refused(reply) == (400, "bad_request", f"{field}.lines must have at most 255 characters, joined by commas")


def test_the_countries_are_those_of_the_standard(kounta: AppClient) -> None:
    schemas = read_contract(files.contracts() / "kounta.yaml").document["components"]["schemas"]
    assert {None, "", *COUNTRIES} == {*schemas["AddressFields"]["properties"]["country"]["enum"]}
    assert len(COUNTRIES) == 249
    assert {country.alpha_2_code for country in Provider.countries} <= COUNTRIES.keys()
    for code in sorted(COUNTRIES):
        assert update(kounta, JAMIE, shipping_address={"country": code})["shipping_address"]["country"] == code


@pytest.mark.parametrize("field", ADDRESSES)
@pytest.mark.parametrize("country", ["UK", "au", "Au", "AUS", "A", " AU", "AU ", " ", "EU", "ZZ", "Australia"])
def test_any_other_text_is_no_country(kounta: AppClient, field: str, country: str) -> None:
    address = {**HOME, "country": country}
    assert refused(kounta.put(f"{CUSTOMERS}/{JAMIE}", json={field: address})) == COUNTRY
    assert refused(kounta.post(CUSTOMERS, json={"first_name": "Ann", "phone": "1", field: address})) == COUNTRY
