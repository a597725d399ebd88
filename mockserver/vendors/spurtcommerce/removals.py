"""Customers deleted, one or many. Who is deleted stays; she is only left out of lists and counts [recorded]."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.spurtcommerce import conversions, validation, wire
from mockserver.vendors.spurtcommerce.columns import to_key
from mockserver.vendors.spurtcommerce.envelope import answer
from mockserver.vendors.spurtcommerce.javascript import to_text
from mockserver.vendors.spurtcommerce.records import Customer, Market
from mockserver.vendors.spurtcommerce.times import time_text

_UNKNOWN, _SELLS = "customers-unknown", "customer-has-vendor"
_LITERAL = re.compile(r"\[\s*(\d+(\s*,\s*\d+)*)\s*\]", re.ASCII)


def delete_customer(market: Market, call: Call) -> Reply:
    """Delete a customer; one who is deleted may be deleted again."""
    customer = market.customers.get(conversions.read_id(call))
    if customer is None:
        raise Refused("customer-not-found")
    if _sells(market, customer.id):
        raise Refused("customer-has-vendor")
    _delete(market, call, customer)
    return answer("Customer Deleted Successfully")


def delete_customers(market: Market, call: Call) -> Reply:
    """Delete many customers. The first id that cannot be deleted is told, yet all others are gone [recorded]."""
    ids = _ids(call, validation.check(call)["customerId"])
    refused = [row for id in ids if (row := _delete_one(market, call, id))]
    if not refused:
        return answer("Successfully deleted customer.")
    if len(refused) == len(ids):
        raise Refused("customers-unknown") if refused[0] == _UNKNOWN else Refused("customer-has-vendor")
    rows = call.operation.errors if call.operation else {}
    reply = wire.refuse(rows[refused[0]], {})
    reply.row = refused[0]
    return reply


def _ids(call: Call, ids: Any) -> list[str]:
    """The ids of a list, or of a text with commas. The page writes `[1]` into a form, which the program refuses."""
    text = to_text(ids)
    literal = _LITERAL.fullmatch(text) if isinstance(ids, str) and call.options.fidelity == "documented" else None
    if literal is None:
        return text.split(",")
    call.find("list-as-text", f"the program refuses the text {text}: it takes customerId=1,2 or customerId[]=1")
    return literal[1].split(",")


def _delete_one(market: Market, call: Call, id: str) -> str | None:
    """The row that says why a customer cannot be deleted; None where she is."""
    key = to_key(id)
    if _sells(market, key):
        return _SELLS
    customer = market.customers.get(key)
    if customer is None:
        return _UNKNOWN
    _delete(market, call, customer)
    return None


def _delete(market: Market, call: Call, customer: Customer) -> None:
    market.customers.put(replace(customer, delete_flag=1, modified=time_text(call.at)))


def _sells(market: Market, customer: int) -> bool:
    """Whether a customer is a seller who has products."""
    seller = next(iter(market.sellers.find("customer", customer)), None)
    return seller is not None and bool(market.seller_products.find("seller", seller.id))
