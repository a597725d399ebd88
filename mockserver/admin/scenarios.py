"""Scenarios: the named states that fault rules are tied to, to see and to set."""

from __future__ import annotations

from typing import Any

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.faults.rule import STARTED
from mockserver.faults.scenarios import Scenario


def list_scenarios(desk: Desk, _call: Call) -> Reply:
    """All that the rules name, with the states that they are in."""
    return Reply({"scenarios": [_shown(each) for each in _all(desk)]})


def set_scenario(desk: Desk, call: Call) -> Reply:
    """Let a scenario be in a state; where none is given, in the first."""
    name, state = call.path["name"], (call.body or {}).get("state") or STARTED
    scenario = _find(desk, name)
    if state not in scenario.possible_states:
        known = list(scenario.possible_states)
        raise Refused("scenario-state-unknown", name=name, given=state, known=known)
    desk.sandbox.faults.scenarios.set(name, state)
    return Reply(_shown(_find(desk, name)))


def reset_scenarios(desk: Desk, _call: Call) -> Reply:
    """Let all scenarios begin anew."""
    desk.sandbox.faults.scenarios.reset()
    return wire.done()


def _all(desk: Desk) -> list[Scenario]:
    faults = desk.sandbox.faults
    return faults.scenarios.all(faults.entries)


def _find(desk: Desk, name: str) -> Scenario:
    scenarios = {each.name: each for each in _all(desk)}
    if name not in scenarios:
        raise Refused("scenario-unknown", given=name, known=list(scenarios))
    return scenarios[name]


def _shown(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "state": scenario.state,
        "possibleStates": list(scenario.possible_states),
        "faults": list(scenario.rules),
    }
