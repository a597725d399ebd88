"""JSON documents that hold collections: their records are written in pieces, and read with every check there is.

Nothing is left out of them, also not what no other view of the state shows: hashes of passwords, tokens.

BadDocument                a document cannot be had; the message says where and why
    Broken                 it is not what such a document is
    Incompatible           it may be fine, but is of another version, or of vendors that are not served
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from mockserver.fingerprint import differences
from mockserver.jsonbody import Unreadable, read as read_json
from mockserver.shape import misshapen, strangers
from mockserver.state.change import Record
from mockserver.state.collection import Collection, NotUnique, StateError
from mockserver.state.table import Table
from mockserver.version import __version__

BATCH = 128
"""Records that are written, or read, in one go: about half a millisecond's worth."""

Collections = Mapping[str, Collection[Any]]
Pause = Callable[[], object]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
to_json = msgspec.json.Encoder(order="deterministic").encode
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class BadDocument(ValueError):
    """A document cannot be read. Nothing was altered."""


class Broken(BadDocument):
    """What is there is no such document, or contradicts itself."""


class Incompatible(BadDocument):
    """The document is of another version, or of vendors that are not served."""


class Unwritable(ValueError):
    """A record cannot be said in JSON: a bug of the vendor that stored it. The message names the collection."""


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A collection as it stands in a document."""

    last_key: Annotated[int, msgspec.Meta(ge=0)]
    records: list[msgspec.Raw]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every document begins with. `mockserver` is the version that made it; `shapes` has fingerprints."""

    format: str
    version: int
    mockserver: str
    shapes: dict[str, str]


class _Kind(msgspec.Struct):
    """What a document says that it is, whatever else there is to it."""

    format: str = ""
    version: int = 0
    mockserver: str = "of unknown version"


D = TypeVar("D", bound=Head)


def go_on() -> None:
    """The pause of those who need none."""


def write_table(name: str, table: Table[Any], first: bytes = b"") -> Iterator[bytes]:
    """A collection's records in the order of their keys, one a line. `first` are further members. Raises Unwritable."""
    records = list(table.records.values())
    if not table.in_order:
        records = [table.records[key] for key in sorted(table.records)]
    yield b'{%b"lastKey":%d,"records":[' % (first, table.last_key)
    for at in range(0, len(records), BATCH):
        yield (b",\n" if at else b"\n") + _write_records(name, records[at : at + BATCH])
    yield b"]}"


def _write_records(name: str, records: list[Record]) -> bytes:
    try:
        return b",\n".join(map(to_json, records))
    except (TypeError, ValueError) as error:
        raise Unwritable(f"a record of {name} cannot be written: {error}") from None


def refuse_other_records(found: Head, collections: Collections, records: Mapping[str, Sequence[msgspec.Raw]]) -> None:
    """Raises Incompatible for a document of other vendors, collections or types of records, naming them all.

    `records` has those of the document, by collection, to tell the fields by.
    """
    complaints = list(differences(found.shapes, collections, records))
    if complaints:
        versions = f"made by mockserver {found.mockserver}, read by mockserver {__version__}"
        raise Incompatible(f"{versions}: {'; '.join(complaints)}")


def parse(document: bytes, wanted: type[D], kind: str, version: int) -> D:
    """A document of a kind and version, with its records yet to be read. Raises Broken, Incompatible."""
    try:
        found = msgspec.json.decode(document, type=wanted)
    except msgspec.ValidationError as error:
        with suppress(*_NOT_JSON):
            _refuse_others(msgspec.json.decode(document, type=_Kind), kind, version)
        raise Broken(str(misshapen(error, wanted))) from None
    except _NOT_JSON as error:
        raise Broken(_not_json(document, error)) from None
    _refuse_others(found, kind, version)
    return found


def _refuse_others(found: _Kind | Head, kind: str, version: int) -> None:
    if found.format != kind:
        raise Broken(f"its format is '{found.format}' where '{kind}' is meant")
    if not 0 < found.version <= version:
        raise Incompatible(
            f"it is of version {found.version} of the format, made by mockserver {found.mockserver}; "
            f"mockserver {__version__} reads version {version}"
        )


def _not_json(document: bytes, error: Exception) -> str:
    """What is wrong with a text that is no JSON, and where."""
    if isinstance(error, RecursionError):
        return "not JSON that can be read: nested too deep"
    reason, _, rest = str(error).removeprefix("JSON is malformed: ").partition(" (byte ")
    at = re.match(r"\d+", rest)
    if at is None:
        return f"not JSON: {reason}"
    before = document[: int(at[0])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return f"not JSON: {reason} near line {line}, byte {column}"


def read_table(
    written: Written, collection: Collection[Any], place: str, known: Table[Any], pause: Pause = go_on
) -> Table[Any]:
    """The records of a collection that stands at a place of a document; `known`, where it says the same. Raises Broken."""
    try:
        table = collection.tabulate(_read_records(written, collection, place, pause), written.last_key)
    except NotUnique as clash:
        raise Broken(f"{place}: two records have the {clash.index} {clash.value!r}, one is {clash.key!r}") from None
    except StateError as error:
        raise Broken(f"{place}: {error}") from None
    if table.last_key > written.last_key:
        raise Broken(f"{place}.lastKey: {written.last_key} is less than the key {table.last_key} of a record")
    return known if _same(table, known) else table


def _same(table: Table[Any], known: Table[Any]) -> bool:
    """Compared one by one, for to compare two large dictionaries is a step in which no other thread has a turn."""
    if (table.last_key, len(table.records)) != (known.last_key, len(known.records)):
        return False
    return all(known.records.get(key) == record for key, record in table.records.items())


def _read_records(written: Written, collection: Collection[Any], place: str, pause: Pause) -> Iterator[Record]:
    decode = msgspec.json.Decoder(collection.record_type).decode
    for number, raw in enumerate(written.records):
        if number % BATCH == 0:
            pause()
        try:
            record: Record = decode(raw)
        except msgspec.ValidationError as error:
            raise Broken(str(misshapen(error, collection.record_type, (f"{place}.records[{number}]",)))) from None
        except _NOT_JSON as error:
            raise Broken(f"{place}.records[{number}]: {_not_json(bytes(raw), error)}") from None
        text = bytes(raw)
        if to_json(record) != text:
            _check_by_name(text, collection, f"{place}.records[{number}]")
        yield record


def _check_by_name(raw: bytes, collection: Collection[Any], place: str) -> None:
    """Refuse what reading a record has passed over; of one that is written as we would there is nothing."""
    try:
        given = read_json(raw)
    except Unreadable as error:
        raise Broken(f"{place}: {error}") from None
    for name, known in strangers(given, collection.record_type):
        raise Broken(f"{place}: unknown key '{name}'; known: {', '.join(known)}")
