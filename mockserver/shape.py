"""Turning what a person wrote into typed values, with complaints that a person can use."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")


class Misshapen(ValueError):
    """A value does not have the shape that was asked for. The message names the place and what would be right."""


def shape(value: Any, wanted: type[T], at: str = "") -> T:
    """The value as `wanted`; `at` is where it stands. Raises Misshapen; for an unknown key, with the known ones."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        message, _, rest = str(error).partition(" - at `$")
        place = rest.rstrip("`").lstrip(".")
        path = re.findall(r"\.\.\.|[^.\[\]]+", place)
        unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
        if unknown:
            message = f"unknown key '{unknown[1]}'; known: {', '.join(_keys(_node(inspect.type_info(wanted), path)))}"
        elif message.startswith("Invalid enum value"):
            message = f"{message}; known: {', '.join(_words(_node(inspect.type_info(wanted), path)))}"
        place = ".".join(filter(None, (at, place)))
        raise Misshapen(f"{place}: {message}" if place else message) from None


def _node(node: inspect.Type, path: list[str]) -> inspect.Type:
    """The type that a path of keys, numbers and `...` (any key) leads to."""
    if isinstance(node, inspect.UnionType):
        node = next(option for option in node.types if not isinstance(option, inspect.NoneType))
    if not path:
        return node
    if isinstance(node, inspect.StructType):
        fields = {field.encode_name: field.type for field in node.fields}
        return _node(fields[path[0]], path[1:])
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
