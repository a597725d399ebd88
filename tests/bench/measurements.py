"""The measurements. Two sides are compared within one run and in turns, so that a busy machine slows both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median, quantiles

from mockserver.app import known_vendors
from tests.bench import deliveries, exports, load, servers, steering
from tests.bench.cases import Case
from tests.bench.catalogue import CREATE, FILTERED, GET, LIST, SIZE, SMALL, WATCHED
from tests.bench.load import Load
from tests.bench.machine import resident_bytes
from tests.bench.report import Comparison, Figures
from tests.bench.servers import Server, Start

CONNECTIONS = (1, 32)
COLD_STARTS = 10
COLD_BAR = 0.3
BYTES_BARS = {"open2b": 2048}
CHANGES = 1000
"""In a second, of which an app is told by webhooks; and how many there must really have been for that to say anything."""
CHANGES_BAR = 990
LAG_BAR = 1000
AT_ONCE = 5000
FILTERED_BAR = 60
PAGES = 10
EXPORT_BAR = 3
PACE = 300
"""Requests a second while exports are made: so few that nobody waits for another one."""
WAIT_BAR = 3
"""How many times as long the slowest hundredth may take while exports are made."""
_WARM_UP = 300


@dataclass(frozen=True)
class Settings:
    """How long and how often."""

    seconds: int
    rounds: int
    customers: int


def get(settings: Settings) -> Iterator[Comparison]:
    for case in GET:
        yield from _against_bare(case, settings)


def listed(settings: Settings) -> Iterator[Comparison]:
    for case in LIST:
        yield from _against_bare(case, settings)


def create(settings: Settings) -> Iterator[Comparison]:
    for case in CREATE:
        yield from _against_bare(case, settings)


def size(settings: Settings) -> Iterator[Comparison]:
    """A big shop against a small one."""
    with servers.fake(SMALL, "open2b")() as small, servers.fake(settings.customers, "open2b")() as big:
        for case in SIZE:
            of_small, of_big = case.among(SMALL), case.among(settings.customers)
            rounds = [
                (_measure(big, of_big, 32, settings.seconds), _measure(small, of_small, 32, settings.seconds))
                for _ in range(settings.rounds)
            ]
            yield Comparison(case.name, 32, rounds, case.bars.get(32))


def cold(_settings: Settings) -> Iterator[Figures]:
    """From the start of the process to its first answer."""
    for case in GET:
        seconds = [_cold_start(case) for _ in range(COLD_STARTS)]
        yield Figures(f"cold start to the first {case.name}", seconds, "s", COLD_BAR)


def memory(settings: Settings) -> Iterator[Figures]:
    """What is resident after start, and after a few requests where any are for this."""
    for vendor in known_vendors():
        small, big = _resident(SMALL, vendor), _resident(settings.customers, vendor)
        yield Figures(f"{vendor}, resident at {SMALL:,} customers", [small / 1e6], "MB")
        yield Figures(f"{vendor}, resident at {settings.customers:,} customers", [big / 1e6], "MB")
        if settings.customers > SMALL:
            each = (big - small) / (settings.customers - SMALL)
            yield Figures(f"{vendor}, one customer", [each], "bytes", BYTES_BARS.get(vendor))


def filtered(settings: Settings) -> Iterator[Figures]:
    """A page of a list for which all customers of a big shop must be looked at."""
    with servers.fake(settings.customers, "spurtcommerce")() as server:
        for case in FILTERED:
            server.ask(case, range(PAGES))
            seconds = [_seconds(server, case) / PAGES for _ in range(settings.rounds)]
            yield Figures(
                f"{case.name} of {settings.customers:,}", [each * 1000 for each in seconds], "ms", FILTERED_BAR
            )


def export(settings: Settings) -> Iterator[Figures]:
    """A long reply, and who waits for it: rounds without and with exports take turns."""
    with exports.start()() as server:
        exports.prepare(server)
        seconds = [exports.seconds(server) for _ in range(settings.rounds)]
        yield Figures(f"export of {exports.LEAST:,} customers", seconds, "s", EXPORT_BAR)
        rounds = [
            [exports.waits(server, settings.seconds, PACE, exporting=exporting) for exporting in (False, True)]
            for _ in range(settings.rounds)
        ]
    name = f"get-one at {PACE} a second, p99"
    yield Figures(f"{name}, no exports", [alone.p99_ms for alone, _ in rounds], "ms")
    yield Figures(f"{name}, during exports", [meanwhile.p99_ms for _, meanwhile in rounds], "ms")
    yield Figures(f"{name}, exports meanwhile", [meanwhile.exports for _, meanwhile in rounds], "a round")
    ratios = [meanwhile.p99_ms / alone.p99_ms for alone, meanwhile in rounds]
    yield Figures(f"{name}, during exports to none", ratios, "times", WAIT_BAR)


def sandboxes(settings: Settings) -> Iterator[Figures]:
    """What a world of one's own costs to make, and to have."""
    made = [median(steering.milliseconds_to_make()) for _ in range(settings.rounds)]
    yield Figures("a sandbox, made in process", made, "ms", 1)
    with servers.fake(None, None, "--max-sandboxes", str(steering.IDLE + 1))() as server:
        before = resident_bytes(server.process)
        made = list(steering.milliseconds_over_http(server))
        yield Figures("a sandbox, made over HTTP, median", [median(made)], "ms", 3)
        yield Figures("a sandbox, made over HTTP, slowest hundredth", [quantiles(made, n=100)[-1]], "ms")
        idle = (resident_bytes(server.process) - before) / 1e6
        yield Figures(f"{steering.IDLE:,} idle sandboxes", [idle], "MB", 200)


def watching(settings: Settings) -> Iterator[Figures]:
    """What choosing the sandbox, 20 fault rules, journal and coverage add to a get: each switched off in process.

    The whole that they are a share of is the work of a server for one such request.
    """
    for case, vendor, operation in WATCHED:
        worlds = steering.worlds(case, vendor, operation)
        rounds = [
            {name: steering.seconds_each(world, asked) * 1e6 for name, (world, asked) in worlds.items()}
            for _ in range(settings.rounds * 3)
        ]
        for name in worlds:
            yield Figures(f"{case.name}, {name}", [each[name] for each in rounds], "µs in process")
        whole, least = steering.ALL.name, steering.NONE.name
        added = [each[whole] - each[least] for each in rounds]
        yield Figures(f"{case.name}, choice, faults, journal and coverage", added, "µs")
        if load.is_there():
            asked = steering.served(case, vendor, operation)
            with servers.prepared(asked)() as server:
                loads = [_measure(server, asked, 32, settings.seconds) for _ in range(settings.rounds)]
            work = median(each.cpu_each for each in loads) * 1e6
            yield Figures(f"{case.name}, served with nothing off", [work], "CPU µs a request")
            yield Figures(f"{case.name}, share of these", [each / work * 100 for each in added], "% of it", 25)


def webhooks(settings: Settings) -> Iterator[Figures]:
    """Whether deliveries keep up with changes, and how fast they are when many leave at once."""
    steady = deliveries.steadily(settings.seconds * settings.rounds * CHANGES, CHANGES)
    yield Figures("webhooks, changes", [steady.changes.per_second], "a second", least=CHANGES_BAR)
    yield Figures(f"webhooks, deliveries of {len(steady.changes.answered):,} changes", [len(steady.came)], "received")
    yield Figures("webhooks, lost", [steady.lost], "deliveries", 0)
    yield Figures("webhooks, twice", [steady.twice], "deliveries", 0)
    yield Figures("webhooks, out of order", [steady.disordered], "deliveries", 0)
    yield Figures("webhooks, last delivery after the last change", [steady.lag_ms], "ms", LAG_BAR)
    yield Figures("webhooks, fake and receiver kept waiting for a core", [steady.waited * 100], "% of the time")
    bursts = [deliveries.at_once(AT_ONCE) for _ in range(settings.rounds)]
    name = f"webhooks, {AT_ONCE:,} queued at once"
    yield Figures(name, [burst.per_second for burst in bursts], "deliveries a second")
    yield Figures(f"{name}, the fake's work", [burst.cpu_each * 1e6 for burst in bursts], "CPU µs a delivery")
    yield Figures(f"{name}, the receiver", [burst.receiver_busy * 100 for burst in bursts], "% of its core")
    yield Figures(f"{name}, kept waiting for a core", [burst.waited * 100 for burst in bursts], "% of the time")
    wrong = sum(burst.lost + burst.twice + burst.disordered for burst in bursts)
    yield Figures(f"{name}, lost, twice or out of order", [wrong], "deliveries in all rounds", 0)


def _against_bare(case: Case, settings: Settings) -> Iterator[Comparison]:
    """The fake against bare Starlette. Whoever makes records does so on a fresh server every time."""
    fresh = case.makes is not None
    reference = servers.bare(case, servers.answer_of(case))
    with servers.shared(servers.prepared(case), fresh) as ours, servers.shared(reference, fresh) as theirs:
        for connections in CONNECTIONS:
            rounds = [
                (
                    _started_and_measured(ours, case, connections, settings.seconds),
                    _started_and_measured(theirs, replace(case, makes=None), connections, settings.seconds),
                )
                for _ in range(settings.rounds)
            ]
            yield Comparison(case.name, connections, rounds, case.bars.get(connections))


def _started_and_measured(start: Start, case: Case, connections: int, seconds: int) -> Load:
    with start() as server:
        return _measure(server, case, connections, seconds)


def _measure(server: Server, case: Case, connections: int, seconds: int) -> Load:
    """One measurement, after a little warming up with numbers from the far end."""
    server.ask(case, range(case.numbers.span - min(_WARM_UP, case.numbers.span), case.numbers.span))
    before = server.count(case.makes) if case.makes else 0
    worked, received = server.work, _receiver_work(server)
    measured = load.put_on(server.url, case, connections, seconds)
    received = _receiver_work(server) - received
    measured = replace(measured, cpu=server.work - worked, busy=measured.busy + received / measured.seconds)
    if case.makes is None:
        return measured
    # A refusal may have the status 200: what counts is what is there afterwards.
    missing = measured.requests - (server.count(case.makes) - before)
    return replace(measured, failed=max(measured.failed, missing))


def _receiver_work(server: Server) -> float:
    """The load's core is the receiver's too."""
    return 0 if server.receiver is None else server.receiver.work


def _seconds(server: Server, case: Case) -> float:
    started = time.perf_counter()
    server.ask(case, range(PAGES))
    return time.perf_counter() - started


def _cold_start(case: Case) -> float:
    started = time.perf_counter()
    with servers.fake()() as server:
        server.ask(case, [0])
        return time.perf_counter() - started


def _resident(customers: int, vendor: str) -> int:
    with servers.fake(customers, vendor)() as server:
        for case in SIZE if vendor == "open2b" else ():
            server.ask(case.among(customers), range(min(customers, SMALL)))
        return resident_bytes(server.process)
