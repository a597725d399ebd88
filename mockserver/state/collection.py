"""A collection: records by key, with unique and plain indexes, and a key counter that never goes back.

StateError                 a rule of the state was broken; our bug unless it is caught
    OutsideTransaction     altered where nothing may be
    NotUnique              a unique index already has that value
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection as Names, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, overload

import msgspec

from mockserver.state.change import Change, Key
from mockserver.state.table import Filed, R, Table

Values = Mapping[str, Callable[[R], Hashable | None]]
"""For each index, what it files a record under; None leaves the record out of that index."""


class StateError(Exception):
    """A rule of the state was broken."""


class OutsideTransaction(StateError):
    """A collection was altered outside a transaction, for example by an operation marked safe."""


class NotUnique(StateError):
    """Another record has this value of a unique index. Nothing was altered."""

    def __init__(self, collection: str, index: str, value: Hashable, key: Key) -> None:
        super().__init__(f"{collection}: {index} {value!r} belongs to record {key!r}")
        self.collection = collection
        self.index = index
        self.value = value
        self.key = key


class Recorder(Protocol):
    """What a collection asks for leave to alter, and tells what it altered."""

    changes: list[Change] | None
    """The open transaction's changes, oldest first; None where no transaction is open."""
    salt: str
    """What tells this sandbox's minted texts from those of others; empty where nobody needs to."""


class Collection(Generic[R]):
    """Records of one type. Reading is free; altering needs an open transaction of its ledger."""

    def __init__(self, name: str, declared: Declared[R], ledger: Recorder) -> None:
        self.name = name
        self.record_type = declared.record_type
        self.secret = declared.secret | declared.hidden
        self.hidden = declared.hidden
        self.counts = declared.counts
        self.setting = declared.setting
        self.key_field = declared.key
        self._unique = declared.unique
        self._index = declared.index
        self._indexes = [*declared.unique.items(), *declared.index.items()]
        self._ledger = ledger
        self._table: Table[R] = Table(self._unique, self._index)
        self._shared = False

    def __len__(self) -> int:
        return len(self._table.records)

    def __iter__(self) -> Iterator[R]:
        """All records in the order of their keys. Take a list first to alter the collection on the way."""
        table = self._table
        if not table.in_order:
            table.sort()
        return iter(table.records.values())

    def __contains__(self, key: Key) -> bool:
        return key in self._table.records

    def get(self, key: Key) -> R | None:
        """The record with this key, or None."""
        return self._table.records.get(key)

    def by(self, index: str, value: Hashable) -> R | None:
        """The one record that a unique index files under this value, or None."""
        key = self._table.unique[index].get(value)
        return None if key is None else self._table.records[key]

    def find(self, index: str, value: Hashable) -> list[R]:
        """The records that a plain index files under this value, in the order of their keys."""
        keys: Iterable[Any] = self._table.buckets[index].get(value, ())
        return [self._table.records[key] for key in sorted(keys)]

    def rank(self, key: Key) -> int:
        """How many records have a key up to and including this one, whether or not there is one with it."""
        return bisect_right(self._table.keys(), key)

    def page(self, first: int, count: int) -> list[R]:
        """So many records, in the order of their keys, from number `first` (from 0) on."""
        records = self._table.records
        return [records[key] for key in self._table.keys()[first : first + count]]

    @property
    def salt(self) -> str:
        """What tells texts that are minted here from those of other sandboxes; empty where nobody needs to."""
        return self._ledger.salt

    @property
    def last_key(self) -> int:
        """The highest integer key ever used here, also by records that are gone; 0 at first."""
        return self._table.last_key

    def add(self, record: R) -> R:
        """Store a record under the next integer key, which replaces the key it carries; returns what was stored."""
        key = self._table.last_key + 1
        record = msgspec.structs.replace(record, **{self.key_field: key})
        self.set(key, record)
        return record

    def put(self, record: R) -> None:
        """Store a record under the key that it carries, in place of the record that had the key."""
        self.set(getattr(record, self.key_field), record)

    def remove(self, key: Key) -> R | None:
        """Take a record out; returns it, or None where there was none. Raises OutsideTransaction."""
        before = self._table.records.get(key)
        self.set(key, None)
        return before

    def set(self, key: Key, after: R | None) -> None:
        """Make `after` the record of this key; None removes it. Raises OutsideTransaction, NotUnique, StateError."""
        changes = self._ledger.changes
        if changes is None:
            raise OutsideTransaction(f"{self.name} may only be altered inside a transaction; a safe operation has none")
        before = self._table.records.get(key)
        if after is None:
            if before is None:
                return
        elif getattr(after, self.key_field) != key:
            raise StateError(f"{self.name}: record {getattr(after, self.key_field)!r} cannot be stored under {key!r}")
        filed = self._filed(before, after) if self._indexes else []
        for index, _, value in filed:
            holder = self._table.unique.get(index, {}).get(value)
            if holder is not None:
                raise NotUnique(self.name, index, value, holder)
        self._replace(key, before, after, filed)
        changes.append(Change(self.name, key, before, after))

    def replace(self, key: Key, before: R | None, after: R | None) -> None:
        """Swap one record for another, unrecorded and unchecked: for undoing, and for replaying a log."""
        self._replace(key, before, after, self._filed(before, after) if self._indexes else [])

    def _replace(self, key: Key, before: R | None, after: R | None, filed: Filed) -> None:
        table = self._table
        if self._shared:
            table = self._table = table.copy()
            self._shared = False
        table.store(key, before, after, filed)

    def share(self) -> Table[R]:
        """What the collection holds now. It stays as it is: the next alteration works on a copy."""
        self._shared = True
        return self._table

    def load(self, table: Table[R]) -> None:
        """Hold what a shared table holds, its key counter included."""
        self._table = table
        self._shared = True

    def tabulate(self, records: Iterable[R], last_key: int) -> Table[R]:
        """A table of these records, to be loaded here or into another ledger's collection of this name.

        Its key counter is at `last_key`, or at the highest key. Raises NotUnique; StateError where two have one key.
        """
        table: Table[R] = Table(self._unique, self._index)
        for record in records:
            key = getattr(record, self.key_field)
            if key in table.records:
                raise StateError(f"two records have the key {key!r}")
            filed = self._filed(None, record) if self._indexes else []
            for index, _, value in filed:
                holder = table.unique.get(index, {}).get(value)
                if holder is not None:
                    raise NotUnique(self.name, index, value, holder)
            table.store(key, None, record, filed)
        table.last_key = max(table.last_key, last_key)
        return table

    def _filed(self, before: R | None, after: R | None) -> Filed:
        """For each index whose value changes: what it files the two records under.

        Computed before anything is altered, for it can fail: raises TypeError for a value that cannot be hashed.
        """
        filed: Filed = []
        for name, value_of in self._indexes:
            old = None if before is None else value_of(before)
            new = None if after is None else value_of(after)
            if old != new:
                hash(new)
                filed.append((name, old, new))
        return filed


@dataclass(frozen=True)
class Declared(Generic[R]):
    """A collection as a state class declares it; on an instance the name gives the collection itself."""

    record_type: type[R]
    key: str
    unique: Values[R]
    index: Values[R]
    secret: frozenset[str]
    hidden: frozenset[str]
    counts: bool
    setting: bool

    @overload
    def __get__(self, state: None, owner: type) -> Declared[R]: ...
    @overload
    def __get__(self, state: object, owner: type) -> Collection[R]: ...
    def __get__(self, state: object | None, owner: type) -> Declared[R] | Collection[R]:
        """Reached only on the class: `State.__init__` puts the collection itself on the instance."""
        return self


def collection(  # noqa: PLR0913  all that there is to say of a collection, by name
    record_type: type[R],
    *,
    key: str = "id",
    unique: Values[R] | None = None,
    index: Values[R] | None = None,
    secret: Names[str] = (),
    hidden: Names[str] = (),
    counts: bool = False,
    setting: bool = False,
) -> Declared[R]:
    """Declare a collection in the body of a `State`.

    `key` names the field that is the key (int, or str). `secret` names fields that the journal must not show, and
    `hidden` those that nobody may be shown. `counts` is for records of how many of something were ever given out: like
    the key counters they do not go back when earlier changes are undone. `setting` is for what a shop is set up with
    (credentials, groups, roles), which stays when it is emptied.
    """
    names = frozenset(secret), frozenset(hidden)
    return Declared(record_type, key, unique or {}, index or {}, *names, counts, setting)
