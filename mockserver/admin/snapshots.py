"""Snapshots: a sandbox's state under a name, also as a document; and the file that everything is saved in."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.aside import aside
from mockserver.call import Call, Refused, Reply
from mockserver.documents import Broken, Incompatible
from mockserver.portable import Kept, now, read, write
from mockserver.shelf import Full
from mockserver.soundness import refuse_deliveries, refuse_unsound

if TYPE_CHECKING:
    from mockserver.statefile import StateFile

_give_way = partial(time.sleep, 0)
"""What a thread does now and then, so that other requests are answered meanwhile."""


def list_snapshots(desk: Desk, _call: Call) -> Reply:
    """What is kept."""
    shelf = desk.world.shelf
    return Reply({"snapshots": [_entry(kept) for kept in shelf], "limit": shelf.limit})


def save_snapshot(desk: Desk, call: Call) -> Reply:
    """Keep what the sandbox is now, or what a document says."""
    name, sandbox = call.path["name"], desk.sandbox
    _refuse_if_full(desk, name)
    if call.body is not None:
        return Reply(_import(desk, name, call.body))
    return _keep(
        desk,
        Kept(
            name=name,
            sandbox=sandbox.name,
            fixture=sandbox.beginning.fixture,
            seed=sandbox.seed,
            saved_at=now(),
            snapshot=sandbox.save(),
        ),
    )


def get_snapshot(desk: Desk, call: Call) -> Reply:
    """A snapshot as a document, with everything in it."""
    pieces = write(_find(desk, call), desk.collections)
    return Reply(_sent(next(pieces), pieces))


def delete_snapshot(desk: Desk, call: Call) -> Reply:
    """Forget a snapshot."""
    desk.world.shelf.remove(_find(desk, call).name)
    return wire.done()


def load_snapshot(desk: Desk, call: Call) -> Reply:
    """Make the sandbox what a snapshot was."""
    desk.sandbox.load(_find(desk, call).snapshot)
    return wire.done()


def save_state(desk: Desk, _call: Call) -> Reply:
    """Save everything in the state file."""
    file = desk.world.state_file
    if file is None:
        raise Refused("state-file-none")
    return Reply(_save(file))


def _find(desk: Desk, call: Call) -> Kept:
    shelf, name = desk.world.shelf, call.path["name"]
    kept = shelf.get(name)
    if kept is None:
        raise Refused("snapshot-unknown", given=name, known=[each.name for each in shelf])
    return kept


def _refuse_if_full(desk: Desk, name: str) -> None:
    try:
        desk.world.shelf.refuse_if_full(name)
    except Full:
        raise Refused("snapshot-limit", limit=desk.world.shelf.limit) from None


def _keep(desk: Desk, kept: Kept) -> Reply:
    shelf = desk.world.shelf
    status = 200 if kept.name in shelf else 201
    shelf.keep(kept)
    return Reply(_entry(kept), status)


async def _import(desk: Desk, name: str, document: bytes) -> Reply:
    """Keep what a document says under this name, whatever it had been called."""
    known = desk.world.sandboxes.beginning.snapshot
    try:
        kept = await aside(partial(read, document, desk.collections, known, _give_way))
        refuse_unsound(kept.snapshot, time.time())
        refuse_deliveries(kept.snapshot)
    except Incompatible as error:
        raise Refused("snapshot-incompatible", name=name, reason=error) from None
    except Broken as error:
        raise Refused("snapshot-broken", reason=error) from None
    _refuse_if_full(desk, name)
    return _keep(desk, replace(kept, name=name))


async def _sent(first: bytes, rest: Iterator[bytes]) -> AsyncGenerator[bytes]:
    """A document, with a turn for other requests after each piece."""
    yield first
    for piece in rest:
        yield piece


async def _save(file: StateFile) -> Reply:
    """What there is at this moment, while other requests go on."""
    from mockserver.statefile import StateFileError  # noqa: PLC0415  it is there, for there is a file

    try:
        saved = await aside(partial(file.write, file.collect(), _give_way))
    except StateFileError as error:
        raise Refused("state-file-failed", reason=error) from None
    return Reply({"file": str(file.path), "savedAt": wire.instant_text(saved.at), "bytes": saved.size})


def _entry(kept: Kept) -> dict[str, Any]:
    return {
        "name": kept.name,
        "savedAt": wire.instant_text(kept.saved_at),
        "sandbox": kept.sandbox,
        "fixture": kept.fixture,
        "seed": kept.seed,
        "records": kept.records,
        "version": kept.version,
    }
