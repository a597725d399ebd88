"""A fixture: a YAML file that says how a sandbox begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from mockserver import files, yamlfile
from mockserver.people import Person
from mockserver.shape import Misshapen, shape


class BrokenFixture(Exception):
    """A fixture cannot be read. The message names the file, the place and what would be right."""


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
    """How a sandbox begins. The same fixture and seed always give the same bytes. `file` is where it was read from."""

    file: str = ""


def read_fixture(name: str) -> Fixture:
    """The fixture of this name, or in this file. Raises BrokenFixture."""
    file = find(name)
    try:
        document = _load(file, ())
        named = document.get("named")
        for key, person in named.items() if isinstance(named, Mapping) else ():
            shape(person, Person, f"named.{key}")
        written = shape(document, Written)
    except Misshapen as error:
        raise BrokenFixture(f"{file}: {error}") from None
    return Fixture(**msgspec.structs.asdict(written), file=str(file))


def find(name: str) -> Path:
    """The file of a fixture: a path when it ends in .yaml or .yml, else a name. Raises BrokenFixture."""
    if name.endswith((".yaml", ".yml")):
        file = Path(name)
        if not file.is_file():
            raise BrokenFixture(f"there is no fixture file {name}")
        return file
    known = {file.stem: file for file in sorted(files.fixtures().glob("*.yaml"))}
    if name not in known:
        raise BrokenFixture(
            f"there is no fixture called {name}; known: {', '.join(known)}, or the path of a .yaml file"
        )
    return known[name]


def _load(file: Path, above: tuple[Path, ...]) -> Any:
    """A fixture's document with those that it includes merged in; its own words win, lists are joined."""
    try:
        _, document = yamlfile.read(file)
    except yamlfile.BrokenYaml as error:
        raise BrokenFixture(str(error)) from None
    if not isinstance(document, dict):
        raise BrokenFixture(f"{file}: a fixture is a mapping of {', '.join(Written.__struct_fields__)}")
    merged: Any = {}
    includes = document.get("include", [])
    for name in includes if isinstance(includes, list) else []:
        included = find(str(name)) if not str(name).endswith((".yaml", ".yml")) else file.parent / str(name)
        if included in (file, *above):
            raise BrokenFixture(f"{file}: includes itself by way of {included.name}")
        merged = _merge(merged, _load(included, (file, *above)))
    return _merge(merged, document)


def _merge(under: Any, over: Any) -> Any:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        both = {key: _merge(under[key], over[key]) for key in under.keys() & over.keys()}
        return {**under, **over, **both}
    if isinstance(under, list) and isinstance(over, list):
        return [*under, *over]
    return over
