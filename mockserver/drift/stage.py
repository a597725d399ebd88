"""The fake that a recording is played to: in this process, without a socket, with the recording's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import msgspec

from mockserver import portable
from mockserver.app import build
from mockserver.documents import BadDocument
from mockserver.fixture import Fixture
from mockserver.har import BrokenRecording
from mockserver.options import Auth, Options
from mockserver.recordings import Answer
from mockserver.redaction import to_json
from mockserver.sandbox import DEFAULT, Sandbox
from mockserver.shape import Misshapen, shape, strangers
from mockserver.state import snapshot
from mockserver.state.change import Key, Record
from mockserver.state.collection import Collection, NotUnique, StateError
from mockserver.vendor import Vendor

_OURS: dict[str, Any] = {"max_body": 50 << 20, "journal_entries": 0, "rate_limits": "off"}
"""Options that are the same whatever is played."""
_SANDBOX = "x-mock-sandbox"


class FakeStage:
    """One vendor's fake. To be used in a `with` block, which ends its event loop.

    `vendors` are all that are there, for a snapshot may be of more than one. Raises BrokenFixture.
    """

    def __init__(self, vendor: Vendor, vendors: Iterable[Vendor], fixture: Fixture, options: Options) -> None:
        self.vendor = vendor
        self.world = build(fixture, list(vendors), msgspec.structs.replace(options, **_OURS))
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    @property
    def sandbox(self) -> Sandbox:
        """Where everything happens."""
        return self.world.sandboxes.default

    @property
    def state(self) -> Any:
        """What the vendor's operations act on."""
        return self.sandbox.subjects[self.vendor.name]

    @property
    def now(self) -> datetime:
        """What time it is there."""
        return self.sandbox.clock.now

    def freeze(self, at: datetime) -> None:
        """Let it be that instant, and stay."""
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.freeze(at)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.advance(timedelta(seconds=seconds))

    @contextmanager
    def under(self, auth: Auth) -> Iterator[None]:
        """Ask for credentials otherwise for a while."""
        before = self.sandbox.options
        self.sandbox.options = msgspec.structs.replace(before, auth=auth)
        try:
            yield
        finally:
            self.sandbox.options = before

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes = b"", *, scheme: str = "http"
    ) -> Answer:
        """Send a request and wait for the whole of its answer."""
        scope = {**_scope(method, target, headers, content), "scheme": scheme}
        return self._runner.run(self._ask(scope, content))

    def has(self, collection: str) -> bool:
        """Whether the vendor keeps a collection of this name."""
        return f"{self.vendor.name}.{collection}" in self._own()

    def collection(self, name: str) -> Collection[Any]:
        """A collection of the vendor's. Raises ValueError."""
        known = {full.partition(".")[2]: each for full, each in self._own().items()}
        if name not in known:
            raise ValueError(f"there is no collection {name}; known: {', '.join(known)}")
        return known[name]

    def _own(self) -> dict[str, Collection[Any]]:
        prefix = f"{self.vendor.name}."
        return {name: each for name, each in self.sandbox.ledger.collections.items() if name.startswith(prefix)}

    def load(self, file: Path) -> None:
        """Begin with a snapshot. Raises BrokenRecording."""
        ledger = self.sandbox.ledger
        try:
            kept = portable.read(file.read_bytes(), ledger.collections, snapshot.take(ledger))
        except OSError as error:
            raise BrokenRecording(f"{file}: {error.strerror}") from None
        except BadDocument as error:
            raise BrokenRecording(f"{file}: {error}") from None
        self.sandbox.load(kept.snapshot)

    def put(self, collection: str, fields: Mapping[str, Any], key: Key | None = None) -> None:
        """Write a record by hand, or alter one that is there. Raises ValueError with what is wrong."""
        known = self.collection(collection)
        number = known.last_key + 1 if key is None else key
        before = known.get(number)
        name = next(
            each.encode_name for each in msgspec.structs.fields(known.record_type) if each.name == known.key_field
        )
        complete = {name: number, **({} if before is None else to_json(before)), **fields}
        for place, names in strangers(complete, known.record_type):
            raise ValueError(f"{collection}/{number}: unknown field {place}; known: {', '.join(names)}")
        try:
            record = shape(complete, known.record_type)
        except Misshapen as error:
            raise ValueError(f"{collection}/{number}: {error}") from None
        self.put_record(collection, lambda: record)

    def put_record(self, collection: str, make: Callable[[], Record]) -> None:
        """Write a whole record, which is made inside of the transaction. Raises ValueError where that cannot be."""
        try:
            with self.sandbox.ledger.transaction():
                self.collection(collection).put(make())
        except (NotUnique, StateError, TypeError) as error:
            raise ValueError(str(error)) from None

    def remove(self, collection: str, key: Key) -> None:
        """Take a record out, where it is there."""
        with self.sandbox.ledger.transaction():
            self.collection(collection).remove(key)

    def number(self, collection: Collection[Any], last_key: int) -> None:
        """Let the next record of a collection get the key after this one."""
        if collection.last_key != last_key:
            table = collection.share().copy()
            table.last_key = last_key
            collection.load(table)

    @contextmanager
    def tried(self) -> Iterator[list[bool]]:
        """Whatever happens in here is taken back when the list that it gives is not empty in the end."""
        before, undo = snapshot.take(self.sandbox.ledger), list[bool]()
        yield undo
        if undo:
            snapshot.load(self.sandbox.ledger, before)

    async def _ask(self, scope: dict[str, Any], content: bytes) -> Answer:
        messages: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self.world.app(scope, receive, send)
        start, *rest = messages
        replied: dict[str, str] = {}
        for raw_name, raw_value in start["headers"]:
            name, value = raw_name.decode().lower(), raw_value.decode("latin-1")
            replied[name] = f"{replied[name]}, {value}" if name in replied else value
        return Answer(start["status"], replied, b"".join(message.get("body", b"") for message in rest))


def _scope(method: str, target: str, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """What a server would say of a request. Names are in lower case; values keep the blanks after them, as from a socket."""
    path, _, query = target.partition("?")
    given = {name.lower(): value for name, value in headers.items()}
    sent = {"host": "127.0.0.1", "content-length": str(len(content)), **given, _SANDBOX: DEFAULT}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
