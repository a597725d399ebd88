"""A session: what a sandbox was asked and what a tester did to it, as the server tells it without secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from mockserver import jsonbody
from mockserver.client.http import AdminConnection
from mockserver.vendor import ADMIN


class Unrecorded(Exception):
    """No scenario can be made of this. The message says why, and what can be done."""


class Changed(msgspec.Struct, frozen=True):
    """A record that an exchange altered; `key` is None where it is a secret."""

    collection: str
    key: int | str | None
    kind: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange of a session. Names of headers are in lower case; `json` and `reply` are bodies that are JSON, else None.

    `at` is ISO 8601, by the sandbox's clock. `status` is 0 where nothing was answered.
    """

    id: int
    at: str
    api: str | None
    operation: str | None
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = {}
    body: str = ""
    is_text: bool = True
    json: Any = None
    status: int = 0
    reply_headers: Mapping[str, str] = {}
    reply: Any = None
    fault: str | None = None
    changes: Sequence[Changed] = ()
    is_cut: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether it is what a tester did, and not an app."""
        return self.api == ADMIN

    @property
    def is_lost(self) -> bool:
        """Whether the client did not get a whole reply."""
        return self.status == 0 or self.is_cut

    def is_like(self, other: Taken) -> bool:
        """Whether both ask the same."""
        return (self.method, self.path, self.query, self.body) == (other.method, other.path, other.query, other.body)


class About(msgspec.Struct, frozen=True, rename="camel"):
    """What is said of the sandbox; `published` has what everybody may know, by its placeholder."""

    sandbox: str
    fixture: str
    seed: int
    auth: str
    fidelity: str
    customers: int | None = None
    source: str | None = msgspec.field(default=None, name="from")
    rate_limits: str | None = None
    dropped: int = 0
    whole: bool = True
    published: dict[str, dict[str, str]] = {}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A whole session, oldest first; `rules` are the fault rules that there are now, by id."""

    about: About
    exchanges: Sequence[Taken]
    rules: Mapping[str, Mapping[str, Any]] = {}
    targets: Sequence[str] = ()
    """The addresses that webhooks are sent to."""
    keys: Mapping[str, str] = {}
    """What the key is called in each collection that a tester put records into."""


def read_session(server: AdminConnection, last: int | None = None) -> Session:
    """All that the journal has up to an exchange. Raises AdminError, Unreachable, Unrecorded."""
    log = server.get("/requests/export", params={"admin": "true", "to": last})["log"]
    try:
        about = msgspec.convert(log["_mockserver"], About)
        exchanges = [_taken(entry) for entry in log["entries"]]
    except (KeyError, msgspec.ValidationError) as error:
        raise Unrecorded(f"the server is of another version, and tells its journal otherwise: {error}") from None
    rules = {rule["id"]: rule for rule in server.get("/faults")["faults"]}
    put = {each.path.split("/__admin/state/")[1].rpartition("/")[0] for each in exchanges if _puts(each)}
    keys = {place.replace("/", "."): server.get(f"/state/{place}", params={"limit": 1})["key"] for place in put}
    told = [*server.get("/webhooks/subscriptions")["subscriptions"], *server.get("/webhooks")["deliveries"]]
    targets = {each["url"] for each in told}
    return Session(about=about, exchanges=exchanges, rules=rules, keys=keys, targets=sorted(targets))


def _puts(each: Taken) -> bool:
    return each.is_admin and each.operation == "put_record"


def _taken(entry: Mapping[str, Any]) -> Taken:
    ours, asked, answered = entry["_mockserver"], entry["request"], entry["response"]
    url = urlsplit(asked["url"])
    posted = asked.get("postData") or {}
    content = answered["content"]
    body = posted.get("text", "")
    return Taken(
        id=ours["id"],
        at=entry["startedDateTime"],
        api=ours["api"],
        operation=ours["operation"],
        method=asked["method"],
        path=unquote(url.path),
        query=parse_qsl(url.query, keep_blank_values=True),
        headers=_headers(asked["headers"]),
        body=body,
        is_text=not posted.get("_encoding"),
        json=_json(body),
        status=answered["status"],
        reply_headers=_headers(answered["headers"]),
        reply=None if content.get("encoding") else _json(content.get("text", "")),
        fault=ours["fault"],
        changes=msgspec.convert(ours["changes"], list[Changed]),
        is_cut=ours["fault"] is not None and _promised(answered) > content["size"],
    )


def _promised(answered: Mapping[str, Any]) -> int:
    """How long the body should be, by its header."""
    length = _headers(answered["headers"]).get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _headers(pairs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {pair["name"].lower(): pair["value"] for pair in pairs}


def _json(text: str) -> Any:
    try:
        return jsonbody.read(text.encode()) if text else None
    except jsonbody.Unreadable:
        return None
