"""What is remembered of replies that were found valid, and what is not."""

from __future__ import annotations

import pytest

from mockserver.answers import BrokenReply, checked
from mockserver.call import Reply
from mockserver.contract import JSON, Operation
from mockserver.replies import MOST_BYTES, ReplyCheck
from mockserver.world import World

NOBODY = {"status": "ok", "customer": None}
COUNTED = {"status": "ok", "count": 5}


def operation(world: World, name: str) -> Operation:
    return world.api("open2b").contract.operations[name]


def check(operation: Operation) -> ReplyCheck:
    found = operation.replies[200, JSON]
    assert found is not None
    return found


def test_the_same_reply_is_the_same_object(world: World) -> None:
    get = operation(world, "get_customer")
    first = checked(get, Reply(dict(NOBODY)))
    assert checked(get, Reply(dict(NOBODY))) is first
    assert first.body == b'{"status":"ok","customer":null}'


def test_a_broken_reply_is_broken_each_time(world: World) -> None:
    get = operation(world, "get_customer")
    for _ in range(2):
        with pytest.raises(BrokenReply):
            checked(get, Reply({"status": "odd"}))


def test_headers_of_its_own_stay_with_the_reply_that_has_them(world: World) -> None:
    get = operation(world, "get_customer")
    for headers in ((), ((b"x-page", b"1"),), ((b"x-page", b"2"),), ()):
        sent = checked(get, Reply(NOBODY, headers=headers)).headers
        assert [header for header in sent if header[0] == b"x-page"] == list(headers)


def test_what_one_operation_may_say_is_not_what_another_may(world: World) -> None:
    checked(operation(world, "count_customers"), Reply(COUNTED))
    with pytest.raises(BrokenReply):
        checked(operation(world, "get_customer"), Reply(COUNTED))


def test_only_so_many_are_remembered_the_oldest_least(world: World) -> None:
    count = operation(world, "count_customers")
    for number in range(300):
        checked(count, Reply({"status": "ok", "count": number}))
    known = check(count).known
    assert len(known) == 128
    assert b'{"status":"ok","count":299}' in known
    assert b'{"status":"ok","count":0}' not in known


def test_only_so_many_bytes_are_remembered(world: World) -> None:
    count = check(operation(world, "count_customers"))
    texts = [b"%08d" % number * (MOST_BYTES // 32) for number in range(6)]
    for text in texts:
        count.keep(text, None)
    assert list(count.known) == texts[2:]
    count.keep(b"x" * (MOST_BYTES + 1), None)
    assert list(count.known) == texts[2:]
    for number in range(300):
        count.keep(b"%d" % number, None)
    assert list(count.known) == [b"%d" % number for number in range(172, 300)]
    for text in texts:
        count.keep(text, None)
    assert list(count.known) == texts[2:]


def test_replies_of_operations_that_alter_are_not_remembered(world: World) -> None:
    create = operation(world, "create_customer")
    checked(create, Reply({"status": "ok", "id": 123456}))
    assert b'{"status":"ok","id":123456}' not in check(create).known
