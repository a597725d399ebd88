from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from mockserver.state import table
from mockserver.state.change import Change, Key, Record
from mockserver.state.collection import Collection, NotUnique, OutsideTransaction, StateError, collection
from mockserver.state.snapshot import Snapshot, load, take
from mockserver.state.table import Table
from mockserver.state.transaction import Ledger, State
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture


class Item(Record, frozen=True, kw_only=True):
    id: int = 0
    code: str
    slot: int
    group: str


class Tag(Record, frozen=True, kw_only=True):
    name: str
    rank: int | None
    colour: str | None


class Shop(State):
    items = collection(
        Item,
        unique={"code": lambda item: item.code or None, "slot": lambda item: item.slot},
        index={"group": lambda item: item.group},
    )
    tags = collection(Tag, key="name", unique={"rank": lambda tag: tag.rank}, index={"colour": lambda tag: tag.colour})


CODES = ["", "", "a", "b", "c", "d", "e"]
SLOTS = list(range(12))
GROUPS = ["", "red", "blue"]
RANKS = [None, 0, 1, 2, 3]
COLOURS = [None, "", "grey", "pink"]
ITEM_KEYS = [-2, 0, 1, 2, 3, 4, 5, 7, 40, 10**12]
TAG_KEYS = ["", "a", "b", "c", "m", "z"]
UNKNOWN = "no record has this"

VALUES: dict[str, dict[str, list[Any]]] = {
    "items": {"code": CODES, "slot": SLOTS, "group": GROUPS},
    "tags": {"rank": RANKS, "colour": COLOURS},
}
KEYS: dict[str, list[Any]] = {"items": ITEM_KEYS, "tags": TAG_KEYS}

Filing = dict[str, Callable[[Any], Hashable | None]]
UNIQUE: dict[str, Filing] = {
    "items": {"code": lambda item: None if item.code == "" else item.code, "slot": lambda item: item.slot},
    "tags": {"rank": lambda tag: tag.rank},
}
PLAIN: dict[str, Filing] = {"items": {"group": lambda item: item.group}, "tags": {"colour": lambda tag: tag.colour}}


@dataclass
class Shelf:
    """What a collection ought to hold. Indexes are worked out anew whenever somebody asks."""

    name: str
    records: dict[Key, Any] = field(default_factory=dict)
    last_key: int = 0

    def ordered(self) -> list[Key]:
        return sorted(self.records, key=lambda key: (isinstance(key, str), key))

    def unique(self, index: str) -> dict[Hashable, Key]:
        filed = ((UNIQUE[self.name][index](record), key) for key, record in self.records.items())
        return {value: key for value, key in filed if value is not None}

    def buckets(self, index: str) -> dict[Hashable, list[Key]]:
        buckets: dict[Hashable, list[Key]] = {}
        for key in self.ordered():
            value = PLAIN[self.name][index](self.records[key])
            if value is not None:
                buckets.setdefault(value, []).append(key)
        return buckets

    def refusal(self, key: Key, record: Record) -> tuple[str, Hashable, Key] | None:
        """The index, value and holder that forbid this record, if any."""
        for index, value_of in UNIQUE[self.name].items():
            value = value_of(record)
            holder = self.unique(index).get(value)
            if holder is not None and holder != key:
                return index, value, holder
        return None

    def store(self, key: Key, record: Record | None) -> Change:
        change = Change(f"shop.{self.name}", key, self.records.get(key), record)
        if record is None:
            del self.records[key]
        else:
            self.records[key] = record
            self.last_key = max(self.last_key, key) if isinstance(key, int) else self.last_key
        return change


Shelves = dict[str, Shelf]


def take_back(shelves: Shelves, earlier: Shelves) -> None:
    """Give the shelves the records that they had, and leave them their key counters."""
    for name, shelf in shelves.items():
        shelf.records = dict(earlier[name].records)


class World:
    """A ledger, and beside it what it ought to hold."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        shop = Shop(self.ledger, "shop")
        self.collections: dict[str, Collection[Any]] = {"items": shop.items, "tags": shop.tags}
        self.shelves: Shelves = {name: Shelf(name) for name in self.collections}
        self.open = False
        self.at_begin: Shelves = {}
        self.changes: list[Change] = []
        self.expected: list[Change] = []
        self.committed: list[tuple[Shelves, list[Change]]] = []

    def begin(self) -> None:
        self.changes = self.ledger.begin()
        self.expected = []
        self.at_begin = copy.deepcopy(self.shelves)
        self.open = True

    def commit(self) -> None:
        self.ledger.commit()
        assert self.changes == self.expected
        self.committed.append((self.at_begin, self.changes))
        self.open = False

    def undo(self) -> None:
        self.ledger.undo()
        take_back(self.shelves, self.at_begin)
        self.open = False

    @contextmanager
    def altering(self) -> Iterator[None]:
        """The open transaction, or else one for this alteration alone."""
        if self.open:
            yield
            return
        self.begin()
        yield
        self.commit()

    def store(self, name: str, key: Key, record: Record | None, alter: Callable[[], object]) -> None:
        """Alter, and expect either this record under this key or the refusal that is due."""
        shelf = self.shelves[name]
        refusal = record and shelf.refusal(key, record)
        with self.altering():
            if refusal is None:
                alter()
                self.expected.append(shelf.store(key, record))
                return
            with pytest.raises(NotUnique) as refused:
                alter()
            assert (refused.value.index, refused.value.value, refused.value.key) == refusal

    def compare(self) -> None:
        for name, actual in self.collections.items():
            shelf = self.shelves[name]
            compare_table(actual._table, shelf)
            assert len(actual) == len(shelf.records)
            assert actual.last_key == shelf.last_key
            # Iterating may sort the table, which would hide what later steps do to an unsorted one: iterate a copy.
            probe = copy.copy(actual)
            probe.load(actual._table.copy())
            assert list(probe) == [shelf.records[key] for key in shelf.ordered()]
            for key in (*KEYS[name], *shelf.records, UNKNOWN):
                assert (key in actual) == (key in shelf.records)
                assert actual.get(key) == shelf.records.get(key)
            for index in UNIQUE[name]:
                holders = shelf.unique(index)
                for value in (*VALUES[name][index], UNKNOWN):
                    assert actual.by(index, value) == (shelf.records[holders[value]] if value in holders else None)
            for index in PLAIN[name]:
                buckets = shelf.buckets(index)
                for value in (*VALUES[name][index], UNKNOWN):
                    assert actual.find(index, value) == [shelf.records[key] for key in buckets.get(value, [])]
        assert self.ledger.altered == (self.open and bool(self.expected))


def compare_table(table: Table[Any], shelf: Shelf) -> None:
    """Nothing more and nothing less than the shelf's records and their index entries."""
    assert table.records == shelf.records
    assert table.unique == {index: shelf.unique(index) for index in UNIQUE[shelf.name]}
    buckets = {index: {value: sorted(keys) for value, keys in filed.items()} for index, filed in table.buckets.items()}
    assert buckets == {index: shelf.buckets(index) for index in PLAIN[shelf.name]}
    assert table.last_key == shelf.last_key


WORLDS = st.sampled_from([0, 1])
NAMES = st.sampled_from(["items", "tags"])
NTH = st.integers(0, 20)
ITEMS = st.builds(Item, code=st.sampled_from(CODES), slot=st.sampled_from(SLOTS), group=st.sampled_from(GROUPS))
TAGS = st.builds(Tag, name=st.sampled_from(TAG_KEYS), rank=st.sampled_from(RANKS), colour=st.sampled_from(COLOURS))


class Machine(RuleBasedStateMachine):
    """Two sandboxes with the same collections, which exchange snapshots."""

    def __init__(self) -> None:
        super().__init__()
        self.worlds = [World(), World()]
        self.snapshots: list[tuple[Snapshot, Shelves]] = []

    @initialize(items=st.lists(ITEMS, max_size=8), tags=st.lists(TAGS, max_size=5), both=st.booleans())
    def stock(self, items: list[Item], tags: list[Tag], *, both: bool) -> None:
        for world in [0, 1] if both else [0]:
            for item in items:
                self.add(world, item)
            for tag in tags:
                self.put_tag(world, tag)

    @rule(world=WORLDS, items=st.lists(st.tuples(st.sampled_from(ITEM_KEYS), ITEMS), min_size=2, max_size=5))
    def put_several_items(self, world: int, items: list[tuple[int, Item]]) -> None:
        with self.worlds[world].altering():
            for key, item in items:
                self.put_item(world, item, key)

    @rule(world=WORLDS, item=ITEMS)
    def add(self, world: int, item: Item) -> None:
        here = self.worlds[world]
        record = replace(item, id=here.shelves["items"].last_key + 1)
        stored: list[Item] = []
        here.store("items", record.id, record, lambda: stored.append(here.collections["items"].add(item)))
        assert stored in ([], [record])

    @rule(world=WORLDS, item=ITEMS, key=st.sampled_from(ITEM_KEYS))
    def put_item(self, world: int, item: Item, key: int) -> None:
        here = self.worlds[world]
        record = replace(item, id=key)
        here.store("items", key, record, lambda: here.collections["items"].put(record))

    @rule(world=WORLDS, item=ITEMS, nth=NTH)
    def put_over_an_item(self, world: int, item: Item, nth: int) -> None:
        here = self.worlds[world]
        if keys := here.shelves["items"].ordered():
            key = keys[nth % len(keys)]
            record = replace(item, id=key)
            here.store("items", key, record, lambda: here.collections["items"].set(key, record))

    @rule(world=WORLDS, tag=TAGS)
    def put_tag(self, world: int, tag: Tag) -> None:
        here = self.worlds[world]
        here.store("tags", tag.name, tag, lambda: here.collections["tags"].put(tag))

    @rule(world=WORLDS, name=NAMES, nth=NTH)
    def remove(self, world: int, name: str, nth: int) -> None:
        here = self.worlds[world]
        keys = [*here.shelves[name].ordered(), *KEYS[name]]
        key = keys[nth % len(keys)]
        record = here.shelves[name].records.get(key)
        if record is not None:
            removed: list[Record | None] = []
            here.store(name, key, None, lambda: removed.append(here.collections[name].remove(key)))
            assert removed == [record]
        else:
            with here.altering():
                assert here.collections[name].remove(key) is None

    @rule(world=WORLDS, name=NAMES, nth=NTH)
    def set_none(self, world: int, name: str, nth: int) -> None:
        here = self.worlds[world]
        if keys := here.shelves[name].ordered():
            key = keys[nth % len(keys)]
            here.store(name, key, None, lambda: here.collections[name].set(key, None))

    @rule(world=WORLDS, nth=NTH)
    def alter_outside_a_transaction(self, world: int, nth: int) -> None:
        here = self.worlds[world]
        keys = here.shelves["items"].ordered()
        if keys and not here.open:
            with pytest.raises(OutsideTransaction):
                here.collections["items"].remove(keys[nth % len(keys)])

    @rule(world=WORLDS)
    def begin(self, world: int) -> None:
        here = self.worlds[world]
        if here.open:
            with pytest.raises(StateError):
                here.ledger.begin()
        else:
            here.begin()

    @precondition(lambda self: any(world.open for world in self.worlds))
    @rule(world=WORLDS, refused=st.booleans())
    def end(self, world: int, *, refused: bool) -> None:
        here = self.worlds[world] if self.worlds[world].open else self.worlds[1 - world]
        if refused:
            here.undo()
        else:
            here.commit()

    @rule(world=WORLDS, count=st.integers(1, 5), refused=st.booleans())
    def revert(self, world: int, count: int, *, refused: bool) -> None:
        here = self.worlds[world]
        if here.open or not here.committed:
            return
        reverted = here.committed[-count:]
        newest_first = [change for _, changes in reversed(reverted) for change in reversed(changes)]
        here.begin()
        here.ledger.revert(newest_first)
        here.expected = [Change(c.collection, c.key, c.after, c.before) for c in newest_first]
        take_back(here.shelves, reverted[0][0])
        here.compare()
        if refused:
            here.undo()
        else:
            here.commit()

    @rule(world=WORLDS, name=NAMES)
    def walk(self, world: int, name: str) -> None:
        here = self.worlds[world]
        shelf = here.shelves[name]
        assert list(here.collections[name]) == [shelf.records[key] for key in shelf.ordered()]

    @precondition(lambda self: len(self.snapshots) < 6)
    @rule(world=WORLDS)
    def take_snapshot(self, world: int) -> None:
        here = self.worlds[world]
        if here.open and here.expected:
            with pytest.raises(StateError):
                take(here.ledger)
            return
        self.snapshots.append((take(here.ledger), copy.deepcopy(here.shelves)))

    @precondition(lambda self: self.snapshots)
    @rule(world=WORLDS, nth=NTH)
    def load_snapshot(self, world: int, nth: int) -> None:
        here = self.worlds[world]
        snapshot, shelves = self.snapshots[nth % len(self.snapshots)]
        if here.open and here.expected:
            with pytest.raises(StateError):
                load(here.ledger, snapshot)
            return
        load(here.ledger, snapshot)
        here.shelves = copy.deepcopy(shelves)
        here.at_begin = copy.deepcopy(shelves)
        here.committed = []

    @rule(world=WORLDS, name=NAMES, first=NTH, count=NTH, key=st.sampled_from([*KEYS["items"], 7, 0]))
    def look_at_a_page(self, world: int, name: str, first: int, count: int, key: int) -> None:
        here = self.worlds[world]
        ordered = here.shelves[name].ordered()
        records = [here.shelves[name].records[each] for each in ordered]
        assert here.collections[name].page(first, count) == records[first : first + count]
        if name == "items":
            assert here.collections[name].rank(key) == sum(int(each) <= key for each in ordered)

    @invariant()
    def both_worlds_are_as_they_ought_to_be(self) -> None:
        for world in self.worlds:
            world.compare()

    @invariant()
    def snapshots_hold_what_they_held(self) -> None:
        for snapshot, shelves in self.snapshots:
            assert snapshot.tables.keys() == {f"shop.{name}" for name in shelves}
            for name, shelf in shelves.items():
                compare_table(snapshot.tables[f"shop.{name}"], shelf)


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("few", [1, 8])
def test_any_sequence_of_alterations_snapshots_and_reverts_keeps_to_the_model(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(table, "_FEW", few)  # so many keys are a tuple in an index, more are a dictionary
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=60 * EFFORT, stateful_step_count=50, deadline=None)
    )
