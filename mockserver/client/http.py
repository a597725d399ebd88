"""The admin API over HTTP: one request at a time, refusals as exceptions, and streams of events."""

from __future__ import annotations

import copy
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypedDict
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from mockserver.client.errors import AdminError, Unreachable
from mockserver.client.stream import Stream
from mockserver.hosts import is_loopback

__all__ = ["AdminConnection", "AdminError", "Params", "Stream", "Unreachable"]

TIMEOUT = 60.0
"""Seconds that an answer may take, where a caller says nothing else."""

_CONNECT_TIMEOUT = 5.0
_KEEP = httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=2.0)
"""Idle connections are given up before the server closes them, so that none is used which it is just closing."""

Params = Mapping[str, str | int | float | None]


class Reach(TypedDict):
    """What any client needs to reach a server: `httpx2.Client(**reach)`."""

    verify: ssl.SSLContext | bool
    trust_env: bool


class AdminConnection:
    """The admin API of a server, as one sandbox sees it; without `sandbox`, the default one. Threads may share it.

    `url` is where the server listens, or a sandbox of it (`http://127.0.0.1:8900/@NAME`). `token` is what the server's
    admin API asks for off loopback, `ca` a file with the certificate to trust beside `https`. `transport` answers
    instead of sockets.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        sandbox: str | None = None,
        *,
        ca: str | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.root, named = split_url(url)
        self.sandbox = sandbox or named
        self.reach: Reach = {
            "verify": _trust(self.root, ca),
            # A proxy of the environment knows nothing of this machine's own addresses.
            "trust_env": not is_loopback(urlsplit(self.root).hostname or ""),
        }
        self._client = httpx2.Client(
            headers={"authorization": f"Bearer {token}"} if token else None,
            timeout=httpx2.Timeout(TIMEOUT, connect=_CONNECT_TIMEOUT),
            limits=_KEEP,
            transport=transport,
            **self.reach,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections, those of `at` too."""
        self._client.close()

    def at(self, sandbox: str | None) -> Self:
        """The same connections, for another sandbox."""
        other = copy.copy(self)
        other.sandbox = sandbox
        return other

    @property
    def url(self) -> str:
        """The server's address, with the sandbox that this acts on."""
        return self.root if self.sandbox is None else f"{self.root}/@{quote(self.sandbox)}"

    def get(self, path: str, *, params: Params | None = None) -> Any:
        """GET; the answer's JSON value, or its text."""
        return _value(self.request("GET", path, params=params))

    def post(
        self, path: str, *, json: Any = None, params: Params | None = None, timeout: float | None = TIMEOUT
    ) -> Any:
        """POST; the answer's JSON value. Without `json` there is no body. `timeout` in seconds, None waits for ever."""
        return _value(self.request("POST", path, json=json, params=params, timeout=timeout))

    def put(self, path: str, *, json: Any = None, params: Params | None = None) -> Any:
        """PUT; the answer's JSON value."""
        return _value(self.request("PUT", path, json=json, params=params))

    def patch(self, path: str, *, json: Any = None, params: Params | None = None) -> Any:
        """PATCH; the answer's JSON value."""
        return _value(self.request("PATCH", path, json=json, params=params))

    def delete(self, path: str, *, params: Params | None = None) -> Any:
        """DELETE; the answer's JSON value."""
        return _value(self.request("DELETE", path, params=params))

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Params | None = None,
        timeout: float | None = TIMEOUT,
    ) -> httpx2.Response:
        """One request to a path below `/__admin`; bytes as `json` are sent as they are.

        Raises AdminError when it is refused, Unreachable when nobody answers, or nobody who is a mockserver.
        """
        with self._errors_told(timeout):
            response = self._client.send(self._request(method, path, json, params, timeout))
        if not response.is_success:
            raise _refusal(response, self.root)
        return response

    def stream(self, path: str, *, params: Params | None = None, timeout: float | None = None) -> Stream:
        """Server-sent events, as they come. When this returns, none of what happens then is missed."""
        limit = TIMEOUT if timeout is None else timeout
        request = self._request("GET", path, None, params, limit)
        request.headers["accept"] = "text/event-stream"
        with self._errors_told(limit):
            response = self._client.send(request, stream=True)
            if response.is_success:
                return Stream(response, timeout)
            response.read()
        raise _refusal(response, self.root)

    def _request(
        self, method: str, path: str, json: Any, params: Params | None, timeout: float | None
    ) -> httpx2.Request:
        body = json if isinstance(json, bytes | type(None)) else msgspec.json.encode(json)
        return self._client.build_request(
            method,
            f"{self.url}/__admin{path}",
            content=body,
            params={name: value for name, value in (params or {}).items() if value is not None},
            headers=None if body is None else {"content-type": "application/json"},
            timeout=httpx2.Timeout(timeout, connect=_CONNECT_TIMEOUT),
        )

    @contextmanager
    def _errors_told(self, timeout: float | None) -> Iterator[None]:
        """What the library says of a connection, as a person needs it."""
        try:
            yield
        except httpx2.TimeoutException as error:
            if isinstance(error, httpx2.ReadTimeout):
                raise Unreachable(f"{self.root} has not answered within {timeout:g} s") from error
            raise Unreachable(f"{self.root} cannot be reached: {type(error).__name__}") from error
        except httpx2.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Unreachable(
                    f"the certificate of {self.root} is not trusted: give the file that `--tls-ca-out` wrote as ca, or "
                    "in MOCKSERVER_CA"
                ) from error
            raise Unreachable(
                f"no mockserver listens on {self.root}: {error}; `mockserver serve` starts one"
            ) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise Unreachable(f"{self.root} does not answer like a mockserver: {error}") from error


def split_url(url: str) -> tuple[str, str | None]:
    """A server's address without a last slash, and the sandbox that it names. Raises ValueError for another text."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a server; give one such as http://127.0.0.1:8900")
    root, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/").removesuffix("/__admin")
    if path and not path.startswith("/@"):
        raise ValueError(f"{url!r} has a path; give the server alone ({root}), or a sandbox of it ({root}/@NAME)")
    return root, path.removeprefix("/@") or None


def _trust(root: str, ca: str | None) -> ssl.SSLContext | bool:
    """Whose certificates are believed. Where none is looked at, none is read, which takes longer than all the rest."""
    if not root.startswith("https:"):
        return False
    return ssl.create_default_context(cafile=ca) if ca else True


def _refusal(response: httpx2.Response, root: str) -> AdminError | Unreachable:
    try:
        problem = msgspec.json.decode(response.content, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        problem = {}
    if "title" in problem:
        return AdminError(response.status_code, problem)
    return Unreachable(f"{root} does not answer like a mockserver: {response.status_code} {response.reason_phrase}")


def _value(response: httpx2.Response) -> Any:
    kind = response.headers.get("content-type", "")
    return msgspec.json.decode(response.content) if kind.startswith("application/json") else response.text
