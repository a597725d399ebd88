"""Named states, through the client."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import AdminError, Sandbox, rule
from tests.client.till import Till


def test_a_rule_is_written_with_its_states() -> None:
    fields: dict[str, Any] = {"scenario_name": "a", "required_scenario_state": "b", "new_scenario_state": "c"}
    written = {"scenarioName": "a", "requiredScenarioState": "b", "newScenarioState": "c"}
    assert rule(**fields) == {**written, "then": {}}
    assert rule(**fields, status=503) == {**written, "then": {"status": 503}}


def test_a_shop_goes_down_with_the_first_new_customer_until_somebody_mends_it(sandbox: Sandbox, till: Till) -> None:
    moved, failing = sandbox.faults.set(
        [
            rule(
                operation="create_customer",
                scenario_name="outage",
                required_scenario_state="Started",
                new_scenario_state="down",
            ),
            rule(vendor="kounta", scenario_name="outage", required_scenario_state="down", status=503),
        ]
    )
    assert (moved.scenario_name, moved.required_scenario_state, moved.new_scenario_state) == (
        "outage",
        "Started",
        "down",
    )
    assert (till.company().status_code, till.enrol("Ada").status_code) == (200, 201)
    assert till.company().status_code == 503
    [shown] = sandbox.scenarios.list()
    assert (shown.name, shown.state, shown.possible_states) == ("outage", "down", ("Started", "down"))
    assert shown.faults == (moved.id, failing.id)
    assert sandbox.scenarios.set("outage").state == "Started"
    assert till.company().status_code == 200
    assert sandbox.scenarios.set("outage", "down").state == "down"
    assert till.company().status_code == 503
    sandbox.scenarios.reset()
    assert sandbox.scenarios.get("outage").state == "Started"


def test_a_scenario_that_is_not_there_is_named_with_those_that_are(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="no rule names the scenario 'a'; known: none"):
        sandbox.scenarios.get("a")
    sandbox.faults.add(scenario_name="To do & list", new_scenario_state="done")
    with pytest.raises(LookupError, match="known: To do & list"):
        sandbox.scenarios.get("a")
    assert sandbox.scenarios.set("To do & list", "done").state == "done"
    with pytest.raises(AdminError) as caught:
        sandbox.scenarios.set("To do & list", "doen")
    assert (caught.value.row, caught.value.known) == ("scenario-state-unknown", ["Started", "done"])
