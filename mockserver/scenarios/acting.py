"""What is done to a world before a request: the actions of `x-mock`, by the admin API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from mockserver.client.errors import AdminError
from mockserver.client.sandbox import Sandbox
from mockserver.client.wording import camel
from mockserver.scenarios import durations
from mockserver.scenarios.durations import BrokenDuration
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.mock import Mock
from mockserver.scenarios.placing import World

_WAYS = {"duplicate", "drop", "reorder", "wrongSignature", "stale", "times"}


class NotDone(Exception):
    """An action could not be done. The message names it, and says why."""


def act(world: World, mock: Mock, scope: Scope) -> None:
    """Do all actions, in their order. Raises NotDone."""
    for name, raw in mock.actions.items():
        if world.sandbox is None:
            return
        try:
            _ACTIONS[name](world, world.sandbox, value(msgspec.to_builtins(raw), scope))
        except (AdminError, ConnectionError, Undefined, BrokenDuration) as error:
            raise NotDone(f"x-mock.{camel(name)}: {' '.join(str(error).split())}") from None


def _put(_world: World, sandbox: Sandbox, given: Sequence[Mapping[str, Any]]) -> None:
    for each in given:
        vendor, collection, record = each["vendor"], each["collection"], each["record"]
        path = f"/state/{quote(vendor, safe='')}/{quote(collection, safe='')}"
        name = sandbox.admin.get(path, params={"limit": 1})["key"]
        if name not in record:
            raise Undefined(
                f"a record of {vendor} {collection} is put by its key, {name}, which this one does not have"
            )
        sandbox.records(vendor, collection).put(record[name], **record)


def _remove(_world: World, sandbox: Sandbox, given: Sequence[Mapping[str, Any]]) -> None:
    for each in given:
        sandbox.records(each["vendor"], each["collection"]).delete(each["key"])


def _clock(_world: World, sandbox: Sandbox, given: Mapping[str, Any]) -> None:
    """First reset, then stopped, then moved on."""
    if given.get("reset"):
        sandbox.clock.reset()
    if given.get("freeze"):
        sandbox.clock.freeze(None if given["freeze"] is True else given["freeze"])
    if "advance" in given:
        sandbox.clock.advance(durations.read(given["advance"]))


def _faults(_world: World, sandbox: Sandbox, given: Sequence[Mapping[str, Any]]) -> None:
    sandbox.faults.set(given)


def _add_faults(_world: World, sandbox: Sandbox, given: Sequence[Mapping[str, Any]]) -> None:
    sandbox.admin.patch("/faults", json=list(given))


def _scenarios(_world: World, sandbox: Sandbox, given: Mapping[str, str]) -> None:
    for name, state in given.items():
        sandbox.admin.put(f"/scenarios/{quote(name, safe='')}/state", json={"state": state})


def _misbehave(_world: World, sandbox: Sandbox, given: Sequence[Mapping[str, Any]]) -> None:
    for each in given:
        vendor, wanted = each["vendor"], each.get("subscription")
        known = [one for one in sandbox.webhooks.subscriptions() if one.vendor == vendor]
        meant = [one for one in known if wanted is None or str(one.id) == str(wanted)]
        if not meant:
            ids = ", ".join(str(one.id) for one in known) or "none"
            which = "no subscription yet" if wanted is None else f"no subscription {wanted}"
            raise Undefined(f"{vendor} has {which}; there are: {ids}")
        ways = {name: way for name, way in each.items() if name in _WAYS}
        if "delay" in each:
            ways["delayMillis"] = round(durations.read(each["delay"]) / timedelta(milliseconds=1))
        for one in meant:
            path = f"/webhooks/subscriptions/{quote(vendor, safe='')}/{one.id}/misbehaviour"
            if ways:
                sandbox.admin.put(path, json=ways)
            else:
                sandbox.admin.delete(path)


def _snapshot_save(world: World, sandbox: Sandbox, name: str) -> None:
    """Under a name of the sandbox's own, for others may use the same one at the same time."""
    kept = world.saved.setdefault(name, f"{sandbox.name[:20]}-{name}"[:63])
    sandbox.admin.put(f"/snapshots/{quote(kept, safe='')}")


def _snapshot_load(world: World, sandbox: Sandbox, name: str) -> None:
    sandbox.load(world.saved.get(name, name))


def _reset(_world: World, sandbox: Sandbox, _given: object) -> None:
    sandbox.reset()


_ACTIONS: Mapping[str, Callable[[World, Sandbox, Any], None]] = {
    "records": _put,
    "remove": _remove,
    "clock": _clock,
    "faults": _faults,
    "add_faults": _add_faults,
    "scenarios": _scenarios,
    "misbehave": _misbehave,
    "snapshot_save": _snapshot_save,
    "snapshot_load": _snapshot_load,
    "reset": _reset,
}
