"""Whole records out of what a recording tells of them; what nobody told is filled in.

A value of None that is told for a field which is never null is one that nobody knows: it was altered before it was shown.
Names that begin with an underscore are no fields but hints: what is known of a customer though no field was shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from mockserver.census import Census
from mockserver.recordings import Seen
from mockserver.state.change import Record
from mockserver.vendors.open2b.passwords import encrypt
from mockserver.vendors.open2b.records import (
    BillingAddress,
    Cart,
    Customer,
    Group,
    ProductCollection,
    ShippingAddress,
    Shop,
)
from mockserver.vendors.open2b.wire import CustomerBody

_LONG_AGO = "2000-01-01 00:00:00"
_GROUP, _COUNTRY = 255, "ZZ"
"""Of a customer of whom none is told: such as hardly anybody asks for."""

_SHOWN = {field.encode_name: field.name for field in msgspec.structs.fields(CustomerBody)}
_NAMES = {**_SHOWN, "hasPassword": "_has_password", "fullName": "_full_name"}
_UNSEEN = "@unseen.invalid"
_CRYPTED = re.compile(r".{45}")
_EXISTS = "AlreadyExists"


def fields_of(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What a shown customer tells, by the names of the record's fields and of hints."""
    return {_NAMES[name]: value for name, value in customer.items() if name in _NAMES}


def complete(shop: Shop, collection: str, key: int | str, fields: Mapping[str, Any]) -> Record:
    """A record of which so much is known. What the shop is set up with stays as it is."""
    match collection:
        case "customers":
            return _customer(int(key), {name: value for name, value in fields.items() if value is not None})
        case "groups":
            return shop.groups.get(key) or Group(id=int(key), name=f"Group {key}")
        case "collections":
            known = shop.collections.get(key)
            return known or ProductCollection(id=int(key), is_catalog=fields.get("is_catalog", False))
        case _:
            return Cart(token=str(key))


def _customer(id: int, told: Mapping[str, Any]) -> Customer:
    own = {name: told[name] for name in Customer.__struct_fields__ if name in told}
    labels = frozenset(int(name.removeprefix("_label_")) for name in told if name.startswith("_label_"))
    created = _after(told.get("_created_after", _LONG_AGO))
    unseen = {"locale": "en", "creation_time": created, "update_time": own.get("creation_time", created)}
    shipping = own.get("shipping_address")
    return Customer(
        **{
            **unseen,
            "group": _GROUP,
            **own,
            "id": id,
            "encrypted_password": _encrypted(id, told),
            "collections": tuple(own.get("collections", ())),
            "wish_list": tuple(own.get("wish_list", ())),
            "billing_address": _billing(id, told),
            "shipping_address": shipping and msgspec.convert(shipping, ShippingAddress),
            "labels": labels,
        }
    )


def _after(text: str) -> str:
    """A second later, as the shop writes times."""
    return str(datetime.fromisoformat(text) + timedelta(seconds=1))


def _encrypted(id: int, told: Mapping[str, Any]) -> str:
    """A password as our shop would have it: one that somebody logged in with is known, others are kept as they were shown."""
    if "_password" in told:
        return encrypt(told["_password"])
    shown: str | None = told.get("encrypted_password")
    if shown:
        return shown if _CRYPTED.fullmatch(shown) else encrypt(shown)
    has_password = told.get("_has_password", told.get("can_login", False))
    return encrypt(f"unseen {id}") if has_password and shown is None else ""


def _billing(id: int, told: Mapping[str, Any]) -> BillingAddress:
    if "billing_address" in told:
        return msgspec.convert(told["billing_address"], BillingAddress)
    return BillingAddress(
        first_name="-",
        last_name="-",
        personal_code=told.get("_personal_code", told.get("_keywords", "")),
        company_name=told.get("_full_name", ""),
        company_code=told.get("_company_code", ""),
        street1="-",
        city="-",
        postal_code="-",
        state_prov=told.get("_state_prov", ""),
        country=told.get("_country", _COUNTRY),
        email=told.get("_email", f"{id}{_UNSEEN}"),
    )


def settle(shop: Shop, exchanges: Sequence[Seen]) -> None:
    """Put the customers whom no exchange shows: those on pages that nobody asked for, and those who stand in somebody's way."""
    census = _census(shop, exchanges)
    strangers = census.unseen()
    for id in strangers:
        shop.customers.put(_customer(id, {}))
    done = _Done()
    for seen in exchanges:
        for index, value, told in _presupposed(seen):
            holder = shop.customers.by(index, value)
            if holder is None and (index, value) not in done.given:
                _put_stranger(shop, census, strangers, told)
            elif holder and "_password" in told and holder.id not in done.altered:
                done.altered.add(holder.id)
                before = {"login_time": told.get("login_time", holder.login_time)}
                password = encrypt(told["_password"])
                shop.customers.put(msgspec.structs.replace(holder, **before, encrypted_password=password))
        done.note(seen)


class _Done:
    """What an app has done so far.

    `given` has codes and e-mails, by the index that finds their customers; `altered` the ids of those who are not as they
    were in the beginning.
    """

    def __init__(self) -> None:
        self.given: set[tuple[str, str]] = set()
        self.altered: set[int] = set()
        self._emails: dict[int, str] = {}
        self._without_password: set[int] = set()

    def note(self, seen: Seen) -> None:
        """One exchange more."""
        if not seen.ok or seen.operation not in ("create_customer", "update_customer"):
            return
        draft, is_new = seen.body["customer"], seen.operation == "create_customer"
        id: int = seen.reply["id"] if is_new else seen.body["id"]
        self.altered.add(id)
        if draft.get("password"):
            self._without_password.discard(id)
        elif is_new:
            self._without_password.add(id)
        if "billingAddress" in draft:
            self._emails[id] = draft["billingAddress"]["email"].casefold()
        if draft.get("code"):
            self.given.add(("code", draft["code"]))
        if id in self._emails and id not in self._without_password:
            self.given.add(("login", self._emails[id]))


def _put_stranger(shop: Shop, census: Census, strangers: list[int], told: Mapping[str, Any]) -> None:
    """Let somebody of whom so much is known be there: one of that name whose e-mail nobody has seen, else a stranger."""
    somebody = _customer(0, told)
    is_named = bool(told.keys() & {"billing_address", "_full_name"})
    known = next((each for each in shop.customers if is_named and _may_be(each, somebody)), None)
    if known is None and strangers:
        known = shop.customers.get(strangers.pop())
    if known is None:
        id = census.stranger()
        if id is not None:
            shop.customers.put(msgspec.structs.replace(somebody, id=id))
        return
    own = {field: getattr(somebody, field) for field in Customer.__struct_fields__ if field in told and field != "id"}
    if somebody.encrypted_password:
        own["encrypted_password"] = somebody.encrypted_password
    if "billing_address" not in told and "_email" in told:
        own["billing_address"] = msgspec.structs.replace(known.billing_address, email=told["_email"])
    shop.customers.put(msgspec.structs.replace(known, **own))


def _may_be(customer: Customer, other: Customer) -> bool:
    unseen = customer.billing_address.email.endswith(_UNSEEN) and not customer.code
    return unseen and customer.full_name == other.full_name


def _census(shop: Shop, exchanges: Sequence[Seen]) -> Census:
    census = Census(customer.id for customer in shop.customers)
    for seen in exchanges:
        asked, reply = _mapping(seen.body), _mapping(seen.reply)
        match seen.operation:
            case "create_customer" if seen.ok:
                census.made(reply["id"])
            case "delete_customers" if seen.ok:
                for id in asked["ids"]:
                    census.gone(id)
            case "get_customer" if seen.ok and reply["customer"] is None:
                census.absent(asked["id"])
            case "find_customers" if seen.ok and asked.get("order", []) in ([], ["id"]):
                _count_page(census, asked, reply["customers"])
    return census


def _count_page(census: Census, asked: Mapping[str, Any], customers: Sequence[Mapping[str, Any]]) -> None:
    """A page in the order of the ids tells how many come before it, unless it is one of those who meet conditions."""
    conditions, first = asked.get("conditions", {}), asked.get("first", 0)
    if conditions.keys() <= {"after"} and all("id" in customer for customer in customers):
        is_last = len(customers) < asked.get("limit", len(customers) + 1)
        after = conditions.get("after", 0)
        keys = [customer["id"] for customer in customers]
        census.page(keys, 0 if after else first, 0 if is_last else None, after=None if first else after)


def _presupposed(seen: Seen) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Somebody who must be there, as an exchange tells without saying who she is: what finds her, and what is known of her."""
    asked, reply = _mapping(seen.body), _mapping(seen.reply)
    if seen.operation == "authenticate_customer" and seen.ok and reply["customer"] is not None:
        known = {**fields_of(reply["customer"]), "can_login": True, "_password": asked["password"]}
        yield "login", asked["email"].casefold(), {"_email": asked["email"], **known}
    error = reply.get("error", {})
    if error.get("type") == _EXISTS and error["field"] == "code":
        yield "code", asked["customer"]["code"], {"code": asked["customer"]["code"]}
    if error.get("type") == _EXISTS and error["field"] == "email" and "billingAddress" in asked["customer"]:
        email = asked["customer"]["billingAddress"]["email"]
        yield "login", email.casefold(), {"_email": email, "_has_password": True}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
