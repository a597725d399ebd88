"""What each recorded exchange of a plugin tells of the shop's records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockserver.recordings import Seen, Trace
from mockserver.vendors.webcommander.plugin.telling_sales import (
    ADDRESS,
    address_fields,
    number_in,
    tell_orders,
    tell_payments,
)
from mockserver.vendors.webcommander.sales import AddressType
from mockserver.vendors.webcommander.unseen import ONLY, country_before, named_with, numbers_before

_IN_TRASH = "T"
_STATUSES = {
    "A": "active",
    "I": "inactive",
    "P": "pending",
    "W": "approval_awaiting",
    "V": "awaiting_verification",
}
_CUSTOMER = {
    "countReferralCodeUsed": "count_referral_code_used",
    "lastName": "last_name",
    "parent": "parent",
    "backgroundImage": "background_image",
    "companyName": "company_name",
    "source": "source",
    "shippingProfile": "shipping_profile",
    "abnBranch": "abn_branch",
    "referralCode": "referral_code",
    "howDoYouKnow": "how_do_you_know",
    "sex": "sex",
    "isCompany": "is_company",
    "userName": "user_name",
    "abn": "abn",
    "storeCredit": "store_credit",
    "firstName": "first_name",
    "baseUrl": "base_url",
    "usedReferralCode": "used_referral_code",
    "displayId": "display_id",
    "defaultTaxCode": "default_tax_code",
}
_ALTERED: Mapping[str, AddressType] = {
    "update_customer": "PRIMARY",
    "update_billing_address": "BILLING",
    "update_shipping_address": "SHIPPING",
}
_TRASHED = re.compile(r"Customer (\d+) is in the trash, ")
_OF_NAME = re.compile("firstName is required")
_OF_CUSTOMERS = re.compile(
    f"{_TRASHED}|^email .* is malformed|^Another customer has|^There is no (country|state)| is not in "
)
"""The errors that are found once the customer is, so that she is there."""


def traces(seen: Seen) -> Iterator[Trace]:
    """What an exchange tells."""
    if seen.ok:
        yield from _TELLERS.get(seen.operation, _nothing)(seen)
        return
    if not isinstance(seen.body, Mapping) or not isinstance(seen.reply, Mapping):
        return
    id, message = number_in(seen.body), str(seen.reply.get("message"))
    trashed = _TRASHED.match(message)
    if trashed:
        fields: dict[str, Any] = {"is_in_trash": True, "_email": seen.body.get("email") if id is None else None}
        yield Trace(collection="customers", key=int(trashed[1]), kind="named", fields=fields)
    elif id is not None:
        if seen.operation == "update_store_credit" and "storeCredit" in seen.reply:
            yield from _of_refused_credit(seen, id)
        elif _OF_CUSTOMERS.search(message) or (_OF_NAME.match(message) and isinstance(seen.body.get("firstName"), str)):
            fields = {"is_in_trash": False}
            if seen.operation in _ALTERED and "country" not in seen.body:
                fields |= country_before(message, _ALTERED[seen.operation])
            yield Trace(collection="customers", key=id, kind="named", fields=fields)


def _nothing(_seen: Seen) -> Iterator[Trace]:
    yield from ()


def _of_customers(seen: Seen) -> Iterator[Trace]:
    for customer in seen.reply["customers"]:
        yield from _shown(customer)


def _of_customer(seen: Seen) -> Iterator[Trace]:
    """An e-mail that names her is hers, unless it is the empty one, which names whom the shop has chosen."""
    customer, email = seen.reply["customers"], seen.query.get("email")
    named = None if "customerId" in seen.query else email
    yield from _shown(customer, {"_email": named or None})
    if named == "":
        fields = {"lost_email_customer": customer["id"]}
        yield Trace(collection="settings_kept", key=ONLY, kind="shown", fields=fields)


def _of_token(seen: Seen) -> Iterator[Trace]:
    customer = seen.reply["customers"]
    named = {"customer": customer["id"]}
    yield Trace(collection="customer_tokens", key=seen.query["token"], kind="named", fields=named)
    yield from _shown(customer)


def _of_create(seen: Seen) -> Iterator[Trace]:
    customer = seen.reply["customers"]
    fields = _fields(customer)
    yield Trace(collection="customers", key=customer["id"], kind="created")
    yield from numbers_before([address["id"] for address in fields["_addresses"]], customer["displayId"])


def _of_update(seen: Seen) -> Iterator[Trace]:
    """The reply shows her as she is now; what lists and others show of her was something else before."""
    customer, email = seen.reply["customers"], (seen.body or {}).get("email")
    by_number = number_in(seen.body) is not None
    before = {**_fields(customer), "_email": None if by_number else email or None}
    names = {"firstName": "first_name", "lastName": "last_name", "status": "status"}
    before |= {names[name]: None for name in seen.body if name in names}
    if by_number and email:
        before |= {"email": None}
    yield Trace(collection="customers", key=customer["id"], kind="named", fields=before)


def _of_changed_address(kind: str) -> Callable[[Seen], Iterator[Trace]]:
    def tell(seen: Seen) -> Iterator[Trace]:
        id = number_in(seen.body)
        if id is not None:
            words = {ADDRESS[name]: value for name, value in seen.reply["address"].items() if name in ADDRESS}
            fields: dict[str, Any] = {f"_{kind}": words}
            if not seen.body.get("status"):
                fields["status"] = seen.reply["address"].get("status")
            yield Trace(collection="customers", key=id, kind="named", fields=fields)

    return tell


def _of_delete(seen: Seen) -> Iterator[Trace]:
    id = number_in(seen.body)
    if id is not None:
        yield Trace(collection="customers", key=id, kind="named", fields={"is_in_trash": False})


def _of_credit(seen: Seen) -> Iterator[Trace]:
    id = number_in(seen.body)
    if id is not None:
        amount, now = seen.body["deltaAmount"], float(seen.reply["storeCredit"])
        is_up = seen.body["add"] in (True, "true")
        fields: dict[str, Any] = {"store_credit": round(now - amount if is_up else now + amount, 2)}
        if is_up:
            fields[f"_reached {now}"] = True
        yield Trace(collection="customers", key=id, kind="named", fields=fields)


def _of_refused_credit(seen: Seen, id: int) -> Iterator[Trace]:
    now = float(seen.reply["storeCredit"])
    fields: dict[str, Any] = {"store_credit": now}
    if seen.reply.get("isMaxCreditExceed") == "true":
        fields[f"_refused {round(now + seen.body['deltaAmount'], 2)}"] = True
    yield Trace(collection="customers", key=id, kind="named", fields=fields)


def _of_login(seen: Seen) -> Iterator[Trace]:
    yield Trace(collection="customer_tokens", key=seen.reply["access_token"], kind="created")


_TELLERS: Mapping[str, Callable[[Seen], Iterable[Trace]]] = {
    "get_customer_by_token": _of_token,
    "find_customers": _of_customers,
    "get_customer": _of_customer,
    "create_customer": _of_create,
    "update_customer": _of_update,
    "update_billing_address": _of_changed_address("billing"),
    "update_shipping_address": _of_changed_address("shipping"),
    "delete_customer": _of_delete,
    "update_store_credit": _of_credit,
    "authenticate_customer": _of_login,
    "find_orders": tell_orders,
    "find_payments": tell_payments,
}


def _shown(customer: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Iterator[Trace]:
    fields = _fields(customer)
    yield Trace(collection="customers", key=customer["id"], kind="shown", fields={**fields, **(more or {})})
    yield from named_with(fields)


def _fields(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What a shown customer tells, by the names of the record's fields and of hints."""
    fields = {_CUSTOMER[name]: value for name, value in customer.items() if name in _CUSTOMER}
    letter = customer["status"]
    fields["is_in_trash"] = letter == _IN_TRASH
    if letter in _STATUSES:
        fields["status"] = _STATUSES[letter]
    own = [customer["address"]] if customer["address"] else []
    lists = (("PRIMARY", own), ("BILLING", customer["billingAddresses"]), ("SHIPPING", customer["shippingAddresses"]))
    fields["_addresses"] = [address_fields(address, kind) for kind, addresses in lists for address in addresses]
    for name, shown in (("billing", customer["activeBillingAddress"]), ("shipping", customer["activeShippingAddress"])):
        fields[f"active_{name}"] = shown and shown["id"]
    return fields
