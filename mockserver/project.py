"""The project file: what `mockserver serve` finds in the working folder, with its options, sandboxes and faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from yaml import YAMLError

from mockserver import yamlfile
from mockserver.fixture import is_file_name
from mockserver.marks import read_marks
from mockserver.options import Auth, Fidelity, RateLimits
from mockserver.sandbox import DEFAULT
from mockserver.sandboxes import NAME
from mockserver.shape import Key, Misshapen, shape, text_of

FILE = "mockserver.yaml"
"""The name under which it is found."""
Rules = tuple[dict[str, Any], ...]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=10 * 366 * 24 * 3600)]


class BrokenProject(Exception):
    """A project file cannot be used. The message names file, line, column, the place and what would be right.

    `missing` is a file that ought to be there, where that is all.
    """

    def __init__(self, message: str, missing: Path | None = None) -> None:
        super().__init__(message)
        self.missing = missing


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A sandbox that is there from the start. What is None is as in the rest of the file."""

    fixture: str | None = None
    seed: Seed | None = None
    customers: Count | None = None
    auth: Auth | None = None
    fidelity: Fidelity | None = None
    rate_limits: RateLimits | None = None
    ttl_seconds: Seconds | None = None
    credentials: tuple[dict[str, str], ...] = ()
    faults: Rules = ()


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a project file. `options` are checked by who knows them, `faults` by those who know the contracts.

    `faults` are the rules of the sandbox `default`.
    """

    fixture: str | None = None
    seed: Seed | None = None
    customers: Count | None = None
    vendors: tuple[str, ...] | None = None
    options: dict[str, Any] = {}
    sandboxes: dict[str, Declared] = {}
    faults: Rules = ()


class Project(Written, frozen=True):
    """A project file that has been read. Paths in it are relative to its folder."""

    file: Path = Path(FILE)

    def path(self, name: str) -> Path:
        """Where a file is that the project file names."""
        return self.file.parent / name

    @property
    def fixture_paths(self) -> dict[str | None, Path]:
        """The fixtures that are asked for by their files, each with where it is."""
        return {name: self.path(name) for _, name in _fixtures(self)}

    def broken(self, complaint: str, path: Sequence[Key]) -> BrokenProject:
        """A complaint of what a path leads to."""
        return self.located(f"{text_of(path)}: {complaint}", path)

    def located(self, message: str, path: Sequence[Key]) -> BrokenProject:
        """A message, with file, line and column of what a path leads to."""
        return _broken(self.file, message, path)


def read_project(file: Path) -> Project:
    """What a project file says. Raises BrokenProject."""
    try:
        _, document = yamlfile.read(file)
    except yamlfile.BrokenYaml as error:
        raise BrokenProject(str(error)) from None
    if document is None:  # every line of it is a comment
        document = {}
    if not isinstance(document, dict):
        raise _broken(file, f"a project file is a mapping of {', '.join(Written.__struct_fields__)}", ())
    said = {key: value for key, value in document.items() if value is not None}  # nothing stands behind the others
    try:
        written = shape(_with_off(said), Written)
    except Misshapen as error:
        raise _broken(file, str(error), error.path) from None
    project = Project(**msgspec.structs.asdict(written), file=file)
    _check_names(project)
    return project


def _with_off(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the text `off` for `rateLimits`, which YAML takes for a word that means false."""
    sandboxes = document.get("sandboxes")
    if not isinstance(sandboxes, Mapping):
        return document
    return {**document, "sandboxes": {name: _one_with_off(each) for name, each in sandboxes.items()}}


def _one_with_off(declared: Any) -> Any:
    if declared is None:  # nothing stands behind its name
        return {}
    is_off = isinstance(declared, Mapping) and declared.get("rateLimits") is False
    return {**declared, "rateLimits": "off"} if is_off else declared


def _check_names(project: Project) -> None:
    for name in project.sandboxes:
        if name.lower() == DEFAULT:
            raise project.broken("the sandbox default is what the rest of the file describes", ("sandboxes", name))
        if not NAME.fullmatch(name):
            complaint = "a sandbox's name has 1 to 63 letters, digits, dots, hyphens and underscores, no sign first"
            raise project.broken(complaint, ("sandboxes", name))
    named: dict[str, Path] = {}
    for path, fixture in _fixtures(project):
        file = project.path(fixture)
        if not file.is_file():
            raise BrokenProject(str(project.broken(f"there is no fixture file {file}", path)), file)
        other = named.setdefault(file.stem, file)
        if not file.samefile(other):
            raise project.broken(f"another fixture is called {file.stem} too: {other}", path)


def _fixtures(project: Project) -> list[tuple[Sequence[Key], str]]:
    """The fixtures that are files, each with the path to where it is asked for."""
    asked: list[tuple[Sequence[Key], str | None]] = [(("fixture",), project.fixture)]
    asked += [(("sandboxes", name, "fixture"), each.fixture) for name, each in project.sandboxes.items()]
    return [(path, name) for path, name in asked if name and is_file_name(name)]


def _broken(file: Path, complaint: str, path: Sequence[Key]) -> BrokenProject:
    try:
        return BrokenProject(f"{read_marks(file).find(path)}: {complaint}")
    except (OSError, ValueError, YAMLError, RecursionError):  # it has changed, or is nested too deeply
        return BrokenProject(f"{file}: {complaint}")
