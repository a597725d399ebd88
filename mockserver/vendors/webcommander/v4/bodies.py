"""What the second generation shows, beside errors. All keys in the vendor's order [page]."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mockserver.rendering import Rendering
from mockserver.vendors.webcommander.places import COUNTRIES, STATES, Place
from mockserver.vendors.webcommander.records import Customer, ShippingProfile, Shop, Status
from mockserver.vendors.webcommander.sales import Address, AddressType


class AddressBody(msgspec.Struct, frozen=True, gc=False):
    """An address."""

    id: int
    type: AddressType
    first_name: str | None
    last_name: str | None
    email: str
    company_name: str | None
    address_line_1: str | None
    address_line_2: str | None
    country: Place | None
    state: Place | None
    city: str | None
    post_code: str | None
    mobile: str | None
    phone: str | None
    fax: str | None


class ParentBody(msgspec.Struct, frozen=True, gc=False):
    """The customer above another."""

    id: int
    name: str


class ShippingRuleBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One rule of a shipping profile. The page mixes its camel case into the other keys, and so do we."""

    zone_list: tuple[int, ...]
    name: str
    description: str | None
    id: int
    shipping_class: str | None
    shipping_policy: int | None


class ShippingProfileBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """How parcels to a customer are priced."""

    shipping_rules: tuple[ShippingRuleBody, ...]
    created: str
    name: str
    description: str | None
    id: int
    updated: str
    version: int
    rule_precedence: str | None


class CustomerBody(msgspec.Struct, frozen=True, gc=False):
    """A customer. The active addresses are told by their ids."""

    id: int
    display_id: int
    status: Status
    first_name: str
    last_name: str | None
    email: str | None
    sex: str | None
    parent: ParentBody | None
    company: bool
    company_name: str | None
    timezone: str
    abn: str | None
    abn_branch: str | None
    shipping_profile: ShippingProfileBody | None
    transaction_number: str | None
    referral_code: str | None
    used_referral_code: str | None
    count_referral_code_used: int
    allow_credit_limit: bool
    store_credit: float
    credit_limit: float
    how_do_you_know: str | None
    customer_password_expired: bool
    hide_price: bool
    default_tax_code: str | None
    source: str | None
    base_url: str
    background_image: str | None
    profile_picture: str | None
    created_at: str
    version: int
    addresses: tuple[AddressBody, ...]
    active_billing_address: int | None
    active_shipping_address: int | None
    is_in_trash: bool


class CustomerReply(msgspec.Struct, frozen=True, gc=False):
    """One customer as she is sent."""

    customer: CustomerBody


class PaginationBody(msgspec.Struct, frozen=True, gc=False):
    """Where a page stands among all: the words of the SDK and those of the newer reference. Pages count from 1."""

    records: int
    limit: int
    offset: int
    total: int
    count: int
    current_page: int
    total_pages: int
    has_next: bool
    has_previous: bool
    previous_page: str | None
    next_page: str | None


class CustomersReply(msgspec.Struct, frozen=True, gc=False):
    """A page of customers."""

    customers: Sequence[CustomerBody]
    pagination: PaginationBody


class Done(msgspec.Struct, frozen=True, gc=False):
    """That something was done."""

    status: str
    message: str


class TokenBody(msgspec.Struct, frozen=True, gc=False):
    """Tokens as they are handed out. `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


Related = tuple[Customer | None, ShippingProfile | None]
"""A customer's parent and shipping profile; None also where a tester has removed them."""


def related(shop: Shop, customer: Customer) -> Related:
    """What is shown of others with a customer."""
    return (
        None if customer.parent is None else shop.customers.get(customer.parent),
        None if customer.shipping_profile is None else shop.shipping_profiles.get(customer.shipping_profile),
    )


def customer_body(customer: Customer, parent: Customer | None, profile: ShippingProfile | None) -> CustomerBody:
    """A customer as she is shown, alone and in lists."""
    return CustomerBody(
        customer.id,
        customer.display_id,
        customer.status,
        customer.first_name,
        customer.last_name,
        customer.email,
        customer.sex,
        None if parent is None else _parent(parent),
        customer.is_company,
        customer.company_name,
        customer.timezone,
        customer.abn,
        customer.abn_branch,
        None if profile is None else _profile(profile),
        customer.transaction_number,
        customer.referral_code,
        customer.used_referral_code,
        customer.count_referral_code_used,
        customer.allow_credit_limit,
        customer.store_credit,
        customer.credit_limit,
        customer.how_do_you_know,
        customer.password_expired,
        customer.hide_price,
        customer.default_tax_code,
        customer.source,
        customer.base_url,
        customer.background_image,
        customer.profile_picture,
        customer.created_at,
        customer.version,
        tuple([_address(address) for address in customer.addresses]),
        customer.active_billing,
        customer.active_shipping,
        customer.is_in_trash,
    )


def _address(address: Address) -> AddressBody:
    return AddressBody(
        address.id,
        address.type,
        address.first_name,
        address.last_name,
        address.email,
        address.company_name,
        address.line1,
        address.line2,
        None if address.country is None else COUNTRIES.get(address.country),
        None if address.state is None else STATES.get(address.state),
        address.city,
        address.post_code,
        address.mobile,
        address.phone,
        address.fax,
    )


def _parent(parent: Customer) -> ParentBody:
    return ParentBody(parent.id, " ".join(filter(None, (parent.first_name, parent.last_name))))


def _profile(profile: ShippingProfile) -> ShippingProfileBody:
    rules = tuple(
        ShippingRuleBody(rule.zones, rule.name, rule.description, rule.id, rule.shipping_class, rule.shipping_policy)
        for rule in profile.rules
    )
    return ShippingProfileBody(
        rules,
        profile.created,
        profile.name,
        profile.description,
        profile.id,
        profile.updated,
        profile.version,
        profile.rule_precedence,
    )


SHOWN = Rendering(lambda *customer: msgspec.json.encode(CustomerReply(customer_body(*customer))))
"""The text that shows a customer, given with what is related to her."""
