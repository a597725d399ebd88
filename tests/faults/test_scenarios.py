"""Named states: rules match only in theirs, and lead on to the next; and states are records like all others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.hand import BAD, CUPS, Hand

DOWN = {"scenarioName": "outage", "requiredScenarioState": "down"}
BREAKS = {"scenarioName": "outage", "requiredScenarioState": "Started", "newScenarioState": "down", "then": {}}


def set_state(hand: Hand, state: str, name: str = "outage") -> None:
    reply = hand.client.put(f"/__admin/scenarios/{name}/state", json={"state": state})
    assert reply.status_code == 200, reply.text


def test_a_rule_that_does_nothing_but_lead_on_has_the_request_answered_as_ever(shelf: Hand) -> None:
    shelf.set(BREAKS, {**DOWN, **BAD})
    plain = shelf.client.get(CUPS)
    assert (plain.status_code, "cups" in plain.text) == (200, True)
    assert shelf.newest()["fault"] == "fault-1"
    assert shelf.states() == {"outage": "down"}
    assert shelf.statuses(2) == [503, 503]
    assert shelf.uses() == [(1, 1), (2, 2)]


def test_what_a_rule_only_leads_on_is_no_other_rules_any_more(shelf: Hand) -> None:
    shelf.set(BREAKS, BAD)
    assert shelf.statuses(2) == [200, 503]


def test_a_rule_that_leads_on_answers_with_what_it_says(shelf: Hand) -> None:
    steps = [("Started", "one", 501), ("one", "two", 502), ("two", "Started", 503)]
    shelf.set(*(
        {"scenarioName": "a", "requiredScenarioState": at, "newScenarioState": to, "then": {"status": status}}
        for at, to, status in steps
    ))  # fmt: skip
    assert shelf.statuses(4) == [501, 502, 503, 501]
    assert shelf.states() == {"a": "one"}


def test_without_a_required_state_a_rule_leads_on_from_any(shelf: Hand) -> None:
    shelf.set(
        {"scenarioName": "a", "requiredScenarioState": "over", "newScenarioState": "Started", "then": {"status": 501}},
        {"scenarioName": "a", "newScenarioState": "over", "then": {"status": 502}},
    )
    assert shelf.statuses(3) == [502, 501, 502]


def test_a_rule_leads_on_only_when_it_acts(shelf: Hand) -> None:
    shelf.set({**BREAKS, "after": 2})
    states = []
    for _ in range(3):
        shelf.cups()
        states.append(shelf.states()["outage"])
    assert states == ["Started", "Started", "down"]
    shelf.set({**BREAKS, "probability": 0})
    shelf.cups()
    assert shelf.states() == {"outage": "Started"}


def test_what_is_refused_before_rules_are_asked_leads_on_to_nothing(shelf: Hand) -> None:
    shelf.set(BREAKS)
    del shelf.client.headers["X-Cups"]
    assert shelf.client.get(CUPS).json()["row"] == "key-missing"
    assert shelf.states() == {"outage": "Started"}


def test_an_operation_that_refuses_has_the_rule_lead_on_all_the_same(shelf: Hand) -> None:
    shelf.set(BREAKS)
    assert shelf.client.get("/cups/v1/cups/99").status_code == 404
    assert shelf.states() == {"outage": "down"}


def test_a_rule_whose_connection_cannot_be_cut_does_not_lead_on(shelf: Hand) -> None:
    shelf.set({**BREAKS, "then": {"fault": "EMPTY_RESPONSE"}})
    assert shelf.client.get(CUPS).json()["title"] == "Powerless fault"
    assert shelf.states() == {"outage": "Started"}


def test_the_window_of_a_rule_holds_in_its_state_too(shelf: Hand) -> None:
    shelf.clock("freeze", instant="2026-01-01T12:00:00Z")
    shelf.set(BREAKS, {**DOWN, "between": {"fromMillis": 10}, **BAD})
    assert shelf.statuses(2) == [200, 200]
    shelf.clock("advance", durationMillis=10)
    assert shelf.cups() == 503


# States are records


@pytest.fixture
def down(shelf: Hand) -> Hand:
    """A sandbox whose scenario is in its second state since the first request."""
    shelf.set(BREAKS, {**DOWN, **BAD})
    shelf.cups()
    return shelf


def test_the_change_of_state_stands_in_the_journal_and_is_rewound(down: Hand) -> None:
    entry = down.client.get(f"/__admin/requests/{down.newest()['id']}").json()
    moved = {each["collection"]: each for each in entry["changes"]}["sandbox.scenarios"]
    assert (moved["before"], moved["after"]) == (None, {"id": "outage", "state": "down"})
    assert down.client.post(f"/__admin/requests/{entry['id']}/rewind").status_code == 200
    assert down.states() == {"outage": "Started"}
    assert down.statuses(2) == [200, 503]


ROUND = [("a", "Started", "one"), ("b", "Started", "two"), ("a", "one", "two"), ("b", "two", "Started")]


@pytest.mark.parametrize("back", range(8))
def test_a_rewind_to_any_request_finds_all_states_and_uses_as_they_were(shelf: Hand, back: int) -> None:
    shelf.set(*(
        {"scenarioName": name, "requiredScenarioState": at, "newScenarioState": to, "times": 2, **BAD}
        for name, at, to in ROUND
    ))  # fmt: skip
    before = []
    for _ in range(8):
        before.append((shelf.states(), shelf.uses()))
        shelf.cups()
    asked = [each["id"] for each in shelf.client.get("/__admin/requests").json()["requests"]]
    shelf.client.post(f"/__admin/requests/{asked[::-1][back]}/rewind")
    assert (shelf.states(), shelf.uses()) == before[back]
    again = [(shelf.states(), shelf.uses())]
    for _ in range(7 - back):
        shelf.cups()
        again.append((shelf.states(), shelf.uses()))
    assert again == before[back:]


def test_a_rewind_takes_back_what_a_tester_has_set(down: Hand) -> None:
    set_state(down, "Started")
    put = down.client.get("/__admin/requests?vendor=admin&limit=1").json()["requests"][0]
    assert down.states() == {"outage": "Started"}
    down.client.post(f"/__admin/requests/{put['id']}/rewind")
    assert down.states() == {"outage": "down"}


def test_snapshots_and_copies_have_states(down: Hand) -> None:
    assert down.client.put("/__admin/snapshots/broken").status_code == 201
    document = down.client.get("/__admin/snapshots/broken").json()
    assert document["collections"]["sandbox.scenarios"]["records"] == [{"id": "outage", "state": "down"}]
    set_state(down, "Started")
    made = down.client.post("/__admin/sandboxes", json={"from": {"snapshot": "broken"}}).json()
    forked = down.client.post("/__admin/sandboxes", json={"from": {"sandbox": down.sandbox.name}}).json()
    assert [down.client.get(f"{each['url']}{CUPS}").status_code for each in (made, forked)] == [503, 200]
    assert down.states() == {"outage": "Started"}
    down.client.post("/__admin/snapshots/broken/load")
    assert down.states() == {"outage": "down"}
    assert down.client.delete("/__admin/snapshots/broken").status_code == 200


def test_a_reset_forgets_rules_and_states(down: Hand) -> None:
    down.client.post("/__admin/reset")
    assert down.states() == {}
    down.set(BREAKS)
    assert down.states() == {"outage": "Started"}


@pytest.mark.parametrize(
    ("method", "path", "body", "states"),
    [
        ("POST", "", [BREAKS, {**DOWN, **BAD}], {"outage": "Started"}),
        ("PATCH", "", BREAKS, {"outage": "down"}),
        ("PATCH", "", {**BREAKS, "scenarioName": "b"}, {"outage": "down", "b": "Started"}),
        ("PUT", "/fault-1", BAD, {"outage": "down"}),
        ("DELETE", "/fault-1", None, {"outage": "down"}),
        ("DELETE", "", None, {}),
    ],
)
def test_a_scenario_is_there_and_goes_on_as_long_as_a_rule_names_it(
    down: Hand, method: str, path: str, body: Any, states: dict[str, str]
) -> None:
    assert down.client.request(method, f"/__admin/faults{path}", json=body).status_code == 200
    assert down.states() == states


def test_a_scenario_whose_last_rule_is_gone_begins_anew_with_the_next(down: Hand) -> None:
    for id in ("fault-1", "fault-2"):
        down.client.delete(f"/__admin/faults/{id}")
    assert (down.states(), len(down.sandbox.control.scenarios)) == ({}, 0)
    down.client.patch("/__admin/faults", json={**DOWN, **BAD})
    assert down.states() == {"outage": "Started"}


def test_what_a_sandbox_is_asked_in_another_one_has_states_of_its_own(down: Hand) -> None:
    other = down.client.post("/__admin/sandboxes", json={}).json()
    down.client.post(f"{other['url']}/__admin/faults", json=[BREAKS])
    shown = down.client.get(f"{other['url']}/__admin/scenarios").json()["scenarios"]
    assert [each["state"] for each in shown] == ["Started"]


def test_a_sandbox_without_rules_keeps_nothing_of_a_request(shelf: Hand) -> None:
    shelf.cups()
    assert shelf.client.get(f"/__admin/requests/{shelf.newest()['id']}").json()["changes"] == []
