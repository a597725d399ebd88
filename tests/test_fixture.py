"""Fixtures: merged from those that they include, and refused with file and place when they are broken."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mockserver.app import build, check_sections
from mockserver.fixture import BrokenFixture, find, read_fixture

ANN = "{first_name: Ann, last_name: Lee, email: ann@example.com, street: S, city: C, postcode: P, registered: 2020-01-01T00:00:00Z}"
CUSTOMERS = f"named: {{ann: {ANN}}}\nvendors: {{open2b: {{customers: ["


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str, name: str = "mine.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


@pytest.mark.parametrize("name", ["default", "documented", "large"])
def test_our_own_fixtures_are_read(name: str) -> None:
    fixture = read_fixture(name)
    check_sections(fixture)
    assert fixture.description
    assert fixture.drawn.count == {"default": 50, "documented": 0, "large": 100_000}[name]
    assert "sherlock-holmes" in fixture.named


def test_an_empty_mapping_is_a_fixture(folder: Path) -> None:
    fixture = read_fixture(write(folder, "{}"))
    assert (fixture.seed, fixture.drawn.count, fixture.named, fixture.vendors) == (1, 0, {}, {})
    assert fixture.until == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_a_fixture_includes_is_merged_under_its_own_words(folder: Path) -> None:
    write(
        folder,
        f"seed: 2\ndrawn: {{count: 3, locales: [en_GB]}}\nnamed: {{ann: {ANN}}}\nvendors: {{a: {{x: 1, y: [1], z: {{p: 1}}}}}}",
        "one.yaml",
    )
    write(folder, "seed: 3\nvendors: {a: {y: [2]}, b: {x: 1}}", "two.yml")
    fixture = read_fixture(
        write(folder, "include: [one.yaml, two.yml]\ndrawn: {count: 4}\nvendors: {a: {x: 2, y: [3], z: {q: 2}}}")
    )
    assert (fixture.seed, fixture.drawn.count, fixture.drawn.locales) == (3, 4, ("en_GB",))
    assert fixture.named["ann"].first_name == "Ann"
    assert fixture.vendors == {"a": {"x": 2, "y": [1, 2, 3], "z": {"p": 1, "q": 2}}, "b": {"x": 1}}


def test_fixtures_may_include_what_includes_others_and_our_own_by_name(folder: Path) -> None:
    (folder / "inner").mkdir()
    write(folder, "seed: 5\nuntil: 2020-01-01T00:00:00Z", "inner/deep.yaml")
    write(folder, "include: [deep.yaml]\nseed: 6", "inner/middle.yaml")
    fixture = read_fixture(write(folder, "include: [documented, inner/middle.yaml]"))
    assert (fixture.seed, fixture.until.year) == (6, 2020)
    assert "sherlock-holmes" in fixture.named


def test_the_same_fixture_may_be_included_by_two(folder: Path) -> None:
    write(folder, "seed: 5", "base.yaml")
    write(folder, "include: [base.yaml]", "left.yaml")
    write(folder, "include: [base.yaml]", "right.yaml")
    assert read_fixture(write(folder, "include: [left.yaml, right.yaml]")).seed == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour: 1", "FILE:1:1: unknown key 'colour'; known: description, include, seed, until, drawn, named, vendors"),
        ("sed: 1", "FILE:1:1: unknown key 'sed' (did you mean 'seed'?); known: description, include, seed, "),
        ("seed: 1\ndrawn:\n  cout: 1", "FILE:3:3: drawn: unknown key 'cout' (did you mean 'count'?); known: count, locales"),
        ("drawn: {locales: [en_GB], cout: 1}", "FILE:1:27: drawn: unknown key 'cout' (did you mean 'count'?); known: "),
        ("seed: one", "FILE:1:1: seed: Expected `int`, got `str`"),
        ("until: yesterday", "FILE:1:1: until: Invalid RFC3339 encoded datetime"),
        ("until: 2020-01-01", "FILE:1:1: until: Expected `datetime`, got `date`"),
        ("until: 2020-13-01", "FILE:1:8: not YAML: month must be in 1..12"),
        ("drawn: {locales: en_GB}", "FILE:1:9: drawn.locales: Expected `array`, got `str`"),
        ("drawn: {locales: [en_GB, 5]}", "FILE:1:26: drawn.locales[1]: Expected `str`, got `int`"),
        ("include: documented", "FILE:1:1: include: Expected `array`, got `str`"),
        ("vendors: 5", "FILE:1:1: vendors: Expected `object`, got `int`"),
        ("seed: 1\n7: 2", "FILE:1:1: a key: Expected `str`"),
        ("", "FILE:1:1: a fixture is a mapping of description, include, seed, until, drawn, named, vendors"),
        ("- seed: 1", "FILE:1:1: a fixture is a mapping of description, include, seed, until, drawn, named, vendors"),
        ("a: [1", "FILE:2:1: not YAML: while parsing a flow sequence that begins at 1:4, did not find expected ',' or ']'"),
        ("seed: 1\nvendors:\n\t- x", "FILE:3:1: not YAML: while scanning for the next token that begins at 3:1, found character "),
        ("seed: 1\nuntil: x\nseed: 2", "FILE:3:1: not YAML: the key 'seed' stands twice"),
        (f"named:\n  bob: {ANN}\n  ann: {{first_name: A}}", "FILE:3:3: named.ann: Object missing required field `last_name`"),
        ("named: {ann: {nick: A}}", "FILE:1:15: named.ann: unknown key 'nick'; known: first_name, last_name, email, "),
        (
            "include: [nobody]",
            "FILE:1:11: include[0]: there is no fixture called nobody; known: default, documented, large, spurtcommerce-recorded, or the path of a .yaml file",
        ),
        ("include:\n- defualt", "FILE:2:3: include[0]: there is no fixture called defualt (did you mean 'default'?); known: default, "),
        ("include: [nobody.yaml]", "FILE:1:11: include[0]: there is no fixture file FOLDER/nobody.yaml"),
        ("include: [mine.yaml]", "FILE:1:11: includes itself by way of mine.yaml"),
        ("include: [loop.yaml]", "FOLDER/loop.yaml:1:11: includes itself by way of mine.yaml"),
        ("include: [broken.yaml]", "FOLDER/broken.yaml:3:1: not YAML: while parsing a flow node that begins at 3:1, "),
        ("include: [wrong.yaml]\nseed: 1", "FOLDER/wrong.yaml:2:3: drawn.count: Expected `int`, got `str`"),
        ("include: [wrong.yaml]\ndrawn: {count: 1, locales: 5}", "FILE:2:19: drawn.locales: Expected `array`, got `int`"),
        ("a: " + "[" * 500 + "]" * 500, "FILE: unknown key 'a'; known: "),
    ],
)  # fmt: skip
def test_a_broken_fixture_is_refused_in_one_line_with_file_line_and_column(
    folder: Path, text: str, message: str
) -> None:
    write(folder, "include: [mine.yaml]", "loop.yaml")
    write(folder, "seed: 1\na: [1,", "broken.yaml")
    write(folder, "drawn:\n  count: many", "wrong.yaml")
    with pytest.raises(BrokenFixture) as error:
        read_fixture(write(folder, text))
    expected = message.replace("FILE", str(folder / "mine.yaml")).replace("FOLDER", str(folder))
    assert str(error.value).startswith(expected)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("drawn: {count: 1, locales: [xx_XX]}", "drawn.locales: Faker has no people of the locale xx_XX: Invalid configuration for faker locale `xx_XX`"),
        ("vendors: {open2b: {colour: 1}}", "unknown key 'colour'; known: keys, groups, catalogs, additional, "),
        ("vendors: {open2b: {groups: []}}", "vendors.open2b.groups: a shop has at least one group"),
        (f"{CUSTOMERS}{{person: bob, id: 1}}]}}}}", "vendors.open2b.customers: nobody is named bob; known: ann"),
        (f"{CUSTOMERS}{{person: ann}}]}}}}", "vendors.open2b.customers[0]: Object missing required field `id`"),
        (f"{CUSTOMERS}{{person: ann, id: 1, nick: x}}]}}}}", "vendors.open2b.customers[0]: unknown key 'nick'; known: person, id, code, "),
        (f"{CUSTOMERS}{{person: ann, id: 1, billing: {{zip: x}}}}]}}}}", "vendors.open2b.customers: unknown key 'zip' in an address; known: first_name, "),
        (f"{CUSTOMERS}{{person: ann, id: 1, shipping: {{zip: x}}}}]}}}}", "vendors.open2b.customers: unknown key 'zip' in an address; known: name, "),
        (f"{CUSTOMERS}{{person: ann, id: 1}}, {{person: ann, id: 1}}]}}}}", "vendors.open2b.customers: two customers have the id 1"),
        (f"{CUSTOMERS}{{person: ann, id: 1, code: a}}, {{person: ann, id: 2, code: a}}]}}}}", "vendors.open2b.customers: code 'a' belongs to customer 1 already"),
    ],
)  # fmt: skip
def test_a_section_that_a_vendor_cannot_use_is_refused(folder: Path, text: str, message: str) -> None:
    with pytest.raises(BrokenFixture, match=re.escape(message)):
        build(read_fixture(write(folder, text)))


def test_a_section_of_an_unknown_vendor_is_refused_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(
        BrokenFixture, match=r"mine\.yaml:1:11: vendors\.nobody: there is no vendor called nobody; known: .*open2b"
    ):
        check_sections(read_fixture(write(folder, "vendors: {nobody: {}}")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("named: [1]", "mine.yaml:1:1: named: Expected `object`, got `array`"),
        ("drawn: {count: -1}", "mine.yaml:1:9: drawn.count: Expected `int` >= 0"),
        ("vendors: {open2b: {colour: 1}}", "mine.yaml:1:20: vendors.open2b: unknown key 'colour'; known: keys, groups"),
        (
            "vendors:\n  open2b:\n    groups:\n    - {id: 1, name: A, colour: 1}",
            "mine.yaml:4:24: vendors.open2b.groups[0]: unknown key 'colour'",
        ),
        (
            f"named: {{ann: {ANN}}}\nvendors:\n  open2b:\n    customers: [{{person: bob, id: 1}}]",
            "mine.yaml:4:5: vendors.open2b.customers: nobody is named bob; known: ann",
        ),
    ],
)
def test_what_a_vendor_cannot_use_is_said_with_its_place(folder: Path, text: str, message: str) -> None:
    with pytest.raises(BrokenFixture, match=re.escape(message)):
        build(read_fixture(write(folder, text)))


def test_what_a_vendor_cannot_use_is_looked_for_in_the_file_where_it_stands(folder: Path) -> None:
    write(folder, "vendors:\n  open2b:\n    groups:\n    - {id: 1, name: A}\n    - {id: two}", "base.yaml")
    text = "include: [base.yaml]\nvendors: {open2b: {groups: [{id: 3, name: B}, {id: 4, nam: C}]}}"
    mine = write(folder, text)
    with pytest.raises(BrokenFixture, match=r"base\.yaml:5:8: vendors\.open2b\.groups\[1\]"):
        build(read_fixture(mine))
    write(folder, "vendors:\n  open2b:\n    groups:\n    - {id: 1, name: A}\n    - {id: 2, name: B}", "base.yaml")
    with pytest.raises(BrokenFixture, match=r"mine\.yaml:2:\d+: vendors\.open2b\.groups\[3\]: unknown key 'nam'"):
        build(read_fixture(mine))


def test_a_fixture_knows_the_files_that_it_was_read_from(folder: Path) -> None:
    write(folder, "include: [deep.yaml, documented]", "inner.yaml")
    write(folder, "seed: 5", "deep.yaml")
    fixture = read_fixture(write(folder, "include: [inner.yaml, deep.yaml]"))
    assert fixture.file == str(folder / "mine.yaml")
    names = [file.name for file in fixture.included]
    assert names == ["inner.yaml", "deep.yaml", "documented.yaml"]


def test_the_files_are_known_also_when_one_of_them_is_broken(folder: Path) -> None:
    write(folder, "seed: [", "broken.yaml")
    read: list[Path] = []
    with pytest.raises(BrokenFixture):
        read_fixture(write(folder, "include: [broken.yaml]"), read)
    assert folder / "broken.yaml" in read


def test_people_cannot_be_drawn_from_no_locale(folder: Path) -> None:
    with pytest.raises(BrokenFixture, match=r"drawn.locales"):
        build(read_fixture(write(folder, "drawn: {count: 1, locales: []}")))


@pytest.mark.parametrize("text", ["vendors: {open2b: {colour: 1}}", "drawn: {count: 1, locales: [xx_XX]}"])
def test_whatever_is_wrong_is_named_with_the_file(folder: Path, text: str) -> None:
    with pytest.raises(BrokenFixture, match=r"mine\.yaml"):
        build(read_fixture(write(folder, text)))


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    with pytest.raises(BrokenFixture, match=r"seed"):
        read_fixture(write(folder, "seed: 1\nseed: 2"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nobody",
            "there is no fixture called nobody; known: default, documented, large, spurtcommerce-recorded, or the path of a .yaml file",
        ),
        ("nobody.yaml", "there is no fixture file nobody.yaml"),
        ("default.yml", "there is no fixture file default.yml"),
    ],
)
def test_a_fixture_that_is_not_there_is_refused_with_the_known_ones(name: str, message: str) -> None:
    with pytest.raises(BrokenFixture, match=f"^{re.escape(message)}$"):
        find(name)


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "mine.yaml").write_bytes(b"seed: \xff")
    with pytest.raises(BrokenFixture, match=r"mine\.yaml: not YAML: 'utf-8' codec"):
        read_fixture(str(folder / "mine.yaml"))
