"""YAML 1.2 as scenarios are read: values, and where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.scenarios.loading import Page, load
from mockserver.yamlfile import BrokenYaml


def page(folder: Path, text: str) -> Page:
    (folder / "a.yaml").write_text(text)
    return load(folder / "a.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on", "on"),
        ("Yes", "Yes"),
        ("True", True),
        ("false", False),
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0123", 123),
        ("-5", -5),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("~", None),
        ("null", None),
        ("'5'", "5"),
        ('"5"', "5"),
        ("!!str 5", "5"),
        ("|-\n  5", "5"),
        ("{5: a, true: b}", {"5": "a", "true": "b"}),
        ("{<<: {a: 1, b: 1}, b: 2}", {"a": 1, "b": 2}),
        ("{<<: [{a: 1}, {a: 2, b: 2}]}", {"a": 1, "b": 2}),
        ("{<<: 5, b: 2}", {"b": 2}),
        ("[&a [1], *a]", [[1], [1]]),
    ],
)
def test_a_value_is_what_yaml_1_2_says(tmp_path: Path, text: str, expected: Any) -> None:
    found = page(tmp_path, f"v: {text}\n").content["v"]
    assert found == expected
    assert type(found) is type(expected)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load(tmp_path / "a.yaml").content == {"a": 1}


def test_a_mark_is_that_of_the_key_or_as_far_as_the_path_leads(tmp_path: Path) -> None:
    read = page(tmp_path, "a:\n  b: [1, {c: 2}]\nd: {<<: {e: 5}}\n")
    marks = {
        (): (1, 1),
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "b", 0): (2, 7),
        ("a", "b", 1, "c"): (2, 11),
        ("a", "b", 7): (2, 3),
        ("a", "x", "y"): (1, 1),
        ("a", "b", 0, "x"): (2, 7),
        ("d", "e"): (3, 10),
    }
    assert {path: (read.mark(path).line, read.mark(path).column) for path in marks} == marks
    assert (read.value_mark(["a", "b"]).line, read.value_mark(["a", "b"]).column) == (2, 6)
    assert read.value_mark(["gone"]) == read.mark([])


def test_an_empty_file_has_a_mark_too(tmp_path: Path) -> None:
    read = page(tmp_path, "# nothing\n")
    assert read.content is None
    assert (read.mark(["a"]).line, read.value_mark(["a"]).column, read.value_mark([]).line) == (1, 1, 1)


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "a: " + "[" * 300 + "]" * 300, "a: 1\n---\nb: 1\n", "a: b: c"])
def test_what_is_not_yaml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BrokenYaml):
        page(tmp_path, text)
