"""Customers whose creation a recording leaves out.

A recording that is a part of a longer one may go on with customers whom nobody created in it. Who they were shows in
nothing but their ids, so the replay creates somebody for each of them, and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mockserver.vendors.spurtcommerce.recorded_lines import Exchange, Step

_CREATES = "addCustomer"
_BY_PATH = frozenset({"customerDetails", "updateCustomer", "deleteCustomer"})
_BY_BODY = frozenset({"deleteCustomers"})
_BY_QUERY = frozenset({"customerExcelList"})
"""The operations that only succeed for customers who were created, and where each has their ids."""


def left_out(steps: Sequence[Step]) -> dict[int, int]:
    """How many creations are missing before the line of a number."""
    exchanges = [step for step in steps if isinstance(step, Exchange)]
    missing: dict[int, int] = {}
    last = 0
    for at, exchange in enumerate(exchanges):
        created = _created(exchange)
        reached = created - 1 if created else _presupposed(exchanges[at:], last)
        if reached > last:
            missing[exchange.number] = reached - last
            last = reached
        last = max(last, created)
    return missing


def _created(exchange: Exchange) -> int:
    """The id of the customer who was created; 0 where none was."""
    body = exchange.response.body
    if exchange.operation != _CREATES or not exchange.succeeded or not isinstance(body, dict):
        return 0
    id: int = body["data"]["id"]
    return id


def _presupposed(ahead: Iterable[Exchange], last: int) -> int:
    """The highest id of those that follow the last one without a gap, and that there must have been by now.

    An id that the first exchange names and that it succeeded with was there. So were the ones that come next before
    another customer is created, each one higher than the one before.
    """
    reached = last
    for exchange in ahead:
        named = set(_named(exchange))
        if _created(exchange) or (reached == last and not (exchange.succeeded and last + 1 in named)):
            break
        while reached + 1 in named:
            reached += 1
    return reached


def _named(exchange: Exchange) -> Iterator[int]:
    """The ids of customers that a request names."""
    request = exchange.request
    found: Any = None
    if exchange.operation in _BY_PATH:
        found = request.path.rpartition("/")[2]
    elif exchange.operation in _BY_BODY:
        found = request.body
    elif exchange.operation in _BY_QUERY:
        found = request.query
    for digits in re.findall(r"\d+", json.dumps(found)):
        yield int(digits)


def somebody(number: int) -> dict[str, Any]:
    """A customer of nobody in particular, in no group that there is."""
    return {
        "customerGroupId": "0",
        "username": f"Left Out {number}",
        "email": f"left.out.{number}@example.com",
        "mobileNumber": f"0770090{number:04}",
        "password": "Left-Out-1",
        "confirmPassword": "Left-Out-1",
        "mailStatus": "0",
        "status": "1",
    }
