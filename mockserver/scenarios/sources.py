"""Source descriptions: OpenAPI documents and the operations in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from mockserver import files, yamlfile
from mockserver.contract import METHODS, BrokenContract, Contract, read_contract
from mockserver.scenarios.document import Bound, Source
from mockserver.schema import resolve
from mockserver.shape import meant

_OURS = re.compile(r"(?:.*/)?contracts/([\w.-]+)\.yaml")
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_PREFIX = "$sourceDescriptions."
_BY_PATH = re.compile(r"\{?\$sourceDescriptions\.([\w-]+)(?:\.url)?\}?#(/.*)")
_POINTER = re.compile(r"/paths/([^/]+)/([a-z]+)")
_VARIABLE = re.compile(r"\{([^{}]+)\}")


class BrokenSource(ValueError):
    """A source description leads nowhere, or an operation is not in it. The message says what would be right."""


def locate(url: str, folder: Path) -> Path:
    """The file that a source description names: relative to the scenario's, or one of our contracts. Raises BrokenSource."""
    ours = _OURS.fullmatch(url.partition("?")[0])
    contract = files.contracts() / f"{ours[1]}.yaml" if ours else None
    if _REMOTE.match(url):
        if contract is not None and contract.is_file():
            return contract
        known = ", ".join(sorted(file.name for file in files.contracts().glob("*.yaml")))
        raise BrokenSource(
            f"{url} is not fetched; save it beside this file and name it, or give an address that ends as one of our "
            f"contracts' does, in contracts/ and {known}"
        )
    file = folder / url
    if file.is_file():
        return file
    if contract is not None and contract.is_file():
        return contract
    raise BrokenSource(f"there is no file {file}")


def read_openapi(file: Path) -> tuple[Mapping[str, Any], Contract | None]:
    """An OpenAPI document, and what it is compiled to where it is one of ours. Raises BrokenSource."""
    return _read_openapi(file.resolve(), file.stat().st_mtime_ns)


def server_of(document: Mapping[str, Any], *nearer: Mapping[str, Any]) -> str:
    """The first of the servers' URLs, with its variables filled in; `nearer` are objects whose servers come first."""
    servers: Sequence[Mapping[str, Any]] = next(
        (each["servers"] for each in (*nearer, document) if each.get("servers")), []
    )
    if not servers:
        return ""
    variables = servers[0].get("variables", {})
    filled = _VARIABLE.sub(lambda found: str(variables.get(found[1], {}).get("default", found[0])), servers[0]["url"])
    return filled.rstrip("/")


def find_operation(sources: Mapping[str, Source], name: str) -> Bound:
    """An operation by its id, alone or as `$sourceDescriptions.NAME.ID`. Raises BrokenSource."""
    apis = {key: each for key, each in sources.items() if each.document is not None}
    if name.startswith(_PREFIX):
        source, _, id = name.removeprefix(_PREFIX).partition(".")
        return _in(_source(apis, source), id)
    if len(apis) > 1:
        holders = [key for key, each in apis.items() if name in _ids(each)]
        known = sorted({id for each in apis.values() for id in _ids(each)})
        right = f"{_PREFIX}{holders[0]}.{name}" if holders else f"{_PREFIX}NAME.ID"
        reason = f"with {len(apis)} API descriptions an operation is named with its source: {right}"
        raise BrokenSource(reason if holders else f"there is no operation '{name}'{meant(name, known)}; {reason}")
    if not apis:
        raise BrokenSource(f"there is no operation '{name}': no source description is an OpenAPI document")
    return _in(next(iter(apis.values())), name)


def find_path(sources: Mapping[str, Source], text: str) -> Bound:
    """An operation as in `{$sourceDescriptions.NAME.url}#/paths/~1customers/get`. Raises BrokenSource."""
    found = _BY_PATH.fullmatch(text)
    pointer = _POINTER.fullmatch(found[2]) if found else None
    if found is None or pointer is None:
        raise BrokenSource(f"'{text}' is written as in {{$sourceDescriptions.NAME.url}}#/paths/~1customers/get")
    source = _source({key: each for key, each in sources.items() if each.document is not None}, found[1])
    path = pointer[1].replace("~1", "/").replace("~0", "~")
    document = source.document or {}
    if path not in document.get("paths", {}):
        raise BrokenSource(f"{source.name} has no path {path}{meant(path, document.get('paths', {}))}")
    if pointer[2] not in METHODS or pointer[2] not in document["paths"][path]:
        known = ", ".join(method for method in document["paths"][path] if method in METHODS)
        raise BrokenSource(f"{source.name} has no {pointer[2]} at {path}; known: {known}")
    return _bound(source, path, pointer[2])


def _source(sources: Mapping[str, Source], name: str) -> Source:
    if name not in sources:
        known = ", ".join(sources) or "none"
        raise BrokenSource(f"there is no API description called '{name}'{meant(name, sources)}; known: {known}")
    return sources[name]


def _in(source: Source, id: str) -> Bound:
    ids = _ids(source)
    if id not in ids:
        near = meant(id, ids)
        raise BrokenSource(f"{source.name} has no operation '{id}'{near}; known: {', '.join(sorted(ids))}")
    return _bound(source, *ids[id])


def _ids(source: Source) -> dict[str, tuple[str, str]]:
    """Path and method of each operation that has an id."""
    paths = (source.document or {}).get("paths", {})
    return {
        item[method]["operationId"]: (path, method)
        for path, item in paths.items()
        for method in METHODS
        if isinstance(item, Mapping) and "operationId" in item.get(method, {})
    }


def _bound(source: Source, path: str, method: str) -> Bound:
    document = source.document or {}
    item = document["paths"][path]
    node = dict(item[method])
    try:
        node["parameters"] = list(_parameters(item, node, document))
        node["requestBody"] = _deref(node.get("requestBody", {}), document)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenSource(
            f"{source.name} refers at {method} {path} to something that it does not have: {error}"
        ) from None
    id = str(node.get("operationId", f"{method.upper()} {path}"))
    contract = source.contract
    return Bound(
        source=source.name,
        id=id,
        method=method.upper(),
        server=server_of(document, node, item),
        path=path,
        node=node,
        document=document,
        contract=contract,
        operation=contract.operations.get(id) if contract else None,
    )


def _parameters(
    item: Mapping[str, Any], node: Mapping[str, Any], document: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """An operation's parameters, before them those of its path that it does not have itself."""
    own = [_deref(each, document) for each in node.get("parameters", ())]
    named = {(each["name"], each["in"]) for each in own}
    shared = [_deref(each, document) for each in item.get("parameters", ())]
    yield from (each for each in shared if (each["name"], each["in"]) not in named)
    yield from own


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node


@lru_cache(64)
def _read_openapi(file: Path, _changed: int) -> tuple[Mapping[str, Any], Contract | None]:
    try:
        ours = file.parent == files.contracts().resolve()
        document = yamlfile.read_remembered(file)[1] if ours else yamlfile.read(file)[1]
        if not isinstance(document, Mapping) or not str(document.get("openapi", "")).startswith("3."):
            raise BrokenSource(f"{file} is no OpenAPI 3 document")
        return document, read_contract(file) if "x-vendor" in document else None
    except (yamlfile.BrokenYaml, BrokenContract) as error:
        raise BrokenSource(str(error)) from None
