"""What the plugin API shows of customers. Keys stand in the vendor's order [page]."""

from __future__ import annotations

import msgspec

from mockserver.rendering import Rendering
from mockserver.vendors.webcommander.records import Customer
from mockserver.vendors.webcommander.sales import Address

_LETTERS = {"active": "A", "inactive": "I", "pending": "P", "approval_awaiting": "W", "awaiting_verification": "V"}
_IN_TRASH = "T"


class AddressBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An address of a customer or of an order."""

    last_name: str | None
    country: int | None
    city: str | None
    company_name: str | None
    mobile: str | None
    first_name: str | None
    phone: str | None
    address_line1: str | None
    address_line2: str | None
    post_code: str | None
    id: int
    state: int | None
    fax: str | None
    email: str


class CustomerBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A customer. Her own e-mail is not shown; `parent` and `shipping_profile` are ids [inferred]."""

    count_referral_code_used: int
    cloud_config: None
    last_name: str | None
    parent: int | None
    background_image: str | None
    company_name: str | None
    billing_addresses: list[AddressBody]
    source: str | None
    shipping_profile: int | None
    active_billing_address: AddressBody | None
    abn_branch: str | None
    referral_code: str | None
    id: int
    how_do_you_know: str | None
    active_shipping_address: AddressBody | None
    address: AddressBody | None
    sex: str | None
    is_company: bool
    user_name: str
    abn: str | None
    version: None
    store_credit: float
    first_name: str
    base_url: str
    used_referral_code: str | None
    display_id: int
    default_tax_code: str | None
    status: str
    shipping_addresses: list[AddressBody]


class EchoBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An address as its alteration is confirmed: in the words that ask for it."""

    first_name: str | None
    last_name: str | None
    status: str
    country: int | None
    city: str | None
    mobile: str | None
    phone: str | None
    address_line1: str | None
    address_line2: str | None
    post_code: str | None
    state: int | None
    fax: str | None
    email: str


class CreditBody(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What became of a customer's store credit; "true" and "false" are texts."""

    status: str
    is_max_credit_exceed: str
    store_credit: float


class LoginBody(msgspec.Struct, frozen=True, gc=False):
    """What a customer gets for logging in."""

    status: str
    access_token: str
    refresh_token: str


def customer_body(customer: Customer) -> CustomerBody:
    """A customer as every operation and webhook shows her."""
    shown: dict[int | None, AddressBody] = {}
    of_type: dict[str, list[AddressBody]] = {"PRIMARY": [], "BILLING": [], "SHIPPING": []}
    for address in customer.addresses:
        body = shown[address.id] = address_body(address)
        of_type[address.type].append(body)
    return CustomerBody(
        customer.count_referral_code_used,
        None,
        customer.last_name,
        customer.parent,
        customer.background_image,
        customer.company_name,
        of_type["BILLING"],
        customer.source,
        customer.shipping_profile,
        shown.get(customer.active_billing),
        customer.abn_branch,
        customer.referral_code,
        customer.id,
        customer.how_do_you_know,
        shown.get(customer.active_shipping),
        of_type["PRIMARY"][0] if of_type["PRIMARY"] else None,
        customer.sex,
        customer.is_company,
        customer.user_name,
        customer.abn,
        None,
        customer.store_credit,
        customer.first_name,
        customer.base_url,
        customer.used_referral_code,
        customer.display_id,
        customer.default_tax_code,
        _IN_TRASH if customer.is_in_trash else _LETTERS[customer.status],
        of_type["SHIPPING"],
    )


def address_body(address: Address) -> AddressBody:
    """An address, without its type."""
    return AddressBody(
        address.last_name,
        address.country,
        address.city,
        address.company_name,
        address.mobile,
        address.first_name,
        address.phone,
        address.line1,
        address.line2,
        address.post_code,
        address.id,
        address.state,
        address.fax,
        address.email,
    )


SHOWN = Rendering(lambda customer: msgspec.json.encode({"customers": customer_body(customer)}))
"""The text that shows one customer."""

LISTED = Rendering(
    lambda *customers: msgspec.json.encode({"customers": [customer_body(customer) for customer in customers]})
)
"""The text that lists customers."""
