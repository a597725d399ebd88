"""Customers as spreadsheets: those that are named, or all for whom the filters hold."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import UTC, datetime
from heapq import merge
from operator import attrgetter

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.spurtcommerce import conversions
from mockserver.vendors.spurtcommerce.collation import like
from mockserver.vendors.spurtcommerce.columns import to_key
from mockserver.vendors.spurtcommerce.javascript import is_true, to_number, to_text
from mockserver.vendors.spurtcommerce.records import Customer, Market
from mockserver.vendors.spurtcommerce.spreadsheet import Cell, Sheet, written

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = ("Customer Id", "Customer Name", "User Name", "Email Id", "Mobile Number", "Date Of Registration")
_CHOSEN = Sheet("Customer Export sheet", tuple(zip(_HEADINGS, (15, 15, 24, 15, 15, 15), strict=True)))
_ALL = Sheet("Bulk Customer Export", tuple(zip(_HEADINGS, (15, 15, 24, 30, 20, 20), strict=True)))

_SEARCHED: dict[str, Callable[[Customer], str]] = {
    "name": attrgetter("first_name"),
    "email": attrgetter("email"),
    "status": lambda customer: "" if customer.is_active is None else str(customer.is_active),
    "date": attrgetter("created"),
}
"""What the filters look for a part of."""

_SORTED_AT_ONCE = 1000
"""So many customers take a fifth of a millisecond."""


def export_customers(market: Market, call: Call) -> Reply:
    """The customers whose ids are given, in that order and as often, deleted ones too [recorded]."""
    ids = conversions.read_query(call).get("customerId")
    if not isinstance(ids, str):  # of a list the program asks for the same as of nothing
        raise Refused("customer-ids-missing")
    customers = [market.customers.get(to_key(id)) for id in ids.split(",")]
    known = [customer for customer in customers if customer is not None]
    if len(known) < len(customers):
        raise Refused("customer-ids-unknown")
    return _export(_written(_CHOSEN, known, len(known), call.at), call.at)


def export_all_customers(market: Market, call: Call) -> Reply:
    """The customers that are not deleted and for whom all filters hold, the newest first."""
    customers = _filtered(market, call)
    if not customers:
        raise Refused("list-empty")
    return _export(_written_sorted(_ALL, customers, call.at), call.at)


def _filtered(market: Market, call: Call) -> list[Customer]:
    """The customers for whom all filters hold. A group and a status count where they are numbers but 0 [recorded]."""
    query = conversions.read_query(call)
    found = [customer for customer in market.customers if not customer.delete_flag]
    if is_true(to_number(query.get("customerGroup"))):
        group = to_key(query["customerGroup"])
        found = [customer for customer in found if customer.group == group]
    if not is_true(to_number(query.get("status"))):
        query.pop("status", None)
    for name, value_of in _SEARCHED.items():
        if part := query.get(name):
            holds = like(to_text(part))
            found = [customer for customer in found if holds(value_of(customer))]
    return found


def _export(body: Generator[None, None, bytes], at: float) -> Reply:
    """A spreadsheet as a file, which the program calls by the milliseconds since 1970 [recorded]."""
    disposition = f'attachment; filename="CustomerExcel_{round(at * 1000)}.xlsx"'
    return Reply(body, headers=((b"content-disposition", disposition.encode()),), media_type=_MEDIA_TYPE)


def _written_sorted(sheet: Sheet, customers: Sequence[Customer], at: float) -> Generator[None, None, bytes]:
    """A spreadsheet in pieces, the newest customers first; of those of one second, the first comes first."""
    created = attrgetter("created")
    parts = []
    for begin in range(0, len(customers), _SORTED_AT_ONCE):
        parts.append(sorted(customers[begin : begin + _SORTED_AT_ONCE], key=created, reverse=True))
        yield
    newest = merge(*parts, key=created, reverse=True)
    return (yield from _written(sheet, newest, len(customers), at))


def _written(sheet: Sheet, customers: Iterable[Customer], count: int, at: float) -> Generator[None, None, bytes]:
    return written(sheet, map(_row, customers), count, datetime.fromtimestamp(at, UTC))


def _row(customer: Customer) -> tuple[Cell, ...]:
    name = f"{customer.first_name} {customer.last_name or ''}"
    created = datetime.fromisoformat(customer.created).replace(tzinfo=UTC)
    return customer.id, name, customer.username, customer.email, customer.mobile, created
