"""What the tests of one vendor ask, as its apps do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

ADDRESS = {
    "firstName": "A",
    "lastName": "B",
    "street1": "S",
    "city": "C",
    "postalCode": "1",
    "country": "GB",
    "email": "a@b.co",
}
GOODS_TO = {"name": "N", "street1": "S", "city": "C", "postalCode": "1", "country": "GB"}
FIELDS = [
    *(
        "id",
        "code",
        "canLogin",
        "hasPassword",
        "encryptedPassword",
        "locale",
        "creationTime",
        "loginTime",
        "updateTime",
    ),
    *("group", "collection", "collections", "wishList", "cart", "invoiceRecipient", "fullName", "billingAddress"),
    "shippingAddress",
]


def ask(shop: AppClient, method: str, **request: Any) -> Any:
    reply = shop.post(f"commerce.customers.{method}", json=request)
    assert reply.status_code == 200, reply.text
    return reply.json()


def get(shop: AppClient, id: int) -> Any:
    return ask(shop, "get", id=id)["customer"]


def create(shop: AppClient, email: str = "a@b.co", **more: Any) -> int:
    """The id of a new customer."""
    reply = ask(shop, "create", customer={"billingAddress": {**ADDRESS, "email": email}, **more})
    assert reply["status"] == "ok", reply
    id: int = reply["id"]
    return id


def update(shop: AppClient, id: int, **changes: Any) -> str | None:
    """The refusal's text, if any."""
    reply = ask(shop, "update", id=id, customer=changes)
    if reply == {"status": "ok"}:
        return None
    description: str = reply["error"]["description"]
    return description


def freeze(sandbox: Sandbox, at: datetime) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(at)
