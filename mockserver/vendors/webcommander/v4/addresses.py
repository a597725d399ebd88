"""Further addresses of a customer."""

from __future__ import annotations

from typing import get_args

from msgspec import UNSET
from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.webcommander import customers, places
from mockserver.vendors.webcommander.records import Customer, Shop
from mockserver.vendors.webcommander.sales import Address, AddressType
from mockserver.vendors.webcommander.v4.bodies import CustomerReply, customer_body, related
from mockserver.vendors.webcommander.v4.drafts import AddressDraft, AddressesRequest, Text
from mockserver.vendors.webcommander.v4.wire import find_ignored

_TYPES: tuple[AddressType, ...] = get_args(AddressType)


def add_addresses(shop: Shop, call: Call, request: AddressesRequest) -> Reply:
    """Put addresses behind those that a customer has; a primary one takes the place of the primary one."""
    customer = customers.find_to_alter(shop, call.path["customer_id"])
    find_ignored(call, request)
    drafts = request.customer.addresses
    made = [_address(draft, f"addresses[{at}].") for at, draft in enumerate(drafts)]
    first = shop.next_numbers(len(made)).address
    after = customer
    for id, address in enumerate(made, first):
        after = _added(after, customers.numbered(address, id, address.type))
    after = customers.alter(
        shop,
        customer,
        addresses=after.addresses,
        active_billing=after.active_billing,
        active_shipping=after.active_shipping,
    )
    return Reply(CustomerReply(customer_body(after, *related(shop, after))), 201)


def _added(customer: Customer, address: Address) -> Customer:
    """A customer with one more address, which she uses where she had none to use."""
    before = customer.primary if address.type == "PRIMARY" else None
    if before is not None:
        return replace(
            customer,
            addresses=tuple(address if one is before else one for one in customer.addresses),
            active_billing=address.id if customer.active_billing == before.id else customer.active_billing,
            active_shipping=address.id if customer.active_shipping == before.id else customer.active_shipping,
        )
    customer = replace(customer, addresses=(*customer.addresses, address))
    if address.type == "BILLING" and customer.active_billing is None:
        return replace(customer, active_billing=address.id)
    if address.type == "SHIPPING" and customer.active_shipping is None:
        return replace(customer, active_shipping=address.id)
    return customer


def _address(draft: AddressDraft, place: str) -> Address:
    """An address without a number yet. `place` is what stands before a field's name where an error says it."""
    kind, email = _type(draft.type, f"{place}type"), _text(draft.email)
    if email:
        customers.check_form(email, f"{place}email")
    country, state = places.settle(draft.country, draft.state, place=place)
    return Address(
        id=0,
        type=kind,
        first_name=_text(draft.first_name),
        last_name=_text(draft.last_name),
        email=email or "",
        company_name=_text(draft.company_name),
        line1=_text(draft.address_line1 if draft.address_line_1 is UNSET else draft.address_line_1),
        line2=_text(draft.address_line2 if draft.address_line_2 is UNSET else draft.address_line_2),
        country=country,
        state=state,
        city=_text(draft.city),
        post_code=_text(draft.post_code),
        mobile=_text(draft.mobile),
        phone=_text(draft.phone),
        fax=_text(draft.fax),
    )


def _type(given: str, field: str) -> AddressType:
    for known in _TYPES:
        if given.upper() == known:
            return known
    raise Refused("address-type-unknown", type=given, known=", ".join(_TYPES), field=field)


def _text(given: Text) -> str | None:
    return None if given is UNSET else given
