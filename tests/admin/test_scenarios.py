"""Scenarios through the admin API: listed, set and set back; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.appclient import AppClient

RULES = [
    {
        "scenarioName": "outage",
        "requiredScenarioState": "down",
        "newScenarioState": "up again",
        "then": {"status": 503},
    },
    {"id": "slow", "scenarioName": "To do: é?#%", "newScenarioState": "done", "then": {}},
    {"scenarioName": "outage", "requiredScenarioState": "up again", "then": {"status": 502}},
    {"times": 1, "then": {"status": 500}},
]
ODD = "To%20do:%20%C3%A9%3F%23%25"


@pytest.fixture
def stage(admin: AppClient) -> AppClient:
    """A sandbox with rules of two scenarios."""
    assert admin.post("/faults", json=RULES).status_code == 200
    return admin


def states(admin: AppClient) -> list[str]:
    return [each["state"] for each in admin.get("/scenarios").json()["scenarios"]]


def test_a_sandbox_without_rules_has_no_scenarios(admin: AppClient) -> None:
    assert admin.get("/scenarios").json() == {"scenarios": []}
    admin.post("/faults", json=[RULES[3]])
    assert admin.get("/scenarios").json() == {"scenarios": []}


def test_scenarios_are_listed_as_rules_name_them_with_all_their_states(stage: AppClient) -> None:
    outage = {"name": "outage", "state": "Started", "possibleStates": ["Started", "down", "up again"], "faults": ["fault-1", "fault-2"]}  # fmt: skip
    other = {"name": "To do: é?#%", "state": "Started", "possibleStates": ["Started", "done"], "faults": ["slow"]}
    assert stage.get("/scenarios").json() == {"scenarios": [outage, other]}


@pytest.mark.parametrize("body", [None, {}, {"state": None}, {"state": "Started"}])
def test_a_state_is_set_and_set_back(stage: AppClient, body: Any) -> None:
    done = stage.put("/scenarios/outage/state", json={"state": "up again"})
    assert (done.status_code, done.json()["name"], done.json()["state"]) == (200, "outage", "up again")
    assert states(stage) == ["up again", "Started"]
    back = stage.put("/scenarios/outage/state") if body is None else stage.put("/scenarios/outage/state", json=body)
    assert (back.status_code, back.json()["state"]) == (200, "Started")
    assert states(stage) == ["Started", "Started"]


def test_a_name_may_have_signs_that_addresses_write_otherwise(stage: AppClient) -> None:
    assert stage.put(f"/scenarios/{ODD}/state", json={"state": "done"}).status_code == 200
    assert states(stage) == ["Started", "done"]


def test_all_are_set_back_and_rules_stay_as_they_are(stage: AppClient) -> None:
    stage.put("/scenarios/outage/state", json={"state": "down"})
    stage.put(f"/scenarios/{ODD}/state", json={"state": "done"})
    before = stage.get("/faults").json()
    assert stage.post("/scenarios/reset").json() == {"status": "ok"}
    assert states(stage) == ["Started", "Started"]
    assert stage.get("/faults").json() == before


def test_a_state_that_is_set_acts_at_once(stage: AppClient, shop: AppClient) -> None:
    stage.post("/faults", json=RULES[:1])
    asked = [shop.post("commerce.customers.count", json={}).status_code]
    stage.put("/scenarios/outage/state", json={"state": "down"})
    asked += [shop.post("commerce.customers.count", json={}).status_code for _ in range(2)]
    assert [status == 503 for status in asked] == [False, True, False]


@pytest.mark.parametrize(
    ("path", "body", "refused", "known"),
    [
        ("/scenarios/outge/state", {"state": "down"}, (404, "scenario-unknown"), ["outage", "To do: é?#%"]),
        (
            "/scenarios/outage/state",
            {"state": "dwon"},
            (400, "scenario-state-unknown"),
            ["Started", "down", "up again"],
        ),
        ("/scenarios/outage/state", {"stat": "down"}, (400, "key-unknown"), ["state"]),
        ("/scenarios/outage/state", {"state": 1}, (400, "body-invalid"), None),
        ("/scenarios/outage/state", [], (400, "body-invalid"), None),
        ("/state/sandbox/scenarios/outage", {"state": "down"}, (409, "collection-guarded"), None),
    ],
)
def test_what_is_refused_alters_nothing(
    stage: AppClient, path: str, body: Any, refused: tuple[int, str], known: list[str] | None
) -> None:
    problem = stage.put(path, json=body)
    assert (problem.status_code, problem.json()["row"]) == refused
    assert problem.json().get("known") == known
    assert states(stage) == ["Started", "Started"]


def test_a_guarded_record_says_which_operation_alters_it(stage: AppClient) -> None:
    detail = stage.delete("/state/sandbox/scenarios/outage").json()["detail"]
    assert detail.endswith("use PUT /__admin/scenarios/{name}/state")
