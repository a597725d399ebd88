"""Passwords, logins and keys of an Open2b shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.open2b_shop import ADDRESS, FIELDS, ask, create, freeze, get, update

HOLMES, SMITH = 37091, 70371
LIMITED = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItbGltaXRlZC1rZXk"}
SMITH_EMAIL, SMITH_PASSWORD = "johnsmith@acme.com", "foY5/eLc93Wu5"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 6, 7, 8, tzinfo=UTC)
# Passwords


LENGTH = "Password must have between 6 and 16 characters"
MD5 = "0123456789abcdef0123456789abcdef"
CRYPTED = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF+/="


@pytest.mark.parametrize(
    ("value", "crypted_by", "refusal"),
    [
        ("a" * 5, ..., LENGTH),
        ("a" * 6, ..., None),
        ("a" * 16, ..., None),
        ("a" * 17, ..., LENGTH),
        ("a" * 51, ..., LENGTH),
        ("", ..., LENGTH),
        ("a" * 6, "None", None),
        ("a" * 17, "None", LENGTH),
        ("a" * 6, None, None),
        (CRYPTED, ..., LENGTH),
        (CRYPTED, "Open2b", None),
        (CRYPTED[1:], "Open2b", "Password is not a 'Open2b' crypted password"),
        (CRYPTED + "x", "Open2b", "Password is not a 'Open2b' crypted password"),
        (CRYPTED[1:] + "!", "Open2b", "Password is not a 'Open2b' crypted password"),
        (CRYPTED[1:] + "é", "Open2b", "Password is not a 'Open2b' crypted password"),
        ("I9bV2crS", "Open2b", None),
        ("I9bV2crT", "Open2b", "Password is not a 'Open2b' crypted password"),
        ("I9bV2crS", "ZenCart", "Password is not a 'ZenCart' crypted password"),
        (f"{MD5}:s4", "osCommerce", None),
        (f"{MD5}:s4", "ZenCart", None),
        (f"{MD5}:s4", "CRELoaded", None),
        (f"{MD5}:s", "osCommerce", "Password is not a 'osCommerce' crypted password"),
        (MD5, "CRELoaded", "Password is not a 'CRELoaded' crypted password"),
        (f"{MD5}:s4", "Open2b", "Password is not a 'Open2b' crypted password"),
        (f"{MD5}:s4", "Magento", "CryptedBy is not a valid value"),
        (f"{MD5}:s4", 5, "CryptedBy is not syntactically correct"),
    ],
)
def test_a_password_is_plain_or_has_the_form_of_its_program(
    open2b: AppClient, value: str, crypted_by: object, refusal: str | None
) -> None:
    password = {"value": value} if crypted_by is ... else {"value": value, "cryptedBy": crypted_by}
    assert update(open2b, HOLMES, password=password) == refusal
    created = ask(open2b, "create", customer={"billingAddress": ADDRESS, "password": password})
    assert created.get("error", {}).get("description") == refusal
    if refusal is None:
        shown = get(open2b, created["id"])
        assert (shown["hasPassword"], shown["canLogin"]) == (True, True)
        assert len(shown["encryptedPassword"]) == 45
        assert value not in shown["encryptedPassword"] or value == CRYPTED


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ({}, "Value is required"),
        ({"cryptedBy": None}, "Value is required"),
        ({"cryptedBy": "ZenCart"}, "Value is required if CryptedBy is provided"),
        ({"cryptedBy": "None"}, "Value is required if CryptedBy is provided"),
        ({"value": "abcdef", "salt": "x"}, "Field 'salt' is unknown"),
        ("abcdef", "Password is not syntactically correct"),
    ],
)
def test_a_password_is_an_object_with_a_value(open2b: AppClient, password: object, refusal: str) -> None:
    assert update(open2b, HOLMES, password=password) == refusal


def test_a_password_makes_login_possible_unless_it_is_forbidden(open2b: AppClient) -> None:
    shown = get(open2b, create(open2b, password={"value": "elementary"}, canLogin=False))
    assert (shown["hasPassword"], shown["canLogin"]) == (True, False)


# Authenticate


def login(shop: AppClient, email: object = SMITH_EMAIL, password: object = SMITH_PASSWORD, **more: Any) -> Any:
    return ask(shop, "authenticate", email=email, password=password, **more)


def test_a_login_shows_the_time_of_the_one_before(open2b: AppClient, sandbox: Sandbox) -> None:
    before = get(open2b, SMITH)
    freeze(sandbox, NOW)
    assert login(open2b) == {"status": "ok", "customer": before}
    freeze(sandbox, LATER)
    assert login(open2b)["customer"] == {**before, "loginTime": "2026-03-04 05:06:07"}
    assert get(open2b, SMITH) == {**before, "loginTime": "2026-03-05 06:07:08"}


def test_without_fields_a_login_is_an_empty_object_and_a_failure_is_null(open2b: AppClient) -> None:
    assert login(open2b, fields=[]) == {"status": "ok", "customer": {}}
    assert login(open2b, password="wrong", fields=[]) == {"status": "ok", "customer": None}  # noqa: S106


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (SMITH_EMAIL, "foY5/eLc93Wu6"),
        (SMITH_EMAIL, "foy5/elc93wu5"),
        ("nobody@acme.com", SMITH_PASSWORD),
        ("irene.norton@example.com", "elementary"),
        ("holmes@inv-london.com", SMITH_PASSWORD),
        ("a@b", "abcd"),
    ],
)
def test_credentials_that_fit_nobody_are_null_and_alter_nothing(
    open2b: AppClient, state: Callable[[], object], email: str, password: str
) -> None:
    before = state()
    assert login(open2b, email, password) == {"status": "ok", "customer": None}
    assert state() == before


def test_the_email_of_a_login_may_be_in_any_case(open2b: AppClient) -> None:
    assert login(open2b, "JohnSmith@ACME.com", fields=["id"])["customer"] == {"id": SMITH}


def test_who_may_not_log_in_does_not(open2b: AppClient) -> None:
    assert update(open2b, SMITH, canLogin=False) is None
    assert login(open2b)["customer"] is None


def test_a_new_password_takes_the_place_of_the_old_one(open2b: AppClient) -> None:
    assert update(open2b, SMITH, password={"value": "elementary"}) is None
    assert login(open2b)["customer"] is None
    assert login(open2b, password="elementary", fields=[])["customer"] == {}  # noqa: S106


def test_the_stored_text_of_a_password_is_not_a_password(open2b: AppClient) -> None:
    stored = get(open2b, SMITH)["encryptedPassword"]
    assert update(open2b, HOLMES, password={"value": "I9bV2crS", "cryptedBy": "Open2b"}) is None
    assert login(open2b, "holmes@inv-london.com", "I9bV2crS")["customer"] is None
    assert login(open2b, password=stored[:16])["customer"] is None


@pytest.mark.parametrize(
    ("request_body", "description"),
    [
        ({"password": "abcd"}, "Email is required"),
        ({"email": "a@b"}, "Password is required"),
        ({"email": "a@", "password": "abcd"}, "Email is not syntactically correct"),
        ({"email": "a" * 121, "password": "abcd"}, "Email is not syntactically correct"),
        ({"email": "a@b", "password": "abc"}, "Password is not syntactically correct"),
        ({"email": "a@b", "password": "a" * 17}, "Password is not syntactically correct"),
        ({"email": "a@b", "password": None}, "Password is not syntactically correct"),
        ({"email": "a@b", "password": "abcd", "fields": ["name"]}, "Fields is not a valid value"),
    ],
)
def test_what_is_no_credential_is_refused(open2b: AppClient, request_body: dict[str, Any], description: str) -> None:
    assert ask(open2b, "authenticate", **request_body)["error"]["description"] == description


# Keys


def test_an_app_without_a_right_to_a_field_neither_sees_nor_sets_it(open2b: AppClient) -> None:
    open2b.headers.update(LIMITED)
    assert list(get(open2b, HOLMES)) == [field for field in FIELDS if field != "encryptedPassword"]
    assert all("encryptedPassword" not in found for found in ask(open2b, "find")["customers"])
    assert "encryptedPassword" not in login(open2b)["customer"]
    denied = {
        "field": "encryptedPassword",
        "type": "AccessDenied",
        "description": "Access denied to field encryptedPassword",
    }
    requests: dict[str, dict[str, Any]] = {
        "find": {},
        "get": {"id": 1},
        "authenticate": {"email": "a@b", "password": "abcd"},
    }
    for method, request in requests.items():
        assert ask(open2b, method, **request, fields=["id", "encryptedPassword"])["error"] == denied
    assert update(open2b, HOLMES, password=None) == "Access denied to field password"
    created = ask(open2b, "create", customer={"billingAddress": ADDRESS, "password": {"value": "elementary"}})
    assert created["error"]["description"] == "Access denied to field password"


def test_an_app_with_less_rights_may_do_the_rest(open2b: AppClient) -> None:
    open2b.headers.update(LIMITED)
    assert update(open2b, create(open2b), locale="it") is None
    assert get(open2b, HOLMES)["hasPassword"] is True
    assert ask(open2b, "delete", ids=[HOLMES])["error"]["field"] == "commerce.customers.delete"
    assert get(open2b, HOLMES)["id"] == HOLMES


@pytest.mark.parametrize("key", ["any-other-key", "A" * 8, "QUJDREVGRw==", "-_-_-_-_="])
def test_any_well_formed_key_is_a_full_one(open2b: AppClient, key: str) -> None:
    open2b.headers["X-Key"] = key
    assert list(get(open2b, HOLMES)) == FIELDS
    assert ask(open2b, "delete", ids=[HOLMES]) == {"status": "ok"}


@pytest.mark.parametrize("key", ["", "A" * 7, "AAAA AAAA", "AAAA+AAA/", "QUJDRA===", "=AAAAAAAA", "ééééééééé"])
def test_a_key_that_is_not_base64url_is_malformed(open2b: AppClient, key: str) -> None:
    reply = open2b.post("commerce.customers.get", json={"id": HOLMES}, headers={b"X-Key": key.encode()})
    assert (reply.status_code, reply.text) == (403, "malformed key")


@pytest.mark.parametrize(
    ("key", "status"), [(LIMITED["X-Key"], 200), ("any-other-key", 403), (LIMITED["X-Key"][1:], 403)]
)
def test_only_the_fixtures_keys_are_accepted_where_auth_is_strict(key: str, status: int) -> None:
    world = build(read_fixture("documented"), options=Options(auth="strict"))
    with AppClient(world.app, base_url="http://127.0.0.1/api/v13/", headers={"X-Key": key}) as client:
        reply = client.post("commerce.customers.get", json={"id": HOLMES, "fields": []})
    assert (reply.status_code, reply.text) == (
        status,
        '{"status":"ok","customer":{}}' if status == 200 else "malformed key",
    )
