"""A snapshot: all collections as they were at one moment. Taking and loading one copies nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from mockserver.state.collection import StateError
from mockserver.state.table import Table
from mockserver.state.transaction import Ledger


class Snapshot:
    """Tables by the names of their collections; never altered once taken."""

    __slots__ = ("tables",)

    def __init__(self, tables: Mapping[str, Table[Any]]) -> None:
        self.tables = tables

    def without(self, names: Container[str]) -> Snapshot:
        """The same without the records of some collections, whose key counters go on."""
        return Snapshot({name: table.emptied() if name in names else table for name, table in self.tables.items()})


def take(ledger: Ledger) -> Snapshot:
    """The state as it is now, to be loaded any number of times, also into another sandbox.

    Raises StateError inside a transaction that has altered something: it may yet be undone.
    """
    if ledger.altered:
        raise StateError("a snapshot cannot be taken of the changes of an open transaction")
    return Snapshot({name: collection.share() for name, collection in ledger.collections.items()})


def load(ledger: Ledger, snapshot: Snapshot) -> None:
    """Make the state what it was, key counters included.

    Raises StateError when the snapshot is of other collections, or when a transaction has altered something.
    """
    if ledger.altered:
        raise StateError("a snapshot cannot be loaded over the changes of an open transaction")
    if snapshot.tables.keys() != ledger.collections.keys():
        differing = sorted(snapshot.tables.keys() ^ ledger.collections.keys())
        raise StateError(f"the snapshot is of other collections; only one side has {', '.join(differing)}")
    for name, table in snapshot.tables.items():
        ledger.collections[name].load(table)
