"""Path, query and header parameters: read by the contract's types, then checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from mockserver.findings import Violation
from mockserver.recent import Recent
from mockserver.schema import Check, Document, Schema, resolve

_DIGITS = 18
_HUGE = 10**_DIGITS
_SHORT = 256
"""Queries of so many characters at most are known again."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}([.][0-9]{1,18})?")
Bounds = Mapping[str, tuple[int, int]]
Read = tuple[dict[str, Any], Sequence[Violation]]


class Parameters:
    """The parameters of one operation at one place (`path`, `query` or `header`)."""

    def __init__(self, declared: Iterable[Mapping[str, Any]], where: str, document: Document) -> None:
        here = [parameter for parameter in declared if parameter["in"] == where]
        self.where = where
        self.names = [parameter["name"] for parameter in here]
        self._schemas = {parameter["name"]: _resolved(parameter["schema"], document) for parameter in here}
        self._keys = [(name, name.lower().encode()) for name in self.names]
        self._required = [parameter["name"] for parameter in here if parameter.get("required")]
        self._document = document
        self._known: Recent[str, Read] = Recent()
        self._ids = _bounds_of_ids(self._schemas) if where == "path" else None

    @cached_property
    def _check(self) -> Check:
        """Compiled when first needed: most operations have no parameters, and are never sent any."""
        schema = {
            "type": "object",
            "properties": self._schemas,
            "required": self._required,
            "additionalProperties": False,
        }
        return Check(schema, self._document)

    def read_query(self, text: str) -> Read:
        """Values by name from a query string. A name given twice is a list where the contract says array.

        The last few texts are known again, for an app asks for the same thing many times.
        """
        known = self._known.get(text)
        if known is None:
            known = self._read_query(text)
            if len(text) <= _SHORT:
                self._known.keep(text, known)
        return known[0].copy(), known[1]

    def _read_query(self, text: str) -> Read:
        pairs = parse_qsl(text, keep_blank_values=True)
        values: dict[str, Any] = {}
        for name, value in pairs:
            if self._schemas.get(name, {}).get("type") == "array":
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        return self.read(values)

    def read_headers(self, headers: Mapping[bytes, bytes]) -> Read:
        """Values by the names of the contract, from headers by their names in lower case."""
        return self.read({name: headers[key].decode("latin-1") for name, key in self._keys if key in headers})

    def read(self, texts: Mapping[str, Any]) -> Read:
        """Values by name, converted to the types of the contract, and what is wrong with them."""
        if self._ids is not None:
            ids = _read_ids(texts, self._ids)
            if ids is not None:
                return ids, []
        values = {name: convert(value, self._schemas.get(name, {})) for name, value in texts.items()}
        if self._check.is_valid(values):
            return values, []
        return values, self._check.violations(values, self.where)


def _bounds_of_ids(schemas: Mapping[str, Schema]) -> Bounds | None:
    """The least and the greatest value of each parameter, where all are integers and nothing more is asked of them."""
    known = {"type", "minimum", "maximum", "description", "example", "examples"}
    if not all(schema.get("type") == "integer" and schema.keys() <= known for schema in schemas.values()):
        return None
    return {name: (schema.get("minimum", -_HUGE), schema.get("maximum", _HUGE)) for name, schema in schemas.items()}


def _read_ids(texts: Mapping[str, str], bounds: Bounds) -> dict[str, Any] | None:
    """Integers by name; None where one is no id, for the check to say why. What most paths have, without the check."""
    ids: dict[str, Any] = {}
    for name, text in texts.items():
        if not text.isdecimal() or not text.isascii() or len(text) > _DIGITS:
            return None
        ids[name] = id = int(text)
        least, greatest = bounds[name]
        if not least <= id <= greatest:
            return None
    return ids


def _resolved(schema: Schema, document: Mapping[str, Any]) -> Schema:
    return resolve(schema["$ref"], document) if "$ref" in schema else schema


def convert(value: Any, schema: Schema) -> Any:
    """A text as one of the schema's types where it can be read so; otherwise as it is, for the check to refuse."""
    if isinstance(value, list):
        return [convert(item, schema.get("items", {})) for item in value]
    kinds = schema.get("type", ())
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        match kind:
            case "integer" if _INTEGER.fullmatch(value):
                return int(value)
            case "number" if _NUMBER.fullmatch(value):
                return float(value)
            case "boolean" if value in ("true", "false"):
                return value == "true"
    return value
