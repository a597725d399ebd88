"""Why a request does not match, in a form that may be shown: long values cut short, and no secret in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec

from mockserver.patterns.equality import Path

_LONGEST = 500
_COMPARED = 200
_NAME = re.compile(r"[A-Za-z_][\w-]*")


class Difference(msgspec.Struct, frozen=True):
    """One criterion of a pattern that a request does not meet.

    `field` is as in `method`, `urlPath`, `headers.x-key`, `queryParameters.limit` or `body.customer.code`. `expected` is the
    value that would have been right, or the matcher where many would; `actual` is what the request has. Where nothing
    is, or should be, stands `{"absent": true}`.
    """

    field: str
    expected: Any
    actual: Any


class Redactor(Protocol):
    """Hides what is secret in a value, by the place where it stands. `shown` may be any JSON value."""

    def header(self, name: str, shown: Any) -> Any:
        """Of a header's value, or a matcher for it. `name` is in lower case."""

    def parameter(self, name: str, shown: Any) -> Any:
        """Of a query parameter's value, or a matcher for it."""

    def url(self, shown: str) -> str:
        """Of a path with its query, or a pattern for it."""

    def body(self, path: Path, shown: Any) -> Any:
        """Of a value at a path of a JSON body."""

    def text(self, shown: str) -> str:
        """Of a text that is not JSON."""


class _Open:
    """Hides nothing."""

    def header(self, _name: str, shown: Any) -> Any:
        return shown

    def parameter(self, _name: str, shown: Any) -> Any:
        return shown

    def url(self, shown: str) -> str:
        return shown

    def body(self, _path: Path, shown: Any) -> Any:
        return shown

    def text(self, shown: str) -> str:
        return shown


OPEN: Final[Redactor] = _Open()
"""Where nothing is secret."""


def short(value: Any) -> Any:
    """A JSON value as it is, or the beginning of its text where that is long."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return value if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def each_text(value: Any, shown: Callable[[str], Any]) -> Any:
    """A JSON value with each text in it as `shown` has it; names stay."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list):
        return [each_text(inner, shown) for inner in value]
    return {name: each_text(inner, shown) for name, inner in value.items()} if isinstance(value, dict) else value


def field_of(path: Path) -> str:
    """A path in a JSON body as a field: `body.addresses[0].type`."""
    return "body" + "".join(f"[{step}]" if isinstance(step, int) else _step(step) for step in path)


def _step(name: str) -> str:
    return f".{name}" if _NAME.fullmatch(name) else f"[{msgspec.json.encode(name).decode()}]"


@lru_cache(maxsize=4096)
def likeness(expected: str, actual: str) -> float:
    """How alike two texts are, from 0 to 1, by their beginnings; those of a journal are much the same again and again."""
    from difflib import SequenceMatcher  # noqa: PLC0415  only for misses

    return SequenceMatcher(None, expected[:_COMPARED], actual[:_COMPARED], autojunk=False).ratio()
