"""Replies without content, and the addresses in them."""

from __future__ import annotations

from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from mockserver.call import Call
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.cups import names
from tests.dispatch.toys import Make, default

LID = "/pots/v1/pots/7/lid"


def test_a_reply_without_a_body_has_none(shelf: AppClient, sandbox: Sandbox) -> None:
    reply = shelf.delete("/cups/v1/cups/1")
    assert (reply.status_code, reply.content) == (204, b"")
    assert names(sandbox) == ["small"]


def test_no_content_is_neither_of_a_type_nor_of_a_length(brew: Make) -> None:
    """The operation gives some text with it, of which nothing is left."""
    world = brew()
    with pots.client(world) as kitchen:
        reply = kitchen.delete("/pots/v1/pots/7", headers={"X-Reason": "cracked"})
    assert (reply.status_code, reply.content, dict(reply.headers)) == (204, b"", {"x-mock-evidence": "documented"})
    kept = next(iter(default(world).journal))
    assert (kept.status, kept.reply_body, list(kept.reply_headers)) == (204, b"", [(b"x-mock-evidence", b"documented")])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_redirection_says_no_more_than_where(kitchen: AppClient, method: str) -> None:
    reply = kitchen.request(method, LID)
    assert (reply.status_code, reply.content) == (302, b"")
    told = {name: value for name, value in reply.headers.items() if name != "x-mock-evidence"}
    assert told == {"content-length": "0", "location": "http://127.0.0.1/pots/v1/lids/7"}


# Addresses


@pytest.mark.parametrize(
    ("base_url", "headers", "origin"),
    [
        ("http://127.0.0.1", {}, "http://127.0.0.1"),
        ("http://127.0.0.1:8900", {}, "http://127.0.0.1:8900"),
        ("https://127.0.0.1", {}, "https://127.0.0.1"),
        ("http://127.0.0.1", {"Host": "pots.example:8443"}, "http://pots.example:8443"),
        ("https://127.0.0.1", {"Host": "pots.example"}, "https://pots.example"),
        ("http://127.0.0.1/@default", {}, "http://127.0.0.1/@default"),
        ("http://127.0.0.1/@one", {}, "http://127.0.0.1/@one"),
        ("http://127.0.0.1/@one", {"Host": "two.localhost:1"}, "http://two.localhost:1/@one"),
        ("http://127.0.0.1", {"Host": "one.localhost:8900"}, "http://one.localhost:8900"),
        ("http://127.0.0.1", {"X-Mock-Sandbox": "one"}, "http://127.0.0.1"),
    ],
)
def test_an_address_leads_where_the_client_came_from(
    brew: Make, base_url: str, headers: dict[str, str], origin: str
) -> None:
    world = brew()
    for name in ("one", "two"):
        world.sandboxes.create(name)
    with pots.client(world, base_url) as kitchen:
        reply = kitchen.get(LID, headers=headers)
    assert reply.headers["location"] == f"{origin}/pots/v1/lids/7"


@pytest.mark.parametrize(("peer", "scheme"), [("127.0.0.1", "https"), ("192.0.2.1", "http")])
def test_behind_a_proxy_that_the_server_trusts_the_scheme_is_the_proxys(brew: Make, peer: str, scheme: str) -> None:
    app: Any = ProxyHeadersMiddleware(brew().app)  # type: ignore[arg-type]
    headers = {**pots.KEY, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}
    with AppClient(app, "http://pots.example", headers=headers, peer=peer, follow_redirects=False) as kitchen:
        assert kitchen.get(LID).headers["location"] == f"{scheme}://pots.example/pots/v1/lids/7"


@pytest.mark.parametrize(
    ("target", "headers", "url"),
    [
        ("/pots?a=/@b", {}, "http://localhost/lids"),
        ("/@one/pots?a=1", {}, "http://localhost/@one/lids"),
        ("/@one", {b"host": b"h:1"}, "http://h:1/@one/lids"),
        ("/pots/@one", {b"host": b""}, "http://localhost/lids"),
    ],
)
def test_an_address_needs_no_host_of_the_clients(target: str, headers: dict[bytes, bytes], url: str) -> None:
    assert Call(None, Options(), "GET", target, headers, 0.0).url("/lids") == url
