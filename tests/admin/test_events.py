"""Events, as they happen: over sockets, from a server in a thread of its own."""

from __future__ import annotations

import time

import pytest

from mockserver import events
from mockserver.world import World
from tests.admin.streaming import Open
from tests.webhooks.receiver import Receiver
from tests.webhooks.tower import Tower

# What is told


def test_a_request_is_told_as_the_journal_lists_it(tower: Tower, read: Open) -> None:
    reader = read("types=exchange")
    tower.create("spoon")
    tower.remove(1)
    tower.refused("GET", "../nobody")
    told = reader.take(3)
    listed = tower.admin("GET", "requests")["requests"]
    assert [event.data for event in told] == listed[::-1]
    assert [(event.kind, event.id) for event in told] == [("exchange", entry["id"]) for entry in listed[::-1]]


def test_the_stream_says_what_it_is_and_when_to_come_again(read: Open, tower: Tower) -> None:
    reader = read()
    headers = reader.response.headers
    assert (headers["content-type"], headers["cache-control"]) == ("text/event-stream", "no-store")
    assert headers["content-length"] is None
    tower.create("spoon")
    reader.next()
    assert reader.asides == ["retry: 1000"]


def test_what_a_request_has_altered_comes_before_it_and_carries_no_id(tower: Tower, read: Open) -> None:
    reader = read()
    tower.create("spoon")
    tower.rename(1, "fork")
    tower.remove(1)
    told = reader.take(6)
    assert [event.kind for event in told] == ["state", "exchange"] * 3
    assert [event.id for event in told[::2]] == [None, None, None]
    assert [event.data for event in told[::2]] == [
        {
            "request": exchange.id,
            "cause": "request",
            "changes": [{"collection": "bell.things", "key": 1, "kind": kind}],
        }
        for exchange, kind in zip(told[1::2], ["insert", "update", "delete"], strict=True)
    ]


def test_a_request_that_alters_nothing_tells_no_state(tower: Tower, read: Open) -> None:
    reader = read()
    tower.refused("GET", "../bell/v1/things")
    assert reader.next().kind == "exchange"
    tower.create("spoon")
    assert reader.next().kind == "state"


def test_what_a_tester_alters_is_told_as_state_only(tower: Tower, read: Open) -> None:
    reader = read()
    tower.admin("PUT", "state/bell/things/7", {"name": "spoon"})
    tower.create("fork")
    edited = reader.next()
    assert (edited.kind, edited.id) == ("state", edited.data["request"])
    assert edited.data["changes"] == [{"collection": "bell.things", "key": 7, "kind": "insert"}]
    assert [event.kind for event in reader.take(2)] == ["state", "exchange"]


def test_a_rewind_is_told_with_what_it_undid(tower: Tower, read: Open) -> None:
    tower.create("spoon")
    reader = read()
    first = tower.newest()
    tower.admin("POST", f"requests/{first}/rewind")
    told = reader.next()
    assert told.data["cause"] == "rewind"
    assert told.data["changes"] == [{"collection": "bell.things", "key": 1, "kind": "delete"}]


@pytest.mark.parametrize("cause", ["reset", "purge", "load"])
def test_a_new_history_is_told(tower: Tower, read: Open, cause: str) -> None:
    reader = read()
    saved = tower.sandbox.save()
    if cause == "load":
        tower.sandbox.load(saved)
    else:
        tower.admin("POST", cause)
    told = reader.next()
    assert (told.kind, told.id, told.data) == ("state", None, {"request": None, "cause": cause, "changes": []})
    tower.create("spoon")
    assert reader.next().data["cause"] == "request"


def test_a_delivery_is_told_each_time_that_it_has_changed(tower: Tower, read: Open) -> None:
    reader = read("types=delivery")
    with Receiver() as app:
        tower.subscribe(app.url)
        tower.create("spoon")
        waiting, delivered = reader.take(2)
    assert (waiting.kind, waiting.id, waiting.data["status"]) == ("delivery", None, "waiting")
    assert delivered.data["status"] == "delivered"
    assert [delivered.data] == tower.deliveries()
    assert delivered.data["request"] == tower.newest()


def test_types_can_be_chosen(tower: Tower, read: Open) -> None:
    readers = {types: read(f"types={types}") for types in ("exchange", "state", "state,exchange")}
    tower.create("spoon", "fork")
    told = {types: [event.kind for event in reader.take(2)] for types, reader in readers.items()}
    assert told == {
        "exchange": ["exchange"] * 2,
        "state": ["state"] * 2,
        "state,exchange": ["state", "exchange"],
    }


def test_state_alone_carries_the_ids(tower: Tower, read: Open) -> None:
    reader = read("types=state")
    tower.create("spoon", "fork")
    told = reader.take(2)
    assert [event.id for event in told] == [event.data["request"] for event in told]


def test_secrets_are_told_nowhere(tower: Tower, read: Open) -> None:
    reader = read()
    with Receiver() as app:
        tower.subscribe(f"{app.url}/?pin=4712", sound="hush")
        tower.admin("PUT", "state/sandbox/rate_windows/hush", {"opened": 1.0, "calls": 1})
        tower.create("spoon")
        tower.refused("GET", "../bell/v1/nothing?pin=4713")
        told = [reader.next()]
        while not (told[-1].kind == "exchange" and told[-1].data["status"] == 404):
            told.append(reader.next())
    text = str(told)
    assert "[redacted]" in text
    assert not [secret for secret in ("hush", "4711", "4712", "4713") if secret in text]


def test_sandboxes_are_told_apart(tower: Tower, read: Open, belfry: World) -> None:
    reader = read("types=exchange")
    with Tower(belfry) as other:
        other.create("fork")
    tower.create("spoon")
    assert reader.next().data["url"].startswith(f"/@{tower.sandbox.name}/")


def test_several_readers_are_told_the_same(tower: Tower, read: Open) -> None:
    readers = [read() for _ in range(8)]
    tower.create("spoon", "fork")
    told = [reader.take(4) for reader in readers]
    assert all(each == told[0] for each in told)


def test_silence_is_broken_by_comments(read: Open, tower: Tower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    reader = read()
    time.sleep(0.15)
    tower.create("spoon")
    assert reader.next().kind == "state"
    assert reader.asides[0] == "retry: 1000"
    assert set(reader.asides[1:]) == {": nothing new"}
    assert len(reader.asides) > 1
