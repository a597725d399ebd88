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
from mockserver.webhooks.delivery import Target
from mockserver.webhooks.queue import Webhooks
from tests.bench.cases import RECEIVER, Case, Request

_REQUESTS = 20_000
_FUNCTIONS = 25


def profiled(case: Case) -> Iterator[str]:
    """The time of a request without the profiler, then the dearest functions with it."""
    app = _app(case)
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


def _app(case: Case) -> App:
    """The fake after what a case wants done before. Webhooks are queued, and go nowhere."""
    world = build(read_fixture("default"))
    for sandbox in world.sandboxes:
        sandbox.webhooks.sender = _Nobody()
    for request in case.before:
        body = request.body.replace(RECEIVER, "http://127.0.0.1:9/").encode()
        reply = asyncio.run(reply_in_process(world.app, request, body))
        if reply["status"] >= 300:
            raise RuntimeError(f"{case.name}: {reply['body'][:300]!r}")
    return world.app


class _Nobody:
    """Sends nothing."""

    def wake(self, webhooks: Webhooks, target: Target | None = None) -> None:
        """There is nothing to wake."""


async def _answer(app: App, case: Case, positions: range) -> None:
    for position in positions:
        reply = await reply_in_process(app, case, case.body_at(position))
        if case.accepted not in reply["body"]:
            raise RuntimeError(f"{case.name}: {reply['body'][:300]!r}")


async def reply_in_process(app: App, request: Request, body: bytes) -> MutableMapping[str, Any]:
    """What an application sends for one request, without a server."""
    sent: MutableMapping[str, Any] = {}

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.update(message)

    await app(_scope(request, body), receive, send)
    return sent


def _scope(request: Request, body: bytes) -> MutableMapping[str, Any]:
    """A request as uvicorn hands it over."""
    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
    if body:
        headers.append((b"content-length", b"%d" % len(body)))
    path, _, query = request.path.partition("?")
    return {
        "type": "http",
        "method": request.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8900"), *headers],
    }
