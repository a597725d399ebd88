"""Scenarios: named states in which rules match, and to which they lead on. Each begins as `Started`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mockserver.faults.rule import STARTED, Entry, Rule, ScenarioRecord
from mockserver.state.change import Change
from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger


class Scenario(msgspec.Struct, frozen=True):
    """A scenario: the state that it is in, all those that it can be in, and the ids of its rules in their order."""

    name: str
    state: str
    possible_states: tuple[str, ...]
    rules: tuple[str, ...]


class Scenarios:
    """The states of one sandbox's scenarios. A scenario is there as long as a rule names it."""

    def __init__(self, ledger: Ledger, states: Collection[ScenarioRecord]) -> None:
        self._ledger = ledger
        self._states = states

    def state(self, name: str) -> str:
        """The state that a scenario is in."""
        kept = self._states.get(name)
        return STARTED if kept is None else kept.state

    def all(self, entries: Sequence[Entry]) -> list[Scenario]:
        """What scenarios there are of these rules, in the order in which they are first named."""
        return [
            Scenario(name, self.state(name), states, _ids(entries, name))
            for name, states in possible_states(entry.rule for entry in entries).items()
        ]

    def lead_on(self, rule: Rule, changes: list[Change]) -> None:
        """A rule has acted: let its scenario be in the new state, if it says one. A change is added to `changes`."""
        name, state = rule.scenario_name, rule.new_scenario_state
        if name is not None and state is not None and state != self.state(name):
            changes.append(self._ledger.put_alone(self._states, name, ScenarioRecord(id=name, state=state)))

    def set(self, name: str, state: str) -> None:
        """Inside a transaction: let a scenario be in a state."""
        if state == STARTED:
            self._states.remove(name)
        else:
            self._states.put(ScenarioRecord(id=name, state=state))

    def reset(self) -> None:
        """Inside a transaction: let all begin anew."""
        self.keep(())

    def keep(self, entries: Iterable[Entry]) -> None:
        """Inside a transaction: let all begin anew but those of these rules."""
        kept = possible_states(entry.rule for entry in entries)
        for each in list(self._states):
            if each.id not in kept:
                self._states.remove(each.id)


def possible_states(rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """The scenarios that rules name, in their order, each with the states that it can be in."""
    found: dict[str, dict[str, None]] = {}
    for rule in rules:
        if rule.scenario_name is not None:
            states = found.setdefault(rule.scenario_name, {STARTED: None})
            states |= {
                each: None for each in (rule.required_scenario_state, rule.new_scenario_state) if each is not None
            }
    return {name: tuple(states) for name, states in found.items()}


def _ids(entries: Iterable[Entry], name: str) -> tuple[str, ...]:
    return tuple(entry.id for entry in entries if entry.rule.scenario_name == name)
