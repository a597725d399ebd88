"""The rules of one sandbox: kept as records, compiled when they are first needed, and chosen from for each request."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import count
from typing import NamedTuple

import msgspec

from mockserver.call import Call
from mockserver.clock import Clock
from mockserver.faults.draws import draw, noise, wait
from mockserver.faults.effect import Effect, connection_of
from mockserver.faults.reach import Place, concerns
from mockserver.faults.rule import KEY, Entry, FaultList, FaultUse, Rule, ScenarioRecord, to_millis
from mockserver.faults.scenarios import Scenarios
from mockserver.patterns import Asked, Pattern, compile_pattern
from mockserver.recent import Recent
from mockserver.state.change import Change
from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger
from mockserver.transport import Incoming
from mockserver.vendor import Api

_UNUSED = FaultUse(id="")
_NEVER = float("inf")
_SHORT = 4096
"""Of requests whose body has so many bytes at most it is known again which rules match them."""


class Kept(NamedTuple):
    """Where a sandbox keeps its rules, what is left of them, and the states of scenarios."""

    lists: Collection[FaultList]
    uses: Collection[FaultUse]
    states: Collection[ScenarioRecord]


class Armed(msgspec.Struct, frozen=True):
    """An entry ready to be tried: it acts `most` times at most, and not before `begins` nor from `ends` on.

    Both are in milliseconds since 1970. `need` is a header without which its pattern cannot match.
    """

    entry: Entry
    pattern: Pattern | None
    most: float
    begins: float
    ends: float
    need: bytes | None


class Faults:
    """Chooses the rule that acts on a request: the first that matches, in their order.

    A rule that is used up, out of its time, still in its `after`, or against which the draw decides does not match;
    nor does one whose scenario is in another state. Rules, their uses and the states of scenarios are records, so
    resets, snapshots and rewinds have them; what is compiled is known to be right by the record that it was compiled
    from.
    """

    def __init__(self, ledger: Ledger, kept: Kept, clock: Clock, seed: int) -> None:
        self._ledger = ledger
        self._lists = kept.lists
        self._uses = kept.uses
        self.scenarios = Scenarios(ledger, kept.states)
        self._clock = clock
        self._seed = seed
        self._compiled: FaultList | None = None
        self._armed: list[Armed] = []
        self._concerning: dict[tuple[str, str], tuple[Armed, ...]] = {}
        self._known: Recent[Hashable, tuple[Armed, ...]] = Recent()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rules in their order."""
        kept = self._lists.get(KEY)
        return () if kept is None else kept.rules

    def use(self, id: str) -> FaultUse:
        """How often a rule has matched and acted."""
        return self._uses.get(id) or FaultUse(id=id)

    def replace(self, rules: Sequence[Rule]) -> list[Entry]:
        """Inside a transaction: let these be all rules, with nothing counted yet."""
        made = self._entries(rules, ())
        self._store(made)
        return made

    def append(self, rules: Sequence[Rule]) -> list[Entry]:
        """Inside a transaction: add rules after those that there are; returns the new ones."""
        made = self._entries(rules, [entry.id for entry in self.entries])
        self._store([*self.entries, *made])
        return made

    def put(self, id: str, rule: Rule) -> Entry:
        """Inside a transaction: let a rule take the place of the one with this id, which it has unless it says its own."""
        made = Entry(id=rule.id or id, rule=rule, added_at=self._clock.time())
        self._store([made if entry.id == id else entry for entry in self.entries])
        return made

    def remove(self, id: str) -> None:
        """Inside a transaction: take a rule out."""
        self._store([entry for entry in self.entries if entry.id != id])

    def _entries(self, rules: Sequence[Rule], taken: Iterable[str]) -> list[Entry]:
        """Rules with ids, their own or the first that are free, so that equal requests give equal ids."""
        at, used = self._clock.time(), {*taken, *(rule.id for rule in rules)}
        free = (id for id in map("fault-{}".format, count(1)) if id not in used)
        return [Entry(id=rule.id or next(free), rule=rule, added_at=at) for rule in rules]

    def _store(self, entries: Sequence[Entry]) -> None:
        """What is new begins with no use, and a scenario with none but new rules begins anew."""
        stay = [entry for entry in self.entries if any(entry is each for each in entries)]
        kept = {entry.id for entry in stay}
        for use in list(self._uses):
            if use.id not in kept:
                self._uses.remove(use.id)
        self.scenarios.keep(stay)
        self._lists.put(FaultList(rules=tuple(entries)))

    def choose(self, api: Api, call: Call, incoming: Incoming, changes: list[Change]) -> Effect | None:
        """What a rule does to a request, or None. What is counted is added to `changes`."""
        kept = self._lists.get(KEY)
        if kept is None:
            return None
        if kept is not self._compiled:
            self._compile(kept)
        operation = call.operation
        key = (api.name, operation.id if operation else "")
        concerning = self._concerning.get(key)
        if concerning is None:
            place = Place(api, operation)
            concerning = tuple(armed for armed in self._armed if concerns(armed.entry.rule, place))
            self._concerning[key] = concerning
        return self._first(concerning, api, call, incoming, changes) if concerning else None

    def _first(
        self, concerning: Sequence[Armed], api: Api, call: Call, incoming: Incoming, changes: list[Change]
    ) -> Effect | None:
        now = to_millis(call.at)
        for armed in self._matching(concerning, api, call, incoming):
            use = self._uses.get(armed.entry.id) or _UNUSED
            if use.acted >= armed.most or not armed.begins <= now < armed.ends or not self._is_its_turn(armed):
                continue
            number = use.matched + 1
            acts = self._acts(armed.entry, number)
            if acts and armed.entry.rule.then.cuts and connection_of(incoming.scope, incoming.send) is None:
                return Effect(armed.entry.id, armed.entry.rule.then, powerless=True)
            counted = FaultUse(id=armed.entry.id, matched=number, acted=use.acted + acts)
            changes.append(self._ledger.put_alone(self._uses, counted.id, counted))
            if acts:
                self.scenarios.lead_on(armed.entry.rule, changes)
                return self._effect(armed.entry, number)
        return None

    def _is_its_turn(self, armed: Armed) -> bool:
        """Whether a rule's scenario, if it has one, is in the state that it requires."""
        rule = armed.entry.rule
        name, required = rule.scenario_name, rule.required_scenario_state
        return name is None or required is None or self.scenarios.state(name) == required

    def _matching(self, concerning: Sequence[Armed], api: Api, call: Call, incoming: Incoming) -> Sequence[Armed]:
        """Those whose patterns match. It is known again of the last few requests, which an app sends many times."""
        # Most rules that look at headers look at one that most requests do not have.
        concerning = [armed for armed in concerning if armed.need is None or armed.need in incoming.headers]
        if all(armed.pattern is None for armed in concerning):
            return concerning
        key = None
        if len(incoming.body) <= _SHORT:
            key = (api.name, call.method, call.target, incoming.body, tuple(incoming.scope["headers"]))
            known = self._known.get(key)
            if known is not None:
                return known
        asked = _asked(api, call, incoming)
        matching = tuple(armed for armed in concerning if armed.pattern is None or armed.pattern.matches(asked))
        if key is not None:
            self._known.keep(key, matching)
        return matching

    def _acts(self, entry: Entry, number: int) -> bool:
        """Whether a rule acts on the request of this number that it matches."""
        rule = entry.rule
        if number <= (rule.after or 0):
            return False
        return rule.probability is None or draw(self._seed, entry.id, "act", number) < rule.probability

    def _effect(self, entry: Entry, number: int) -> Effect:
        then = entry.rule.then
        delay = 0.0 if then.latency is None else wait(then.latency, self._seed, entry.id, number)
        return Effect(entry.id, then, delay, noise(self._seed, entry.id, number) if then.fault else b"")

    def _compile(self, kept: FaultList) -> None:
        known = {id(each.entry): each for each in self._armed}
        self._armed = [known.get(id(entry)) or _arm(entry) for entry in kept.rules]
        self._concerning.clear()
        self._known.clear()
        self._compiled = kept


def _asked(api: Api, call: Call, incoming: Incoming) -> Asked:
    operation = None if call.operation is None else call.operation.id
    headers = incoming.scope["headers"]
    return Asked(call.method, call.resource, headers, incoming.body, api.vendor, api.name, operation)


def _arm(entry: Entry) -> Armed:
    rule = entry.rule
    pattern = compile_pattern(rule.match, outcome=False) if rule.match else None
    need = next(iter(pattern.needs), None) if pattern else None
    return Armed(entry, pattern, rule.times or _NEVER, *entry.window, need)
