"""A fixture: a YAML file that says how a sandbox begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from yaml import YAMLError

from mockserver import files, yamlfile
from mockserver.marks import Marks, path_in, read_marks
from mockserver.people import Person
from mockserver.shape import Key, Misshapen, meant, shape


class BrokenFixture(Exception):
    """A fixture cannot be read. The message names file, line, column, the place and what would be right."""


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people that are drawn: how many at each vendor, from which of Faker's locales."""

    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    locales: tuple[str, ...] = ("en_GB",)


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a fixture's file.

    `seed` is what everything random is drawn from. `until` is the moment before which all seeded events lie.
    `named` people are there for every vendor's section to refer to; `drawn` people exist at every vendor.
    A section of `vendors` is read by that vendor.
    """

    description: str = ""
    include: tuple[str, ...] = ()
    seed: int = 1
    until: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    drawn: Drawn = Drawn()
    named: dict[str, Person] = {}
    vendors: dict[str, dict[str, Any]] = {}


class Fixture(Written, frozen=True):
    """How a sandbox begins. The same fixture and seed always give the same bytes.

    `file` is where it was read from, and `included` are the files that it includes.
    """

    file: str = ""
    included: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return Path(self.file).stem

    def broken(self, complaint: str, path: Sequence[Key] | None = None) -> BrokenFixture:
        """A complaint of what a path leads to, with file, line and column.

        Without a path it is that with which the complaint begins, as in `vendors.shop.customers[0]: …`.
        """
        if not self.file:
            return BrokenFixture(complaint)
        return _broken(Path(self.file), complaint, path_in(complaint) if path is None else path)


def read_fixture(name: str, read: list[Path] | None = None) -> Fixture:
    """The fixture of this name, or in this file. Raises BrokenFixture.

    The files that are read are added to `read`, also when one of them is broken.
    """
    files_read: list[Path] = [] if read is None else read
    if is_file_name(name):  # it may not be there
        files_read.append(Path(name))
    file = find(name)
    before = len(files_read)
    document = _load(file, (), files_read)
    try:
        written = shape(document, Written)
    except Misshapen as error:
        raise _broken(file, str(error), error.path) from None
    included = tuple(dict.fromkeys(files_read[before + 1 :]))
    return Fixture(**msgspec.structs.asdict(written), file=str(file), included=included)


def find(name: str) -> Path:
    """The file of a fixture: a path when it ends in .yaml or .yml, else a name. Raises BrokenFixture."""
    if is_file_name(name):
        file = Path(name)
        if not file.is_file():
            raise BrokenFixture(f"there is no fixture file {name}")
        return file
    known = {file.stem: file for file in sorted(files.fixtures().glob("*.yaml"))}
    if name not in known:
        raise BrokenFixture(
            f"there is no fixture called {name}{meant(name, known)}; known: {', '.join(known)}, or the path of a .yaml file"
        )
    return known[name]


def is_file_name(name: str) -> bool:
    """Whether a fixture is asked for by the path of its file."""
    return name.endswith((".yaml", ".yml"))


def _load(file: Path, above: tuple[Path, ...], read: list[Path]) -> Any:
    """A fixture's document with those that it includes merged in; its own words win, lists are joined."""
    read.append(file)
    try:
        _, document = yamlfile.read(file)
    except yamlfile.BrokenYaml as error:
        raise BrokenFixture(str(error)) from None
    if not isinstance(document, dict):
        raise _broken(file, f"a fixture is a mapping of {', '.join(Written.__struct_fields__)}", (), merged=False)
    merged: Any = {}
    for at, name in enumerate(_names(document)):
        try:
            included = _included(file, name)
        except BrokenFixture as error:
            raise _broken(file, f"include[{at}]: {error}", ("include", at), merged=False) from None
        if included in (file, *above):
            raise _broken(file, f"includes itself by way of {included.name}", ("include", at), merged=False)
        merged = _merge(merged, _load(included, (file, *above), read))
    return _merge(merged, document)


def _names(document: Mapping[str, Any]) -> list[str]:
    """What a document includes; what is no list is refused later."""
    names = document.get("include", [])
    return [str(name) for name in names] if isinstance(names, list) else []


def _included(file: Path, name: str) -> Path:
    return find(str(file.parent / name) if is_file_name(name) else name)


def _merge(under: Any, over: Any) -> Any:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        both = {key: _merge(under[key], over[key]) for key in under.keys() & over.keys()}
        return {**under, **over, **both}
    if isinstance(under, list) and isinstance(over, list):
        return [*under, *over]
    return over


def _broken(file: Path, complaint: str, path: Sequence[Key], *, merged: bool = True) -> BrokenFixture:
    """The complaint, with where a path leads to: in the file, or merged with those that it includes."""
    try:
        marks = _marks(file) if merged else read_marks(file)
        return BrokenFixture(f"{marks.find(path)}: {complaint}")
    except (OSError, ValueError, YAMLError, BrokenFixture, RecursionError):  # it has changed, or is nested too deeply
        return BrokenFixture(f"{file}: {complaint}")


def _marks(file: Path) -> Marks:
    """The marks of a document that was merged as `_load` does it."""
    marks, below = read_marks(file), None
    for name in _names(yamlfile.read(file)[1]):
        included = _marks(_included(file, name))
        below = included if below is None else included.over(below)
    return marks if below is None else marks.over(below)
