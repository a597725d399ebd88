"""An archive as a JSON document.

Records that several sandboxes share stand there once. So a thousand sandboxes that are as they began take hardly more
room than one, and share their records again when they were read.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mockserver import documents
from mockserver.archive import Archive, Own, Saved
from mockserver.documents import Broken, Collections, Head, Instant, Written
from mockserver.fingerprint import shapes
from mockserver.portable import Kept
from mockserver.sandbox import Beginning
from mockserver.shelf import NAME
from mockserver.soundness import refuse_unsound
from mockserver.state.snapshot import Snapshot
from mockserver.state.table import Table
from mockserver.version import __version__

FORMAT = "mockserver-state"
VERSION = 1

Number = Annotated[int, Meta(ge=0)]
Places = dict[str, Number]
"""By collection, where its table stands in the document's list."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A piece of the document."""


class _Table(Written, frozen=True, kw_only=True):
    collection: str


class _Beginning(_Part, frozen=True, kw_only=True):
    fixture: str
    seed: int
    source: str | None
    tables: Places


class _Sandbox(_Part, frozen=True, kw_only=True):
    """`tables` has those that are not as in the beginning."""

    name: Annotated[str, Meta(min_length=1)]
    beginning: Number
    tables: Places
    options: Own
    ttl_seconds: Annotated[float, Meta(gt=0)] | None
    created_at: Instant
    last_request: Number
    credentials: list[dict[str, str]]


class _Snapshot(_Part, frozen=True, kw_only=True):
    name: str
    saved_at: Instant
    sandbox: str
    fixture: str
    seed: int
    mockserver: str
    tables: Places


class _Document(Head, frozen=True, kw_only=True, rename="camel"):
    saved_at: Instant
    beginnings: list[_Beginning]
    sandboxes: list[_Sandbox]
    snapshots: list[_Snapshot]
    tables: list[_Table]


def write(archive: Archive, collections: Collections) -> Iterator[bytes]:
    """The document in pieces. Raises Unwritable."""
    tables = _Tables()
    beginnings = list({id(saved.beginning): saved.beginning for saved in archive.sandboxes}.values())
    numbers = {id(beginning): number for number, beginning in enumerate(beginnings)}
    document = _Document(
        format=FORMAT,
        version=VERSION,
        mockserver=__version__,
        shapes=shapes(collections),
        saved_at=archive.saved_at,
        beginnings=[_write_beginning(beginning, tables) for beginning in beginnings],
        sandboxes=[_write_sandbox(saved, numbers[id(saved.beginning)], tables) for saved in archive.sandboxes],
        snapshots=[_write_snapshot(kept, tables) for kept in archive.snapshots],
        tables=[],
    )
    yield documents.to_json(document).removesuffix(b"]}")
    for number, (name, table) in enumerate(tables.listed):
        yield b",\n" if number else b"\n"
        yield from documents.write_table(name, table, b'"collection":%b,' % documents.to_json(name))
    yield b"\n]}\n"


class _Tables:
    """The tables that a document lists, each once."""

    def __init__(self) -> None:
        self.listed: list[tuple[str, Table[Any]]] = []
        self._places: dict[int, int] = {}

    def places(self, tables: Mapping[str, Table[Any]]) -> Places:
        """Where tables stand in the list."""
        for name, table in tables.items():
            if id(table) not in self._places:
                self._places[id(table)] = len(self.listed)
                self.listed.append((name, table))
        return {name: self._places[id(table)] for name, table in tables.items()}


def _write_beginning(beginning: Beginning, tables: _Tables) -> _Beginning:
    return _Beginning(
        fixture=beginning.fixture,
        seed=beginning.seed,
        source=beginning.source,
        tables=tables.places(beginning.snapshot.tables),
    )


def _write_sandbox(saved: Saved, beginning: int, tables: _Tables) -> _Sandbox:
    old = saved.beginning.snapshot.tables
    return _Sandbox(
        name=saved.name,
        beginning=beginning,
        tables=tables.places({name: table for name, table in saved.state.tables.items() if table is not old[name]}),
        options=saved.own,
        ttl_seconds=saved.ttl,
        created_at=datetime.fromtimestamp(saved.created, UTC),
        last_request=saved.last_request,
        credentials=saved.credentials,
    )


def _write_snapshot(kept: Kept, tables: _Tables) -> _Snapshot:
    return _Snapshot(
        name=kept.name,
        saved_at=kept.saved_at,
        sandbox=kept.sandbox,
        fixture=kept.fixture,
        seed=kept.seed,
        mockserver=kept.version,
        tables=tables.places(kept.snapshot.tables),
    )


def read(document: bytes, collections: Collections, known: Snapshot) -> Archive:
    """What a document says, for a server of these collections. Raises Broken, Incompatible.

    What is as in `known` is shared with it.
    """
    found = documents.parse(document, _Document, FORMAT, VERSION)
    documents.refuse_other_records(
        found, collections, {table.collection: table.records for table in reversed(found.tables)}
    )
    _refuse_repeated("sandboxes", (each.name for each in found.sandboxes))
    _refuse_repeated("snapshots", (each.name for each in found.snapshots))
    reader = _Reader([_read_table(table, at, collections, known) for at, table in enumerate(found.tables)], collections)
    beginnings = [reader.beginning(each, f"beginnings[{at}]") for at, each in enumerate(found.beginnings)]
    return Archive(
        found.saved_at,
        [reader.sandbox(each, f"sandboxes[{at}]", beginnings) for at, each in enumerate(found.sandboxes)],
        [reader.snapshot(each, f"snapshots[{at}]") for at, each in enumerate(found.snapshots)],
    )


def _refuse_repeated(place: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Broken(f"{place}: two are called '{name}'")
        seen.add(name)


def _read_table(table: _Table, at: int, collections: Collections, known: Snapshot) -> tuple[str, Table[Any]]:
    name = table.collection
    if name not in collections:
        raise Broken(f"tables[{at}].collection: there is no collection '{name}'; known: {', '.join(collections)}")
    return name, documents.read_table(table, collections[name], f"tables[{at}]", known.tables[name])


class _Reader:
    """Makes what was saved of the tables that a document lists. Raises Broken."""

    def __init__(self, tables: list[tuple[str, Table[Any]]], collections: Collections) -> None:
        self._tables = tables
        self._collections = collections

    def beginning(self, written: _Beginning, place: str) -> Beginning:
        """How sandboxes began."""
        state = self._state(written.tables, place, {})
        return Beginning(state, written.fixture, written.seed, written.source)

    def sandbox(self, written: _Sandbox, place: str, beginnings: list[Beginning]) -> Saved:
        """A sandbox."""
        if written.beginning >= len(beginnings):
            raise Broken(
                f"{place}.beginning: there is no number {written.beginning} among {len(beginnings)} beginnings"
            )
        beginning = beginnings[written.beginning]
        return Saved(
            name=written.name,
            beginning=beginning,
            state=self._state(written.tables, place, beginning.snapshot.tables),
            own=written.options,
            ttl=written.ttl_seconds,
            created=written.created_at.timestamp(),
            last_request=written.last_request,
            credentials=written.credentials,
        )

    def snapshot(self, written: _Snapshot, place: str) -> Kept:
        """A named snapshot."""
        if not NAME.fullmatch(written.name):
            raise Broken(f"{place}.name: '{written.name}' is no name; it must match {NAME.pattern}")
        return Kept(
            name=written.name,
            sandbox=written.sandbox,
            fixture=written.fixture,
            seed=written.seed,
            saved_at=written.saved_at,
            snapshot=self._state(written.tables, place, {}),
            version=written.mockserver,
        )

    def _state(self, places: Places, place: str, others: Mapping[str, Table[Any]]) -> Snapshot:
        """A state of the tables at these places, and of the others where there is none."""
        state = dict(others)
        for name, at in places.items():
            if at >= len(self._tables) or self._tables[at][0] != name:
                raise Broken(f"{place}.tables: number {at} is no table of '{name}'")
            state[name] = self._tables[at][1]
        if state.keys() != self._collections.keys():
            raise Broken(
                f"{place}.tables: there is none of {', '.join(sorted(self._collections.keys() - state.keys()))}"
            )
        refuse_unsound(Snapshot(state), time.time())
        return Snapshot(state)
