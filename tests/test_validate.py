"""`mockserver validate`: which kind of file it is, what is wrong with it, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver import files
from mockserver.cli import main
from mockserver.scenarios.validating import kind_of
from tests.processes import run

SCENARIO = """\
arazzo: 1.0.1
info: {title: Look, version: '1'}
sourceDescriptions: [{name: kounta, url: contracts/kounta.yaml}]
workflows: [{workflowId: look, steps: [{stepId: ask, operationId: get_my_company}]}]
"""
RULES = "- {vendor: kounta, then: {status: 503}}\n"


def validate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)], prog_name="mockserver")


def write(folder: Path, text: str, name: str = "file.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (SCENARIO, "a.arazzo.yaml", "nothing is wrong with this scenario (1 workflow, 1 step)"),
        (RULES, "rules.yaml", "nothing is wrong with this list of fault rules (1 rule)"),
        ('{"faults": [{"vendor": "kounta", "then": {"status": 503}}]}', "rules.json", "list of fault rules (1 rule)"),
        ("[]", "rules.json", "list of fault rules (0 rules)"),
        (
            "include: [documented]\ndrawn: {count: 100000}\n",
            "shop.yaml",
            "this fixture (15 named people, 100000 drawn)",
        ),
        ("seed: 7\nsandboxes: {a: {}}\n", "own.yaml", "this project file (sandboxes: default, a)"),
        ("# nothing yet\n", "mockserver.yaml", "this project file (sandboxes: default)"),
    ],
)
def test_a_file_with_nothing_wrong_is_told_with_what_is_in_it(tmp_path: Path, text: str, name: str, says: str) -> None:
    file = write(tmp_path, text, name)
    result = validate(file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{file}: ")
    assert result.stdout.endswith(f"{says}\n")


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (SCENARIO.replace("get_my", "get_mi"), "a.arazzo.yaml", ["4:54: workflows[0].steps[0].operationId: kounta has no operation 'get_mi_company' (did you mean 'get_my_company'?)"]),
        ("- {the: 1}\n- {vendor: kount, then: {status: 503}}\n", "rules.yaml", ["1:4: [0]: unknown key 'the' (did you mean 'then'?)", "2:4: [1].vendor: there is no vendor 'kount' here"]),
        ("faults: 5", "rules.yaml", ["1:1: faults: here stands a list of rules, as for POST /__admin/faults"]),
        ("drawn: {cuont: 5}", "shop.yaml", ["1:9: drawn: unknown key 'cuont' (did you mean 'count'?)"]),
        ("vendors: {kounta: {customers: [{person: nobody}]}}", "shop.yaml", ["1:32: vendors.kounta.customers[0]"]),
        ("vendors: {kount: {}}", "shop.yaml", ["1:11: vendors.kount: there is no vendor called kount (did you mean 'kounta'?)"]),
        ("options: {prot: 1}", "mockserver.yaml", ["1:11: options.prot: unknown key 'prot' (did you mean 'port'?)"]),
        ("sandboxes: {a: {}}\nfaults: [{then: {}}]", "own.yaml", ["2:11: faults[0].then: with this rule nothing would go wrong"]),
        ("sandboxes: {a: {}}\nvendors: [kount]", "own.yaml", ["there is no vendor called kount"]),
        ("a: 1\na: 2", "a.yaml", ["2:1: not YAML: the key 'a' stands twice"]),
        ("hello: 1", "a.yaml", ["1:1: this is no file of ours; say which it is meant to be: scenario, fixture, faults, project"]),
        ("5", "a.yaml", ["1:1: this is no file of ours"]),
    ],
)  # fmt: skip
def test_each_mistake_is_a_line_with_its_place(tmp_path: Path, text: str, name: str, says: list[str]) -> None:
    result = validate(write(tmp_path, text, name))
    assert (result.exit_code, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert len(lines) == len(says)
    assert all(expected in line for expected, line in zip(says, lines, strict=True)), lines


def test_a_kind_can_be_said(tmp_path: Path) -> None:
    result = validate("--kind", "faults", write(tmp_path, "faults: []\nflauts: []"))
    assert "2:1: unknown key 'flauts' (did you mean 'faults'?); known: faults" in result.stdout
    result = validate("--kind", "fixture", write(tmp_path, "seed: 7"))
    assert "nothing is wrong with this fixture" in result.stdout


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"seed": 5}, "fixture"),
        ({"seed": 5, "vendors": {}}, "fixture"),
        ({"seed": 5, "vendors": []}, "fixture"),
        ({"vendors": [], "options": {}}, "project"),
        ({"workflows": []}, "scenario"),
        ({"faults": [], "seed": 5}, "project"),
        (None, None),
    ],
)
def test_the_kind_is_found_from_the_keys(content: object, kind: str | None) -> None:
    assert kind_of(content, "a.yaml") == kind


def test_programs_get_each_mistake_taken_apart(tmp_path: Path) -> None:
    broken, fine = write(tmp_path, "- {the: 1}", "broken.yaml"), write(tmp_path, RULES, "fine.yaml")
    result = validate("--format", "json", broken, fine)
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)["files"]
    assert second == {"file": str(fine), "kind": "faults", "ok": True, "complaints": []}
    (complaint,) = first["complaints"]
    assert (complaint["file"], complaint["line"], complaint["column"], complaint["path"]) == (str(broken), 1, 4, [0])
    assert complaint["message"].startswith("[0]: unknown key 'the'")


def test_what_has_no_line_is_told_without_one(tmp_path: Path) -> None:
    file = write(tmp_path, "vendors: [kount]\noptions: {}")
    complaint = json.loads(validate("--format", "json", file).stdout)["files"][0]["complaints"][0]
    assert (complaint["file"], complaint["line"]) == (str(file), None)


def test_a_file_that_is_not_there_is_told_after_the_others(tmp_path: Path) -> None:
    result = validate(tmp_path / "gone.yaml", write(tmp_path, "- 5"))
    assert result.exit_code == 2
    assert "1:3: [0]: Expected `object`, got `int`" in result.stdout
    assert result.stderr == f"Error: cannot read {tmp_path / 'gone.yaml'}: No such file or directory\n"


def test_no_file_is_a_misuse() -> None:
    result = validate()
    assert result.exit_code == 2
    assert "Missing argument 'FILE...'" in result.stderr


def test_the_schema_is_printed_for_editors() -> None:
    result = validate("--schema")
    assert (result.exit_code, json.loads(result.stdout)["title"]) == (0, "x-mock")


def test_our_own_fixtures_are_right() -> None:
    result = validate(*sorted(files.fixtures().glob("*.yaml")))
    assert result.exit_code == 0, result.stdout


def test_as_a_process(tmp_path: Path) -> None:
    file = write(tmp_path, SCENARIO.replace("workflowId: look", "workflowid: look"), "a.arazzo.yaml")
    result = run("validate", str(file), cwd=tmp_path)
    assert result.returncode == 1
    assert "unknown key 'workflowid' (did you mean 'workflowId'?)" in result.stdout
    assert result.stderr == ""
