"""Recorded sessions with an Open2b shop, played to a fresh fake that was prepared from the recording alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from mockserver.world import World
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.vendors.open2b_shop import ADDRESS, GOODS_TO
from tests.vendors.recorded_sessions import Recorder, Step, assert_agrees, assert_any_session_agrees, recorded

HOLMES, SMITH = 37091, 70371
SMITH_S_EMAIL, SMITH_S_PASSWORD, NO_PASSWORD = "johnsmith@acme.com", "foY5/eLc93Wu5", "nonsense"
SOME = [HOLMES, SMITH, 1001, 1002, 1003, 1004, 1030]
NOBODY = 5


@pytest.fixture
def shop(world: World) -> Iterator[Recorder]:
    with recorded(world, "open2b") as recorder:
        yield recorder


def ask(shop: Recorder, method: str, **request: Any) -> Any:
    return shop.json("POST", f"commerce.customers.{method}", request)


@pytest.mark.parametrize("redacted", [False, True])
def test_customers_whom_nobody_made_are_shown_altered_and_logged_in(shop: Recorder, *, redacted: bool) -> None:
    assert ask(shop, "get", id=HOLMES)["customer"]["code"] == "TF78123"
    assert ask(shop, "update", id=1003, customer={"group": 3, "password": {"value": "elementary"}}) == {"status": "ok"}
    assert ask(shop, "get", id=1003)["customer"]["group"] == 3
    verdict = ask(shop, "authenticate", email=SMITH_S_EMAIL, password=SMITH_S_PASSWORD, fields=[])
    assert verdict == {"status": "ok", "customer": {}}
    assert ask(shop, "authenticate", email=SMITH_S_EMAIL, password=NO_PASSWORD)["customer"] is None
    assert ask(shop, "get", id=NOBODY)["customer"] is None
    assert_agrees(shop, redacted=redacted)


def test_what_conditions_tell_of_customers_is_known_of_them(shop: Recorder) -> None:
    assert ask(shop, "find", conditions={"keywords": "acme"}, fields=["id"])["customers"] == [{"id": SMITH}]
    assert ask(shop, "find", conditions={"labels": [1, 3]}, fields=["id"])["customers"]
    assert ask(shop, "find", conditions={"group": 3, "country": "GB"}, limit=2, fields=["id", "hasPassword"])[
        "customers"
    ]
    assert_agrees(shop)


def test_a_page_far_behind_has_others_before_it(shop: Recorder) -> None:
    assert len(ask(shop, "find", order=["id"], first=40, limit=3)["customers"]) == 3
    assert_agrees(shop)


@pytest.mark.parametrize("draft", [{"code": "TF78123"}, {"password": {"value": "elementary"}}])
def test_somebody_unseen_may_stand_in_the_way(shop: Recorder, draft: dict[str, Any]) -> None:
    address = {**ADDRESS, "email": "holmes@inv-london.com"}
    assert ask(shop, "create", customer={**draft, "billingAddress": address})["error"]["type"] == "AlreadyExists"
    assert_agrees(shop)


def test_ids_go_on_from_where_the_recorded_shop_was(shop: Recorder) -> None:
    for number in (1, 2):
        id = ask(shop, "create", customer={"billingAddress": ADDRESS, "code": f"N{number}"})["id"]
        assert ask(shop, "get", id=id)["customer"]["code"] == f"N{number}"
        assert ask(shop, "delete", ids=[id]) == {"status": "ok"}
    assert_agrees(shop)


def test_a_reply_that_is_another_is_found(shop: Recorder) -> None:
    """The masks hide nothing else."""
    ask(shop, "get", id=HOLMES)
    ask(shop, "get", id=HOLMES)
    altered = shop.tape[1].reply_body.replace(b"Sherlock", b"Mycroft").replace(b'"group":3', b'"group":"3"')
    shop.tape[1] = replace(shop.tape[1], reply_body=altered)
    found = {(each.kind, each.place) for each in shop.drift().differences}
    assert found == {("value", "body.customer.billingAddress.firstName"), ("retyped", "body.customer.group")}


# Random sessions

WHO = st.integers(0, 11)
EMAILS = st.sampled_from([SMITH_S_EMAIL, "A@b.co", "a@b.co", "c@d.co", "no email", "holmes@inv-london.com"])
PASSWORDS = st.sampled_from([{"value": "elementary"}, {"value": "secret-1"}, {"value": "short"}, None])
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["", "X", "Y", "TF78123", "C000003"]),
        "canLogin": st.booleans(),
        "password": PASSWORDS,
        "group": st.sampled_from([1, 3, 254]),
        "locale": st.sampled_from(["de", "?"]),
        "wishList": st.lists(st.integers(1, 9), max_size=2),
        "creationTime": st.sampled_from(["2019-01-01 00:00:00", "2999-01-01 00:00:00", "soon"]),
        "loginTime": st.sampled_from(["2020-01-01 00:00:00", None]),
        "shippingAddress": st.sampled_from([None, GOODS_TO]),
        "collection": st.sampled_from([None, 8, 22, 999]),
        "cart": st.sampled_from([None, "RtRi8JWsxKq3ZnVb5yHdLcTMwTA1UJtg", "x" * 32]),
        "nickname": st.just("x"),
    },
)
FIELDS = st.sampled_from(
    [None, None, ["id", "code"], ["id", "fullName", "hasPassword"], ["billingAddress", "loginTime"], []]
)

WITH_IDS = FIELDS.filter(lambda fields: fields is None or "id" in fields)
"""Of a list without ids, nobody can tell whom it shows."""


def somebody(which: int, made: list[int]) -> int:
    everyone = [*SOME, NOBODY, *made]
    return everyone[which % len(everyone)]


def creating(draft: dict[str, Any], email: str) -> Step:
    def step(shop: Recorder, made: list[int]) -> None:
        reply = ask(shop, "create", customer={**draft, "billingAddress": {**ADDRESS, "email": email}})
        made += [reply["id"]] if "id" in reply else []

    return step


def updating(which: int, draft: dict[str, Any], email: str | None) -> Step:
    more = {} if email is None else {"billingAddress": {**ADDRESS, "email": email}}
    return lambda shop, made: ask(shop, "update", id=somebody(which, made), customer={**draft, **more})


def getting(which: int, fields: list[str] | None) -> Step:
    more = {} if fields is None else {"fields": fields}
    return lambda shop, made: ask(shop, "get", id=somebody(which, made), **more)


def deleting(which: int) -> Step:
    """To delete somebody succeeds whether or not she was there, so an app that looks first is the one that tells."""

    def step(shop: Recorder, made: list[int]) -> None:
        id = somebody(which, made)
        ask(shop, "get", id=id, fields=["id"])
        ask(shop, "delete", ids=[id])

    return step


def logging_in(email: str, password: str, fields: list[str] | None) -> Step:
    more = {} if fields is None else {"fields": fields}
    return lambda shop, _: ask(shop, "authenticate", email=email, password=password, **more)


def finding(conditions: dict[str, Any], limit: int | None, fields: list[str] | None) -> Step:
    more = {name: value for name, value in (("limit", limit), ("fields", fields)) if value is not None}
    return lambda shop, _: ask(shop, "find", conditions=conditions, **more)


def paging(first: int, limit: int, after: int | None) -> Step:
    conditions = {} if after is None else {"after": after}
    more = {"conditions": conditions, "order": ["id"], "limit": limit}
    return lambda shop, _: ask(shop, "find", **more, **({} if after else {"first": first}))


def waiting(seconds: int) -> Step:
    return lambda shop, _: shop.pass_by(seconds)


CONDITIONS = st.sampled_from(
    [
        {"group": 3},
        {"group": 1, "country": "GB"},
        {"email": "johnsmith@acme.com"},
        {"email": "A@B.co"},
        {"code": "X"},
        {"keywords": "acme"},
        {"ids": [HOLMES, 1003]},
        {"ids": [SMITH]},
        {"labels": [1]},
        {"canLogin": True},
    ]
)
STEPS = st.one_of(
    st.builds(creating, DRAFTS, EMAILS),
    st.builds(updating, WHO, DRAFTS, st.none() | EMAILS),
    st.builds(getting, WHO, FIELDS),
    st.builds(deleting, WHO),
    st.builds(logging_in, EMAILS, st.sampled_from([SMITH_S_PASSWORD, "elementary", "secret-1", "nix"]), FIELDS),
    st.builds(finding, CONDITIONS, st.sampled_from([None, 2, 5]), WITH_IDS),
    st.builds(paging, st.integers(0, 60), st.integers(1, 9), st.sampled_from([None, None, 1001, 1004, 37000])),
    st.builds(waiting, st.sampled_from([1, 3600, 86400])),
)


@pytest.mark.usefixtures("unwatched")
def test_any_session_agrees_with_a_fake_prepared_from_it_alone(world: World) -> None:
    assert_any_session_agrees(world, "open2b", STEPS, 7)
