"""How streams of events end: with the reader, its patience, the sandbox, or the server."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockserver import events
from mockserver.app import build
from mockserver.events import Event, View, stream
from mockserver.fixture import Fixture
from mockserver.journal import Exchange
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.server import Server, listen
from mockserver.world import World
from tests.admin.streaming import Reader, until
from tests.processes import serving
from tests.webhooks.bell import bell

MOST_STREAMS = 3
BUFFER = 1 << 16
"""Bytes under way to a reader that does not read; by itself the system takes up to several megabytes."""

LONG = "a" * 60_000
ALL = View(lambda _: True, lambda each: [Event("each", getattr(each, "id", each))])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(Fixture(), [bell(tmp_path_factory.mktemp("bell"))], Options(max_streams=MOST_STREAMS))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    listener = listen()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    server = Server(world.app, listener)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    sandbox = world.sandboxes.create()
    yield sandbox
    until(lambda: not world.streams)
    assert [*sandbox.observers, *sandbox.webhooks.outbox.observers, *sandbox.journal._observers] == []


@pytest.fixture
def client(server: Server, sandbox: Sandbox) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"{server.url}/@{sandbox.name}", trust_env=False) as client:
        yield client


def make_a_thing(client: httpx2.Client, name: str = "spoon") -> None:
    assert client.post("/bell/v1/things", json={"name": name}).status_code == 200


def test_a_reader_that_goes_away_is_forgotten(client: httpx2.Client, world: World) -> None:
    readers = [Reader(f"{client.base_url}__admin/events") for _ in range(MOST_STREAMS)]
    until(lambda: len(world.streams) == MOST_STREAMS)
    readers[0].close()
    until(lambda: len(world.streams) == MOST_STREAMS - 1)
    make_a_thing(client)
    for reader in readers[1:]:
        assert reader.next().kind == "state"
        reader.close()


def test_as_many_streams_may_be_open_as_the_option_says(client: httpx2.Client, world: World) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(f"{client.base_url}__admin/events")) for _ in range(MOST_STREAMS)]
        refused = client.get("/__admin/events")
        assert (refused.status_code, refused.json()["row"]) == (409, "stream-limit")
        assert "--max-streams" in refused.json()["detail"]
        readers[0].close()
        until(lambda: len(world.streams) < MOST_STREAMS)
        stack.enter_context(Reader(f"{client.base_url}__admin/events"))


def test_a_head_request_opens_none(client: httpx2.Client, world: World) -> None:
    reply = client.head("/__admin/events")
    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, "text/event-stream", b"")
    assert world.streams == set()


def test_the_stream_ends_with_its_sandbox(client: httpx2.Client, world: World, sandbox: Sandbox) -> None:
    with Reader(f"{client.base_url}__admin/events") as reader:
        make_a_thing(client)
        world.sandboxes.remove(sandbox.name)
        assert [event.kind for event in reader] == ["state", "exchange"]


def test_a_slow_reader_is_cut_off_and_told_so(client: httpx2.Client, sandbox: Sandbox) -> None:
    """What waits is bounded by the bytes of bodies, too, and a slow reader holds up nobody else."""
    with Reader(f"{client.base_url}__admin/events", buffer=BUFFER) as slow:
        for _ in range(20):
            client.get(f"/bell/v1/things?{LONG}")
        for _ in range(12):
            make_a_thing(client, name="a" * 1_000_000)
        started = time.perf_counter()
        make_a_thing(client)
        assert time.perf_counter() - started < 5
        *told, last = slow
    assert (last.kind, last.id) == ("overflow", None)
    heard = [event.id for event in told if event.kind == "exchange"]
    first = heard[0]
    assert first
    assert heard == list(range(first, first + len(heard)))
    assert last.data == {"missed": sandbox.journal.last_id - int(heard[-1] or 0)}


# The stream itself, without a socket


def exchange(id: int, body: bytes = b"") -> Exchange:
    blank: Any = ()
    return Exchange(id, 0.0, 0.0, "bell", "bell", None, "GET", "/", blank, body, 200, blank, b"", None, blank, blank)


def told(pieces: list[bytes]) -> list[bytes]:
    return [line for piece in pieces for line in piece.splitlines() if line.startswith((b"event: o", b"data: "))]


@pytest.mark.parametrize("body", [b"", b"a" * 10_000_000], ids=["few", "one that is long"])
def test_as_much_as_may_wait_is_told(sandbox: Sandbox, body: bytes) -> None:
    count = 1 if body else events.MAX_WAITING

    async def read() -> list[bytes]:
        async with aclosing(stream(sandbox, ALL, 0, [])) as pieces:
            await anext(pieces)
            for id in range(count):
                sandbox.journal.append(exchange(id, body))
            return [await anext(pieces) for _ in range(-(-count // 100))]

    assert told(asyncio.run(read())) == [b"data: %d" % id for id in range(count)]


def test_with_one_more_waiting_the_reader_is_too_slow(sandbox: Sandbox) -> None:
    async def read() -> list[bytes]:
        async with aclosing(stream(sandbox, ALL, 0, [])) as pieces:
            await anext(pieces)
            for id in range(events.MAX_WAITING + 3):
                sandbox.journal.append(exchange(id))
            return [piece async for piece in pieces]

    assert told(asyncio.run(read())) == [b"event: overflow", b'data: {"missed":%d}' % (events.MAX_WAITING + 3)]


def test_what_comes_from_another_thread_just_then_is_told_once(sandbox: Sandbox) -> None:
    """Between looking into the journal and being told, and the other way round."""
    journal, count, interval = sandbox.journal, 100, sys.getswitchinterval()

    def ask() -> None:
        for _ in range(count):
            journal.append(exchange(journal.next_id()))

    async def read(since: int) -> list[bytes]:
        thread = threading.Thread(target=ask)
        thread.start()
        got: list[bytes] = []
        async with aclosing(stream(sandbox, ALL, since, [])) as pieces:
            while len(got) < count:
                got += told([await anext(pieces)])
        thread.join()
        return got

    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            since = journal.last_id
            assert asyncio.run(read(since)) == [b"data: %d" % id for id in range(since + 1, since + count + 1)]
    finally:
        sys.setswitchinterval(interval)


def test_a_stream_of_a_sandbox_that_has_just_ended_ends_at_once(world: World, sandbox: Sandbox) -> None:
    world.sandboxes.remove(sandbox.name)

    async def read() -> list[bytes]:
        return [piece async for piece in stream(sandbox, ALL, 0, [])]

    assert told(asyncio.run(read())) == []


def test_a_reader_whose_event_loop_has_ended_harms_nobody(sandbox: Sandbox) -> None:
    loop = asyncio.new_event_loop()
    pieces = stream(sandbox, ALL, 0, [])
    loop.run_until_complete(anext(pieces))
    loop.close()
    sandbox.journal.append(exchange(1))
    with asyncio.Runner() as runner:
        runner.run(pieces.aclose())


# The server stops


def test_ctrl_c_ends_open_streams_in_silence_even_one_that_is_stuck() -> None:
    with serving("--quiet", "--customers", "0", "--max-streams", "3") as server, ExitStack() as stack:
        url = f"{server.url}/__admin/events"
        stack.enter_context(Reader(url, buffer=BUFFER))
        reader, idle = (stack.enter_context(Reader(f"{url}?types={kind}")) for kind in ("exchange", "delivery"))
        assert server.ask("/__admin/events")[0] == 409
        with closing(HTTPConnection(server.host, server.port)) as client:
            for _ in range(100):
                client.request("GET", f"/api/v13/commerce.customers.get?{LONG}")
                client.getresponse().read()
                assert reader.next().kind == "exchange"
        started = time.monotonic()
        assert server.stop() == []
        assert time.monotonic() - started < 10
        assert list(reader) == []
        assert list(idle) == []


def test_a_server_in_a_thread_stops_with_open_streams(tmp_path: Path) -> None:
    world = build(Fixture(), [bell(tmp_path)])
    server = Server(world.app, listen())
    server.start()
    with Reader(f"{server.url}/__admin/events") as reader:
        server.stop()
        assert list(reader) == []
    assert world.streams == set()
