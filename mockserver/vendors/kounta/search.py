"""Looking a customer up by what she is known by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.call import Refused
from mockserver.vendors.kounta.records import Customer, Restaurant, name_key

BY_NAME = ("first_name", "last_name", "phone")
LOOKUPS = ("email", "mobile", *BY_NAME)


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """The lookups of a query, without the space around their values."""
    return {name: query[name].strip() for name in LOOKUPS if name in query}


def look_up(restaurant: Restaurant, wanted: Mapping[str, str]) -> Customer:
    """The customer for whom all lookups hold, the one with the lowest id where there are several."""
    named = [name for name in BY_NAME if name in wanted]
    if 0 < len(named) < len(BY_NAME):
        missing = ", ".join(name for name in BY_NAME if name not in wanted)
        raise Refused("lookup-incomplete", given=", ".join(named), missing=missing)
    for customer in _candidates(restaurant, wanted):
        if all(wanted.values()) and _holds(wanted, customer):
            return customer
    raise Refused("lookup-not-found", lookup=", ".join(wanted))


def having_reference(restaurant: Restaurant, application: str, value: str) -> list[Customer]:
    """The customers whom an application calls so, in the order of their ids."""
    references = restaurant.references.find("value", (application, value))
    found = (restaurant.customers.get(id) for id in sorted(reference.customer for reference in references))
    return [customer for customer in found if customer is not None]


def _candidates(restaurant: Restaurant, wanted: Mapping[str, str]) -> Sequence[Customer]:
    """As few customers as one index can narrow them down to."""
    customers = restaurant.customers
    if "mobile" in wanted:
        customer = customers.by("mobile", wanted["mobile"])
        return [customer] if customer else []
    if "email" in wanted:
        return customers.find("email", wanted["email"].casefold())
    return customers.find("name", tuple(wanted[name] for name in BY_NAME))


def _holds(wanted: Mapping[str, str], customer: Customer) -> bool:
    return (
        ("mobile" not in wanted or customer.mobile == wanted["mobile"])
        and ("email" not in wanted or (customer.email or "").casefold() == wanted["email"].casefold())
        and ("phone" not in wanted or name_key(customer) == tuple(wanted[name] for name in BY_NAME))
    )
