"""Kinds of findings: each finding that our code can make is of one of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.finding_kinds import ANY, CHOICES, INJECTED, KIND_OF, KINDS, OTHER, UnknownKind, kind_of, read_kinds

ROOT = Path(mockserver.__file__).parent
KEBAB = re.compile("[a-z]+(-[a-z]+)*")
BY_THE_PROXY = {"request-violation", "reply-violation"}


def made(source: str) -> Iterator[str]:
    """The ids of the findings that a module makes, by `call.find(…)` or `Finding(…)`."""
    tree, ours = ast.parse(source), "from mockserver.findings import" in source
    named = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _makes_one(node.func, ours=ours):
            [id, *_] = node.args
            value = named.get(id.id) if isinstance(id, ast.Name) else getattr(id, "value", None)
            assert isinstance(value, str), f"which finding is this? {ast.unparse(node)}"
            yield value


def _makes_one(function: ast.expr, *, ours: bool) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "find" and isinstance(function.value, ast.Name) and function.value.id == "call"
    return ours and isinstance(function, ast.Name) and function.id == "Finding"


def modules() -> Iterator[Path]:
    """All that can make findings: a call only hands them on, and the proxy's go by the direction."""
    skipped = {ROOT / "call.py", ROOT / "proxy"}
    return (file for file in ROOT.rglob("*.py") if skipped.isdisjoint((file, *file.parents)))


def test_every_finding_of_every_vendor_is_of_one_kind() -> None:
    ids = set(chain.from_iterable(made(file.read_text(encoding="utf-8")) for file in modules()))
    assert {"ignored-field", "bug", "outside-contract", "rate-limit", "unknown-parameter"} <= ids, "they are found"
    assert not ids - KIND_OF.keys(), "these have no kind: say it in mockserver/finding_kinds.py"
    assert not KIND_OF.keys() - ids - BY_THE_PROXY, "nobody makes these"


def test_ids_are_looked_for_where_they_stand() -> None:
    source = "from mockserver.findings import Finding\nX = 'a-b'\ncall.find(X, 'text')\ncall.find('c', f'{text}')\nFinding('d', 'text')\ncustomers.find('e')"
    assert sorted(made(source)) == ["a-b", "c", "d"]
    with pytest.raises(AssertionError, match="which finding"):
        list(made("call.find(chosen(), 'text')"))


def test_kinds_are_words_and_each_has_a_meaning() -> None:
    assert set(KIND_OF.values()) == KINDS.keys() - {OTHER}
    assert all(KEBAB.fullmatch(word) for word in (*CHOICES, *KIND_OF))
    assert all(KINDS.values())


def test_a_finding_of_a_foreign_vendor_is_of_the_kind_other() -> None:
    assert kind_of("sold-out-in-their-shop") == OTHER
    assert kind_of("limit-capped") == "ignored-parameter"


def test_the_admin_api_and_the_help_name_the_same_kinds() -> None:
    contract = yaml.safe_load(Path("contracts/admin.yaml").read_text(encoding="utf-8"))
    assert contract["components"]["schemas"]["Found"]["properties"]["kind"]["enum"] == list(KINDS)
    text = CliRunner().invoke(main, ["findings", "--help"]).stdout
    listed = re.findall(r"^ +([a-z-]+)  ", text.partition("Kinds\n")[2].partition("\n\n")[0], re.MULTILINE)
    assert sorted(listed) == sorted(KINDS)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("deviation", {"deviation"}),
        ("deviation,bug", {"deviation", "bug"}),
        (" deviation , bug ", {"deviation", "bug"}),
        (ANY, KINDS.keys() - {INJECTED}),
        ("any,injected", KINDS.keys()),
    ],
)
def test_kinds_are_read_from_a_text(text: str, kinds: set[str]) -> None:
    assert read_kinds(text) == kinds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("devation", "there is no kind of finding 'devation'; did you mean deviation?; known: "),
        ("bug,ignored-field", "'ignored-field': it is a finding of the kind undocumented-field; known: "),
        ("undoc", "there is no kind of finding 'undoc'; did you mean undocumented-field?; known: "),
        ("xyz", "there is no kind of finding 'xyz'; known: "),
        ("Bug", "there is no kind of finding 'Bug'; did you mean bug?; known: "),
        ("", "no kind of finding is named; known: "),
        (",", "no kind of finding is named; known: "),
    ],
)
def test_an_unknown_kind_is_refused_with_the_nearest_and_all_known(text: str, says: str) -> None:
    with pytest.raises(UnknownKind) as refused:
        read_kinds(text)
    assert says + ", ".join(CHOICES) in str(refused.value)
