"""Types of what a schema allows: a text that can be decoded as one meets the schema, and one call in C finds that out.

A type may be stricter than its schema, but never laxer.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Literal

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType

from mockserver.narrowing import Inexpressible, bounded, merged, plain_type, refuse_others
from mockserver.schema import Document, Schema, resolve

_CONSTANTS = {str: "string", int: "integer"}
"""What a type can say that a value must be, and the kind that it is of."""


class Types:
    """The types of one document's schemas, each made once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[int, Any] = {}

    def of(self, schema: Schema) -> Any:
        """The type of a schema. Raises Inexpressible where no type can say the same."""
        schema = self._resolved(schema)
        if id(schema) not in self._made:
            self._made[id(schema)] = None  # while it is being made: what refers to itself is found out
            try:
                self._made[id(schema)] = self._make(schema)
            except Inexpressible:
                del self._made[id(schema)]
                raise
        made = self._made[id(schema)]
        if made is None:
            raise Inexpressible
        return made

    def _make(self, schema: Schema) -> Any:
        if "anyOf" in schema:
            refuse_others(schema, {"anyOf"})
            return merged([(self._kinds(inner), inner) for inner in schema["anyOf"]], self.of)
        if "const" in schema:
            return _constant(schema)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return reduce(or_, (self._make({**schema, "type": kind}) for kind in kinds))
        if kinds == "object":
            return self._object(schema)
        if kinds == "array":
            refuse_others(schema, {"type", "items", "minItems", "maxItems"})
            return bounded(list[self.of(schema["items"])], schema) if "items" in schema else bounded(list, schema)  # type: ignore[misc]
        return plain_type(kinds, (str, int, float, bool, type(None)), schema)

    def _object(self, schema: Schema) -> Any:
        refuse_others(schema, {"type", "properties", "required", "additionalProperties"})
        properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        required = set(schema.get("required", ()))
        if not isinstance(more, bool) or not required <= properties.keys():
            raise Inexpressible
        names = {f"field{number}": name for number, name in enumerate(properties)}
        types = {field: self.of(properties[name]) for field, name in names.items()}
        return msgspec.defstruct(
            "Sent",
            [
                (field, types[field], NODEFAULT) if name in required else (field, types[field] | UnsetType, UNSET)
                for field, name in names.items()
            ],
            kw_only=True,
            gc=False,
            forbid_unknown_fields=not more,
            rename=names,
        )

    def _kinds(self, schema: Schema) -> set[str]:
        """The kinds of values that a schema is for; a constant is for those of its own kind."""
        resolved = self._resolved(schema)
        if "const" in resolved:
            return {_CONSTANTS.get(type(resolved["const"]), "")}
        kinds = resolved.get("type", ())
        return {kinds} if isinstance(kinds, str) else {*kinds}

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            refuse_others(schema, {"$ref"})
            schema = resolve(schema["$ref"], self._document)
        return schema


def _constant(schema: Schema) -> Any:
    refuse_others(schema, {"type", "const"})
    value = schema["const"]
    if type(value) not in _CONSTANTS:
        raise Inexpressible
    return Literal[value]
