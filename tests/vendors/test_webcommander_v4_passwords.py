"""Passwords in the second generation: changed for the old one, or reset whatever it was."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import CUSTOMERS, JOHN, JOHNS_EMAIL, change, create, get, kept, put, refused, update

DONE = {"status": "success", "message": "Password has been changed successfully"}
NAMED = {"email": JOHNS_EMAIL, "old_password": "123213", "password": "open-sesame"}
ROBINS_EMAIL = "robin@shop.example.com"


def reset(v4: AppClient, id: int, body: dict[str, Any]) -> Response:
    return v4.post(f"{CUSTOMERS}/{id}/reset-password", json=body)


def works(v4: AppClient, password: str) -> bool:
    """Whether this is John's password; it stays so."""
    reply = change(v4, JOHN, JOHNS_EMAIL, password, password)
    assert reply.status_code == 200 or refused(reply) == (401, "old_password_wrong", None)
    return reply.status_code == 200


def test_the_old_password_works_no_more(v4: AppClient) -> None:
    first = change(v4, JOHN, JOHNS_EMAIL.upper(), "123213", "open-sesame")
    assert (first.status_code, first.json()) == (200, DONE)
    assert refused(change(v4, JOHN, JOHNS_EMAIL, "123213", "open-sesame")) == (401, "old_password_wrong", None)
    assert change(v4, JOHN, JOHNS_EMAIL, "open-sesame", "123213").status_code == 200
    assert works(v4, "123213")


def test_passwords_are_kept_as_argon2_hashes_and_leave_no_other_trace(v4: AppClient, sandbox: Sandbox) -> None:
    before = get(v4, JOHN)
    hashes = set()
    for old, new in (("123213", "open-sesame"), ("open-sesame", "123213"), ("123213", "123213")):
        assert change(v4, JOHN, JOHNS_EMAIL, old, new).status_code == 200
        hashes.add(kept(sandbox, JOHN).password_hash)
    assert len(hashes) == 3
    assert all(str(hash).startswith("$argon2id$") for hash in hashes)
    assert get(v4, JOHN) == {**before, "version": 3}


@pytest.mark.parametrize("missing", NAMED)
def test_all_three_are_needed(v4: AppClient, missing: str) -> None:
    named = {key: value for key, value in NAMED.items() if key != missing}
    reply = v4.post(f"{CUSTOMERS}/{JOHN}/change-password", json={"customer": named})
    assert refused(reply) == (400, "required", missing)


def test_an_empty_password_is_none(v4: AppClient) -> None:
    for reply in (
        change(v4, JOHN, JOHNS_EMAIL, "123213", ""),
        reset(v4, JOHN, {"password": ""}),
        reset(v4, JOHN, {"customer": {"password": ""}}),
    ):
        assert refused(reply) == (400, "too_short", "password")
    assert works(v4, "123213")


@pytest.mark.parametrize("email", ["", "mia.carter@example.com", f" {JOHNS_EMAIL}"])
def test_the_email_is_that_customer_s(v4: AppClient, email: str) -> None:
    assert refused(change(v4, JOHN, email, "123213", "open-sesame")) == (400, "email_mismatch", "email")


@pytest.mark.parametrize("email", ["", "robin@shop.example.com"])
def test_who_has_no_email_cannot_change_a_password(v4: AppClient, email: str) -> None:
    id = create(v4, password="open-sesame")["id"]  # noqa: S106  made up
    assert refused(change(v4, id, email, "open-sesame", "other")) == (400, "email_mismatch", "email")


@pytest.mark.parametrize("status", ["inactive", "pending", "approval_awaiting", "awaiting_verification"])
def test_only_active_customers_change_their_passwords(v4: AppClient, status: str) -> None:
    put(v4, JOHN, {"status": status})
    for old in ("123213", "wrong"):
        assert refused(change(v4, JOHN, JOHNS_EMAIL, old, "other")) == (401, "customer_not_active", None)
    update(v4, JOHN, status="active")
    assert works(v4, "123213")


def test_who_has_no_password_has_no_right_one(v4: AppClient) -> None:
    id = create(v4, email=ROBINS_EMAIL, status="active")["id"]
    for old in ("", "None", "open-sesame"):
        assert refused(change(v4, id, ROBINS_EMAIL, old, "other")) == (401, "old_password_wrong", None)
    assert reset(v4, id, {"password": "open-sesame"}).status_code == 201
    assert change(v4, id, ROBINS_EMAIL, "open-sesame", "other").json() == DONE


@pytest.mark.parametrize(
    ("body", "password"),
    [
        ({"password": "new"}, "new"),
        ({"customer": {"password": "new"}}, "new"),
        ({"password": "new", "customer": {"password": "other"}}, "new"),
        ({"password": None, "customer": {"password": "new"}}, "new"),
        ({"password": "new", "customer": None}, "new"),
    ],
)
def test_a_reset_password_is_read_in_two_places(v4: AppClient, body: dict[str, Any], password: str) -> None:
    reply = reset(v4, JOHN, body)
    assert (reply.status_code, reply.json()) == (201, DONE)
    assert (works(v4, password), works(v4, "123213"), works(v4, "other")) == (True, False, False)


@pytest.mark.parametrize("body", [{}, {"password": None}, {"customer": {}}, {"customer": None}])
def test_a_reset_needs_a_password(v4: AppClient, body: dict[str, Any]) -> None:
    assert refused(reset(v4, JOHN, body)) == (400, "required", "password")
    assert works(v4, "123213")


def test_a_reset_lets_nobody_in_who_is_not_active(v4: AppClient) -> None:
    made = create(v4, email=ROBINS_EMAIL)
    assert reset(v4, made["id"], {"password": "open-sesame"}).status_code == 201
    assert get(v4, made["id"]) == {**made, "version": 1}
    assert refused(change(v4, made["id"], ROBINS_EMAIL, "open-sesame", "other")) == (401, "customer_not_active", None)
