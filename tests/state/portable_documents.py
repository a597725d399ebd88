"""Snapshots written as documents and read again, for tests."""

from __future__ import annotations

from typing import Any

from mockserver.portable import Kept, now, read, write
from mockserver.sandbox import Sandbox
from mockserver.state.snapshot import Snapshot
from tests.state.drawing import exactly


def kept(state: Snapshot) -> Kept:
    return Kept(name="paid", sandbox="checkout", fixture="default", seed=7, saved_at=now(), snapshot=state)


def written(state: Snapshot, sandbox: Sandbox) -> bytes:
    return b"".join(write(kept(state), sandbox.ledger.collections))


def again(document: bytes, sandbox: Sandbox) -> Kept:
    """What is read of a document where nothing is known that it could be."""
    return read(document, sandbox.ledger.collections, nothing(sandbox))


def nothing(sandbox: Sandbox) -> Snapshot:
    """A state without records, and unlike any that was ever used."""
    return Snapshot({name: each.tabulate((), -1) for name, each in sandbox.ledger.collections.items()})


def contents(state: Snapshot) -> Any:
    """All that there is to a state: records in the order of their keys, key counters, indexes."""
    found = {}
    for name, table in state.tables.items():
        buckets = {index: {value: sorted(keys) for value, keys in of.items()} for index, of in table.buckets.items()}
        rows = [exactly(table.records[key]) for key in sorted(table.records)]
        found[name] = rows, sorted(table.records), table.last_key, table.unique, buckets
    return found
