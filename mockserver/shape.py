"""Turning what a person wrote into typed values, with complaints that a person can use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")
Key = str | int
"""A step into a value: a key of a mapping, or a number in a list."""
_STEP = re.compile(r"\[(\d+|\.\.\.)\]|([^.\[\]]+)")
_WHERE = re.compile(r"(.*?) - at (`key` in )?`\$(.*)`", re.DOTALL)
"""How msgspec ends its messages."""


class Misshapen(ValueError):
    """A value does not have the shape that was asked for. The message names the place and what would be right.

    `path` leads to the place, for an unknown key to that key; `known` are the names that there are.
    """

    def __init__(
        self, reason: str, path: Sequence[Key], known: Sequence[str] = (), at: Sequence[Key] | None = None
    ) -> None:
        place = text_of(path if at is None else at)
        super().__init__(f"{place}: {reason}" if place else reason)
        self.path = tuple(path)
        self.known = tuple(known)


def shape(value: Any, wanted: type[T], at: Sequence[Key] = ()) -> T:
    """The value as `wanted`; `at` is where it stands. Raises Misshapen; for an unknown key, with the known ones."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise misshapen(error, wanted, at, _exact(value, wanted, _path(error))) from None


def misshapen(
    error: msgspec.ValidationError, wanted: Any, at: Sequence[Key] = (), path: Sequence[Key] | None = None
) -> Misshapen:
    """What to raise where a value is not `wanted`; `at` is where it stands, and `path` leads from there to the place."""
    inside = _path(error) if path is None else list(path)
    node = _node(inspect.type_info(wanted), inside)
    message = _message(error)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
    if unknown:
        return unknown_key(unknown[1], _keys(node), [*at, *inside])
    choice = re.fullmatch(r"Invalid enum value '?(.*?)'?", message)
    if choice is None:
        return Misshapen(message, [*at, *inside])
    known = _words(node)
    return Misshapen(f"{message}{meant(choice[1], known)}; known: {', '.join(known)}", [*at, *inside], known)


def unknown_key(key: str, known: Sequence[str], where: Sequence[Key] = ()) -> Misshapen:
    """What is said of a key that is not known in the mapping that a path leads to."""
    return Misshapen(
        f"unknown key '{key}'{meant(key, known)}; known: {', '.join(known)}", [*where, key], known, at=where
    )


def meant(given: str, known: Iterable[str]) -> str:
    """A question after the known name that is nearest to the given one, to stand behind that; empty if none is near."""
    near = nearest(given, known)
    return "" if near is None else f" (did you mean '{near}'?)"


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like the given one; None where none looks like it."""
    import difflib  # noqa: PLC0415  only where something is wrong

    return next(iter(difflib.get_close_matches(given, list(known), 1)), None)


def text_of(path: Sequence[Key]) -> str:
    """A path as messages show it: `customers[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def strangers(given: Any, wanted: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """The keys of a JSON value that no struct has, each with those that there are: msgspec alone would drop them."""
    yield from _strangers(given, inspect.type_info(wanted), place)


def _message(error: msgspec.ValidationError) -> str:
    """What is wrong, without where."""
    found = _WHERE.fullmatch(str(error))
    if found is None:
        return str(error)
    return f"a key: {found[1]}" if found[2] else found[1]


def _path(error: msgspec.ValidationError) -> list[Key]:
    """Where the error is; a step `...` stands for any key."""
    found = _WHERE.fullmatch(str(error))
    steps = _STEP.findall(found[3] if found else "")
    return [int(number) if number.isdigit() else number or name for number, name in steps]


def _exact(value: Any, wanted: Any, path: list[Key]) -> list[Key]:
    """A path with the true keys for `...`: those of the first values that are refused by themselves."""
    while "..." in path:
        step = path.index("...")
        mapping = value
        for key in path[:step]:
            mapping = mapping[key]
        refused = (key for key in mapping if not _fits(_with(value, path[:step], {key: mapping[key]}), wanted))
        path = [*path[:step], str(next(refused)), *path[step + 1 :]]
    return path


def _fits(value: Any, wanted: Any) -> bool:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        return False
    return True


def _with(value: Any, path: Sequence[Key], inner: Any) -> Any:
    """The value, with something else where a path leads."""
    if not path:
        return inner
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], inner)
    return copy


def _strangers(given: Any, node: inspect.Type, place: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, inspect.UnionType):
        node = _alternative(given, node)
    if isinstance(given, dict) and isinstance(node, inspect.StructType):
        fields = {field.encode_name: field.type for field in node.fields}
        for name, inner in given.items():
            if name in fields:
                yield from _strangers(inner, fields[name], f"{place}{name}.")
            elif name != node.tag_field:
                yield place + name, list(fields)
    elif isinstance(given, dict) and isinstance(node, inspect.DictType):
        for name, inner in given.items():
            yield from _strangers(inner, node.value_type, f"{place}{name}.")
    elif isinstance(given, list):
        for at, (inner, item) in enumerate(zip(given, _item_types(node), strict=False)):
            yield from _strangers(inner, item, f"{place}{at}.")


def _alternative(given: Any, node: inspect.UnionType) -> inspect.Type:
    """The alternative that a value is meant to be: of several structs the one that its tag names."""
    options = [option for option in node.types if not isinstance(option, inspect.NoneType)]
    tagged = (each for each in options if isinstance(each, inspect.StructType) and each.tag_field)
    tags = given if isinstance(given, dict) else {}
    return next((each for each in tagged if tags.get(each.tag_field) == each.tag), options[0])


def _item_types(node: inspect.Type) -> Iterable[inspect.Type]:
    """What a list's items are, one after the other; nothing where no list belongs."""
    if isinstance(node, inspect.TupleType):
        return node.item_types
    if isinstance(node, (inspect.CollectionType, inspect.VarTupleType)):
        return repeat(node.item_type)
    return ()


def _node(node: inspect.Type, path: Sequence[Key]) -> inspect.Type:
    """The type that a path of keys, numbers and `...` (any key) leads to."""
    if isinstance(node, inspect.UnionType):
        node = next(option for option in node.types if not isinstance(option, inspect.NoneType))
    if not path:
        return node
    if isinstance(node, inspect.StructType):
        fields = {field.encode_name: field.type for field in node.fields}
        return _node(fields[str(path[0])], path[1:])
    if isinstance(node, inspect.DictType):
        return _node(node.value_type, path[1:])
    if isinstance(node, (inspect.ListType, inspect.VarTupleType)):
        return _node(node.item_type, path[1:])
    return node


def _keys(node: inspect.Type) -> list[str]:
    """The keys that an object may have."""
    return [field.encode_name for field in node.fields] if isinstance(node, inspect.StructType) else []


def _words(node: inspect.Type) -> list[str]:
    """The values among which there is a choice."""
    return [f"{value}" for value in node.values] if isinstance(node, inspect.LiteralType) else []
