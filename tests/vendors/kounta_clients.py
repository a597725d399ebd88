"""Who has to do with the fake of Kounta: add-ons, by a socket or without one, and testers."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from httpx2 import Client, Response

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.test_process import MOST_SECONDS, Server
from tests.vendors import kounta_restaurant
from tests.vendors.kounta_restaurant import JAMIE, NOW
from tests.webhooks.receiver import DEADLINE


@dataclass(frozen=True)
class Addon:
    """An application, as its developer knows it."""

    client_id: str
    client_secret: str
    signature_token: str = ""
    redirect_uri: str = ""
    access_token: str = ""
    refresh_token: str = ""

    @property
    def names(self) -> dict[str, str]:
        """Who it says it is in a body."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    @property
    def basic(self) -> dict[str, str]:
        """Who it says it is in a header."""
        return kounta_restaurant.basic(self.client_id, self.client_secret)

    def signature(self, body: bytes) -> str:
        return hmac.new(self.signature_token.encode(), body, hashlib.sha256).hexdigest()


ADDON = Addon(
    *kounta_restaurant.ADDON,
    signature_token="bW9ja3NlcnZlci1rb3VudGEtc2lnbmF0dXJl",  # noqa: S106  the fixture's
    redirect_uri="http://127.0.0.1:8901/callback",
    access_token=kounta_restaurant.ADDON_BEARER,
    refresh_token="6d6f636b7365727665722d6b6f756e74612d7274",  # noqa: S106  the fixture's
)
OTHER = Addon(
    *kounta_restaurant.OTHER,
    signature_token="bW9ja3NlcnZlci1rb3VudGEtb3RoZXItc2lnbmF0dXJl",  # noqa: S106  the fixture's
    redirect_uri="http://127.0.0.1:8902/callback",
    access_token=kounta_restaurant.OTHER_BEARER,
    refresh_token="6d6f636b7365727665722d6b6f756e74612d7232",  # noqa: S106  the fixture's
)
STRANGER = Addon("nobody-knows-this-client", "nor-this-secret", ADDON.signature_token, "https://stranger.example/back")
"""Taken in where auth is lenient; what it is told the first application's signature vouches for."""

SUBSCRIBED: dict[str, Any] = {
    "topic": "customers/updated",
    "address": "http://127.0.0.1:8901/kounta",
    "headers": {"X-App": "till"},
    "filter": {"attributes": ["email"]},
}
"""A webhook."""


# Ways in


@cache
def strict_world() -> World:
    """Where only those are known whom the fixture names."""
    return build(read_fixture("documented"), options=Options(auth="strict"))


@contextmanager
def in_process(world: World, sandbox: Sandbox) -> Iterator[Client]:
    """A sandbox, asked without a socket. Nothing that is asked may bring out a bug."""
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/", follow_redirects=False) as client:
        yield client
    assert [finding for exchange in sandbox.journal for finding in exchange.findings if finding.id == "bug"] == []


@contextmanager
def over_a_socket(server: Server) -> Iterator[Client]:
    """A server's default sandbox, as it was at first. Nothing that is asked may bring out a bug."""
    with Client(base_url=f"http://127.0.0.1:{server.port}/", timeout=MOST_SECONDS, trust_env=False) as client:
        assert client.post("__admin/reset").status_code == 200
        yield client
        exchanges = client.get("__admin/requests?limit=1000").json()["requests"]
        findings = [finding for exchange in exchanges for finding in exchange["findings"]]
        assert [finding for finding in findings if finding["id"] == "bug"] == []


class Till:
    """The company at Kounta, asked by one application."""

    def __init__(self, client: Client, addon: Addon = ADDON) -> None:
        self.client = client
        self.addon = addon

    def of(self, addon: Addon) -> Till:
        """The same company, asked by another application."""
        return Till(self.client, addon)

    def ask(self, method: str, path: str, body: Any = None) -> Response:
        return self.client.request(method, f"v1/companies/5678/{path}.json", json=body, headers=self.addon.basic)

    def done(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.ask(method, path, body)
        assert reply.status_code < 300, reply.text
        return reply.json()

    def get(self, id: int = JAMIE) -> Any:
        return self.done("GET", f"customers/{id}")

    def create(self, **customer: Any) -> Any:
        return self.done("POST", "customers", {"first_name": "Robin", "email": "robin@example.com", **customer})

    def change(self, **fields: Any) -> Any:
        return self.done("PUT", f"customers/{JAMIE}", fields)

    def subscribe(self, topic: str, address: str, **more: Any) -> int:
        """The webhook's id."""
        id: int = self.done("POST", "webhooks", {"topic": topic, "address": address, **more})["id"]
        return id


class Control:
    """The control plane."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.request(method, f"__admin/{path}", json=body)
        assert reply.status_code < 300, reply.text
        return reply.json()

    def freeze(self) -> None:
        """At kounta_restaurant.NOW."""
        self.ask("PUT", "clock", {"action": "freeze", "instant": NOW.isoformat()})

    def advance(self, seconds: float) -> None:
        self.ask("PUT", "clock", {"action": "advance", "durationMillis": round(seconds * 1000)})

    def misbehave(self, id: int, **rule: Any) -> None:
        self.ask("PUT", f"webhooks/subscriptions/kounta/{id}/misbehaviour", rule)

    def deliveries(self) -> list[Any]:
        """Oldest first."""
        listed: list[Any] = self.ask("GET", "webhooks?limit=1000")["deliveries"]
        return listed[::-1]

    def settled(self, done: Callable[[list[Any]], bool]) -> list[Any]:
        """The deliveries, as soon as they are so."""
        until = time.monotonic() + DEADLINE
        while not done(listed := self.deliveries()):
            assert time.monotonic() < until, listed
        return listed

    def journal(self) -> list[str]:
        """Every exchange with all that the journal has of it, as text; newest first."""
        exchanges = self.ask("GET", "requests?limit=1000")["requests"]
        return [self.client.get(f"__admin/requests/{exchange['id']}").text for exchange in exchanges]
