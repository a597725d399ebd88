"""Whole orders out of what a recording tells of them: their list leaves out something of payments, and payments of orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mockserver.vendors.webcommander.records import Shop
from mockserver.vendors.webcommander.sales import AddressType, Item, Order

Told = Mapping[str, Any]

UNSEEN_ADDRESS = 2_000_000_000
"""The number of an address that nobody saw, far from those that there are."""

NO_EMAIL = "unseen@unseen.invalid"
LONG_AGO = "2000-01-01T00:00:00"


def unseen_order(_shop: Shop, key: int | str, told: Told) -> Order:
    """An order; what its list leaves out of payments is in theirs, and the other way round."""
    times: Mapping[int, Told] = told.get("_payment_times", {})
    items = told.get("items") or [_unseen_item(id) for id in told.get("_items", ())]
    payments = [
        {**payment, **times.get(payment["id"], {})} for payment in told.get("payments", told.get("_payments", ()))
    ]
    dated = ({"created": f"{LONG_AGO}", "updated": f"{LONG_AGO}", **payment} for payment in payments)
    own = {name: told[name] for name in Order.__struct_fields__ if name in told}
    created = {"created": LONG_AGO, "updated": own.get("created", LONG_AGO)}
    return msgspec.convert(
        {
            "order_no": 0,
            "customer_name": "-",
            "actual_tax": 0.0,
            **created,
            **own,
            "id": int(key),
            "billing": own.get("billing", _address_of_order("BILLING", told)),
            "shipping": own.get("shipping", _address_of_order("SHIPPING", told)),
            "items": items,
            "payments": list(dated),
            "shipments": own.get("shipments") or [_unseen_shipment(id) for id in told.get("_shipments", ())],
        },
        Order,
    )


def _address_of_order(kind: AddressType, told: Told) -> Told:
    return {"id": told.get(f"_{kind.lower()}_id", UNSEEN_ADDRESS), "type": kind, "email": NO_EMAIL}


def _unseen_item(id: int) -> Told:
    item: Told = msgspec.to_builtins(Item(id=id, product_id=0, product_name="-", price=0.0, tax=0.0, actual_price=0.0))
    return item


def _unseen_shipment(id: int) -> Told:
    return {"id": id, "created": LONG_AGO, "items": []}
