"""What becomes of a customer in the second generation: created, altered, given passwords, put into the trash."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import (
    AUSTRALIA,
    AVA,
    CREATED_AT,
    CUSTOMERS,
    DIMITRIUS,
    JOHN,
    JOHNS_EMAIL,
    MIA,
    NEXT,
    NEXT_ADDRESS,
    NOAH,
    change,
    create,
    customer,
    findings,
    get,
    kept,
    put,
    refused,
    trash,
    update,
)

DONE = {"status": "success", "message": "Password has been changed successfully"}
STATUSES = ["active", "inactive", "pending", "approval_awaiting", "awaiting_verification"]
FULL: dict[str, Any] = {
    "last_name": "Moore", "shipping_profile": 1, "gender": "Female", "email": "alice@shop.example.com",
    "company_name": "Moore Gardens", "address_line": "4 Sample Road", "country": 12, "state": 72,
    "post_code": "3150", "city": "Wheelers Hill", "mobile": "0491570156", "phone": "03 5550 9876",
    "abn": "00000000000", "abn_branch": "001", "transaction_number": "TX-1001", "parent": JOHN,
    "hide_price": True, "is_company": True, "newsletter": {"subscribed": True},
}  # fmt: skip
SHOWN = {"gender": "sex", "is_company": "company"}
"""The keys that are not shown as they are sent."""
OWN = "last_name gender company_name abn abn_branch transaction_number".split()  # noqa: SIM905  as it is read
"""Texts of a customer herself."""
OF_PRIMARY = {key: key for key in ("post_code", "city", "mobile", "phone")} | {"address_line": "address_line_1"}
"""The keys of her primary address, and how they are shown there."""


def with_password(v4: AppClient, **fields: Any) -> dict[str, Any]:
    return create(v4, **FULL, password="open-sesame", **fields)  # noqa: S106  made up


# Creating


def test_only_a_first_name_is_needed(v4: AppClient, sandbox: Sandbox) -> None:
    made = create(v4)
    expected = {
        **dict.fromkeys(made, None),
        "id": NEXT, "display_id": 1051, "status": "awaiting_verification", "first_name": "Robin",
        "company": False, "timezone": "UTC", "count_referral_code_used": 0, "allow_credit_limit": False,
        "store_credit": 0.0, "credit_limit": 0.0, "customer_password_expired": False, "hide_price": False,
        "base_url": "/", "created_at": CREATED_AT, "version": 0, "is_in_trash": False,
        "active_shipping_address": NEXT_ADDRESS + 1, "active_billing_address": NEXT_ADDRESS + 2,
    }  # fmt: skip
    empty = dict.fromkeys(made["addresses"][0], None) | {"first_name": "Robin"}
    expected["addresses"] = [
        {**empty, "id": id, "type": type, "email": f"{id}@noemail.loc"}
        for id, type in enumerate(("PRIMARY", "SHIPPING", "BILLING"), NEXT_ADDRESS)
    ]
    assert made == expected
    assert kept(sandbox, NEXT).password_hash is None


def test_ids_of_all_kinds_go_on(v4: AppClient) -> None:
    for at in range(3):
        made = create(v4)
        assert (made["id"], made["display_id"]) == (NEXT + at, 1051 + at)
        assert [address["id"] - NEXT_ADDRESS - 3 * at for address in made["addresses"]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("sent", "company"),
    [({"is_company": True}, True), ({"company": True}, True), ({"is_company": False, "company": True}, False)],
)
def test_a_company_has_two_names(v4: AppClient, sent: dict[str, bool], company: bool) -> None:  # noqa: FBT001  a case
    made = create(v4, **sent)
    assert made["company"] is company
    assert update(v4, create(v4, company=not company)["id"], **sent)["company"] is company


def test_the_newsletter_is_kept_and_not_shown(v4: AppClient, sandbox: Sandbox) -> None:
    made = create(v4, newsletter={"subscribed": True})
    assert kept(sandbox, made["id"]).newsletter is True
    update(v4, made["id"], newsletter={"subscribed": False})
    assert kept(sandbox, made["id"]).newsletter is False


@pytest.mark.parametrize("email", ["", None])
def test_many_have_no_email(v4: AppClient, email: str | None) -> None:
    assert [create(v4, email=email)["email"] for _ in range(2)] == [None, None]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        *(({"password": password}, "awaiting_verification") for password in ("", None)),
        ({"password": "open-sesame"}, "active"),
        ({"password": "open-sesame", "status": None}, "active"),
        *(({"status": status}, status) for status in STATUSES),
        *(({"password": "open-sesame", "status": status}, status) for status in STATUSES),
    ],
)
def test_the_status_of_a_new_customer(v4: AppClient, sent: dict[str, str], status: str) -> None:
    assert create(v4, **sent)["status"] == status


@pytest.mark.parametrize("status", ["", "Active", "A", "trash"])
def test_a_status_is_one_of_five_words(v4: AppClient, status: str) -> None:
    made = v4.post(CUSTOMERS, json={"customer": {"first_name": "Robin", "status": status}})
    assert refused(made) == refused(put(v4, JOHN, {"status": status})) == (400, "invalid_enum", "status")


# Altering


def test_what_is_not_named_stays(v4: AppClient) -> None:
    before = with_password(v4)
    after = before
    for version, (key, value) in enumerate((("first_name", "Alison"), *((key, f"new {key}") for key in OWN)), 1):
        after = {**after, SHOWN.get(key, key): value, "version": version}
        assert update(v4, NEXT, **{key: value}) == after
    assert get(v4, NEXT) == after
    assert change(v4, NEXT, FULL["email"], "open-sesame", "other").json() == DONE


@pytest.mark.parametrize("key", OF_PRIMARY)
def test_a_key_of_the_address_alters_the_primary_one_only(v4: AppClient, key: str) -> None:
    before = with_password(v4)
    for value in ("elsewhere", None):
        after = update(v4, NEXT, **{key: value})
        assert after["addresses"] == [{**before["addresses"][0], OF_PRIMARY[key]: value}, *before["addresses"][1:]]


@pytest.mark.parametrize("key", [*OWN, "shipping_profile", "parent"])
def test_null_clears_what_need_not_be_there(v4: AppClient, key: str) -> None:
    before = with_password(v4)
    assert before[SHOWN.get(key, key)] is not None
    assert update(v4, NEXT, **{key: None}) == {**before, SHOWN.get(key, key): None, "version": 1}


def test_null_clears_places_flags_and_the_email(v4: AppClient, sandbox: Sandbox) -> None:
    with_password(v4)
    after = update(v4, NEXT, state=None, hide_price=None, is_company=None, newsletter=None, email=None)
    assert (after["hide_price"], after["company"], after["email"]) == (False, False, None)
    assert kept(sandbox, NEXT).newsletter is False
    assert after["addresses"][0]["email"] == f"{NEXT_ADDRESS}@noemail.loc"
    assert (after["addresses"][0]["country"], after["addresses"][0]["state"]) == (AUSTRALIA, None)
    assert after["addresses"][1]["email"] == FULL["email"]
    assert create(v4, email=FULL["email"])["email"] == FULL["email"]


@pytest.mark.parametrize("sent", [{"status": None}, {"password": None}, {"password": ""}, {"gender": "Female"}, {}])
def test_nothing_comes_of_what_says_nothing_new(v4: AppClient, sent: dict[str, Any]) -> None:
    before = with_password(v4)
    assert update(v4, NEXT, **sent) == before
    assert change(v4, NEXT, FULL["email"], "open-sesame", "other").status_code == 200


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_first_name_cannot_be_cleared(v4: AppClient, name: str | None) -> None:
    assert refused(put(v4, JOHN, {"first_name": name})) == (400, "required", "first_name")


def test_an_email_moves_with_the_primary_address(v4: AppClient) -> None:
    before = get(v4, JOHN)
    after = update(v4, JOHN, email="John.Islam@example.com")
    emails = [address["email"] for address in after["addresses"]]
    assert (after["email"], emails) == ("John.Islam@example.com", ["John.Islam@example.com", JOHNS_EMAIL, JOHNS_EMAIL])
    assert update(v4, JOHN, email=JOHNS_EMAIL) == {**before, "version": 2}


@pytest.mark.parametrize("status", STATUSES)
def test_status_and_password_are_set(v4: AppClient, status: str) -> None:
    assert update(v4, JOHN, status=status, password="new")["status"] == status  # noqa: S106  made up
    update(v4, JOHN, status="active")
    assert change(v4, JOHN, JOHNS_EMAIL, "new", "newer").json() == DONE


def test_four_keys_stand_beside_the_customer(v4: AppClient) -> None:
    before = get(v4, NOAH)
    beside = {
        "store_credit": 500,
        "credit_limit": 19.999,
        "customer_password_expired": True,
        "allow_credit_limit": True,
    }
    after = customer(put(v4, NOAH, None, **beside))
    assert after == {**before, **beside, "credit_limit": 20.0, "version": 1}
    assert customer(put(v4, NOAH, {"last_name": "Doe"}, store_credit=0))["store_credit"] == 0
    assert customer(put(v4, NOAH, {}, **dict.fromkeys(beside, None)))["credit_limit"] == 20.0
    inside = customer(put(v4, NOAH, {"credit_limit": 7, "store_credit": 7}))
    assert (inside["credit_limit"], inside["store_credit"]) == (20.0, 0.0)
    for key in ("store_credit", "credit_limit"):
        assert refused(put(v4, NOAH, None, **{key: -0.01})) == (400, "too_small", key)
    assert customer(put(v4, JOHN, store_credit=1_000_000.0))["store_credit"] == 1_000_000.0


def test_a_customer_is_not_her_own_parent(v4: AppClient) -> None:
    assert refused(put(v4, JOHN, {"parent": JOHN})) == (400, "parent_unknown", "parent")
    assert update(v4, JOHN, parent=DIMITRIUS)["parent"] == {"id": DIMITRIUS, "name": "Dimitrius Sideris"}


def test_a_parent_is_shown_by_her_present_name(v4: AppClient) -> None:
    assert get(v4, AVA)["parent"] == {"id": DIMITRIUS, "name": "Dimitrius Sideris"}
    update(v4, DIMITRIUS, first_name="Jim", last_name=None)
    assert get(v4, AVA)["parent"] == {"id": DIMITRIUS, "name": "Jim"}


def test_unknown_keys_count_for_nothing_and_are_found(v4: AppClient, sandbox: Sandbox) -> None:
    put(v4, JOHN, {"nickname": "J", "newsletter": {"weekly": True}}, colour="red")
    named = "customer.nickname, customer.newsletter.weekly, colour"
    assert findings(sandbox) == [("ignored-field", f"the vendor ignores {named}")]
    create(v4, **FULL)
    assert findings(sandbox) == []


# Trash


def test_a_deleted_customer_is_in_the_trash(v4: AppClient) -> None:
    before = get(v4, MIA)
    reply = v4.delete(f"{CUSTOMERS}/{MIA}")
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (204, b"", "application/json")
    assert get(v4, MIA) == {**before, "is_in_trash": True, "version": 1}
    assert refused(v4.delete(f"{CUSTOMERS}/{MIA}")) == (404, "already_in_trash", None)
    assert v4.delete(f"{CUSTOMERS}/{MIA}").json()["message"] == "Customer already in trash"


def test_an_email_in_the_trash_stays_taken(v4: AppClient) -> None:
    trash(v4, MIA)
    taken = v4.post(CUSTOMERS, json={"customer": {"first_name": "Mia", "email": "Mia.Carter@example.com"}})
    assert refused(taken) == (409, "email_already_registered", "email")
    assert refused(put(v4, JOHN, {"email": "mia.carter@example.com"})) == (409, "email_already_registered", "email")
    assert create(v4, parent=MIA)["parent"]["id"] == MIA
