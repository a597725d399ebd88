"""Looking at files without carrying them out: which kind of file it is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from mockserver.contract import BrokenContract
from mockserver.fixture import BrokenFixture, read_fixture
from mockserver.marks import path_in
from mockserver.project import FILE
from mockserver.scenarios.loading import Page, load
from mockserver.scenarios.reading import BrokenScenario, read_scenario
from mockserver.scenarios.taking import Taker
from mockserver.shape import Key, unknown_key
from mockserver.yamlfile import BrokenYaml

Kind = Literal["scenario", "fixture", "faults", "project"]
KINDS: Sequence[Kind] = ("scenario", "fixture", "faults", "project")
_KEYS: Mapping[Kind, Sequence[str]] = {
    "fixture": ("description", "include", "seed", "until", "drawn", "named", "vendors"),
    "project": ("fixture", "seed", "customers", "vendors", "options", "sandboxes", "faults"),
}
_PEOPLE = 50
"""As many people are drawn to see whether a fixture can be planted."""


class Verdict(msgspec.Struct, frozen=True):
    """What was found of one file. `summary` says what is in it, where nothing is wrong."""

    file: str
    kind: Kind | None
    complaints: tuple[str, ...] = ()
    summary: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.complaints


Found = tuple[list[str], str]
"""What is wrong, and where nothing is what is in the file."""


def validate(file: Path, kind: Kind | None, project: Callable[[Path], Found]) -> Verdict:
    """Look at a file; where no kind is given, it is found from what is in it. Raises OSError.

    `project` looks at a project file, which takes what starts servers.
    """
    try:
        page = load(file)
    except BrokenYaml as error:
        return Verdict(str(file), kind, (str(error),))
    found = kind or kind_of(page.content, file.name)
    if found is None:
        known = ", ".join(KINDS)
        return Verdict(
            str(file), None, (f"{page.mark(())}: this is no file of ours; say which it is meant to be: {known}",)
        )
    looks: dict[Kind, Callable[[Page], Found]] = {
        "scenario": _scenario,
        "fixture": _fixture,
        "faults": _faults,
        "project": lambda page: project(page.file),
    }
    complaints, summary = looks[found](page)
    return Verdict(str(file), found, tuple(complaints), summary)


def kind_of(content: Any, name: str) -> Kind | None:
    """Which kind of file it is by its keys; None where nothing tells."""
    if isinstance(content, list):
        return "faults"
    if not isinstance(content, Mapping):
        return "project" if content is None and name == FILE else None
    told: dict[Kind, bool] = {
        "scenario": bool({"arazzo", "workflows", "sourceDescriptions"} & content.keys()),
        "project": name == FILE,
        "faults": content.keys() == {"faults"},
        "fixture": isinstance(content.get("vendors"), Mapping),
    }
    scores: dict[Kind, int] = {kind: len(content.keys() & set(keys)) for kind, keys in _KEYS.items()}
    likely = [kind for kind in scores if scores[kind] == max(scores.values()) > 0]
    return next((kind for kind, sure in told.items() if sure), likely[0] if likely else None)


def _scenario(page: Page) -> Found:
    try:
        scenario = read_scenario(page.file)
    except BrokenScenario as error:
        return error.complaints, ""
    steps = sum(len(each.steps) for each in scenario.workflows.values())
    return [], f"{_count(len(scenario.workflows), 'workflow')}, {_count(steps, 'step')}"


def _fixture(page: Page) -> Found:
    from mockserver.app import build, check_sections  # noqa: PLC0415  all vendors are imported for it
    from mockserver.seeds import altered  # noqa: PLC0415

    try:
        fixture = read_fixture(str(page.file))
        check_sections(fixture)
        build(altered(fixture, None, min(fixture.drawn.count, _PEOPLE)))
    except (BrokenFixture, BrokenContract) as error:
        return [str(error)], ""
    return [], f"{_count(len(fixture.named), 'named person', 'named people')}, {fixture.drawn.count} drawn"


def _faults(page: Page) -> Found:
    from mockserver.scenarios import vocabulary  # noqa: PLC0415  all vendors are imported for it

    taker, path, rules = Taker(page), list[Key](), page.content
    if isinstance(rules, Mapping):
        for key in rules:
            if key != "faults":
                unknown = unknown_key(key, ["faults"])
                taker.complain_whole(str(unknown), unknown.path)
        rules, path = rules.get("faults"), ["faults"]
    if not isinstance(rules, list):
        taker.complain("here stands a list of rules, as for POST /__admin/faults", path)
        return taker.told(), ""
    for where, told in vocabulary.of_rules(dict(enumerate(rules)), path):
        taker.complain_whole(told, where)
    return taker.told(), _count(len(rules), "rule")


def located(complaint: str, file: str) -> dict[str, Any]:
    """A complaint taken apart, for programs: where, and what."""
    parts = complaint.split(":", 3)
    if len(parts) > len(("file", "line", "column")) and parts[1].isdecimal() and parts[2].isdecimal():
        message = parts[3].strip()
        path = path_in(message)
        return {"file": parts[0], "line": int(parts[1]), "column": int(parts[2]), "path": path, "message": message}
    return {"file": file, "line": None, "column": None, "path": [], "message": complaint}


def told(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What was found, for people."""
    for each in verdicts:
        yield from each.complaints or [f"{each.file}: nothing is wrong with this {_WORDS[each.kind]} ({each.summary})"]


_WORDS: Mapping[Kind | None, str] = {
    "scenario": "scenario",
    "fixture": "fixture",
    "faults": "list of fault rules",
    "project": "project file",
}


def _count(number: int, word: str, words: str | None = None) -> str:
    return f"{number} {word if number == 1 else words or word + 's'}"
