"""Rules are set, added, replaced and removed; they are records like all others."""

from __future__ import annotations

import msgspec
import pytest

from mockserver.faults.rule import FaultList, Rule
from tests.faults.conftest import Open
from tests.faults.hand import BAD, CUPS, Hand

KEY = "key of the only app"


def ids(hand: Hand) -> list[str]:
    return [fault["id"] for fault in hand.client.get("/__admin/faults").json()["faults"]]


def test_a_list_replaces_all_rules_and_more_stand_behind_them(shelf: Hand) -> None:
    shelf.set({"id": "a", **BAD}, BAD)
    assert ids(shelf) == ["a", "fault-1"]
    added = shelf.client.patch("/__admin/faults", json=[BAD, {"id": "b", **BAD}])
    assert [fault["id"] for fault in added.json()["faults"]] == ids(shelf) == ["a", "fault-1", "fault-2", "b"]
    assert shelf.client.patch("/__admin/faults", json=BAD).status_code == 200
    assert ids(shelf)[-1] == "fault-3"
    shelf.set({"id": "fault-2", **BAD}, BAD, BAD)
    assert ids(shelf) == ["fault-2", "fault-1", "fault-3"]
    shelf.set()
    assert ids(shelf) == []


def test_a_rule_is_replaced_in_its_place_and_counts_anew_while_the_others_go_on(shelf: Hand) -> None:
    shelf.set({"id": "a", "after": 9, **BAD}, {"id": "b", "after": 9, **BAD}, {"id": "c", **BAD})
    shelf.cups()
    assert shelf.uses() == [(1, 0), (1, 0), (1, 1)]
    replaced = shelf.client.put("/__admin/faults/b", json={"then": {"status": 500}})
    assert (replaced.json()["id"], replaced.json()["then"], replaced.json()["matched"]) == ("b", {"status": 500}, 0)
    assert ids(shelf) == ["a", "b", "c"]
    assert shelf.uses() == [(1, 0), (0, 0), (1, 1)]
    assert shelf.cups() == 500
    assert shelf.client.put("/__admin/faults/b", json={"id": "d", **BAD}).json()["id"] == "d"
    assert ids(shelf) == ["a", "d", "c"]


def test_rules_are_removed_alone_or_all_together(shelf: Hand) -> None:
    shelf.set({"id": "a", **BAD}, {"id": "b", "then": {"status": 500}})
    assert shelf.client.delete("/__admin/faults/a").json() == {"status": "ok"}
    assert ids(shelf) == ["b"]
    assert shelf.cups() == 500
    assert shelf.client.delete("/__admin/faults").json() == {"status": "ok"}
    assert ids(shelf) == []
    assert shelf.cups() == 200
    assert len(shelf.sandbox.control.fault_uses) == 0


def test_a_rule_that_takes_the_id_of_one_that_is_gone_has_none_of_its_uses(shelf: Hand) -> None:
    shelf.set({"id": "a", "times": 1, **BAD})
    assert shelf.statuses(2) == [503, 200]
    shelf.set({"id": "a", "times": 1, **BAD})
    assert shelf.statuses(2) == [503, 200]


def test_there_are_no_more_rules_than_the_server_allows(make: Open) -> None:
    hand = make(max_faults=2)
    hand.set(BAD, BAD)
    for method, rules in (("POST", [BAD] * 3), ("PATCH", BAD)):
        reply = hand.client.request(method, "/__admin/faults", json=rules)
        assert (reply.status_code, reply.json()["row"]) == (409, "fault-limit")
        assert "at most 2" in reply.json()["detail"]
    assert hand.client.get("/__admin/faults").json()["limit"] == len(ids(hand)) == 2


@pytest.mark.parametrize("path", ["faults/faults", "fault_uses/fault-1"])
def test_rules_are_not_altered_record_by_record(shelf: Hand, path: str) -> None:
    shelf.set(BAD)
    reply = shelf.client.put(f"/__admin/state/sandbox/{path}", json={})
    assert (reply.status_code, reply.json()["row"]) == (409, "collection-guarded")
    assert "/__admin/faults" in reply.json()["detail"]


def test_what_a_rule_looks_for_is_not_in_the_journal(shelf: Hand) -> None:
    shelf.set({"id": "a", "match": {"headers": {"X-Cups": {"equalTo": KEY}}}, **BAD})
    [entry] = shelf.client.get("/__admin/requests?vendor=admin&limit=1").json()["requests"]
    shown = shelf.client.get(f"/__admin/requests/{entry['id']}")
    assert shown.json()["request"]["body"] == [{"id": "a", "match": "[redacted]", **BAD}]
    [change] = shown.json()["changes"]
    assert change["after"]["rules"][0]["rule"] == {"id": "a", "match": "[redacted]", **BAD}
    assert KEY not in shown.text


def test_rules_are_told_and_read_again_as_json() -> None:
    rule = msgspec.convert(
        {
            "id": "a",
            "match": {"bodyPatterns": [{"equalToJson": {"a": [1, 2.5, None]}}]},
            "probability": 0.5,
            "between": {"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00.5+02:00"},
            "ttlMillis": 1.5,
            "then": {"latency": {"type": "lognormal", "median": 1, "sigma": 0.5}, "stale": {"lagMillis": 3}},
        },
        Rule,
    )
    text = msgspec.json.encode(rule)
    assert msgspec.json.decode(text, type=Rule) == rule
    assert msgspec.convert(msgspec.to_builtins(rule), Rule) == rule


def test_a_list_of_rules_is_read_again_as_a_record(shelf: Hand) -> None:
    shelf.set({"match": {"urlPath": "/cups/v1/cups"}, "ttlMillis": 5, **BAD}, {"then": {"fault": "EMPTY_RESPONSE"}})
    [kept] = shelf.sandbox.control.faults
    assert msgspec.json.decode(msgspec.json.encode(kept), type=FaultList) == kept


def test_a_sandbox_that_begins_as_another_is_has_its_rules_and_their_uses(shelf: Hand) -> None:
    shelf.set({"times": 2, **BAD})
    shelf.cups()
    made = shelf.client.post("/__admin/sandboxes", json={"from": {"sandbox": shelf.sandbox.name}})
    assert made.status_code == 201, made.text
    asked = [shelf.client.get(f"{made.json()['url']}{CUPS}").status_code for _ in range(2)]
    assert asked == [503, 200]
    assert shelf.uses() == [(1, 1)]
