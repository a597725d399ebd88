"""How many records a recording never shows, told from its pages."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings, strategies as st

from mockserver.census import Census
from tests.effort import EFFORT


def listed(known: Sequence[int], census: Census) -> list[int]:
    return sorted([*known, *census.unseen()])


def test_nobody_is_missing_where_everybody_was_shown() -> None:
    census = Census([3, 5, 9])
    census.page([3, 5, 9], 0, 0)
    assert census.unseen() == []


def test_those_before_a_page_come_just_before_it() -> None:
    census = Census([30, 31])
    census.page([30, 31], 2, 0)
    assert listed([30, 31], census) == [28, 29, 30, 31]


def test_those_behind_a_page_come_just_behind_it() -> None:
    census = Census([3, 4])
    census.page([3, 4], 0, 2)
    assert listed([3, 4], census) == [3, 4, 5, 6]


def test_nobody_is_put_where_a_page_shows_that_nobody_is() -> None:
    census = Census([10, 20, 30])
    census.page([10, 20], 0)
    census.page([30], 4, 0)
    assert listed([10, 20, 30], census) == [10, 20, 28, 29, 30]
    followed = Census([5, 30])
    followed.page([30], 0, after=27)
    followed.page([30], 3, 0)
    assert listed([5, 30], followed) == [5, 26, 27, 30]


def test_keys_that_were_asked_for_in_vain_stay_free() -> None:
    census = Census([10])
    census.absent(9)
    census.gone(8)
    census.page([10], 2)
    assert listed([10], census) == [6, 7, 10]


def test_what_was_made_or_is_gone_by_then_is_reckoned_with() -> None:
    census = Census([10, 11, 20])
    census.made(21)
    census.gone(10)
    census.page([11, 20, 21], 1, 0)
    assert listed([10, 11, 20], census) == [9, 10, 11, 20]


def test_a_page_of_new_ones_tells_nothing() -> None:
    census = Census([10])
    census.made(11)
    census.page([11], 700, 0)
    census.gone(11)
    assert census.unseen() == []


def test_one_more_is_put_aside() -> None:
    census = Census([1, 2, 10])
    census.page([10], 2, 0)
    assert census.unseen() == []
    assert census.stranger() == 3
    assert census.beside(10) == 11
    assert census.beside(10, below=True) == 9


@settings(max_examples=100 * EFFORT, deadline=None)
@given(
    everyone=st.sets(st.integers(1, 60), min_size=1, max_size=30),
    pages=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 6)), min_size=1, max_size=5),
)
def test_every_page_is_then_the_one_that_was_shown(everyone: set[int], pages: list[tuple[int, int]]) -> None:
    """Whoever is put in for those whom nobody saw, the pages that were asked for show the same."""
    order = sorted(everyone)
    shown = [(first, order[first : first + size]) for first, size in pages]
    known = sorted({key for _, page in shown for key in page})
    census = Census(known)
    for first, page in shown:
        census.page(page, first, len(order) - first - len(page))
    again = listed(known, census)
    assert [again[first : first + len(page)] for first, page in shown] == [page for _, page in shown]
    assert len(again) == len(order) or not known
