"""Snapshots as JSON documents, to be carried to another server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from mockserver.documents import (
    Broken,
    Collections,
    Head,
    Instant,
    Pause,
    Written,
    go_on,
    parse,
    read_table,
    refuse_other_records,
    to_json,
    write_table,
)
from mockserver.fingerprint import shapes
from mockserver.state.snapshot import Snapshot
from mockserver.version import __version__

FORMAT = "mockserver-snapshot"
VERSION = 1


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot under a name.

    `sandbox` is what it was taken of, `fixture` and `seed` what that began with; `saved_at` is the wall clock's, and
    `version` that of the mockserver which took it.
    """

    name: str
    sandbox: str
    fixture: str
    seed: int
    saved_at: datetime
    snapshot: Snapshot
    version: str = __version__

    @property
    def records(self) -> int:
        """How many records it has."""
        return sum(len(table.records) for table in self.snapshot.tables.values())


class _Document(Head, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    name: str
    saved_at: Instant
    sandbox: str
    fixture: str
    seed: int
    collections: dict[str, Written]


def now() -> datetime:
    """The wall clock's instant, to the millisecond."""
    return datetime.fromtimestamp(int(time.time() * 1000) / 1000, UTC)


def write(kept: Kept, collections: Collections) -> Iterator[bytes]:
    """A snapshot's document in pieces. Raises Unwritable."""
    facts = _Document(
        format=FORMAT,
        version=VERSION,
        mockserver=kept.version,
        name=kept.name,
        saved_at=kept.saved_at,
        sandbox=kept.sandbox,
        fixture=kept.fixture,
        seed=kept.seed,
        shapes=shapes(collections),
        collections={},
    )
    yield to_json(facts).removesuffix(b"}}")
    for number, (name, table) in enumerate(kept.snapshot.tables.items()):
        yield (b",\n" if number else b"\n") + to_json(name) + b":"
        yield from write_table(name, table)
    yield b"\n}}\n"


def read(document: bytes, collections: Collections, known: Snapshot, pause: Pause = go_on) -> Kept:
    """What a document holds, for a server of these collections. Raises Broken, Incompatible.

    What is as in `known` is shared with it. Takes a while; `pause` is called every half a millisecond or so.
    """
    found = parse(document, _Document, FORMAT, VERSION)
    refuse_other_records(found, collections, {name: each.records for name, each in found.collections.items()})
    if found.shapes.keys() != found.collections.keys():
        raise Broken(f"{min(found.shapes.keys() ^ found.collections.keys())} is in only one of shapes and collections")
    tables = {
        name: read_table(found.collections[name], collection, f"collections.{name}", known.tables[name], pause)
        for name, collection in collections.items()
    }
    return Kept(
        name=found.name,
        sandbox=found.sandbox,
        fixture=found.fixture,
        seed=found.seed,
        saved_at=found.saved_at,
        snapshot=Snapshot(tables),
        version=found.mockserver,
    )
