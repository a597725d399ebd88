"""Everything that a server has at one moment: its sandboxes, what they began with, and its snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from mockserver.bindings import AlreadyBound
from mockserver.options import Auth, Fidelity, RateLimits
from mockserver.portable import Kept, now
from mockserver.sandbox import Beginning, Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.shelf import Shelf
from mockserver.state import snapshot
from mockserver.state.change import Change
from mockserver.state.snapshot import Snapshot


class Unfit(ValueError):
    """What was saved does not fit into this server. The message says what to do."""


class Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel", omit_defaults=True):
    """The options of a sandbox that are not the server's."""

    auth: Auth | UnsetType = UNSET
    fidelity: Fidelity | UnsetType = UNSET
    rate_limits: RateLimits | UnsetType | None = UNSET


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A sandbox. `created` is in seconds since 1970, `last_request` the id of the last one that it had."""

    name: str
    beginning: Beginning
    state: Snapshot
    own: Own
    ttl: float | None
    created: float
    last_request: int
    credentials: list[dict[str, str]]


class Archive(msgspec.Struct, frozen=True):
    """What there was at one moment, the wall clock's `saved_at`."""

    saved_at: datetime
    sandboxes: list[Saved]
    snapshots: list[Kept]


def collect(sandboxes: Sandboxes, shelf: Shelf) -> Archive:
    """What there is now. Copies nothing. Raises StateError inside a transaction that has altered something."""
    return Archive(now(), [_save(each, sandboxes) for each in sandboxes], list(shelf))


def _save(sandbox: Sandbox, sandboxes: Sandboxes) -> Saved:
    """A sandbox, its webhook deliveries too: unlike a copy, it will be the same one again."""
    with sandbox.ledger.turn:
        state = snapshot.take(sandbox.ledger)
    names = Own.__struct_fields__
    own = {name: getattr(sandbox.options, name) for name in names}
    return Saved(
        name=sandbox.name,
        beginning=sandbox.beginning,
        state=state,
        own=Own(**{name: value for name, value in own.items() if value != getattr(sandboxes.options, name)}),
        ttl=sandbox.ttl,
        created=sandbox.created,
        last_request=sandbox.journal.last_id,
        credentials=[dict(each) for each in sandboxes.bindings.of(sandbox.name)],
    )


def restore(archive: Archive, sandboxes: Sandboxes, shelf: Shelf) -> None:
    """Have a server that has just started go on where another one stopped. Raises Unfit.

    A time to live begins anew: nobody could ask while there was no server.
    """
    there = {sandbox.name for sandbox in sandboxes}
    many = len(there | {saved.name for saved in archive.sandboxes})
    if many > sandboxes.limit:
        raise Unfit(f"it makes {many} sandboxes, and there may be {sandboxes.limit}; give a higher --max-sandboxes")
    if len(archive.snapshots) > shelf.limit:
        raise Unfit(
            f"it has {len(archive.snapshots)} snapshots, and there may be {shelf.limit}; give a higher --max-snapshots"
        )
    for saved in archive.sandboxes:
        if saved.name in there:
            sandboxes.remove(saved.name)
        _go_on(saved, sandboxes)
    for kept in archive.snapshots:
        shelf.keep(kept)


def _go_on(saved: Saved, sandboxes: Sandboxes) -> None:
    """Make a sandbox what it was. Its requests are numbered on, for deliveries refer to them."""
    own = {name: value for name, value in asdict(saved.own).items() if value is not UNSET}
    try:
        sandbox = sandboxes.create(
            saved.name,
            saved.beginning,
            options=msgspec.structs.replace(sandboxes.options, **own),
            ttl=saved.ttl,
            credentials=saved.credentials,
        )
    except AlreadyBound as error:
        raise Unfit(f"sandbox '{saved.name}': {error}") from None
    sandbox.load(saved.state)
    sandbox.created = saved.created
    sandbox.journal.go_on_after(saved.last_request)
    if saved.credentials:
        sandboxes.note_issued(sandbox, list(_new(saved)))


def _new(saved: Saved) -> Iterator[Change]:
    """The records that were not there in the beginning, as if they were made now."""
    for name, table in saved.state.tables.items():
        old = saved.beginning.snapshot.tables[name].records
        if table.records is not old:
            yield from (Change(name, key, None, record) for key, record in table.records.items() if key not in old)
