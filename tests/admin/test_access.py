"""Who may ask the admin API: hosts, origins and the token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.appclient import AppClient

OURS = [
    "127.0.0.1",
    "127.8.9.10:8000",
    "localhost",
    "LOCALHOST:80",
    "default.localhost:8000",
    "[::1]:8000",
]
FOREIGN = [
    "shop.example",
    "127.0.0.1.shop.example",
    "localhost.shop.example",
    "10.0.0.1",
    "[fe80::1]",
    "[",
    "",
    "testserver",
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[AppClient]:
    """A server that has a token."""
    options = Options(admin_token="open sésame")  # noqa: S106
    world = build(read_fixture("default"), options=options)
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as client:
        yield client


@pytest.fixture(scope="module")
def unguarded() -> Iterator[AppClient]:
    """A server on loopback, which has none."""
    with AppClient(build(read_fixture("default")).app, base_url="http://127.0.0.1/__admin") as client:
        yield client


TOKEN: dict[str, Any] = {"authorization": "Bearer open sésame".encode()}


@pytest.mark.parametrize("host", OURS)
def test_the_api_answers_under_loopback_names(unguarded: AppClient, host: str) -> None:
    assert unguarded.get("/clock", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/clock", "/health", "/nowhere"])
def test_a_foreign_host_is_refused(unguarded: AppClient, path: str, host: str) -> None:
    reply = unguarded.get(path, headers={"host": host})
    assert (reply.status_code, reply.json()["row"]) == (403, "host-foreign")
    assert "localhost" in reply.json()["known"]


@pytest.mark.parametrize("host", OURS)
def test_a_page_of_our_own_may_ask(unguarded: AppClient, host: str) -> None:
    assert unguarded.get("/clock", headers={"origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize("origin", ["null", "", *(f"https://{host}" for host in FOREIGN)])
def test_a_foreign_page_is_refused(unguarded: AppClient, origin: str) -> None:
    reply = unguarded.get("/clock", headers={"origin": origin})
    assert (reply.status_code, reply.json()["row"]) == (403, "origin-foreign")


@pytest.mark.parametrize("headers", [{"host": "shop.example"}, {"origin": "https://shop.example"}])
def test_whoever_has_the_token_may_ask_from_anywhere(guarded: AppClient, headers: dict[str, Any]) -> None:
    assert guarded.get("/clock", headers={**TOKEN, **headers}).status_code == 200
    assert guarded.get("/clock", headers=headers).json()["row"] == "token-missing"


@pytest.mark.parametrize(
    ("authorization", "row"),
    [
        (None, "token-missing"),
        ("", "token-missing"),
        ("open sesame", "token-missing"),
        ("Basic b3BlbjpzZXNhbWU=", "token-missing"),
        ("Bearer", "token-wrong"),
        ("Bearer open", "token-wrong"),
        ("Bearer open sésame!".encode(), "token-wrong"),
        (b"Bearer \xff\xfe", "token-wrong"),
    ],
)
@pytest.mark.parametrize("path", ["/clock", "/nowhere"])
def test_without_the_token_nothing_is_answered(guarded: AppClient, path: str, authorization: Any, row: str) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    reply = guarded.get(path, headers=headers)
    assert (reply.status_code, reply.json()["row"]) == (401, row)
    assert reply.headers["www-authenticate"] == "Bearer"


def test_the_scheme_may_be_in_any_case(guarded: AppClient) -> None:
    assert guarded.get("/clock", headers={b"authorization": "bearer open sésame".encode()}).status_code == 200


def test_health_needs_no_token(guarded: AppClient) -> None:
    assert guarded.get("/health").json()["status"] == "healthy"
    assert guarded.head("/health").status_code == 200


def test_a_server_without_a_token_asks_for_none(admin: AppClient) -> None:
    assert admin.get("/clock").status_code == 200
