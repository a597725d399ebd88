"""What a pattern looks at: a request, and what came of it where that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from mockserver import jsonbody
from mockserver.findings import Finding
from mockserver.journal import Exchange

Headers = Sequence[tuple[bytes, bytes]]
_SANDBOX = re.compile(r"/@[^/?]*/?")


class NotJson:
    """Stands for the value of a text that is not JSON."""


NOT_JSON: Final = NotJson()


class Value:
    """A value that matchers look at: a header's, a parameter's, the body's, or one inside of a JSON body.

    `text` is None where nothing is there. What it means as JSON is worked out when a matcher first asks, and once.
    """

    __slots__ = ("_json", "_raw", "_text")

    def __init__(self, raw: bytes | str | None) -> None:
        self._raw = raw
        self._text: str | None = raw if isinstance(raw, str) else None
        self._json: Any = self  # for not yet read

    @classmethod
    def of_json(cls, value: Any) -> Value:
        """A value inside of a JSON body: a text as it is, anything else as its JSON text."""
        made = cls(value if isinstance(value, str) else msgspec.json.encode(value))
        made._json = value
        return made

    @property
    def missing(self) -> bool:
        """Whether nothing is there. An empty body is none; an empty header is one."""
        return self._raw is None or self._raw == b""

    @property
    def text(self) -> str | None:
        """The text, or None."""
        if self._text is None and self._raw is not None:
            self._text = self._raw.decode("utf-8", "replace") if isinstance(self._raw, bytes) else self._raw
        return self._text

    @property
    def json(self) -> Any:
        """What the text means as JSON; NOT_JSON where it is not, or does not mean one thing."""
        if self._json is self:
            self._json = NOT_JSON if self.missing else _read(self._raw)
        return self._json


MISSING: Final = Value(None)


class Asked(msgspec.Struct, dict=True, eq=False):
    """One request. `status` is 0 and the rest of the outcome is empty where nothing was answered, or not yet.

    `target` is path and query without the sandbox before them, the path with its escapes resolved. Names of headers are
    in lower case. `error` is the row that the reply is, `fault` the rule that acted.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    vendor: str = ""
    api: str = ""
    operation: str | None = None
    status: int = 0
    error: str | None = None
    fault: str | None = None
    findings: Sequence[Finding] = ()

    @cached_property
    def path(self) -> str:
        """The target's path."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> Mapping[str, Sequence[Value]]:
        """The query's values by name."""
        values: dict[str, list[Value]] = {}
        for name, value in parse_qsl(self.target.partition("?")[2], keep_blank_values=True):
            values.setdefault(name, []).append(Value(value))
        return values

    @cached_property
    def fields(self) -> Mapping[str, Sequence[Value]]:
        """The headers' values by name, which is in lower case."""
        values: dict[str, list[Value]] = {}
        for name, value in self.headers:
            values.setdefault(name.decode("latin-1"), []).append(Value(value.decode("latin-1")))
        return values

    @cached_property
    def content(self) -> Value:
        """The body."""
        return Value(self.body)


def asked_in(exchange: Exchange) -> Asked:
    """What was asked in an exchange of the journal, and what came of it."""
    return Asked(
        exchange.method,
        without_sandbox(exchange.target),
        exchange.request_headers,
        exchange.request_body,
        exchange.vendor,
        exchange.api,
        exchange.operation,
        exchange.status,
        exchange.row,
        exchange.fault,
        exchange.findings,
    )


def without_sandbox(target: str) -> str:
    """Path and query without `/@NAME` before them."""
    if not target.startswith("/@"):
        return target
    return "/" + _SANDBOX.sub("", target, count=1)


def _read(raw: bytes | str | None) -> Any:
    try:
        return jsonbody.read(raw.encode() if isinstance(raw, str) else raw or b"")
    except (jsonbody.Unreadable, UnicodeEncodeError):
        return NOT_JSON
