"""Pages of 25, each with the way to the next one [dossier, section 3]."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from mockserver.call import Call
from mockserver.state.collection import Collection
from mockserver.vendors.kounta.records import Customer

SIZE = 25
Customers = Collection[Customer] | Sequence[Customer]
"""Customers in the order of their ids."""

_id = attrgetter("id")


class Page(NamedTuple):
    """A page, its number from 0 on, how many there are at least one of, and whether another one follows."""

    entries: Sequence[Customer]
    number: int
    pages: int
    has_next: bool


def cut(customers: Customers, start: int | None, number: int) -> Page:
    """The page with this number; with `start`, whatever the number, the page of those with higher ids."""
    count = len(customers)
    first = number * SIZE if start is None else _rank(customers, start)
    last = first + SIZE
    entries = customers.page(first, SIZE) if isinstance(customers, Collection) else customers[first:last]
    return Page(entries, first // SIZE, max(1, -(-count // SIZE)), last < count)


def _rank(customers: Customers, id: int) -> int:
    """How many of the customers have an id up to and including this one."""
    return customers.rank(id) if isinstance(customers, Collection) else bisect_right(customers, id, key=_id)


def headers(page: Page, call: Call, path: str) -> tuple[tuple[bytes, bytes], ...]:
    """Which page this is, of how many, and where the next one is."""
    told = ((b"x-page", b"%d" % page.number), (b"x-pages", b"%d" % page.pages))
    if not page.has_next:
        return told
    kept = [(name, value) for name, value in parse_qsl(call.query_text, keep_blank_values=True) if name != "start"]
    query = urlencode([*kept, ("start", page.entries[-1].id)])
    return (*told, (b"x-next-page", f"{call.url(path)}?{query}".encode("latin-1")))
