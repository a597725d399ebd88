"""What was bought: orders with their lines, payments and parcels; and the addresses that they and customers have.

Amounts of money are in the shop's currency, with two decimals. Texts of time are in UTC.
"""

from __future__ import annotations

from typing import Literal

from mockserver.state.change import Record

AddressType = Literal["PRIMARY", "SHIPPING", "BILLING"]


class Address(Record, frozen=True, kw_only=True):
    """Where someone lives, is billed, or gets parcels. `country` and `state` are ids of `places`."""

    id: int
    type: AddressType
    first_name: str | None = None
    last_name: str | None = None
    email: str
    company_name: str | None = None
    line1: str | None = None
    line2: str | None = None
    country: int | None = None
    state: int | None = None
    city: str | None = None
    post_code: str | None = None
    mobile: str | None = None
    phone: str | None = None
    fax: str | None = None


class Item(Record, frozen=True, kw_only=True):
    """A line of an order. `price`, `tax`, `discount` and `actual_price` (what is paid for it) are of one piece."""

    id: int
    product_id: int
    product_variation_id: int | None = None
    product_name: str
    variations: tuple[str, ...] = ()
    product_type: str = "product"
    quantity: int = 1
    price: float
    tax: float
    discount: float = 0.0
    actual_price: float
    actual_discount: float = 0.0
    tax_discount: float = 0.0
    is_taxable: bool = True
    is_shippable: bool = True
    shipping_class_id: int | None = None
    shipping_class_name: str | None = None
    store_id: int | None = None


class Payment(Record, frozen=True, kw_only=True):
    """One attempt to pay for an order."""

    id: int
    amount: float
    surcharge: float = 0.0
    status: Literal["awaiting", "success", "failed", "refunded"] = "awaiting"
    paying_date: str
    gateway_code: str = "CRD"
    gateway_name: str | None = None
    gateway_response: str | None = None
    track_info: str | None = None
    payer_info: str | None = None
    refund_id: str | None = None
    created: str
    updated: str


class Shipment(Record, frozen=True, kw_only=True):
    """A parcel: ids of the items in it. Its form is inferred; every printed list of shipments is empty."""

    id: int
    status: Literal["dispatched", "delivered"] = "dispatched"
    track_info: str | None = None
    created: str
    items: tuple[int, ...]


class Order(Record, frozen=True, kw_only=True):
    """What a customer bought. Its addresses are copies that keep what they said when it was placed."""

    id: int
    order_no: int
    customer: int
    customer_name: str
    order_status: Literal["pending", "completed", "cancelled"] = "pending"
    payment_status: Literal["unpaid", "partially_paid", "paid"] = "unpaid"
    shipping_status: Literal["awaiting", "partial", "completed"] = "awaiting"
    delivery_type: str = "shipping"
    billing: Address
    shipping: Address
    items: tuple[Item, ...]
    payments: tuple[Payment, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    comments: tuple[str, ...] = ()
    actual_tax: float
    shipping_cost: float = 0.0
    shipping_tax: float = 0.0
    handling_cost: float = 0.0
    handling_tax: float = 0.0
    total_surcharge: float = 0.0
    discount_on_order: float = 0.0
    discount_on_order_total_tax: float = 0.0
    discount_on_shipping: float = 0.0
    discount_on_shipping_tax: float = 0.0
    additional_info: str | None = None
    order_channel: str | None = None
    ip_address: str = ""
    created_by: str | None = None
    reminder_count: int = 0
    last_reminder_time: str | None = None
    created: str
    updated: str
