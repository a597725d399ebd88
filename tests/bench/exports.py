"""Exports: how long a long reply takes, and how long others wait meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import uvloop

from tests.bench import paced, servers
from tests.bench.cases import Case
from tests.bench.catalogue import EXPORT, EXPORTED, MEANWHILE
from tests.bench.machine import LOAD_CORE, on_core
from tests.bench.servers import Server, Start, Unusable

LEAST = 10_000
"""So many customers are exported."""
_DRAWN = 10_500
"""The fixture deletes a few of those that it draws."""


@dataclass(frozen=True)
class Waits:
    """Seconds from when each request was due to its answer, and how many exports were made meanwhile."""

    each: Sequence[float]
    exports: int

    @property
    def p99_ms(self) -> float:
        return quantiles(self.each, n=100)[98] * 1000


def start() -> Start:
    """A server with enough customers."""
    return servers.fake(_DRAWN, "spurtcommerce")


def prepare(server: Server) -> None:
    """Export once, for the first time is slower. Raises Unusable where there is too little to export."""
    there = server.tell(EXPORTED)["data"]
    if there < LEAST:
        raise Unusable(f"there are {there} customers to export, not {LEAST}")
    seconds(server)


def seconds(server: Server) -> float:
    """How long an export takes."""
    begun = time.perf_counter()
    server.ask(EXPORT, [0])
    return time.perf_counter() - begun


def waits(server: Server, span: int, per_second: int, *, exporting: bool) -> Waits:
    """Ask for one record at a steady pace for so many seconds; with one export after the other meanwhile, or none."""
    with on_core(LOAD_CORE):
        return uvloop.run(_waits(server, span * per_second, per_second, exporting=exporting))


async def _waits(server: Server, count: int, per_second: int, *, exporting: bool) -> Waits:
    each: list[float] = []
    exports: list[int] = []
    exporter = asyncio.create_task(_export(server, exports)) if exporting else None
    turns = iter(range(count))
    begun = time.monotonic()

    async def work() -> None:
        connection = await paced.connect(server)
        request = _whole(server, MEANWHILE)
        for turn in turns:
            due = begun + turn / per_second
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
                due = time.monotonic()  # that a timer comes late is not the server's fault
            _check(MEANWHILE, *await connection.ask(request))
            each.append(time.monotonic() - due)
        connection.close()

    await asyncio.gather(*[work() for _ in range(paced.CONNECTIONS)])
    if exporter is not None:
        exporter.cancel()
        if not exports:
            raise Unusable("no export has come while others asked")
    return Waits(each, len(exports))


async def _export(server: Server, exports: list[int]) -> None:
    """Export until it is enough, and note how long each file is."""
    connection = await paced.connect(server)
    while True:
        status, answer = await connection.ask(_whole(server, EXPORT))
        _check(EXPORT, status, answer)
        exports.append(len(answer))


def _whole(server: Server, case: Case) -> bytes:
    return paced.opening(server, case) + b"\r\n\r\n"


def _check(case: Case, status: int, answer: bytes) -> None:
    if status >= 300 or case.accepted not in answer:
        raise Unusable(f"{case.name} was answered with {status} {answer[:300].decode(errors='replace')}")
