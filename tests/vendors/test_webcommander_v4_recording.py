"""Recorded sessions with WebCommander's REST v4, played to a fresh fake that was prepared from the recording alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from mockserver.vendors.webcommander.records import Shop
from mockserver.world import World
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.vendors.recorded_sessions import Recorder, Step, assert_agrees, assert_any_session_agrees, recorded
from tests.vendors.webcommander_both import AVA, JOHN, JOHN_S_EMAIL, JOHN_S_PASSWORD, MIA, NOAH
from tests.vendors.webcommander_drafts import ADDED, BESIDE, TOO_MUCH, V4_CUSTOMER

SOME = [JOHN, MIA, NOAH, AVA, 5001, 5003, 5007, 5023, 5050]
NOBODY = 9


@pytest.fixture
def admin(world: World) -> Iterator[Recorder]:
    with recorded(world, "webcommander-v4") as recorder:
        yield recorder


def test_customers_whom_nobody_made_are_altered_and_shown(admin: Recorder) -> None:
    sent = {"customer": {"first_name": "Mia", "parent": JOHN, "country": "AU"}, "store_credit": 5}
    assert admin.ask("PUT", f"admin/customers/{MIA}", sent).status_code == 200
    assert admin.json("GET", f"admin/customers/{MIA}")["customer"]["parent"]["id"] == JOHN
    assert admin.json("GET", f"admin/customers/{JOHN}")["customer"]["email"] == JOHN_S_EMAIL
    assert admin.ask("DELETE", f"admin/customers/{JOHN}").status_code == 204
    assert admin.ask("DELETE", f"admin/customers/{JOHN}").status_code == 404
    assert admin.ask("GET", f"admin/customers/{NOBODY}").status_code == 404
    assert_agrees(admin)


@pytest.mark.parametrize("redacted", [False, True])
def test_passwords_and_tokens_work_in_the_fake_too(admin: Recorder, *, redacted: bool) -> None:
    changing(0, JOHN_S_EMAIL, JOHN_S_PASSWORD)(admin, [])
    with_tokens(admin, [])
    assert [each.status for each in admin.tape] == [200, 201, 201, 200]
    assert_agrees(admin, redacted=redacted)


@pytest.mark.parametrize("redacted", [False, True])
def test_a_password_is_wrong_in_the_fake_too(admin: Recorder, *, redacted: bool) -> None:
    """A 401 that is about a password does not make a stranger of who called."""
    changing(0, JOHN_S_EMAIL, JOHN_S_PASSWORD)(admin, [])
    changing(0, JOHN_S_EMAIL, JOHN_S_PASSWORD)(admin, [])
    changing(2, JOHN_S_EMAIL, JOHN_S_PASSWORD)(admin, [])
    assert [each.status for each in admin.tape] == [200, 401, 400]
    assert_agrees(admin, redacted=redacted)


def test_new_addresses_have_the_recorded_numbers(admin: Recorder) -> None:
    adding(1, [{"type": "BILLING", "city": "Kyneton"}, {"type": "PRIMARY"}, {"type": "PRIMARY", "city": "Woodend"}])(
        admin, []
    )
    creating({"shipping_profile": 1})(admin, [])
    asking("GET", 1)(admin, [])
    assert [each.status for each in admin.tape] == [201, 201, 200]
    assert_agrees(admin)


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": 5, "offset": 40}, {"limit": 3, "direction": "desc"}, {"status": "inactive", "limit": 2}),
        {"status": "inactive", "limit": 2, "direction": "desc"},
    ],
)
def test_a_page_among_others_that_nobody_asked_for(admin: Recorder, query: dict[str, Any]) -> None:
    assert admin.json("GET", "admin/customers", query=query)["pagination"]["has_next"]
    assert_agrees(admin)


# Random sessions

WHO = st.integers(0, 14)


def somebody(which: int, made: list[int]) -> int:
    everyone = [*SOME, NOBODY, *made]
    return everyone[which % len(everyone)]


def with_parent(draft: dict[str, Any], made: list[int]) -> dict[str, Any]:
    """A parent is one of the customers."""
    return {**draft, "parent": somebody(draft["parent"], made)} if isinstance(draft.get("parent"), int) else draft


def creating(draft: dict[str, Any]) -> Step:
    def step(admin: Recorder, made: list[int]) -> None:
        sent = {"first_name": "Ann", **with_parent(draft, made)}
        reply = admin.json("POST", "admin/customers", {"customer": sent})
        made += [reply["customer"]["id"]] if "customer" in reply else []

    return step


def updating(which: int, draft: dict[str, Any] | None, beside: dict[str, Any], more: dict[str, Any]) -> Step:
    def step(admin: Recorder, made: list[int]) -> None:
        customer = {} if draft is None else {"customer": with_parent(draft, made)}
        admin.ask("PUT", f"admin/customers/{somebody(which, made)}", {**customer, **beside, **more})

    return step


def asking(method: str, which: int) -> Step:
    return lambda admin, made: admin.ask(method, f"admin/customers/{somebody(which, made)}")


def adding(which: int, drafts: list[dict[str, Any]]) -> Step:
    return lambda admin, made: admin.ask(
        "POST", f"admin/customers/{somebody(which, made)}/addresses", {"customer": {"addresses": drafts}}
    )


def changing(which: int, email: str, old: str) -> Step:
    sent = {"customer": {"email": email, "old_password": old, "password": "open-sesame"}}
    return lambda admin, made: admin.ask("POST", f"admin/customers/{somebody(which, made)}/change-password", sent)


def resetting(which: int) -> Step:
    return lambda admin, made: admin.ask(
        "POST", f"admin/customers/{somebody(which, made)}/reset-password", {"password": "open-sesame"}
    )


def listing(query: dict[str, Any]) -> Step:
    return lambda admin, _: admin.ask("GET", "admin/customers", query=query)


def with_tokens(admin: Recorder, _: list[int]) -> None:
    """A token for a password, another one for the refresh token, and a customer asked for with that."""
    shop = admin.sandbox.subjects["webcommander"]
    assert isinstance(shop, Shop)
    client = shop.first_client
    assert client
    known = {"client_id": client.client_id, "client_secret": client.client_secret}
    password = base64.b64encode(b"admin@shop.example.com:mockserver-admin").decode()
    sent = {"grant_type": "client_credentials", "auth_string": password, **known}
    tokens = admin.json("POST", "oauth2/token", sent)
    if "refresh_token" in tokens:
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **known}
        token = admin.json("POST", "oauth2/token", again)["access_token"]
        admin.ask("GET", f"admin/customers/{JOHN}", headers={"Authorization": f"Bearer {token}"})


LISTS = st.sampled_from(
    [
        *({}, {"limit": 3, "offset": 3}, {"limit": 5, "offset": 40}, {"max": 50}, {"limit": 20, "offset": 60}),
        *(
            {"limit": 3, "direction": "desc"},
            {"email": JOHN_S_EMAIL},
            {"status": "inactive", "limit": 2},
            {"order_by": "city"},
        ),
    ]
)
CHANGES = st.builds(
    changing,
    WHO,
    st.sampled_from([JOHN_S_EMAIL, "a@x.example"]),
    st.sampled_from([JOHN_S_PASSWORD, "p1", "open-sesame"]),
)
STEPS = st.one_of(
    st.builds(creating, V4_CUSTOMER),
    st.builds(creating, V4_CUSTOMER),
    st.builds(updating, WHO, st.none() | V4_CUSTOMER, BESIDE, TOO_MUCH),
    st.builds(updating, WHO, V4_CUSTOMER, BESIDE, TOO_MUCH),
    st.builds(asking, st.sampled_from(["GET", "GET", "DELETE"]), WHO),
    st.builds(adding, WHO, st.lists(ADDED, min_size=1, max_size=2)),
    CHANGES,
    st.builds(changing, st.just(0), st.just(JOHN_S_EMAIL.upper()), st.sampled_from([JOHN_S_PASSWORD, "open-sesame"])),
    st.builds(resetting, WHO),
    st.builds(listing, LISTS),
    st.just(with_tokens),
)


@pytest.mark.usefixtures("unwatched")
def test_any_session_agrees_with_a_fake_prepared_from_it_alone(world: World) -> None:
    assert_any_session_agrees(world, "webcommander-v4", STEPS, 7)
