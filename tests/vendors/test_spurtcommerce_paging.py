"""The pages of Spurtcommerce's lists, and what its database compares and keeps."""

from __future__ import annotations

from math import inf, nan
from typing import Any, NamedTuple

import pytest

from mockserver.call import Refused
from mockserver.vendors.spurtcommerce.collation import collated, like
from mockserver.vendors.spurtcommerce.columns import to_integer, to_key, to_text
from mockserver.vendors.spurtcommerce.paging import Page, asks_count, newest, page


class Made(NamedTuple):
    id: int
    created: str


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Page()),
        ({"limit": 0, "offset": 3}, Page()),
        ({"limit": -1, "offset": -1}, Page()),
        ({"offset": 1.5}, Page()),
        ({"limit": [1, 2]}, Page()),
        ({"limit": [2]}, Page(2, 0)),
        ({"limit": 2}, Page(2, 0)),
        ({"limit": 2.0, "offset": 3.0}, Page(2, 3)),
    ],
)
def test_without_a_limit_there_are_no_pages(query: dict[str, Any], expected: Page) -> None:
    assert page(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 1.5},
        {"limit": inf},
        {"limit": 2**64},
        {"limit": 1, "offset": -1},
        {"limit": 1, "offset": 0.5},
        {"limit": 1, "offset": nan},
    ],
)
def test_the_database_refuses_what_is_no_count(query: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        page(query)
    assert refused.value.row == "query-failed"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, True), (0, False), (True, True), (None, False), ("", False), ("0", True), ([], True), ({}, True), (0.5, True)],
)
def test_anything_that_counts_as_true_asks_for_the_number(count: Any, *, expected: bool) -> None:
    assert asks_count({"count": count}) is expected


@pytest.mark.parametrize("window", [Page(), Page(5, 0), Page(5, 9), Page(5, 500), Page(200, 0), Page(5, 5000)])
def test_a_page_is_the_same_however_it_is_found(window: Page) -> None:
    made = [Made(id, f"2026-11-{id * 7919 % 28 + 1:02}") for id in range(1000)]
    everything = sorted(made, key=lambda one: (one.created, -one.id), reverse=True)
    last = None if window.limit is None else window.offset + window.limit
    assert newest(made, window) == everything[window.offset : last]


@pytest.mark.parametrize(
    ("part", "text", "expected"),
    [
        ("GOL", "Gold", True),
        ("_aro", "Carol", True),
        ("_arol", "arol", False),
        ("c%l", "Carol", True),
        (r"\_", "a_b", True),
        (r"\_", "ab", False),
        ("zofie", "Žofie 日本", True),
        ("Ž_F", "zofie", True),
        ("", "anything", True),
        ("a.c", "abc", False),
        ("1", "10", True),
        ("a_b", "a\nb", True),
    ],
)
def test_like_knows_neither_case_nor_accents(part: str, text: str, *, expected: bool) -> None:
    assert like(part)(text) is expected


def test_spaces_at_the_end_do_not_make_a_name_another_one() -> None:
    assert collated("Gold ") == collated("gold") != collated(" gold")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1, 1),
        ("1", 1),
        (True, 1),
        (None, None),
        (" 2 ", 2),
        ("1.5", 2),
        (-1.5, -2),
        ("1e2", 100),
        (["3"], 3),
        (2**31 - 1, 2**31 - 1),
    ],
)
def test_a_column_of_integers_keeps_a_number(value: Any, kept: int | None) -> None:
    assert to_integer(value, "is_active") == kept


@pytest.mark.parametrize("value", ["active", "", "1a", "0x1", 2**31, -(2**31) - 1, [], [1, 2], {"a": 1}])
def test_a_column_of_integers_refuses_the_rest(value: Any) -> None:
    with pytest.raises(Refused) as refused:
        to_integer(value, "is_active")
    assert refused.value.row == "query-failed"


def test_a_column_of_texts_refuses_what_is_too_long() -> None:
    assert to_text(5, "description", 1) == "5"
    with pytest.raises(Refused):
        to_text("ab", "description", 1)


@pytest.mark.parametrize(
    ("value", "key"),
    [("3", 3), (3, 3), ("3abc", 3), (" 3", 3), ("3.0", 3), ("abc", 0), ("", 0), (None, 0), ("3.5", 0), (["3"], 3)],
)
def test_an_id_is_compared_as_a_number(value: Any, key: int) -> None:
    assert to_key(value) == key
