"""How customers are created and altered at Kounta."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    CUSTOMERS,
    FIELDS,
    HOME,
    JAMIE,
    NOW_THERE,
    create,
    findings,
    freeze,
    get,
    refused,
    take_out,
    update,
)

PLAIN: dict[str, Any] = {
    "last_name": "",
    "email": None,
    "phone": None,
    "mobile": None,
    "primary_address": None,
    "shipping_address": None,
    "tags": [],
    "image": None,
    "reference_id": "",
    "accepts_marketing": False,
    "created_at": NOW_THERE,
    "updated_at": NOW_THERE,
}
"""What a customer shows where nothing was said."""
FULL: dict[str, Any] = {
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "phone": "03 5550 9876",
    "mobile": "0491 570 156",
    "primary_address": HOME,
    "shipping_address": {**HOME, "address": "PO Box 9"},
    "tags": ["Gold Member", "Ünïcode / \N{SNOWMAN}"],
    "image": "https://images.example.com/ann.png",
    "reference_id": "A-1",
    "accepts_marketing": True,
}
CONTACTS = [("email", "a@b.co"), ("phone", "1"), ("mobile", "2")]
TOO_LITTLE = [
    *(({**first_name, "email": "a@b.co"}, "first_name is required")
      for first_name in ({}, {"first_name": None}, {"first_name": ""}, {"first_name": " \t"})),
    *(({"first_name": "Ann", **contact}, "An email, phone or mobile is required")
      for contact in ({}, {"email": None}, {"email": "", "phone": " ", "mobile": "\t"})),
]  # fmt: skip
CLEARED: dict[str, Any] = {**PLAIN, "last_name": None}

# Create


@pytest.mark.parametrize(("field", "value"), CONTACTS)
def test_a_first_name_and_one_contact_make_a_customer(
    kounta: AppClient, sandbox: Sandbox, field: str, value: str
) -> None:
    freeze(sandbox)
    reply = kounta.post(CUSTOMERS, json={"first_name": "Ann", field: value})
    assert reply.status_code == 201, reply.text
    id = reply.json()["id"]
    assert reply.json() == {"id": id, "first_name": "Ann", **PLAIN, field: value}
    assert list(reply.json()) == FIELDS
    assert get(kounta, id) == reply.json()


def test_everything_given_is_kept(kounta: AppClient) -> None:
    reply = kounta.post(CUSTOMERS, json=dict(reversed(FULL.items())))
    assert reply.status_code == 201, reply.text
    assert {name: reply.json()[name] for name in FULL} == FULL
    assert list(reply.json()) == FIELDS


@pytest.mark.parametrize(("given", "text"), TOO_LITTLE)
def test_a_customer_needs_a_first_name_and_a_contact(kounta: AppClient, given: dict[str, Any], text: str) -> None:
    assert refused(kounta.post(CUSTOMERS, json=given)) == (400, "bad_request", text)


def test_null_is_like_nothing_said(kounta: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox)
    reply = kounta.post(CUSTOMERS, json={**dict.fromkeys(FULL), "first_name": "Ann", "phone": "1"})
    assert reply.status_code == 201, reply.text
    assert reply.json() == {"id": reply.json()["id"], "first_name": "Ann", **CLEARED, "phone": "1"}


def test_ids_grow_and_are_never_used_again(kounta: AppClient, sandbox: Sandbox) -> None:
    first = create(kounta)
    second = create(kounta)
    take_out(kounta, sandbox, second)
    assert (second, create(kounta)) == (first + 1, first + 2)


def test_a_refused_request_uses_no_id(kounta: AppClient) -> None:
    first = create(kounta)
    assert kounta.post(CUSTOMERS, json={"first_name": "Ann", "mobile": "0412345678"}).status_code == 400
    assert create(kounta) == first + 1


def test_customers_may_share_an_email(kounta: AppClient) -> None:
    assert create(kounta, email="jmcdonald@kounta.kom") < create(kounta, email="jmcdonald@kounta.kom")


# Update


@pytest.mark.parametrize("field", FULL)
def test_an_update_sets_what_it_names_and_leaves_the_rest(kounta: AppClient, sandbox: Sandbox, field: str) -> None:
    freeze(sandbox)
    before = get(kounta, JAMIE)
    assert before[field] != FULL[field] or field == "accepts_marketing"
    after = {**before, field: not before[field] if field == "accepts_marketing" else FULL[field]}
    assert update(kounta, JAMIE, **{field: after[field]}) == after
    assert get(kounta, JAMIE) == after


@pytest.mark.parametrize("field", [field for field in FULL if field != "first_name"])
def test_null_clears(kounta: AppClient, sandbox: Sandbox, field: str) -> None:
    freeze(sandbox)
    id = create(kounta, **FULL)
    before = get(kounta, id)
    assert update(kounta, id, **{field: None}) == {**before, field: CLEARED[field]}


@pytest.mark.parametrize("blank", ["", " \t"])
@pytest.mark.parametrize("field", ["email", "phone", "mobile", "image"])
def test_a_blank_text_clears_too(kounta: AppClient, field: str, blank: str) -> None:
    assert update(kounta, create(kounta, **FULL), **{field: blank})[field] is None


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_first_name_cannot_be_taken_away(kounta: AppClient, blank: str | None) -> None:
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"first_name": blank})
    assert refused(reply) == (400, "bad_request", "first_name is required")


@pytest.mark.parametrize(("kept", "value"), CONTACTS)
def test_one_contact_must_stay(kounta: AppClient, kept: str, value: str) -> None:
    others = [field for field, _ in CONTACTS if field != kept]
    id = create(kounta, **{**FULL, kept: value})
    assert update(kounta, id, **dict.fromkeys(others))[kept] == value
    reply = kounta.put(f"{CUSTOMERS}/{id}", json={kept: None})
    assert refused(reply) == (400, "bad_request", "An email, phone or mobile is required")
    assert update(kounta, id, **{kept: None, others[0]: "x@y"})[others[0]] == "x@y"


def test_tags_and_addresses_are_replaced_as_a_whole(kounta: AppClient) -> None:
    id = create(kounta, **FULL)
    after = update(kounta, id, tags=["New"], shipping_address={"city": "Hobart"})
    nowhere = dict.fromkeys(HOME)
    assert (after["tags"], after["primary_address"]) == (["New"], HOME)
    assert after["shipping_address"] == {**nowhere, "city": "Hobart"}
    assert update(kounta, id, tags=[])["tags"] == []


@pytest.mark.parametrize("changes", [{}, {"phone": " 02 8765 4321 "}, {"reference_id": "ABC123"}, {"tags": ["Gold Member", "Newsletter"]}])  # fmt: skip
def test_an_update_that_alters_nothing_is_accepted(
    kounta: AppClient, sandbox: Sandbox, state: Callable[[], object], changes: dict[str, Any]
) -> None:
    freeze(sandbox)
    before, shown = state(), get(kounta, JAMIE)
    assert update(kounta, JAMIE, **changes) == shown
    assert state() == before
    altered = {change.collection for change in next(iter(sandbox.journal)).changes}
    assert altered == {"sandbox.rate_windows"}


# Both


@pytest.mark.parametrize("field", ["email", "phone", "mobile", "image"])
def test_space_around_a_text_is_dropped(kounta: AppClient, field: str) -> None:
    text = FULL[field]
    id = create(kounta, **{**FULL, field: f" \t{text}\n"})
    assert get(kounta, id)[field] == text
    assert update(kounta, id, **{field: f"  {text} "})[field] == text


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_names_are_shown_as_they_are_given(kounta: AppClient, field: str) -> None:
    id = create(kounta, **{**FULL, field: "  Mary  Ann "})
    assert get(kounta, id)[field] == "  Mary  Ann "
    assert update(kounta, id, last_name="")["last_name"] == ""
    assert update(kounta, id, last_name=None)["last_name"] is None


def test_fields_that_nothing_comes_of_are_named_in_a_finding(kounta: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox)
    ignored: dict[str, Any] = {
        "id": JAMIE,
        "nickname": "Annie",
        "created_at": "2001-01-01T00:00:00+00:00",
        "updated_at": None,
    }
    id = create(kounta, phone="1", **ignored)
    noted = [("ignored-field", "the vendor ignores id, nickname, created_at, updated_at")]
    assert findings(sandbox) == noted
    assert get(kounta, id) == {"id": id, "first_name": "Ann", **PLAIN, "email": "ann@example.com", "phone": "1"}
    assert update(kounta, id, **ignored) == get(kounta, id)
    update(kounta, id, **ignored)
    assert findings(sandbox) == noted
