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
        unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
        if unknown:
            known = ", ".join(_keys(inspect.type_info(wanted), re.findall(r"[^.\[\]]+", place)))
            message = f"unknown key '{unknown[1]}'; known: {known}"
        place = ".".join(filter(None, (at, place)))
        raise Misshapen(f"{place}: {message}" if place else message) from None


def _keys(node: inspect.Type, path: list[str]) -> list[str]:
    """The keys of the struct that a path of keys and `...` (any item) leads to."""
    if isinstance(node, inspect.UnionType):
        node = next(option for option in node.types if not isinstance(option, inspect.NoneType))
    if isinstance(node, inspect.StructType):
        fields = {field.encode_name: field.type for field in node.fields}
        return _keys(fields[path[0]], path[1:]) if path else list(fields)
    if isinstance(node, inspect.DictType):
        return _keys(node.value_type, path[1:])
    if isinstance(node, (inspect.ListType, inspect.VarTupleType)):
        return _keys(node.item_type, path[1:])
    return []
