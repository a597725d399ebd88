"""A recording's exchanges as the contracts read them: which operation each is, what was asked, what it told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from mockserver import forms, jsonbody
from mockserver.contract import JSON, Operation
from mockserver.drift import sheets, standins
from mockserver.drift.replies import told_headers
from mockserver.har import Recorded
from mockserver.recognising import recognise
from mockserver.recordings import NOTHING, Recording, Seen, Trace
from mockserver.redaction import WITHHELD
from mockserver.routes import Route, Routes
from mockserver.vendor import Api

_SANDBOX = re.compile(r"^/@[^/]+(?=/)")
_ERROR, _TOO_MANY = 400, 429
_STRANGER = frozenset({401, 403})
_GATEWAY = frozenset({0, 502, 503, 504})
"""What is answered where the vendor's program was not reached; 0 is no answer."""


@dataclass(frozen=True)
class Entry:
    """One exchange. `recorded` has stand-ins for the secrets that were left out of it, `original` is as it was.

    `number` is its place in the recording. Without an operation no contract has it; `traces` are what it tells of records.
    """

    number: int
    original: Recorded
    recorded: Recorded
    route: Route
    seen: Seen | None
    traces: Sequence[Trace]

    @property
    def api(self) -> Api:
        """The contract that it belongs to."""
        return self.route.api

    @property
    def operation(self) -> str | None:
        """The operation's id, where there is one."""
        return None if self.route.operation is None else self.route.operation.id

    @property
    def succeeded(self) -> bool:
        """Whether the recorded program did what it was asked."""
        return self.recorded.status < _ERROR if self.seen is None else self.seen.ok

    @property
    def target(self) -> str:
        """Path and query, without a sandbox before them."""
        return target_of(self.recorded)

    @property
    def refused_credential(self) -> bool:
        """Whether the recorded program did not accept who called. What is refused for what is there is something else."""
        return self.recorded.status in _STRANGER and not self._refused_itself

    @property
    def _refused_itself(self) -> bool:
        operation = self.route.operation
        rows = {} if operation is None else operation.errors
        row = recognise(rows.values(), self.recorded.status, _said(self.recorded))
        return row is not None and bool(row.detail.get("state"))


class Reader:
    """Reads the exchanges of one vendor; `remarks` grows by what a person should know of it."""

    def __init__(self, apis: Iterable[Api]) -> None:
        self._apis = list(apis)
        self._routes = Routes(self._apis)
        self._recordings = {api.name: recording_of(api) for api in self._apis}
        self.remarks: list[str] = []

    def read(self, exchanges: Iterable[Recorded]) -> list[Entry]:
        """All exchanges that are the vendor's and can be compared."""
        left: dict[str, int] = {}
        entries = []
        for number, recorded in enumerate(exchanges, 1):
            filled = standins.filled(recorded)
            route = self.route(filled)
            why = _left_out(recorded, route)
            if why or route is None:
                left[why] = left.get(why, 0) + 1
            else:
                entries.append(self._entry(number, recorded, filled, route))
        self.remarks += [f"{count} left out: {why}" for why, count in left.items()]
        return entries

    def route(self, recorded: Recorded) -> Route | None:
        """Where a request goes; None where no contract has a say."""
        return self._routes.find(recorded.method.upper(), _path(recorded))

    def operation(self, recorded: Recorded) -> str | None:
        """The operation that answers a request, where one does."""
        route = self.route(recorded)
        return None if route is None or route.operation is None else route.operation.id

    def own(self, exchanges: Iterable[Recorded]) -> list[Recorded]:
        """Those that are the vendor's."""
        return [each for each in exchanges if self.route(each) is not None]

    def is_safe(self, recorded: Recorded) -> bool:
        """Whether a request alters nothing, as the contract says; without an operation, as its method says."""
        route = self.route(recorded)
        return not recorded.is_write if route is None or route.operation is None else route.operation.safe

    def told(self, number: int, recorded: Recorded) -> Sequence[Trace]:
        """What an exchange tells of records."""
        route = self.route(recorded)
        return () if route is None else self.traces(number, route.api, read_exchange(route, recorded))

    def _entry(self, number: int, original: Recorded, filled: Recorded, route: Route) -> Entry:
        seen = read_exchange(route, filled)
        return Entry(number, original, filled, route, seen, self.traces(number, route.api, seen))

    def traces(self, number: int, api: Api, seen: Seen | None) -> Sequence[Trace]:
        """What a vendor tells of an exchange; nothing where it is of a shape that the vendor does not know."""
        recording = self._recordings[api.name]
        if seen is None or recording is None:
            return ()
        try:
            return list(recording.traces(seen))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.remarks.append(
                f"entry {number}: {seen.operation} tells nothing of records: {type(error).__name__}: {error}"
            )
            return ()


def recording_of(api: Api) -> Recording | None:
    """How an API's recorded traffic is read; None where its vendor does not say."""
    if api.dialect.recording is None:
        return None
    found: Recording = import_module(api.dialect.recording).RECORDING
    return found


def read_exchange(route: Route, recorded: Recorded) -> Seen | None:
    """An exchange in the contract's types; None where no operation has it."""
    operation = route.operation
    if operation is None:
        return None
    reply = read_reply(recorded)
    row = recognise({**route.api.contract.errors, **operation.errors}.values(), recorded.status, _said(recorded))
    return Seen(
        operation=operation.id,
        path=operation.in_path.read({name: unquote(text) for name, text in route.path.items()})[0],
        query=operation.in_query.read_query(recorded.query)[0],
        body=_body(operation, recorded),
        status=recorded.status,
        reply=reply,
        reply_headers=told_headers(recorded),
        ok=row is None and recorded.status < _ERROR,
        request_headers={name.lower(): value for name, value in recorded.request_headers},
    )


def target_of(recorded: Recorded) -> str:
    """Path and query, without a sandbox before them."""
    return _SANDBOX.sub("", recorded.target)


def _path(recorded: Recorded) -> str:
    return unquote(_SANDBOX.sub("", recorded.path))


def _left_out(recorded: Recorded, route: Route | None) -> str:
    """Why an exchange is not compared; empty where it is."""
    if route is None:
        return "no path of this vendor's"
    if recorded.status in _GATEWAY:
        return "the vendor's program was not reached (502, 503, 504 or no answer)"
    if recorded.status == _TOO_MANY:
        return "refused for being one of too many requests"
    if recorded.request_body == WITHHELD.encode():
        return "the request's body was withheld when it was recorded"
    return ""


def _body(operation: Operation, recorded: Recorded) -> Any:
    kind = (recorded.request_header("content-type") or "").partition(";")[0].strip().lower()
    if not recorded.request_body:
        return None
    value = _json(recorded.request_body)
    if kind == forms.FORM and (forms.FORM in operation.body or not isinstance(value, dict | list)):
        check = operation.body.get(forms.FORM) or operation.body.get(JSON)
        try:
            return forms.read(recorded.request_body, NOTHING if check is None else check.properties)
        except jsonbody.Unreadable:
            return None
    return value


def _said(recorded: Recorded) -> Any:
    """What a reply says: its value, or its text where it has none."""
    reply = read_reply(recorded)
    return reply if reply is not None else recorded.reply_body.decode(errors="replace")


def read_reply(recorded: Recorded) -> Any:
    """A reply's value: of JSON, or of a workbook as `sheets` tells it; None for any other."""
    if sheets.MEDIA_TYPE in (recorded.reply_header("content-type") or ""):
        return sheets.read_reply(recorded.reply_body)
    return _json(recorded.reply_body)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def created(traces: Iterable[Trace]) -> Iterator[Trace]:
    """Those that tell of records which were made."""
    return (trace for trace in traces if trace.kind == "created")
