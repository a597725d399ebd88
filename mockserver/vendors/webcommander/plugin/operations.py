"""Customers: read, created, altered, thrown away; what they bought; and their logging in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.mint import strike
from mockserver.vendors.webcommander import customers
from mockserver.vendors.webcommander.passwords import is_right
from mockserver.vendors.webcommander.plugin.bodies import LISTED, SHOWN, LoginBody, customer_body
from mockserver.vendors.webcommander.plugin.drafts import (
    NOWHERE,
    CreateDraft,
    DeleteDraft,
    LoginDraft,
    UpdateDraft,
    kept,
    moved,
)
from mockserver.vendors.webcommander.plugin.naming import has_number, named, named_to_alter, owned
from mockserver.vendors.webcommander.plugin.orders import order_body, payment_bodies
from mockserver.vendors.webcommander.plugin.wire import find_ignored
from mockserver.vendors.webcommander.records import Customer, CustomerToken, Shop, fold

_TOKEN_SECONDS = 3600
"""Inferred from the second generation."""


def get_customer_by_token(shop: Shop, call: Call) -> Reply:
    """The customer to whom a token was given when she logged in."""
    token = shop.customer_tokens.get(call.query["token"])
    customer = shop.customers.get(token.customer) if token else None
    if token is None or customer is None or customer.is_in_trash:
        raise Refused("token-unknown")
    if token.expires is not None and call.at >= token.expires:
        raise Refused("token-expired")
    return Reply(SHOWN(customer))


def find_customers(shop: Shop, call: Call) -> Reply:
    """So many customers in the order of their ids; without `max`, or with -1, all of them."""
    first, most = call.query.get("offset", 0), call.query.get("max", -1)
    meant = islice(_of_type(shop, call.query.get("type")), first, None if most < 0 else first + most)
    return Reply(LISTED(*meant))


def get_customer(shop: Shop, call: Call) -> Reply:
    """One customer."""
    return Reply(SHOWN(_asked_for(shop, call)))


def find_orders(shop: Shop, call: Call) -> Reply:
    """All orders of a customer, in the order of their ids."""
    orders = shop.orders.find("customer", _asked_for(shop, call).id)
    return Reply({"orders": [order_body(order) for order in orders]})


def find_payments(shop: Shop, call: Call) -> Reply:
    """All payments of a customer: a list for each of her orders."""
    orders = shop.orders.find("customer", _asked_for(shop, call).id)
    return Reply({"payments": [payment_bodies(order) for order in orders]})


def create_customer(shop: Shop, call: Call, draft: CreateDraft) -> Reply:
    """Create a customer with three addresses of the same words: her own, and those for bills and parcels."""
    find_ignored(call, CreateDraft)
    fields = _fields_of_new(shop, call, draft)
    block = replace(
        moved(draft, NOWHERE),
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        company_name=fields["company_name"],
        email=fields["email"] or "",
    )
    password = kept(draft.password, None)
    return _shown(customers.create(shop, fields, block, ("PRIMARY", "BILLING", "SHIPPING"), password))


def update_customer(shop: Shop, call: Call, draft: UpdateDraft) -> Reply:
    """Alter what the request names, where she is in her primary address; everything else stays."""
    find_ignored(call, UpdateDraft)
    before = named_to_alter(shop, call, draft.customer_id, draft.email)
    fields = _fields_of_update(draft)
    primary = owned(shop, before, "PRIMARY")
    if has_number(draft.customer_id) and draft.email:
        fields["email"] = customers.check_email(shop, draft.email, before.id)
        primary = replace(primary, email=draft.email)
    addresses = customers.exchanged(before, moved(draft, primary))
    return _shown(customers.alter(shop, before, addresses=addresses, **fields))


def delete_customer(shop: Shop, call: Call, draft: DeleteDraft) -> Reply:
    """Put a customer into the trash."""
    find_ignored(call, DeleteDraft)
    customers.trash(shop, named(shop, call, draft.customer_id, draft.email))
    return Reply({"status": "success"})


def authenticate_customer(shop: Shop, call: Call, draft: LoginDraft) -> Reply:
    """Log a customer in. Whatever is wrong with her is said in the same words."""
    find_ignored(call, LoginDraft)
    if not draft.client_id or call.principal.client_id not in ("", draft.client_id):
        raise Refused("client-unknown")
    customer = _logging_in(shop, draft)
    if customer is None or customer.is_in_trash or customer.status != "active":
        raise Refused("login-failed")
    if not is_right(customer.password_hash, draft.password or ""):
        raise Refused("login-failed")
    token = strike(shop.mint, "customer access token", 32)
    shop.customer_tokens.put(CustomerToken(token=token, customer=customer.id, expires=call.at + _TOKEN_SECONDS))
    return Reply(LoginBody("success", token, strike(shop.mint, "customer refresh token", 32)))


def _shown(customer: Customer) -> Reply:
    return Reply({"customers": customer_body(customer)})


def _asked_for(shop: Shop, call: Call) -> Customer:
    """The customer whom the query names."""
    return named(shop, call, call.query.get("customerId"), call.query.get("email"))


def _of_type(shop: Shop, kind: str | None) -> Iterable[Customer]:
    """The customers of a list: of those in the trash, or of the others all or the active or inactive ones."""
    if kind == "trash":
        return shop.customers.find("trash", True)  # noqa: FBT003  what the index files them under
    if kind is None:
        return (customer for customer in shop.customers if not customer.is_in_trash)
    return (customer for customer in shop.customers if customer.status == kind and not customer.is_in_trash)


def _fields_of_new(shop: Shop, call: Call, draft: CreateDraft) -> dict[str, Any]:
    """What a new customer is, beside where."""
    first_name = customers.check_first_name(kept(draft.first_name, None))
    email = _email_of_new(shop, call, draft)
    user_name = kept(draft.user_name, "") or ""
    if shop.customers.by("user_name", fold(user_name)) is not None:
        raise Refused("user-name-already-exists", user_name=user_name)
    return {
        "first_name": first_name,
        "last_name": kept(draft.last_name, None),
        "email": email,
        "sex": kept(draft.sex, None),
        "is_company": draft.is_company is True,
        "company_name": kept(draft.company_name, None),
        "user_name": user_name,
        "abn": kept(draft.abn, None),
        "abn_branch": kept(draft.abn_branch, None),
        "source": kept(draft.source, None) or None,
        "created_at": customers.time_text(int(call.at)),
    }


def _email_of_new(shop: Shop, call: Call, draft: CreateDraft) -> str | None:
    """A new customer's e-mail; None for the empty one that stands on the vendor's page instead of what was lost."""
    if draft.email is UNSET or draft.email is None:
        raise Refused("email-missing")
    if draft.email:
        return customers.check_email(shop, draft.email)
    call.find("email-lost", "the page's lost e-mail: an empty one is none here; the vendor would refuse")
    return None


def _fields_of_update(draft: UpdateDraft) -> dict[str, Any]:
    """What is to be altered of a customer herself, beside her e-mail."""
    fields: dict[str, Any] = {}
    if draft.first_name is not UNSET:
        fields["first_name"] = customers.check_first_name(draft.first_name)
    if draft.last_name is not UNSET:
        fields["last_name"] = draft.last_name
    if draft.sex is not UNSET:
        fields["sex"] = draft.sex
    if draft.status is not UNSET:
        if draft.status not in ("active", "inactive"):
            raise Refused("status-unknown", status=draft.status)
        fields["status"] = draft.status
    return fields


def _logging_in(shop: Shop, draft: LoginDraft) -> Customer | None:
    """The customer of an e-mail, or else of a user's name."""
    if draft.email:
        return shop.customers.by("email", fold(draft.email))
    if draft.user_name:
        return shop.customers.by("user_name", fold(draft.user_name))
    raise Refused("customer-unnamed")
