"""Who is new, and how many customers there are."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.call import Call, Reply
from mockserver.vendors.spurtcommerce import customer_bodies
from mockserver.vendors.spurtcommerce.envelope import answer
from mockserver.vendors.spurtcommerce.paging import Page, newest
from mockserver.vendors.spurtcommerce.records import Customer, Market
from mockserver.vendors.spurtcommerce.times import time_text

_NEWEST = Page(limit=5)
_DAY = len("2026-11-21")


def find_recent_customers(market: Market, _call: Call) -> Reply:
    """The five newest customers who are not deleted."""
    customers = [customer_bodies.recent(customer) for customer in newest(_living(market), _NEWEST)]
    return answer("Successfully got Customer list.", customers)


def count_customers_today(market: Market, call: Call) -> Reply:
    """How many customers were made today, in UTC, deleted ones too; the number is a text [recorded]."""
    today = time_text(call.at)[:_DAY]
    count = sum(customer.created.startswith(today) for customer in market.customers)
    return answer("Successfully get customerCount", {"customerCount": str(count)})


def count_customers(market: Market, _call: Call) -> Reply:
    """How many customers and groups there are, and how many are active. A status but 0 and 1 is neither [recorded]."""
    customers = [customer.is_active for customer in _living(market)]
    groups = [group.is_active for group in market.groups]
    counts = {
        **dict(zip(("totalCustomer", "activeCustomer", "inActiveCustomer"), _counted(customers), strict=True)),
        **dict(
            zip(("totalCustomerGroup", "activeCustomerGroup", "inActiveCustomerGroup"), _counted(groups), strict=True)
        ),
    }
    return answer("Successfully got the Customer Count", counts)


def _living(market: Market) -> list[Customer]:
    return [customer for customer in market.customers if not customer.delete_flag]


def _counted(flags: Iterable[int | None]) -> tuple[int, int, int]:
    """All, those that are active, and those that are not."""
    known = list(flags)
    return len(known), known.count(1), known.count(0)
