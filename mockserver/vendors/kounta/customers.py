"""The customers of the company."""

from __future__ import annotations

from msgspec import UNSET

from mockserver.call import Call, Reply
from mockserver.vendors.kounta import paging, rules, search
from mockserver.vendors.kounta.bodies import (
    CustomerBody,
    CustomerDraft,
    apply,
    customer_body,
    customer_text,
    ignored_of_customer,
)
from mockserver.vendors.kounta.records import Customer, Restaurant
from mockserver.vendors.kounta.wire import created, find_ignored, redirect, time_text

_NOBODY = Customer(0, "")


def find_customers(restaurant: Restaurant, call: Call) -> Reply:
    """A page of all customers, or of those with a reference id; with a lookup, the way to the one whom it finds."""
    company, lookups = rules.find_company(restaurant, call), search.asked(call.query)
    path, application = f"/v1/companies/{company.id}/customers", call.principal.application.client_id
    everyone: paging.Customers = restaurant.customers
    reference_id = call.query.get("reference_id")
    if reference_id is not None:
        if lookups:
            call.find("ignored-parameter", f"the vendor ignores {', '.join(lookups)} beside reference_id")
        everyone = search.having_reference(restaurant, application, reference_id)
    elif lookups:
        found = search.look_up(restaurant, lookups)
        return redirect(call.url(f"{path}/{found.id}{call.suffix}"))
    page = paging.cut(everyone, call.query.get("start"), call.fields.get("X-Page", 0))
    now = time_text(call.at, company)
    bodies = [customer_body(restaurant, customer, application, now) for customer in page.entries]
    return Reply(bodies, headers=paging.headers(page, call, f"{path}{call.suffix}"))


def get_customer(restaurant: Restaurant, call: Call) -> Reply:
    """One customer."""
    company = rules.find_company(restaurant, call)
    customer = rules.find_customer(restaurant, call)
    application = call.principal.application.client_id
    return Reply(customer_text(restaurant, customer, application, time_text(call.at, company)))


def create_customer(restaurant: Restaurant, call: Call, draft: CustomerDraft) -> Reply:
    """Create a customer."""
    company = rules.find_company(restaurant, call)
    customer = restaurant.customers.add(_drafted(restaurant, call, draft, _NOBODY))
    location = call.url(f"/v1/companies/{company.id}/customers/{customer.id}{call.suffix}")
    return created(_referred(restaurant, call, draft, customer, time_text(call.at, company)), location)


def update_customer(restaurant: Restaurant, call: Call, draft: CustomerDraft) -> Reply:
    """Alter what the request names; everything else stays."""
    company, before = rules.find_company(restaurant, call), rules.find_customer(restaurant, call)
    customer = _drafted(restaurant, call, draft, before)
    if customer != before:
        restaurant.customers.put(customer)
    return Reply(_referred(restaurant, call, draft, customer, time_text(call.at, company)))


def _drafted(restaurant: Restaurant, call: Call, draft: CustomerDraft, before: Customer) -> Customer:
    """The customer that a draft makes of another, if she may be."""
    find_ignored(call, ignored_of_customer(call.body or {}, draft))
    rules.check_draft(draft)
    customer = apply(draft, before)
    rules.check_customer(restaurant, customer)
    return customer


def _referred(restaurant: Restaurant, call: Call, draft: CustomerDraft, customer: Customer, now: str) -> CustomerBody:
    """The customer as the calling application sees her, once it calls her what the draft says."""
    application = call.principal.application.client_id
    if draft.reference_id is not UNSET:
        restaurant.refer(application, customer.id, draft.reference_id or "")
    return customer_body(restaurant, customer, application, now)
