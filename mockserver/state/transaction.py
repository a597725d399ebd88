"""The ledger: all collections of one sandbox, and the transaction that alone may alter them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from mockserver.state.change import Change, Key
from mockserver.state.collection import Collection, Declared, StateError
from mockserver.state.table import R


class Ledger:
    """Every collection of a sandbox by its full name, such as `shop.customers`, and the open transaction."""

    def __init__(self) -> None:
        self.collections: dict[str, Collection[Any]] = {}
        self.changes: list[Change] | None = None
        """The open transaction's changes, oldest first; None where no transaction is open."""
        self.salt = ""
        """What tells texts that are minted here from those of other sandboxes; empty where nobody needs to."""
        self.turn = threading.RLock()
        """Held while a transaction is open, for event loops of several threads may share a sandbox, as in tests."""

    @property
    def altered(self) -> bool:
        """Whether an open transaction has altered anything so far."""
        return bool(self.changes)

    def open(self, name: str, declared: Declared[R]) -> Collection[R]:
        """Make the collection of this name. Raises StateError when the name is taken."""
        if name in self.collections:
            raise StateError(f"two collections are called {name}")
        made = self.collections[name] = Collection(name, declared, self)
        return made

    def transaction(self) -> Transaction:
        """`with ledger.transaction() as changes:` keeps all alterations, or none when an exception leaves the block."""
        return Transaction(self)

    def begin(self) -> list[Change]:
        """Open a transaction; returns the list that its changes will be in. Raises StateError in a transaction."""
        self.turn.acquire()
        if self.changes is not None:
            self.turn.release()
            raise StateError("a transaction is open already")
        self.changes = []
        return self.changes

    def commit(self) -> None:
        """Keep what the open transaction altered."""
        self.changes = None
        self.turn.release()

    def put_alone(self, collection: Collection[R], key: Key, record: R) -> Change:
        """Store one record in a transaction of its own; returns the change. Raises StateError in a transaction."""
        changes = self.begin()
        try:
            collection.set(key, record)
        finally:
            self.commit()
        return changes[0]

    def undo(self) -> None:
        """Take back what the open transaction altered, newest first, and close it. Key counters stay."""
        changes = self.changes or []
        while changes:
            change = changes.pop()
            self.collections[change.collection].replace(change.key, change.after, change.before)
        self.commit()

    def revert(self, changes: Iterable[Change]) -> None:
        """Inside a transaction: undo earlier, committed changes, given newest first. The undoing is itself recorded.

        Counts of what was given out stay. Raises StateError when a record is not any more what the change made it.
        """
        for change in changes:
            collection = self.collections[change.collection]
            if collection.counts:
                continue
            if collection.get(change.key) != change.after:
                raise StateError(f"{change.collection}: record {change.key!r} is not what the change to undo made it")
            collection.set(change.key, change.before)


class Transaction:
    """The `with` block of a transaction."""

    __slots__ = ("_ledger",)

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __enter__(self) -> list[Change]:
        return self._ledger.begin()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._ledger.commit()
        else:
            self._ledger.undo()


class State:
    """What one owner keeps in a sandbox: a class of `collection(...)` declarations."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        attributes = [attribute for owner in reversed(type(self).__mro__) for attribute in vars(owner)]
        for attribute in dict.fromkeys(attributes):
            declared = getattr(type(self), attribute, None)
            if isinstance(declared, Declared):
                setattr(self, attribute, ledger.open(f"{name}.{attribute}", declared))
