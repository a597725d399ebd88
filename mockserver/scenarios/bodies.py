"""A step's request body: its payload with all values filled in, as bytes of its media type."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from mockserver.forms import FORM
from mockserver.scenarios import serialising
from mockserver.scenarios.document import Bound, Replacement, RequestBody
from mockserver.scenarios.expressions import Scope, text_of, value

_JSON = "application/json"


class Unsendable(Exception):
    """A request cannot be made of what a step says. The message says what would be right."""


class Body(msgspec.Struct, frozen=True):
    """A body: what it was made of, its bytes, and its media type."""

    payload: Any
    content: bytes
    kind: str


def make(bound: Bound, body: RequestBody | None, scope: Scope) -> Body | None:
    """The body of a request; None where there is none. Raises Undefined, Unsendable."""
    if body is None:
        return None
    known = list(bound.node.get("requestBody", {}).get("content", {}))
    kind = body.content_type or (known[0] if known else _JSON)
    payload = _replaced(copy.deepcopy(value(body.payload, scope)), body.replacements, scope)
    if payload is None:
        return None
    plain = kind.partition(";")[0].strip().lower()
    if plain == FORM:
        return Body(payload, _form(payload), kind)
    if plain == _JSON or plain.endswith("+json"):
        return Body(*_json(payload), kind)
    if not isinstance(payload, str):
        raise Unsendable(f"a body of type {kind} is sent as the text that the payload is, and this one is no text")
    return Body(payload, payload.encode(), kind)


def _form(payload: Any) -> bytes:
    if isinstance(payload, str):
        return payload.encode()
    if not isinstance(payload, Mapping):
        raise Unsendable(f"the payload of a form is a mapping of its fields, not {text_of(payload)[:60]}")
    return urlencode(serialising.in_form(payload)).encode()


def _json(payload: Any) -> tuple[Any, bytes]:
    """A JSON body; a text that is a whole JSON document itself is sent as it stands."""
    if isinstance(payload, str) and payload.lstrip()[:1] in ("{", "["):
        try:
            return msgspec.json.decode(payload), payload.encode()
        except msgspec.DecodeError:
            pass
    return payload, msgspec.json.encode(payload)


def _replaced(payload: Any, replacements: Sequence[Replacement], scope: Scope) -> Any:
    """The payload with other values where JSON pointers lead. Raises Undefined, Unsendable."""
    for each in replacements:
        new = value(each.value, scope)
        names = [token.replace("~1", "/").replace("~0", "~") for token in each.target.split("/")[1:]]
        if not names:
            payload = new
            continue
        inside = payload
        for name in names[:-1]:
            inside = _step(inside, name, each.target)
        _put(inside, names[-1], new, each.target)
    return payload


def _step(inside: Any, name: str, target: str) -> Any:
    if isinstance(inside, dict) and name in inside:
        return inside[name]
    if isinstance(inside, list) and name.isdecimal() and int(name) < len(inside):
        return inside[int(name)]
    raise Unsendable(f"the payload has nothing at {target}: there is no '{name}'")


def _put(inside: Any, name: str, new: Any, target: str) -> None:
    if isinstance(inside, dict):
        inside[name] = new
    elif isinstance(inside, list) and (name == "-" or (name.isdecimal() and int(name) == len(inside))):
        inside.append(new)
    elif isinstance(inside, list) and name.isdecimal() and int(name) < len(inside):
        inside[int(name)] = new
    else:
        raise Unsendable(f"the payload can have nothing at {target}")
