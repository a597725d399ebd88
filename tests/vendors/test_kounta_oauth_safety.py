"""Whose codes and tokens are good for what, what is refused, and what nobody gets to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Client

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, Addon, Control, in_process, strict_world
from tests.vendors.kounta_oauth import (
    FORM,
    JSON,
    TOKEN,
    by_code,
    by_refresh,
    every_grant,
    granted,
    leave,
    post,
    refused,
    use,
)

State = dict[str, Any]
SECOND = "http://localhost:3000/callback"


# Whose codes and tokens are good for what


@pytest.mark.parametrize(
    ("named", "sent"),
    [(ADDON.redirect_uri, ADDON.redirect_uri), (None, None), (None, ""), (None, ADDON.redirect_uri)],
)
def test_the_redirect_uri_is_sent_again_where_it_was_sent(either: Client, named: str | None, sent: str | None) -> None:
    granted(by_code(either, leave(either, redirect_uri=named), redirect_uri=sent))


@pytest.mark.parametrize(
    ("named", "sent"),
    [(ADDON.redirect_uri, SECOND), (ADDON.redirect_uri, None), (ADDON.redirect_uri, ""), (None, SECOND)],
)
def test_another_redirect_uri_gets_nothing_and_uses_nothing_up(
    either: Client, named: str | None, sent: str | None
) -> None:
    code = leave(either, redirect_uri=named)
    refused(by_code(either, code, redirect_uri=sent))
    granted(by_code(either, code))


@pytest.mark.parametrize("thief", [OTHER, STRANGER])
def test_what_belongs_to_one_application_is_no_good_to_another(lenient: Client, thief: Addon) -> None:
    code = leave(lenient)
    refused(by_code(lenient, code, thief, redirect_uri=ADDON.redirect_uri))
    said = granted(by_code(lenient, code))
    refused(by_refresh(lenient, said["refresh_token"], thief))


def test_one_sandbox_s_codes_and_tokens_are_no_good_in_another(strict: Client) -> None:
    code, said = leave(strict), granted(by_code(strict, leave(strict)))
    with in_process(strict_world(), strict_world().sandboxes.create()) as other:
        refused(by_code(other, code))
        refused(by_refresh(other, said["refresh_token"]))
        assert use(other, said["access_token"]).status_code == 401
    assert use(strict, said["access_token"]).status_code == 200


def test_the_same_requests_get_the_same_tokens(lenient: Client) -> None:
    made = every_grant(lenient)
    texts = TOKEN.findall(str(made))
    assert (len(texts), len(set(texts))) == (6, 6)
    with in_process(anew := build(read_fixture("default")), anew.sandboxes.create()) as other:
        assert every_grant(other) == made  # on another day
    Control(lenient).ask("POST", "reset")
    assert every_grant(lenient) == made
    assert every_grant(lenient) != made


# What the token endpoint refuses


CLIENT, GRANT, MISSING = "client-malformed", "grant-malformed", "field-missing"
REFUSED: list[tuple[str, Any, str]] = [
    ("no grant_type", {}, MISSING),
    ("empty grant_type", {"grant_type": ""}, MISSING),
    ("unknown grant_type", {"grant_type": "password"}, "grant-type-unsupported"),
    ("grant_type with a hazard", {"grant_type": "invalid or expired"}, "grant-type-unsupported"),
    ("no secret", {"grant_type": "client_credentials", "client_secret": None}, CLIENT),
    ("empty secret", {"grant_type": "client_credentials", "client_secret": ""}, CLIENT),
    ("wrong secret", {"grant_type": "client_credentials", "client_secret": "x"}, CLIENT),
    ("another's secret", {"grant_type": "client_credentials", "client_secret": OTHER.client_secret}, CLIENT),
    ("no id", {"grant_type": "client_credentials", "client_id": None}, CLIENT),
    ("empty id", {"grant_type": "client_credentials", "client_id": ""}, CLIENT),
    ("no code", {"grant_type": "authorization_code"}, MISSING),
    ("empty code", {"grant_type": "authorization_code", "code": ""}, MISSING),
    ("unknown code", {"grant_type": "authorization_code", "code": "0" * 40}, GRANT),
    ("an access token as code", {"grant_type": "authorization_code", "code": ADDON.access_token}, GRANT),
    ("no refresh_token", {"grant_type": "refresh_token"}, MISSING),
    ("empty refresh_token", {"grant_type": "refresh_token", "refresh_token": ""}, MISSING),
    ("unknown refresh_token", {"grant_type": "refresh_token", "refresh_token": "expired"}, GRANT),
    ("another's refresh_token", {"grant_type": "refresh_token", "refresh_token": OTHER.refresh_token}, GRANT),
    ("an access token to refresh", {"grant_type": "refresh_token", "refresh_token": ADDON.access_token}, GRANT),
]


@pytest.mark.parametrize("encoding", [FORM, JSON])
@pytest.mark.parametrize(("fields", "row"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_cannot_be_granted_is_refused_in_harmless_words(  # noqa: PLR0913, PLR0917
    lenient: Client, sandbox: Sandbox, state: Callable[[], State], encoding: str, fields: dict[str, Any], row: str
) -> None:
    before = state()
    sent = {name: value for name, value in {**ADDON.names, **fields}.items() if value is not None}
    refused(post(lenient, "v1/token.json", sent, encoding))
    assert next(iter(sandbox.journal)).row == row
    assert state() == before


@pytest.mark.parametrize(
    "headers",
    [
        Addon(ADDON.client_id, "wrong").basic,
        Addon(ADDON.client_id, "").basic,
        Addon("", ADDON.client_secret).basic,
        Addon(OTHER.client_id, ADDON.client_secret).basic,
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Basic"},
    ],
    ids=["wrong secret", "no secret", "no id", "another's secret", "no base64", "no text", "nothing"],
)
def test_what_a_client_says_in_a_header_counts_and_not_what_its_body_says(
    either: Client, headers: dict[str, str]
) -> None:
    fields = {"grant_type": "client_credentials", **ADDON.names}
    refused(post(either, "v1/token.json", fields, FORM, **headers))
    granted(post(either, "v1/token.json", fields, FORM, Authorization="Bearer of-old"))


@pytest.mark.parametrize("by_header", [True, False], ids=["header", "body"])
def test_a_stranger_is_refused_where_auth_is_strict(strict: Client, by_header: bool) -> None:  # noqa: FBT001  a table
    headers, names = (STRANGER.basic, {}) if by_header else ({}, STRANGER.names)
    refused(post(strict, "v1/token", {"grant_type": "client_credentials", **names}, FORM, **headers))


# What nobody gets to see


def test_no_secret_is_in_the_journal(lenient: Client) -> None:
    code = leave(lenient)
    replies = [by_code(lenient, code), by_refresh(lenient, ADDON.refresh_token)]
    for fields in ({"grant_type": "client_credentials"}, {"grant_type": "refresh_token", "refresh_token": "wrong-1"}):
        replies += [post(lenient, "v1/token", {**fields, **ADDON.names}, encoding) for encoding in (FORM, JSON)]
        replies += [post(lenient, "v1/token", fields, encoding, **ADDON.basic) for encoding in (FORM, JSON)]
    by_code(lenient, "wrong-2", Addon(ADDON.client_id, "wrong-3"))
    # By mistake: in the address, in a body that cannot be read, under an escaped name, to another path, in a header.
    lenient.post("v1/token.json", params={**ADDON.names, "code": code, "refresh_token": "wrong-4"})
    lenient.get("authorize", params={**ADDON.names, "access_token": ADDON.access_token})
    for path in ("v1/token.json", "v1/tokens", "v1/companies/me.json"):
        lenient.post(path, content='{"client_secret": "wrong-5"', headers={"Content-Type": "application/json"})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        lenient.post(path, content="client%5Fsecret=wrong-6&code=wrong-7", headers=form)
        use(lenient, "wrong-8")
    texts = {text for reply in replies for text in TOKEN.findall(reply.text)} | {code, ADDON.refresh_token}
    assert len(texts) == 9
    secrets = {*texts, ADDON.access_token, ADDON.client_secret, ADDON.basic["Authorization"].split()[1], "wrong-"}
    journal = Control(lenient).journal()
    assert [(secret, exchange) for exchange in journal for secret in secrets if secret in exchange] == []
    assert any("/callback?code=[redacted]&state=x7Qp2" in exchange for exchange in journal)
