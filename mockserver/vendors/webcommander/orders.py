"""What follows from an order's lines, payments and parcels: its sums and its states. Sums are made in cents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from mockserver.vendors.webcommander.customers import time_text
from mockserver.vendors.webcommander.records import Customer
from mockserver.vendors.webcommander.sales import Order


def settled(customer: Customer, *, is_cancelled: bool, created: str, **parts: Any) -> Order:
    """A customer's order of these parts, with its sums and states. One with nothing to send awaits that for ever."""
    order = Order(
        customer=customer.id,
        customer_name=" ".join(filter(None, (customer.first_name, customer.last_name))),
        actual_tax=0.0,
        last_reminder_time=created,
        created=created,
        **parts,
    )
    amount, due = paid(order), total(order)
    payment_status = "paid" if amount == due else "partially_paid" if amount else "unpaid"
    shippable = sum(item.is_shippable for item in order.items)
    sent = len({id for shipment in order.shipments for id in shipment.items})
    shipping_status = "awaiting" if not sent else "completed" if sent == shippable else "partial"
    is_completed = payment_status == "paid" and shipping_status == "completed"
    taxes = sum(item.quantity * cents(item.tax) for item in order.items)
    return replace(
        order,
        actual_tax=(taxes + cents(order.shipping_tax) + cents(order.handling_tax)) / 100,
        payment_status=payment_status,
        shipping_status=shipping_status,
        order_status="cancelled" if is_cancelled else "completed" if is_completed else "pending",
    )


def cents(amount: float) -> int:
    """An amount of money in whole cents."""
    return round(amount * 100)


def total(order: Order) -> int:
    """What is to be paid for an order, in cents."""
    goods = sum(item.quantity * (cents(item.price) + cents(item.tax) - cents(item.discount)) for item in order.items)
    sending = (order.shipping_cost, order.shipping_tax, order.handling_cost, order.handling_tax)
    return goods + sum(map(cents, sending))


def paid(order: Order) -> int:
    """What has been paid for an order, in cents."""
    return sum(cents(payment.amount) for payment in order.payments if payment.status == "success")


def seconds(moment: datetime) -> int:
    """A moment in seconds since 1970; one without a zone is in UTC."""
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def order_time(second: int) -> str:
    """A second since 1970 as orders say it [page]: `2023-03-21T11:09:25`."""
    return time_text(second)[:-1]
