"""YAML files: what is refused, and what is remembered of those that are read at every start."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver import memory as memory_module, yamlfile
from mockserver.yamlfile import BrokenYaml

Read = Callable[[Path], tuple[str, Any]]
READS = [yamlfile.read, yamlfile.read_remembered]


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are remembered; there is no such folder yet."""
    folder = tmp_path / "memory"
    monkeypatch.setattr(memory_module, "_FOLDER", folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return folder


@pytest.fixture
def file(tmp_path: Path, memory: Path) -> Path:
    assert not memory.exists()
    made = tmp_path / "tea.yaml"
    made.write_text("pots: [1, two]\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("read", READS)
def test_a_file_is_its_text_and_what_it_says(file: Path, read: Read) -> None:
    for _ in range(2):
        assert read(file) == ("pots: [1, two]\n", {"pots": [1, "two"]})


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (b"pots: [1", ":2:1", "not YAML: while parsing a flow sequence that begins at 1:7, did not find"),
        (b"a: 1\na: 2\n", ":2:1", "not YAML: the key 'a' stands twice"),
        (b"a: 1\nb: {c: 1, c: 2}\n", ":2:11", "not YAML: the key 'c' stands twice"),
        (b"a: 1\nat: 2026-02-30\n", ":2:5", "not YAML: day is out of range"),
        (b"a: 1\nn: [1, 0b_]\n", ":2:8", "not YAML: invalid literal for int"),
        (b"\xff\xfe\xfa", "", "not YAML: 'utf-8' codec"),
    ],
    ids=str,
)
def test_a_broken_file_is_refused_by_name_and_place_every_time(
    file: Path, read: Read, text: bytes, place: str, reason: str
) -> None:
    file.write_bytes(text)
    for _ in range(2):
        with pytest.raises(BrokenYaml) as error:
            read(file)
        assert str(error.value).startswith(f"{file}{place}: {reason}")
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("read", READS)
def test_a_missing_file_is_refused_by_name(file: Path, read: Read) -> None:
    file.unlink()
    with pytest.raises(BrokenYaml, match="No such file"):
        read(file)


def test_what_is_remembered_is_not_parsed_again(file: Path, memory: Path) -> None:
    yamlfile.read_remembered(file)
    (kept,) = memory.iterdir()
    kept.write_text(json.dumps("from memory"), encoding="utf-8")
    assert yamlfile.read_remembered(file) == ("pots: [1, two]\n", "from memory")


def test_another_text_is_read_anew_and_the_old_one_is_forgotten(file: Path, memory: Path) -> None:
    yamlfile.read_remembered(file)
    file.write_text("pots: 3\n", encoding="utf-8")
    assert yamlfile.read_remembered(file) == ("pots: 3\n", {"pots": 3})
    assert len(list(memory.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b'{"pots": [1', b"\xff"])
def test_a_damaged_memory_is_mended(file: Path, memory: Path, damage: bytes) -> None:
    yamlfile.read_remembered(file)
    (kept,) = memory.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert yamlfile.read_remembered(file)[1] == {"pots": [1, "two"]}
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("text", ["at: 2026-01-01\n", "1: one\n", "big: 99999999999999999999999\n", "odd: .nan\n"])
def test_what_json_cannot_say_is_not_remembered(file: Path, memory: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    said = yamlfile.read(file)
    assert str(yamlfile.read_remembered(file)) == str(said)
    assert list(memory.glob("*")) == []


def test_without_a_place_to_remember_it_is_read_all_the_same(file: Path, memory: Path) -> None:
    memory.write_text("no folder", encoding="utf-8")
    for _ in range(2):
        assert yamlfile.read_remembered(file)[1] == {"pots": [1, "two"]}


def test_where_python_may_write_nothing_neither_may_we(
    file: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert yamlfile.read_remembered(file)[1] == {"pots": [1, "two"]}
    assert not memory.exists()


def test_a_value_that_is_nested_too_deeply_is_refused_with_its_place(tmp_path: Path) -> None:
    """The library would end the process."""
    file = tmp_path / "deep.yaml"
    file.write_text("a: " + 100_000 * "[")
    with pytest.raises(yamlfile.BrokenYaml) as refused:
        yamlfile.read(file)
    assert str(refused.value) == f"{file}:1:{3 + yamlfile.DEEPEST}: not YAML: this is nested too deeply"
