"""What is remembered from one start to the next, and what it depends on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mockserver import files, memory, pools
from mockserver.contract import BrokenContract, read_contract
from mockserver.schema import Check


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are remembered."""
    monkeypatch.setattr(memory, "_FOLDER", tmp_path / "memory")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "memory"


def test_people_are_put_together_from_what_faker_gave_at_an_earlier_start(folder: Path) -> None:
    drawn = pools.find_pool(7, "en_AU")
    (kept,) = folder.glob("people-en_AU.*.json")
    assert pools.find_pool(7, "en_AU") == drawn
    kept.write_text(json.dumps([*[["Remembered"]] * 7, "AU", "en"]), encoding="utf-8")
    assert pools.find_pool(7, "en_AU").first == ["Remembered"]


@pytest.mark.parametrize(("seed", "locale"), [(8, "en_AU"), (7, "en_GB")])
def test_another_seed_or_locale_has_people_of_its_own(folder: Path, seed: int, locale: str) -> None:
    drawn = pools.find_pool(7, "en_AU")
    assert folder.exists()
    assert pools.find_pool(seed, locale) != drawn


def test_a_locale_that_faker_does_not_have_is_not_remembered(folder: Path) -> None:
    for _ in range(2):
        with pytest.raises(AttributeError, match="no people of the locale xx_XX"):
            pools.find_pool(1, "xx_XX")
    assert not list(folder.glob("people-*"))


def test_a_contract_whose_schemas_are_known_to_compile_compiles_none_until_one_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[Check] = []
    monkeypatch.setattr(Check, "compile", lambda check: compiled.append(check))  # noqa: PLW0108  a method is bound
    read_contract(files.contracts() / "open2b.yaml")
    assert compiled
    assert folder.exists()
    compiled.clear()
    read_contract(files.contracts() / "open2b.yaml")
    assert compiled == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_contract_with_a_schema_that_does_not_compile_is_refused_at_every_start(
    folder: Path, tmp_path: Path, times: int
) -> None:
    text = (files.contracts() / "open2b.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "open2b.yaml"
    broken.write_text(text.replace("maxLength: 60", "maxLength: sixty"), encoding="utf-8")
    assert broken.read_text(encoding="utf-8") != text
    for _ in range(times):
        with pytest.raises(BrokenContract, match="sixty"):
            read_contract(broken)
    assert not list(folder.glob("sound-*"))
