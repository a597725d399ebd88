"""How the program reads a request: its body, the brackets in names, and the filter of characters."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.call import Call, Refused
from mockserver.options import Options
from mockserver.vendors.spurtcommerce import body, querystrings, screening
from mockserver.vendors.spurtcommerce.javascript import to_text

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NAMES = [
    ("a=1&a=2", {"a": ["1", "2"]}),
    ("a[]=1", {"a": ["1"]}),
    ("a[]=1&a=2", {"a": ["1", "2"]}),
    ("a=1&a[]=2", {"a": ["1", "2"]}),
    ("a[5]=x&a[1]=y", {"a": ["y", "x"]}),
    ("a[150]=x", {"a": {"150": "x"}}),
    ("a[b][c]=1", {"a": {"b": {"c": "1"}}}),
    ("a[][b]=1&a[][c]=2", {"a": [{"b": "1", "c": "2"}]}),
    ("a[]=1&a[x]=2", {"a": {"0": "1", "x": "2"}}),
    ("a=1&a[b]=2", {"a": ["1", {"b": "2"}]}),
    ("a[b]=2&a=1", {"a": {"b": "2", "1": True}}),
    ("a[1]=x&a[0]=y&a[1]=z", {"a": ["y", ["x", "z"]]}),
    ("a[][]=1", {"a": ["1"]}),
    ("a[b=1", {"a[b": "1"}),
    ("a[b]c=1", {"a": {"b": "1"}}),
    ("a[01]=x", {"a": {"01": "x"}}),
    ("a%5B%5D=1", {"a": ["1"]}),
    ("[a]=1", {"a": "1"}),
    ("a", {"a": ""}),
    ("=1&&", {}),
    ("a=b=c", {"a": "b=c"}),
    ("a=1+2&b=%zz&c=%E4", {"a": "1 2", "b": "%zz", "c": "%E4"}),
    ("customerId=[1]", {"customerId": "[1]"}),
    ("__proto__=1", {}),
]
"""What the npm package qs 6.11 reads."""

BODIES: list[tuple[str, str, Any]] = [
    (JSON, '{"a": 1.0, "b": "x"}', {"a": 1, "b": "x"}),
    ("Application/JSON; charset=UTF-8", '{"a": true}', {"a": True}),
    (JSON, "\ufeff{}", {}),
    (JSON, "[1]", [1]),
    (JSON, "", {}),
    (FORM, "a=1&b=x+y", {"a": "1", "b": "x y"}),
    (f"{FORM};charset=utf-8", "a[]=1", {"a": ["1"]}),
    ("text/plain", "a=1", {}),
    ("application/vnd.api+json", '{"a": 1}', {}),
    ("multipart/form-data; boundary=B", "--B--", {}),
    ("", "a=1", {}),
]
UNREADABLE = [
    (JSON, '{"name": "X", ', "SyntaxError", "Unexpected end of JSON input"),
    (JSON, "{bad", "SyntaxError", "Unexpected token b in JSON at position 1"),
    (JSON, "a=1", "SyntaxError", "Unexpected token a in JSON at position 0"),
    (JSON, "null", "SyntaxError", "Unexpected token n in JSON at position 0"),
    (JSON, "  ", "SyntaxError", "Unexpected end of JSON input"),
    (JSON, "[" * 200 + "]" * 200, "RangeError", "more than 100 levels of lists and objects"),
    (f"{JSON}; charset=latin1", "{}", "UnsupportedMediaTypeError", 'unsupported charset "LATIN1"'),
    (f"{FORM}; charset=iso-8859-1", "a=1", "UnsupportedMediaTypeError", 'unsupported charset "ISO-8859-1"'),
    (FORM, "&".join(["a=1"] * 1001), "PayloadTooLargeError", "too many parameters"),
]
SCREENED: list[tuple[Any, str | None]] = [
    *(({"name": f"a{mark}b"}, "name") for mark in "'\"<>#$%^&*"),
    *(({"name": f"a{mark}b"}, None) for mark in "@_-+/\\;:,.!?()[]{}|~`= é日"),
    ({"password": "'", "confirmPassword": "<", "description": "#", "name": "a"}, None),
    ({"colorcode": "#fff"}, None),
    ({"colorcode": "<red>"}, "colorcode"),
    ({"keyword": "a@b"}, None),
    ({"b": "<", "a": "<"}, "b"),
    ({"b": "<", "2": "<", "1": "<"}, "1"),
    ({"a": ["x", ["<"]]}, "a"),
    ({"a": {"b": "<"}}, None),
    ({"a": None, "b": 1, "c": True}, None),
    (["x", "<"], "1"),
]


def call(query: str = "", *, content_type: str = "", method: str = "POST") -> Call:
    """A request to nobody in particular."""
    headers = {b"content-type": content_type.encode(), b"content-length": b"1"}
    return Call(None, Options(), method, "/api", headers, 0.0, query)


@pytest.mark.parametrize(("text", "values"), NAMES)
def test_brackets_in_names_make_lists_and_objects(text: str, values: dict[str, Any]) -> None:
    assert querystrings.read(text, limit=querystrings.MANY, depth=querystrings.DEEP) == values


def test_what_is_too_deep_or_too_high_is_a_name() -> None:
    assert querystrings.read("a[b][c][d]=1", limit=1, depth=2) == {"a": {"b": {"c": {"[d]": "1"}}}}
    assert querystrings.read("a[2]=1", limit=1, depth=2) == {"a": {"2": "1"}}


@pytest.mark.parametrize(("content_type", "text", "value"), BODIES)
def test_a_body_is_read_by_its_type_or_counts_as_none(content_type: str, text: str, value: Any) -> None:
    assert body.read(call(content_type=content_type), text.encode()) == value


@pytest.mark.parametrize(("content_type", "text", "error", "reason"), UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused_without_a_header(
    content_type: str, text: str, error: str, reason: str
) -> None:
    request = call(content_type=content_type)
    with pytest.raises(Refused) as refused:
        body.read(request, text.encode())
    assert (refused.value.row, refused.value.values) == ("body-unreadable", {"error": error, "reason": reason})
    assert request.reply_headers == ((b"x-powered-by", b"Express"),)


@pytest.mark.parametrize(("values", "field"), SCREENED)
def test_the_first_name_with_a_forbidden_character_is_refused(values: Any, field: str | None) -> None:
    if field is None:
        screening.screen_body(values)
        return
    with pytest.raises(Refused) as refused:
        screening.screen_body(values)
    assert (refused.value.row, refused.value.values) == ("character-refused", {"field": field})


def test_the_query_has_another_list_for_keyword() -> None:
    screening.screen_query({"keyword": "a'b"})
    with pytest.raises(Refused, match="character-refused"):
        screening.screen_query({"keyword": "a@b"})


def test_the_filter_fails_over_a_color_that_is_null() -> None:
    with pytest.raises(Refused, match="program-failed"):
        screening.screen_body({"colorcode": None})


def test_headers_say_how_far_a_request_came() -> None:
    screened, refused, preflight = call(), call("name=<"), call("name=<", method="OPTIONS")
    body.read(screened, b"")
    with pytest.raises(Refused):
        body.read(refused, b"")
    body.read(preflight, b"")
    names = [{name for name, _ in each.reply_headers} for each in (screened, refused, preflight)]
    assert b"cache-control" in names[0]
    assert (
        names[1]
        == names[2]
        == {b"x-powered-by", b"x-frame-options", b"x-xss-protection", b"access-control-allow-origin"}
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (1, "1"),
        (1.5, "1.5"),
        ([1, None, ["x", True]], "1,,x,true"),
        ({}, "[object Object]"),
    ],
)
def test_values_become_texts_as_in_javascript(value: Any, text: str) -> None:
    assert to_text(value) == text
