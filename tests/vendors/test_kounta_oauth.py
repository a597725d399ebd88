"""OAuth 2.0 as an add-on's developer meets it: a public client library, unaltered, against a server process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.test_process import Server, serving
from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, Addon, Control, in_process, over_a_socket
from tests.vendors.kounta_oauth import Page, every_grant

Connect = Callable[..., Any]
METHODS = ["client_secret_basic", "client_secret_post"]
SUFFIXES = ["", ".json"]


@pytest.fixture(scope="module", params=["lenient", "strict"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A process for all tests."""
    with serving("--quiet", "--auth", request.param) as server:
        yield server
        assert server.stop() == ""


@pytest.fixture
def control(server: Server) -> Iterator[Control]:
    with over_a_socket(server) as client:
        yield Control(client)


@pytest.fixture
def connect(server: Server, control: Control) -> Iterator[Connect]:  # noqa: ARG001  the server as it was at first
    """Makes the library's sessions."""
    origin, sessions = f"http://127.0.0.1:{server.port}", []

    def made(addon: Addon = ADDON, method: str = METHODS[0], suffix: str = "", **more: Any) -> Any:
        session = OAuth2Session(
            addon.client_id,
            addon.client_secret,
            redirect_uri=addon.redirect_uri,
            token_endpoint=f"{origin}/v1/token{suffix}",
            token_endpoint_auth_method=method,
            default_timeout=20,
            **more,
        )
        session.trust_env = False
        session.origin, session.suffix = origin, suffix
        sessions.append(session)
        return session

    yield made
    for session in sessions:
        session.close()


def ask_for_leave(session: Any, button: str = "allow") -> tuple[str, str]:
    """Look at the page and press a button; returns where the browser is sent, and the state that the library made."""
    address, state = session.create_authorization_url(f"{session.origin}/authorize")
    shown = session.get(address, withhold_token=True)
    assert shown.status_code == 200
    form = Page(shown.text).button(button)
    answer = session.post(address, data=form, withhold_token=True, allow_redirects=False)
    assert answer.status_code == 302
    return answer.headers["location"], state


def use(session: Any, path: str = "companies/me") -> Any:
    return session.get(f"{session.origin}/v1/{path}{session.suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("method", METHODS)
def test_the_whole_way(connect: Connect, method: str, suffix: str) -> None:
    session = connect(method=method, suffix=suffix)
    location, state = ask_for_leave(session)
    assert location.startswith(f"{ADDON.redirect_uri}?code=")
    first = dict(session.fetch_token(authorization_response=location, state=state))
    company = use(session).json()["id"]
    assert use(session, f"companies/{company}/customers/389427").json()["reference_id"] == "ABC123"
    second = dict(session.refresh_token())
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] == first["refresh_token"]
    assert use(session).json()["id"] == company


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("method", METHODS)
def test_a_token_for_the_application_itself(connect: Connect, method: str, suffix: str) -> None:
    session = connect(OTHER, method=method, suffix=suffix)
    assert "refresh_token" not in session.fetch_token(grant_type="client_credentials")
    assert use(session, "companies/5678/customers/389427").json()["reference_id"] == "OTHER-77"


def test_passing_the_page_by_a_bare_post(connect: Connect) -> None:
    session = connect()
    address, state = session.create_authorization_url(f"{session.origin}/authorize", state="the app's own")
    answer = session.post(address, withhold_token=True, allow_redirects=False)
    assert state == "the app's own"
    session.fetch_token(authorization_response=answer.headers["location"], state=state)
    assert use(session).status_code == 200


def test_a_person_who_does_not_want_to(connect: Connect) -> None:
    location, state = ask_for_leave(connect(), "deny")
    assert location.partition("?")[0] == ADDON.redirect_uri
    assert parse_qs(urlsplit(location).query) == {"error": ["access_denied"], "state": [state]}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_hour_later_the_application_refreshes_and_goes_on(connect: Connect, control: Control, suffix: str) -> None:
    session = connect(suffix=suffix)
    location, state = ask_for_leave(session)
    session.fetch_token(authorization_response=location, state=state)
    for _ in range(2):
        assert use(session).status_code == 200
        control.ask("PUT", "clock", {"action": "advance", "durationMillis": 3_600_000})
        late = use(session)
        assert (late.status_code, late.json()["error"]) == (401, "expired_token")
        session.refresh_token()
    assert use(session).status_code == 200


def test_the_library_refreshes_by_itself_what_it_knows_to_be_old(connect: Connect) -> None:
    kept: list[dict[str, Any]] = []
    session = connect(update_token=lambda token, refresh_token: kept.append({**token, "used": refresh_token}))
    location, state = ask_for_leave(session)
    first = dict(session.fetch_token(authorization_response=location, state=state))
    session.token = {**first, "expires_at": 1}
    used = use(session)
    [second] = kept
    assert second["access_token"] != first["access_token"]
    assert second["used"] == first["refresh_token"]
    assert used.request.headers["Authorization"] == f"Bearer {second['access_token']}"
    assert used.status_code == 200


def test_the_fixture_s_refresh_token_works_as_it_stands(connect: Connect) -> None:
    session = connect(token={"refresh_token": ADDON.refresh_token, "access_token": "", "expires_at": 1})
    assert use(session).status_code == 200
    assert session.token["refresh_token"] == ADDON.refresh_token


@pytest.mark.parametrize("method", METHODS)
def test_a_code_works_once(connect: Connect, method: str) -> None:
    session = connect(method=method)
    location, state = ask_for_leave(session)
    session.fetch_token(authorization_response=location, state=state)
    with pytest.raises(OAuthError) as refused:
        session.fetch_token(authorization_response=location, state=state)
    assert refused.value.error == "bad_request"
    assert use(session).status_code == 200  # what it has is still good


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_secret_is_refused(connect: Connect, method: str) -> None:
    session = connect(Addon(ADDON.client_id, "wrong"), method=method)
    with pytest.raises(OAuthError) as refused:
        session.fetch_token(grant_type="client_credentials")
    assert (refused.value.error, "belong together" in refused.value.description) == ("bad_request", True)


def test_every_process_makes_the_same_tokens(control: Control, world: World, sandbox: Sandbox) -> None:
    with in_process(world, sandbox) as here:
        assert every_grant(control.client) == every_grant(here)


@pytest.mark.parametrize("server", ["lenient"], indirect=True)
def test_a_client_that_nobody_knows_goes_the_whole_way_too(connect: Connect) -> None:
    session = connect(STRANGER)
    location, state = ask_for_leave(session)
    session.fetch_token(authorization_response=location, state=state)
    session.refresh_token()
    assert use(session, "companies/5678/customers/389427").json()["reference_id"] == ""


@pytest.mark.parametrize("server", ["strict"], indirect=True)
def test_a_client_that_nobody_knows_gets_nowhere_where_auth_is_strict(connect: Connect) -> None:
    session = connect(STRANGER)
    address, _ = session.create_authorization_url(f"{session.origin}/authorize")
    answer = session.post(address, withhold_token=True, allow_redirects=False)
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    with pytest.raises(OAuthError):
        session.fetch_token(grant_type="client_credentials")
    session.token = {"access_token": "nobody-issued-this", "token_type": "Bearer"}
    assert (use(session).status_code, use(session).json()["error"]) == (401, "invalid_token")
