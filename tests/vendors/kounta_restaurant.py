"""What the tests of Kounta ask, as its applications and a tester do."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from httpx2 import Response

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

COMPANY = "companies/5678"
CUSTOMERS = f"{COMPANY}/customers"
WEBHOOKS = f"{COMPANY}/webhooks"
JAMIE = 389427

ADDON = ("bW9ja3NlcnZlci1rb3VudGEtYWRkb24taWQ", "bW9ja3NlcnZlci1rb3VudGEtYWRkb24tc2VjcmV0")
OTHER = ("bW9ja3NlcnZlci1rb3VudGEtb3RoZXItaWQ", "bW9ja3NlcnZlci1rb3VudGEtb3RoZXItc2VjcmV0")
"""The client ids and secrets of the fixture's applications."""
ADDON_BEARER = "6d6f636b7365727665722d6b6f756e74612d6174"
OTHER_BEARER = "6d6f636b7365727665722d6b6f756e74612d6132"
"""Their access tokens, which never expire."""

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NOW_THERE = "2026-03-04T15:06:07+10:00"
"""The same instant as the company writes it."""

FIELDS = [
    *("id", "first_name", "last_name", "email", "phone", "mobile", "primary_address", "shipping_address"),
    *("tags", "image", "reference_id", "accepts_marketing", "created_at", "updated_at"),
]
HOME = {"address": "4 Sample Road", "city": "Geelong", "state": "VIC", "postal_code": "3220", "country": "AU"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    """An application by its own credentials."""
    pair = f"{client_id}:{secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def bearer(text: str) -> dict[str, str]:
    """An application by an access token."""
    return {"Authorization": f"Bearer {text}"}


def get(kounta: AppClient, id: int, **headers: str) -> Any:
    reply = kounta.get(f"{CUSTOMERS}/{id}", headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


def create(kounta: AppClient, /, first_name: str = "Ann", email: str | None = "ann@example.com", **more: Any) -> int:
    """The id of a new customer."""
    reply = kounta.post(CUSTOMERS, json={"first_name": first_name, "email": email, **more})
    assert reply.status_code == 201, reply.text
    id: int = reply.json()["id"]
    return id


def update(kounta: AppClient, id: int, /, **changes: Any) -> Any:
    """The customer as altered."""
    reply = kounta.put(f"{CUSTOMERS}/{id}", json=changes)
    assert reply.status_code == 200, reply.text
    return reply.json()


def found(kounta: AppClient, **query: str) -> list[int]:
    """The ids on the first page of a list."""
    reply = kounta.get(CUSTOMERS, params=query)
    assert reply.status_code == 200, reply.text
    return [customer["id"] for customer in reply.json()]


def looked_up(kounta: AppClient, **query: str) -> int | None:
    """The id of the customer to whom a lookup leads."""
    reply = kounta.get(CUSTOMERS, params=query)
    assert reply.status_code in (302, 404), reply.text
    return int(reply.headers["location"].rpartition("/")[2]) if reply.status_code == 302 else None


def refused(reply: Response) -> tuple[int, str, str]:
    """Status, word and text of an error."""
    error = reply.json()
    assert list(error) == ["error", "error_description"], reply.text
    return reply.status_code, error["error"], error["error_description"]


def findings(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What the newest exchange's app should know, but for the counting of calls."""
    newest = next(iter(sandbox.journal))
    return [(finding.id, finding.message) for finding in newest.findings if finding.id != "rate-limit"]


def admin(sandbox: Sandbox, path: str) -> str:
    """An address of the control plane, where a tester acts."""
    return f"http://127.0.0.1/@{sandbox.name}/__admin/{path}"


def take_out(kounta: AppClient, sandbox: Sandbox, id: int) -> None:
    """Delete a customer, as only a tester can."""
    reply = kounta.delete(admin(sandbox, f"state/kounta/customers/{id}"))
    assert reply.status_code == 200, reply.text


def freeze(sandbox: Sandbox, at: datetime = NOW) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(at)
