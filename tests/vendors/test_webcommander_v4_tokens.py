"""Tokens of the second generation: how clients get them, send them, and get others."""

from __future__ import annotations

import base64
import re
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Auth, Client, Request, Response

from mockserver.sandbox import Sandbox
from tests.vendors.kounta_clients import Control
from tests.vendors.webcommander_v4 import APP, JOHN, OTHER, STRANGER, App, refused

TOKEN = "api/v4/oauth2/token"  # noqa: S105  a path
CUSTOMER = f"api/v4/admin/customers/{JOHN}"
HOUR = 3600
TEXT = re.compile("[0-9a-f]{32}")


def issue(client: Client, asked: dict[str, Any]) -> Response:
    return client.post(TOKEN, json=asked)


def issued(client: Client, asked: dict[str, Any]) -> tuple[str, str]:
    """A new access token and the refresh token beside it."""
    reply = issue(client, asked)
    assert reply.status_code == 201, reply.text
    assert list(reply.json()) == ["access_token", "refresh_token", "expires_in"]
    access, refresh, seconds = reply.json().values()
    assert (TEXT.fullmatch(access) is not None, TEXT.fullmatch(refresh) is not None, seconds) == (True, True, HOUR)
    return access, refresh


def use(client: Client, **headers: str) -> Response:
    return client.get(CUSTOMER, headers=headers)


def bearer(client: Client, access: str) -> Response:
    return use(client, Authorization=f"Bearer {access}")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Tokens(Auth):
    """OAuth 2.0 as a program has it: a first token before the first call, another one when one is refused."""

    requires_response_body = True

    def __init__(self, app: App) -> None:
        self.app = app
        self.access = self.refresh = ""
        self.asked: list[str] = []

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        if not self.access:
            yield from self.fetch(request, self.app.first)
        request.headers["Authorization"] = f"Bearer {self.access}"
        reply = yield request
        if reply.status_code == 401:
            yield from self.fetch(request, self.app.later(self.refresh))
            request.headers["Authorization"] = f"Bearer {self.access}"
            yield request

    def fetch(self, request: Request, asked: dict[str, str]) -> Generator[Request, Response, None]:
        self.asked.append(asked["grant_type"])
        reply = yield Request("POST", request.url.copy_with(path=request.url.path.replace(CUSTOMER, TOKEN)), json=asked)
        assert reply.status_code == 201, reply.text
        self.access, self.refresh = reply.json()["access_token"], reply.json()["refresh_token"]


@pytest.mark.parametrize("app", [APP, OTHER], ids=["first", "other"])
def test_a_program_goes_on_for_hours(either: Client, app: App) -> None:
    tokens = Tokens(app)
    for _ in range(3):
        for _ in range(2):
            assert either.get(CUSTOMER, auth=tokens).json()["customer"]["id"] == JOHN
        Control(either).advance(HOUR)
    assert tokens.asked == ["client_credentials", "refresh_token", "refresh_token"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer {}"},
        {"Authorization": "bearer   {} "},
        {"Authorization": "{}"},
        {"access_token": "{}"},
        {"Access_Token": " {} "},
        {"Authorization": "{}", "access_token": "two words"},
        {"Authorization": "", "access_token": "{}"},
        {"Authorization": "Bearer", "access_token": "{}"},
    ],
)
def test_a_token_is_sent_in_three_ways(either: Client, headers: dict[str, str]) -> None:
    for token in (APP.access_token, OTHER.access_token, issued(either, APP.first)[0]):
        reply = use(either, **{name: value.format(token) for name, value in headers.items()})
        assert reply.status_code == 200, reply.text
    Control(either).advance(HOUR)
    late = use(either, **{name: value.format(token) for name, value in headers.items()})
    assert refused(late) == (401, "expired_token", None)


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"access_token": ""}])
def test_without_a_token_nothing_is_told(either: Client, headers: dict[str, str]) -> None:
    assert refused(use(either, **headers)) == (401, "missing_token", None)


@pytest.mark.parametrize("token", ["two words", "Basic dXNlcg==", "comma,", "brace{}", '"quoted"'])
def test_what_can_be_no_token_is_refused(either: Client, token: str) -> None:
    assert refused(use(either, Authorization=token)) == (401, "unknown_token", None)
    assert refused(use(either, access_token=token)) == (401, "unknown_token", None)


@pytest.mark.parametrize("token", ["0" * 32, "any-Token.of~their+own/==", "x"])
def test_a_token_from_elsewhere_is_let_in_where_auth_is_lenient(lenient: Client, strict: Client, token: str) -> None:
    assert bearer(lenient, token).status_code == 200
    assert use(lenient, access_token=token).status_code == 200
    assert refused(bearer(strict, token)) == (401, "unknown_token", None)


def test_a_token_is_good_for_an_hour_and_no_second_longer(either: Client) -> None:
    access, refresh = issued(either, APP.first)
    Control(either).advance(HOUR - 1)
    assert bearer(either, access).status_code == 200
    Control(either).advance(1)
    assert refused(bearer(either, access)) == (401, "expired_token", None)
    assert bearer(either, issued(either, APP.later(refresh))[0]).status_code == 200
    assert refused(bearer(either, access)) == (401, "expired_token", None)
    assert bearer(either, APP.access_token).status_code == 200  # the fixture's has no end


def test_a_refresh_token_stays_good_and_each_access_token_is_new(either: Client) -> None:
    access, refresh = issued(either, APP.first)
    tokens = {access}
    for again in range(1, 4):
        access, same = issued(either, APP.later(refresh))
        tokens.add(access)
        assert (same, len(tokens)) == (refresh, again + 1)
    assert all(bearer(either, token).status_code == 200 for token in tokens)
    assert issued(either, APP.first)[1] != refresh
    assert issued(either, APP.later(APP.refresh_token))[1] == APP.refresh_token


@pytest.mark.parametrize("token", ["0" * 32, OTHER.refresh_token, APP.access_token])
def test_a_foreign_refresh_token_is_refused(either: Client, token: str) -> None:
    assert refused(issue(either, APP.later(token))) == (401, "unknown_refresh_token", None)
    _, refresh = issued(either, OTHER.first)
    assert refused(issue(either, APP.later(refresh))) == (401, "unknown_refresh_token", None)
    assert issued(either, OTHER.later(refresh))[1] == refresh


@pytest.mark.parametrize(
    "app",
    [
        replace(APP, client_secret=OTHER.client_secret),
        replace(APP, client_secret=f"{APP.client_secret}="),
        replace(APP, client_secret="secret-ü"),  # noqa: S106  made up
        replace(APP, administrator=OTHER.administrator),
        replace(APP, administrator="admin@shop.example.com:mockserver-admin "),
        replace(APP, administrator="Admin@shop.example.com:mockserver-admin"),
        replace(APP, administrator=":"),
    ],
)
def test_a_known_client_says_the_truth(either: Client, app: App) -> None:
    assert refused(issue(either, app.first)) == (401, "unknown_client", None)


@pytest.mark.parametrize("app", [APP, STRANGER], ids=["known", "stranger"])
@pytest.mark.parametrize(
    "wrong",
    [
        *({name: value} for name in ("client_id", "client_secret", "auth_string") for value in ("", None)),
        *(
            {"auth_string": text}
            for text in ("***", "YQ", encoded("no colon"), base64.b64encode(b"\xff:\xff").decode())
        ),
    ],
)
def test_id_secret_and_administrator_are_needed(either: Client, app: App, wrong: dict[str, str | None]) -> None:
    assert refused(issue(either, app.first | wrong)) == (401, "unknown_client", None)
    left = {name: value for name, value in app.first.items() if name not in wrong}
    assert refused(issue(either, left)) == (401, "unknown_client", None)


def test_refreshing_needs_the_secret_and_no_administrator(either: Client) -> None:
    asked = APP.later(APP.refresh_token)
    assert "auth_string" not in asked
    for wrong in ({"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": None}):
        assert refused(issue(either, asked | wrong)) == (401, "unknown_client", None)
    for token in ("", None):
        assert refused(issue(either, asked | {"refresh_token": token})) == (400, "required", "refresh_token")


def test_a_stranger_is_taken_in_where_auth_is_lenient(lenient: Client, strict: Client) -> None:
    access, refresh = issued(lenient, STRANGER.first)
    assert bearer(lenient, access).status_code == 200
    assert issued(lenient, STRANGER.later(refresh))[1] == refresh
    assert refused(issue(lenient, APP.later(refresh))) == (401, "unknown_refresh_token", None)
    Control(lenient).advance(HOUR)
    assert refused(bearer(lenient, access)) == (401, "expired_token", None)
    for asked in (STRANGER.first, STRANGER.later(APP.refresh_token)):
        assert refused(issue(strict, asked)) == (401, "unknown_client", None)


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        (None, "invalid_type"),
        ("", "required"),
        ("password", "unsupported_grant_type"),
        ("Client_Credentials", "unsupported_grant_type"),
    ],
)
def test_there_are_two_grants(either: Client, grant: str | None, reason: str) -> None:
    assert refused(issue(either, APP.first | {"grant_type": grant})) == (400, reason, "grant_type")
    assert refused(issue(either, {"client_id": APP.client_id})) == (400, "required", "grant_type")


def test_other_keys_and_a_token_beside_them_count_for_nothing(lenient: Client, sandbox: Sandbox) -> None:
    more = {"web_commander_url": "http://127.0.0.1:8900", "scope": None}
    reply = lenient.post(TOKEN, json=APP.first | more, headers={"access_token": "two words"})
    assert reply.status_code == 201, reply.text
    assert next(iter(sandbox.journal)).findings == ()
    assert lenient.post(TOKEN, json=APP.first | more | {"audience": "shop"}).status_code == 201
    [found] = next(iter(sandbox.journal)).findings
    assert (found.id, found.message) == ("ignored-field", "the vendor ignores audience")


def test_every_sandbox_issues_the_same_tokens(lenient: Client, strict: Client) -> None:
    assert [issued(lenient, APP.first) for _ in range(2)] == [issued(strict, APP.first) for _ in range(2)]


def test_no_secret_is_in_the_journal(either: Client) -> None:
    access, refresh = issued(either, APP.first)
    issued(either, APP.later(refresh))
    assert bearer(either, access).status_code == use(either, access_token=access).status_code == 200
    told = "".join(Control(either).journal())
    assert "client_credentials" in told
    assert not [secret for secret in (access, refresh, APP.client_secret, APP.auth_string) if secret in told]
