"""Where things stand in YAML files: from a path of keys to file, line and column, looked up when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from mockserver.shape import Key

_MERGE = "tag:yaml.org,2002:merge"
_PLACE = re.compile(r"((?:[\w-]+|\[\d+\])(?:\.[\w-]+|\[\d+\])*): ")
_STEP = re.compile(r"\[(\d+)\]|([\w-]+)")
Kind = Literal["mapping", "list", "other"]


class Mark(msgspec.Struct, frozen=True):
    """A place in a file, counted as editors do: the first line and the first column are 1."""

    file: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Marks(msgspec.Struct, frozen=True):
    """Where a value begins, or its key where it has one; and the same of all that is in it, by key or number."""

    at: Mark
    kind: Kind = "other"
    inner: Mapping[Key, Marks] = {}

    def find(self, path: Sequence[Key]) -> Mark:
        """Where a path leads to; where it leads astray, as far as it leads."""
        marks = self
        for step in path:
            number = marks.kind == "list" and str(step).isdigit()
            inner = marks.inner.get(int(step) if number else str(step))
            if inner is None:
                break
            marks = inner
        return marks.at

    def over(self, under: Marks) -> Marks:
        """Those of two documents of which this one was merged over the other: mappings by key, lists joined."""
        if self.kind == under.kind == "list":
            return Marks(self.at, "list", dict(enumerate([*under.inner.values(), *self.inner.values()])))
        if self.kind == under.kind == "mapping":
            both = {name: self.inner[name].over(under.inner[name]) for name in self.inner.keys() & under.inner.keys()}
            return Marks(self.at, "mapping", {**under.inner, **self.inner, **both})
        return self


def read_marks(file: Path) -> Marks:
    """The marks of a file. Raises OSError, UnicodeDecodeError, yaml.YAMLError."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Marks(Mark(file)) if node is None else _marks(file, node, node, ())


def path_in(message: str) -> list[Key]:
    """The path that a message begins with, as in `vendors.shop.customers[0]: …`; empty where there is none."""
    found = _PLACE.match(message)
    return path_of(found[1]) if found else []


def path_of(place: str) -> list[Key]:
    """The path that a text such as `customers[0].name` or `0.then` shows."""
    steps = [number or name for number, name in _STEP.findall(place)]
    return [int(step) if step.isdigit() else step for step in steps]


def _marks(file: Path, node: yaml.Node, key: yaml.Node, above: tuple[yaml.Node, ...]) -> Marks:
    mark = Mark(file, key.start_mark.line + 1, key.start_mark.column + 1)
    inside = (*above, node)
    if node in above:  # an alias of what it is a part of
        return Marks(mark)
    if isinstance(node, yaml.SequenceNode):
        return Marks(mark, "list", {at: _marks(file, each, each, inside) for at, each in enumerate(node.value)})
    if isinstance(node, yaml.MappingNode):
        found = [(name, _marks(file, value, name, inside)) for name, value in node.value]
        merged = [pair for name, marks in found if name.tag == _MERGE for pair in _merged(marks)]
        own: list[tuple[Key, Marks]] = [(str(name.value), marks) for name, marks in found if name.tag != _MERGE]
        return Marks(mark, "mapping", dict([*merged, *own]))
    return Marks(mark)


def _merged(marks: Marks) -> Iterator[tuple[Key, Marks]]:
    """What `<<` brings into a mapping: another one, or those of a list, of which the first comes before the others."""
    for each in [marks] if marks.kind == "mapping" else reversed(list(marks.inner.values())):
        yield from each.inner.items()
