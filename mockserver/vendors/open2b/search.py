"""Finding customers: conditions, order and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from mockserver.vendors.open2b.records import Customer, Shop
from mockserver.vendors.open2b.wire import Conditions, FindRequest

_SORT_KEYS: dict[str, Callable[[Customer], Any]] = {
    "id": lambda customer: customer.id,
    "code": lambda customer: customer.code,
    "email": lambda customer: customer.billing_address.email.casefold(),
    "canLogin": lambda customer: customer.can_login,
    "hasPassword": lambda customer: bool(customer.encrypted_password),
    "fullName": lambda customer: customer.full_name.casefold(),
    "country": lambda customer: customer.billing_address.country,
    "creationTime": lambda customer: customer.creation_time,
    "updateTime": lambda customer: customer.update_time,
    "group": lambda customer: customer.group,
}


def find(shop: Shop, request: FindRequest) -> Iterator[Customer]:
    """The customers of one page, in the order asked for; those whom it leaves equal are in the order of their ids."""
    found: Iterable[Customer] = matching(shop, request.conditions)
    if request.order:
        found = list(found)
        for entry in reversed(request.order):
            found.sort(key=_SORT_KEYS[entry.removeprefix("-")], reverse=entry.startswith("-"))
    end = None if request.limit is None else request.first + request.limit
    return islice(found, request.first, end)


def matching(shop: Shop, conditions: Conditions) -> Iterator[Customer]:
    """The customers for whom all conditions hold, in the order of their ids."""
    return (customer for customer in _candidates(shop, conditions) if _holds(conditions, customer))


def _candidates(shop: Shop, conditions: Conditions) -> Iterable[Customer]:
    """As few customers as an index can narrow them down to."""
    customers = shop.customers
    if conditions.ids is not None:
        return [customer for id in sorted(conditions.ids) if (customer := customers.get(id))]
    if conditions.email is not None:
        return customers.find("email", conditions.email.casefold())
    if conditions.code:
        customer = customers.by("code", conditions.code)
        return [customer] if customer else []
    return customers


def _holds(wanted: Conditions, customer: Customer) -> bool:
    address = customer.billing_address
    return (
        (wanted.code is None or customer.code == wanted.code)
        and (wanted.can_login is None or customer.can_login == wanted.can_login)
        and (wanted.group is None or customer.group == wanted.group)
        and (wanted.email is None or address.email.casefold() == wanted.email.casefold())
        and (wanted.personal_code is None or address.personal_code == wanted.personal_code)
        and (wanted.company_code is None or address.company_code == wanted.company_code)
        and (wanted.country is None or address.country == wanted.country)
        and (wanted.state_prov is None or address.state_prov == wanted.state_prov)
        and (wanted.labels is None or wanted.labels <= customer.labels)
        and (wanted.after is None or customer.id > wanted.after)
        and (wanted.keywords is None or _mentions(customer, wanted.keywords.casefold()))
    )


def _mentions(customer: Customer, words: str) -> bool:
    address = customer.billing_address
    texts = (
        customer.code,
        customer.full_name,
        f"{address.first_name} {address.last_name}",
        address.personal_code,
        address.company_code,
        address.email,
    )
    return any(words in text.casefold() for text in texts)
