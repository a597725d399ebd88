"""A contract: an OpenAPI 3.1 document read into operations, checks and error rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from mockserver import yamlfile
from mockserver.manners import Manners, read_manners
from mockserver.memory import remembered
from mockserver.parameters import Parameters
from mockserver.replies import ReplyCheck, ReplyChecks
from mockserver.rows import EVIDENCE, ErrorRow, read_rows
from mockserver.schema import Check, Document, resolve

JSON = "application/json"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class BrokenContract(Exception):
    """A contract cannot be read, or does not match the code that answers it. The message names file and place."""


class Window(msgspec.Struct, frozen=True):
    """How many calls the vendor accepts in so many seconds."""

    calls: int
    seconds: int


class RateLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A vendor's rate limit: windows by the kind of credential that they are for.

    `mode` is what the fake does about it unless the server's options say otherwise. `headers` are the names under
    which replies tell the window's `limit`, what is `remaining` of it, and its `reset` in seconds since 1970.
    """

    windows: dict[str, Window]
    mode: Literal["off", "count", "enforce"] = "off"
    headers: dict[Literal["limit", "remaining", "reset"], str] = {}

    @cached_property
    def names(self) -> tuple[bytes, ...]:
        """The headers' names as they are sent: of limit, remaining and reset; empty for one that is not told."""
        return tuple(self.headers.get(kind, "").lower().encode() for kind in ("limit", "remaining", "reset"))


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path of a contract.

    `aliases` are further paths, which the vendor's page prints though its program does not know them. `public` operations need no credential.
    `evidence` is how we know that the vendor does this (documented, observed or inferred), `source` where from, and `attested` the header that tells it. `events` is whether what it alters is told to apps. `formats` has the
    media type for each suffix that its path may have; without one, the client says what it accepts. `replies` has a
    check per status and media type, None where none is needed. `extra` has what the contract says beyond OpenAPI.
    """

    id: str
    method: str
    path: str
    aliases: tuple[str, ...]
    safe: bool
    public: bool
    events: bool
    evidence: str
    source: str
    attested: tuple[bytes, bytes]
    summary: str
    errors: Mapping[str, ErrorRow]
    own_errors: Mapping[str, ErrorRow]
    in_path: Parameters
    in_query: Parameters
    in_header: Parameters
    formats: Mapping[str, str]
    body: Mapping[str, Check]
    body_required: bool
    replies: Mapping[tuple[int, str], ReplyCheck | None]
    extra: Mapping[str, Any]

    def undeclared(self, status: int, media_type: str) -> str:
        """What to say of a reply of a kind that `replies` does not have."""
        declared = ", ".join(f"{status} {media}" for status, media in self.replies)
        return f"{status} {media_type} is not declared for {self.id}; declared: {declared}"


@dataclass(frozen=True)
class Contract:
    """Everything that one contract says. `api` is the file's name, `text` the file.

    `injected` has what an error row would say of a status that no row has; `{status}`, `{phrase}` and `{word}` stand for
    the status, HTTP's reason phrase, and that in one word.
    """

    api: str
    text: str
    document: Mapping[str, Any]
    base_path: str
    operations: Mapping[str, Operation]
    errors: Mapping[str, ErrorRow]
    limit: RateLimit | None
    manners: Manners
    secrets: frozenset[str]
    secret_headers: frozenset[bytes]
    conditions: Mapping[str, ErrorRow] = field(default_factory=dict)
    injected: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> dict[str, ErrorRow]:
        """Every row by id. Operations that share an id agree on all but the wording."""
        own = {id: row for operation in self.operations.values() for id, row in operation.own_errors.items()}
        return {**self.errors, **own}


def read_contract(file: Path) -> Contract:
    """Read and compile a contract. Raises BrokenContract."""
    try:
        text, content = yamlfile.read_remembered(file)
        contract = _contract(file.stem, text, Document(content))
        remembered(f"sound-{file.stem}", text.encode(), partial(_compile, contract))
    except yamlfile.BrokenYaml as error:
        raise BrokenContract(str(error)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, re.error) as error:
        raise BrokenContract(f"{file}: not a contract: {type(error).__name__}: {error}") from error
    else:
        return contract


def _compile(contract: Contract) -> bool:
    """Compile every check, to see that this can be done. Of a text of which that is known each waits for its use."""
    for operation in contract.operations.values():
        for check in (*operation.body.values(), *operation.replies.values()):
            if check is not None:
                check.compile()
    return True


def _contract(api: str, text: str, document: Document) -> Contract:
    common = read_rows(document.get("x-errors", ()))
    base_path = _base_path(document["servers"])
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    limit = document.get("x-rate-limit")
    source = _Source(document, base_path, common, ReplyChecks(document))
    operations = {operation.id: operation for operation in _operations(source)}
    return Contract(
        api=api,
        text=text,
        document=document,
        base_path=base_path,
        operations=operations,
        errors=common,
        limit=msgspec.convert(limit, RateLimit) if limit else None,
        manners=read_manners(document),
        secrets=frozenset(_secret_names(document.get("components", {}))),
        secret_headers=frozenset(scheme["name"].lower().encode() for scheme in schemes if scheme.get("in") == "header"),
        conditions={row.when: row for row in common.values() if row.when},
        injected=document.get("x-injected", {}),
    )


class _Source(NamedTuple):
    """What operations are made from: `common` are the error rows of them all."""

    document: Document
    base_path: str
    common: Mapping[str, ErrorRow]
    checks: ReplyChecks


def _operations(source: _Source) -> Iterator[Operation]:
    formats = source.document.get("x-formats", {})
    for path, item in source.document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                node = {**item[method], "parameters": parameters, "x-formats": item.get("x-formats", formats)}
                base = _base_path(item["servers"]) if "servers" in item else source.base_path
                paths = (base + path, *(base + alias for alias in item.get("x-aliases", ())))
                yield _operation(source, paths, method, node)


def _base_path(servers: Sequence[Mapping[str, str]]) -> str:
    return servers[0]["url"].rstrip("/")


def _operation(source: _Source, paths: tuple[str, ...], method: str, node: Mapping[str, Any]) -> Operation:
    document = source.document
    parameters = [_deref(parameter, document) for parameter in node["parameters"]]
    request = _deref(node.get("requestBody", {}), document)
    safe = node.get("x-safe", method in ("get", "head"))
    evidence = node.get("x-evidence", "documented")
    own = read_rows(node.get("x-errors", ()))
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=paths[0],
        aliases=paths[1:],
        safe=safe,
        public=node.get("security") == [],
        events=node.get("x-events", not safe),
        evidence=evidence,
        source=node.get("x-source", document.get("x-source", "")),
        attested=(EVIDENCE, evidence.encode()),
        summary=node["summary"],
        errors={**source.common, **own},
        own_errors=own,
        in_path=Parameters(parameters, "path", document),
        in_query=Parameters(parameters, "query", document),
        in_header=Parameters(parameters, "header", document),
        formats={f".{suffix}": media for suffix, media in node["x-formats"].items()},
        body={media: Check(content["schema"], document) for media, content in request.get("content", {}).items()},
        body_required=request.get("required", False),
        replies=dict(_replies(node["responses"], evidence, source)),
        extra={name: value for name, value in node.items() if name.startswith("x-")},
    )


def _replies(
    responses: Mapping[str, Any], evidence: str, source: _Source
) -> Iterator[tuple[tuple[int, str], ReplyCheck | None]]:
    for status, response in responses.items():
        content = _deref(response, source.document).get("content", {})
        if not content:
            yield (int(status), ""), None
        for media, described in content.items():
            is_json = media == JSON or media.endswith("+json")
            yield (int(status), media), source.checks.of(described["schema"], evidence) if is_json else None


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node


def _secret_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if isinstance(inner, dict):
                if inner.get("x-secret"):
                    yield name
                yield from _secret_names(inner)
            elif isinstance(inner, list):
                yield from _secret_names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _secret_names(inner)
