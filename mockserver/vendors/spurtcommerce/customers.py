"""Customers: made, found, shown and altered. What is sent is told back as it was sent [recorded]."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import nan
from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.rendering import Rendering
from mockserver.vendors.spurtcommerce import conversions, customer_bodies, passwords, validation
from mockserver.vendors.spurtcommerce.collation import collated, like
from mockserver.vendors.spurtcommerce.columns import to_integer, to_text
from mockserver.vendors.spurtcommerce.envelope import answer, answer_saved
from mockserver.vendors.spurtcommerce.javascript import to_number
from mockserver.vendors.spurtcommerce.paging import asks_count, newest, page
from mockserver.vendors.spurtcommerce.records import Customer, Group, Market
from mockserver.vendors.spurtcommerce.times import time_text

_WITH_MAIL = "Successfully created new customer with email Id and password and email sent."
_WITHOUT_MAIL = "Customer Created Successfully"
_PICTURES = ("PNG", "png", "jpg", "jpeg", "svg")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
_CONSTANTS = {"true": 1.0, "false": 0.0, "null": nan}
"""What the database's query language has names for; nothing is equal to null."""


def create_customer(market: Market, call: Call) -> Reply:
    """Create a customer whose e-mail no other one has, but for deleted ones. Nobody looks whether her group is there."""
    sent = validation.check(call)
    if market.customers.find("email", collated(sent["email"])):
        raise Refused("email-already-exists")
    if sent["password"] != sent["confirmPassword"]:
        raise Refused("passwords-differ")
    customer = Customer(
        id=0,
        created=time_text(call.at),
        password_hash=passwords.hashed(market, sent["password"]),
        **_columns(sent),
    )
    customer = market.customers.add(customer)
    message = _WITH_MAIL if to_number(sent["mailStatus"]) == 1 else _WITHOUT_MAIL
    return answer_saved(call, message, customer_bodies.created(customer, sent))


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    """What the columns keep of a request. Raises Refused("query-failed") for what is no number where one must be."""
    return {
        "group": to_integer(sent["customerGroupId"], "customer_group_id"),
        "first_name": sent["username"],
        "username": sent["email"],
        "email": sent["email"],
        "mobile": to_text(sent["mobileNumber"], "mobile", 255),
        "mail_status": to_integer(sent["mailStatus"], "mail_status"),
        "is_active": to_integer(sent["status"], "is_active"),
    }


def find_customers(market: Market, call: Call) -> Reply:
    """The customers who are not deleted and for whom all filters hold, the newest first; or their number.

    The program does not look at `status` [recorded].
    """
    query = conversions.read_query(call)
    customers = [customer for customer in market.customers if not customer.delete_flag]
    if group := query.get("customerGroup"):
        number = _group_number(group)
        customers = [customer for customer in customers if customer.group == number]
    for name, value_of in _FILTERS.items():
        if part := query.get(name):
            holds = like(_searched(name, part))
            customers = [customer for customer in customers if holds(value_of(customer))]
    if asks_count(query):
        return answer("Successfully got count ", len(customers))
    return answer("Successfully got Customer list.", _listed(market, newest(customers, page(query))))


_FILTERS: dict[str, Callable[[Customer], str]] = {
    "name": lambda customer: customer.first_name,
    "email": lambda customer: customer.email,
    "date": lambda customer: customer.created,
}


def _searched(name: str, part: Any) -> str:
    """What is looked for. Raises Refused("program-failed") where a filter is given twice."""
    if isinstance(part, str):
        return part
    if name == "date":
        raise Refused("query-failed", reason="ER_PARSE_ERROR: You have an error in your SQL syntax")
    raise Refused("program-failed", reason=f"{name}.toLowerCase is not a function")


def _group_number(group: Any) -> float:
    """The number of a group. The program puts the text into its query, where a name is an unknown column [recorded]."""
    text = group if isinstance(group, str) else ""
    known = _CONSTANTS.get(text.strip().lower())
    if known is not None:
        return known
    if not _NUMBER.fullmatch(text):
        raise Refused("query-failed", reason=f"ER_BAD_FIELD_ERROR: Unknown column '{text}' in 'WHERE'")
    return to_number(text)


def _listed(market: Market, customers: Sequence[Customer]) -> list[customer_bodies.Listed]:
    names: dict[int | None, str | None] = {group.id: group.name for group in market.groups}
    return [customer_bodies.listed(customer, names.get(customer.group)) for customer in customers]


def get_customer(market: Market, call: Call) -> Reply:
    """One customer, even a deleted one [recorded]."""
    customer = market.customers.get(conversions.read_id(call))
    if customer is None:
        raise Refused("customer-not-found")
    return Reply(_SHOWN(customer, None if customer.group is None else market.groups.get(customer.group)))


def _shown(customer: Customer, group: Group | None) -> bytes:
    told = answer("successfully got Customer details.", customer_bodies.detailed(customer, group))
    return msgspec.json.encode(told.body)


_SHOWN = Rendering(_shown)
"""The text that shows a customer and the name of her group."""


def update_customer(market: Market, call: Call) -> Reply:
    """Alter a customer, even a deleted one. What is sent replaces what was there; a password may be left out."""
    id, sent = conversions.read_id(call), validation.check(call)
    customer = market.customers.get(id)
    if customer is None:
        raise Refused("customer-not-found")
    sent = {"email": customer.email, **sent}
    if any(other.id != customer.id for other in market.customers.find("email", collated(sent["email"]))):
        raise Refused("email-already-registered")
    if not _are_same(sent.get("password"), sent.get("confirmPassword")):
        raise Refused("passwords-differ")
    altered = {**_picture(call, sent.get("avatar")), **_password(market, sent.get("password")), **_columns(sent)}
    customer = replace(customer, modified=time_text(call.at), **altered)
    market.customers.put(customer)
    return answer_saved(call, "Customer Updated Successfully", customer_bodies.updated(customer, sent))


def _are_same(password: Any, confirmed: Any) -> bool:
    """Whether two values are the same one to the program: no two lists or objects are."""
    return type(password) is type(confirmed) and password == confirmed and not isinstance(password, list | dict)


def _picture(call: Call, avatar: Any) -> dict[str, str]:
    """The columns of a picture, `data:image/png;base64,…`, whose file the program calls by the time."""
    if not avatar:
        return {}
    if not isinstance(avatar, str):
        raise Refused("program-failed", reason="avatar.split is not a function")
    kind = f"{avatar.partition(';')[0]}/".split("/")[1]
    if kind not in _PICTURES:
        raise Refused("avatar-type-refused")
    return {"avatar": f"Img_{round(call.at * 1000)}.{kind}", "avatar_path": "customer/"}


def _password(market: Market, password: Any) -> dict[str, str]:
    """The column of a new password."""
    if not password:
        return {}
    if not isinstance(password, str):
        raise Refused("program-failed", reason="customerParam.password.match is not a function")
    if not validation.is_strong(password):
        raise Refused("password-weak")
    return {"password_hash": passwords.hashed(market, password)}
