"""Several connections to one sandbox at once: apps of all vendors, somebody who waits, and somebody who watches."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from itertools import islice
from typing import Any

from tests.soak import effects, steering
from tests.soak.comparing import Difference, Having, agree
from tests.soak.line import Line, Outcome, Reply, Request
from tests.soak.player import Met, Player

_PATIENCE = 20
"""Seconds for what is waited for."""
_WATCHED = 3


def ask_at_once(player: Player) -> None:
    """One program of each vendor asks, all at the same time. No vendor knows of another, so each is answered as if alone."""
    if player.world.book.rules:
        return  # whom a rule meets first, nobody could tell
    by_vendor = {api.vendor: api for api in player.random.sample(player.apis, k=len(player.apis))}
    before, moment = player.world, player.world.clock.moment()
    deeds = [
        api.plan(player.random, before.shops[api.vendor], player.next_number)(before.shops[api.vendor], moment)
        for api in by_vendor.values()
    ]
    outcomes = _together(player, [deed.request for deed in deeds])
    before.clock.close(moment)
    asked = {
        (deed.request.method, deed.request.path): (deed, outcome) for deed, outcome in zip(deeds, outcomes, strict=True)
    }
    last = player.journal.last_id
    kept = player.tell("GET", f"requests?since={last}")["requests"][::-1]
    agree([last + 1 + at for at in range(len(deeds))], [each["id"] for each in kept], "what was asked at once")
    for each in kept:
        deed, outcome = asked.pop((each["method"], each["url"]))
        objection = effects.objection(None, deed, outcome, 0)
        if objection is not None:
            raise Difference(f"{deed.request}, asked at once with others: {objection}")
        player.note(Met(deed, None, before.book), outcome, moment, "header")


def _together(player: Player, requests: list[Request]) -> list[Outcome]:
    """Ask all of these, each over a line of its own."""
    outcomes: dict[int, Outcome] = {}

    def ask(at: int) -> None:
        line = Line(player.line.port)
        with closing(line):
            outcomes[at] = line.ask(requests[at], player.name, "header")

    with _beside(*(lambda at=at: ask(at) for at in range(len(requests)))):
        pass
    for at, request in enumerate(requests):
        player.remember(request, outcomes[at])
    return [outcomes[at] for at in range(len(requests))]


@contextmanager
def _beside(*deeds: Callable[[], None]) -> Iterator[None]:
    """While something else is done, do these in threads of their own; what goes wrong there goes wrong here."""
    troubles: list[BaseException] = []

    def guarded(deed: Callable[[], None]) -> None:
        try:
            deed()
        except Exception as error:  # noqa: BLE001  it is raised below
            troubles.append(error)

    threads = [threading.Thread(target=guarded, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
    if troubles:
        raise troubles[0]


def wait_for_next(player: Player, ask: Callable[[Player], None]) -> None:
    """Somebody waits for the next request, and gets it."""
    outcomes: list[Outcome] = []
    last = player.journal.last_id
    said = {"request": {}, "since": last, "count": 1, "timeoutMillis": _PATIENCE * 1000}

    def wait() -> None:
        line = Line(player.line.port)
        with closing(line):
            outcomes.append(line.ask(Request("POST", "/__admin/requests/wait", said), player.name))

    with _beside(wait):
        ask(player)
    [outcome] = outcomes
    if not isinstance(outcome, Reply) or outcome.status != 200:
        raise Difference(f"waiting for request {last + 1}: {outcome}")
    agree(Having(count=1, requests=[Having(id=last + 1)]), outcome.json, "what was waited for")


def watch(player: Player, ask: Callable[[Player], None]) -> None:
    """Somebody reads the events while a few things are done."""
    last = player.journal.last_id
    connection = HTTPConnection("127.0.0.1", player.line.port, timeout=_PATIENCE)
    with closing(connection):
        connection.request("GET", f"/@{player.name}/__admin/events?types=exchange,state&since={last}")
        events = connection.getresponse()
        for _ in range(_WATCHED):
            ask(player)
            steering.alter_record(player)
        newer = player.journal.since(last + 1)[::-1]
        expected: list[tuple[str, int]] = []
        for entry in newer:
            expected += [("state", entry.id)] if entry.alters else []
            expected += [("exchange", entry.id)] if entry.vendor != "admin" else []
        read = list(islice(_read(events), len(expected)))
    agree([list(each) for each in expected], [list(each) for each in read], "the events")


def _read(events: HTTPResponse) -> Iterator[tuple[str, int]]:
    """The kinds of the events, and of which requests they tell; no more when nothing has come for long."""
    kind, until = "", time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        name, _, value = events.readline().rstrip().partition(b": ")
        if name == b"event":
            kind = value.decode()
        elif name == b"data":
            said: Any = json.loads(value)
            yield kind, said["id"] if kind == "exchange" else said["request"]
            until = time.monotonic() + _PATIENCE
