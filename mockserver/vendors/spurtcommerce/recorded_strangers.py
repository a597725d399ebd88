"""Records that a recording never shows and yet tells of: an e-mail that was taken, a group that was in use, earlier pages.

Where nobody who is known explains such an answer, a stranger is put into the market, whose key and name are such that no request asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import msgspec

from mockserver.recordings import Seen
from mockserver.state.collection import Collection
from mockserver.vendors.spurtcommerce.collation import collated
from mockserver.vendors.spurtcommerce.columns import to_key
from mockserver.vendors.spurtcommerce.records import Customer, Group, Market

_FIRST = 2_000_000_000
_LONG_AGO = "2000-01-01 00:00:00"
_TAKEN = ("A Customer is already registered with this email Id.", "MailId is already registered")
_GROUP_EXISTS = "This Customer Group already exists."
_IN_USE = "You cannot delete this Customer group as Users are mapped to it."
_FILTERS = frozenset({"name", "email", "customerGroup", "date", "count"})


def settle(market: Market, exchanges: Sequence[Seen]) -> None:
    """Inside a transaction: put in whoever is missing."""
    made: list[Mapping[str, Any]] = []
    pages: list[tuple[int, int, Seen]] = []
    for seen in exchanges:
        body = seen.body if isinstance(seen.body, Mapping) else {}
        message = seen.reply.get("message") if isinstance(seen.reply, Mapping) else None
        if message in _TAKEN:
            _put_email(market, str(body.get("email")), made)
        elif message == _IN_USE:
            _put_member(market, to_key(body.get("groupId", seen.path.get("id"))), made)
        elif message == _GROUP_EXISTS:
            _put_group(market, str(body.get("name")), made)
        elif seen.operation == "find_customers" and seen.ok:
            count = sum("password" in each for each in made)
            pages.append((to_key(seen.query.get("offset")), count, seen))
        if seen.ok and seen.operation in ("create_customer", "update_customer", "create_group", "update_group"):
            made.append(body)
    for skipped, count, seen in sorted(pages, key=itemgetter(0)):
        _put_before(market, seen, skipped - count)


def _put_email(market: Market, email: str, made: Sequence[Mapping[str, Any]]) -> None:
    known = market.customers.find("email", collated(email))
    if not known and not any(collated(str(each.get("email"))) == collated(email) for each in made):
        _put(market, email=email)


def _put_member(market: Market, group: int, made: Sequence[Mapping[str, Any]]) -> None:
    known = any(not customer.delete_flag for customer in market.customers.find("group", group))
    if not known and not any(str(each.get("customerGroupId")) == str(group) for each in made):
        _put(market, group=group)


def _put_group(market: Market, name: str, made: Sequence[Mapping[str, Any]]) -> None:
    known = [group.name for group in market.groups] + [str(each.get("name")) for each in made]
    if collated(name) not in map(collated, known):
        market.groups.put(Group(id=_free(market.groups), name=name, created=_LONG_AGO))


def _put_before(market: Market, seen: Seen, skipped: int) -> None:
    """The customers of the pages before one of a whole list: newer than its first, and not all of them known."""
    found = seen.reply["data"]
    if skipped <= 0 or not found or not seen.query.get("limit") or _FILTERS & seen.query.keys():
        return
    first = market.customers.get(found[0]["id"])
    if first is None:
        return
    newer = [each for each in market.customers if not each.delete_flag and each.created > first.created]
    for created in _later(first.created, skipped - len(newer)):
        _put(market, created=created)


def _later(time: str, count: int) -> Iterator[str]:
    """So many times a second after one another."""
    begin = datetime.fromisoformat(time)
    for number in range(1, count + 1):
        yield (begin + timedelta(seconds=number)).isoformat(" ")


def _put(market: Market, email: str = "", group: int | None = None, created: str = _LONG_AGO) -> None:
    key = _free(market.customers)
    email = email or f"~{key}"
    stranger = Customer(id=key, first_name="~", username=email, email=email, password_hash="", created=created)
    market.customers.put(msgspec.structs.replace(stranger, group=group))


def _free(known: Collection[Any]) -> int:
    """A key far from all others."""
    return max(known.last_key + 1, _FIRST)
