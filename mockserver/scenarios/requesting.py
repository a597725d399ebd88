"""A step's request: made from the contract and the step's parameters and body, sent, and answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
import msgspec

from mockserver.scenarios import bodies, serialising
from mockserver.scenarios.bodies import Unsendable
from mockserver.scenarios.document import Bound, Parameter, RequestBody
from mockserver.scenarios.expressions import Exchange, Scope, value
from mockserver.schema import resolve
from mockserver.version import __version__

AGENT = f"mockserver-run/{__version__}"
"""How requests of scenarios say who asks, so that they can be told from those of the app under test."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it will be sent; `path`, `query` and `payload` are the values that it was made of."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None = None
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    payload: Any = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: the exchange for expressions, the bytes of the body, and why there was no reply."""

    exchange: Exchange
    content: bytes = b""
    reason: str = ""
    failure: str = ""


def make(bound: Bound, base: str, parameters: Sequence[Parameter], body: RequestBody | None, scope: Scope) -> Request:
    """A request to an operation below a base address. Raises Undefined, Unsendable.

    A parameter without a value (null) is left out.
    """
    given = {(each.where or _where(bound, each.name), each.name): value(each.value, scope) for each in parameters}
    values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for (where, name), each in given.items():
        if each is not None:
            values[where][name] = each
    headers = {"user-agent": AGENT, "accept": _accepted(bound), **_headers(bound, values)}
    sent = bodies.make(bound, body, scope)
    if sent is not None:
        headers.setdefault("content-type", sent.kind)
    return Request(
        method=bound.method,
        url=base + _path(bound, values["path"]) + _query(bound, values["query"]),
        headers=headers,
        content=None if sent is None else sent.content,
        path=values["path"],
        query=values["query"],
        payload=None if sent is None else sent.payload,
    )


def send(client: httpx2.Client, request: Request, more: Mapping[str, str], timeout: float) -> Reply:
    """Send a request with more headers, which come before its own; redirects are replies like any other."""
    headers = {**request.headers, **{name.lower(): text for name, text in more.items()}}
    exchange = Exchange(
        url=request.url,
        method=request.method,
        request_headers=headers,
        request_path=request.path,
        request_query=request.query,
        request_body=request.payload,
    )
    try:
        reply = client.request(
            request.method,
            request.url,
            headers=headers,
            content=request.content,
            timeout=timeout,
            follow_redirects=False,
        )
    except httpx2.TimeoutException as error:
        what = "nobody was reached" if isinstance(error, httpx2.ConnectTimeout) else "there was no reply"
        return Reply(exchange=exchange, failure=f"{what} within {timeout:g} s (--timeout)")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Reply(exchange=exchange, failure=f"there was no reply: {str(error) or type(error).__name__}")
    exchange.status = reply.status_code
    exchange.headers = {name.lower(): text for name, text in reply.headers.items()}
    exchange.body = _read(reply)
    return Reply(exchange=exchange, content=reply.content, reason=reply.reason_phrase)


def _accepted(bound: Bound) -> str:
    """The media types of an operation's replies, those of success first."""
    replies = sorted(bound.node.get("responses", {}).items(), key=lambda each: not str(each[0]).startswith("2"))
    resolved = [resolve(each["$ref"], bound.document) if "$ref" in each else each for _, each in replies]
    kinds = dict.fromkeys(kind for each in resolved for kind in each.get("content", {}))
    return ", ".join(kinds) or "*/*"


def _where(bound: Bound, name: str) -> str:
    """Where a parameter of this name is declared, if the step does not say it."""
    return next((str(each["in"]) for each in bound.parameters if each["name"] == name), "query")


def _declared(bound: Bound, where: str, name: str) -> Mapping[str, Any]:
    """What the contract says of a parameter; letter case does not matter in a header's name."""
    for each in bound.parameters:
        same = each["name"] == name or (where == "header" and each["name"].lower() == name.lower())
        if each["in"] == where and same:
            return each
    return {"name": name, "in": where}


def _path(bound: Bound, values: Mapping[str, Any]) -> str:
    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            raise Unsendable(f"the path parameter {name} has no value")
        text = serialising.in_path(_declared(bound, "path", name), values[name])
        if text in ("", ".", ".."):
            raise Unsendable(f"the path parameter {name} is '{text}', which leads to another path")
        return text

    return _PLACEHOLDER.sub(filled, bound.path)


def _query(bound: Bound, values: Mapping[str, Any]) -> str:
    pieces = [
        piece for name, each in values.items() for piece in serialising.in_query(_declared(bound, "query", name), each)
    ]
    return f"?{'&'.join(pieces)}" if pieces else ""


def _headers(bound: Bound, values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    headers = {}
    for name, each in values["header"].items():
        text = serialising.in_header(_declared(bound, "header", name), each)
        if not text.isascii() or not text.isprintable():
            raise Unsendable(f"the header {name} can only have letters, digits and signs of ASCII, on one line")
        headers[name.lower()] = text
    if values["cookie"]:
        cookies = (serialising.in_cookie(_declared(bound, "cookie", n), each) for n, each in values["cookie"].items())
        headers["cookie"] = "; ".join(cookies)
    return headers


def _read(reply: httpx2.Response) -> Any:
    """A body as a JSON value, as text where it is none, or None where there is none."""
    if not reply.content:
        return None
    try:
        return msgspec.json.decode(reply.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return reply.text
