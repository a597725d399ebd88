"""The dictionaries behind a collection: records by key, and indexes from values to keys."""

from __future__ import annotations

from collections.abc import Collection as Names, Hashable
from typing import Any, Generic, TypeVar

from mockserver.state.change import Key, Record

Bucket = tuple[Key, ...] | dict[Key, None]
"""The keys of the records that a plain index files under one value."""

_FEW = 8
R = TypeVar("R", bound=Record)
Filed = list[tuple[str, Hashable | None, Hashable | None]]
"""For each index that a change touches: its name, and what it files the record under before and after."""


class Table(Generic[R]):
    """What a collection holds. Snapshots share tables; a collection copies a shared one before altering it.

    The bucket of a value that few records share is a tuple: that is small. The bucket of one that many share is a
    dictionary, which a copied table goes on sharing until it alters it: only those in `own` may be altered. So copying
    a table copies a few dictionaries and nothing else.
    """

    __slots__ = ("_keys", "buckets", "highest", "in_order", "last_key", "own", "records", "unique")

    def __init__(self, unique: Names[str] = (), index: Names[str] = ()) -> None:
        self.records: dict[Key, R] = {}
        self.unique: dict[str, dict[Hashable, Key]] = {name: {} for name in unique}
        self.buckets: dict[str, dict[Hashable, Bucket]] = {name: {} for name in index}
        self.own: set[tuple[str, Hashable]] = set()
        self._keys: list[Any] | None = None
        self.last_key = 0
        self.highest: Any = None
        self.in_order = True

    def copy(self) -> Table[R]:
        """An independent table with the same records."""
        copy: Table[R] = Table()
        copy.records = self.records.copy()
        copy.unique = {name: entries.copy() for name, entries in self.unique.items()}
        copy.buckets = {name: buckets.copy() for name, buckets in self.buckets.items()}
        copy.last_key, copy.highest, copy.in_order = self.last_key, self.highest, self.in_order
        return copy

    def emptied(self) -> Table[R]:
        """A table without records, whose key counter goes on from this one's."""
        empty: Table[R] = Table(self.unique, self.buckets)
        empty.last_key = self.last_key
        return empty

    def sort(self) -> None:
        """Bring the records into the order of their keys."""
        self.records = dict(sorted(self.records.items(), key=lambda item: item[0]))
        self.in_order = True

    def keys(self) -> list[Any]:
        """All keys in their order; not to be altered."""
        if self._keys is None:
            if not self.in_order:
                self.sort()
            self._keys = list(self.records)
        return self._keys

    def store(self, key: Key, before: R | None, after: R | None, filed: Filed) -> None:
        """Put one record in the place of another; None is no record. Raises TypeError for a key of another type."""
        if before is None:
            self._note(key)
        for name, old, new in filed:
            if name in self.unique:
                _refile(self.unique[name], key, old, new)
            else:
                if old is not None:
                    self._take_out(name, old, key)
                if new is not None:
                    self._put_in(name, new, key)
        if after is None:
            del self.records[key]
            self._keys = None
        else:
            self.records[key] = after

    def _note(self, key: Key) -> None:
        """Follow the key counter, and whether the order of insertion is still that of the keys."""
        if self.highest is None or key >= self.highest:
            self.highest = key
            if self._keys is not None:
                self._keys.append(key)
        else:
            self.in_order = False
            self._keys = None
        if isinstance(key, int) and key > self.last_key:
            self.last_key = key

    def _put_in(self, name: str, value: Hashable, key: Key) -> None:
        bucket = self.buckets[name].get(value, ())
        if len(bucket) < _FEW:
            self.buckets[name][value] = (*bucket, key)
        else:
            self._alterable(name, value)[key] = None

    def _take_out(self, name: str, value: Hashable, key: Key) -> None:
        buckets = self.buckets[name]
        bucket = buckets[value]
        if isinstance(bucket, dict):
            del self._alterable(name, value)[key]
            if len(bucket) > _FEW:
                return
        left = tuple(other for other in buckets[value] if other != key)
        self.own.discard((name, value))
        if left:
            buckets[value] = left
        else:
            del buckets[value]

    def _alterable(self, name: str, value: Hashable) -> dict[Key, None]:
        """The bucket as a dictionary of this table's own."""
        bucket = self.buckets[name][value]
        if not isinstance(bucket, dict) or (name, value) not in self.own:
            bucket = self.buckets[name][value] = dict.fromkeys(bucket)
            self.own.add((name, value))
        return bucket


def _refile(entries: dict[Hashable, Key], key: Key, old: Hashable | None, new: Hashable | None) -> None:
    if old is not None:
        del entries[old]
    if new is not None:
        entries[new] = key
