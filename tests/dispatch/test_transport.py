"""Bodies as the server hands them over: in pieces, cut off, and too long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mockserver.world import World
from tests.dispatch.cups import names
from tests.dispatch.toys import Make, default


def exchange_messages(
    world: World, messages: list[dict[str, Any]], content_length: bytes = b"99"
) -> list[dict[str, Any]]:
    """What the server sends after these ASGI messages, of which it may leave some unread."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/cups/v1/cups",
        "query_string": b"",
        "headers": [(b"x-cups", b"a"), (b"content-type", b"application/json"), (b"content-length", content_length)],
    }
    asyncio.run(world.app(scope, receive, send))  # type: ignore[arg-type]
    return sent


def piece(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_may_come_in_many_pieces(make: Make) -> None:
    world = make()
    pieces = [
        piece(b'{"na'),
        piece(b""),
        *(piece(bytes([byte])) for byte in b'me": "mug'),
        piece(b'"}'),
        piece(b"", more=False),
    ]
    start, body = exchange_messages(world, pieces)
    assert (start["status"], body["body"]) == (201, b'{"id":3,"name":"mug"}')
    assert next(iter(default(world).journal)).request_body == b'{"name": "mug"}'


@pytest.mark.parametrize("begun", [[], [b'{"name": "mug"}'], [b'{"name"', b': "mug"}']])
def test_a_client_that_goes_away_has_done_nothing(make: Make, begun: list[bytes]) -> None:
    world = make()
    sent = exchange_messages(world, [*(piece(body) for body in begun), {"type": "http.disconnect"}])
    assert sent == []
    assert len(default(world).journal) == 0
    assert names(default(world)) == ["tall", "small"]


def test_a_body_past_the_limit_is_not_read_to_its_end(make: Make) -> None:
    world = make(max_body=20)
    pieces = [piece(b'{"name": "mug"'), piece(b"       "), piece(b"}", more=False)]
    start, _ = exchange_messages(world, pieces)
    assert start["status"] == 413
    assert pieces == [piece(b"}", more=False)]


@pytest.mark.parametrize(("size", "status"), [(20, 201), (21, 413)])
@pytest.mark.parametrize("cut", [0, 10, 20])
def test_a_body_may_be_as_long_as_the_limit(make: Make, size: int, status: int, cut: int) -> None:
    body = b'{"name": "mug"}'.ljust(size)
    sent = exchange_messages(make(max_body=20), [piece(body[:cut]), piece(body[cut:], more=False)])
    assert sent[0]["status"] == status
    assert exchange_messages(make(max_body=20), [piece(body, more=False)])[0]["status"] == status


def test_what_is_no_request_is_left_to_the_application_behind(alone: World) -> None:
    """As a server does that tells an application when it starts and stops."""
    told = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    answers: list[str] = []

    async def receive() -> dict[str, Any]:
        return told.pop(0)

    async def send(message: Any) -> None:
        answers.append(message["type"])

    asyncio.run(alone.app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))  # type: ignore[arg-type]
    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
