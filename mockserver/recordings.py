"""What a vendor tells of recorded traffic, so that a fake can be prepared for it and compared with it.

A recording begins in the middle: it reads and alters records that nobody was seen to make. A vendor reads each exchange
(`Seen`) and says what it tells of its records (`Trace`); the kernel derives from the whole what was there at the beginning.

A vendor may have recordings in a format of its own too, which are played as they stand: a `Script`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

import msgspec

from mockserver.har import Recorded
from mockserver.state.change import Record

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded exchange as a vendor reads it.

    `operation` is its id in the contract, `path`, `query` and `body` are typed by the contract: `body` is a JSON value or the
    fields of a form, None where there was none. `reply` is a JSON value, of a workbook its `header` and `rows`, and None
    where it was neither; the names of headers are in lower case. `ok`: the reply is no error of the contract.
    """

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    status: int
    reply: Any
    reply_headers: Mapping[str, str]
    ok: bool
    request_headers: Mapping[str, str] = msgspec.field(default_factory=lambda: NOTHING)


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What an exchange tells of one record.

    `collection` is without the vendor's name (`customers`); `fields` are the record's, as the admin API shows them.
    `created`: the exchange made it, and the reply tells its key. `shown`: the reply showed it. `named`: the exchange
    succeeded on it, so it was there. `removed`: it was there, and is gone now.
    """

    collection: str
    key: int | str
    kind: Literal["created", "shown", "named", "removed"]
    fields: Mapping[str, Any] = msgspec.field(default_factory=lambda: NOTHING)


class Answer(msgspec.Struct, frozen=True):
    """What the fake sent; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Stage(Protocol):
    """The fake that a recording is played to, as a script sees it."""

    @property
    def now(self) -> datetime:
        """What time it is there."""

    def ask(self, method: str, target: str, headers: Mapping[str, str], content: bytes = b"") -> Answer:
        """Send a request, and wait for the whole of its answer."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""

    def put(self, collection: str, fields: Mapping[str, Any], key: int | str | None = None) -> None:
        """Write a record by hand, under the next key where none is given. Raises ValueError with what is wrong."""


class Scene(msgspec.Struct, frozen=True):
    """One exchange of a script: `number` is the line's, `target` path and query as they were sent.

    `sheet` is what the reply's workbook held, where it was one.
    """

    number: int
    name: str
    target: str
    recorded: Recorded
    sheet: Mapping[str, Any] | None = None


class Aside(msgspec.Struct, frozen=True):
    """What is done to the stage before the next scene; returns a remark for the reader, or an empty text.

    Raises ValueError with what is wrong.
    """

    number: int
    act: Callable[[Stage], str]


@dataclass(frozen=True)
class Script:
    """A recording in a vendor's own format: all of it is played, and compared key by key in its order.

    The stage begins with `fixture` at the instant `begins`, and a second passes before each write. Headers of requests
    hold placeholders (`{TOKEN}`), whose values `open` finds out; those of replies are described by `forms`, regular
    expressions; `{ANY}` is anything.
    """

    steps: Sequence[Scene | Aside]
    fixture: str
    begins: datetime
    open: Callable[[Stage], Mapping[str, str]]
    forms: Mapping[str, str]


@dataclass(frozen=True)
class Recording:
    """How a vendor's recorded traffic is read.

    `complete(state, collection, key, fields)` is a whole record with what nobody told filled in, made inside of a
    transaction; of each field the first that any exchange told is in `fields`. `masks` are places of
    replies by operation (`data.token`, `[].updated_at`, `headers.location`, `*`; with a type behind it, `data:number`, or `data:any`)
    that no two runs share, or that depend on what no recording shows: there, types alone are compared, or with `any` nothing. `fixture` is what to begin with, None being the default one without its
    records, so that its settings stay. `settle(state, exchanges)` puts, inside of a transaction, what only the whole
    recording tells, once all records are there. `script` reads a file in the vendor's own format, where it has one; it raises
    BrokenRecording.
    """

    traces: Callable[[Seen], Iterable[Trace]]
    complete: Callable[[Any, str, int | str, Mapping[str, Any]], Record]
    masks: Mapping[str, Sequence[str]] = field(default_factory=lambda: NOTHING)
    fixture: str | None = None
    settle: Callable[[Any, Sequence[Seen]], None] | None = None
    script: Callable[[Path], Script] | None = None
