"""The dictionaries behind a collection: records by key, and indexes from values to keys."""

from __future__ import annotations

from collections.abc import Collection as Names, Hashable
from typing import Any, Generic, TypeVar

from mockserver.state.change import Key, Record

R = TypeVar("R", bound=Record)
Filed = list[tuple[str, Hashable | None, Hashable | None]]
"""For each index that a change touches: its name, and what it files the record under before and after."""


class Table(Generic[R]):
    """What a collection holds. Snapshots share tables; a collection copies a shared one before altering it.

    The buckets of a plain index are tuples, so copying a table copies a few dictionaries and nothing else.
    A plain index is therefore for values that few records share.
    """

    __slots__ = ("buckets", "highest", "in_order", "last_key", "records", "unique")

    def __init__(self, unique: Names[str] = (), index: Names[str] = ()) -> None:
        self.records: dict[Key, R] = {}
        self.unique: dict[str, dict[Hashable, Key]] = {name: {} for name in unique}
        self.buckets: dict[str, dict[Hashable, tuple[Key, ...]]] = {name: {} for name in index}
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

    def sort(self) -> None:
        """Bring the records into the order of their keys."""
        self.records = dict(sorted(self.records.items(), key=lambda item: item[0]))
        self.in_order = True

    def store(self, key: Key, before: R | None, after: R | None, filed: Filed) -> None:
        """Put one record in the place of another; None is no record. Raises TypeError for a key of another type."""
        if before is None:
            self._note(key)
        for name, old, new in filed:
            if name in self.unique:
                _refile(self.unique[name], key, old, new)
            else:
                _rebucket(self.buckets[name], key, old, new)
        if after is None:
            del self.records[key]
        else:
            self.records[key] = after

    def _note(self, key: Key) -> None:
        """Follow the key counter, and whether the order of insertion is still that of the keys."""
        if self.highest is None or key >= self.highest:
            self.highest = key
        else:
            self.in_order = False
        if isinstance(key, int) and key > self.last_key:
            self.last_key = key


def _refile(entries: dict[Hashable, Key], key: Key, old: Hashable | None, new: Hashable | None) -> None:
    if old is not None:
        del entries[old]
    if new is not None:
        entries[new] = key


def _rebucket(buckets: dict[Hashable, tuple[Key, ...]], key: Key, old: Hashable | None, new: Hashable | None) -> None:
    if old is not None:
        left = tuple(other for other in buckets[old] if other != key)
        if left:
            buckets[old] = left
        else:
            del buckets[old]
    if new is not None:
        buckets[new] = (*buckets.get(new, ()), key)
