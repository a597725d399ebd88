"""Customers of a shop at WebCommander whom a recording tells of without showing them, put where they must have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from mockserver.census import Census
from mockserver.recordings import Seen
from mockserver.vendors.webcommander.passwords import hash_password, is_right
from mockserver.vendors.webcommander.records import Customer, Shop, fold
from mockserver.vendors.webcommander.unseen import UNSEEN_NAME, complete


class Somebody(NamedTuple):
    """A customer who must be there, known by what finds her, such as her e-mail.

    `fields` is what else is known; `id` is hers where a later exchange tells it.
    """

    by: str
    value: str
    fields: Mapping[str, Any]
    id: int | None = None


class Story:
    """What a recording does to the customers of a shop, as each generation tells it, exchange for exchange."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.census = Census(customer.id for customer in shop.customers if not customer.is_in_trash)
        for customer in shop.customers:
            self.census.absent(customer.id)
        self._given: set[tuple[str, str]] = set()
        self._wanted: dict[tuple[str, str], Somebody] = {}
        self._strangers: list[int] = []
        self._altered: set[int] = set()
        self._lists: list[tuple[set[int], int, float]] = []
        self._more: list[tuple[str, int, bool]] = []

    def given(self, by: str, value: Any) -> None:
        """Since this exchange somebody of the recording has this e-mail or user's name."""
        if isinstance(value, str) and value:
            self._given.add((by, value.casefold()))

    def wants(self, somebody: Somebody) -> None:
        """There is somebody whom this exchange does not show; what is told of her first counts.

        One whom the recording itself has made is not meant.
        """
        known = (somebody.by, somebody.value.casefold())
        if known not in self._given:
            self._take_out(self._shop.customers.by(somebody.by, fold(somebody.value) or ""), somebody.fields)
            before = self._wanted.get(known, somebody)
            fields = {**somebody.fields, **before.fields}
            self._wanted[known] = before._replace(fields=fields, id=before.id or somebody.id)

    def altered(self, id: int) -> None:
        """This customer was altered, so that she was not in the trash."""
        self._altered.add(id)

    def lists(self, shown: Iterable[int], low: int, high: float) -> None:
        """Of the customers with numbers between two, these are all who are not in the trash."""
        self._lists.append(({*shown}, low, high))

    def wants_lost(self, fields: Mapping[str, Any]) -> None:
        """There is the customer whom an empty e-mail names; one who was altered was not in the trash."""
        id = self._shop.settings.lost_email_customer
        known = None if id is None else self._shop.customers.get(id)
        self._take_out(known, fields)
        if known is None and id is not None:
            self.census.know(id)
            self._put(id, fields)

    def _take_out(self, known: Customer | None, fields: Mapping[str, Any]) -> None:
        """Out of the trash there is no way: whoever is altered was not in it from the beginning, whatever was told later."""
        if known is not None and known.is_in_trash and fields.get("is_in_trash") is False:
            self._shop.customers.put(replace(known, is_in_trash=False))
            self.census.know(known.id)

    def number_of(self, email: str) -> int | None:
        """The number of the customer whom an e-mail names, as far as the recording has shown her."""
        if not email:
            return self._shop.settings.lost_email_customer
        known = self._shop.customers.by("email", fold(email) or "")
        return None if known is None else known.id

    def wants_more(self, status: str, key: int, *, below: bool) -> None:
        """Behind this customer, or before her, there are more of her status."""
        self._more.append((status, key, below))

    def settle(self) -> None:
        """Put everybody who was told of."""
        for shown, low, high in self._lists:
            for customer in list(self._shop.customers):
                is_unseen = customer.first_name == UNSEEN_NAME and customer.id not in self._altered
                if is_unseen and low < customer.id < high and customer.id not in shown:
                    self._shop.customers.put(replace(customer, is_in_trash=True))
        self._strangers = self.census.unseen()
        for id in self._strangers:
            self._put(id, {})
        for status, key, below in self._more:
            self._add_to_list(status, key, below=below)
        for somebody in self._wanted.values():
            self._meet(somebody)

    def _add_to_list(self, status: str, key: int, *, below: bool) -> None:
        there = (each for each in self._shop.customers if (each.id < key if below else each.id > key))
        if any(each.status == status and not each.is_in_trash for each in there):
            return
        strangers = [id for id in self._strangers if (id < key if below else id > key)]
        stranger = strangers[0] if strangers else self.census.beside(key, below=below)
        if stranger is not None:
            self._put(stranger, {"status": status})

    def _meet(self, somebody: Somebody) -> None:
        customers = self._shop.customers
        known = customers.by(somebody.by, fold(somebody.value) or "")
        if known is None and somebody.id is not None:
            known = customers.get(somebody.id)
        if known is None:
            id = self._strangers.pop() if self._strangers else self.census.stranger()
            if id is not None:
                self._put(id, {**somebody.fields, somebody.by: somebody.value})
            return
        password = somebody.fields.get("_password")
        if password is not None and not is_right(known.password_hash, password):
            hashed = hash_password(self._shop.settings, password, f"{known.id}/unseen")
            known = replace(known, password_hash=hashed)
        customers.put(replace(known, **{somebody.by: somebody.value}))

    def _put(self, id: int, fields: Mapping[str, Any]) -> None:
        self._shop.customers.remove(id)
        customer = complete(self._shop, "customers", id, fields)
        if isinstance(customer, Customer):
            self._shop.customers.put(customer)


def settling(tell: Callable[[Story, Seen, Sequence[Seen]], None]) -> Callable[[Shop, Sequence[Seen]], None]:
    """The settling of a generation's recordings; `tell` tells the story of one exchange, given with those after it."""

    def settle(shop: Shop, exchanges: Sequence[Seen]) -> None:
        story = Story(shop)
        for at, seen in enumerate(exchanges, 1):
            tell(story, seen, exchanges[at:])
        story.settle()

    return settle
