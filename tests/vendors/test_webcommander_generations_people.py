"""Passwords, credit, relatives, the trash and e-mails: what one generation of the API did holds in the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from mockserver.sandbox import Sandbox
from tests.vendors.webcommander_both import (
    DIMITRIUS,
    JOHN,
    JOHN_S_EMAIL,
    JOHN_S_PASSWORD,
    LETTERS,
    MIA,
    NOAH,
    Both,
    done,
    in_words_of_the_plugin,
)

GENERATIONS = ("plugin", "v4")
ACROSS = [(one, other) for one in GENERATIONS for other in GENERATIONS]


def refused(sandbox: Sandbox, reply: Response) -> str | None:
    """The row of the newest refusal."""
    assert reply.status_code >= 400 or "storeCredit" in reply.text, reply.text
    return next(iter(sandbox.journal)).row


# Passwords


def can_log_in(both: Both, password: str, email: str = JOHN_S_EMAIL) -> bool:
    return both.login(password, email=email).status_code == 200


def reset(both: Both, id: int, body: dict[str, Any]) -> Response:
    return both.v4("POST", f"admin/customers/{id}/reset-password", body)


def change(both: Both, id: int, old: str, new: str, email: str = JOHN_S_EMAIL) -> Response:
    sent = {"customer": {"email": email, "old_password": old, "password": new}}
    return both.v4("POST", f"admin/customers/{id}/change-password", sent)


@pytest.mark.parametrize("way", ["change", "reset", "reset inside", "update"])
def test_a_password_set_in_the_second_generation_logs_in_through_the_first(both: Both, way: str) -> None:
    assert can_log_in(both, JOHN_S_PASSWORD)
    match way:
        case "change":
            done(change(both, JOHN, JOHN_S_PASSWORD, "open-sesame"))
        case "reset":
            done(reset(both, JOHN, {"password": "open-sesame"}))
        case "reset inside":
            done(reset(both, JOHN, {"customer": {"password": "open-sesame"}}))
        case "update":
            done(both.v4("PUT", f"admin/customers/{JOHN}", {"customer": {"password": "open-sesame"}}))
    assert (can_log_in(both, "open-sesame"), can_log_in(both, JOHN_S_PASSWORD)) == (True, False)


def test_a_password_from_a_plugin_is_the_old_one_in_the_second_generation(both: Both, sandbox: Sandbox) -> None:
    email = "ann@example.com"
    id = both.create("plugin", password="first", userName="annlee")  # noqa: S106
    assert refused(sandbox, change(both, id, "wrong", "second", email)) == "old-password-wrong"
    assert can_log_in(both, "first", email)
    done(change(both, id, "first", "second", email.upper()))
    assert (can_log_in(both, "first", email), can_log_in(both, "second", email)) == (False, True)
    assert both.login("second", userName="ANNLEE").status_code == 200


def test_who_has_no_password_gets_one_by_resetting_only(both: Both, sandbox: Sandbox) -> None:
    id = both.create("plugin")
    email = "ann@example.com"
    assert not can_log_in(both, "", email)
    assert refused(sandbox, change(both, id, "", "new", email)) == "old-password-wrong"
    done(reset(both, id, {"password": "new"}))
    assert can_log_in(both, "new", email)


@pytest.mark.parametrize("status", LETTERS)
def test_who_is_not_active_neither_logs_in_nor_changes_the_password(both: Both, sandbox: Sandbox, status: str) -> None:
    done(both.v4("PUT", f"admin/customers/{JOHN}", {"customer": {"status": status}}))
    active = status == "active"
    assert can_log_in(both, JOHN_S_PASSWORD) == active
    reply = change(both, JOHN, JOHN_S_PASSWORD, "new")
    assert reply.status_code == 200 if active else refused(sandbox, reply) == "customer-not-active"
    done(both.plugin("POST", "customer-update", {"customerId": JOHN, "status": "active"}))
    assert can_log_in(both, "new" if active else JOHN_S_PASSWORD)


def test_another_email_is_the_one_to_log_in_by(both: Both) -> None:
    done(both.v4("PUT", f"admin/customers/{JOHN}", {"customer": {"email": "jon@example.com"}}))
    assert [can_log_in(both, JOHN_S_PASSWORD, email) for email in (JOHN_S_EMAIL, "JON@example.com")] == [False, True]
    done(both.plugin("POST", "customer-update", {"customerId": JOHN, "email": "j@example.com"}))
    assert change(both, JOHN, JOHN_S_PASSWORD, "new", "j@example.com").status_code == 200


# Credit


def adjust(both: Both, add: str, amount: float, id: int = NOAH) -> dict[str, Any]:
    sent = {"customerId": id, "add": add, "deltaAmount": amount}
    adjusted: dict[str, Any] = done(both.plugin("POST", "update-customer-store-credit", sent))
    return adjusted


def test_both_generations_alter_one_credit_under_one_limit(both: Both, sandbox: Sandbox) -> None:
    path = f"admin/customers/{NOAH}"
    done(both.v4("PUT", path, {"store_credit": 499.99}))
    assert adjust(both, "true", 0.02) == {"status": "false", "isMaxCreditExceed": "true", "storeCredit": 499.99}
    assert adjust(both, "true", 0.01) == {"status": "true", "isMaxCreditExceed": "false", "storeCredit": 500.0}
    reply = both.v4("PUT", path, {"store_credit": 500.01, "customer": {"first_name": "No"}})
    assert refused(sandbox, reply) == "store-credit-above-limit"
    assert both.shown(NOAH).v4["first_name"] == "Noah"
    done(both.v4("PUT", path, {"store_credit": 1}))
    assert adjust(both, "false", 1.01) == {"status": "false", "isMaxCreditExceed": "false", "storeCredit": 1.0}
    assert adjust(both, "false", 1)["storeCredit"] == both.shown(NOAH).v4["store_credit"] == 0


# Relatives and shipping profiles


def test_parents_and_shipping_profiles_are_numbers_to_plugins(both: Both) -> None:
    id = both.create("v4", parent=JOHN, shipping_profile=1)
    shown = both.shown(id)
    assert (shown.plugin["parent"], shown.plugin["shippingProfile"]) == (JOHN, 1)
    done(both.plugin("POST", "customer-update", {"customerId": JOHN, "firstName": "Jon", "lastName": "Is"}))
    assert both.shown(id).v4["parent"] == {"id": JOHN, "name": "Jon Is"}
    done(both.v4("PUT", f"admin/customers/{id}", {"customer": {"parent": None, "shipping_profile": None}}))
    shown = both.shown(id)
    assert (shown.plugin["parent"], shown.plugin["shippingProfile"]) == (None, None)
    assert both.shown(MIA).plugin["shippingProfile"] == 1


# The trash


def everyone(both: Both) -> tuple[list[int], list[int], list[int]]:
    """Who is listed by plugins, who in the second generation, and who is in the trash."""
    listed, trash = (
        [customer["id"] for customer in done(both.plugin("GET", "customers", **query))["customers"]]
        for query in ({}, {"type": "trash"})
    )
    ids: list[int] = []
    for offset in range(0, len(listed) + 1, 20):
        ids += [customer["id"] for customer in done(both.v4("GET", "admin/customers", offset=offset))["customers"]]
    return listed, ids, trash


def writes(both: Both, id: int, email: str) -> Iterator[Response]:
    """Everything that would alter a customer, in both generations."""
    for name in ({"customerId": id}, {"email": email}):
        yield both.plugin("POST", "customer-update", {**name, "firstName": "X"})
        yield both.plugin("POST", "update-customer-billing-address", {**name, "city": "X"})
        yield both.plugin("POST", "update-customer-shipping-address", {**name, "city": "X"})
        yield both.plugin("POST", "update-customer-store-credit", {**name, "add": "true", "deltaAmount": 1})
        yield both.plugin("DELETE", "customer-delete", name)
    yield both.v4("PUT", f"admin/customers/{id}", {"customer": {"first_name": "X"}, "store_credit": 1})
    yield both.v4("POST", f"admin/customers/{id}/addresses", {"customer": {"addresses": [{"type": "BILLING"}]}})
    yield change(both, id, JOHN_S_PASSWORD, "new", email)
    yield reset(both, id, {"password": "new"})
    yield both.v4("DELETE", f"admin/customers/{id}")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_who_is_in_the_trash_of_one_is_in_that_of_both(both: Both, sandbox: Sandbox, generation: str) -> None:
    listed, listed_too, trash = everyone(both)
    assert listed == listed_too
    both.trash(generation, JOHN)
    rest = [id for id in listed if id != JOHN]
    assert everyone(both) == (rest, rest, sorted([*trash, JOHN]))
    before = both.shown(JOHN)
    assert (before.plugin["status"], before.v4["is_in_trash"], before.v4["status"]) == ("T", True, "active")
    assert [refused(sandbox, reply) for reply in writes(both, JOHN, JOHN_S_EMAIL)] == ["customer-in-trash"] * 15
    assert both.shown(JOHN) == before


@pytest.mark.parametrize("generation", GENERATIONS)
def test_who_is_in_the_trash_is_logged_out(both: Both, sandbox: Sandbox, generation: str) -> None:
    token = done(both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL))["access_token"]
    both.trash(generation, JOHN)
    assert refused(sandbox, both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL)) == "login-failed"
    reply = both.plugin("GET", "customer-details-with-token", token=token)
    assert refused(sandbox, reply) == "token-unknown"


@pytest.mark.parametrize(("one", "other"), ACROSS)
@pytest.mark.parametrize("trashed", [False, True])
def test_an_email_is_taken_in_both_even_in_the_trash(both: Both, one: str, other: str, *, trashed: bool) -> None:
    id = both.create(one, email="Ann@Example.com")
    if trashed:
        both.trash(other, id)
    email = "aNN@example.com"
    before = both.shown(DIMITRIUS)
    replies = (
        both.plugin("POST", "customer-create", {"firstName": "Bo", "email": email}),
        both.plugin("POST", "customer-update", {"customerId": DIMITRIUS, "firstName": "X", "email": email}),
        both.v4("POST", "admin/customers", {"customer": {"first_name": "Bo", "email": email}}),
        both.v4("PUT", f"admin/customers/{DIMITRIUS}", {"customer": {"first_name": "X", "email": email}}),
    )
    assert [reply.status_code for reply in replies] == [409] * 4
    assert both.shown(DIMITRIUS) == before
    assert both.create(other, email="bo@example.com") == id + 1


def test_an_email_that_was_given_up_is_free_in_both(both: Both) -> None:
    done(both.v4("PUT", f"admin/customers/{JOHN}", {"customer": {"email": ""}}))
    id = both.create("plugin", email=JOHN_S_EMAIL)
    done(both.plugin("POST", "customer-update", {"customerId": id, "email": "ann@example.com"}))
    assert both.create("v4", email=JOHN_S_EMAIL) == id + 1


# Everybody


def test_both_generations_show_everybody_alike(both: Both) -> None:
    listed = {customer["id"]: customer for customer in done(both.plugin("GET", "customers"))["customers"]}
    assert len(listed) > 50
    for offset in range(0, len(listed), 20):
        for customer in done(both.v4("GET", "admin/customers", offset=offset))["customers"]:
            assert listed.pop(customer["id"]) == in_words_of_the_plugin(customer, "")
    assert listed == {}
