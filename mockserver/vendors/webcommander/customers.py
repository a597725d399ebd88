"""What both generations do to a customer, and what both refuse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from mockserver.call import Refused
from mockserver.vendors.webcommander.passwords import hash_password
from mockserver.vendors.webcommander.records import Customer, Shop, fold
from mockserver.vendors.webcommander.sales import Address, AddressType

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def find(shop: Shop, id: int) -> Customer:
    """A customer, who may be in the trash: what she was can still be read."""
    customer = shop.customers.get(id)
    if customer is None:
        raise Refused("customer-not-found", customer=id)
    return customer


def find_to_alter(shop: Shop, id: int) -> Customer:
    """A customer who is not in the trash."""
    return refuse_trash(find(shop, id))


def refuse_trash(customer: Customer) -> Customer:
    """The customer, unless she is in the trash, where nobody is altered any more."""
    if customer.is_in_trash:
        raise Refused("customer-in-trash", customer=customer.id)
    return customer


def check_first_name(name: str | None) -> str:
    """A customer's first name, without which nobody is one."""
    if not name or not name.strip():
        raise Refused("first-name-missing")
    return name


def check_email(shop: Shop, email: str, owner: int | None = None) -> str:
    """An e-mail that customer `owner`, or a new one, may have: nobody else has it, not even in the trash."""
    check_form(email)
    holder = shop.customers.by("email", fold(email) or "")
    if holder is not None and holder.id != owner:
        raise Refused("email-already-exists", email=email)
    return email


def check_form(email: str, field: str = "email") -> str:
    """A text that can be an e-mail. `field` is where it was sent."""
    if not _EMAIL.fullmatch(email):
        raise Refused("email-malformed", email=email, field=field)
    return email


def create(
    shop: Shop, fields: dict[str, Any], block: Address, kinds: Sequence[AddressType], password: str | None
) -> Customer:
    """Store a new customer with one address of each kind, all made from one block and numbered in this order."""
    id = shop.customers.last_key + 1
    first = shop.next_numbers(len(kinds), customers=1)
    addresses = tuple(numbered(block, first.address + at, kind) for at, kind in enumerate(kinds))
    ids = {address.type: address.id for address in addresses}
    customer = Customer(
        id=id,
        display_id=first.display,
        addresses=addresses,
        active_billing=ids.get("BILLING"),
        active_shipping=ids.get("SHIPPING"),
        password_hash=hash_password(shop.settings, password, f"{id}/0") if password else None,
        **fields,
    )
    shop.customers.put(customer)
    return customer


def alter(shop: Shop, before: Customer, **fields: Any) -> Customer:
    """Store a customer with other values in these fields; nothing is stored where they are what they were."""
    if all(getattr(before, name) == value for name, value in fields.items()):
        return before
    after = replace(before, **fields, version=before.version + 1)
    shop.customers.put(after)
    return after


def hashed(shop: Shop, customer: Customer, password: str) -> str:
    """The hash of a password that a customer is to have from now on."""
    return hash_password(shop.settings, password, f"{customer.id}/{customer.version + 1}")


def trash(shop: Shop, customer: Customer) -> None:
    """Put a customer into the trash, out of which there is no way. Her e-mail stays taken."""
    alter(shop, refuse_trash(customer), is_in_trash=True)


@lru_cache(maxsize=64)
def time_text(second: int) -> str:
    """A second since 1970 as the shop keeps it: `2023-03-21T11:09:24Z`."""
    return f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}Z"


def numbered(block: Address, id: int, kind: AddressType) -> Address:
    """An address of its own with the words of another; without an e-mail it gets the vendor's stand-in for one."""
    return replace(block, id=id, type=kind, email=block.email or f"{id}@noemail.loc")


def exchanged(customer: Customer, address: Address) -> tuple[Address, ...]:
    """A customer's addresses with this one in the place of the one that has its id; or behind them."""
    if customer.address(address.id) is None:
        return (*customer.addresses, address)
    return tuple(address if other.id == address.id else other for other in customer.addresses)
