"""What the tests of WebCommander's second generation ask, as its clients and a tester do."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from httpx2 import Client, Response

from mockserver.sandbox import Sandbox
from mockserver.vendors.webcommander.records import Customer

CUSTOMERS = "admin/customers"
TOKEN = "oauth2/token"  # noqa: S105  a path
JOHN, MIA, DIMITRIUS, NOAH, AVA = 310, 123, 296, 229956, 667785555
JOHNS_EMAIL = "john.islam@example.com"
CREATED_AT = "2026-03-04T05:06:07Z"
"""The frozen instant, as the vendor writes it."""
NEXT, NEXT_ADDRESS = 2299563457, 10193
"""The ids of the next new customer and of the first of her addresses."""

KEYS = """
    id display_id status first_name last_name email sex parent company company_name timezone abn abn_branch
    shipping_profile transaction_number referral_code used_referral_code count_referral_code_used allow_credit_limit
    store_credit credit_limit how_do_you_know customer_password_expired hide_price default_tax_code source base_url
    background_image profile_picture created_at version addresses active_billing_address active_shipping_address
    is_in_trash
""".split()  # noqa: SIM905  as it is read
ADDRESS_KEYS = """
    id type first_name last_name email company_name address_line_1 address_line_2 country state city post_code mobile
    phone fax
""".split()  # noqa: SIM905  as it is read
"""The keys of the page's replies, in its order."""

AUSTRALIA = {"id": 12, "name": "Australia", "code": "AU"}
VICTORIA = {"id": 72, "name": "Victoria", "code": "VIC"}
BANGLADESH = {"id": 236, "name": "Bangladesh", "code": "BD"}


@dataclass(frozen=True)
class App:
    """A client of the API, as its developer knows it; the administrator is `username:password`."""

    client_id: str
    client_secret: str
    administrator: str
    access_token: str = ""
    refresh_token: str = ""

    @property
    def auth_string(self) -> str:
        return base64.b64encode(self.administrator.encode()).decode()

    @property
    def first(self) -> dict[str, str]:
        """What it asks for its first token with."""
        names = {"client_id": self.client_id, "client_secret": self.client_secret, "auth_string": self.auth_string}
        return {"grant_type": "client_credentials", "redirect_uri": "http://127.0.0.1:8901/callback", **names}

    def later(self, refresh_token: str) -> dict[str, str]:
        """What it asks for its next token with."""
        names = {"client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": refresh_token}
        return {"grant_type": "refresh_token", "redirect_uri": "http://127.0.0.1:8901/callback", **names}


APP = App(
    "mockserver-v4-client",
    "bW9ja3NlcnZlci13ZWJjb21tYW5kZXItdjQ",
    "admin@shop.example.com:mockserver-admin",
    "6d6f636b7365727665722d77632d6174",
    "6d6f636b7365727665722d77632d7274",
)
OTHER = App(
    "mockserver-v4-other-client",
    "bW9ja3NlcnZlci13ZWJjb21tYW5kZXItdjQtb3RoZXI",
    "other.admin@shop.example.com:mockserver-other-admin",
    "6d6f636b7365727665722d77632d6132",
    "6d6f636b7365727665722d77632d7232",
)
STRANGER = App("nobody-knows-this-client", "nor-this-secret", "nor:her")
"""Taken in where auth is lenient."""


def customer(reply: Response, status: int = 200) -> dict[str, Any]:
    """The customer that a reply is about."""
    assert reply.status_code == status, reply.text
    assert list(reply.json()) == ["customer"]
    shown: dict[str, Any] = reply.json()["customer"]
    assert list(shown) == KEYS
    assert all(list(address) == ADDRESS_KEYS for address in shown["addresses"])
    return shown


def create(v4: Client, /, **fields: Any) -> dict[str, Any]:
    return customer(v4.post(CUSTOMERS, json={"customer": {"first_name": "Robin", **fields}}), 201)


def get(v4: Client, id: int) -> dict[str, Any]:
    return customer(v4.get(f"{CUSTOMERS}/{id}"))


def put(v4: Client, id: int, /, customer: dict[str, Any] | None = None, **beside: Any) -> Response:
    return v4.put(f"{CUSTOMERS}/{id}", json={"customer": customer, **beside})


def update(v4: Client, id: int, /, **fields: Any) -> dict[str, Any]:
    """The customer as altered."""
    return customer(put(v4, id, fields))


def trash(v4: Client, id: int) -> None:
    reply = v4.delete(f"{CUSTOMERS}/{id}")
    assert reply.status_code == 204, reply.text


def add(v4: Client, id: int, /, *addresses: dict[str, Any]) -> Response:
    return v4.post(f"{CUSTOMERS}/{id}/addresses", json={"customer": {"addresses": addresses}})


def change(v4: Client, id: int, email: str, old: str, new: str) -> Response:
    """Another password for the old one."""
    named = {"email": email, "old_password": old, "password": new}
    return v4.post(f"{CUSTOMERS}/{id}/change-password", json={"customer": named})


def refused(reply: Response) -> tuple[int, str, str | None]:
    """Status, reason and field of an error in the vendor's envelope; no field where none is to blame."""
    error = reply.json()
    assert list(error) == ["status", "code", "message", "error", *(["errors"] if "errors" in error else [])]
    assert (error["status"], error["code"]) == ("error", reply.status_code), reply.text
    if "errors" not in error:
        return reply.status_code, error["error"], None
    [about] = error["errors"]
    field: str = about["field"]
    assert about == {"field": field, "code": error["error"], "message": error["message"]}
    return reply.status_code, error["error"], field


def findings(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What the newest exchange's app should know."""
    return [(finding.id, finding.message) for finding in next(iter(sandbox.journal)).findings]


def kept(sandbox: Sandbox, id: int) -> Customer:
    """The record of a customer."""
    record: Customer = sandbox.subjects["webcommander"].customers.get(id)
    return record


def advance(sandbox: Sandbox, seconds: float) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.advance(timedelta(seconds=seconds))
