"""Playing a recording's exchanges to the fake, each at its time, and comparing what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mockserver.drift.beginning import furnish_one, told_from
from mockserver.drift.carrying import Carried
from mockserver.drift.comparison import Rules
from mockserver.drift.credentials import with_credential
from mockserver.drift.difference import Difference
from mockserver.drift.entries import Entry, Reader, created, read_exchange, target_of
from mockserver.drift.masks import Masks
from mockserver.drift.replies import HEADERS, compare_replies, outcomes
from mockserver.drift.stage import FakeStage
from mockserver.drift.varying import Varying
from mockserver.har import Recorded
from mockserver.recordings import Answer, Trace
from mockserver.schema import resolve
from mockserver.vendor import Api

_ERROR = 400
_A_SECOND = timedelta(seconds=1)
_NOT_SENT = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "content-encoding"}
)
"""Headers that are said anew; that a body was packed is not, for recordings hold it unpacked."""


class Result(msgspec.Struct, frozen=True):
    """One exchange and all that differs. `name` is what the recording calls it."""

    name: str
    api: str
    operation: str | None
    method: str
    target: str
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Manner:
    """How exchanges are compared: under these masks, with values or without, and with these headers beside the usual ones."""

    masks: Masks
    values: bool = True
    headers: frozenset[str] = frozenset()


class Player:
    """Plays exchanges in their order. The reader's remarks grow by what a person should know of it."""

    def __init__(self, stage: FakeStage, reader: Reader, manner: Manner, entries: Sequence[Entry]) -> None:
        self._stage = stage
        self._reader = reader
        self._manner = manner
        self._entries = entries
        self._instants = list(_instants(entries))
        self._carried = Carried({name for entry in entries for name in entry.api.contract.secrets})
        self._headers = {entry.api.name: declared_headers(entry.api) for entry in entries}
        self._strangers = set(_strangers(entries))

    def play(self) -> Iterator[Result]:
        """The results, one after the other."""
        for at, entry in enumerate(self._entries):
            self._stage.freeze(self._instants[at])
            answer, succeeded = self._answer(entry, at)
            found = list(self._compare(entry, answer, succeeded=succeeded))
            self._learn(entry, answer)
            name = f"entry {entry.number}"
            yield Result(name, entry.api.name, entry.operation, entry.recorded.method, entry.target, found)

    def _answer(self, entry: Entry, at: int) -> tuple[Answer, bool]:
        """What the fake answers, and whether it did what was asked. Where only one side did what was asked, the fake follows the recording from there."""
        with self._stage.tried() as undo, self._counting(entry):
            answer = self._ask(entry)
            ours = read_exchange(entry.route, answered(entry, answer))
            succeeded = answer.status < _ERROR if ours is None else ours.ok
            if succeeded and not entry.succeeded:
                undo.append(True)
        if entry.succeeded and not succeeded:
            self._follow(entry, self._entries[at:])
        return answer, succeeded

    @contextmanager
    def _counting(self, entry: Entry) -> Iterator[None]:
        """Let the fake give the keys that the recorded program gave."""
        before = []
        for name in {trace.collection for trace in created(entry.traces) if self._stage.has(trace.collection)}:
            collection = self._stage.collection(name)
            keys = [trace.key for trace in created(entry.traces) if trace.collection == name]
            first = min((key for key in keys if isinstance(key, int)), default=None)
            if first is not None and first not in collection:
                before.append((collection, collection.last_key))
                self._stage.number(collection, first - 1)
        yield
        for collection, last_key in before:
            self._stage.number(collection, max(collection.last_key, last_key))

    def _ask(self, entry: Entry) -> Answer:
        request = self._carried.request(entry.recorded)
        is_stranger = entry.number in self._strangers
        if not is_stranger:
            request = with_credential(request, entry.api, self._stage.state, self._carried.values())
        headers = {name: value for name, value in request.request_headers if name.lower() not in _NOT_SENT}
        address = urlsplit(request.url)
        headers["host"] = address.netloc.rpartition("@")[2]
        method, target, body = request.method.upper(), target_of(request), request.request_body
        with self._stage.under("strict" if is_stranger else "lenient"):
            return self._stage.ask(method, target, headers, body, scheme=address.scheme)

    def _follow(self, entry: Entry, ahead: Sequence[Entry]) -> None:
        """Do to the fake what the recorded program did and the fake refused, so that what follows can agree."""
        for trace in entry.traces:
            if trace.kind == "created":
                place = (entry.api.name, trace.collection, trace.key)
                self._reader.remarks += furnish_one(self._stage, entry.api, place, told_from(ahead, place))
            elif trace.kind == "removed" and self._stage.has(trace.collection):
                self._stage.remove(trace.collection, trace.key)

    def _compare(self, entry: Entry, answer: Answer, *, succeeded: bool) -> Iterator[Difference]:
        api, operation = entry.api, entry.operation
        if operation is None and entry.succeeded and answer.status >= _ERROR:
            asked = f"{entry.recorded.method} {target_of(entry.recorded).partition('?')[0]}"
            yield Difference("undeclared", (asked,), str(entry.recorded.status), "no operation of the contract")
            return
        if succeeded != entry.succeeded:  # a vendor may say so in words only
            yield outcomes(entry.original, answer)
            return
        rules = Rules(
            varying=Varying(self._instants[0], {}, slack=True),
            mask=self._manner.masks.of(operation),
            text="value" if entry.succeeded else "message",
            values=self._manner.values,
            secrets=frozenset(name.lower() for name in api.contract.secrets),
            carried=self._carried,
        )
        headers = {*HEADERS, *self._headers[api.name].get(operation or "", ()), *self._manner.headers}
        yield from compare_replies(entry.original, answer, headers, rules)

    def _learn(self, entry: Entry, answer: Answer) -> None:
        """Learn what the fake has made up, for later requests."""
        ours = answered(entry, answer)
        self._carried.learn(entry.recorded, ours)
        traces: Iterable[Trace] = self._reader.traces(entry.number, entry.api, read_exchange(entry.route, ours))
        self._carried.learn_keys(entry.traces, traces)


def _strangers(entries: Sequence[Entry]) -> Iterator[int]:
    """The numbers of the exchanges that were refused for who called: with a credential that was accepted in none later."""
    accepted: set[tuple[str, str]] = set()
    for entry in reversed(entries):
        names = {"authorization", *(name.decode() for name in entry.api.contract.secret_headers)}
        credential = {(name.lower(), value) for name, value in entry.recorded.request_headers if name.lower() in names}
        if not entry.refused_credential:
            accepted |= credential
        elif not credential or not credential <= accepted:
            yield entry.number


def answered(entry: Entry, answer: Answer) -> Recorded:
    """The same request with our reply."""
    headers = tuple(answer.headers.items())
    return msgspec.structs.replace(
        entry.recorded, status=answer.status, reply_headers=headers, reply_body=answer.content
    )


def declared_headers(api: Api) -> Mapping[str, set[str]]:
    """The headers that a contract declares of an operation's replies, in lower case; not what is left of a rate limit."""
    document, found = api.contract.document, dict[str, set[str]]()
    limited = {name.decode() for name in api.contract.limit.names} if api.contract.limit else set()
    for item in document["paths"].values():
        for node in (node for node in item.values() if isinstance(node, dict) and "operationId" in node):
            replies = (_resolved(reply, document) for reply in node["responses"].values())
            names = {name.lower() for reply in replies for name in reply.get("headers", ())}
            found[node["operationId"]] = names - limited
    return found


def _resolved(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node


def _instants(entries: Iterable[Entry]) -> Iterator[datetime]:
    """When each exchange was recorded; never before the one ahead of it. Where nobody says, a second after that."""
    last: datetime | None = None
    for entry in entries:
        told = _instant(entry.recorded.started)
        if told is None:
            told = datetime.now(UTC) if last is None else last + _A_SECOND
        last = told if last is None else max(told, last)
        yield last


def _instant(text: str) -> datetime | None:
    """The instant that a recording tells; None where it tells none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
