"""All that an operation sees and says: the call, the reply, the refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from mockserver.contract import Operation
from mockserver.findings import Finding, Violation
from mockserver.options import Options

T = TypeVar("T")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):
    """The vendor refuses the call with a row of the contract's error table.

    `values` fill the placeholders of the row's texts.
    """

    def __init__(self, row: str, **values: object) -> None:
        super().__init__(row)
        self.row = row
        self.values = values


class Mistyped(Exception):
    """The body meets the contract's schema, but not the vendor's type (1.0 where an integer is meant)."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.message)
        self.violation = violation


class Call(msgspec.Struct):
    """One request to one operation, already read and checked.

    `target` is the path with its query, `at` the sandbox's clock in seconds since 1970. `principal` is what
    `authenticate` made of the credential. Header names are in lower case; names and values are bytes, as they came.
    `path`, `query` and `fields` (headers) have the parameters by the contract's names, in its types; `body` is the
    value of the JSON text, or the fields of a form by name. `suffix` is how the path ended where it may say a format.
    `request` is the body as the operation's third parameter wants it. `reply_headers` are what is added to any reply,
    `row` the error row that the reply is, and `fault` the rule that had a hand in it.
    """

    operation: Operation | None
    options: Options
    method: str
    target: str
    headers: Mapping[bytes, bytes]
    at: float
    query_text: str = ""
    scheme: str = "http"
    suffix: str = ""
    path: Mapping[str, Any] = _NOTHING
    query: Mapping[str, Any] = _NOTHING
    fields: Mapping[str, Any] = _NOTHING
    body: Any = None
    request: Any = None
    principal: Any = None
    findings: tuple[Finding, ...] = ()
    reply_headers: tuple[tuple[bytes, bytes], ...] = ()
    row: str | None = None
    fault: str | None = None

    def find(self, id: str, message: str) -> None:
        """Note something that the app's developer should know."""
        self.findings = (*self.findings, Finding(id, message))

    def header(self, name: bytes) -> str | None:
        """A header's value, or None. `name` is in lower case."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def url(self, path: str) -> str:
        """A path of this API as an absolute URL: at the origin that the client used, and in the same sandbox."""
        return f"{self.scheme}://{self.header(b'host') or 'localhost'}{self._prefix}{path}"

    @property
    def resource(self) -> str:
        """The path with its query as the vendor would see it: without the sandbox before it."""
        return self.target.removeprefix(self._prefix)

    @property
    def _prefix(self) -> str:
        return f"/{self.target.split('/', 2)[1]}" if self.target.startswith("/@") else ""

    def read(self, shape: type[T]) -> T:
        """The body as a struct; no body is an empty one.

        Raises Mistyped where JSON Schema is laxer about types than the vendor.
        """
        try:
            return msgspec.convert({} if self.body is None else self.body, shape)
        except msgspec.ValidationError as error:
            raise Mistyped(_violation(error)) from None


class Reply(msgspec.Struct):
    """What an operation answers. A body of `bytes` or `str` is sent as it is, anything else (structs too) as JSON.

    `row` is the error row that it is, where what was done stays done though an error is answered; a row that undoes
    everything is refused with.

    Where nothing was altered, the body may be lazy. What takes long to write is a generator: it yields between pieces
    of its work, where other requests are answered, and returns the body. What must wait is a coroutine: it returns the
    reply, or raises Refused. What goes on for long is an asynchronous generator of bytes, sent as they come.
    """

    body: Any = None
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    media_type: str = "application/json"
    row: str | None = None


def _violation(error: msgspec.ValidationError) -> Violation:
    message, _, where = str(error).partition(" - at `$")
    path = tuple(re.findall(r"[^.\[\]`]+", where))
    return Violation("body", tuple(int(step) if step.isdecimal() else step for step in path), "type", message)
