"""Whole records out of what a recording tells of them, in whichever generation's words; what nobody told is filled in.

A value of None that is told for a field which is never null is one that nobody knows: it was altered before it was shown.
Names that begin with an underscore are no fields but hints: what is known of a record though no field was shown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.recordings import Trace
from mockserver.state.change import Record
from mockserver.vendors.webcommander.passwords import hash_password
from mockserver.vendors.webcommander.places import find_country
from mockserver.vendors.webcommander.records import (
    AccessToken,
    Client,
    Counters,
    Customer,
    CustomerToken,
    RefreshToken,
    Settings,
    ShippingProfile,
    Shop,
    Status,
    fold,
)
from mockserver.vendors.webcommander.sales import AddressType
from mockserver.vendors.webcommander.unseen_sales import LONG_AGO, NO_EMAIL, UNSEEN_ADDRESS, unseen_order

Told = Mapping[str, Any]

ONLY = "only"
"""The key of the records that there is one of."""

UNSEEN_NAME = "-"
_STATUS: Status = "pending"
"""The name and the status of a customer of whom none is told; no list of a plugin asks for that one."""

_LAST = 1_000_000
"""The position of a client that nobody set up: behind all others."""

_NOT_THERE = re.compile(r" is not (?:in|a state of) ([^;]+)")
_KINDS: tuple[AddressType, ...] = ("PRIMARY", "BILLING", "SHIPPING")


def complete(shop: Shop, collection: str, key: int | str, fields: Told) -> Record:
    """A record of which so much is known."""
    return _MAKERS[collection](shop, key, {name: value for name, value in fields.items() if value is not None})


def country_before(message: str, kind: AddressType) -> Iterator[tuple[str, str]]:
    """The country that an address had, from the text of an error that says that a state is not in it."""
    found = _NOT_THERE.search(message)
    if found:
        yield f"_country {kind}", found[1]


def numbers_before(addresses: list[int], display: int | None = None) -> Iterator[Trace]:
    """What new numbers tell of those that were given out before."""
    if addresses:
        fields = {"address": min(addresses) - 1, "display": None if display is None else display - 1}
        yield Trace(collection="counters", key=ONLY, kind="shown", fields=fields)


def named_with(fields: Told) -> Iterator[Trace]:
    """Those that a customer's fields name are there too."""
    if fields.get("parent") is not None:
        parent = {"_full_name": fields.get("_parent_name")}
        yield Trace(collection="customers", key=fields["parent"], kind="named", fields=parent)
    if fields.get("shipping_profile") is not None:
        profile = fields.get("_profile", {})
        yield Trace(collection="shipping_profiles", key=fields["shipping_profile"], kind="named", fields=profile)


def _customer(shop: Shop, key: int | str, told: Told) -> Customer:
    """A customer; one of whom the other generation's traffic has told already is what both tell."""
    id = int(key)
    first, last = _names(told)
    known = shop.customers.get(id) or Customer(
        id=id,
        first_name=first,
        last_name=last,
        status=_STATUS,
        email=_email(shop, told),
        created_at=f"{LONG_AGO}Z",
        active_billing=UNSEEN_ADDRESS + _KINDS.index("BILLING"),
        active_shipping=UNSEEN_ADDRESS + _KINDS.index("SHIPPING"),
    )
    own = {name: told[name] for name in Customer.__struct_fields__ if name in told}
    if "_password" in told:
        own["password_hash"] = hash_password(shop.settings, told["_password"], f"{id}/unseen")
    whole = {**msgspec.to_builtins(known), **own, "store_credit_limit": _limit(shop, told)}
    whole["addresses"] = _addresses(told) or whole["addresses"] or _unseen_addresses(told)
    return msgspec.convert(whole, Customer)


def _names(told: Told) -> tuple[str, str | None]:
    """The names of a customer of whom the whole name was shown, as it is of parents."""
    whole: str = told.get("_full_name", UNSEEN_NAME)
    first, last = told.get("first_name"), told.get("last_name")
    if first:
        return first, whole.removeprefix(first).strip() if whole.startswith(f"{first} ") else None
    return whole.removesuffix(f" {last}") if last else whole, None


def _email(shop: Shop, told: Told) -> str | None:
    """The e-mail of a customer whose own was not shown: the one that named her, else that of her own address."""
    primary = (address["email"] for address in told.get("_addresses", ()) if address["type"] == "PRIMARY")
    email: str | None = told.get("_email") or next(primary, None)
    if not email or email.endswith("@noemail.loc") or shop.customers.by("email", fold(email)):
        return None
    return email


def _addresses(told: Told) -> list[Told]:
    """A customer's addresses as they were shown; those of the first generation have no order but that of their numbers."""
    shown: list[Told] = told.get("addresses") or sorted(told.get("_addresses", ()), key=itemgetter("id"))
    return shown


def _unseen_addresses(told: Told) -> list[Told]:
    """One address of each kind, of which the words of its alteration may be known, or its country."""
    words: Told = {"PRIMARY": {}, "BILLING": told.get("_billing", {}), "SHIPPING": told.get("_shipping", {})}
    return [
        {
            "email": NO_EMAIL,
            "country": find_country(told.get(f"_country {kind}", "")),
            **words[kind],
            "id": UNSEEN_ADDRESS + at,
            "type": kind,
        }
        for at, kind in enumerate(_KINDS)
    ]


def _limit(shop: Shop, told: Told) -> float | None:
    """A customer's own limit of store credit, where the shop's does not explain what went through and what did not."""
    if "store_credit_limit" in told:
        return float(told["store_credit_limit"])
    of_shop = shop.settings.store_credit_limit
    refused, reached = ([*_amounts(told, name)] for name in ("_refused ", "_reached "))
    if refused and (of_shop is None or of_shop >= min(refused)):
        return round(min(refused) - 0.01, 2)
    return max(reached) if reached and of_shop is not None and max(reached) > of_shop else None


def _amounts(told: Told, name: str) -> Iterator[float]:
    return (float(each.removeprefix(name)) for each in told if each.startswith(name))


def _profile(shop: Shop, key: int | str, told: Told) -> ShippingProfile:
    known = shop.shipping_profiles.get(key) or ShippingProfile(
        id=int(key), name="-", created=f"{LONG_AGO}Z", updated=f"{LONG_AGO}Z"
    )
    return msgspec.convert({**msgspec.to_builtins(known), **told}, ShippingProfile)


def _customer_token(_shop: Shop, key: int | str, told: Told) -> CustomerToken:
    return CustomerToken(token=str(key), customer=told.get("customer", 0))


def _access_token(shop: Shop, key: int | str, told: Told) -> AccessToken:
    return AccessToken(token=str(key), client=_client_or_first(shop, told))


def _refresh_token(shop: Shop, key: int | str, told: Told) -> RefreshToken:
    return shop.refresh_tokens.get(key) or RefreshToken(token=str(key), client=_client_or_first(shop, told))


def _client_or_first(shop: Shop, told: Told) -> str:
    client: str | None = told.get("client")
    return client or (shop.first_client.client_id if shop.first_client else "")


def _client(shop: Shop, key: int | str, told: Told) -> Client:
    """A client with the secret, and the administrator with the password, that were good."""
    known = shop.clients.get(key) or Client(
        client_id=str(key), client_secret="", username="", password_hash="", name=str(key), position=_LAST
    )
    known = replace(known, client_secret=told.get("client_secret", known.client_secret))
    try:
        username, _, password = base64.b64decode(told.get("_auth_string", ""), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return known
    hashed = hash_password(shop.settings, password, f"client/{key}")
    return replace(known, username=username, password_hash=hashed) if username else known


def _counters(shop: Shop, _key: int | str, told: Told) -> Counters:
    known = shop.counters.get(ONLY) or Counters()
    return replace(known, **told)


def _settings(shop: Shop, _key: int | str, told: Told) -> Settings:
    return replace(shop.settings, **told)


_MAKERS: Mapping[str, Callable[[Shop, int | str, Told], Record]] = {
    "customers": _customer,
    "orders": unseen_order,
    "shipping_profiles": _profile,
    "customer_tokens": _customer_token,
    "access_tokens": _access_token,
    "refresh_tokens": _refresh_token,
    "clients": _client,
    "counters": _counters,
    "settings_kept": _settings,
}
