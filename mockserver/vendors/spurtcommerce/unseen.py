"""Whole records out of what a recording tells of them; what nobody told is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mockserver.state.change import Record
from mockserver.vendors.spurtcommerce import passwords
from mockserver.vendors.spurtcommerce.records import (
    Customer,
    Group,
    Market,
    Role,
    Seller,
    SellerProduct,
    User,
)

Told = Mapping[str, Any]
_LONG_AGO = "2000-01-01 00:00:00"
_FIRST_ROLE = 1


def complete(market: Market, collection: str, key: int | str, fields: Told) -> Record:
    """A record of which so much is known; None is what nobody knows."""
    return _MAKERS[collection](market, int(key), {name: value for name, value in fields.items() if value is not None})


def _customer(market: Market, id: int, told: Told) -> Customer:
    email = told.get("email", f"unseen.{id}@example.com")
    group = {"group": _group_called(market, told.get("_group_name"))} if "group" not in told else {}
    unseen = {"id": id, "username": email, "email": email, "password_hash": "", "created": _LONG_AGO}
    known = {name: value for name, value in told.items() if not name.startswith("_")}
    return msgspec.convert({**unseen, **_names(told), **group, **known}, Customer, strict=False)


def _names(told: Told) -> dict[str, str | None]:
    """First and last name, which a spreadsheet shows as one."""
    whole = told.get("_full_name", "Unseen ")
    first = told.get("first_name", whole.partition(" ")[0])
    last = whole.removeprefix(f"{first} ") if whole.startswith(f"{first} ") else ""
    return {"first_name": first, "last_name": last or None}


def _group_called(market: Market, name: str | None) -> int | None:
    """The group of a customer of whom only the group's name was shown; none where there is no such group."""
    groups = market.groups.find("name", name.casefold()) if name else ()
    return groups[0].id if groups else None


def _group(market: Market, id: int, told: Told) -> Group:
    known = market.groups.get(id) or Group(id=id, name=f"Unseen {id}", created=_LONG_AGO)
    return msgspec.convert({**msgspec.structs.asdict(known), **told}, Group, strict=False)


def _role(market: Market, id: int, told: Told) -> Role:
    known = market.roles.get(id) or Role(id=id, name=f"Unseen {id}", created=_LONG_AGO)
    return msgspec.convert({**msgspec.structs.asdict(known), **told}, Role)


def _user(market: Market, id: int, told: Told) -> User:
    """An administrator, with the password that somebody signed in with."""
    password = {"password_hash": passwords.hashed(market, told["_password"])} if "_password" in told else {}
    unseen = {"id": id, "username": f"unseen.{id}@example.com", "password_hash": "", "first_name": "Unseen"}
    known = market.users.get(id)
    own = {name: value for name, value in told.items() if not name.startswith("_")}
    before = {**unseen, "role": _FIRST_ROLE, "created": _LONG_AGO} if known is None else msgspec.structs.asdict(known)
    return msgspec.convert({**before, **own, **password}, User)


def _seller(market: Market, id: int, told: Told) -> Seller:
    known = market.sellers.get(id) or Seller(id=id, customer=0, company_name=f"Unseen {id}", created=_LONG_AGO)
    return msgspec.structs.replace(known, **told)


def _seller_product(_market: Market, id: int, told: Told) -> SellerProduct:
    return SellerProduct(id=id, product=0, created=_LONG_AGO, **told)


_MAKERS: Mapping[str, Callable[[Market, int, Told], Record]] = {
    "customers": _customer,
    "groups": _group,
    "roles": _role,
    "users": _user,
    "sellers": _seller,
    "seller_products": _seller_product,
}
