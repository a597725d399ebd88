"""Answers that lag behind: from the records as they were a while ago, by the sandbox's clock."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from mockserver.journal import Exchange
from mockserver.world import World
from tests.dispatch.cups import names
from tests.dispatch.tins import KEY as TINS, Tin, tins
from tests.faults.conftest import Open
from tests.faults.hand import BAD, CUPS, Hand

NOON = "2026-01-01T12:00:00Z"
LAG = {"operation": "find_cups", "then": {"stale": {"lagMillis": 10_000}}}


def listed(hand: Hand) -> list[str]:
    reply = hand.client.get(CUPS)
    assert reply.status_code == 200, reply.text
    return [cup["name"] for cup in reply.json()["cups"]]


def create(hand: Hand, name: str) -> int:
    reply = hand.client.post("/cups/v1/cups", json={"name": name})
    assert reply.status_code == 201
    id: int = reply.json()["id"]
    return id


def findings(hand: Hand) -> list[str]:
    return [finding["id"] for finding in hand.newest()["findings"]]


def test_a_list_lags_behind_the_record_until_the_clock_has_caught_up(shelf: Hand) -> None:
    shelf.clock("freeze", instant=NOON)
    shelf.set(LAG)
    new = create(shelf, "new")
    assert shelf.client.delete("/cups/v1/cups/1").status_code == 204
    assert listed(shelf) == ["tall", "small"]
    assert findings(shelf) == ["stale"]
    assert shelf.client.get(f"/cups/v1/cups/{new}").status_code == 200
    assert shelf.client.get("/cups/v1/cups/1").status_code == 404
    shelf.clock("advance", durationMillis=9_999)
    create(shelf, "late")
    assert listed(shelf) == ["tall", "small"]
    shelf.clock("advance", durationMillis=1)
    assert listed(shelf) == ["small", "new"]
    shelf.clock("advance", durationMillis=10_000)
    assert listed(shelf) == ["small", "new", "late"] == names(shelf.sandbox)


def test_the_present_is_what_it_was_after_a_look_at_the_past(shelf: Hand) -> None:
    shelf.clock("freeze", instant=NOON)
    before = create(shelf, "new")
    shelf.set(LAG)
    listed(shelf)
    shelf.set({"operation": "get_cup", "then": {"stale": {"lagMillis": 1}}})
    assert shelf.client.get(f"/cups/v1/cups/{before}").status_code == 404
    assert shelf.newest()["error"] == "cup-missing"
    shelf.set()
    assert create(shelf, "next") == before + 1
    assert listed(shelf) == ["tall", "small", "new", "next"]
    exchange = next(each for each in shelf.sandbox.journal if each.operation == "create_cup")
    assert shelf.client.post(f"/__admin/requests/{exchange.id}/rewind").status_code == 200
    assert listed(shelf) == ["tall", "small", "new"]


def test_a_bug_in_the_past_does_not_keep_the_present_away(shelf: Hand) -> None:
    create(shelf, "new")
    shelf.set({"operation": "look", "then": {"stale": {"lagMillis": 1_000_000}}})
    for kind in ("raise", "alter"):
        assert shelf.client.get(f"/cups/v1/mischief/{kind}").status_code == 500
    assert listed(shelf) == ["tall", "small", "new"]


def test_what_a_tester_altered_or_rewound_lags_too(shelf: Hand) -> None:
    shelf.clock("freeze", instant=NOON)
    create(shelf, "new")
    shelf.clock("advance", durationMillis=20_000)
    shelf.set(LAG)
    create(shelf, "more")
    exchange = shelf.newest()["id"]
    assert shelf.client.put("/__admin/state/cups/cups/1", json={"name": "mug"}).status_code == 200
    assert listed(shelf) == ["tall", "small", "new"]
    assert shelf.client.post(f"/__admin/requests/{exchange}/rewind").status_code == 200
    assert listed(shelf) == names(shelf.sandbox) == ["tall", "small", "new"]
    shelf.clock("advance", durationMillis=5_000)
    assert shelf.client.put("/__admin/state/cups/cups/1", json={"name": "mug"}).status_code == 200
    assert names(shelf.sandbox) == ["mug", "small", "new"]
    shelf.clock("advance", durationMillis=9_999)
    assert listed(shelf) == ["tall", "small", "new"]
    shelf.clock("advance", durationMillis=1)
    assert listed(shelf) == ["mug", "small", "new"]


def test_only_what_reads_lags_where_a_rule_is_for_all(shelf: Hand) -> None:
    shelf.clock("freeze", instant=NOON)
    shelf.set({"then": {"stale": {"lagMillis": 1}}}, {"operation": "create_cup", "times": 1, **BAD})
    assert shelf.client.post("/cups/v1/cups", json={"name": "new"}).status_code == 503
    new = create(shelf, "new")
    assert shelf.client.get(f"/cups/v1/cups/{new}").status_code == 404
    assert shelf.uses() == [(1, 1), (1, 1)]


@pytest.mark.parametrize("forget", ["bound", "delete", "off"])
def test_a_journal_that_does_not_reach_back_far_enough_is_told_of(make: Open, forget: str) -> None:
    hand = make(journal_entries={"bound": 2, "delete": 1000, "off": 0}[forget])
    exchanges: list[Exchange] = []
    hand.sandbox.journal.observe(exchanges.append)
    hand.clock("freeze", instant=NOON)
    create(hand, "gone")
    if forget == "delete":
        hand.client.delete("/__admin/requests")
    hand.set(LAG)
    create(hand, "new")
    known = listed(hand)
    assert [finding.id for finding in exchanges[-1].findings] == ["stale", "stale-journal"]
    assert known == (["tall", "small", "gone", "new"] if forget == "off" else ["tall", "small", "gone"])


def test_a_new_history_has_no_past_that_the_journal_could_miss(shelf: Hand) -> None:
    create(shelf, "new")
    shelf.client.delete("/__admin/requests")
    shelf.client.post("/__admin/reset")
    shelf.set(LAG)
    create(shelf, "next")
    assert listed(shelf) == ["tall", "small"]
    assert findings(shelf) == ["stale"]


def test_a_slow_reply_is_written_while_the_past_is_there(make: Open, tmp_path: Path) -> None:
    hand = make(tins(tmp_path, {}), headers=TINS)
    hand.set({"operation": "write_list", "then": {"stale": {"lagMillis": 1_000_000}}})
    put = hand.client.put("/__admin/state/tins/tins/7", json={})
    assert put.status_code in (200, 201), put.text
    assert isinstance(hand.sandbox.subjects["tins"].tins.get(7), Tin)
    assert hand.client.get("/store/list?lines=2").text == "1 tins\n" * 2
    hand.set()
    assert hand.client.get("/store/list?lines=2").text == "2 tins\n" * 2


def test_a_sheet_of_customers_lags_behind_like_their_list(world: World, hand: Hand) -> None:
    api = world.api("spurtcommerce")

    def rows() -> int:
        sheet = hand.ask(api, "export_all_customers")
        assert sheet.status_code == 200
        return int(openpyxl.load_workbook(BytesIO(sheet.content)).worksheets[0].max_row)

    def count() -> Any:
        return hand.ask(api, "find_customers").json()["data"]

    before, people = rows(), count()
    removed = hand.ask(api, "delete_customer", id=people[0]["id"])
    assert removed.status_code == 200, removed.text
    assert rows() == before - 1
    hand.set({"vendor": "spurtcommerce", "then": {"stale": {"lagMillis": 1_000_000}}})
    assert rows() == before
    assert count() == people
    hand.set()
    assert rows() == before - 1
