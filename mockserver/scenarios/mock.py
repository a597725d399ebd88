"""What stands under `x-mock`: how a scenario's world is prepared, and what is expected of it beside the replies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mockserver.options import Auth, Fidelity, RateLimits
from mockserver.scenarios.durations import DURATION
from mockserver.webhooks.delivery import Status

Text = Annotated[str, Meta(min_length=1)]
"""A text, which may hold runtime expressions."""
Duration = Annotated[str, Meta(pattern=DURATION, examples=["250ms", "90s", "15m", "1h", "2d", "PT1H"])]
"""A length of time as a text, or a runtime expression that gives one; see `durations.read`."""
Key = int | Text
Rules = tuple[dict[str, Any], ...]
"""Fault rules as in `POST /__admin/faults`; any value may be a runtime expression."""
Pattern = dict[str, Any]
"""A request pattern as in `/__admin/verify`; any value may be a runtime expression."""
Flag = Literal[True]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Something that a person writes: camelCase, and nothing unknown."""


class Place(Part, frozen=True, kw_only=True):
    """A record, by where it is."""

    vendor: Text
    collection: Text
    key: Key


class Planted(Part, frozen=True, kw_only=True):
    """A record to be put in: as the admin API takes it, over the one that is there with its key."""

    vendor: Text
    collection: Text
    record: dict[str, Any]


class Time(Part, frozen=True, kw_only=True):
    """What is done to the sandbox's clock: first reset, then stopped (now, or at an instant), then moved on."""

    freeze: Flag | Text | None = None
    advance: Duration | None = None
    reset: Flag | None = None


class Misbehaving(Part, frozen=True, kw_only=True):
    """What goes wrong with a subscription's deliveries; without `subscription`, with those of all that the vendor has.

    Without any way to go wrong they go right again.
    """

    vendor: Text
    subscription: Key | None = None
    duplicate: Count | None = None
    delay: Duration | None = None
    drop: bool | None = None
    reorder: Annotated[int, Meta(ge=2)] | None = None
    wrong_signature: bool | None = None
    stale: bool | None = None
    times: Positive | None = None


class Times(Part, frozen=True, kw_only=True):
    """How often at least, and how often at most."""

    at_least: Count | None = None
    at_most: Count | None = None


class ExpectedWebhook(Part, frozen=True, kw_only=True):
    """A webhook that the step has sent. At least one, unless `times` says otherwise; a number says exactly.

    `match` is what the body has at least, as JSON, or a request pattern, where it has a key that only those have.
    `attempts` is how often each was sent: copies and repetitions are no webhooks of their own.
    """

    topic: Text
    vendor: Text | None = None
    within: Duration | None = None
    times: Count | Times | None = None
    match: Any = None
    status: Status | None = None
    attempts: Count | Times | None = None


class ExpectedRequest(Part, frozen=True, kw_only=True):
    """A request that the app under test sends. At least one, unless `times` says otherwise; a number says exactly."""

    pattern: Pattern
    within: Duration | None = None
    times: Count | Times | None = None


class Absent(Part, frozen=True, kw_only=True):
    """What is nowhere any more: a text in no read, journal or snapshot; a record in no collection. One of the two."""

    text: Text | None = None
    record: Place | None = None


class Mock(Part, frozen=True, kw_only=True):
    """All that may stand under `x-mock`; SETTINGS not on steps, EXPECTATIONS not on the document.

    Actions are done in the order of the fields, before the (first) step's request; expectations are looked at after the
    (last) step's reply.
    """

    fixture: Text | None = None
    snapshot: Text | None = None
    seed: Annotated[int, Meta(ge=0, lt=2**53)] | None = None
    customers: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    auth: Auth | None = None
    fidelity: Fidelity | None = None
    rate_limits: RateLimits | None = None
    receiver: Text | None = None
    reset: Flag | None = None
    snapshot_load: Name | None = None
    records: tuple[Planted, ...] = ()
    remove: tuple[Place, ...] = ()
    clock: Time | None = None
    faults: Rules | None = None
    add_faults: Rules = ()
    scenarios: dict[str, Text] = {}
    misbehave: tuple[Misbehaving, ...] = ()
    snapshot_save: Name | None = None
    expect_webhook: tuple[ExpectedWebhook, ...] = ()
    expect_request: tuple[ExpectedRequest, ...] = ()
    absent: tuple[Absent, ...] = ()
    pause: Text | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that are given, by their names in Python."""
        return self._given(SETTINGS)

    @property
    def actions(self) -> dict[str, Any]:
        """The actions that are given, in their order, by their names in Python."""
        return self._given(ACTIONS)

    @property
    def expectations(self) -> dict[str, Any]:
        """The expectations that are given, by their names in Python."""
        return self._given(EXPECTATIONS)

    def _given(self, names: Iterable[str]) -> dict[str, Any]:
        values = ((name, getattr(self, name)) for name in names)
        return {name: value for name, value in values if value != _UNSAID[name]}


_UNSAID = {name: getattr(Mock(), name) for name in Mock.__struct_fields__}
"""What a key comes to that does not stand there. Of `faults` that is not the same as no rules."""
SETTINGS = ("fixture", "snapshot", "seed", "customers", "auth", "fidelity", "rate_limits", "receiver")
"""What a sandbox begins with and how it behaves: on a document and on workflows."""
PLANTED = ("fixture", "seed", "customers")
"""What a sandbox is planted with, which does not go with a snapshot."""
EXPECTATIONS = ("expect_webhook", "expect_request", "absent", "pause")
"""What is looked at afterwards: on workflows and on steps."""
ACTIONS = tuple(name for name in Mock.__struct_fields__ if name not in {*SETTINGS, *EXPECTATIONS})
"""What is done before, in this order: everywhere."""


def settings(document: Mock, workflow: Mock) -> Mock:
    """The settings of a workflow, over those of its document; nothing but settings.

    A workflow with a snapshot does not begin with the document's fixture, nor the other way round.
    """
    own, shared = workflow.settings, document.settings
    if "snapshot" in own:
        shared = {name: value for name, value in shared.items() if name not in PLANTED}
    elif own.keys() & set(PLANTED):
        shared.pop("snapshot", None)
    return Mock(**{**shared, **own})
