from __future__ import annotations

from typing import Any

import pytest

from mockserver.portable import Kept, now
from mockserver.shelf import Full, Shelf
from mockserver.state.snapshot import Snapshot
from mockserver.state.table import Table


def kept(name: str, records: int = 0) -> Kept:
    table: Table[Any] = Table()
    table.records = dict.fromkeys(range(records))
    snapshot = Snapshot({"shop.customers": table, "shop.groups": table})
    return Kept(name=name, sandbox="checkout", fixture="default", seed=7, saved_at=now(), snapshot=snapshot)


def test_what_is_kept_is_found_under_its_name() -> None:
    shelf, paid = Shelf(3), kept("paid", 4)
    shelf.keep(paid)
    assert shelf.get("paid") is paid
    assert ("paid" in shelf, "due" in shelf, len(shelf)) == (True, False, 1)
    assert shelf.get("due") is None
    assert paid.records == 8


def test_snapshots_are_listed_by_name() -> None:
    shelf = Shelf(3)
    for name in ("b", "C", "a"):
        shelf.keep(kept(name))
    assert [each.name for each in shelf] == ["C", "a", "b"]


def test_a_snapshot_takes_the_place_of_the_one_with_its_name_even_where_there_is_no_more_room() -> None:
    shelf = Shelf(1)
    shelf.keep(kept("paid"))
    again = kept("paid")
    shelf.keep(again)
    assert list(shelf) == [again]


def test_there_are_no_more_than_there_may_be_and_the_refusal_says_what_to_do() -> None:
    shelf = Shelf(2)
    shelf.keep(kept("a"))
    shelf.keep(kept("b"))
    says = r"there are 2 snapshots, .* delete some, .* --max-snapshots"
    with pytest.raises(Full, match=says):
        shelf.keep(kept("c"))
    with pytest.raises(Full, match=says):
        shelf.refuse_if_full("c")
    shelf.refuse_if_full("b")
    shelf.remove("a")
    shelf.keep(kept("c"))
    assert [each.name for each in shelf] == ["b", "c"]


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(KeyError):
        Shelf(2).remove("paid")


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a b", "ä", "a\n", "a" * 64, "-a"])
def test_what_might_be_a_path_is_no_name(name: str) -> None:
    shelf = Shelf(2)
    with pytest.raises(ValueError, match="is no name for a snapshot"):
        shelf.keep(kept(name))
    assert len(shelf) == 0


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "a" * 63, "0"])
def test_letters_digits_and_a_few_marks_make_a_name(name: str) -> None:
    shelf = Shelf(2)
    shelf.keep(kept(name))
    assert name in shelf
