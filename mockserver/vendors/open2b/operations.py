"""The seven methods of `commerce.customers`."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.open2b import rules, search, wire
from mockserver.vendors.open2b.passwords import encrypt, is_plain, keep
from mockserver.vendors.open2b.records import Customer, Shop
from mockserver.vendors.open2b.wire import Draft

DEFAULT_LOCALE = "en"
"""Nothing documents what a customer without a locale gets."""


def find_customers(shop: Shop, call: Call, request: wire.FindRequest) -> Reply:
    """The customers that meet the conditions."""
    fields = rules.visible(call.principal, request.fields)
    rules.check_paging(request)
    return wire.ok(customers=[wire.customer_body(customer, fields) for customer in search.find(shop, request)])


def get_customer(shop: Shop, call: Call, request: wire.GetRequest) -> Reply:
    """One customer; null for an id that nobody has."""
    fields = rules.visible(call.principal, request.fields)
    customer = shop.customers.get(request.id)
    if customer is not None and fields is None:
        return Reply(wire.SHOWN(customer))
    return wire.ok(customer=customer and wire.customer_body(customer, fields))


def authenticate_customer(shop: Shop, call: Call, request: wire.AuthenticateRequest) -> Reply:
    """The customer with this email and password, as she was before this login; null when there is none."""
    fields = rules.visible(call.principal, request.fields)
    customer = shop.customers.by("login", request.email.casefold())
    if customer is None or not customer.can_login or customer.encrypted_password != encrypt(request.password):
        return wire.ok(customer=None)
    shop.customers.put(msgspec.structs.replace(customer, login_time=wire.time_text(call.at)))
    return wire.ok(customer=wire.customer_body(customer, fields))


def count_customers(shop: Shop, _call: Call, request: wire.CountRequest) -> Reply:
    """How many customers meet the conditions."""
    return wire.ok(count=sum(1 for _ in search.matching(shop, request.conditions)))


def create_customer(shop: Shop, call: Call, request: wire.CreateRequest) -> Reply:
    """Create a customer. Rows of the error table are tried in the order in which the vendor prints them."""
    draft, now = request.customer, wire.time_text(call.at)
    rules.check_draft(draft)
    rules.check_draft_rights(call.principal, draft)
    customer = _new(shop, draft, now)
    rules.check_new(shop, draft, customer, now)
    return wire.ok(id=shop.customers.add(customer).id)


def update_customer(shop: Shop, call: Call, request: wire.UpdateRequest) -> Reply:
    """Alter what the request names; everything else stays."""
    now = wire.time_text(call.at)
    rules.check_draft(request.customer)
    rules.check_draft_rights(call.principal, request.customer)
    before = shop.customers.get(request.id)
    if before is None:
        raise Refused("id-not-found", id=request.id)
    customer = msgspec.structs.replace(before, **_given(request.customer), update_time=now)
    rules.check_changed(shop, request.customer, customer, now)
    shop.customers.put(customer)
    return wire.ok()


def delete_customers(shop: Shop, _call: Call, request: wire.DeleteRequest) -> Reply:
    """Delete customers; ids that nobody has are no error."""
    for id in request.ids:
        shop.customers.remove(id)
    return wire.ok()


def _new(shop: Shop, draft: Draft, now: str) -> Customer:
    """The customer that a draft would become."""
    given = _given(draft)
    given.setdefault("locale", DEFAULT_LOCALE)
    given.setdefault("creation_time", now)
    given.setdefault("can_login", bool(draft.password))
    if "group" not in given:
        given["group"] = shop.default_group
    return Customer(**given, update_time=now)


def _given(draft: Draft) -> dict[str, Any]:
    """What a draft sets, by the names of the record's fields."""
    given = {name: value for name, value in msgspec.structs.asdict(draft).items() if value is not UNSET}
    password = given.pop("password", UNSET)
    if password is None:
        given["encrypted_password"] = ""
    elif password is not UNSET:
        plain = is_plain(password.crypted_by)
        given["encrypted_password"] = encrypt(password.value) if plain else keep(password.value, password.crypted_by)
    return given
