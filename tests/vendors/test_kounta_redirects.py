"""Where the answer to an application goes that has asked for leave, and where it never goes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Client, Response

from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, Addon
from tests.vendors.kounta_oauth import Page, question


def answer(reply: Response) -> tuple[str, dict[str, list[str]]]:
    """Where the answer goes, and what it says."""
    assert (reply.status_code, reply.content) == (302, b"")
    uri, _, query = reply.headers["location"].partition("?")
    return uri, parse_qs(query, keep_blank_values=True, strict_parsing=True)


# Where answers may go


@pytest.mark.parametrize("uri", [ADDON.redirect_uri, "http://localhost:3000/callback"])
def test_an_answer_goes_to_any_address_that_the_application_has_named(either: Client, uri: str) -> None:
    assert answer(either.post("authorize", params=question(redirect_uri=uri)))[0] == uri


@pytest.mark.parametrize("uri", [None, ""])
def test_without_an_address_the_first_one_counts(either: Client, uri: str | None) -> None:
    assert answer(either.post("authorize", params=question(redirect_uri=uri)))[0] == ADDON.redirect_uri


ELSEWHERE = [
    "http://evil.example/callback",
    "http://127.0.0.1:8901/callback/",
    "http://127.0.0.1:8901/Callback",
    "http://127.0.0.1:8901/callback?a=1",
    "http://127.0.0.1:8901/callback#a",
    "http://127.0.0.1:8901/callback/../evil",
    "http://127.0.0.1:8901/callback@evil.example",
    "http://127.0.0.1:8901@evil.example/callback",
    "http://127.0.0.1:8901.evil.example/callback",
    "http://127.0.0.1:8902/callback",
    "https://127.0.0.1:8901/callback",
    "HTTP://127.0.0.1:8901/callback",
    " http://127.0.0.1:8901/callback",
    "http://127.0.0.1:8901/callback\r\nX: y",
    "//evil.example/callback",
    "/callback",
    "javascript:alert(1)",
    "http://127.0.0.1:8901/" + "x" * 3000,
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("uri", ELSEWHERE, ids=lambda uri: uri[:50])
def test_nothing_goes_to_an_address_that_a_known_application_has_not_named(
    either: Client, uri: str, method: str
) -> None:
    never_sent(either.request(method, "authorize", params=question(redirect_uri=uri)), "redirect_uri")


@pytest.mark.parametrize(
    "uri", ["http://a.example", "https://b.example:8443/x?y=z", "HTTP://localhost:1/", "http://[::1]:9/"]
)
def test_a_stranger_may_be_answered_anywhere_on_the_web(lenient: Client, uri: str) -> None:
    where, said = (
        urlsplit(uri),
        urlsplit(lenient.post("authorize", params=question(STRANGER, redirect_uri=uri)).headers["location"]),
    )
    assert (said.netloc, said.path, said.query.startswith(where.query)) == (where.netloc, where.path, True)
    assert parse_qs(said.query)["state"] == ["x7Qp2"]


NOWHERE = [
    None,
    "",
    "/back",
    "//x.example/",
    "ftp://x.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:///x",
]
NOWHERE += [
    "http://",
    "http://x.example:0/",
    "http://x.example:99999/",
    "http://[x/",
    "http://a b/",
    "http://x/\r\nX: y",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("uri", NOWHERE)
def test_a_stranger_is_answered_nowhere_else(lenient: Client, uri: str | None, method: str) -> None:
    never_sent(lenient.request(method, "authorize", params=question(STRANGER, redirect_uri=uri)), "redirect_uri")


@pytest.mark.parametrize(
    ("addon", "query", "words"),
    [
        (STRANGER, {}, "application is not known"),
        (STRANGER, {"redirect_uri": ADDON.redirect_uri}, "application is not known"),
        (ADDON, {"client_id": None}, "application is not known"),
        (ADDON, {"client_id": ""}, "application is not known"),
        (ADDON, {"client_id": ADDON.client_id.upper()}, "application is not known"),
        (OTHER, {"redirect_uri": ADDON.redirect_uri}, "redirect_uri is none"),
        (ADDON, {"response_type": None}, "response_type must be code"),
        (ADDON, {"response_type": ""}, "response_type must be code"),
        (ADDON, {"response_type": "token"}, "response_type must be code"),
        (ADDON, {"response_type": "code token"}, "response_type must be code"),
        (STRANGER, {"response_type": "token"}, "application is not known"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_wrong_is_said_on_a_page(
    strict: Client, addon: Addon, query: dict[str, str | None], words: str, method: str
) -> None:
    never_sent(strict.request(method, "authorize", params=question(addon, **query)), words)


def never_sent(reply: Response, words: str) -> None:
    assert (reply.status_code, reply.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "location" not in reply.headers
    page = Page(reply.text)
    assert words in page.text
    assert (page.find("form"), page.find("button"), page.find("a"), page.find("meta")[2:]) == ([], [], [], [])
