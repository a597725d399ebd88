"""Objects of a file taken apart: each key is looked at by itself, so that all complaints are told, not only the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import inspect

from mockserver.marks import Mark
from mockserver.scenarios import durations
from mockserver.scenarios.loading import Page
from mockserver.scenarios.syntax import BrokenExpression, expressions_in
from mockserver.shape import Key, Misshapen, shape, text_of, unknown_key

T = TypeVar("T", bound=msgspec.Struct)
Path = tuple[Key, ...]
EXTENSION = "x-"
MOCK = "x-mock"
_PATTERN = re.compile(r"Expected `str` matching regex '(.*)'", re.DOTALL)
_LENGTH = re.compile(r"Expected `(?:str|array)` of length >= 1")
_WORDS = {
    r"^[A-Za-z0-9_\-]+\Z": "an id has letters, digits, _ and - only",
    r"^[A-Za-z0-9._\-]+\Z": "a name has letters, digits, dots, _ and - only",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z": "a name has 1 to 63 letters, digits, dots, _ and -, no sign first",
    r"^1\.0\.\d+(-.+)?\Z": "this is no version of Arazzo that is known here; write 1.0.1",
}
"""What is said where a text does not fit a pattern: patterns are no words for people."""


class Taker:
    """Takes a page apart, and gathers what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[tuple[Mark, str]] = []

    def complain(self, message: str, path: Sequence[Key], mark: Mark | None = None) -> None:
        """Something is wrong at a place."""
        at, place = mark or self.page.mark(path), text_of(path)
        self.complaints.append((at, f"{at}: {place}: {message}" if place else f"{at}: {message}"))

    def complain_whole(self, message: str, path: Sequence[Key]) -> None:
        """The same of a message that names the place itself."""
        at = self.page.mark(path)
        self.complaints.append((at, f"{at}: {message}"))

    def told(self) -> list[str]:
        """All complaints, in the order of the file."""
        ordered = sorted(self.complaints, key=lambda each: (each[0].line, each[0].column))
        return list(dict.fromkeys(message for _, message in ordered))

    def take(self, value: Any, wanted: type[T], path: Path, *, mocked: bool = False) -> T | None:
        """An object as a struct; None where it is none, or lacks something. `mocked` is whether `x-mock` may be there."""
        fields = _fields(wanted)
        if not isinstance(value, Mapping):
            known = ", ".join(fields)
            self.complain(f"this is a mapping with {known}", path)
            return None
        self._check_keys(value, list(fields), path, mocked=mocked)
        taken, whole = {}, True
        for name, field in fields.items():
            if name not in value:
                if field.required:
                    self.complain(f"the key '{name}' is missing", path)
                    whole = False
                continue
            found = self._one(value[name], field.type, (*path, name))
            if found is not msgspec.UNSET:
                taken[field.name] = found
            whole = whole and (found is not msgspec.UNSET or not field.required)
        return wanted(**taken) if whole else None

    def check(self, value: Any, path: Path) -> None:
        """Complain of what is meant as an expression in a JSON value, and is none."""
        for inner, place in leaves(value, path):
            try:
                expressions_in(inner)
            except BrokenExpression as error:
                self.complain(str(error), place)

    def _check_keys(self, value: Mapping[str, Any], known: Sequence[str], path: Path, *, mocked: bool) -> None:
        for key in value:
            if key == MOCK and not mocked:
                self.complain("x-mock stands on the document, on workflows and on steps only", (*path, key))
            elif key not in known and not key.startswith(EXTENSION):
                unknown = unknown_key(key, [*known, MOCK] if mocked else known, path)
                self.complain_whole(str(unknown), unknown.path)

    def _one(self, value: Any, wanted: Any, path: Path) -> Any:
        """A value as a type; UNSET where it is not. Structs are taken apart, wherever they stand."""
        struct = _struct(wanted)
        if struct and isinstance(value, Mapping):
            found = self.take(value, struct, path)
            return msgspec.UNSET if found is None else found
        many = _struct(_item(wanted))
        if many and isinstance(value, list):
            all_taken = [self.take(each, many, (*path, at)) for at, each in enumerate(value)]
            return tuple(each for each in all_taken if each is not None)
        try:
            return shape(value, wanted, path)
        except Misshapen as error:
            self._complain_of(error, value, wanted)
            return msgspec.UNSET

    def _complain_of(self, error: Misshapen, value: Any, wanted: Any) -> None:
        """Say what is wrong, in words that say what would be right."""
        pattern, message = _PATTERN.search(str(error)), str(error)
        if _is_duration(wanted):
            self.complain(_of_duration(value), error.path)
        elif pattern and pattern[1].replace("\\\\", "\\") in _WORDS:
            self.complain(_WORDS[pattern[1].replace("\\\\", "\\")], error.path)
        elif _LENGTH.search(message):
            self.complain("nothing is in here; at least one is needed", error.path)
        else:
            self.complain_whole(message, error.path)


def leaves(value: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """All that is in a JSON value and is neither mapping nor list, each with the path to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield value, path


@cache
def _fields(wanted: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(wanted)}


def _of_duration(value: Any) -> str:
    try:
        durations.read(value)
    except durations.BrokenDuration as error:
        return str(error)
    return durations.RIGHT


def _is_duration(wanted: Any) -> bool:
    node = inspect.type_info(wanted)
    options = node.types if isinstance(node, inspect.UnionType) else [node]
    bare = [each.type if isinstance(each, inspect.Metadata) else each for each in options]
    return any(isinstance(each, inspect.StrType) and each.pattern == durations.DURATION for each in bare)


def _struct(wanted: Any) -> type[msgspec.Struct] | None:
    """The one struct that a type is, or is beside None and plain values."""
    options = get_args(wanted) if get_origin(wanted) not in (tuple, dict, None) else (wanted,)
    structs = [each for each in options if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return structs[0] if len(structs) == 1 else None


def _item(wanted: Any) -> Any:
    """What the items of a tuple of any length are; None where it is no such tuple."""
    arguments = get_args(wanted)
    return arguments[0] if get_origin(wanted) is tuple and arguments[1:] == (...,) else None
