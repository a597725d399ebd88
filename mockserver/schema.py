"""Compiled JSON Schema checks, and their violations in the order of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import jsonschema_rs

from mockserver.findings import Violation

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]
_LAST = 1 << 30


class Document(dict[str, Any]):
    """A contract's content, prepared once for all the schemas in it that refer to one another."""

    URI = "urn:contract"

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Where the validator finds what `urn:contract#/components/…` refers to."""
        return jsonschema_rs.Registry([(self.URI, dict(self))])


class Check:
    """One schema of a document, compiled when it is first needed: a run meets few of all that there are."""

    def __init__(self, schema: Schema, document: Document) -> None:
        self.schema = schema
        self.document = document

    @cached_property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """What finds all errors."""
        return jsonschema_rs.Draft202012Validator(_absolute(self.schema), registry=self.document.registry)

    @cached_property
    def is_valid(self) -> Callable[[object], bool]:
        """Whether a value meets the schema."""
        return self.validator.is_valid

    def compile(self) -> None:
        """Be ready now. Raises ValueError for what is no schema."""
        _ = self.validator

    def violations(self, value: object, where: str) -> list[Violation]:
        """All that is wrong with a value, in the order of the schema's properties."""
        found = [violation for error in self.validator.iter_errors(value) for violation in self._split(error, where)]
        return sorted(found, key=lambda violation: self._rank(violation.path))

    @property
    def properties(self) -> Mapping[str, Schema]:
        """The schemas of an object's properties."""
        properties: Mapping[str, Schema] = self._resolve(self.schema).get("properties", {})
        return {name: self._resolve(schema) for name, schema in properties.items()}

    def _split(self, error: jsonschema_rs.ValidationError, where: str) -> Iterator[Violation]:
        path, kind = tuple(error.instance_path), error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            yield Violation(where, (*path, kind.property), "required", error.message)
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            known = list(self._asking(error).get("properties", ()))
            for name in kind.unexpected:
                message = f"'{name}' is not a known property"
                yield Violation(where, (*path, name), "additionalProperties", message, bound=known)
        elif isinstance(
            kind, (jsonschema_rs.ValidationErrorKind.AnyOf, jsonschema_rs.ValidationErrorKind.OneOfNotValid)
        ):
            yield from self._split_alternatives(error, where)
        else:
            yield Violation(where, path, kind.name, error.message, self._row(path), kind.value)

    def _split_alternatives(self, error: jsonschema_rs.ValidationError, where: str) -> Iterator[Violation]:
        """The violations of the alternative that was meant: of those whose type the value has, the one that it is nearest to."""
        path, alternatives = tuple(error.instance_path), error.kind.context  # type: ignore[attr-defined]
        fitting = [alternative for alternative in alternatives if not _types_asked(alternative, path)]
        tags = _tags_missed(fitting, path)
        if tags:
            at, options = tags
            yield Violation(where, at, "enum", f"must be one of {', '.join(options)}", self._row(at), options)
        elif fitting:
            for inner in min(fitting, key=_farness):
                yield from self._split(inner, where)
        else:
            types = [type for alternative in alternatives for type in _types_asked(alternative, path)]
            yield Violation(where, path, "type", error.message, self._row(path), types)

    def _asking(self, error: jsonschema_rs.ValidationError) -> Schema:
        """The schema that has the keyword which a value violates."""
        node: Any = self.schema
        for step in error.evaluation_path[:-1]:
            node = resolve(node["$ref"], self.document) if step == "$ref" else node[step]
        found: Schema = node
        return found

    def _row(self, path: Path) -> str | None:
        node: Schema = self.schema
        for step in path:
            node = self._step(self._resolve(node), step)
        row: str | None = node.get("x-row") or self._resolve(node).get("x-row")
        return row

    def _rank(self, path: Path) -> tuple[int, ...]:
        """Where a path stands in the schema: the position of each name among its object's properties."""
        node, rank = self.schema, []
        for step in path:
            node = self._resolve(node)
            if isinstance(step, int):
                rank.append(step)
            else:
                names = list(node.get("properties", ()))
                rank.append(names.index(step) if step in names else _LAST)
            node = self._step(node, step)
        return tuple(rank)

    def _step(self, node: Schema, step: str | int) -> Schema:
        inner = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
        return inner if isinstance(inner, Mapping) else {}

    def _resolve(self, node: Schema) -> Schema:
        """Follow references, and the object among alternatives (`anyOf` with null)."""
        while "$ref" in node or "anyOf" in node:
            if "$ref" in node:
                node = resolve(node["$ref"], self.document)
            else:
                node = next((option for option in node["anyOf"] if option.get("type") != "null"), {})
        return node


def _farness(alternative: Sequence[jsonschema_rs.ValidationError]) -> tuple[bool, int]:
    """How far a value is from an alternative: whether it has another tag, and how much is wrong with it."""
    return any(error.kind.name == "const" for error in alternative), len(alternative)


def _tags_missed(
    alternatives: Sequence[Iterable[jsonschema_rs.ValidationError]], path: Path
) -> tuple[Path, list[str]] | None:
    """Where the object at a path has a tag that none of the alternatives has, and their tags; None where it has none."""
    missed = [
        {tuple(error.instance_path): error.kind.value for error in alternative if error.kind.name == "const"}
        for alternative in alternatives
    ]
    shared = (
        {at for at in missed[0] if len(at) == len(path) + 1 and all(at in tags for tags in missed)} if missed else ()
    )
    at = next(iter(shared), None)
    return None if at is None or len(missed) == 1 else (at, [str(tags[at]) for tags in missed])


def _types_asked(alternative: Iterable[jsonschema_rs.ValidationError], path: Path) -> list[str]:
    """The types that an alternative asks for at a path; none where the value there has one of them."""
    here = (error.kind for error in alternative if tuple(error.instance_path) == path)
    return [type for kind in here if isinstance(kind, jsonschema_rs.ValidationErrorKind.Type) for type in kind.types]


def _absolute(node: Any) -> Any:
    """A schema whose references lead into the document from outside of it."""
    if isinstance(node, Mapping):
        return {name: Document.URI + inner if name == "$ref" else _absolute(inner) for name, inner in node.items()}
    return [_absolute(inner) for inner in node] if isinstance(node, list) else node


def resolve(reference: str, document: Mapping[str, Any]) -> Any:
    """What a local reference such as `#/components/schemas/Error` points to. Raises KeyError."""
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node
