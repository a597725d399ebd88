"""Which bodies are forms that mean one thing."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, strategies as st

from mockserver.forms import read
from mockserver.jsonbody import Unreadable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FIELDS = st.dictionaries(TEXTS, TEXTS, max_size=5)
SCHEMAS = {"count": {"type": "integer"}, "full": {"type": "boolean"}, "name": {"type": "string"}}


@given(FIELDS, st.sampled_from([quote, quote_plus]))
def test_what_is_written_is_read(fields: dict[str, str], quote_via: Any) -> None:
    assert read(urlencode(fields, quote_via=quote_via).encode(), {}) == fields


@given(
    st.fixed_dictionaries(
        {}, optional={"count": st.integers(-(10**18) + 1, 10**18 - 1), "full": st.booleans(), "name": TEXTS}
    )
)
def test_what_has_a_type_is_read_as_it(fields: dict[str, Any]) -> None:
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
    again = read(urlencode(written).encode(), SCHEMAS)
    assert again == fields
    assert [type(value) for value in again.values()] == [type(value) for value in fields.values()]


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"count=7", {"count": 7}),
        (b"count=-7", {"count": -7}),
        (b"count=007", {"count": 7}),
        (b"count=", {"count": ""}),
        (b"count", {"count": ""}),
        (b"count=1.0", {"count": "1.0"}),
        (b"count=+1", {"count": " 1"}),
        (b"count=%2B1", {"count": "+1"}),
        (b"count=%D9%A1", {"count": "\u0661"}),
        (b"count=1234567890123456789", {"count": "1234567890123456789"}),
        (b"full=true", {"full": True}),
        (b"full=True", {"full": "True"}),
        (b"full=1", {"full": "1"}),
        (b"name=true", {"name": "true"}),
        (b"name=1", {"name": "1"}),
        (b"other=1", {"other": "1"}),
        (b"Count=1", {"Count": "1"}),
        (b"name=a;count=1", {"name": "a;count=1"}),
        (b"name=a=b", {"name": "a=b"}),
        (b"=a", {"": "a"}),
        (b"name=%", {"name": "%"}),
        (b"name=%zz%4", {"name": "%zz%4"}),
        (b"name=%00", {"name": "\0"}),
    ],
)
def test_what_cannot_be_read_as_its_type_stays_a_text(raw: bytes, values: dict[str, Any]) -> None:
    again = read(raw, SCHEMAS)
    assert again == values
    assert [type(value) for value in again.values()] == [type(value) for value in values.values()]


@given(FIELDS, TEXTS, TEXTS, TEXTS, st.data())
def test_a_form_that_repeats_a_field_is_unreadable(
    fields: dict[str, str], name: str, first: str, second: str, data: st.DataObject
) -> None:
    pairs = data.draw(st.permutations([*fields.items(), (name, first), (name, second)]))
    with pytest.raises(Unreadable, match=r"stands twice in the form$"):
        read(urlencode(pairs).encode(), {})


@pytest.mark.parametrize("raw", [b"a=\xff", b"\xff=a", b"a=%ff", b"%C3=a", b"a=%ED%A0%80", b"a=1&b=%C3%28"])
def test_a_form_that_is_not_utf_8_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^not UTF-8: "):
        read(raw, {})


@given(st.binary() | st.text("a=&%0fF+;é").map(str.encode))
def test_any_bytes_are_read_or_unreadable(raw: bytes) -> None:
    try:
        values = read(raw, SCHEMAS)
    except Unreadable:
        return
    assert all(isinstance(value, (str, int)) for value in values.values())
