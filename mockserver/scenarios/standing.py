"""Standing scenarios: what the sandbox `default` of a server begins as while an app is tested by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from mockserver.fixture import is_file_name
from mockserver.project import BrokenProject
from mockserver.scenarios.choosing import inputs_of
from mockserver.scenarios.document import Scenario
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.loading import Page, load
from mockserver.scenarios.mock import Mock
from mockserver.scenarios.reading import BrokenScenario, read_scenario
from mockserver.scenarios.validating import kind_of
from mockserver.shape import Key, Misshapen, shape, text_of, unknown_key
from mockserver.yamlfile import BrokenYaml

_NAMES = {field.name: field.encode_name for field in msgspec.structs.fields(Mock)}
_LEFT = ("receiver", "snapshot_save", "snapshot_load", "reset")
"""What is for runs only."""
_KIND = "a scenario is an Arazzo document, a list of fault rules, or a mapping with nothing but `faults`"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read: what it says for the whole document, with all expressions worked out.

    `top` leads to where that stands in the file. Files that it refers to are in `files`.
    """

    page: Page
    top: tuple[Key, ...] = ()
    mock: Mock = Mock()
    files: tuple[Path, ...] = ()

    @property
    def file(self) -> Path:
        """Where it was read."""
        return self.page.file

    @property
    def settings(self) -> dict[str, Any]:
        """The options of a server that it says something about, by name."""
        said = {name: each for name, each in self.mock.settings.items() if name not in ("receiver", "snapshot")}
        fixture = said.get("fixture")
        if fixture is not None and is_file_name(fixture):
            said["fixture"] = str(self.file.parent / fixture)
        return said

    @property
    def warnings(self) -> Iterator[str]:
        """What the person who wrote it may not have meant."""
        said = {**self.mock.settings, **self.mock.actions}
        left = [f"x-mock.{_NAMES[name]}" for name in _LEFT if name in said]
        if left:
            yield f"{self.file}: {', '.join(left)}: only `mockserver run` does this"
        if not said:
            yield f"{self.file}: nothing is said here for the whole document; what workflows say is for `mockserver run`"

    def path(self, name: str, *steps: Key) -> tuple[Key, ...]:
        """The path to a part of it, by its name in Python."""
        is_list = not self.top and isinstance(self.page.content, list)
        return (*self.top, *(() if is_list else (_NAMES[name],)), *steps)

    def broken(self, complaint: str, path: Sequence[Key]) -> BrokenProject:
        """A complaint of what a path leads to."""
        place = text_of(path)
        return self.located(f"{place}: {complaint}" if place else complaint, path)

    def located(self, message: str, path: Sequence[Key]) -> BrokenProject:
        """A message, with file, line and column of what a path leads to."""
        return BrokenProject(f"{self.page.mark(path)}: {message}")


def read_standing(file: Path) -> Standing:
    """What a file says: an Arazzo document, or fault rules. Raises BrokenProject."""
    if not file.is_file():
        raise BrokenProject(f"there is no scenario file {file}", file)
    try:
        page = load(file)
        is_scenario = kind_of(page.content, file.name) == "scenario"
        return _of_scenario(page, read_scenario(file)) if is_scenario else _of_rules(page)
    except (OSError, BrokenYaml) as error:
        raise BrokenProject(str(error)) from None
    except BrokenScenario as error:
        more = len(error.complaints) - 1
        rest = f" (and {more} more: mockserver validate {file})" if more else ""
        raise BrokenProject(error.complaints[0] + rest) from None


def _of_rules(page: Page) -> Standing:
    standing = Standing(page=page)
    said = {"faults": page.content} if isinstance(page.content, list) else page.content
    if not isinstance(said, Mapping) or "faults" not in said:
        raise standing.broken(_KIND, ())
    for key in said:
        if key != "faults":
            raise standing.located(str(unknown_key(key, ["faults"])), (key,))
    if not isinstance(said["faults"], list):
        raise standing.broken("here stands a list of rules, as for POST /__admin/faults", ("faults",))
    for at, rule in enumerate(said["faults"]):
        if not isinstance(rule, Mapping):
            raise standing.broken("a rule is a mapping, as for POST /__admin/faults", standing.path("faults", at))
    return msgspec.structs.replace(standing, mock=Mock(faults=tuple(said["faults"])))


def _of_scenario(page: Page, scenario: Scenario) -> Standing:
    standing = Standing(page=page, top=("x-mock",), files=tuple(_files(scenario)))
    inputs: dict[str, Any] = {}
    for workflow in scenario.workflows.values():
        inputs = {**inputs_of(workflow, {}, {}), **inputs}
    sources = {name: source.server for name, source in scenario.sources.items()}
    scope = Scope(inputs=inputs, sources=sources, components=scenario.components)
    given = msgspec.to_builtins(scenario.mock)
    plain = {name: _plain(standing, each, scope, ("x-mock", name)) for name, each in given.items()}
    try:
        mock = shape(plain, Mock, ("x-mock",))
    except Misshapen as error:
        raise standing.located(str(error), error.path) from None
    return msgspec.structs.replace(standing, mock=mock)


def _plain(standing: Standing, given: Any, scope: Scope, path: tuple[Key, ...]) -> Any:
    """A value with all expressions in it worked out."""
    if isinstance(given, Mapping):
        return {name: _plain(standing, each, scope, (*path, name)) for name, each in given.items()}
    if isinstance(given, list | tuple):
        return [_plain(standing, each, scope, (*path, at)) for at, each in enumerate(given)]
    try:
        return value(given, scope)
    except Undefined as error:
        reason = f"{error}; no workflow runs here, so write a value, or give the input a default"
        raise standing.broken(reason, path) from None


def _files(scenario: Scenario) -> Iterator[Path]:
    """The files that a scenario refers to."""
    if scenario.mock.snapshot is not None:
        yield scenario.file.parent / scenario.mock.snapshot
    for source in scenario.sources.values():
        if source.file is not None:
            yield source.file
        if source.scenario is not None:
            yield from _files(source.scenario)
