"""The customers, as administrators see them."""

from __future__ import annotations

from typing import Any

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.webcommander import customers
from mockserver.vendors.webcommander.records import Customer, Shop
from mockserver.vendors.webcommander.sales import Address, AddressType
from mockserver.vendors.webcommander.v4 import merging, paging
from mockserver.vendors.webcommander.v4.bodies import SHOWN, CustomerReply, CustomersReply, customer_body, related
from mockserver.vendors.webcommander.v4.drafts import CreateRequest, CustomerDraft, UpdateRequest
from mockserver.vendors.webcommander.v4.wire import find_ignored

_KINDS: tuple[AddressType, ...] = ("PRIMARY", "SHIPPING", "BILLING")
"""The addresses of a new customer, in the order of their ids [page]."""

_JSON = ((b"content-type", b"application/json"),)


def find_customers(shop: Shop, call: Call) -> Reply:
    """A page of the customers who are not in the trash."""
    asked = paging.read(call)
    page = paging.cut(shop, asked)
    bodies = [customer_body(customer, *related(shop, customer)) for customer in page.entries]
    return Reply(CustomersReply(bodies, paging.pagination(page, asked, call)))


def create_customer(shop: Shop, call: Call, request: CreateRequest) -> Reply:
    """Create a customer, with three addresses that say the same."""
    draft = request.customer
    find_ignored(call, request)
    given = merging.described(shop, draft, None)
    block = Address(
        id=0,
        type="PRIMARY",
        first_name=given["first_name"],
        last_name=given.get("last_name"),
        email=given.get("email") or "",
        company_name=given.get("company_name"),
    )
    block = merging.placed(draft, block)
    given |= merging.related(shop, draft, None)
    password = draft.password or None
    given["status"] = merging.check_status(draft.status) if isinstance(draft.status, str) else _first_status(password)
    given["created_at"] = customers.time_text(int(call.at))
    return _shown(shop, customers.create(shop, given, block, _KINDS, password), 201)


def get_customer(shop: Shop, call: Call) -> Reply:
    """One customer, who may be in the trash."""
    customer = customers.find(shop, call.path["customer_id"])
    return Reply(SHOWN(customer, *related(shop, customer)))


def update_customer(shop: Shop, call: Call, request: UpdateRequest) -> Reply:
    """Alter what the request names; everything else stays."""
    before = customers.find_to_alter(shop, call.path["customer_id"])
    find_ignored(call, request)
    given = merging.credited(shop, request, before)
    if isinstance(request.customer, CustomerDraft):
        given |= _altered(shop, before, request.customer)
    elif not given:
        raise Refused("field-missing", field="customer")
    return _shown(shop, customers.alter(shop, before, **given))


def delete_customer(shop: Shop, call: Call) -> Reply:
    """Put a customer into the trash. The vendor's SDK needs a media type even where there is no body."""
    customers.trash(shop, customers.find(shop, call.path["customer_id"]))
    return Reply(None, 204, _JSON, media_type="")


def _altered(shop: Shop, before: Customer, draft: CustomerDraft) -> dict[str, Any]:
    given = merging.described(shop, draft, before)
    given["addresses"] = merging.moved(shop, draft, before)
    given |= merging.related(shop, draft, before)
    if isinstance(draft.status, str):
        given["status"] = merging.check_status(draft.status)
    if draft.password:
        given["password_hash"] = customers.hashed(shop, before, draft.password)
    return given


def _first_status(password: str | None) -> str:
    return "active" if password else "awaiting_verification"


def _shown(shop: Shop, customer: Customer, status: int = 200) -> Reply:
    return Reply(CustomerReply(customer_body(customer, *related(shop, customer))), status)
