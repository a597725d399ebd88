"""Which rule acts on which request: the first that matches, as often and at the times that it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dispatch.cups import names
from tests.faults.hand import BAD, CUPS, Hand

NOON = "2026-01-01T12:00:00Z"


@pytest.mark.parametrize(
    ("rule", "expected", "uses"),
    [
        ({}, [503, 503, 503, 503], (4, 4)),
        ({"times": 2}, [503, 503, 200, 200], (2, 2)),
        ({"after": 2}, [200, 200, 503, 503], (4, 2)),
        ({"after": 1, "times": 2}, [200, 503, 503, 200], (3, 2)),
        ({"probability": 0}, [200, 200, 200, 200], (4, 0)),
        ({"probability": 1, "after": 0}, [503, 503, 503, 503], (4, 4)),
        ({"vendor": "cups", "operation": "find_cups", "times": 1}, [503, 200, 200, 200], (1, 1)),
        ({"operation": "get_cup"}, [200, 200, 200, 200], (0, 0)),
        ({"match": {"method": "POST"}}, [200, 200, 200, 200], (0, 0)),
        ({"match": {"headers": {"x-cups": {"equalTo": "a"}}}, "times": 3}, [503, 503, 503, 200], (3, 3)),
        ({"match": {"queryParameters": {"size": {"equalTo": "2"}}}}, [200, 200, 200, 200], (0, 0)),
        ({"match": {"urlPath": "/cups/v1/cups"}, "after": 3}, [200, 200, 200, 503], (4, 1)),
    ],
)
def test_a_rule_acts_as_often_as_it_says(
    shelf: Hand, rule: dict[str, Any], expected: list[int], uses: tuple[int, int]
) -> None:
    shelf.set({**BAD, **rule})
    assert shelf.statuses(4) == expected
    assert shelf.uses() == [uses]


def test_the_first_rule_that_matches_acts_and_later_ones_hear_nothing_of_it(shelf: Hand) -> None:
    shelf.set(
        {"operation": "get_cup", **BAD},
        {"times": 1, "then": {"status": 500}},
        {"then": {"error": "cup-missing"}, "times": 1},
    )
    assert shelf.statuses(3) == [500, 404, 200]
    assert shelf.uses() == [(0, 0), (1, 1), (1, 1)]


def test_a_rule_that_lets_a_request_pass_leaves_it_to_the_next_one(shelf: Hand) -> None:
    shelf.set({"after": 1, "then": {"status": 500}}, {"probability": 0, **BAD}, {"then": {"error": "cup-missing"}})
    assert shelf.statuses(2) == [404, 500]
    assert shelf.uses() == [(2, 1), (1, 0), (1, 1)]


def test_the_journal_says_which_rule_acted_and_when_the_rule_lets_pass_that_none_did(shelf: Hand) -> None:
    shelf.set({"id": "flaky", "after": 1, **BAD})
    shelf.cups()
    assert shelf.newest()["fault"] is None
    shelf.cups()
    assert shelf.newest()["fault"] == "flaky"


@pytest.mark.parametrize(
    ("between", "acts"),
    [
        ({"from": "2026-01-01T12:00:10Z"}, [False, True, True, True]),
        ({"until": "2026-01-01T12:00:10Z"}, [True, False, False, False]),
        ({"from": "2026-01-01T14:00:10+02:00", "until": "2026-01-01T12:00:20Z"}, [False, True, False, False]),
        ({"fromMillis": 10_000}, [False, True, True, True]),
        ({"untilMillis": 20_000}, [True, True, False, False]),
        ({"fromMillis": 10_000, "untilMillis": 30_000}, [False, True, True, False]),
    ],
)
def test_a_window_is_of_the_sandboxs_clock(shelf: Hand, between: dict[str, Any], acts: list[bool]) -> None:
    shelf.clock("freeze", instant=NOON)
    shelf.set({"between": between, **BAD})
    seen = []
    for _ in acts:
        seen.append(shelf.cups() == 503)
        shelf.clock("advance", durationMillis=10_000)
    assert seen == acts


def test_a_rule_ends_by_the_sandboxs_clock_and_is_there_again_when_that_goes_back(shelf: Hand) -> None:
    shelf.clock("freeze", instant=NOON)
    [shown] = shelf.set({"ttlMillis": 60_000, **BAD})
    assert (shown["addedAt"], shown["expiresAt"]) == ("2026-01-01T12:00:00.000Z", "2026-01-01T12:01:00.000Z")
    assert shelf.cups() == 503
    shelf.clock("advance", durationMillis=60_000)
    assert shelf.cups() == 200
    shelf.clock("advance", durationMillis=-1)
    assert shelf.cups() == 503


def test_a_rule_that_outlives_the_calendar_has_no_end(shelf: Hand) -> None:
    [shown] = shelf.set({"ttlMillis": 315_537_897_600_000, **BAD})
    assert shown["expiresAt"] is None
    assert shelf.cups() == 503


def test_a_refused_request_alters_nothing_but_counts_and_a_rewind_takes_the_count_back(shelf: Hand) -> None:
    shelf.set({"times": 1, **BAD})
    assert shelf.client.post("/cups/v1/cups", json={"name": "new"}).status_code == 503
    assert names(shelf.sandbox) == ["tall", "small"]
    assert shelf.uses() == [(1, 1)]
    assert shelf.cups() == 200
    exchange = next(each for each in shelf.sandbox.journal if each.fault)
    assert [change.collection for change in exchange.changes] == ["sandbox.fault_uses"]
    assert shelf.client.post(f"/__admin/requests/{exchange.id}/rewind").status_code == 200
    assert shelf.uses() == [(0, 0)]
    assert shelf.statuses(2) == [503, 200]


def test_a_rewind_to_before_the_rules_were_set_takes_them_away(shelf: Hand) -> None:
    shelf.cups()
    exchange = shelf.newest()["id"]
    shelf.set({"id": "old", **BAD})
    shelf.set({"id": "new", "then": {"status": 500}})
    assert shelf.cups() == 500
    assert shelf.client.post(f"/__admin/requests/{exchange}/rewind").status_code == 200
    assert shelf.uses() == []
    assert shelf.cups() == 200


def test_a_reset_takes_rules_away_and_a_snapshot_has_them_with_their_counts(shelf: Hand) -> None:
    shelf.set({"times": 2, **BAD})
    shelf.cups()
    kept = shelf.sandbox.save()
    assert shelf.client.post("/__admin/reset").status_code == 200
    assert shelf.uses() == []
    assert shelf.cups() == 200
    shelf.sandbox.load(kept)
    assert shelf.uses() == [(1, 1)]
    assert shelf.statuses(2) == [503, 200]


def test_rules_never_act_on_the_admin_api_nor_on_whom_the_vendor_does_not_let_in(shelf: Hand) -> None:
    shelf.set(BAD)
    assert shelf.client.get("/__admin/health").status_code == 200
    del shelf.client.headers["X-Cups"]
    assert shelf.cups() == 403
    assert shelf.uses() == [(0, 0)]


def test_a_rule_for_all_acts_on_paths_that_the_contract_does_not_have(shelf: Hand) -> None:
    shelf.set(BAD)
    assert shelf.client.get("/cups/v1/saucers").json() == {"row": "injected", "text": "Service Unavailable"}
    shelf.set({"operation": "find_cups", **BAD}, {"then": {"stale": {"lagMillis": 1}}})
    assert shelf.client.get("/cups/v1/saucers").status_code == 404
    assert shelf.uses() == [(0, 0), (0, 0)]


def test_sandboxes_have_rules_of_their_own(shelf: Hand) -> None:
    made = shelf.client.post("/__admin/sandboxes", json={"name": "calm"})
    assert made.status_code == 201
    shelf.set(BAD)
    assert shelf.client.get(f"{made.json()['url']}{CUPS}").status_code == 200
    assert shelf.cups() == 503
    assert shelf.client.delete("/__admin/sandboxes/calm").status_code == 200
