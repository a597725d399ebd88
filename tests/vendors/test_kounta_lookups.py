"""How a customer is found: by email, by mobile, by name and telephone, and by what an application calls her."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    CUSTOMERS,
    JAMIE,
    OTHER,
    OTHER_BEARER,
    basic,
    bearer,
    create,
    findings,
    found,
    get,
    looked_up,
    refused,
    take_out,
    update,
)

EMAIL, MOBILE = {"email": "jmcdonald@kounta.kom"}, {"mobile": "0412345678"}
NAME = {"first_name": "Jamie", "last_name": "McDonald", "phone": "02 8765 4321"}


# What is compared


@pytest.mark.parametrize(
    "query",
    [
        *(EMAIL, MOBILE, NAME),
        {"email": "JMcDonald@KOUNTA.kom"},
        {"email": "  jmcdonald@kounta.kom\t"},
        {"mobile": " 0412345678 "},
        {name: f" {text} " for name, text in NAME.items()},
        {**EMAIL, **MOBILE},
        {**EMAIL, **NAME},
        {**MOBILE, **NAME},
        {**EMAIL, **MOBILE, **NAME},
    ],
)
def test_a_lookup_compares_texts_without_the_space_around_them(kounta: AppClient, query: dict[str, str]) -> None:
    assert looked_up(kounta, **query) == JAMIE


@pytest.mark.parametrize(
    "query",
    [
        {"email": "jmcdonald"},
        {"email": "jmcdonald@kounta.ko"},
        {"mobile": "0412 345 678"},
        {"mobile": "041234567"},
        {"mobile": "412345678"},
        {**NAME, "first_name": "jamie"},
        {**NAME, "last_name": "Mc Donald"},
        {**NAME, "phone": "0287654321"},
        {**NAME, "phone": MOBILE["mobile"]},
        {**NAME, "last_name": "Jamie", "first_name": "McDonald"},
        *({name: ""} for name in ("email", "mobile")),
        *({**NAME, name: " "} for name in NAME),
        {**EMAIL, "mobile": ""},
        {**EMAIL, "mobile": "0412345679"},
        {**MOBILE, "email": "somebody@kounta.kom"},
        {**MOBILE, **NAME, "phone": "1"},
        {**EMAIL, **NAME, "phone": "1"},
    ],
)
def test_a_lookup_finds_nobody_for_whom_any_of_it_does_not_hold(kounta: AppClient, query: dict[str, str]) -> None:
    assert looked_up(kounta, **query) is None


@pytest.mark.parametrize("phone", ["02+8765+4321", "02%208765%204321", "%2002+8765%204321+"])
def test_a_plus_in_the_query_is_a_space(kounta: AppClient, phone: str) -> None:
    reply = kounta.get(f"{CUSTOMERS}?first_name=Jamie&last_name=McDonald&phone={phone}")
    assert reply.status_code == 302, reply.text


def test_a_plus_that_is_meant_is_escaped(kounta: AppClient) -> None:
    id = create(kounta, mobile="+61 491 570 006")
    assert looked_up(kounta, mobile="+61 491 570 006") == id
    assert kounta.get(f"{CUSTOMERS}?mobile=+61+491+570+006").status_code == 404


def test_names_are_found_without_the_space_around_them(kounta: AppClient) -> None:
    id = create(kounta, " Ann ", last_name="  Lee", phone=" 1 ")
    assert looked_up(kounta, first_name="Ann", last_name="Lee", phone="1") == id


@pytest.mark.parametrize("last_name", [None, "", "  "])
def test_who_has_no_last_name_is_not_found_by_name(kounta: AppClient, last_name: str | None) -> None:
    create(kounta, last_name=last_name, phone="1")
    assert looked_up(kounta, first_name="Ann", last_name=last_name or "", phone="1") is None


def incomplete() -> Iterator[Any]:
    """Some of name and telephone but not all, alone and beside what would be enough."""
    for given in (*combinations(NAME, 1), *combinations(NAME, 2)):
        missing = ", ".join(name for name in NAME if name not in given)
        for beside in ({}, EMAIL, MOBILE):
            yield pytest.param({**{name: NAME[name] for name in given}, **beside}, missing)


@pytest.mark.parametrize(("query", "missing"), [*incomplete()])
def test_name_and_telephone_must_be_given_together(kounta: AppClient, query: dict[str, str], missing: str) -> None:
    text = f"first_name, last_name and phone must be given together; {missing} is missing"
    assert refused(kounta.get(CUSTOMERS, params=query)) == (400, "bad_request", text)


@pytest.mark.parametrize("query", [{"email": "Same@b.co"}, {"first_name": "Ann", "last_name": "Lee", "phone": "1"}])
def test_of_several_the_one_with_the_lowest_id_is_found(
    kounta: AppClient, sandbox: Sandbox, query: dict[str, str]
) -> None:
    first, second, third = (create(kounta, email="same@b.co", last_name="Lee", phone="1") for _ in range(3))
    assert looked_up(kounta, **query) == first
    update(kounta, first, email="other@b.co", last_name="Moore")
    assert looked_up(kounta, **query) == second
    take_out(kounta, sandbox, second)
    assert looked_up(kounta, **query) == third


def test_several_lookups_may_single_out_one_who_is_not_the_first(kounta: AppClient) -> None:
    create(kounta, email="same@b.co", mobile="1")
    second = create(kounta, email="same@b.co", mobile="2")
    assert looked_up(kounta, email="same@b.co", mobile="2") == second


# Where it leads


def test_a_redirect_leads_to_the_origin_that_the_client_used(sandbox: Sandbox, world: World) -> None:
    for base, name in (("http://127.0.0.1:8900", sandbox.name), (f"https://{sandbox.name}.localhost:8443", "")):
        prefix = f"{base}/@{name}" if name else base
        with AppClient(world.app, base_url=base, headers=basic(*ADDON), follow_redirects=False) as client:
            reply = client.get(f"{prefix}/v1/{CUSTOMERS}.json?mobile=0412345678")
        assert reply.status_code == 302, reply.text
        assert reply.headers["location"] == f"{prefix}/v1/{CUSTOMERS}/{JAMIE}.json"


def test_a_client_may_repeat_the_query_after_the_redirect(kounta: AppClient, sandbox: Sandbox) -> None:
    reply = kounta.get(f"{CUSTOMERS}/{JAMIE}?email=nobody@kounta.kom&mobile=1")
    assert (reply.status_code, reply.json()["id"]) == (200, JAMIE), reply.text
    assert findings(sandbox) == [("unknown-parameter", f"the vendor ignores ?{name}") for name in ("email", "mobile")]


def test_unknown_parameters_of_the_list_count_for_nothing(kounta: AppClient, sandbox: Sandbox) -> None:
    assert looked_up(kounta, mobile="0412345678", nickname="J") == JAMIE
    assert findings(sandbox) == [("unknown-parameter", "the vendor ignores ?nickname")]


# What applications call her

WAYS = {"add-on": [basic(*ADDON), bearer(ADDON_BEARER)], "other": [basic(*OTHER), bearer(OTHER_BEARER)]}
STRANGER = basic("a-stranger", "any secret")


def called(kounta: AppClient, headers: dict[str, str], value: str) -> list[int]:
    reply = kounta.get(CUSTOMERS, params={"reference_id": value}, headers=headers)
    assert reply.status_code == 200, reply.text
    return [customer["id"] for customer in reply.json()]


@pytest.mark.parametrize("headers", [*WAYS["add-on"], *WAYS["other"], STRANGER])
def test_a_reference_id_is_seen_by_its_own_application_only(kounta: AppClient, headers: dict[str, str]) -> None:
    own = next((ways for ways in WAYS.values() if headers in ways), [STRANGER])
    everyone = [*WAYS["add-on"], *WAYS["other"], STRANGER, basic("stranger-2", "any secret")]
    seen = {str(each): get(kounta, JAMIE, **each)["reference_id"] for each in everyone}
    reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"reference_id": "X/1"}, headers=headers)
    assert (reply.status_code, reply.json()["reference_id"]) == (200, "X/1"), reply.text
    for each in everyone:
        assert get(kounta, JAMIE, **each)["reference_id"] == ("X/1" if each in own else seen[str(each)])
        listed = kounta.get(CUSTOMERS, headers=each).json()[0]
        assert listed["reference_id"] == get(kounta, JAMIE, **each)["reference_id"]
        assert called(kounta, each, "X/1") == ([JAMIE] if each in own else [])


def test_customers_may_share_a_reference_id(kounta: AppClient, sandbox: Sandbox) -> None:
    last = create(kounta)
    first = create(kounta, reference_id="ABC123")
    update(kounta, last, reference_id="ABC123")
    assert found(kounta, reference_id="ABC123") == [JAMIE, last, first]
    take_out(kounta, sandbox, last)
    assert found(kounta, reference_id="ABC123") == [JAMIE, first]


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_reference_id_takes_it_away(kounta: AppClient, value: str | None) -> None:
    assert update(kounta, JAMIE, reference_id=value)["reference_id"] == ""
    assert found(kounta, reference_id="ABC123") == found(kounta, reference_id="") == []
    assert update(kounta, JAMIE, reference_id=value)["reference_id"] == ""
    assert called(kounta, WAYS["other"][0], "OTHER-77") == [JAMIE]


@pytest.mark.parametrize("value", ["abc123", "ABC12", "ABC1234", " ABC123", "", "%", "\N{SNOWMAN}"])
def test_a_reference_id_that_nobody_has_gives_an_empty_array(kounta: AppClient, value: str) -> None:
    assert found(kounta, reference_id=value) == []


@pytest.mark.parametrize("beside", [EMAIL, MOBILE, NAME, {"phone": "1"}, {"email": "", "mobile": "x"}])
def test_lookups_beside_a_reference_id_count_for_nothing(
    kounta: AppClient, sandbox: Sandbox, beside: dict[str, str]
) -> None:
    id = create(kounta, reference_id="R")
    assert found(kounta, reference_id="R", **beside) == [id]
    noted = f"the vendor ignores {', '.join(beside)} beside reference_id"
    assert findings(sandbox) == [("ignored-parameter", noted)]
    assert found(kounta, reference_id="nobody's", **beside) == []
