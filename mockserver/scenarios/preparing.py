"""Preparing `default` as a standing scenario says: on a sandbox that nobody can ask, so that nobody is told of anything.

The actions are those of `acting`, which asks a server that runs; here there is none yet.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from mockserver.admin.records import find_record, read_key, read_record
from mockserver.call import Refused
from mockserver.clock import Clock
from mockserver.declared import Part, Plan, Written, in_words, read_rules
from mockserver.documents import BadDocument
from mockserver.faults import checking
from mockserver.faults.rule import Rule
from mockserver.faults.scenarios import possible_states
from mockserver.portable import read
from mockserver.sandbox import Beginning, Sandbox
from mockserver.scenarios import durations
from mockserver.scenarios.mock import Misbehaving, Place, Planted, Time
from mockserver.scenarios.standing import Standing
from mockserver.shape import Key, meant
from mockserver.soundness import refuse_deliveries, refuse_unsound
from mockserver.state.collection import Collection, NotUnique
from mockserver.webhooks.misbehaviour import Misbehaviour, rule_key
from mockserver.world import World

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


def prepare(standing: Standing, world: World, planned: Plan) -> Plan:
    """A plan in which `default` is as a scenario says; takes a while, and alters nothing. Raises BrokenProject."""
    return planned._replace(default=_Preparation(standing, world).part(planned.default))


class _Preparation:
    def __init__(self, standing: Standing, world: World) -> None:
        self._standing = standing
        self._mock = standing.mock
        self._world = world

    def part(self, part: Part) -> Part:
        """How `default` begins."""
        if self._mock.snapshot is not None:
            part = part._replace(beginning=self._snapshot(part.beginning))
        sandbox = self._world.sandboxes.scratch(part.beginning, part.options)
        with sandbox.ledger.transaction() as changes:
            self._act(sandbox)
        if changes:
            source = f"scenario {self._standing.file.name}"
            begins = part.beginning
            part = part._replace(beginning=Beginning(sandbox.save(), begins.fixture, begins.seed, source))
        return self._with_rules(part, sandbox)

    def _snapshot(self, otherwise: Beginning) -> Beginning:
        file = self._standing.file.parent / str(self._mock.snapshot)
        collections = self._world.sandboxes.default.ledger.collections
        try:
            kept = read(file.read_bytes(), collections, otherwise.snapshot)
            refuse_unsound(kept.snapshot, time.time())
            refuse_deliveries(kept.snapshot)
        except OSError as error:
            raise self._broken(f"{file}: {error.strerror}", "snapshot") from None
        except BadDocument as error:
            raise self._broken(f"{file}: {error}", "snapshot") from None
        return Beginning(kept.snapshot, kept.fixture, kept.seed, f"snapshot {file.name}")

    # Records, time, webhooks

    def _act(self, sandbox: Sandbox) -> None:
        for at, planted in enumerate(self._mock.records):
            with self._telling("records", at):
                self._put(sandbox, planted)
        for at, place in enumerate(self._mock.remove):
            with self._telling("remove", at):
                self._remove(sandbox, place)
        if self._mock.clock is not None:
            with self._telling("clock"):
                _move(sandbox.clock, self._mock.clock)
        if self._mock.faults is not None and sandbox.faults.entries:  # of a snapshot
            sandbox.faults.replace(())
        for at, misbehaving in enumerate(self._mock.misbehave):
            with self._telling("misbehave", at):
                _misbehave(sandbox, misbehaving)

    @contextmanager
    def _telling(self, name: str, *steps: Key) -> Iterator[None]:
        """Where something goes wrong that stands at a place in the file, say so."""
        try:
            yield
        except Refused as refused:
            place = str(refused.values.get("place", ""))
            raise self._broken(in_words(self._world, refused, place), name, *steps) from None
        except (NotUnique, ValueError, LookupError) as error:
            raise self._broken(str(error.args[0]), name, *steps) from None

    def _put(self, sandbox: Sandbox, planted: Planted) -> None:
        collection = self._collection(sandbox, planted)
        name = collection.key_field
        if name not in planted.record:
            raise LookupError(f"a record of {collection.name} is put by its key, {name}, which this one does not have")
        collection.put(read_record(collection, planted.record[name], dict(planted.record)))

    def _remove(self, sandbox: Sandbox, place: Place) -> None:
        collection = self._collection(sandbox, place)
        key = read_key(collection, str(place.key))
        find_record(collection, key)
        collection.remove(key)

    def _collection(self, sandbox: Sandbox, place: Planted | Place) -> Collection[Any]:
        """The collection, of those that there are whether or not they are served here."""
        known = list(self._world.vendors)
        if place.vendor not in known:
            raise LookupError(f"there is no vendor '{place.vendor}' here; known: {', '.join(known)}")
        return sandbox.ledger.collections[f"{place.vendor}.{place.collection}"]

    # Rules

    def _with_rules(self, part: Part, sandbox: Sandbox) -> Part:
        """With the scenario's rules for the project file's, with those that it adds, and in the states that it says."""
        at = sandbox.clock.time()
        rules = part.rules if self._mock.faults is None else self._rules("faults", at)
        more = self._rules("add_faults", at)
        there = rules or [entry.rule for entry in sandbox.faults.entries]
        if more:
            with self._telling("add_faults"):
                checking.check_ids(more, [rule.id for rule in there if rule.id is not None], listed=True)
                checking.check_count(len(there) + len(more), self._world.options.max_faults)
            rules = there = [*there, *more]
        return part._replace(rules=rules, states=self._states(there))

    def _rules(self, name: str, at: float) -> list[Rule]:
        where = self._standing.path(name)
        written = Written(getattr(self._mock, name) or (), where, self._standing.located)
        return read_rules(self._world, written, at, self._world.options.max_faults)

    def _states(self, rules: Sequence[Rule]) -> Mapping[str, str]:
        """The states that scenarios begin in. Raises BrokenProject for those that no rule knows."""
        known = possible_states(rules)
        for name, state in self._mock.scenarios.items():
            if name not in known:
                told = f"no rule names the scenario '{name}'{meant(name, known)}; known: {', '.join(known) or 'none'}"
                raise self._broken(told, "scenarios", name)
            if state not in known[name]:
                told = f"no rule names the state '{state}'{meant(state, known[name])}; known: {', '.join(known[name])}"
                raise self._broken(told, "scenarios", name)
        return self._mock.scenarios

    def _broken(self, complaint: str, name: str, *steps: Key) -> Exception:
        return self._standing.broken(complaint, self._standing.path(name, *steps))


def _move(clock: Clock, given: Time) -> None:
    """First reset, then stopped, then moved on."""
    if given.reset:
        clock.reset()
    if given.freeze is not None:
        clock.freeze(None if given.freeze is True else msgspec.convert(given.freeze, _Instant))
    if given.advance is not None:
        clock.advance(durations.read(given.advance))


def _misbehave(sandbox: Sandbox, given: Misbehaving) -> None:
    """Have the deliveries to subscriptions that there are at first go wrong."""
    known = [id for (vendor, id), _ in sandbox.webhooks.subscriptions() if vendor == given.vendor]
    wanted = given.subscription
    ids = [id for id in known if wanted is None or str(id) == str(wanted)]
    if not ids:
        which = "no subscription" if wanted is None else f"no subscription {wanted}"
        raise LookupError(f"{given.vendor} begins with {which}; there are: {', '.join(map(str, known)) or 'none'}")
    ways = {name: each for name, each in msgspec.to_builtins(given).items() if name not in ("vendor", "subscription")}
    delay = ways.pop("delay", None)
    if delay is not None:
        ways["delayMillis"] = round(durations.read(delay) / timedelta(milliseconds=1))
    for id in ids:
        named = {"id": rule_key((given.vendor, id)), "vendor": given.vendor, "subscription": id}
        rule = msgspec.convert({**ways, **named}, Misbehaviour)
        sandbox.control.misbehaviours.set(rule.id, rule if rule.ways else None)
