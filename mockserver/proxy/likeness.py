"""How alike two requests are, secrets aside: an app has other ones than those that were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import structs

from mockserver import forms, jsonbody
from mockserver.contract import Contract
from mockserver.har import Recorded
from mockserver.pseudonyms import Pseudonyms
from mockserver.redaction import REDACTED

_NUMBERED = re.compile(r"\[redacted-\d+\]")


class Likeness(msgspec.Struct, frozen=True):
    """What a request is compared by. Values stand under the places that they have in it: `query.limit`, `body.email`."""

    method: str
    path: str
    values: dict[str, list[Any]]

    def differences(self, other: Likeness) -> list[str]:
        """Where the other one differs from this, and how; secrets do not stand in it."""
        found = []
        for name in ("method", "path"):
            ours, theirs = getattr(self, name), getattr(other, name)
            if ours != theirs:
                found.append(f"{name}: {theirs} instead of {ours}")
        places = dict.fromkeys([*self.values, *other.values])
        return [*found, *(told for place in places if (told := self._difference(place, other)))]

    def _difference(self, place: str, other: Likeness) -> str:
        ours, theirs = self.values.get(place), other.values.get(place)
        if ours == theirs:
            return ""
        if ours is None:
            return f"{place}: was not recorded"
        if theirs is None:
            return f"{place}: is missing"
        return f"{place}: {_told(theirs)} instead of {_told(ours)}"


class Reader:
    """Reads the requests of one recording, or of one app, in their order: what was once a secret is one later on, too."""

    def __init__(self, contract: Contract) -> None:
        self._pseudonyms = Pseudonyms(contract)

    def read(self, recorded: Recorded) -> Likeness:
        """What a request is compared by."""
        hidden = self._pseudonyms.recorded(structs.replace(recorded, reply_headers=(), reply_body=b""))
        values: dict[str, list[Any]] = {}
        for name, text in parse_qsl(hidden.query, keep_blank_values=True):
            values.setdefault(f"query.{name}", []).append(_NUMBERED.sub(REDACTED, text))
        for place, value in _body(hidden):
            values.setdefault(place, []).append(_NUMBERED.sub(REDACTED, value) if isinstance(value, str) else value)
        return Likeness(hidden.method.upper(), _NUMBERED.sub(REDACTED, hidden.path), values)


def _body(recorded: Recorded) -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON body, the fields of a form, or the body as a text."""
    body = recorded.request_body
    media_type = (recorded.request_header("content-type") or "").partition(";")[0].strip().lower()
    if not body:
        return
    if media_type == forms.FORM:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        yield from ((f"body.{name}", text) for name, text in pairs)
        return
    try:
        yield from _leaves(jsonbody.read(body), "body")
    except jsonbody.Unreadable:
        yield "body", body.decode("utf-8", "replace")


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{place}.{name}")
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{at}]")
    else:
        yield place, (type(value).__name__, value) if isinstance(value, bool) else value


def _told(values: list[Any]) -> str:
    plain = [value[1] if isinstance(value, tuple) else value for value in values]
    return msgspec.json.encode(plain[0] if len(plain) == 1 else plain).decode()[:100]
