"""The addresses that bills and parcels go to."""

from __future__ import annotations

from typing import get_args

from msgspec import UNSET
from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.webcommander import customers
from mockserver.vendors.webcommander.plugin.bodies import EchoBody
from mockserver.vendors.webcommander.plugin.drafts import AddressDraft, kept, moved
from mockserver.vendors.webcommander.plugin.naming import has_number, named_to_alter, owned
from mockserver.vendors.webcommander.plugin.wire import find_ignored
from mockserver.vendors.webcommander.records import Customer, Shop, Status
from mockserver.vendors.webcommander.sales import Address

_STATUSES = get_args(Status)


def update_billing_address(shop: Shop, call: Call, draft: AddressDraft) -> Reply:
    """Alter what the request names of the address that a customer's bills go to."""
    customer = named_to_alter(shop, call, draft.customer_id, draft.email)
    address = _altered(draft, owned(shop, customer, "BILLING"))
    reply = _echoed(call, draft, customer, address)
    customers.alter(shop, customer, addresses=customers.exchanged(customer, address), active_billing=address.id)
    return reply


def update_shipping_address(shop: Shop, call: Call, draft: AddressDraft) -> Reply:
    """Alter what the request names of the address that a customer's parcels go to."""
    customer = named_to_alter(shop, call, draft.customer_id, draft.email)
    address = _altered(draft, owned(shop, customer, "SHIPPING"))
    reply = _echoed(call, draft, customer, address)
    customers.alter(shop, customer, addresses=customers.exchanged(customer, address), active_shipping=address.id)
    return reply


def _altered(draft: AddressDraft, before: Address) -> Address:
    """The address that a draft makes of another. An e-mail that names the customer does not alter it."""
    email = before.email
    if draft.email and has_number(draft.customer_id):
        email = customers.check_form(draft.email)
    return replace(
        moved(draft, before),
        first_name=kept(draft.first_name, before.first_name),
        last_name=kept(draft.last_name, before.last_name),
        email=email,
    )


def _echoed(call: Call, draft: AddressDraft, customer: Customer, address: Address) -> Reply:
    """What was sent, or else what is there. The odd `status` is the customer's, whom nothing alters here."""
    find_ignored(call, AddressDraft)
    status = draft.status or customer.status
    if status not in _STATUSES:
        raise Refused("status-unknown", status=status)
    if status != customer.status:
        call.find("ignored-field", f"the vendor ignores status: the customer is {customer.status}")
    return Reply(
        {
            "address": EchoBody(
                address.first_name,
                address.last_name,
                status,
                address.country,
                address.city,
                address.mobile,
                address.phone,
                address.line1,
                address.line2,
                address.post_code,
                address.state,
                address.fax,
                address.email if draft.email is UNSET or draft.email is None else draft.email,
            )
        }
    )
