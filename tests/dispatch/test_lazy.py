"""Replies that are not whole at once: what an operation waits for, and streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.sandbox import DEFAULT
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.tins import KEY, WATCHED, tins

Message = MutableMapping[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(Fixture(), [tins(tmp_path_factory.mktemp("tins"), {})])


@pytest.fixture
def larder(world: World) -> Iterator[AppClient]:
    with AppClient(world.app, base_url="http://127.0.0.1/store", headers=KEY) as client:
        yield client


def test_an_operation_may_wait_for_its_whole_reply(larder: AppClient) -> None:
    reply = larder.post("/order?name=peas")
    assert (reply.status_code, reply.json(), reply.headers["location"]) == (201, {"operation": "peas"}, "/store/tins/1")


def test_it_may_refuse_after_it_has_waited(larder: AppClient, world: World) -> None:
    reply = larder.post("/order?name=beans")
    assert (reply.status_code, reply.json()["row"]) == (400, "field-wrong")
    sandbox = world.sandboxes.get(DEFAULT)
    assert sandbox is not None
    assert next(iter(sandbox.journal)).row == "field-wrong"


def test_what_it_says_then_is_checked_like_any_reply(larder: AppClient) -> None:
    reply = larder.post("/order?name=")
    assert reply.status_code == 500
    assert "not declared" in reply.json()["detail"]


def test_an_operation_that_has_altered_something_may_not_wait(larder: AppClient, world: World) -> None:
    sandbox = world.sandboxes.get(DEFAULT)
    assert sandbox is not None
    before = list(sandbox.ledger.collections["tins.tins"])
    assert "must be whole at once" in larder.post("/list").json()["detail"]
    assert list(sandbox.ledger.collections["tins.tins"]) == before


def test_a_stream_is_sent_as_it_comes_and_ends(larder: AppClient) -> None:
    reply = larder.get("/belt?tins=3")
    assert (reply.text, reply.headers["content-type"]) == ("tin\n" * 3, "text/event-stream")
    assert "content-length" not in reply.headers


def test_a_stream_is_over_when_its_reader_has_gone(world: World) -> None:
    """Over ASGI itself, as the test client cannot go away in the middle."""

    async def read(lines: int) -> list[Message]:
        sent: list[Message] = []
        enough = asyncio.Event()

        async def receive() -> Message:
            if not sent:
                return {"type": "http.request", "body": b""}
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if len(sent) > lines:
                enough.set()

        headers = [(b"host", b"127.0.0.1"), *((name.lower().encode(), value.encode()) for name, value in KEY.items())]
        scope = {"type": "http", "method": "GET", "path": "/store/belt", "query_string": b"", "headers": headers}
        reading = asyncio.ensure_future(world.app(scope, receive, send))
        await asyncio.sleep(0)
        sent.append({})
        await asyncio.wait_for(reading, 5)
        return sent

    WATCHED.clear()
    assert len(asyncio.run(read(5))) > 5
    assert len(WATCHED) == 1


def test_a_stream_that_breaks_has_no_end(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Where it is sent in chunks, the last one is missing, and a client takes what came for no whole."""

    async def read() -> list[Message]:
        sent: list[Message] = []
        asked = iter([{"type": "http.request", "body": b""}])

        async def receive() -> Message:
            for message in asked:
                return message
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"host", b"127.0.0.1"), *((name.lower().encode(), value.encode()) for name, value in KEY.items())]
        scope = {"type": "http", "method": "GET", "path": "/store/belt", "query_string": b"tins=-1", "headers": headers}
        await asyncio.wait_for(world.app(scope, receive, send), 5)
        return sent

    sent = asyncio.run(read())
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "the stream breaks off" in caplog.text
