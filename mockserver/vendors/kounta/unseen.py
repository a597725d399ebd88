"""Whole records out of what a recording tells of them; what nobody told is filled in.

A value of None that is told for a field which is never null is one that nobody knows: it was altered before it was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from mockserver.census import Census
from mockserver.recordings import Seen
from mockserver.state.change import Record
from mockserver.vendors.kounta.askers import settle_owned
from mockserver.vendors.kounta.paging import SIZE
from mockserver.vendors.kounta.records import (
    AccessToken,
    Address,
    Application,
    Code,
    Company,
    Counted,
    Customer,
    Filter,
    RefreshToken,
    Registers,
    Restaurant,
    Timezone,
    Webhook,
)

MOBILE_TAKEN = "Another customer of this company has this mobile"
Told = Mapping[str, Any]

_LONG_AGO = "2000-01-01T00:00:00+00:00"
_END_OF_TIME = 253402300800.0
_UNSEEN_PHONE = "0"
_NOWHERE = "http://unseen.invalid/"
_NOT_FOUND = 404
_WRITES = ("create_customer", "update_customer")
_NARROWED = frozenset({"reference_id", "email", "mobile", "first_name", "last_name", "phone"})
_LAST = 1_000_000
"""The position of an application that nobody set up: behind all others."""

_NOTHING_YET = Counted(count=0, updated_at=_LONG_AGO)


def complete(restaurant: Restaurant, collection: str, key: int | str, fields: Told) -> Record:
    """A record of which so much is known."""
    return _MAKERS[collection](restaurant, key, {name: value for name, value in fields.items() if value is not None})


def _company(restaurant: Restaurant, key: int | str, told: Told) -> Company:
    """A company as it was shown; of one that was only named, the offset that its times end with is known."""
    known = restaurant.companies.get(key) or Company(
        id=int(key),
        name="Restaurant",
        shipping_address=None,
        postal_address=None,
        addresses=_NOTHING_YET,
        business_number="",
        contact_staff_member=None,
        image=None,
        website=None,
        currency="AUD",
        timezone=Timezone(offset="+00:00", name="UTC"),
        sites=_NOTHING_YET,
        registers=Registers(count=1, limit=1, updated_at=_LONG_AGO),
        created_at=_LONG_AGO,
        updated_at=_LONG_AGO,
    )
    whole = {**msgspec.to_builtins(known), **{name: value for name, value in told.items() if name != "_offset"}}
    if "_offset" in told and "timezone" not in told:
        whole["timezone"] = {**whole["timezone"], "offset": told["_offset"]}
    return msgspec.convert({**whole, "id": key}, Company)


def _customer(_restaurant: Restaurant, key: int | str, told: Told) -> Customer:
    return Customer(
        int(key),
        told.get("first_name", told.get("_first_name", "-")),
        told.get("last_name", told.get("_last_name")),
        told.get("email", told.get("_email")),
        told.get("phone", told.get("_phone", _UNSEEN_PHONE if "_is_reached" in told else None)),
        told.get("mobile", told.get("_mobile")),
        _address(told.get("primary_address")),
        _address(told.get("shipping_address")),
        tuple(told.get("tags", ())),
        told.get("image"),
        told.get("accepts_marketing", False),
    )


def _address(shown: Told | None) -> Address | None:
    return None if shown is None else msgspec.convert(shown, Address)


def _webhook(restaurant: Restaurant, key: int | str, told: Told) -> Webhook:
    return Webhook(
        id=int(key),
        application=_application_or_first(restaurant, told.get("application")),
        topic=told.get("topic", "customers/created"),
        address=told.get("address", _NOWHERE),
        format=told.get("format", "json"),
        headers=tuple(told.get("headers", {}).items()),
        filter=msgspec.convert(told.get("filter", {}), Filter),
        created_at=told.get("created_at", _LONG_AGO),
        updated_at=told.get("updated_at", told.get("created_at", _LONG_AGO)),
    )


def _application(restaurant: Restaurant, key: int | str, told: Told) -> Application:
    """An application that was sent to the addresses told, or had the secret told. Tokens vouch for it as before."""
    known = restaurant.applications.get(key) or Application(client_id=str(key), name=str(key), position=_LAST)
    secret = told.get("client_secret", known.client_secret)
    more = [uri for name, uri in told.items() if name.startswith("_redirects_to ") and uri not in known.redirect_uris]
    return msgspec.structs.replace(known, client_secret=secret, redirect_uris=(*known.redirect_uris, *more))


def _code(restaurant: Restaurant, key: int | str, told: Told) -> Code:
    return Code(
        code=str(key),
        application=_application_or_first(restaurant, told.get("application")),
        redirect_uri=told.get("redirect_uri", _NOWHERE),
        is_named="redirect_uri" in told,
        expires=_END_OF_TIME,
    )


def _access_token(restaurant: Restaurant, key: int | str, told: Told) -> AccessToken:
    return AccessToken(token=str(key), application=_application_or_first(restaurant, told.get("application")))


def _refresh_token(restaurant: Restaurant, key: int | str, told: Told) -> RefreshToken:
    known = restaurant.refresh_tokens.get(key)
    application = _application_or_first(restaurant, told.get("application"))
    return known or RefreshToken(token=str(key), application=application)


def _application_or_first(restaurant: Restaurant, client_id: str | None) -> str:
    if client_id:
        return client_id
    first = restaurant.first_application
    return first.client_id if first else ""


_MAKERS: Mapping[str, Callable[[Restaurant, int | str, Told], Record]] = {
    "companies": _company,
    "customers": _customer,
    "webhooks": _webhook,
    "applications": _application,
    "codes": _code,
    "access_tokens": _access_token,
    "refresh_tokens": _refresh_token,
}


def settle(restaurant: Restaurant, exchanges: Sequence[Seen]) -> None:
    """Put the customers whom no exchange shows, and take away the company that is not the recording's."""
    named = {seen.path["company_id"] for seen in exchanges if seen.ok and "company_id" in seen.path}
    if named:
        for company in list(restaurant.companies):
            if company.id not in named:
                restaurant.companies.remove(company.id)
    census = _census(restaurant, exchanges)
    strangers = census.unseen()
    for id in strangers:
        restaurant.customers.put(_customer(restaurant, id, {}))
    given: set[str] = set()
    for seen in exchanges:
        mobile = _mobile(seen)
        if seen.ok and mobile:
            given.add(mobile)
        elif _is_taken(seen) and mobile not in given and restaurant.customers.by("mobile", mobile) is None:
            stranger = strangers.pop() if strangers else census.stranger()
            if stranger is not None:
                restaurant.customers.put(_customer(restaurant, stranger, {"mobile": mobile}))
    settle_owned(restaurant, exchanges)


def _mobile(seen: Seen) -> str:
    """The mobile number that a customer was to have; empty where the exchange is about none."""
    is_write = seen.operation in _WRITES and isinstance(seen.body, Mapping)
    return str(seen.body.get("mobile") or "").strip() if is_write else ""


def _is_taken(seen: Seen) -> bool:
    """Whether somebody else had the mobile number that was sent."""
    return isinstance(seen.reply, Mapping) and seen.reply.get("error_description") == MOBILE_TAKEN


def _census(restaurant: Restaurant, exchanges: Sequence[Seen]) -> Census:
    """Pages that begin behind a customer do not say how many there are before them, only which number they have."""
    census = Census(customer.id for customer in restaurant.customers)
    for seen in exchanges:
        if seen.operation == "create_customer" and seen.ok:
            census.made(seen.reply["id"])
        elif seen.operation == "get_customer" and seen.status == _NOT_FOUND:
            census.absent(seen.path["customer_id"])
        elif seen.operation == "find_customers" and isinstance(seen.reply, list) and not _NARROWED & seen.query.keys():
            _count_page(census, seen)
    return census


def _count_page(census: Census, seen: Seen) -> None:
    """A page that begins behind a customer does not say how many come before it, only which number it has."""
    told, start = seen.reply_headers, seen.query.get("start")
    number, pages = int(told.get("x-page", 0)), int(told.get("x-pages", 1))
    before, keys = number * SIZE, [customer["id"] for customer in seen.reply]
    most_before = before if start is None else before + SIZE - 1
    behind = max(1, (pages - 1) * SIZE + 1 - most_before - len(keys)) if "x-next-page" in told else 0
    census.page(keys, before, behind, after=0 if start is None and number == 0 else start)
