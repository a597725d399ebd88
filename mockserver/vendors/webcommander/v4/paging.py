"""Pages of customers, at most 20 on each, in one of six orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from mockserver.call import Call, Refused
from mockserver.vendors.webcommander.records import Customer, Shop, fold
from mockserver.vendors.webcommander.v4.bodies import PaginationBody
from mockserver.vendors.webcommander.v4.merging import check_status

LIMIT = 20
"""As many are on a page where nothing is asked for, and never more [newer reference]."""

_PATH = "/api/v4/admin/customers"
_ORDERS: dict[str, Callable[[Customer], Any]] = {
    "id": attrgetter("id"),
    "display_id": attrgetter("display_id"),
    "first_name": lambda customer: fold(customer.first_name) or "",
    "last_name": lambda customer: fold(customer.last_name) or "",
    "email": lambda customer: fold(customer.email) or "",
    "created_at": attrgetter("created_at"),
}


class Asked(NamedTuple):
    """Which customers are asked for: so many from number `offset` (from 0) on, in this order."""

    limit: int
    offset: int
    order: str
    descends: bool
    email: str | None
    status: str | None


class Page(NamedTuple):
    """A page, and how many customers there are on all of them."""

    entries: Sequence[Customer]
    total: int


def read(call: Call) -> Asked:
    """What the query asks for. `max` is the SDK's name for `limit`; it sends directions that there are none, too."""
    query = call.query
    limit, order, status = query.get("limit", query.get("max", LIMIT)), query.get("order_by", "id"), query.get("status")
    if order not in _ORDERS:
        raise Refused("sort-field-unknown", order_by=order, known=", ".join(_ORDERS))
    if limit > LIMIT:
        call.find("limit-capped", f"the vendor shows {LIMIT} customers at most, not {limit}")
    return Asked(
        min(limit, LIMIT),
        query.get("offset", 0),
        order,
        query.get("direction", "").upper() == "DESC",
        query.get("email") or None,
        check_status(status) if status is not None else None,
    )


def cut(shop: Shop, asked: Asked) -> Page:
    """The page of those who are not in the trash."""
    if asked.email is None and asked.status is None and asked.order == "id":
        return _of_all(shop, asked)
    found = _matching(shop, asked)
    if asked.order != "id":
        found.sort(key=_ORDERS[asked.order], reverse=asked.descends)
    elif asked.descends:
        found.reverse()
    return Page(found[asked.offset : asked.offset + asked.limit], len(found))


def pagination(page: Page, asked: Asked, call: Call) -> PaginationBody:
    """Where the page stands, and the ways to those beside it."""
    limit, offset, total = asked.limit, asked.offset, page.total
    has_next, has_previous = offset + limit < total, offset > 0
    return PaginationBody(
        total,
        limit,
        offset,
        total,
        len(page.entries),
        offset // limit + 1,
        max(1, -(-total // limit)),
        has_next,
        has_previous,
        _url(call, max(0, offset - limit)) if has_previous else None,
        _url(call, offset + limit) if has_next else None,
    )


def _of_all(shop: Shop, asked: Asked) -> Page:
    """A page in the order of the ids, cut out of the collection without going through all of it."""
    trashed = [customer.id for customer in shop.customers.find("trash", True)]  # noqa: FBT003  what the index files
    total = len(shop.customers) - len(trashed)
    count = max(0, min(asked.limit, total - asked.offset))
    first = total - asked.offset - count if asked.descends else asked.offset
    for gone in trashed:
        if shop.customers.rank(gone) - 1 > first:
            break
        first += 1
    entries = [one for one in shop.customers.page(first, count + len(trashed)) if not one.is_in_trash][:count]
    return Page(entries[::-1] if asked.descends else entries, total)


def _matching(shop: Shop, asked: Asked) -> list[Customer]:
    """All who are asked for, in the order of their ids."""
    everyone: Any = shop.customers
    if asked.email is not None:
        holder = shop.customers.by("email", fold(asked.email))
        everyone = () if holder is None else (holder,)
    return [one for one in everyone if not one.is_in_trash and asked.status in (None, one.status)]


def _url(call: Call, offset: int) -> str:
    kept: Mapping[str, str] = dict(parse_qsl(call.query_text, keep_blank_values=True))
    return f"{call.url(_PATH)}?{urlencode({**kept, 'offset': offset})}"
