"""Which customer a request is for, and which of her addresses."""

from __future__ import annotations

from msgspec import UNSET

from mockserver.call import Call, Refused
from mockserver.vendors.webcommander import customers
from mockserver.vendors.webcommander.plugin.drafts import NOWHERE, Id, Text
from mockserver.vendors.webcommander.records import Customer, Shop, fold
from mockserver.vendors.webcommander.sales import Address, AddressType


def has_number(id: Id) -> bool:
    """Whether a customer is named by her number; then her e-mail is not what names her."""
    return id is not UNSET and id is not None


def named(shop: Shop, call: Call, id: Id, email: Text) -> Customer:
    """The customer of this number, or else of this e-mail; she may be in the trash."""
    if id is not UNSET and id is not None:
        return customers.find(shop, int(id))
    if email is UNSET or email is None:
        raise Refused("customer-unnamed")
    if not email:
        return _lost(shop, call)
    customer = shop.customers.by("email", fold(email))
    if customer is None:
        raise Refused("customer-not-found", customer=email)
    return customer


def named_to_alter(shop: Shop, call: Call, id: Id, email: Text) -> Customer:
    """The customer of this number, or else of this e-mail, who is not in the trash."""
    return customers.refuse_trash(named(shop, call, id, email))


def owned(shop: Shop, customer: Customer, kind: AddressType) -> Address:
    """The address of a kind that is to be altered: the active one, else the first one; a new one where there is none."""
    active = {"BILLING": customer.active_billing, "SHIPPING": customer.active_shipping}.get(kind)
    known = [address for address in customer.addresses if address.type == kind]
    first = known[0] if known else customers.numbered(NOWHERE, shop.next_numbers(1).address, kind)
    return customer.address(active) or first


def _lost(shop: Shop, call: Call) -> Customer:
    """Whom an empty e-mail names: the vendor's page has lost its e-mails, and its samples shall work as printed."""
    id = shop.settings.lost_email_customer
    if id is None:
        raise Refused("customer-unnamed")
    call.find("email-lost", f"the page's lost e-mail: an empty one names customer {id} here; the vendor would refuse")
    return customers.find(shop, id)
