"""What it costs to steer the fake: sandboxes, and what looks at every request in them."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from mockserver.app import build
from mockserver.coverage import Coverage
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.world import World
from tests.bench.cases import Case, Request
from tests.bench.hot_path import reply_in_process
from tests.bench.servers import Server

IDLE = 1000
_MADE = 200
_REQUESTS = 4000
_SANDBOX = {"X-Mock-Sandbox": "measured"}
_JSON = {"Content-Type": "application/json"}


class _Blind(Coverage):
    """Counts nothing."""

    __slots__ = ()

    def meet(self, api: str, operation: str | None, status: int, row: str | None) -> None:
        """Nothing is met."""


@dataclass(frozen=True)
class Watch:
    """What looks at every request; each can be switched off."""

    choice: bool = True
    faults: bool = True
    journal: bool = True
    coverage: bool = True

    @property
    def name(self) -> str:
        """What is off."""
        off = [part for part, on in vars(self).items() if not on]
        return "nothing off" if not off else "all off" if len(off) == len(vars(self)) else f"{off[0]} off"


ALL = Watch()
NONE = Watch(choice=False, faults=False, journal=False, coverage=False)
WATCHES = [ALL, *(replace(ALL, **{part: False}) for part in vars(ALL)), NONE]


def rules(vendor: str, operation: str) -> list[dict[str, Any]]:
    """Twenty that are looked at, or are for another vendor, and never match."""
    patterns: list[dict[str, Any]] = [
        {"headers": {"x-test": {"equalTo": "never"}}},
        {"headers": {"x-test": {"contains": "never"}}},
        {"headers": {"host": {"matches": "shop-[0-9]+"}}},
        {"headers": {"x-test": {"matches": "n.*"}, "x-run": {"equalTo": "7"}}},
    ]
    of_operation = [{"vendor": vendor, "operation": operation, "match": pattern} for pattern in patterns] * 2
    of_vendor = [{"vendor": vendor, "match": pattern} for pattern in patterns]
    elsewhere: list[dict[str, Any]] = [{"vendor": other} for other in ("open2b", "kounta") if other != vendor] * 8
    made: list[dict[str, Any]] = [*of_operation, *of_vendor, *elsewhere]
    return [rule | {"then": {"status": 503}} for rule in made]


def worlds(case: Case, vendor: str, operation: str) -> dict[str, tuple[World, Case]]:
    """A world for each watch, with the request as it is made there."""
    return {watch.name: _watched(watch, case, json.dumps(rules(vendor, operation))) for watch in WATCHES}


def _watched(watch: Watch, case: Case, rules: str) -> tuple[World, Case]:
    world = build(read_fixture("default"), options=Options(journal_entries=1000 if watch.journal else 0))
    sandbox = world.sandboxes.create("measured") if watch.choice else next(iter(world.sandboxes))
    if not watch.coverage:
        sandbox.coverage = _Blind()
    chosen: Mapping[str, str] = _SANDBOX if watch.choice else {}
    if watch.faults:
        asked = Request(path="/__admin/faults", headers={**_JSON, **chosen}, body=rules)
        reply = asyncio.run(reply_in_process(world.app, asked, rules.encode()))
        if reply["status"] != HTTPStatus.OK:
            raise RuntimeError(f"{reply['body'][:500]!r}")
    return world, replace(case, headers={**case.headers, **chosen})


def served(case: Case, vendor: str, operation: str) -> Case:
    """The same request to a server, with nothing switched off."""
    sandbox = Request(path="/__admin/sandboxes", headers=_JSON, body=json.dumps({"name": _SANDBOX["X-Mock-Sandbox"]}))
    faults = Request(path="/__admin/faults", headers={**_JSON, **_SANDBOX}, body=json.dumps(rules(vendor, operation)))
    return replace(case, headers={**case.headers, **_SANDBOX}, before=(sandbox, faults))


def seconds_each(world: World, case: Case) -> float:
    """A request in this process, without a server."""
    gc.collect()
    return asyncio.run(_seconds_each(world, case, case.body_at(0)))


async def _seconds_each(world: World, case: Case, body: bytes) -> float:
    reply = await reply_in_process(world.app, case, body)
    if case.accepted not in reply["body"]:
        raise RuntimeError(f"{case.name}: {reply['body'][:300]!r}")
    started = time.perf_counter()
    for _ in range(_REQUESTS):
        await reply_in_process(world.app, case, body)
    return (time.perf_counter() - started) / _REQUESTS


def milliseconds_to_make() -> Iterator[float]:
    """A fresh sandbox from the default fixture, in this process, each by itself."""
    world = build(read_fixture("default"))
    for _ in range(_MADE):
        started = time.perf_counter()
        world.sandboxes.create()
        yield (time.perf_counter() - started) * 1000


def milliseconds_over_http(server: Server) -> Iterator[float]:
    """The same by requests, one after the other over one connection."""
    case = Case(name="create a sandbox", path="/__admin/sandboxes", headers=_JSON, body="{}", accepted=b'"name"')
    for _ in range(IDLE):
        started = time.perf_counter()
        server.ask(case, [0])
        yield (time.perf_counter() - started) * 1000
