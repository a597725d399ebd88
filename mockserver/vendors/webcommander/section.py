"""What a fixture says of a shop at WebCommander."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mockserver.vendors.webcommander.records import EventName, Status

Id = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]
Money = Annotated[float, Meta(ge=0, le=1e9)]
Instant = Annotated[datetime, Meta(tz=True)]
Word = str | None | UnsetType
PlaceWord = str | int | None | UnsetType
"""A place: its number, its name or its code of ISO 3166."""

Uuid = Annotated[str, Meta(pattern="^[0-9A-F]{4}(-[0-9A-F]{4}){3}$")]
Token = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
BearerToken = Annotated[str, Meta(pattern="^[A-Za-z0-9._~+/=-]+$")]


class SeededPlugin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app of the first generation."""

    name: Text
    uuid: Uuid
    access_token: Token
    client_id: str = ""


class SeededClient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app of the second generation, with tokens that it has been given before and that do not expire.

    `username` and `password` are those of the administrator who speaks through it.
    """

    name: Text
    client_id: Text
    client_secret: Text
    username: Annotated[str, Meta(pattern="^[^:]+$")]
    password: Text
    access_token: BearerToken | None = None
    refresh_token: BearerToken | None = None


class SeededHashing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The costs of argon2id. The least there is costs 30 microseconds a password."""

    iterations: Annotated[int, Meta(ge=1, le=100)] = 1
    memory_kib: Annotated[int, Meta(ge=8, le=1 << 20)] = 8
    parallelism: Annotated[int, Meta(ge=1, le=64)] = 1


class SeededRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of a shipping profile."""

    id: Id
    name: Text
    description: str | None = None
    zones: tuple[int, ...] = ()
    shipping_class: str | None = None
    shipping_policy: int | None = None


class SeededProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How parcels to a customer are priced."""

    id: Id
    name: Text
    description: str | None = None
    rules: tuple[SeededRule, ...] = ()
    rule_precedence: str | None = None
    created: Instant = datetime(2020, 1, 1, tzinfo=UTC)
    updated: Instant | None = None
    version: int = 0


class SeededAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of an address that differ from those it would have otherwise; null is none."""

    first_name: Word = UNSET
    last_name: Word = UNSET
    email: str | UnsetType = UNSET
    company_name: Word = UNSET
    line1: Word = UNSET
    line2: Word = UNSET
    country: PlaceWord = UNSET
    state: PlaceWord = UNSET
    city: Word = UNSET
    post_code: Word = UNSET
    mobile: Word = UNSET
    phone: Word = UNSET
    fax: Word = UNSET


class SeededOrderAddress(SeededAddress, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address of an order's own. What it does not say is as in the customer's."""

    id: Id


class SeededItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of an order; `price`, `tax` and `discount` are of one piece."""

    id: Id
    product_id: Id
    product_variation_id: Id | None = None
    product_name: Text
    variations: tuple[str, ...] = ()
    quantity: Annotated[int, Meta(ge=1)] = 1
    price: Money
    tax: Money = 0.0
    discount: Money = 0.0
    is_shippable: bool = True


class SeededPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attempt to pay for an order."""

    id: Id
    amount: Money
    status: Literal["awaiting", "success", "failed", "refunded"] = "awaiting"
    paying_date: Instant
    gateway_code: str = "CRD"
    gateway_name: str | None = None
    gateway_response: str | None = None
    track_info: str | None = None
    payer_info: str | None = None
    refund_id: str | None = None


class SeededShipment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parcel: ids of items of its order."""

    id: Id
    status: Literal["dispatched", "delivered"] = "dispatched"
    track_info: str | None = None
    created: Instant
    items: Annotated[tuple[Id, ...], Meta(min_length=1)]


class SeededOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer bought. Its sums and states follow from its lines, payments and parcels."""

    id: Id
    order_no: Id
    is_cancelled: bool = False
    billing: SeededOrderAddress
    shipping: SeededOrderAddress
    items: Annotated[tuple[SeededItem, ...], Meta(min_length=1)]
    payments: tuple[SeededPayment, ...] = ()
    shipments: tuple[SeededShipment, ...] = ()
    comments: tuple[str, ...] = ()
    shipping_cost: Money = 0.0
    shipping_tax: Money = 0.0
    handling_cost: Money = 0.0
    handling_tax: Money = 0.0
    created: Instant
    updated: Instant | None = None


class SeededCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by name: a person of the fixture, and what only WebCommander knows of her.

    Her addresses have the ids `address_id` (of her own), the next (for bills) and the one after (for parcels), and the
    words of `addresses` in place of hers. `password` is plain; without it she has the person's. `token` is one that
    she got for logging in and that does not expire. `parent` is the id of another customer of the section.
    """

    person: str
    id: Id
    display_id: Id
    address_id: Id
    status: Status = "active"
    is_in_trash: bool = False
    user_name: str = ""
    password: str | None = None
    token: Token | None = None
    sex: str | None = None
    store_credit: Money = 0.0
    store_credit_limit: Money | None = None
    parent: Id | None = None
    shipping_profile: Id | None = None
    addresses: SeededAddress = SeededAddress()
    orders: tuple[SeededOrder, ...] = ()


class SeededWebhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A plugin's wish to be told, in the vendor's own words. `plugin` is its name; without it, it is the first one's."""

    plugin: str | None = None
    source_url: str
    event_name: EventName
    render_scope: str = ""
    access_type: Literal["webhook"] = "webhook"


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole section.

    `first_id`, `first_display_id`, `first_address_id` and `first_order_id` are what the numbers of drawn customers, of
    their addresses and of their orders begin with; those of named ones are left out.
    """

    plugins: tuple[SeededPlugin, ...] = ()
    clients: tuple[SeededClient, ...] = ()
    password_hash: SeededHashing = SeededHashing()
    store_credit_limit: Money | None = None
    lost_email_customer: Id | None = None
    shipping_profiles: tuple[SeededProfile, ...] = ()
    first_id: Id = 1
    first_display_id: Id = 1
    first_address_id: Id = 1
    first_order_id: Id = 1
    customers: tuple[SeededCustomer, ...] = ()
    webhooks: tuple[SeededWebhook, ...] = ()
