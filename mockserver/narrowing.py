"""A vendor's types, narrowed by what a contract's schemas say: what passes them passes the contract's check too.

A narrowed type may be stricter than its schema, but never laxer.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial, reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType
from msgspec.structs import FieldInfo

from mockserver.schema import Document, Schema, resolve

Shape = type[msgspec.Struct]

ANNOTATIONS = {"title", "description", "example", "examples", "default", "deprecated", "format", "x-row", "x-secret"}
"""Keywords that bound nothing. The contract's check does not assert `format` either."""

_BOUNDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
}
_PLAIN: dict[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}
_READ_OTHERWISE = ("\\", "$", "(?")
"""What a pattern may not have: Python reads classes, the end of a text and groups otherwise than JSON Schema does."""


class Inexpressible(Exception):
    """A schema says something that a type cannot say, or that the struct has no place for."""


class Completion(NamedTuple):
    """What is to be filled in where it was left out: a struct's own fields, and those of structs that it holds."""

    defaults: dict[str, Callable[[], Any]]
    inside: dict[str, Completion]


class Narrower:
    """Puts the bounds of a document's schemas into types.

    A field that may be left out is UNSET then; `completions` has, by type, where that is not the last word.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.completions: dict[Shape, Completion] = {}

    def struct(self, shape: Shape, schema: Schema) -> Shape:
        """A subclass of a struct that accepts only objects that the schema allows."""
        schema = self._resolved(schema)
        refuse_others(schema, {"type", "properties", "required", "additionalProperties"})
        fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
        properties, required = schema.get("properties", {}), set(schema.get("required", ()))
        if schema.get("type") != "object" or not required <= fields.keys():
            raise Inexpressible
        types_of = {field.name: self._field(field, properties.get(name)) for name, field in fields.items()}
        narrowed = msgspec.defstruct(
            shape.__name__,
            [
                (field.name, types_of[field.name], NODEFAULT)
                if name in required or field.required
                else (field.name, types_of[field.name] | UnsetType, UNSET)
                for name, field in fields.items()
            ],
            bases=(shape,),
            frozen=True,
            kw_only=True,
            forbid_unknown_fields=True,
            rename={field.name: name for name, field in fields.items()},
        )
        completion = self._completion(fields.values(), types_of)
        if completion.defaults or completion.inside:
            self.completions[narrowed] = completion
        return narrowed

    def _completion(self, fields: Iterable[FieldInfo], types_of: Mapping[str, Any]) -> Completion:
        completion = Completion({}, {})
        for field in fields:
            if field.default_factory is not NODEFAULT:
                completion.defaults[field.name] = field.default_factory
            elif field.default is not NODEFAULT and field.default is not UNSET:
                completion.defaults[field.name] = partial(_same, field.default)
            for option in _options(types_of[field.name]):
                if option in self.completions:
                    completion.inside[field.name] = self.completions[option]
        return completion

    def _field(self, field: FieldInfo, schema: Schema | None) -> Any:
        """The type of a field's values; where the contract has no such property, that of none."""
        if schema is not None:
            return self._type(_options(field.type), schema)
        if field.required:
            raise Inexpressible
        return UnsetType

    def _type(self, options: Collection[Any], schema: Schema) -> Any:
        """The part of a union type that a schema allows, with the schema's bounds."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            refuse_others(schema, {"anyOf"})
            return self._any(options, schema["anyOf"])
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return reduce(or_, (self._type(options, {**schema, "type": kind}) for kind in kinds))
        if kinds == "object":
            return self.struct(_first(option for option in options if _is_struct(option)), schema)
        if kinds == "array":
            return self._array(_first(option for option in options if get_args(option)), schema)
        return plain_type(kinds, options, schema)

    def _any(self, options: Collection[Any], alternatives: Iterable[Schema]) -> Any:
        return merged([(self._kinds(inner), inner) for inner in alternatives], lambda inner: self._type(options, inner))

    def _kinds(self, schema: Schema) -> set[str]:
        kinds = self._resolved(schema).get("type", ())
        return {kinds} if isinstance(kinds, str) else {*kinds}

    def _array(self, option: Any, schema: Schema) -> Any:
        refuse_others(schema, {"type", "items", "minItems", "maxItems"})
        origin, arguments = get_origin(option), get_args(option)
        if origin not in (list, tuple, frozenset) or (origin is frozenset and "maxItems" in schema):
            raise Inexpressible  # a set has lost count of what stood twice
        items = self._type(_options(arguments[0]), schema.get("items", {}))
        if items in self.completions:
            raise Inexpressible  # they would have to be filled in one by one
        return bounded(origin[items, ...] if origin is tuple else origin[items], schema)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            refuse_others(schema, {"$ref"})
            schema = resolve(schema["$ref"], self._document)
        return schema


def merged(alternatives: Iterable[tuple[set[str], Schema]], type_of: Callable[[Schema], Any]) -> Any:
    """One of some types, of each kind the first: what the others would allow besides goes the long way.

    Each alternative comes with the kinds of values that it is for. Raises Inexpressible where none can be a type.
    """
    seen: set[str] = set()
    found: list[Any] = []
    for kinds, inner in alternatives:
        if kinds.isdisjoint(seen):
            with suppress(Inexpressible):
                found.append(type_of(inner))
                seen |= kinds
    if not found:
        raise Inexpressible
    return reduce(or_, found)


def _same(value: Any) -> Any:
    return value


def plain_type(kind: Any, options: Collection[Any], schema: Schema) -> Any:
    """One of the plain types among the options, with a schema's bounds. Raises Inexpressible."""
    plain = _PLAIN.get(kind)
    if plain is None or plain not in options:
        raise Inexpressible
    if "enum" in schema:
        refuse_others(schema, {"type", "enum"})
        return Literal[tuple(value for value in schema["enum"] if type(value) is plain)]
    if plain is type(None):
        return plain  # no other keyword concerns it
    refuse_others(schema, {"type", "pattern", *_BOUNDS})
    return bounded(plain, schema)


def bounded(plain: Any, schema: Schema) -> Any:
    """A type with a schema's bounds. Raises Inexpressible for a pattern that Python reads otherwise."""
    bounds = {_BOUNDS[name]: bound for name, bound in schema.items() if name in _BOUNDS}
    if "pattern" in schema:
        bounds["pattern"] = _in_python(schema["pattern"])
    return Annotated[plain, msgspec.Meta(**bounds)] if bounds else plain


def _in_python(pattern: str) -> str:
    """A pattern of JSON Schema as Python's; there, `$` would match before a last newline too."""
    inner = pattern.removesuffix("$")
    if any(sign in inner for sign in _READ_OTHERWISE):
        raise Inexpressible
    return inner if inner == pattern else inner + r"\Z"


def refuse_others(schema: Schema, known: set[str]) -> None:
    """Raises Inexpressible where a schema says more than these keywords."""
    if schema.keys() - known - ANNOTATIONS:
        raise Inexpressible


def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of a union type, or the one type that it is."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _is_struct(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, msgspec.Struct)


def _first(found: Iterable[Any]) -> Any:
    for option in found:
        return option
    raise Inexpressible
