"""Where the time goes: the way of a request through the fake, in this process and under a profiler."""

from __future__ import annotations

import asyncio
import cProfile
import gc
import io
import pstats
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.transport import App
from tests.bench.cases import Case

_REQUESTS = 20_000
_FUNCTIONS = 25


def profiled(case: Case) -> Iterator[str]:
    """The time of a request without the profiler, then the dearest functions with it."""
    app = build(read_fixture("default")).app
    gc.collect()
    gc.freeze()
    half = _REQUESTS // 2
    started = time.perf_counter()
    asyncio.run(_answer(app, case, range(half)))
    each = (time.perf_counter() - started) / half
    yield f"{case.name}: {each * 1e6:.1f} µs a request without profiler and server, mean of {half:,}"
    profiler = cProfile.Profile()
    profiler.enable()
    asyncio.run(_answer(app, case, range(half, _REQUESTS)))
    profiler.disable()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(_FUNCTIONS)
    yield text.getvalue()


async def _answer(app: App, case: Case, positions: range) -> None:
    sent: MutableMapping[str, Any] = {}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.update(message)

    for position in positions:
        body = case.body_at(position)

        async def receive(body: bytes = body) -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await app(_scope(case, body), receive, send)
        if case.accepted not in sent["body"]:
            raise RuntimeError(f"{case.name}: {sent['body'][:300]!r}")


def _scope(case: Case, body: bytes) -> MutableMapping[str, Any]:
    """A request as uvicorn hands it over."""
    own = [(name.lower().encode(), value.encode()) for name, value in case.headers.items()]
    return {
        "type": "http",
        "method": "POST",
        "path": case.path,
        "raw_path": case.path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8900"), *own, (b"content-length", b"%d" % len(body))],
    }
