"""Snapshots as documents: what comes back is exactly what went in, or nothing at all, with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

import mockserver
from mockserver.app import build, known_vendors
from mockserver.documents import Unwritable
from mockserver.fixture import read_fixture
from mockserver.portable import read, write
from mockserver.sandbox import Control, Sandbox
from mockserver.state.collection import NotUnique
from mockserver.state.snapshot import Snapshot
from mockserver.state.transaction import Ledger
from mockserver.vendors.open2b.records import Cart
from mockserver.world import World
from tests.effort import EFFORT
from tests.state.drawing import records
from tests.state.portable_documents import again, contents, kept, nothing, written

HERE = f"mockserver {mockserver.__version__}"
CUSTOMERS = "open2b.customers"
Document = dict[str, Any]


def every_collection() -> list[str]:
    ledger = Ledger()
    Control(ledger, "sandbox")
    for name, vendor in known_vendors().items():
        vendor.open(ledger, name)
    return list(ledger.collections)


# What comes back


@pytest.mark.parametrize("fixture", ["default", "documented", "spurtcommerce-recorded"])
def test_the_state_that_a_fixture_makes_comes_back_exactly(fixture: str) -> None:
    sandbox = next(iter(build(read_fixture(fixture)).sandboxes))
    document = written(sandbox.save(), sandbox)
    found = again(document, sandbox)
    assert contents(found.snapshot) == contents(sandbox.save())
    assert written(found.snapshot, sandbox)[-1000:] == document[-1000:]


@pytest.mark.parametrize("name", every_collection())
def test_whatever_records_may_hold_comes_back_exactly(world: World, name: str) -> None:
    sandbox = next(iter(world.sandboxes))
    collection = sandbox.ledger.collections[name]

    @settings(max_examples=8 * EFFORT, deadline=None, derandomize=True, database=None)
    @given(st.lists(records(collection.record_type), max_size=2), st.integers(0))
    def check(drawn: list[Any], more: int) -> None:
        by_key = {getattr(record, collection.key_field): record for record in drawn}
        highest = max([0, *(key for key in by_key if isinstance(key, int))])
        try:
            table = collection.tabulate(by_key.values(), highest + more)
        except NotUnique:
            table = collection.tabulate(drawn[:1], highest + more)
        state = Snapshot({**nothing(sandbox).tables, name: table})
        assert contents(again(written(state, sandbox), sandbox).snapshot) == contents(state)

    check()


def test_what_was_told_of_the_snapshot_comes_back_too(sandbox: Sandbox) -> None:
    facts = kept(sandbox.save())
    found = again(b"".join(write(facts, sandbox.ledger.collections)), sandbox)
    assert replace(found, snapshot=facts.snapshot) == facts
    assert found.records == sum(len(each) for each in sandbox.ledger.collections.values())


def test_records_stand_in_the_order_of_their_keys_one_a_line(sandbox: Sandbox) -> None:
    with sandbox.ledger.transaction():
        sandbox.subjects["open2b"].carts.put(Cart(token="0"))  # noqa: S106  no password
    lines = written(sandbox.save(), sandbox).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(b'"open2b.carts":'))
    tokens = [json.loads(line.removesuffix(b",").removesuffix(b"]}"))["token"] for line in lines[first + 1 : first + 3]]
    assert tokens == sorted(cart.token for cart in sandbox.subjects["open2b"].carts)


def test_a_document_may_be_laid_out_otherwise(sandbox: Sandbox) -> None:
    document = written(sandbox.save(), sandbox)
    other = json.dumps(json.loads(document), indent=1, sort_keys=True).encode()
    assert contents(again(other, sandbox).snapshot) == contents(sandbox.save())


def test_tables_that_are_known_are_shared(sandbox: Sandbox) -> None:
    known = sandbox.save()
    with sandbox.ledger.transaction():
        sandbox.subjects["open2b"].customers.remove(37091)
    found = read(written(sandbox.save(), sandbox), sandbox.ledger.collections, known).snapshot
    assert {name for name in known.tables if found.tables[name] is not known.tables[name]} == {CUSTOMERS}


def test_records_can_be_altered_where_a_document_was_loaded(sandbox: Sandbox, world: World) -> None:
    other = world.sandboxes.create()
    other.load(again(written(sandbox.save(), sandbox), sandbox).snapshot)
    with other.ledger.transaction():
        shop = other.subjects["open2b"]
        made = shop.customers.add(replace(shop.customers.get(37091), code="NEW", encrypted_password=""))
    assert made.id == sandbox.subjects["open2b"].customers.last_key + 1
    assert shop.customers.by("code", "NEW") is made
    world.sandboxes.remove(other.name)


def test_what_json_cannot_say_is_a_bug_that_names_the_collection(world: World) -> None:
    sandbox = world.sandboxes.create()
    carts = sandbox.subjects["open2b"].carts
    with sandbox.ledger.transaction():
        carts.put(Cart(token="\ud800"))  # noqa: S106  no password
    with pytest.raises(Unwritable, match=r"a record of open2b\.carts cannot be written: .*surrogates not allowed"):
        written(sandbox.save(), sandbox)
    world.sandboxes.remove(sandbox.name)


def test_a_pause_is_made_after_every_so_many_records(sandbox: Sandbox) -> None:
    pauses: list[None] = []
    document = written(sandbox.save(), sandbox)
    read(document, sandbox.ledger.collections, sandbox.save(), lambda: pauses.append(None))
    filled = [each for each in sandbox.ledger.collections.values() if len(each)]
    assert len(pauses) >= len(filled)
