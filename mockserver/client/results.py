"""What a server tells, as typed values. Fields that this version does not know are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from mockserver import structs

if TYPE_CHECKING:
    from mockserver.coverage_report import Report
    from mockserver.findings_report import FindingsReport

T = TypeVar("T")
BodyKind = Literal["json", "text", "withheld", "empty"]
DeliveryStatus = Literal["waiting", "delivered", "failed", "dropped", "refused", "cancelled"]


class Result(msgspec.Struct, frozen=True, rename="camel"):
    """One thing that a server tells."""


class SandboxInfo(Result, frozen=True):
    """What a server says of a sandbox. `source` is what it was copied from; instants are the wall clock's.

    `requests` is how many exchanges its journal keeps, `credentials` how many lead to it.
    """

    name: str
    url: str
    fixture: str = ""
    seed: int = 0
    source: str | None = msgspec.field(default=None, name="from")
    auth: str | None = None
    fidelity: str | None = None
    rate_limits: str | None = None
    ttl_seconds: float | None = None
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    requests: int = 0
    credentials: int = 0


class CredentialEntry(Result, frozen=True):
    """A credential that works, as request headers."""

    name: str
    headers: dict[str, str]


class OperationEntry(Result, frozen=True):
    """One operation of a contract; `errors` are all rows that it can answer."""

    id: str
    method: str
    path: str
    safe: bool = False
    evidence: str = ""
    summary: str = ""
    errors: tuple[str, ...] = ()


class VendorEntry(Result, frozen=True):
    """One contract of a vendor, with its operations and credentials that work."""

    name: str
    api: str
    base_path: str
    contract: str = ""
    operations: tuple[OperationEntry, ...] = ()
    credentials: tuple[CredentialEntry, ...] = ()


class Fault(Result, frozen=True):
    """A rule, how often it matched and how often it acted. `match`, `between` and `then` are as the admin API has them."""

    id: str
    then: dict[str, Any]
    vendor: str | None = None
    operation: str | None = None
    match: dict[str, Any] | None = None
    probability: float = 1.0
    times: int | None = None
    after: int = 0
    between: dict[str, Any] | None = None
    ttl_millis: int | None = None
    scenario_name: str | None = None
    required_scenario_state: str | None = None
    new_scenario_state: str | None = None
    matched: int = 0
    acted: int = 0
    added_at: datetime | None = None
    expires_at: datetime | None = None


class ScenarioEntry(Result, frozen=True):
    """A scenario: the state that it is in, those that it can be in, and the ids of the rules that name it."""

    name: str
    state: str
    possible_states: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class Attempt(Result, frozen=True):
    """One request to an app: the sandbox's clock, milliseconds, and what came of it."""

    at: datetime
    took: float
    status: int | None = None
    error: str = ""


class Delivery(Result, frozen=True):
    """What one subscription is told once. `request` is the exchange whose change it tells of."""

    id: int
    vendor: str
    topic: str
    url: str
    status: DeliveryStatus
    request: int = 0
    subscription: int = 0
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = None
    body_kind: BodyKind = "empty"
    queued_at: datetime | None = None
    due_at: datetime | None = None
    misbehaviour: tuple[str, ...] = ()
    redelivery_of: int | None = None
    attempts: tuple[Attempt, ...] = ()


class Subscription(Result, frozen=True):
    """An app's wish to be told, and what goes wrong with that on purpose."""

    vendor: str
    id: int
    topic: str
    url: str
    waiting: int = 0
    misbehaviour: dict[str, Any] | None = None


class SnapshotEntry(Result, frozen=True):
    """A snapshot that the server keeps. `saved_at` is the wall clock's."""

    name: str
    saved_at: datetime
    sandbox: str | None = None
    fixture: str | None = None
    seed: int | None = None
    records: int = 0
    version: str = ""


class Instant(Result, frozen=True):
    """What a sandbox's clock shows."""

    current_instant: datetime
    current_epoch_millis: int
    frozen: bool


def read(kind: type[T], value: Any) -> T:
    """A value of an answer as a typed one. Raises msgspec.ValidationError for what is none."""
    return msgspec.convert(value, kind)


def read_all(kind: type[T], values: Sequence[Any]) -> list[T]:
    """Values of an answer as typed ones."""
    return [msgspec.convert(value, kind) for value in values]


def read_report(value: Any) -> Report:
    """A coverage report of an answer."""
    from mockserver.coverage_report import Report  # noqa: PLC0415  it knows the contracts, which take a while

    with structs.turn:
        return msgspec.convert(value, Report)


def read_findings(value: Any) -> FindingsReport:
    """A findings report of an answer."""
    from mockserver.findings_report import FindingsReport  # noqa: PLC0415  asked for by few

    with structs.turn:
        return msgspec.convert(value, FindingsReport)
