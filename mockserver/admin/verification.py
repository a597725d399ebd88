"""Verification: which requests match a pattern, whether as many have come as were wanted, and what came instead."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from mockserver.admin import entries
from mockserver.admin.arrivals import Arrivals
from mockserver.admin.closest import Closest
from mockserver.admin.desk import Desk
from mockserver.admin.misses import near_misses, told
from mockserver.admin.patterns import read_pattern
from mockserver.call import Call, Refused, Reply
from mockserver.journal import Exchange, Journal
from mockserver.patterns import Pattern, asked_in
from mockserver.vendor import ADMIN

PAGE = 100
TIMEOUT = 5000
_ANSWERED = range(200, 400)
_NAMED = 5
"""How many requests are named where too many match."""


class Times(NamedTuple):
    """How often something is to happen; None has no bound."""

    least: int
    most: int | None

    @property
    def text(self) -> str:
        """In words."""
        if self.most is None:
            return f"at least {self.least}"
        if self.least == self.most:
            return f"exactly {self.least}"
        return f"at least {self.least} and at most {self.most}" if self.least else f"at most {self.most}"


def find_requests(desk: Desk, call: Call) -> Reply:
    """The exchanges that match, newest first."""
    pattern, since = read_pattern(desk, call.body), call.query.get("since", 0)
    found = [
        entries.exchange_entry(desk, exchange)
        for exchange in islice(_matching(desk, pattern, since), call.query.get("limit", PAGE))
    ]
    return Reply({"requests": found, **_coverage(desk, since)})


def count_requests(desk: Desk, call: Call) -> Reply:
    """How many exchanges match."""
    pattern, since = read_pattern(desk, call.body), call.query.get("since", 0)
    return Reply({"count": sum(1 for _ in _matching(desk, pattern, since)), **_coverage(desk, since)})


def wait_for_requests(desk: Desk, call: Call) -> Reply:
    """Answer when as many exchanges match as are wanted, or when the time is up."""
    asked = call.body
    _need_journal(desk)
    pattern = read_pattern(desk, asked["request"], "request")
    seconds = min(asked.get("timeoutMillis", TIMEOUT) / 1000, desk.world.options.max_wait)
    return Reply(_wait(desk, pattern, int(asked.get("count", 1)), int(asked.get("since", 0)), seconds))


async def _wait(desk: Desk, pattern: Pattern, wanted: int, since: int, seconds: float) -> Reply:
    with Arrivals(desk.sandbox.journal, lambda exchange: _is_meant(exchange, pattern, since), wanted) as arrivals:
        await arrivals.enough(seconds)
        newest, count = list(arrivals.newest), arrivals.count
    if count >= wanted:
        return Reply({"count": count, "requests": [entries.exchange_entry(desk, exchange) for exchange in newest]})
    raise Refused(
        "wait-timeout",
        count=count,
        wanted=wanted,
        timeout=round(seconds * 1000),
        dropped=_dropped(desk.sandbox.journal, since),
        misses=await near_misses(desk, pattern, _kept(desk, pattern, since)),
    )


def list_unmatched(desk: Desk, call: Call) -> Reply:
    """The exchanges that no operation has answered, each with the operation that may have been meant."""
    since = call.query.get("since", 0)
    unmatched = (
        exchange
        for exchange in list(desk.sandbox.journal)
        if exchange.operation is None and exchange.id > since and exchange.status not in _ANSWERED
    )
    page = list(islice(unmatched, call.query.get("limit", PAGE)))
    return Reply(_unmatched(desk, page, _dropped(desk.sandbox.journal, since)))


def _unmatched(desk: Desk, page: Sequence[Exchange], dropped: int) -> Generator[None, None, bytes]:
    """Written piece by piece: to look for the closest operation may take some milliseconds for each."""
    closest, found = Closest(desk.world.apis), []
    for exchange in page:
        near = closest.find(exchange.method, asked_in(exchange).path)
        found.append({**entries.exchange_entry(desk, exchange), "closest": near})
        yield
    return msgspec.json.encode({"requests": found, "dropped": dropped})


def verify_requests(desk: Desk, call: Call) -> Reply:
    """Whether as many exchanges match as are wanted."""
    _need_journal(desk)
    times, since = _times(call.body.get("times", {})), int(call.body.get("since", 0))
    pattern = read_pattern(desk, call.body["request"], "request")
    found = list(_matching(desk, pattern, since))
    count, dropped = len(found), _dropped(desk.sandbox.journal, since)
    if count < times.least:
        return Reply(_too_few(desk, pattern, since, times.text, count))
    if times.most is not None and count > times.most:
        named = ", ".join(str(exchange.id) for exchange in found[:_NAMED])
        nearest = f": requests {named}{' and more' if count > _NAMED else ''}"
        raise Refused(
            "verification-failed", wanted=times.text, count=count, nearest=nearest, dropped=dropped, misses=[]
        )
    if times.most is not None and count + dropped > times.most:
        raise Refused("verification-uncertain", count=count, dropped=dropped, misses=[])
    return Reply({"verified": True, "count": count, "dropped": dropped})


async def _too_few(desk: Desk, pattern: Pattern, since: int, wanted: str, count: int) -> Reply:
    dropped = _dropped(desk.sandbox.journal, since)
    misses = await near_misses(desk, pattern, _kept(desk, pattern, since))
    nearest = told(misses) + _told_of_dropped(dropped)
    raise Refused("verification-failed", wanted=wanted, count=count, nearest=nearest, dropped=dropped, misses=misses)


def _times(given: Mapping[str, float]) -> Times:
    """How often, as a tester says it. Raises Refused."""
    exactly = given.get("exactly")
    if exactly is not None:
        if len(given) > 1:
            raise Refused("times-invalid", message="times.exactly stands alone, without times.atLeast and times.atMost")
        return Times(int(exactly), int(exactly))
    most = given.get("atMost")
    least = given.get("atLeast", 1 if most is None else 0)
    if most is not None and least > most:
        message = f"times.atLeast is {int(least)} and times.atMost {int(most)}, which no number meets"
        raise Refused("times-invalid", message=message)
    return Times(int(least), None if most is None else int(most))


def _need_journal(desk: Desk) -> None:
    if desk.sandbox.journal.disabled:
        raise Refused("journal-off")


def _kept(desk: Desk, pattern: Pattern, since: int) -> Iterator[Exchange]:
    """The exchanges that a pattern could mean, newest first. Other threads may append some meanwhile."""
    return (exchange for exchange in list(desk.sandbox.journal) if _is_candidate(exchange, pattern, since))


def _matching(desk: Desk, pattern: Pattern, since: int) -> Iterator[Exchange]:
    return (exchange for exchange in _kept(desk, pattern, since) if pattern.matches(asked_in(exchange)))


def _is_candidate(exchange: Exchange, pattern: Pattern, since: int) -> bool:
    """Whether it came after a request; those to the admin API count only where they are asked for."""
    return exchange.id > since and (exchange.vendor == ADMIN) == (pattern.vendor == ADMIN)


def _is_meant(exchange: Exchange, pattern: Pattern, since: int) -> bool:
    return _is_candidate(exchange, pattern, since) and pattern.matches(asked_in(exchange))


def _coverage(desk: Desk, since: int) -> dict[str, Any]:
    """How much of what has happened the journal knows."""
    journal = desk.sandbox.journal
    return {"dropped": _dropped(journal, since), "requestJournalDisabled": journal.disabled}


def _dropped(journal: Journal, since: int) -> int:
    """How many exchanges after a request the journal has dropped; it drops the oldest."""
    oldest = min((exchange.id for exchange in list(journal)), default=journal.last_id + 1)
    return min(journal.dropped, max(0, oldest - 1 - since))


def _told_of_dropped(dropped: int) -> str:
    if not dropped:
        return ""
    return f"; the journal has dropped {dropped} requests, some of which may have matched"
