"""The numbers of what a fixture seeds: no two things of a kind have the same."""

from __future__ import annotations

from mockserver.fixture import BrokenFixture
from mockserver.vendors.webcommander.section import Section


class Numbers:
    """The numbers of one kind of things: those that the fixture says, and for the others those after the first.

    Without a `first` they come after all that the fixture says. `last` is the highest one so far.
    """

    def __init__(self, kind: str, first: int | None = None) -> None:
        self.last = 0
        self._kind = kind
        self._next = first
        self._claimed: set[int] = set()

    def claim(self, here: str, *numbers: int) -> None:
        """Note numbers that the fixture says. Raises BrokenFixture for one that is taken."""
        for number in numbers:
            if number in self._claimed:
                raise BrokenFixture(f"{here}: two {self._kind} have the number {number}")
            self._claimed.add(number)
            self.last = max(self.last, number)

    def take(self, size: int = 1) -> int:
        """The first of so many numbers in a row that nobody has."""
        first = self.last + 1 if self._next is None else self._next
        while not self._claimed.isdisjoint(range(first, first + size)):
            first += 1
        self._next = first + size
        if self._next > self.last:
            self.last = self._next - 1
        return first


class Books:
    """The numbers of all kinds."""

    def __init__(self, section: Section) -> None:
        self.customers = Numbers("customers", section.first_id)
        self.displays = Numbers("display ids", section.first_display_id)
        self.addresses = Numbers("addresses", section.first_address_id)
        self.orders = Numbers("orders", section.first_order_id)
        self.order_nos = Numbers("orders as people see them")
        self.items = Numbers("items")
        self.payments = Numbers("payments")
        self.shipments = Numbers("shipments")
