"""The model of a sandbox: values that are never altered, so that a history of them costs nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.rules import Book

Customer = Mapping[str, Any]


@dataclass(frozen=True)
class Shop:
    """What a vendor's APIs show. `counters` are the next numbers to be given, which a rewind does not turn back."""

    customers: Mapping[int, Customer]
    counters: Mapping[str, int]
    webhooks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    first: int = 0
    """The first id that the seed has not given."""

    @property
    def own(self) -> list[int]:
        """Those who came after the seed."""
        return [id for id in self.customers if id >= self.first]

    def put(self, id: int, customer: Customer, /, **counters: int) -> Shop:
        """With a customer, in the place of the one with this id."""
        return replace(self, customers={**self.customers, id: customer}, counters={**self.counters, **counters})

    def without(self, *ids: int) -> Shop:
        return replace(self, customers={id: one for id, one in self.customers.items() if id not in ids})

    def back_to(self, earlier: Shop) -> Shop:
        """After a rewind."""
        return replace(earlier, counters=self.counters)

    def emptied(self) -> Shop:
        return replace(self, customers={}, webhooks={})


@dataclass(frozen=True)
class Clock:
    """Frozen between two instants (which are the same, mostly), or so many seconds ahead of the wall clock."""

    frozen: tuple[float, float] | None = None
    offset: float | None = None
    """None is a clock that nobody has set."""

    def moment(self) -> Moment:
        """When what is asked now happens, with an open end if time goes on."""
        if self.frozen is not None:
            return Moment(*self.frozen)
        return Moment(time.time() + (self.offset or 0.0))

    def close(self, moment: Moment) -> None:
        """What was asked is answered."""
        if self.frozen is None:
            moment.last = time.time() + (self.offset or 0.0)

    def advanced(self, seconds: float) -> Clock:
        if self.frozen is not None:
            first, last = self.frozen
            return Clock(frozen=(first + seconds, last + seconds))
        return Clock(offset=(self.offset or 0.0) + seconds)


class Told(NamedTuple):
    """A webhook delivery: which exchange caused it, whose it is, and of which customer it tells."""

    exchange: int
    subscription: int
    topic: str
    customer: int


@dataclass(frozen=True)
class World:
    """A sandbox."""

    shops: Mapping[str, Shop]
    clock: Clock = field(default_factory=Clock)
    book: Book = field(default_factory=Book)
    told: tuple[Told, ...] = ()

    def with_shop(self, vendor: str, shop: Shop) -> World:
        return replace(self, shops={**self.shops, vendor: shop})

    def back_to(self, earlier: World) -> World:
        """After a rewind."""
        shops = {vendor: shop.back_to(earlier.shops[vendor]) for vendor, shop in self.shops.items()}
        return replace(earlier, shops=shops)

    def saved(self) -> World:
        """As a snapshot has it."""
        return replace(self, told=())

    def purged(self) -> World:
        return World({vendor: shop.emptied() for vendor, shop in self.shops.items()})


@dataclass(frozen=True)
class Deed:
    """What is asked of an API, and what comes of it where nothing goes wrong.

    `body` is what the answer's JSON is equal to; None is no body. `after` is the shop then, None where it is as it was.
    `topic` and `customer` are what apps are told.
    """

    api: str
    vendor: str
    operation: str
    request: Request
    body: Any
    status: int = 200
    row: str | None = None
    after: Shop | None = None
    topic: str = ""
    customer: int = 0
    counts: bool = False
    """Whether the vendor counts calls, so that every one alters something."""


@dataclass(frozen=True)
class Entry:
    """What the journal has of a request; `before` is the world that it came upon."""

    id: int
    before: World
    at: Moment
    method: str
    url: str
    vendor: str | None
    api: str | None
    operation: str | None
    status: int | None
    row: str | None = None
    fault: str | None = None
    alters: bool = True

    def shown(self) -> dict[str, Any]:
        """As a list shows it."""
        return {
            "id": self.id,
            "at": self.at,
            "vendor": self.vendor,
            "api": self.api,
            "operation": self.operation,
            "method": self.method,
            "url": self.url,
            "status": self.status,
            "fault": self.fault,
        }
