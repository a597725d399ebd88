"""Streams of events, and replies, of a server that behaves as ours never should."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from mockserver import Unreachable
from mockserver.client.events import Events
from mockserver.client.exchanges import StateChanged
from mockserver.client.http import AdminConnection
from mockserver.client.loop import Loop
from mockserver.client.transports import Line, make_transport

Ask = Callable[..., AdminConnection]
STATE = b'event: state\nid: 5\ndata: {"cause": "reset"}\n\n'


@pytest.fixture
def asked() -> Iterator[Ask]:
    """A connection to a server that answers with these bytes, and then as its last argument says."""
    loop = Loop()
    loop.start()
    connections = []

    def make(
        *pieces: bytes,
        begin: Callable[[], None] = lambda: None,
        then: Callable[[Any], None] = lambda _: None,
        pace: float = 0,
    ) -> AdminConnection:
        async def app(scope: Any, _receive: Any, send: Any) -> None:
            begin()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for piece in pieces:
                await asyncio.sleep(pace)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            then(scope["extensions"]["mockserver.connection"])
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        transport = make_transport(Line(app, loop.call, None, httpx2))
        connections.append(AdminConnection("http://localhost", transport=transport))
        return connections[-1]

    yield make
    for connection in connections:
        connection.close()
    loop.stop()


def test_comments_and_what_is_no_event_are_passed_over(asked: Ask) -> None:
    with asked(b"retry: 1000\n\n", b": nothing new\n\n", STATE[:9], STATE[9:]).stream("/events") as stream:
        assert [(told.kind, told.data, told.id) for told in stream] == [("state", {"cause": "reset"}, "5")]


def test_a_kind_of_event_that_is_not_known_yet_is_passed_over(asked: Ask) -> None:
    news = b"event: news\ndata: {}\n\n"
    with Events(asked(STATE, news, STATE).stream("/events")) as events:
        assert list(events) == [StateChanged(cause="reset"), StateChanged(cause="reset")]
        assert events.last_id == 5


def test_a_reader_that_is_too_slow_is_told(asked: Ask) -> None:
    events = Events(asked(STATE, b'event: overflow\ndata: {"missed": 9}\n\n').stream("/events"))
    assert next(events) == StateChanged(cause="reset")
    with pytest.raises(Unreachable, match="too slowly"):
        next(events)


def test_a_stream_that_breaks_is_said_so(asked: Ask) -> None:
    stream = asked(STATE, then=lambda connection: connection.abort()).stream("/events")
    assert next(stream).kind == "state"
    with pytest.raises(Unreachable, match=r"the stream of events broke: .* reset by peer"):
        next(stream)


def test_a_stream_of_comments_only_takes_too_long_all_the_same(asked: Ask) -> None:
    beats = [b": nothing new\n\n"] * 20
    stream = asked(b"retry: 1\n\n", *beats, pace=0.02).stream("/events", timeout=0.1)
    with stream, pytest.raises(TimeoutError, match="no event has come within 0"):
        next(stream)


def fail(*_: object) -> None:
    raise RuntimeError("a bug")


def test_an_application_that_fails_answers_as_behind_any_server(asked: Ask) -> None:
    with pytest.raises(Unreachable, match="incomplete chunked read"):
        asked(b"half a reply", then=fail).get("/health")


def test_an_application_that_fails_at_once_is_a_server_error(asked: Ask) -> None:
    with pytest.raises(Unreachable, match="does not answer like a mockserver: 500"):
        asked(begin=fail).get("/health")
