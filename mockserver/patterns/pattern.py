"""Patterns: read from JSON, matched, and explained where they do not match."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from mockserver.patterns.asked import Asked
from mockserver.patterns.broken import PatternError
from mockserver.patterns.criteria import Address, BasicAuth, Body, Criterion, Finds, Header, Parameter, Plain
from mockserver.patterns.equality import compile_regex
from mockserver.patterns.matchers import EqualTo
from mockserver.patterns.misses import OPEN, Difference, Redactor
from mockserver.patterns.reading import compile_matcher

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_ANY = "ANY"
_PLACEHOLDER = re.compile(r"\{\w+\}")
_STATUSES = range(100, 600)


class Pattern:
    """What a tester says of requests. One that says nothing matches all."""

    def __init__(self, node: Mapping[str, Any], criteria: Sequence[Criterion]) -> None:
        self.node = node
        self._criteria = criteria
        needed = (each.needed for each in criteria if isinstance(each, Header))
        self.needs = tuple(name for name in needed if name is not None)
        """Headers without which no request matches, in lower case: the quickest thing to look at."""
        self._checks = [each.holds for each in sorted(criteria, key=lambda each: each.cost)]

    @property
    def vendor(self) -> str | None:
        """The vendor that it asks for."""
        return self.node.get("vendor")

    @property
    def api(self) -> str | None:
        """The contract that it asks for."""
        return self.node.get("api")

    @property
    def operation(self) -> str | None:
        """The operation that it asks for."""
        return self.node.get("operation")

    @property
    def error(self) -> str | None:
        """The error row that it asks for."""
        return self.node.get("error")

    def matches(self, asked: Asked) -> bool:
        """Whether a request is so in every way."""
        for holds in self._checks:  # noqa: SIM110  a generator costs as much as a criterion
            if not holds(asked):
                return False
        return True

    def differences(self, asked: Asked, redactor: Redactor = OPEN) -> list[Difference]:
        """In which ways a request is not so: what was asked before what came of it."""
        return [each.difference(asked, redactor) for each in self._criteria if not each.holds(asked)]

    def distance(self, asked: Asked) -> float:
        """How far a request is from it: 0 where it matches, else up to 1.

        It is the share of the criteria that fail. A near miss, as of one letter of a path, counts half of a wide one.
        """
        whole = sum(each.weight for each in self._criteria) or 1
        missed = (each.weight * (2 - each.likeness(asked)) / 2 for each in self._criteria if not each.holds(asked))
        return sum(missed) / whole


def compile_pattern(node: Mapping[str, Any], *, outcome: bool = True) -> Pattern:
    """Read a pattern. Without `outcome`, one of requests that nothing has answered yet. Raises PatternError."""
    known = KEYS if outcome else [key for key in KEYS if key not in OUTCOME]
    for key in node:
        if key not in known:
            reason = "is known only when a request was answered" if key in OUTCOME else "there is no such key"
            raise PatternError(key, reason, known)
    urls = [key for key in _URLS if key in node]
    if len(urls) > 1:
        raise PatternError("", f"has {' and '.join(urls)}; give only one of them", urls)
    return Pattern(node, [criterion for key in KEYS if key in node for criterion in _READERS[key](node[key], key)])


def _method(value: Any, key: str) -> Iterator[Criterion]:
    method = _text(value, key).upper()
    if method not in (*METHODS, _ANY):
        raise PatternError(key, f"there is no method '{value}'", [*METHODS, _ANY])
    if method != _ANY:
        yield Plain(key, method, 2)


def _name(value: Any, key: str) -> Iterator[Criterion]:
    yield Plain(key, _text(value, key), 4 if key == "operation" else 2)


def _status(value: Any, key: str) -> Iterator[Criterion]:
    if isinstance(value, bool) or value not in _STATUSES:
        raise PatternError(key, "must be an HTTP status, an integer from 100 to 599")
    yield Plain(key, int(value), 1)


def _finding(value: Any, key: str) -> Iterator[Criterion]:
    yield Finds(_text(value, key))


def _address(value: Any, key: str) -> Iterator[Criterion]:
    text = _path(value, key)
    path, mark, query = text.partition("?")
    if mark and key != "url":
        raise PatternError(key, "has no query; use url, or queryParameters")
    yield Address(key, text, {text, unquote(path) + mark + query}.__contains__, whole=key == "url", plain=True)


def _address_regex(value: Any, key: str) -> Iterator[Criterion]:
    fits = compile_regex(value, key).fullmatch
    yield Address(key, value, fits, whole=key == "urlPattern", plain=False)


def _address_template(value: Any, key: str) -> Iterator[Criterion]:
    text = _path(value, key)
    fixed = _PLACEHOLDER.split(text)
    if any(sign in part for part in fixed for sign in "{}?"):
        raise PatternError(
            key, f"'{text}' is no template: names of letters and digits stand in braces, and there is no query"
        )
    parts = (fixed, [unquote(part) for part in fixed])
    fits = re.compile("|".join("[^/]+".join(map(re.escape, each)) for each in parts)).fullmatch
    yield Address(key, text, fits, whole=False, plain=False)


def _parameters(value: Any, key: str) -> Iterator[Criterion]:
    for name, matcher in _object(value, key).items():
        yield Parameter(key, name, compile_matcher(matcher, f"{key}.{name}"))


def _headers(value: Any, key: str) -> Iterator[Criterion]:
    for name, matcher in _object(value, key).items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise PatternError(key, f"'{name}' is no name of a header")
        yield Header(name, compile_matcher(matcher, f"{key}.{name}"))


def _basic(value: Any, key: str) -> Iterator[Criterion]:
    given = _object(value, key)
    names = ["username", "password"]
    for name in given:
        if name not in names:
            raise PatternError(f"{key}.{name}", "there is no such key", names)
    username, password = (_text(given.get(name), f"{key}.{name}") for name in names)
    credential = b64encode(f"{username}:{password}".encode()).decode()
    yield BasicAuth(EqualTo(f"Basic {credential}"))


def _bodies(value: Any, key: str) -> Iterator[Criterion]:
    if not isinstance(value, list) or not value:
        raise PatternError(key, "must be a list of matchers, with at least one")
    for at, matcher in enumerate(value):
        yield Body(compile_matcher(matcher, f"{key}[{at}]"))


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise PatternError(place, "must be a text that is not empty")
    return value


def _path(value: Any, key: str) -> str:
    text = _text(value, key)
    if not text.startswith("/"):
        raise PatternError(key, f"'{text}' is no path; it begins with /, without scheme and host")
    if text.startswith("/@"):
        raise PatternError(key, f"'{text}' has a sandbox in it; paths stand here without /@NAME")
    return text


def _object(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise PatternError(key, "must be an object that is not empty")
    return value


_URLS: Mapping[str, Callable[[Any, str], Iterator[Criterion]]] = {
    "url": _address,
    "urlPattern": _address_regex,
    "urlPath": _address,
    "urlPathPattern": _address_regex,
    "urlPathTemplate": _address_template,
}
_READERS: Mapping[str, Callable[[Any, str], Iterator[Criterion]]] = {
    "method": _method,
    **_URLS,
    "vendor": _name,
    "api": _name,
    "operation": _name,
    "queryParameters": _parameters,
    "headers": _headers,
    "basicAuthCredentials": _basic,
    "bodyPatterns": _bodies,
    "status": _status,
    "error": _name,
    "fault": _name,
    "findings": _finding,
}
KEYS = tuple(_READERS)
"""All keys of a pattern, in the order in which differences are told."""
OUTCOME = frozenset({"status", "error", "fault", "findings"})
"""Those that say what came of a request."""
