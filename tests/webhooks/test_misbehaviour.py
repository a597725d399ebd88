"""What goes wrong on purpose: each way alone, several together, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.bell import signature
from tests.webhooks.receiver import Received, Receiver
from tests.webhooks.tower import Tower


@pytest.mark.parametrize("copies", [1, 3])
def test_duplicate_sends_again_what_was_acknowledged(tower: Tower, app: Receiver, copies: int) -> None:
    tower.misbehave(tower.subscribe(app.url), duplicate=copies)
    tower.create("a", "b")
    shown = tower.settle()
    assert app.names == ["a"] * (1 + copies) + ["b"] * (1 + copies)
    assert [len(delivery["attempts"]) for delivery in shown] == [1 + copies] * 2
    assert [delivery["status"] for delivery in shown] == ["delivered"] * 2
    assert [delivery["misbehaviour"] for delivery in shown] == [["duplicate"]] * 2
    assert len({received.body for received in app.received}) == 2


def test_a_copy_that_the_app_refuses_is_no_failure(tower: Tower, app: Receiver) -> None:
    statuses = iter([500, 204, 409, 500])
    app.answer = lambda _: next(statuses)
    tower.misbehave(tower.subscribe(app.url), duplicate=2)
    tower.create("a")
    assert [len(delivery["attempts"]) for delivery in tower.settle()] == [1]
    tower.advance(10)
    [shown] = tower.settle()
    assert [attempt["status"] for attempt in shown["attempts"]] == [500, 204, 409, 500]
    assert shown["status"] == "delivered"


def test_what_fails_for_good_is_not_sent_again(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: 500
    tower.misbehave(tower.subscribe(app.url), duplicate=2)
    tower.create("a")
    for _ in range(4):
        tower.settle()
        tower.advance(300)
    assert (tower.statuses(), len(app.received)) == (["failed"], 4)


def test_delay_is_on_the_sandbox_s_clock_and_holds_up_those_behind(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, delayMillis=60_000, times=1)
    tower.create("a", "b")
    assert [delivery["dueAt"][14:19] for delivery in tower.settle()] == ["01:00", "00:00"]
    tower.advance(59.999)
    tower.settle()
    assert app.names == []
    tower.advance(0.001)
    tower.settle()
    assert app.names == ["a", "b"]


def test_drop_sends_nothing(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, drop=True)
    tower.create("a", "b")
    tower.admin("DELETE", f"webhooks/subscriptions/bell/{id}/misbehaviour")
    tower.create("c")
    shown = tower.settle()
    assert [delivery["status"] for delivery in shown] == ["dropped", "dropped", "delivered"]
    assert [delivery["attempts"] == [] for delivery in shown] == [True, True, False]
    assert app.names == ["c"]


@pytest.mark.parametrize(
    ("size", "told"),
    [(2, ["b", "a", "d", "c"]), (3, ["c", "b", "a"]), (5, ["e", "d", "c", "b", "a"]), (6, [])],
)
def test_reorder_lets_whole_groups_leave_last_first(tower: Tower, app: Receiver, size: int, told: list[str]) -> None:
    tower.misbehave(tower.subscribe(app.url), reorder=size)
    tower.create(*"abcde")
    tower.settle()
    assert app.names == told
    tower.advance(0.999)
    tower.settle()
    assert app.names == told
    tower.advance(0.001)
    tower.settle()
    assert app.names == told + sorted(set("abcde") - set(told), reverse=True)
    assert tower.statuses() == ["delivered"] * 5


@pytest.mark.parametrize(
    ("failing", "before", "after"),
    [
        ({"b"}, ["b"], ["b", "a", "e", "d", "c"]),
        ({"a"}, ["b", "a"], ["a", "e", "d", "c"]),
        (set(), ["b", "a"], ["e", "d", "c"]),
    ],
)
def test_a_group_that_has_begun_to_leave_takes_nobody_in(
    tower: Tower, app: Receiver, failing: set[str], before: list[str], after: list[str]
) -> None:
    app.answer = lambda received: 500 if received.json["name"] in failing else 204
    tower.misbehave(tower.subscribe(app.url), reorder=3)
    tower.create("a", "b")
    tower.advance(1)
    tower.settle()
    assert app.names == before
    tower.create("c", "d", "e")
    tower.settle()
    failing.clear()
    tower.advance(10)
    tower.settle()
    assert app.names == before + after


def test_groups_outlast_a_rewind_of_a_rewind(tower: Tower, app: Receiver) -> None:
    tower.misbehave(tower.subscribe(app.url), reorder=3)
    tower.create("a", "b")
    for _ in range(2):
        tower.admin("POST", f"requests/{tower.newest()}/rewind")
        tower.admin("POST", f"requests/{tower.newest('admin')}/rewind")
    tower.create("c")
    tower.settle()
    assert app.names == ["c", "b", "a"]


def test_what_comes_after_a_group_waits_for_it(tower: Tower, app: Receiver) -> None:
    tower.misbehave(tower.subscribe(app.url), reorder=3, times=2)
    tower.create("a", "b", "c")
    tower.settle()
    assert app.names == []
    tower.advance(1)
    tower.settle()
    assert app.names == ["b", "a", "c"]


def test_what_came_before_a_group_is_not_in_it(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, delayMillis=60_000)
    tower.create("a")
    tower.misbehave(id, reorder=2)
    tower.create("b", "c")
    tower.advance(60)
    tower.settle()
    assert app.names == ["a", "c", "b"]


def test_a_group_leaves_at_once_when_it_is_complete(tower: Tower, app: Receiver) -> None:
    tower.misbehave(tower.subscribe(app.url), reorder=2)
    tower.create("a")
    assert tower.settle()[0]["dueAt"].endswith("00:01.000Z")
    tower.create("b")
    app.wait(2)
    assert app.names == ["b", "a"]


def test_subscriptions_have_groups_of_their_own(tower: Tower, app: Receiver) -> None:
    with Receiver() as other:
        tower.misbehave(tower.subscribe(app.url), reorder=2)
        tower.misbehave(tower.subscribe(other.url), reorder=3)
        tower.create(*"abc")
        tower.settle()
        assert (app.names, other.names) == (["b", "a"], ["c", "b", "a"])


def test_a_wrong_signature_vouches_for_another_text(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.create("a")
    tower.misbehave(id, wrongSignature=True)
    tower.create("a")
    tower.settle()
    right, wrong = app.received
    assert right.body == wrong.body.replace(b'"id":2', b'"id":1')
    assert right.headers["x-bell-signature"] == signature("ding", right.body)
    assert wrong.headers["x-bell-signature"] == signature("ding", b"not " + wrong.body)
    assert wrong.headers.keys() == right.headers.keys()


def test_stale_tells_an_alteration_with_the_record_as_it_was(tower: Tower, app: Receiver) -> None:
    tower.misbehave(tower.subscribe(app.url), stale=True)
    [id] = tower.create("a")
    tower.rename(id, "b")
    tower.rename(id, "c")
    tower.remove(id)
    shown = tower.settle()
    assert app.names == ["a", "a", "b", "c"]
    assert [delivery["misbehaviour"] for delivery in shown] == [[], ["stale"], ["stale"], []]
    assert all(told.headers["x-bell-signature"] == signature("ding", told.body) for told in app.received)


def test_times_is_for_so_many_deliveries(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, drop=True, times=2)
    assert rule(tower, id) == {"drop": True, "times": 2}
    tower.create("a")
    assert rule(tower, id) == {"drop": True, "times": 1}
    tower.create("b")
    assert rule(tower, id) is None
    tower.create("c")
    tower.settle()
    assert app.names == ["c"]


def rule(tower: Tower, id: int) -> Any:
    return next(each for each in tower.admin("GET", "webhooks/subscriptions")["subscriptions"] if each["id"] == id)[
        "misbehaviour"
    ]


def test_a_new_rule_replaces_the_old_one(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, drop=True, times=5)
    tower.misbehave(id, stale=True)
    assert rule(tower, id) == {"stale": True}
    tower.create("a")
    tower.settle()
    assert app.names == ["a"]


def test_what_is_queued_already_is_left_alone(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe(app.url)
    tower.misbehave(id, delayMillis=1000, duplicate=1)
    tower.create("a")
    tower.misbehave(id, drop=True)
    tower.advance(1)
    tower.settle()
    assert app.names == ["a", "a"]


def signed_wrongly(received: Received) -> bool:
    return received.headers["x-bell-signature"] == signature("ding", b"not " + received.body)


def nothing_is_sent(tower: Tower, app: Receiver) -> None:
    assert (tower.statuses(), app.received) == (["dropped"] * 4, [])


def all_twice_and_late(tower: Tower, app: Receiver) -> None:
    assert app.received == []
    tower.advance(2)
    tower.settle()
    assert app.names == ["a", "a", "b", "b", "a2", "a2", "c", "c"]


def stale_twice_and_wrongly_signed(_tower: Tower, app: Receiver) -> None:
    assert app.names == ["a", "a", "b", "b", "a", "a", "c", "c"]
    assert all(signed_wrongly(received) for received in app.received)


def pairs_late_last_first(tower: Tower, app: Receiver) -> None:
    tower.advance(1.999)
    tower.settle()
    assert app.received == []
    tower.advance(0.001)
    tower.settle()
    assert app.names == ["b", "a", "c", "a2"]


def pairs_twice(_tower: Tower, app: Receiver) -> None:
    assert app.names == ["b", "b", "a", "a", "c", "c", "a", "a"]


@pytest.mark.parametrize(
    ("together", "check"),
    [
        (
            {"drop": True, "duplicate": 2, "delayMillis": 1, "reorder": 2, "wrongSignature": True, "stale": True},
            nothing_is_sent,
        ),
        ({"duplicate": 1, "delayMillis": 2000}, all_twice_and_late),
        ({"duplicate": 1, "stale": True, "wrongSignature": True}, stale_twice_and_wrongly_signed),
        ({"reorder": 2, "delayMillis": 2000, "wrongSignature": True}, pairs_late_last_first),
        ({"reorder": 2, "duplicate": 1, "stale": True}, pairs_twice),
    ],
)
def test_ways_may_be_combined(
    tower: Tower, app: Receiver, together: dict[str, Any], check: Callable[[Tower, Receiver], None]
) -> None:
    tower.misbehave(tower.subscribe(app.url), **together)
    [id, _] = tower.create("a", "b")
    tower.rename(id, "a2")
    tower.create("c")
    shown = tower.settle()
    assert set(shown[2]["misbehaviour"]) == set(together)
    check(tower, app)
    assert set(tower.statuses()) <= {"delivered", "dropped"}
