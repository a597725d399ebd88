"""What the journal tells of requests, as typed values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from mockserver.client.results import BodyKind, Result


class Finding(Result, frozen=True):
    """What the app's developer should know of a request."""

    id: str
    message: str


class Exchange(Result, frozen=True):
    """One request and its reply, as the journal lists them.

    `at` is the sandbox's clock, `took` milliseconds. `vendor` and `api` are None where no contract has such a path,
    `operation` where it has no such operation, `status` where nothing was answered. `error` is the error row that the
    reply is, `fault` the id of the rule that acted.
    """

    id: int
    at: datetime
    took: float
    method: str
    url: str
    vendor: str | None = None
    api: str | None = None
    operation: str | None = None
    status: int | None = None
    error: str | None = None
    fault: str | None = None
    findings: tuple[Finding, ...] = ()


class Message(Result, frozen=True):
    """Headers and body of a request or a reply. Secrets are redacted; `body_kind` says what `body` is."""

    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = None
    body_kind: BodyKind = "empty"


class Change(Result, frozen=True):
    """One alteration of one record: no `before` where it was made, no `after` where it was removed."""

    collection: str
    key: int | str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class FullExchange(Exchange, frozen=True):
    """One exchange with all that the journal has of it."""

    request: Message = Message()
    response: Message = Message()
    changes: tuple[Change, ...] = ()


class Candidate(Result, frozen=True):
    """The operation that a request came nearest to."""

    method: str
    path: str
    operation: str
    api: str


class Unmatched(Exchange, frozen=True):
    """A request that no operation answered, with the one that was perhaps meant."""

    closest: Candidate | None = None


class Difference(Result, frozen=True):
    """One field in which a request is not what was expected."""

    field: str
    expected: Any = None
    actual: Any = None


class Miss(Result, frozen=True):
    """A request that came near to a pattern: from 0, the same, to 1, nothing alike."""

    request: int
    url: str
    distance: float
    differences: tuple[Difference, ...] = ()


class Altered(Result, frozen=True):
    """A record that was inserted, updated or deleted."""

    collection: str
    key: int | str
    kind: str


class StateChanged(Result, frozen=True):
    """Records were altered: by a request, or all of them by a reset, purge, load or rewind."""

    cause: str
    request: int | None = None
    changes: tuple[Altered, ...] = ()


class Gap(Result, frozen=True):
    """The journal no longer has all that came after the exchange `after`; it goes on with `next`, if with any."""

    after: int
    next: int | None = None
