"""Orders and payments as the plugin API shows them. Keys stand in the vendor's order [page]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from mockserver.state.change import Record
from mockserver.vendors.webcommander.plugin.bodies import AddressBody, address_body
from mockserver.vendors.webcommander.sales import Order

Body = TypeVar("Body", bound=msgspec.Struct)


class ItemBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A line of an order, whose id is `order`."""

    actual_discount: float
    quantity: int
    product_id: int
    product_variation_id: int | None
    actual_price: float
    shipping_class_name: str | None
    tax_discount: float
    is_taxable: bool
    discount: float
    tax: float
    store_id: int | None
    shipping_class_id: int | None
    product_name: str
    price: float
    variations: tuple[str, ...]
    id: int
    product_type: str
    is_shippable: bool
    order: int


class PaymentInOrder(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A payment where it stands in its order, whose id is `order`."""

    surcharge: float
    amount: float
    track_info: str | None
    payer_info: str | None
    gateway_code: str
    paying_date: str
    gateway_name: str | None
    gateway_response: str | None
    id: int
    refund_id: str | None
    order: int
    status: str


class ShipmentBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A parcel with the ids of the lines in it [inferred]."""

    id: int
    order: int
    status: str
    track_info: str | None
    created: str
    items: tuple[int, ...]


class OrderBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An order with all that belongs to it."""

    order_comment: tuple[str, ...]
    payments: list[PaymentInOrder]
    last_reminder_time: str | None
    total_surcharge: float
    order_status: str
    order_channel: str | None
    billing: AddressBody
    shipping_status: str
    shipping_tax: float
    shipping: AddressBody
    discount_on_order: float
    additional_info: str | None
    customer_id: int
    handling_cost: float
    discount_on_shipping_tax: float
    id: int
    payment_status: str
    handling_tax: float
    order_no: int
    shipping_cost: float
    discount_on_order_total_tax: float
    created: str
    ip_address: str
    delivery_type: str
    version: None
    shipments: list[ShipmentBody]
    customer_name: str
    reminder_count: int
    created_by: str | None
    actual_tax: float
    discount_on_shipping: float
    updated: str
    items: list[ItemBody]


class OrderOfPayment(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An order where it stands in its payments: what belongs to it are ids."""

    order_comment: tuple[str, ...]
    payments: list[int]
    last_reminder_time: str | None
    total_surcharge: float
    order_status: str
    order_channel: str | None
    billing: int
    shipping_status: str
    shipping_tax: float
    shipping: int
    discount_on_order: float
    additional_info: str | None
    customer_id: int
    handling_cost: float
    discount_on_shipping_tax: float
    id: int
    payment_status: str
    handling_tax: float
    order_no: int
    shipping_cost: float
    discount_on_order_total_tax: float
    ip_address: str
    delivery_type: str
    shipments: list[int]
    customer_name: str
    reminder_count: int
    created_by: str | None
    actual_tax: float
    discount_on_shipping: float
    items: list[int]


class PaymentBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A payment with its order."""

    surcharge: float
    amount: float
    track_info: str | None
    paying_date: str
    gateway_name: str | None
    created: str
    version: None
    payer_info: str | None
    gateway_code: str
    gateway_response: str | None
    id: int
    updated: str
    refund_id: str | None
    order: OrderOfPayment
    status: str


def order_body(order: Order) -> OrderBody:
    """An order as it is listed."""
    return _shown(
        OrderBody,
        order,
        order_comment=order.comments,
        customer_id=order.customer,
        billing=address_body(order.billing),
        shipping=address_body(order.shipping),
        version=None,
        payments=[_shown(PaymentInOrder, payment, order=order.id) for payment in order.payments],
        shipments=[_shown(ShipmentBody, shipment, order=order.id) for shipment in order.shipments],
        items=[_shown(ItemBody, item, order=order.id) for item in order.items],
    )


def payment_bodies(order: Order) -> list[PaymentBody]:
    """All payments of an order."""
    shown = _shown(
        OrderOfPayment,
        order,
        order_comment=order.comments,
        customer_id=order.customer,
        billing=order.billing.id,
        shipping=order.shipping.id,
        payments=[payment.id for payment in order.payments],
        shipments=[shipment.id for shipment in order.shipments],
        items=[item.id for item in order.items],
    )
    return [_shown(PaymentBody, payment, version=None, order=shown) for payment in order.payments]


def _shown(shape: type[Body], record: Record, **others: Any) -> Body:
    """A body of this shape: the others, and for the rest what the record has under the same names."""
    return shape(*_values(shape, record, others))


def _values(shape: type[Body], record: Record, others: dict[str, Any]) -> Iterator[Any]:
    for name in shape.__struct_fields__:
        yield others[name] if name in others else getattr(record, name)
