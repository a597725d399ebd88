"""A line to the server: one connection, and what comes back over it, whole or broken."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import BadStatusLine, HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any

PATIENCE = 60
"""Seconds for any one answer."""
_IDLE = 2.0
"""Seconds after which a new connection is made: the server closes those that are idle for long, and that is no fault."""
NOT_JSON = object()


@dataclass(frozen=True)
class Request:
    """One request. `body` is JSON; with `raw` it is sent as it stands."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""

    def __str__(self) -> str:
        said = "" if self.body is None else f" {json.dumps(self.body)}"
        return f"{self.method} {self.path}{said}"


@dataclass(frozen=True)
class Reply:
    """An answer that came whole; `took` is in seconds."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    took: float

    @cached_property
    def json(self) -> Any:
        """NOT_JSON where it is none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return NOT_JSON

    def __str__(self) -> str:
        return f"{self.status} {self.raw[:200].decode(errors='replace')}"


@dataclass(frozen=True)
class Broken:
    """No answer, or only a part of one. `kind` has the names of socket faults, or is `cut`."""

    kind: str
    took: float
    status: int = 0
    part: bytes = b""
    promised: int = 0

    def __str__(self) -> str:
        return f"no answer ({self.kind})"


Outcome = Reply | Broken


class Line:
    """A connection that is made anew when it breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked = 0
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._used = 0.0

    def ask(self, request: Request, sandbox: str = "", way: str = "path") -> Outcome:
        """Send a request to a sandbox, which is named in its path, in a header, or in the host; or by a credential."""
        path, headers = self._addressed(request, sandbox, way)
        body: bytes | None = request.raw or None
        if request.body is not None:
            body = json.dumps(request.body).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        started = time.monotonic()
        if started - self._used > _IDLE:
            self.close()
        self.asked += 1
        try:
            self._connection.request(request.method, path, body, headers)
            reply = self._connection.getresponse()
        except (OSError, BadStatusLine) as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise
            return Broken(_kind(error), time.monotonic() - started)
        outcome = self._read(reply, started)
        self._used = time.monotonic()
        return outcome

    def close(self) -> None:
        """The next request goes over a new connection."""
        self._connection.close()

    def _read(self, reply: HTTPResponse, started: float) -> Outcome:
        headers = {name.lower(): value for name, value in reply.getheaders()}
        try:
            raw = reply.read()
        except IncompleteRead as error:
            self.close()
            kind = "cut" if "content-length" in headers else "MALFORMED_RESPONSE_CHUNK"
            promised = int(headers.get("content-length", 0))
            return Broken(kind, time.monotonic() - started, reply.status, error.partial, promised)
        except ConnectionResetError:
            self.close()
            return Broken("CONNECTION_RESET_BY_PEER", time.monotonic() - started, reply.status)
        return Reply(reply.status, headers, raw, time.monotonic() - started)

    def _addressed(self, request: Request, sandbox: str, way: str) -> tuple[str, dict[str, str]]:
        headers = dict(request.headers)
        if way == "header":
            headers["X-Mock-Sandbox"] = sandbox
        elif way == "host":
            headers["Host"] = f"{sandbox}.localhost:{self.port}"
        elif way == "path" and sandbox:
            return f"/@{sandbox}{request.path}", headers
        return request.path, headers


def _kind(error: Exception) -> str:
    if isinstance(error, RemoteDisconnected):
        return "EMPTY_RESPONSE"
    if isinstance(error, BadStatusLine):
        return "RANDOM_DATA_THEN_CLOSE"
    if isinstance(error, ConnectionResetError):
        return "CONNECTION_RESET_BY_PEER"
    return f"{type(error).__name__}: {error}"


def basic(text: str) -> str:
    """A text as in credentials."""
    return b64encode(text.encode()).decode().rstrip("=")
