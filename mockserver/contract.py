"""A contract: an OpenAPI 3.1 document read into operations, checks and error rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from mockserver import yamlfile
from mockserver.parameters import Parameters
from mockserver.schema import Check, Document, ReplyCheck, resolve

JSON = "application/json"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
UNKNOWN_PATH, WRONG_METHOD = "unknown-path", "wrong-method"
UNREADABLE_BODY, BODY_TOO_LARGE, RATE_LIMITED = "unreadable-body", "body-too-large", "rate-limited"
WRONG_MEDIA_TYPE = "wrong-media-type"


class BrokenContract(Exception):
    """A contract cannot be read, or does not match the code that answers it. The message names file and place."""


class ErrorRow(msgspec.Struct, frozen=True):
    """One row of a vendor's error table.

    `message` and the texts in `detail` are templates for `str.format`; `example` fills their placeholders when
    the row is asked for. `when` names the condition that the kernel itself meets (`unknown-path`, …).
    """

    id: str
    message: str
    evidence: str
    status: int = 200
    when: str | None = None
    example: dict[str, Any] = {}
    detail: dict[str, Any] = {}

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """The placeholders' values: what the refusal gave, else the row's example."""
        return {**self.example, **given}


@dataclass(frozen=True)
class RateLimit:
    """How many calls the vendor accepts in a window of `seconds` for one credential."""

    calls: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path of a contract. `replies` has a check per status and media type, None where none is needed."""

    id: str
    method: str
    path: str
    safe: bool
    evidence: str
    summary: str
    errors: Mapping[str, ErrorRow]
    own_errors: Mapping[str, ErrorRow]
    in_path: Parameters
    in_query: Parameters
    body: Mapping[str, Check]
    body_required: bool
    replies: Mapping[tuple[int, str], ReplyCheck | None]

    def undeclared(self, status: int, media_type: str) -> str:
        """What to say of a reply of a kind that `replies` does not have."""
        declared = ", ".join(f"{status} {media}" for status, media in self.replies)
        return f"{status} {media_type} is not declared for {self.id}; declared: {declared}"


@dataclass(frozen=True)
class Contract:
    """Everything that one contract says. `api` is the file's name, `text` the file."""

    api: str
    text: str
    document: Mapping[str, Any]
    base_path: str
    operations: Mapping[str, Operation]
    errors: Mapping[str, ErrorRow]
    limit: RateLimit | None
    claims: re.Pattern[str] | None
    secrets: frozenset[str]
    secret_headers: frozenset[bytes]
    ignores_content_type: bool
    refuses_unknown_parameters: bool
    conditions: Mapping[str, ErrorRow] = field(default_factory=dict)

    def rows(self) -> dict[str, ErrorRow]:
        """Every row by id. Operations that share an id agree on all but the wording."""
        own = {id: row for operation in self.operations.values() for id, row in operation.own_errors.items()}
        return {**self.errors, **own}


def read_contract(file: Path) -> Contract:
    """Read and compile a contract. Raises BrokenContract."""
    try:
        text, content = yamlfile.read(file)
        return _contract(file.stem, text, Document(content))
    except yamlfile.BrokenYaml as error:
        raise BrokenContract(str(error)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, re.error) as error:
        raise BrokenContract(f"{file}: not a contract: {type(error).__name__}: {error}") from error


def _contract(api: str, text: str, document: Document) -> Contract:
    common = _rows(document.get("x-errors", ()))
    base_path = document["servers"][0]["url"].rstrip("/")
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    claims = document.get("x-claims")
    limit = document.get("x-rate-limit")
    operations = {operation.id: operation for operation in _operations(document, base_path, common)}
    return Contract(
        api=api,
        text=text,
        document=document,
        base_path=base_path,
        operations=operations,
        errors=common,
        limit=msgspec.convert(limit, RateLimit) if limit else None,
        claims=re.compile(claims) if claims else None,
        secrets=frozenset(_secret_names(document.get("components", {}))),
        secret_headers=frozenset(
            {scheme["name"].lower().encode() for scheme in schemes if scheme.get("in") == "header"}
        ),
        ignores_content_type=document.get("x-ignore-content-type", False),
        refuses_unknown_parameters=document.get("x-unknown-parameters", "refuse") == "refuse",
        conditions={row.when: row for row in common.values() if row.when},
    )


def _operations(document: Document, base_path: str, common: Mapping[str, ErrorRow]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                node = {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}
                yield _operation(document, base_path + path, method, node, common)


def _operation(
    document: Document,
    path: str,
    method: str,
    node: Mapping[str, Any],
    common: Mapping[str, ErrorRow],
) -> Operation:
    parameters = [_deref(parameter, document) for parameter in node["parameters"]]
    request = _deref(node.get("requestBody", {}), document)
    own = _rows(node.get("x-errors", ()))
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        safe=node.get("x-safe", method in ("get", "head")),
        evidence=node.get("x-evidence", "documented"),
        summary=node["summary"],
        errors={**common, **own},
        own_errors=own,
        in_path=Parameters(parameters, "path", document),
        in_query=Parameters(parameters, "query", document),
        body={media: Check(content["schema"], document) for media, content in request.get("content", {}).items()},
        body_required=request.get("required", False),
        replies=dict(_replies(node["responses"], document)),
    )


def _replies(responses: Mapping[str, Any], document: Document) -> Iterator[tuple[tuple[int, str], ReplyCheck | None]]:
    for status, response in responses.items():
        content = _deref(response, document).get("content", {})
        if not content:
            yield (int(status), ""), None
        for media, described in content.items():
            is_json = media == JSON or media.endswith("+json")
            yield (int(status), media), ReplyCheck(described["schema"], document) if is_json else None


def _rows(nodes: Any) -> dict[str, ErrorRow]:
    known = set(ErrorRow.__struct_fields__)
    rows = [
        msgspec.convert({**node, "detail": {key: node[key] for key in node.keys() - known}}, ErrorRow) for node in nodes
    ]
    if len({row.id for row in rows}) != len(rows):
        raise ValueError(f"two error rows have one id among {', '.join(row.id for row in rows)}")
    return {row.id: row for row in rows}


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node


def _secret_names(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, inner in node.items():
            if isinstance(inner, Mapping) and inner.get("x-secret"):
                yield name
            yield from _secret_names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _secret_names(inner)
