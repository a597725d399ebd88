"""What each recorded exchange with REST v4 tells of the shop's records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import dropwhile
from typing import Any

import msgspec

from mockserver.recordings import Seen, Trace
from mockserver.vendors.webcommander.records import Customer
from mockserver.vendors.webcommander.unseen import country_before, named_with, numbers_before
from mockserver.vendors.webcommander.unseen_sales import NO_EMAIL, UNSEEN_ADDRESS
from mockserver.vendors.webcommander.v4.bodies import ShippingProfileBody, ShippingRuleBody

_CUSTOMER = {
    **{name: name for name in Customer.__struct_fields__},
    "company": "is_company",
    "customer_password_expired": "password_expired",
    "active_billing_address": "active_billing",
    "active_shipping_address": "active_shipping",
}
_ELSEWHERE = frozenset({"addresses", "parent", "shipping_profile"})
_ADDRESS = {"address_line_1": "line1", "address_line_2": "line2"}
_PROFILE = {field.encode_name: field.name for field in msgspec.structs.fields(ShippingProfileBody)} | {
    "shippingRules": "rules"
}
_RULE = {field.encode_name: field.name for field in msgspec.structs.fields(ShippingRuleBody)} | {"zoneList": "zones"}
_OF_CUSTOMERS = frozenset(
    {
        "already_in_trash",
        "country_unknown",
        "customer_not_active",
        "email_already_registered",
        "email_mismatch",
        "invalid_email",
        "old_password_wrong",
        "parent_unknown",
        "shipping_profile_unknown",
        "state_country_mismatch",
        "state_unknown",
        "store_credit_above_limit",
    }
)
"""Reasons of errors about a customer, whatever is asked."""

_NO_STATUS = re.compile(r" is no status;")
_NO_WORD = re.compile(r" is no (status|type of addresses);")
_UNSEEN = {"id": UNSEEN_ADDRESS, "type": "PRIMARY", "email": NO_EMAIL}
_LIMIT = re.compile(r"store_credit is above ([0-9.]+), ")
_STATUS = re.compile(r"The customer is (\w+), ")


def traces(seen: Seen) -> Iterator[Trace]:
    """What an exchange tells."""
    if seen.ok:
        yield from _TELLERS.get(seen.operation, _nothing)(seen)
    elif isinstance(seen.reply, Mapping):
        yield from _of_refused(seen, seen.reply)


def _of_refused(seen: Seen, error: Mapping[str, Any]) -> Iterator[Trace]:
    """What an error tells of the customer whom it is about, and of those whom the request names."""
    reason, message = str(error.get("error")), str(error.get("message"))
    draft = seen.body.get("customer") if isinstance(seen.body, Mapping) else None
    customer: Mapping[str, Any] = draft if isinstance(draft, Mapping) else {}
    if "customer_id" in seen.path and _is_of_customer(seen.operation, reason, message):
        fields = dict(_of_refusal(reason, message))
        if reason in ("old_password_wrong", "customer_not_active"):
            fields["_email"] = customer["email"]
        if seen.operation == "update_customer" and "country" not in customer:
            fields |= country_before(message, "PRIMARY")
        yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=fields)
    if _NO_STATUS.search(message) and customer.get("parent") is not None:
        yield Trace(collection="customers", key=int(customer["parent"]), kind="named")


def _nothing(_seen: Seen) -> Iterator[Trace]:
    yield from ()


def _is_of_customer(operation: str, reason: str, message: str) -> bool:
    """Whether an error is one that is found once the customer is, so that she is there."""
    return (
        reason in _OF_CUSTOMERS
        or (reason == "required" and operation in ("update_customer", "reset_password"))
        or (reason == "invalid_enum" and _NO_WORD.search(message) is not None)
    )


def _of_refusal(reason: str, message: str) -> Iterator[tuple[str, Any]]:
    """What a refusal tells of the customer whom it is about."""
    yield "is_in_trash", reason == "already_in_trash"
    if reason == "old_password_wrong":
        yield "status", "active"
    for name, told in (("store_credit_limit", _LIMIT.match(message)), ("status", _STATUS.match(message))):
        if told:
            yield name, told[1] if name == "status" else float(told[1])


def _of_customers(seen: Seen) -> Iterator[Trace]:
    for customer in seen.reply["customers"]:
        yield from _shown(customer)


def _of_customer(seen: Seen) -> Iterator[Trace]:
    yield from _shown(seen.reply["customer"])


def _of_create(seen: Seen) -> Iterator[Trace]:
    customer = seen.reply["customer"]
    yield Trace(collection="customers", key=customer["id"], kind="created")
    yield from numbers_before([address["id"] for address in customer["addresses"]], customer["display_id"])
    yield from named_with(_fields(customer))


def _of_update(seen: Seen) -> Iterator[Trace]:
    """The reply shows her as she is now; what others see of her too, and her password, were something else before."""
    fields, draft = _fields(seen.reply["customer"]), (seen.body or {}).get("customer") or {}
    before = fields | {name: None for name in ("email", "parent", "first_name", "last_name", "status") if name in draft}
    if draft.get("password"):
        before["_password"] = None
    if (seen.body or {}).get("store_credit") is not None:
        before |= {"store_credit": None, f"_reached {fields['store_credit']}": True}
    yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=before)
    yield from named_with(fields)


def _of_delete(seen: Seen) -> Iterator[Trace]:
    fields = {"is_in_trash": False}
    yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=fields)


def _of_changed_password(seen: Seen) -> Iterator[Trace]:
    asked = seen.body["customer"]
    known = {"_email": asked["email"], "_password": asked["old_password"], "status": "active", "is_in_trash": False}
    yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=known)


def _of_reset_password(seen: Seen) -> Iterator[Trace]:
    fields = {"_password": None, "is_in_trash": False}
    yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=fields)


def _of_addresses(seen: Seen) -> Iterator[Trace]:
    """The new addresses have the last numbers. Those that are not at the end took the place of one that nobody saw."""
    fields, kinds = (
        _fields(seen.reply["customer"]),
        [each["type"].upper() for each in seen.body["customer"]["addresses"]],
    )
    highest = max(address["id"] for address in fields["addresses"])
    first = highest - max(at for at, kind in enumerate(kinds) if kind != "PRIMARY" or "PRIMARY" not in kinds[at + 1 :])
    added = range(first, highest + 1)
    yield from numbers_before([first])
    before = list(dropwhile(lambda address: address["id"] in added, reversed(fields["addresses"])))
    replaced = {address["id"] for address in before if address["id"] in added}
    fields["addresses"] = [_UNSEEN if address["id"] in added else address for address in reversed(before)]
    for name in ("active_billing", "active_shipping"):
        if fields[name] in added:
            fields[name] = _UNSEEN["id"] if fields[name] in replaced else None
    yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=fields)
    yield from named_with(fields)


def _of_issued_token(seen: Seen) -> Iterator[Trace]:
    asked, client = seen.body or {}, {"client": (seen.body or {}).get("client_id")}
    secrets = {"client_secret": asked.get("client_secret"), "_auth_string": asked.get("auth_string")}
    yield Trace(collection="clients", key=asked["client_id"], kind="named", fields=secrets)
    yield Trace(collection="access_tokens", key=seen.reply["access_token"], kind="created")
    if asked.get("grant_type") == "refresh_token":
        yield Trace(collection="refresh_tokens", key=asked["refresh_token"], kind="named", fields=client)
    else:
        yield Trace(collection="refresh_tokens", key=seen.reply["refresh_token"], kind="created")


_TELLERS: Mapping[str, Callable[[Seen], Iterable[Trace]]] = {
    "issue_token": _of_issued_token,
    "find_customers": _of_customers,
    "create_customer": _of_create,
    "get_customer": _of_customer,
    "update_customer": _of_update,
    "delete_customer": _of_delete,
    "change_password": _of_changed_password,
    "reset_password": _of_reset_password,
    "add_addresses": _of_addresses,
}


def _shown(customer: Mapping[str, Any]) -> Iterator[Trace]:
    fields = _fields(customer)
    yield Trace(collection="customers", key=customer["id"], kind="shown", fields=fields)
    yield from named_with(fields)


def _fields(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What a shown customer tells, by the names of the record's fields and of hints."""
    fields = {
        _CUSTOMER[name]: value for name, value in customer.items() if name in _CUSTOMER and name not in _ELSEWHERE
    }
    fields["addresses"] = [_address(address) for address in customer["addresses"]]
    parent, profile = customer["parent"], customer["shipping_profile"]
    fields["parent"] = parent and parent["id"]
    fields["shipping_profile"] = profile and profile["id"]
    if parent:
        fields["_parent_name"] = parent["name"]
    if profile:
        fields["_profile"] = _profile(profile)
    return fields


def _address(shown: Mapping[str, Any]) -> dict[str, Any]:
    address = {_ADDRESS.get(name, name): value for name, value in shown.items()}
    return address | {place: shown[place] and shown[place]["id"] for place in ("country", "state")}


def _profile(shown: Mapping[str, Any]) -> dict[str, Any]:
    profile = {_PROFILE[name]: value for name, value in shown.items() if name in _PROFILE}
    rules = [{_RULE[name]: value for name, value in rule.items() if name in _RULE} for rule in profile["rules"]]
    return {**profile, "rules": rules}
