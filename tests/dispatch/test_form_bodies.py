"""Forms as bodies, alone and beside JSON."""

from __future__ import annotations

from typing import Any

import pytest

from tests.appclient import AppClient
from tests.dispatch.pots import FORM
from tests.dispatch.toys import JSON

POTS, DOOR = "/pots/v1/pots", "/pots/door/sign-in"
BOTH = "application/json, application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"sort=mint", {"sort": "mint"}),
        (b"sort=mint&cups=3&hot=true", {"sort": "mint", "cups": 3, "hot": True}),
        (b"hot=false&cups=12&sort=12", {"sort": "12", "cups": 12, "hot": False}),
        (b"sort=a+b", {"sort": "a b"}),
        (b"sort=a%20b%2Bc", {"sort": "a b+c"}),
        (b"s%6Frt=%6d%69%6E%74", {"sort": "mint"}),
        (b"sort=a%26b%3Dc=d", {"sort": "a&b=c=d"}),
        (b"sort=caf%C3%A9", {"sort": "café"}),
        ("sort=café".encode(), {"sort": "café"}),
        (b"sort=", {"sort": ""}),
        (b"sort", {"sort": ""}),
        (b"&sort=mint&&", {"sort": "mint"}),
    ],
)
def test_the_fields_of_a_form_have_the_types_of_the_contract(
    kitchen: AppClient, body: bytes, read: dict[str, Any]
) -> None:
    assert kitchen.post(POTS, content=body, headers=FORM).json()["body"] == read


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"sort=mint&sort=mint", "the field 'sort' stands twice in the form"),
        (b"sort=mint&cups=1&s%6Frt=rose", "the field 'sort' stands twice in the form"),
        (b"sort=\xff", "not UTF-8: invalid start byte"),
        (b"sort=%FF", "not UTF-8: invalid start byte"),
        (b"caf%E9=1&sort=mint", "not UTF-8: unexpected end of data"),
        (b"sort=%ED%A0%80", "not UTF-8: invalid continuation byte"),
    ],
)
def test_a_form_that_does_not_mean_one_thing_is_unreadable(kitchen: AppClient, body: bytes, reason: str) -> None:
    reply = kitchen.post(POTS, content=body, headers=FORM)
    assert (reply.status_code, reply.json()) == (400, {"row": "body-unreadable", "text": f"unreadable: {reason}"})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "body sort: required"),
        (b"cups=3", "body sort: required"),
        (b"sort=chamomile", "body sort: maxLength"),
        (b"sort=mint&cups=0", "body cups: minimum"),
        (b"sort=mint&cups=three", "body cups: type"),
        (b"sort=mint&cups=", "body cups: type"),
        (b"sort=mint&cups=+3", "body cups: type"),
        (b"sort=mint&hot=yes", "body hot: type"),
        (b"sort=mint&hot=True", "body hot: type"),
        (b"sort=mint&shape=round", "body shape: additionalProperties"),
        (b"hot=yes&cups=three&sort=chamomile", "body sort: maxLength"),
    ],
)
def test_a_wrong_form_is_the_vendors_to_refuse(kitchen: AppClient, body: bytes, text: str) -> None:
    reply = kitchen.post(POTS, content=body, headers=FORM)
    assert (reply.status_code, reply.json()) == (400, {"row": "field-wrong", "text": text})


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"sort": "mint", "cups": 3}'),
        ("application/x-www-form-urlencoded", b"sort=mint&cups=3"),
        ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", b"sort=mint&cups=3"),
    ],
)
def test_one_operation_may_read_json_and_forms(kitchen: AppClient, content_type: str, body: bytes) -> None:
    reply = kitchen.post(POTS, content=body, headers={"Content-Type": content_type})
    assert reply.json()["body"] == {"sort": "mint", "cups": 3}


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (JSON, b"sort=mint", "unreadable: not JSON"),
        (FORM, b'{"sort":"mint"}', "body sort: required"),
        ({"Content-Type": "text/plain"}, b"sort=mint", f"text/plain is none of {BOTH}"),
        ({"Content-Type": "multipart/form-data; boundary=a"}, b"sort=mint", f"multipart/form-data is none of {BOTH}"),
        ({}, b"sort=mint", f"nothing is none of {BOTH}"),
        ({}, b"", "unreadable: the body is empty"),
    ],
)
def test_a_body_is_read_as_what_it_says_that_it_is(
    kitchen: AppClient, headers: dict[str, str], body: bytes, text: str
) -> None:
    assert kitchen.post(POTS, content=body, headers=headers).json()["text"].startswith(text)


def test_an_operation_may_read_forms_only(kitchen: AppClient) -> None:
    reply = kitchen.post(DOOR, content=b'{"code": "a"}', headers=JSON)
    assert (reply.status_code, reply.json()["text"]) == (415, f"application/json is none of {FORM['Content-Type']}")
    assert kitchen.post(DOOR, content=b"code=a", headers=FORM).headers["location"].endswith("?code=a&page=1")


def test_a_form_that_is_not_required_may_be_absent(kitchen: AppClient) -> None:
    assert kitchen.post(DOOR).headers["location"].endswith("?code=&page=1")
