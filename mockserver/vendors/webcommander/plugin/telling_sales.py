"""What each recorded exchange of a plugin tells of what was bought, and the words of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mockserver.recordings import Seen, Trace
from mockserver.vendors.webcommander.plugin.orders import ItemBody, OrderBody, PaymentInOrder, ShipmentBody

ADDRESS = {
    "lastName": "last_name",
    "country": "country",
    "city": "city",
    "companyName": "company_name",
    "mobile": "mobile",
    "firstName": "first_name",
    "phone": "phone",
    "addressLine1": "line1",
    "addressLine2": "line2",
    "postCode": "post_code",
    "id": "id",
    "state": "state",
    "fax": "fax",
    "email": "email",
}
"""The names of an address's fields, by those that are shown."""


def tell_orders(seen: Seen) -> Iterator[Trace]:
    """Orders, with all that belongs to them save the times of payments."""
    yield from _buyer(seen, seen.reply["orders"])
    for order in seen.reply["orders"]:
        fields = _named_as(OrderBody, order) | {"customer": order["customerId"], "comments": order["orderComment"]}
        fields |= {kind: address_fields(order[kind], kind.upper()) for kind in ("billing", "shipping")}
        fields["items"] = [_named_as(ItemBody, item) for item in order["items"]]
        fields["payments"] = [_named_as(PaymentInOrder, payment) for payment in order["payments"]]
        fields["shipments"] = [_named_as(ShipmentBody, shipment) for shipment in order["shipments"]]
        yield Trace(collection="orders", key=order["id"], kind="shown", fields=fields)


def tell_payments(seen: Seen) -> Iterator[Trace]:
    """A payment shows its order, whose parts are numbers there."""
    lists = [payments for payments in seen.reply["payments"] if payments]
    yield from _buyer(seen, [payments[0]["order"] for payments in lists])
    for payments in lists:
        order = payments[0]["order"]
        known = {name: value for name, value in _named_as(OrderBody, order).items() if not isinstance(value, list)}
        known |= {"customer": order["customerId"], "comments": order["orderComment"], "_items": order["items"]}
        known |= {"_shipments": order["shipments"]}
        known |= {"_billing_id": known.pop("billing"), "_shipping_id": known.pop("shipping")}
        known["_payment_times"] = {
            one["id"]: {"created": one["created"], "updated": one["updated"]} for one in payments
        }
        known["_payments"] = [_named_as(PaymentInOrder, payment) for payment in payments]
        yield Trace(collection="orders", key=order["id"], kind="shown", fields=known)


def _buyer(seen: Seen, orders: list[Mapping[str, Any]]) -> Iterator[Trace]:
    """Whose orders these are: she is named by her number, or by an e-mail where they say her number."""
    id, email = number_in(seen.query), seen.query.get("email")
    if id is not None:
        yield Trace(collection="customers", key=id, kind="named")
    elif orders:
        yield Trace(collection="customers", key=orders[0]["customerId"], kind="named", fields={"_email": email or None})


def number_in(words: Mapping[str, Any] | None) -> int | None:
    """The number that names a customer; None where her e-mail does."""
    given = (words or {}).get("customerId")
    return None if given is None else int(given)


def address_fields(shown: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A shown address of this kind, by the names of the record's fields."""
    return {"type": kind, **{ADDRESS[name]: value for name, value in shown.items() if name in ADDRESS}}


def _named_as(shape: type[msgspec.Struct], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown in this shape, by the names of its fields."""
    names = {field.encode_name: field.name for field in msgspec.structs.fields(shape)}
    return {names[name]: value for name, value in shown.items() if name in names}
