"""Fingerprints of record types: those with the same one can read each other's records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import NODEFAULT, UNSET, inspect

from mockserver.state.change import Record
from mockserver.state.collection import Collection

Shapes = Mapping[str, str]
"""The fingerprint of each collection's records."""


def shapes(collections: Mapping[str, Collection[Any]]) -> dict[str, str]:
    """The fingerprint of each collection's records."""
    types: dict[str, type[Record]] = {name: each.record_type for name, each in collections.items()}
    return {name: fingerprint(types[name], each.key_field) for name, each in collections.items()}


def differences(
    there: Shapes, collections: Mapping[str, Collection[Any]], records: Mapping[str, Sequence[msgspec.Raw]]
) -> Iterator[str]:
    """What a document with these shapes and records has that does not fit to the collections here, or lacks."""
    here = shapes(collections)
    vendors_there, vendors_here = _owners(there), _owners(here)
    if vendors_there - vendors_here:
        yield f"it has {_list(vendors_there - vendors_here)}, not served here; served: {_list(vendors_here)}"
    if vendors_here - vendors_there:
        yield f"it lacks {_list(vendors_here - vendors_there)}, served here; it has: {_list(vendors_there)}"
    known = vendors_there & vendors_here
    for names, what in ((there.keys() - here.keys(), "it has also"), (here.keys() - there.keys(), "it lacks")):
        own = [name for name in names if name.partition(".")[0] in known]
        if own:
            yield f"{what} the collections {_list(own)}"
    for name in sorted(there.keys() & here.keys()):
        if there[name] != here[name]:
            yield f"{name} have other fields{_fields(collections[name].record_type, records.get(name))}"


def _owners(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _fields(record_type: type[Record], records: Sequence[msgspec.Raw] | None) -> str:
    """Names that only one side has, as far as the first record there tells."""
    try:
        given = msgspec.json.decode(records[0], type=dict[str, msgspec.Raw]) if records else None
    except ValueError:
        given = None
    if given is None:
        return ""
    known = {field.encode_name for field in msgspec.structs.fields(record_type)}
    told = [
        f"{where} also {_list(names)}"
        for where, names in (("there", given.keys() - known), ("here", known - given.keys()))
        if names
    ]
    return f": {', '.join(told) or 'of other types'}"


@cache
def fingerprint(record_type: type[Record], key: str) -> str:
    """The fingerprint of records that are stored under their field `key`.

    Names and types of fields make it, at any depth; their order, the names of classes and bounds of values do not.
    """
    text = f"{key}: {_text(inspect.type_info(record_type), ())}"
    return blake2b(text.encode(), digest_size=8, person=b"mockserver").hexdigest()


def _text(node: inspect.Type, above: tuple[type, ...]) -> str:
    """A type in words of its own; `above` are the structs that it is inside of, for one may hold itself."""
    kind = type(node).__name__.removesuffix("Type")
    if isinstance(node, inspect.StructType):
        if node.cls in above:
            return f"{kind} {len(above) - above.index(node.cls)} levels up"
        fields = sorted(_field(node, field, (*above, node.cls)) for field in node.fields)
        return f"{kind}{'' if node.tag is None else f' {node.tag_field}={node.tag}'}({', '.join(fields)})"
    if isinstance(node, inspect.LiteralType):
        return f"{kind}({', '.join(sorted(map(repr, node.values)))})"
    inner = [_text(each, above) for each in _inner(node)]
    return f"{kind}({', '.join(sorted(inner) if isinstance(node, inspect.UnionType) else inner)})" if inner else kind


def _field(struct: inspect.StructType, field: inspect.Field, above: tuple[type, ...]) -> str:
    """A field; with its default where records are stored without what equals it."""
    left_out = struct.cls.__struct_config__.omit_defaults and not field.required
    default = field.default if field.default is not NODEFAULT else field.default_factory
    return f"{field.encode_name}: {_text(field.type, above)}" + (f" = {default!r}" if left_out else "")


def _inner(node: inspect.Type) -> Iterator[inspect.Type]:
    """The types that a type is made of, in their order."""
    for name in ("types", "item_types", "key_type", "item_type", "value_type"):
        found = getattr(node, name, UNSET)
        if isinstance(found, tuple):
            yield from found
        elif found is not UNSET:
            yield found
