"""The journal's bounds, its numbers, and the headers that its exchanges share."""

from __future__ import annotations

import pytest

from mockserver.journal import Exchange, Journal
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient


def exchange(journal: Journal, request: bytes = b"", reply: bytes = b"") -> Exchange:
    said = (0.0, 0.0, "v", "v", "look", "POST", "/look", (), request, 200, (), reply, None, (), ())
    return Exchange(journal.next_id(), *said)


@pytest.mark.parametrize(
    ("entries", "size", "request_body", "reply_body"),
    [(3, 1 << 20, b"", b""), (99, 3 * 2048, b"a" * 1024, b""), (99, 3 * 2048, b"", b"a" * 1024)],
    ids=["entries", "bytes of requests", "bytes of replies"],
)
def test_the_oldest_are_dropped_past_a_bound_and_counted(
    entries: int, size: int, request_body: bytes, reply_body: bytes
) -> None:
    journal = Journal(entries, size)
    for _ in range(10):
        journal.append(exchange(journal, request_body, reply_body))
    assert [kept.id for kept in journal] == [10, 9, 8]
    assert journal.dropped == 7


def test_what_was_cleared_makes_room_and_numbers_go_on() -> None:
    journal = Journal(99, 3 * 2048)
    for _ in range(5):
        journal.append(exchange(journal, b"a" * 1024))
    journal.clear()
    for _ in range(3):
        journal.append(exchange(journal, b"a" * 1024))
    assert ([kept.id for kept in journal], journal.dropped) == ([8, 7, 6], 0)


def test_equal_headers_are_kept_once_and_others_as_they_came() -> None:
    journal = Journal(9, 1 << 20)
    first, same, other = [(b"a", b"1")], [(b"a", b"1")], [(b"a", b"2")]
    assert journal.shared(first) is first
    assert journal.shared(same) is first
    assert journal.shared(other) is other
    assert journal.shared(first) == first


def test_each_exchange_has_the_headers_of_its_request(world: World, sandbox: Sandbox) -> None:
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}") as client:
        for number in ("1", "2", "2", "3"):
            client.post(f"{world.apis[0].contract.base_path}/nowhere", headers={"x-number": number})
    kept = [dict(exchange.request_headers)[b"x-number"] for exchange in sandbox.journal]
    assert kept == [b"3", b"2", b"2", b"1"]
