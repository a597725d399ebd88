"""Where tokens come from, what they are good for, and for how long."""

from __future__ import annotations

import pytest
from httpx2 import Client

from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, Addon, Control
from tests.vendors.kounta_oauth import FORM, JSON, by_code, by_refresh, granted, leave, post, refused, token, use

BY_BODY, BY_BASIC = "body", "basic"


# How a token is asked for


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token", "client_credentials"])
@pytest.mark.parametrize("identity", [BY_BODY, BY_BASIC])
@pytest.mark.parametrize("encoding", [FORM, JSON])
@pytest.mark.parametrize("path", ["v1/token", "v1/token.json"])
def test_a_token_can_be_asked_for_in_any_way_that_clients_have(
    either: Client, path: str, encoding: str, identity: str, grant: str
) -> None:
    fields = {"grant_type": grant, "scope": "ignored"}
    if grant == "authorization_code":
        fields |= {"code": leave(either), "redirect_uri": ADDON.redirect_uri}
    if grant == "refresh_token":
        fields |= {"refresh_token": ADDON.refresh_token}
    headers = ADDON.basic if identity == BY_BASIC else {}
    fields |= ADDON.names if identity == BY_BODY else {}
    said = granted(post(either, path, fields, encoding, **headers))
    assert ("refresh_token" in said) == (grant != "client_credentials")
    assert use(either, said["access_token"]).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html"}])
def test_without_json_in_the_path_the_client_must_accept_it(lenient: Client, headers: dict[str, str]) -> None:
    del lenient.headers["accept"]
    reply = lenient.post("v1/token", data={"grant_type": "client_credentials", **ADDON.names}, headers=headers)
    assert reply.status_code == 406
    assert granted(
        lenient.post("v1/token.json", data={"grant_type": "client_credentials", **ADDON.names}, headers=headers)
    )


def test_a_stranger_gets_tokens_too(lenient: Client) -> None:
    said = granted(by_code(lenient, leave(lenient, STRANGER), STRANGER))
    again = granted(by_refresh(lenient, said["refresh_token"], STRANGER))
    for access_token in (said["access_token"], again["access_token"]):
        headers = {"Authorization": f"Bearer {access_token}"}
        customer = lenient.get("v1/companies/5678/customers/389427.json", headers=headers).json()
        assert customer["reference_id"] == ""  # an application of its own, not the fixture's first


@pytest.mark.parametrize("addon", [ADDON, OTHER])
def test_a_token_speaks_for_the_application_that_asked_for_it(either: Client, addon: Addon) -> None:
    said = granted(by_code(either, leave(either, addon), addon))
    headers = {"Authorization": f"Bearer {said['access_token']}"}
    customer = either.get("v1/companies/5678/customers/389427.json", headers=headers).json()
    assert customer["reference_id"] == {ADDON: "ABC123", OTHER: "OTHER-77"}[addon]


# For how long


def test_an_access_token_lives_an_hour_on_the_sandbox_s_clock(either: Client) -> None:
    access_token = granted(token(either, grant_type="client_credentials"))["access_token"]
    Control(either).advance(3599.999)
    assert use(either, access_token).status_code == 200
    Control(either).advance(0.001)
    reply = use(either, access_token)
    assert (reply.status_code, reply.json()) == (
        401,
        {"error": "expired_token", "error_description": "The access token provided has expired"},
    )


def test_a_new_token_does_not_end_the_old_one(either: Client) -> None:
    first = granted(by_refresh(either, ADDON.refresh_token))["access_token"]
    Control(either).advance(1800)
    second = granted(by_refresh(either, ADDON.refresh_token))["access_token"]
    assert [use(either, text).status_code for text in (first, second)] == [200, 200]
    Control(either).advance(1800)
    assert [use(either, text).status_code for text in (first, second)] == [401, 200]


def test_the_fixture_s_token_does_not_expire(either: Client) -> None:
    Control(either).advance(10 * 365 * 86400)
    assert use(either, ADDON.access_token).status_code == 200


def test_a_token_that_nobody_issued_is_good_where_auth_is_lenient_only(lenient: Client, strict: Client) -> None:
    assert use(lenient, "0" * 40).status_code == 200
    reply = use(strict, "0" * 40)
    assert (reply.status_code, reply.json()) == (
        401,
        {"error": "invalid_token", "error_description": "The access token provided is invalid"},
    )


def test_a_refresh_token_is_good_again_and_again(either: Client) -> None:
    refresh_token = granted(by_code(either, leave(either)))["refresh_token"]
    issued = set()
    for _ in range(3):
        said = granted(by_refresh(either, refresh_token))
        assert said["refresh_token"] == refresh_token
        assert use(either, said["access_token"]).status_code == 200
        issued.add(said["access_token"])
        Control(either).advance(30 * 86400)
    assert len(issued) == 3


def test_a_code_is_good_once(either: Client) -> None:
    code = leave(either)
    said = granted(by_code(either, code))
    refused(by_code(either, code))
    assert use(either, said["access_token"]).status_code == 200


def test_a_code_is_good_for_five_minutes(either: Client) -> None:
    first, second = leave(either), leave(either)
    Control(either).advance(299.999)
    granted(by_code(either, first))
    Control(either).advance(0.001)
    refused(by_code(either, second))
