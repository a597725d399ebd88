"""Parameters in every style of OpenAPI."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.scenarios import serialising

OBJECT = {"R": 100, "G": 200}
LIST = ["a b", "c&d"]


@pytest.mark.parametrize(
    ("declared", "value", "written"),
    [
        ({}, "a/b c", "a%2Fb%20c"),
        ({}, True, "true"),
        ({}, LIST, "a%20b,c%26d"),
        ({}, OBJECT, "R,100,G,200"),
        ({"explode": True}, OBJECT, "R=100,G=200"),
        ({"style": "label"}, LIST, ".a%20b,c%26d"),
        ({"style": "label", "explode": True}, OBJECT, ".R=100.G=200"),
        ({"style": "matrix"}, 5, ";p=5"),
        ({"style": "matrix"}, LIST, ";p=a%20b,c%26d"),
        ({"style": "matrix", "explode": True}, LIST, ";p=a%20b;p=c%26d"),
        ({"style": "matrix", "explode": True}, OBJECT, ";R=100;G=200"),
        ({"content": {"application/json": {}}}, [1], "%5B1%5D"),
    ],
)
def test_paths(declared: dict[str, Any], value: Any, written: str) -> None:
    assert serialising.in_path({"name": "p", "in": "path", **declared}, value) == written


@pytest.mark.parametrize(
    ("declared", "value", "written"),
    [
        ({}, "a b&c", ["p=a%20b%26c"]),
        ({}, "ü", ["p=%C3%BC"]),
        ({"allowReserved": True}, "a/b?c", ["p=a/b?c"]),
        ({}, LIST, ["p=a%20b", "p=c%26d"]),
        ({"explode": False}, LIST, ["p=a%20b,c%26d"]),
        ({}, OBJECT, ["R=100", "G=200"]),
        ({"explode": False}, OBJECT, ["p=R,100,G,200"]),
        ({"style": "spaceDelimited"}, LIST, ["p=a%20b%20c%26d"]),
        ({"style": "pipeDelimited"}, LIST, ["p=a%20b%7Cc%26d"]),
        ({"style": "deepObject"}, OBJECT, ["p[R]=100", "p[G]=200"]),
        ({"content": {"application/json": {}}}, {"a": 1}, ["p=%7B%22a%22%3A1%7D"]),
    ],
)
def test_queries(declared: dict[str, Any], value: Any, written: list[str]) -> None:
    assert [*serialising.in_query({"name": "p", "in": "query", **declared}, value)] == written


@pytest.mark.parametrize(
    ("declared", "value", "written"),
    [
        ({}, 3, "3"),
        ({}, [1, 2], "1,2"),
        ({}, OBJECT, "R,100,G,200"),
        ({"explode": True}, OBJECT, "R=100,G=200"),
    ],
)
def test_headers(declared: dict[str, Any], value: Any, written: str) -> None:
    assert serialising.in_header({"name": "p", "in": "header", **declared}, value) == written


def test_cookies() -> None:
    assert serialising.in_cookie({"name": "p", "in": "cookie"}, "a b") == "p=a%20b"
