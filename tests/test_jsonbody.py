"""Which bodies are JSON that means one thing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mockserver.jsonbody import MAX_DEPTH, Unreadable, read

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES
    | st.sampled_from(["a:b", '"', "\\", "\\u003a", ":::"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_is_written_is_read(value: object, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    again = read(text.encode())
    assert again == value
    assert json.dumps(again) == json.dumps(value)


def escaped(name: str) -> str:
    """A key in JSON, every character as an escape."""
    units = name.encode("utf-16-be")
    return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2)) + '"'


@given(
    NAMES,
    st.lists(st.tuples(NAMES, VALUES), max_size=3),
    VALUES,
    VALUES,
    st.tuples(st.booleans(), st.booleans()),
    st.lists(st.sampled_from(['{"a": %s}', "[%s]", '{"b:c": [1, %s], "d": 2}', '["\\u003a", %s]']), max_size=4),
)
def test_an_object_that_repeats_a_key_is_unreadable(  # noqa: PLR0913, PLR0917
    name: str,
    between: list[tuple[str, Any]],
    first: object,
    second: object,
    spelled_out: tuple[bool, bool],
    around: list[str],
) -> None:
    keys = [escaped(name) if spelled else json.dumps(name) for spelled in spelled_out]
    members = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in between]
    text = "{" + ", ".join([f"{keys[0]}: {json.dumps(first)}", *members, f"{keys[1]}: {json.dumps(second)}"]) + "}"
    for wrapper in around:
        text = wrapper.replace("%s", text)
    with pytest.raises(Unreadable, match="stands twice in one object"):
        read(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"a": 1}}',
        '[{"a": 1}, {"a": 2}]',
        '{"a": 1, "A": 2}',
        '{"a": 1, "\\u0061b": 2}',
        '{"a": "a:", ":a": "\\u003a"}',
    ],
)
def test_a_key_may_stand_in_several_objects(text: str) -> None:
    assert read(text.encode()) == json.loads(text)


def test_a_repeated_key_is_named() -> None:
    with pytest.raises(Unreadable, match=r'^the key "a\\\"b" stands twice in one object$'):
        read(rb'{"x": {"a\"b": 1, "a\u0022b": 2}}')


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the body is empty"),
        (b" \r\n\t", "the body is empty"),
        (b'{"a": NaN}', "not JSON: "),
        (b"Infinity", "not JSON: "),
        (b"-Infinity", "not JSON: "),
        (b"1e400", "not JSON: "),
        (b'"\\ud800"', "not JSON: "),
        (b'"\\udc00\\ud800"', "not JSON: "),
        (b'{"\\ud800": 1}', "not JSON: "),
        (b"\xef\xbb\xbf{}", "not JSON: "),
        (b'"\xff"', "not JSON: "),
        (b'"\xed\xa0\x80"', "not JSON: "),
        ("{}".encode("utf-16"), "not JSON: "),
        (b'{"a": 1', "not JSON: "),
        (b'{"a": 1}}', "not JSON: "),
        (b"{} {}", "not JSON: "),
        (b"{'a': 1}", "not JSON: "),
        (b'{"a": 1,}', "not JSON: "),
        (b'{"a": 01}', "not JSON: "),
        (b'{"a": .5}', "not JSON: "),
        (b'{"a": +1}', "not JSON: "),
        (b'"a\nb"', "not JSON: "),
        (b"// {}", "not JSON: "),
        (b"a=1", "not JSON: "),
        (b"{" * 2000, "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
    ],
)
def test_a_body_that_is_not_json_is_unreadable(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(raw)
    assert str(error.value).startswith(reason)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_a_body_may_be_nested_as_deep_as_the_bound(opening: str, closing: str) -> None:
    levels = opening.count("[") + opening.count("{")
    times = MAX_DEPTH // levels
    inner = "0" if levels == 2 or opening != "[" else ""
    read((opening * times + inner + closing * times).encode())
    with pytest.raises(Unreadable, match=f"^nested more than {MAX_DEPTH} levels deep$"):
        read((opening * (times + 1) + inner + closing * (times + 1)).encode())


MANY_DIGITS = ['{"a": %s}', '{"a": %s, "b": {"c:": "\\u003a"}}', "[%s]"]


@pytest.mark.parametrize("text", MANY_DIGITS)
@pytest.mark.parametrize("digits", [20, 308])
def test_an_integer_past_64_bits_is_a_double(text: str, digits: int) -> None:
    value = read(text.replace("%s", "9" * digits).encode())
    assert (value[0] if isinstance(value, list) else value["a"]) == float("9" * digits)


@pytest.mark.parametrize("text", MANY_DIGITS)
@pytest.mark.parametrize("digits", [310, 4000, 5000])
def test_an_integer_past_every_double_is_unreadable(text: str, digits: int) -> None:
    with pytest.raises(Unreadable, match=r"^not JSON: "):
        read(text.replace("%s", "9" * digits).encode())


@pytest.mark.parametrize(
    ("raw", "value"),
    [(b"null", None), (b"[]", []), (b'"a"', "a"), (b" 1.0 ", 1.0), (b'"\\ud83d\\ude00"', "😀"), (b"-0", 0)],
)
def test_any_json_value_is_a_body(raw: bytes, value: object) -> None:
    assert read(raw) == value
    assert type(read(raw)) is type(value)
