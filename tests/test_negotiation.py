"""Which formats an Accept header allows."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from mockserver.negotiation import accepts

JSON = "application/json"
RANGES = (JSON, "application/*", "*/*")


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("application/json", True),
        ("APPLICATION/Json", True),
        ("text/html, application/json", True),
        (" application/json ,text/html", True),
        ("application/json;charset=utf-8;q=0.5", True),
        ("application/*", True),
        ("*/*", True),
        ("*/*;q=0.001", True),
        ("text/html", False),
        ("text/*", False),
        ("application/xml", False),
        ("application/jsonl", False),
        ("*/json", False),
        ("json", False),
        ("*", False),
        ("", False),
        (",", False),
        (";q=1", False),
    ],
)
def test_a_media_type_is_accepted_where_a_range_has_it(header: str, accepted: bool) -> None:  # noqa: FBT001
    assert accepts(header.encode(), JSON) == accepted


@pytest.mark.parametrize(
    ("weight", "accepted"),
    [
        ("q=0", False),
        ("q=0.000", False),
        ("Q=0", False),
        ("charset=utf-8; q=0", False),
        ("q=0; q=1", False),
        ("q=1", True),
        ("q=0.001", True),
        ("charset=utf-8", True),
        ("q=", True),
        ("q=none", True),
        ("q=0,5", False),
        ("q = 0", True),
        ("quality=0", True),
        ("", True),
    ],
)
@pytest.mark.parametrize("media_range", RANGES)
def test_a_weight_of_zero_refuses_and_a_malformed_one_says_nothing(
    media_range: str,
    weight: str,
    accepted: bool,  # noqa: FBT001
) -> None:
    for space in ("", " "):
        assert accepts(f"{media_range}{space};{space}{weight}".encode(), JSON) == accepted


@given(st.dictionaries(st.sampled_from(RANGES), st.booleans(), min_size=1), st.data())
def test_the_most_specific_range_decides_wherever_it_stands(ranges: dict[str, bool], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(["text/html", "text/*;q=0", "image/png;q=0.5"])))
    parts = data.draw(st.permutations([*others, *(f"{each};q={int(wanted)}" for each, wanted in ranges.items())]))
    decisive = next(each for each in RANGES if each in ranges)
    assert accepts(", ".join(parts).encode(), JSON) == ranges[decisive]


@pytest.mark.parametrize("parts", list(permutations(["application/json;q=0", "text/*;q=0", "*/*"])))
def test_what_is_refused_by_name_leaves_the_rest(parts: tuple[str, ...]) -> None:
    header = ",".join(parts).encode()
    asked = ("application/json", "application/xml", "text/csv", "image/png")
    assert [accepts(header, media_type) for media_type in asked] == [False, True, False, True]


@given(st.binary() | st.text("aq*/;,=.01 \xe9").map(lambda text: text.encode("latin-1")))
def test_any_header_has_an_answer(header: bytes) -> None:
    assert accepts(header, JSON) in {True, False}
