"""Sandboxes: to make, to look at, to empty and to remove."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.aside import aside
from mockserver.bindings import AlreadyBound
from mockserver.call import Call, Refused, Reply
from mockserver.fixture import BrokenFixture
from mockserver.options import Auth, Fidelity, Options, RateLimits
from mockserver.sandbox import DEFAULT, Beginning, Sandbox
from mockserver.sandboxes import NameTaken, TooMany

PATH = "/__admin/sandboxes"
T = TypeVar("T")


class Source(msgspec.Struct, frozen=True):
    """What a sandbox begins as: another one, as it is or as it was before a request, or a snapshot."""

    sandbox: str | None = None
    before: float | None = None
    snapshot: str | None = None


class Wish(msgspec.Struct, frozen=True, rename="camel"):
    """How a sandbox begins and behaves. The contract says which numbers are integers; 1.0 is one."""

    name: str | None = None
    fixture: str | None = None
    seed: float | None = None
    customers: float | None = None
    source: Source | None = msgspec.field(name="from", default=None)
    ttl_seconds: float | None = None
    auth: Auth | None = None
    fidelity: Fidelity | None = None
    rate_limits: RateLimits | None = None
    credentials: list[dict[str, str]] = []

    @property
    def planted(self) -> dict[str, Any]:
        """What is to be planted otherwise than in the default sandbox."""
        given = {"fixture": self.fixture, "seed": _whole(self.seed), "customers": _whole(self.customers)}
        return {name: value for name, value in given.items() if value is not None}

    def behaviour(self, options: Options) -> Options:
        """Options with what is wished otherwise."""
        given = {"auth": self.auth, "fidelity": self.fidelity, "rate_limits": self.rate_limits}
        return msgspec.structs.replace(options, **{name: value for name, value in given.items() if value is not None})


def list_sandboxes(desk: Desk, call: Call) -> Reply:
    """All of them, in the order in which they were made."""
    sandboxes = desk.world.sandboxes
    return Reply({"sandboxes": [_entry(desk, call, each) for each in sandboxes], "limit": sandboxes.limit})


def get_sandbox(desk: Desk, call: Call) -> Reply:
    """One of them."""
    return Reply(_entry(desk, call, _find(desk, call)))


def create_sandbox(desk: Desk, call: Call) -> Reply:
    """Make one. What has to be planted first is planted in a thread, and other requests are answered meanwhile."""
    wish = call.read(Wish)
    _refuse_two_beginnings(wish)
    if any(wish.name == each.name for each in desk.world.sandboxes):
        raise Refused("sandbox-name-taken", name=wish.name)
    if wish.planted:
        return Reply(_plant_and_create(desk, call, wish))
    return _create(desk, call, wish, _beginning(desk, wish.source))


def delete_sandbox(desk: Desk, call: Call) -> Reply:
    """Remove one."""
    sandbox = _find(desk, call)
    if sandbox.name == DEFAULT:
        raise Refused("sandbox-default")
    desk.world.sandboxes.remove(sandbox.name)
    return wire.done()


def reset_sandbox(desk: Desk, _call: Call) -> Reply:
    """Back to the beginning."""
    desk.sandbox.reset()
    return wire.done()


def purge_sandbox(desk: Desk, _call: Call) -> Reply:
    """Empty it."""
    desk.sandbox.purge()
    return wire.done()


def _plant_and_create(desk: Desk, call: Call, wish: Wish) -> Coroutine[Any, Any, Reply]:
    seeds = desk.world.seeds
    if wish.fixture is not None and wish.fixture not in seeds.names:
        raise Refused("fixture-unknown", given=wish.fixture, known=seeds.names)

    async def plant() -> Reply:
        try:
            beginning = await aside(partial(seeds.of, **wish.planted))
        except BrokenFixture as error:
            raise Refused("fixture-broken", message=error) from None
        return _create(desk, call, wish, beginning)

    return plant()


def _create(desk: Desk, call: Call, wish: Wish, beginning: Beginning) -> Reply:
    sandboxes, origin = desk.world.sandboxes, _origin(desk, wish.source)
    try:
        made = sandboxes.create(
            wish.name,
            beginning,
            options=wish.behaviour(origin.options if origin else desk.world.options),
            ttl=wish.ttl_seconds,
            credentials=wish.credentials,
        )
    except NameTaken:
        raise Refused("sandbox-name-taken", name=wish.name) from None
    except TooMany:
        raise Refused("sandbox-limit", limit=sandboxes.limit) from None
    except AlreadyBound as error:
        raise Refused("credential-bound", message=error) from None
    return Reply(_entry(desk, call, made), 201, ((b"location", f"{PATH}/{made.name}".encode()),))


def _refuse_two_beginnings(wish: Wish) -> None:
    source = wish.source
    if source is None:
        return
    if wish.planted:
        raise Refused("source-ambiguous", given=" and ".join(["from", *wish.planted]))
    if source.sandbox is not None and source.snapshot is not None:
        raise Refused("source-ambiguous", given="from.sandbox and from.snapshot")


def _beginning(desk: Desk, source: Source | None) -> Beginning:
    """What a sandbox begins with that nothing has to be planted for."""
    sandboxes, origin = desk.world.sandboxes, _origin(desk, source)
    if source is None:
        return sandboxes.beginning
    if origin is None:
        return _kept(desk, str(source.snapshot))
    if source.before is None:
        return sandboxes.copy(origin)
    exchange = origin.journal.get(int(source.before))
    if exchange is None:
        raise Refused("source-request-unknown", sandbox=origin.name, id=int(source.before), dropped=_dropped(origin))
    return sandboxes.fork(origin, exchange)


def _origin(desk: Desk, source: Source | None) -> Sandbox | None:
    """The sandbox that another one is made of."""
    if source is None or source.sandbox is None:
        return None
    found = {each.name: each for each in desk.world.sandboxes}
    if source.sandbox not in found:
        raise Refused("source-sandbox-unknown", given=source.sandbox, known=list(found))
    return found[source.sandbox]


def _kept(desk: Desk, name: str) -> Beginning:
    kept = desk.world.shelf.get(name)
    if kept is None:
        raise Refused("source-snapshot-unknown", given=name, known=[each.name for each in desk.world.shelf])
    return Beginning(kept.snapshot, kept.fixture, kept.seed, f"snapshot {name}")


def _dropped(sandbox: Sandbox) -> str:
    dropped = sandbox.journal.dropped
    return f", and has dropped {dropped} to stay within its bounds" if dropped else ""


def _find(desk: Desk, call: Call) -> Sandbox:
    """The sandbox that the path names: not for a request to it, so it is not used by that, and never made."""
    sandboxes, name = desk.world.sandboxes, call.path["name"]
    found = {each.name: each for each in sandboxes}
    if name not in found:
        reason = sandboxes.why_not(name)
        raise Refused("sandbox-unknown", given=name, reason=f": {reason}" if reason else "", known=list(found))
    return found[name]


def _entry(desk: Desk, call: Call, sandbox: Sandbox) -> dict[str, Any]:
    options, beginning = sandbox.options, sandbox.beginning
    return {
        "name": sandbox.name,
        "url": f"{call.scheme}://{call.header(b'host') or 'localhost'}/@{sandbox.name}",
        "fixture": beginning.fixture,
        "seed": beginning.seed,
        "from": beginning.source,
        "auth": options.auth,
        "fidelity": options.fidelity,
        "rateLimits": options.rate_limits,
        "ttlSeconds": sandbox.ttl,
        "createdAt": _instant(sandbox.created),
        "lastUsedAt": _instant(sandbox.used),
        "requests": len(sandbox.journal),
        "credentials": len(desk.world.sandboxes.bindings.of(sandbox.name)),
    }


def _instant(at: float) -> str:
    return wire.instant_text(datetime.fromtimestamp(at, UTC))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
