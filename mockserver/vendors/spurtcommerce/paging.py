"""Which records of a list are asked for: `limit`, `offset` and `count`, as all lists of the program read them.

Without a `limit` above 0 there are no pages: everything is listed, whatever the `offset` [recorded].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from mockserver.call import Refused
from mockserver.vendors.spurtcommerce.javascript import to_number

T = TypeVar("T")
Query = Mapping[str, Any]
"""A query's parameters by name, as the program converts them; a list where a name is given several times."""

_GREATEST = 2**64 - 1
"""The greatest number that the database takes for LIMIT and OFFSET."""
_FEW = 8
"""A page that ends within the first eighth of all records is found without sorting the others."""


class Page(NamedTuple):
    """So many records from number `offset` (from 0) on; all of them where `limit` is None."""

    limit: int | None = None
    offset: int = 0


def asks_count(query: Query) -> bool:
    """Whether only the number of records is asked for: where `count` is anything but 0, false, null and ''."""
    count = query.get("count")
    return isinstance(count, list | dict) or bool(count)


def page(query: Query) -> Page:
    """The page that is asked for. Raises Refused("query-failed") where the database does not take the numbers."""
    limit, offset = to_number(query.get("limit")), to_number(query.get("offset", 0))
    return Page(_natural(limit), _natural(offset)) if limit > 0 else Page()


def _natural(number: float) -> int:
    """Raises Refused("query-failed") for a number below 0 and for a fraction [recorded]."""
    if not 0 <= number <= _GREATEST or number != int(number):
        reason = f"You have an error in your SQL syntax; check the manual for the right syntax to use near '{number:g}'"
        raise Refused("query-failed", reason=f"ER_PARSE_ERROR: {reason}")
    return int(number)


def newest(records: Sequence[T], page: Page, created: Callable[[T], str] = attrgetter("created")) -> list[T]:
    """The records of a page, the newest first; of those of one second, the first comes first.

    A page near the beginning takes a fifth of the time that sorting all takes.
    """
    if page.limit is None:
        return sorted(records, key=created, reverse=True)
    last = page.offset + page.limit
    if last < len(records) // _FEW:
        oldest = nlargest(last, map(created, reversed(records)))[-1]
        records = [record for record in records if created(record) >= oldest]
    return sorted(records, key=created, reverse=True)[page.offset : last]
