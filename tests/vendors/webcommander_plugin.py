"""What the tests of WebCommander's plugin API ask, as plugins and a tester do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from httpx2 import Response

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

JOHN, DIMITRIUS, MIA, NOAH, AVA, OWEN = 310, 296, 123, 229956, 667785555, 2299563456
"""Customers of the fixture. The page's lost e-mails mean the first; the fourth's store credit ends at 500."""

HEADERS = {"uuid": "F8A3-A88E-C6EF-B1CB", "accessToken": "11b4ec017714ef095b8e115545467fcb"}
OTHER = {"uuid": "0000-1111-2222-3333", "accessToken": "6d6f636b7365727665722d77632d7032"}
STRANGER = {"uuid": "ABCD-1234-ABCD-1234", "accessToken": "0123456789abcdef0123456789abcdef"}
"""The fixture's plugins, and one that nobody knows."""
TOKEN = "0e35317d7dfcabad2a4b9e06d8df168c"  # noqa: S105  the page's
"""John's, which never expires."""
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

OWNED = {"billing": "activeBillingAddress", "shipping": "activeShippingAddress"}
"""The addresses that have operations of their own."""


def done(plugin: AppClient, method: str, path: str, **sent: Any) -> Any:
    """What a request that succeeds is answered."""
    reply = plugin.request(method, path, **sent)
    assert reply.status_code == 200, reply.text
    return reply.json()


def get(plugin: AppClient, id: int | str) -> Any:
    return done(plugin, "GET", "customer", params={"customerId": id})["customers"]


def create(plugin: AppClient, **fields: Any) -> Any:
    """A new customer."""
    new = {"firstName": "Robin", "email": "robin@example.com", **fields}
    return done(plugin, "POST", "customer-create", json=new)["customers"]


def update(plugin: AppClient, id: int, **fields: Any) -> Any:
    """A customer as altered."""
    return done(plugin, "POST", "customer-update", json={"customerId": id, **fields})["customers"]


def move(plugin: AppClient, kind: str, **fields: Any) -> Any:
    """What an alteration of a billing or shipping address is answered."""
    return done(plugin, "POST", f"update-customer-{kind}-address", json=fields)["address"]


def credit(plugin: AppClient, id: int, add: object, amount: float) -> Any:
    """What an adjustment of store credit is answered."""
    body = {"customerId": id, "add": add, "deltaAmount": amount}
    return done(plugin, "POST", "update-customer-store-credit", json=body)


def delete(plugin: AppClient, id: int) -> None:
    assert done(plugin, "DELETE", "customer-delete", json={"customerId": id}) == {"status": "success"}


def login(plugin: AppClient, password: str, **fields: Any) -> Response:
    """A try to log in through the fixture's first plugin."""
    return plugin.post("customer-login", json={"clientId": "mockserver-plugin", "password": password, **fields})


def listed(plugin: AppClient, **query: Any) -> list[int]:
    """The ids of a list."""
    return [customer["id"] for customer in done(plugin, "GET", "customers", params=query)["customers"]]


def refused(reply: Response) -> tuple[int, str]:
    """Status and text of an error."""
    error = reply.json()
    assert list(error) == ["status", "message"], reply.text
    assert error["status"] == "error"
    return reply.status_code, error["message"]


def findings(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What the newest exchange's plugin should know."""
    return [(finding.id, finding.message) for finding in next(iter(sandbox.journal)).findings]


def freeze(sandbox: Sandbox, at: datetime = NOW) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(at)
