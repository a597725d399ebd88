"""What the vendor's page prints works as printed, as soon as its placeholders are filled in."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from mockserver import files
from mockserver.contract import read_contract
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import (
    ADDRESS_KEYS,
    AUSTRALIA,
    BANGLADESH,
    CREATED_AT,
    CUSTOMERS,
    DIMITRIUS,
    JOHN,
    JOHNS_EMAIL,
    KEYS,
    MIA,
    NEXT,
    NEXT_ADDRESS,
    VICTORIA,
    customer,
    get,
)

DOCUMENT = read_contract(files.contracts() / "webcommander-v4.yaml").document
EXAMPLES = DOCUMENT["components"]["examples"]

CREATE = """
{
    "customer": {
        "first_name": "FIRST_NAME",
        "last_name": "LAST_NAME",
        "shipping_profile": SHIPPING_PROFILE_ID,
        "gender": "GENDER",
        "email": "EMAIL_ADDRESS",
        "company_name": "COMPANY_NAME",
        "address_line": "ADDRESS_LINE",
        "country": COUNTRY_ID,
        "state": STATE_ID,
        "post_code": "POST_CODE",
        "city": "CITY_NAME",
        "mobile": "MOBILE_NUMBER",
        "phone": "PHONE_NUMBER",
        "abn": "ABN_NUMBER",
        "abn_branch": "ABN_BRANCH",
        "newsletter": {
            "subscribed": NEWSLETTER_SUBSCRIBED
        },
        "password": "PASSWORD",
        "hide_price": HIDE_PRICE,
        "transaction_number": "TRANSACTION_NUMBER",
        "parent": PARENT_ID,
        "is_company": IS_COMPANY
    }
}
"""
CHANGE = """
{
    "customer": {
        "email": "CUSTOMER_EMAIL",
        "old_password": "CUSTOMER_OLD_PASSWORD",
        "password": "CUSTOMER_NEW_PASSWORD"
    }
}
"""
RESET = '{"password": "PASSWORD"}'
ADDRESS = """{
    "type": "TYPE",
    "first_name": "CUSTOMER_FIRST_NAME",
    "last_name": "CUSTOMER_LAST_NAME",
    "company_name": "CUSTOMER_COMPANY_NAME",
    "email": "CUSTOMER_EMAIL",
    "address_line_1": "ADDRESS_LINE_1",
    "address_line_2": "ADDRESS_LINE_2",
    "country": "COUNTRY_NAME",
    "state": "STATE_NAME",
    "city": "CITY_NAME",
    "post_code": "POSTAL_CODE",
    "mobile": "MOBILE_PHONE",
    "phone": "PHONE_NUMBER",
    "fax": "FAX_NUMBER"
}"""
ADDRESSES = '{"customer": {"addresses": [%s]}}' % ",".join(  # noqa: UP031  braces are JSON's here
    ADDRESS.replace('"TYPE"', f'"{type}"') for type in ("PRIMARY", "SHIPPING", "BILLING")
)

WORDS: dict[str, str] = {
    "ADDRESS_LINE": "4 Sample Road",
    "ADDRESS_LINE_1": "8 Sample Road",
    "ADDRESS_LINE_2": "Unit 3",
    "ABN_NUMBER": "00000000000",
    "COUNTRY_NAME": "Australia",
    "CUSTOMER_EMAIL": JOHNS_EMAIL,
    "CUSTOMER_OLD_PASSWORD": "123213",
    "EMAIL_ADDRESS": "alice@shop.example.com",
    "STATE_NAME": "Victoria",
}
"""What stands where the page has a text; all others say themselves."""
NUMBERS: dict[str, int | bool] = {
    "SHIPPING_PROFILE_ID": 1,
    "COUNTRY_ID": 236,
    "STATE_ID": 10,
    "NEWSLETTER_SUBSCRIBED": True,
    "HIDE_PRICE": True,
    "PARENT_ID": DIMITRIUS,
    "IS_COMPANY": True,
}
"""What stands where it has none."""

NULLABLE = (str, type(None))
TYPES: dict[Any, str] = {
    int: "id display_id count_referral_code_used version active_billing_address active_shipping_address",
    str: "status first_name timezone base_url created_at last_name email sex company_name abn abn_branch transaction_number",
    bool: "company allow_credit_limit customer_password_expired hide_price is_in_trash",
    float: "store_credit credit_limit",
    dict: "parent shipping_profile",
    list: "addresses",
    NULLABLE: "referral_code used_referral_code how_do_you_know default_tax_code source background_image profile_picture",
}
"""The keys of a customer by the types of their values, when all that the page sends was sent."""


def filled(page: str) -> bytes:
    """A sample of the page with values in place of its placeholders."""
    text = re.sub(r'"([A-Z_0-9]+)"', lambda word: json.dumps(WORDS.get(word[1], word[1])), page)
    return re.sub(r": ([A-Z_]+)", lambda name: f": {json.dumps(NUMBERS[name[1]])}", text).encode()


def send(v4: AppClient, path: str, page: str) -> Any:
    return v4.post(path, content=filled(page), headers={"Content-Type": "application/json"})


def test_a_customer_is_created_with_all_that_the_page_sends(v4: AppClient) -> None:
    made = customer(send(v4, CUSTOMERS, CREATE), 201)
    for types, keys in TYPES.items():
        assert all(type(made[key]) in (types if types is NULLABLE else (types,)) for key in keys.split()), types
    assert sorted(key for keys in TYPES.values() for key in keys.split()) == sorted(KEYS)
    assert (made["id"], made["display_id"], made["status"]) == (NEXT, 1051, "active")
    assert made["parent"] == {"id": DIMITRIUS, "name": "Dimitrius Sideris"}
    assert (made["sex"], made["company"], made["hide_price"]) == ("GENDER", True, True)
    assert (made["timezone"], made["base_url"], made["created_at"], made["version"]) == ("UTC", "/", CREATED_AT, 0)
    assert get(v4, NEXT) == made


def test_the_new_customer_s_addresses_are_three_that_say_the_same(v4: AppClient) -> None:
    made = customer(send(v4, CUSTOMERS, CREATE), 201)
    shown = {
        "first_name": "FIRST_NAME",
        "last_name": "LAST_NAME",
        "email": WORDS["EMAIL_ADDRESS"],
        "company_name": "COMPANY_NAME",
        "address_line_1": "4 Sample Road",
        "address_line_2": None,
        "country": BANGLADESH,
        "state": {"id": 10, "name": "Dhaka", "code": "C"},
        "city": "CITY_NAME",
        "post_code": "POST_CODE",
        "mobile": "MOBILE_NUMBER",
        "phone": "PHONE_NUMBER",
        "fax": None,
    }
    assert made["addresses"] == [
        {"id": NEXT_ADDRESS + at, "type": type, **shown} for at, type in enumerate(("PRIMARY", "SHIPPING", "BILLING"))
    ]
    assert (made["active_shipping_address"], made["active_billing_address"]) == (NEXT_ADDRESS + 1, NEXT_ADDRESS + 2)


def test_a_shipping_profile_has_the_page_s_keys(v4: AppClient) -> None:
    profile = customer(send(v4, CUSTOMERS, CREATE), 201)["shipping_profile"]
    assert list(profile) == "shippingRules created name description id updated version rulePrecedence".split()  # noqa: SIM905
    rules = profile["shippingRules"]
    assert {tuple(rule) for rule in rules} == {
        ("zoneList", "name", "description", "id", "shippingClass", "shippingPolicy")
    }
    assert [rule["zoneList"] for rule in rules] == [[1], [2, 3]]
    assert get(v4, MIA)["shipping_profile"] == profile
    assert get(v4, JOHN)["shipping_profile"] is None


def test_changing_and_resetting_a_password(v4: AppClient) -> None:
    done = {"status": "success", "message": "Password has been changed successfully"}
    changed = send(v4, f"{CUSTOMERS}/{JOHN}/change-password", CHANGE)
    assert (changed.status_code, changed.json(), list(changed.json())) == (200, done, [*done]), changed.text
    again = send(v4, f"{CUSTOMERS}/{JOHN}/change-password", CHANGE)
    assert (again.status_code, again.json()["error"]) == (401, "old_password_wrong")
    reset = send(v4, f"{CUSTOMERS}/{JOHN}/reset-password", RESET)
    assert (reset.status_code, reset.json(), list(reset.json())) == (201, done, [*done]), reset.text


def test_addresses_are_added_with_all_that_the_page_sends(v4: AppClient) -> None:
    before = get(v4, JOHN)
    after = customer(send(v4, f"{CUSTOMERS}/{JOHN}/addresses", ADDRESSES), 201)
    assert [(one["id"], one["type"]) for one in after["addresses"]] == [
        *((NEXT_ADDRESS, "PRIMARY"), (4191, "BILLING"), (4192, "SHIPPING")),
        *((NEXT_ADDRESS + 1, "SHIPPING"), (NEXT_ADDRESS + 2, "BILLING")),
    ]
    sent = json.loads(filled(ADDRESS)) | {"country": AUSTRALIA, "state": VICTORIA}
    for at in (0, 3, 4):
        address = after["addresses"][at]
        assert address == sent | {"id": address["id"], "type": address["type"]}
        assert list(address) == ADDRESS_KEYS
    assert after["addresses"][1:3] == before["addresses"][1:]
    assert after == before | {"addresses": after["addresses"], "version": 1}


def test_the_contract_shows_what_is_answered(v4: AppClient) -> None:
    content = DOCUMENT["paths"]["/admin/customers"]["post"]["requestBody"]["content"]
    sent = content["application/json"]["examples"]["page"]["value"]
    page = json.loads(filled(CREATE))
    assert (list(sent["customer"]), list(sent["customer"]["newsletter"])) == ([*page["customer"]], ["subscribed"])
    made = v4.post(CUSTOMERS, json=sent)
    assert (made.status_code, made.json()) == (201, EXAMPLES["Alice"]["value"]), made.text
    assert v4.get(f"{CUSTOMERS}/{JOHN}").json() == EXAMPLES["John"]["value"]


@pytest.mark.parametrize("path", ["customer", "admin/customer", "customers"])
def test_the_headings_other_paths_are_not_there(v4: AppClient, path: str) -> None:
    reply = send(v4, path, CREATE)
    assert (reply.status_code, reply.json()["error"]) == (404, "unknown_path")
    assert send(v4, CUSTOMERS, CREATE).status_code == 201
