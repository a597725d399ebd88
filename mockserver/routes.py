"""From a method and a path to the operation that answers, over all contracts at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from mockserver.contract import Operation
from mockserver.recent import Recent
from mockserver.vendor import Api


class Route(msgspec.Struct, frozen=True, gc=False):
    """Where a request goes. Without an operation, `allowed` says which methods the path has; none: unknown path.

    `suffix` is the ending of the path that names a format, such as `.json`.
    """

    api: Api
    operation: Operation | None
    path: Mapping[str, str]
    allowed: tuple[str, ...] = ()
    suffix: str = ""


Methods = dict[str, Operation]
Templates = dict[int, list[tuple[re.Pattern[str], Methods]]]
"""By how many slashes a path has."""
_OTHER = "any other method"
_SHORT = 256
"""Routes of paths with so many characters at most are known again."""

_SUFFIX = "suffix_"


class Routes:
    """The route table: exact paths first, then templates with the fewest parameters first.

    The longest base path that fits decides for a contract; a contract's claims decide where no operation was found.
    `aliases` is whether operations answer under their aliases too.
    """

    def __init__(self, apis: Iterable[Api], *, aliases: bool = True) -> None:
        self._aliases = aliases
        self._apis = sorted(apis, key=lambda api: len(api.contract.base_path), reverse=True)
        self._exact: dict[str, dict[str, Route]] = {}
        self._templates: dict[str, Templates] = {}
        self._elsewhere: list[tuple[Api, Templates]] = []
        self._known: Recent[tuple[str, str], Route] = Recent()
        for api in self._apis:
            self._add(api)

    def find(self, method: str, path: str) -> Route | None:
        """The route of a request; None when no contract has a say in this path.

        The last few are known again, for an app asks for the same thing many times.
        """
        exact = self._exact.get(path)
        if exact is not None:
            return exact.get(method) or exact[_OTHER]
        known = self._known.get((method, path))
        if known is not None:
            return known
        found = self._search(method, path)
        if found is not None and len(path) <= _SHORT:
            self._known.keep((method, path), found)
        return found

    def _search(self, method: str, path: str) -> Route | None:
        api = self._owner(path)
        found = self._under(api, method, path) if api else None
        if found is not None:
            return found
        for other, templates in self._elsewhere:
            found = _among(other, templates, method, path)
            if found is not None:
                return found
        owner = self._claimant(path) or api
        return None if owner is None else Route(owner, None, {})

    def _under(self, api: Api, method: str, path: str) -> Route | None:
        """The route under an API's own base path."""
        if api.contract.manners.lenient_paths:
            path = path.rstrip("/")
            exact = self._exact.get(path.lower())
            if exact is not None:
                return exact.get(method) or exact[_OTHER]
        return _among(api, self._templates[api.contract.api], method, path)

    def _add(self, api: Api) -> None:
        by_path: dict[str, Methods] = {}
        for operation in api.contract.operations.values():
            for path in (operation.path, *(operation.aliases if self._aliases else ())):
                known = path.rstrip("/") if api.contract.manners.lenient_paths else path
                by_path.setdefault(known, {})[operation.method] = operation
        for path, methods in by_path.items():
            for suffix in ("", *_formats(methods)) if "{" not in path else ():
                self._exact[path + suffix] = {
                    method: _route(api, methods, method, {}, suffix) for method in (*_allowed(methods), _OTHER)
                }
        templates = sorted((path for path in by_path if "{" in path), key=lambda path: path.count("{"))
        here = [path for path in templates if path.startswith(api.contract.base_path + "/")]
        elsewhere = [path for path in templates if path not in here]
        flags = re.IGNORECASE if api.contract.manners.lenient_paths else 0
        self._templates[api.contract.api] = _templates(here, by_path, flags)
        if elsewhere:
            self._elsewhere.append((api, _templates(elsewhere, by_path, flags)))

    def _owner(self, path: str) -> Api | None:
        for api in self._apis:
            base, given = api.contract.base_path, path
            if api.contract.manners.lenient_paths:
                given = path[: len(base)].lower() + path[len(base) :]
            if given == base or given.startswith(base + "/"):
                return api
        return None

    def _claimant(self, path: str) -> Api | None:
        for api in self._apis:
            if api.contract.manners.claims is not None and api.contract.manners.claims.match(path):
                return api
        return None


def _route(api: Api, methods: Methods, method: str, path: Mapping[str, str], suffix: str) -> Route:
    operation = methods.get(method) or (methods.get("GET") if method == "HEAD" else None)
    return Route(api, operation, path, () if operation else tuple(_allowed(methods)), suffix)


def _among(api: Api, templates: Templates, method: str, path: str) -> Route | None:
    for pattern, methods in templates.get(path.count("/"), ()):
        found = pattern.fullmatch(path)
        if found:
            parameters = found.groupdict("")
            suffix = parameters.pop(_SUFFIX, "")
            return _route(api, methods, method, parameters, suffix)
    return None


def _formats(methods: Methods) -> Iterable[str]:
    """The suffixes that a path may have, whichever the method."""
    return next(iter(methods.values())).formats


def _allowed(methods: Mapping[str, Any]) -> Iterator[str]:
    for method in methods:
        yield method
        if method == "GET" and "HEAD" not in methods:
            yield "HEAD"


def _templates(paths: Iterable[str], by_path: Mapping[str, Methods], flags: int) -> Templates:
    templates: Templates = {}
    for path in paths:
        methods = by_path[path]
        templates.setdefault(path.count("/"), []).append((_pattern(path, _formats(methods), flags), methods))
    return templates


def _pattern(template: str, suffixes: Iterable[str], flags: int) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    path = "".join(f"(?P<{part}>[^/]+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    endings = "|".join(map(re.escape, suffixes))
    return re.compile(f"{path}(?P<{_SUFFIX}>{endings})?" if suffixes else path, flags)
