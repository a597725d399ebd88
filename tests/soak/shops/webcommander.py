"""A shop at WebCommander, asked by programs of two generations.

Customers are kept as the second generation shows them, but for their parents, of whom the number is kept; a name that
begins with an underscore is shown by the first generation only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.model import Customer, Deed, Shop
from tests.soak.shops.api import Credential
from tests.vendors.webcommander_model import BLANK, WORDS


class Generation:
    """What both generations have in common."""

    vendor = "webcommander"
    field = "last_name"
    name = ""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def altered(self, shop: Shop, id: int, text: str) -> Shop:
        """A tester's alterations are not counted."""
        return shop.put(id, {**shop.customers[id], "last_name": text})

    def _deed(self, operation: str, method: str, path: str, said: Any = None, **more: Any) -> Deed:
        request = Request(method, path, said, self.credential)
        return Deed(self.name, self.vendor, operation, request, more.pop("body", None), **more)


def created(shop: Shop, moment: Moment, given: Mapping[str, Any], kinds: Sequence[str]) -> Shop:
    """With a new customer, who has an address of each kind."""
    id, number = shop.counters["id"], shop.counters["address"]
    words = {**dict.fromkeys((*WORDS, "country", "state", "last_name")), **given}
    blank = {name: words[name] for name in (*WORDS, "country", "state", "first_name", "last_name", "email")}
    addresses = [{**blank, "id": number + at, "type": kind} for at, kind in enumerate(kinds)]
    active = {f"active_{each['type'].lower()}_address": each["id"] for each in addresses if each["type"] != "PRIMARY"}
    about = {name: value for name, value in given.items() if name != "city"}
    customer = {
        **BLANK,
        **about,
        **active,
        "id": id,
        "display_id": shop.counters["display"],
        "created_at": moment,
        "addresses": addresses,
    }
    customer = {name: value for name, value in customer.items() if name not in ("_password", "_newsletter")}
    return shop.put(id, customer, id=id + 1, display=shop.counters["display"] + 1, address=number + len(addresses))


def updated(shop: Shop, id: int, changes: Mapping[str, Any]) -> Shop:
    """With another last name, and another city in the address of the customer herself."""
    customer = shop.customers[id]
    addresses = [
        {**each, "city": changes["city"]} if each["type"] == "PRIMARY" else each for each in customer["addresses"]
    ]
    altered = {"last_name": changes["last_name"], "addresses": addresses, "version": customer["version"] + 1}
    return shop.put(id, {**customer, **altered})


def thrown_away(shop: Shop, id: int) -> Shop:
    customer = shop.customers[id]
    return shop.put(id, {**customer, "is_in_trash": True, "version": customer["version"] + 1})


def shown(shop: Shop, id: int) -> Customer:
    """A customer as the second generation shows her."""
    customer = {name: value for name, value in shop.customers[id].items() if not name.startswith("_")}
    parent = shop.customers.get(customer["parent"] or 0)
    if parent:
        name = " ".join(filter(None, (parent["first_name"], parent["last_name"])))
        customer["parent"] = {"id": customer["parent"], "name": name}
    return customer


def listed(shop: Shop, *, trash: bool = False) -> list[int]:
    return [id for id in sorted(shop.customers) if shop.customers[id]["is_in_trash"] == trash]


def absent(shop: Shop, id: int) -> bool | None:
    """None for a customer who can be altered; else whether she is in the trash."""
    if id not in shop.customers:
        return False
    return True if shop.customers[id]["is_in_trash"] else None


def anyone(random: Random, shop: Shop) -> int:
    if shop.own and random.random() < 0.8:
        return random.choice(shop.own)
    return random.choice([*shop.customers, shop.counters["id"]])
