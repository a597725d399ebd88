"""What the journal shows: exchanges and changes without the secrets in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, unquote_plus

import msgspec

from mockserver import jsonbody
from mockserver.contract import Contract
from mockserver.state.change import Change, Record
from mockserver.state.collection import Collection

REDACTED = "[redacted]"
WITHHELD = "[withheld: not JSON, and it may hold a secret]"
_ALWAYS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_NOTHING: tuple[Any, ...] = (None, "", {}, [])
_URLS = frozenset({"location", "referer"})
"""Headers whose value is an address, which may have a secret in its query."""
SCHEMES = frozenset({"basic", "bearer", "digest", "hmac", "negotiate", "token"})
"""How the value of a header with a credential may begin."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


class Secrets(NamedTuple):
    """The names under which secrets stand, in lower case: of properties and query parameters, and of headers."""

    names: frozenset[str]
    headers: frozenset[str]


class Body(NamedTuple):
    """A body as it may be shown. `kind` says whether `value` is a JSON value, a text, a reason or nothing."""

    kind: Literal["json", "text", "withheld", "empty"]
    value: Any


def secrets(contract: Contract, others: Iterable[Contract], more: Iterable[str] = ()) -> Secrets:
    """What is secret in an exchange with one contract. An app may mix up credentials, so those of the others are too."""
    headers = {name.decode() for each in (contract, *others) for name in each.secret_headers}
    return Secrets(frozenset(name.lower() for name in (*contract.secrets, *more)), _ALWAYS | headers)


def show_headers(headers: Iterable[tuple[bytes, bytes]], secret: Secrets) -> dict[str, str]:
    """Header values by name; those of a repeated header are joined with a comma."""
    shown: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in secret.headers:
            value = _credential(value)
        elif name in _URLS:
            value = show_url(value, secret)
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def show_body(body: bytes, secret: Secrets) -> Body:
    """A body as JSON where it is JSON, else as text unless a secret's name occurs in it."""
    if not body:
        return Body("empty", None)
    try:
        return Body("json", redact(jsonbody.read(body), secret.names))
    except jsonbody.Unreadable:
        text = body.decode("utf-8", "replace")
        return Body("withheld", WITHHELD) if _mentions(text, secret.names) else Body("text", text)


def redact(value: Any, names: frozenset[str]) -> Any:
    """A JSON value with the values of these names replaced at any depth; what is empty hides nothing and stays."""
    if isinstance(value, dict):
        return {
            name: _hidden(inner) if name.lower() in names else redact(inner, names) for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [redact(item, names) for item in value]
    return value


def show_url(target: str, secret: Secrets) -> str:
    """A path and its query, with the values of secret parameters replaced."""
    path, *rest = re.split("([?&#])", target)
    return path + "".join(_parameter(piece, secret.names) for piece in rest)


def show_change(change: Change, collections: Mapping[str, Collection[Any]]) -> dict[str, Any]:
    """A change as JSON, without the fields that its collection declares secret; one of them may be the key."""
    collection = collections[change.collection]
    names = secret_fields(collection)
    return {
        "collection": change.collection,
        "key": REDACTED if collection.key_field in collection.secret else change.key,
        "before": _record(change.before, names),
        "after": _record(change.after, names),
    }


def secret_fields(collection: Collection[Any]) -> frozenset[str]:
    """The secret fields of a collection's records, by the names under which they are stored and shown."""
    fields = msgspec.structs.fields(collection.record_type)
    shown = {field.encode_name for field in fields if field.name in collection.secret}
    return frozenset(name.lower() for name in shown | collection.secret)


def to_json(record: Record) -> Any:
    """A record as JSON, under the names in which it is stored; sets in a fixed order."""
    return msgspec.to_builtins(record, str_keys=True, order="deterministic")


def show_record(collection: Collection[Any], record: Record) -> Any:
    """A record as a tester sees it: all of it but the fields that nobody may be shown."""
    shown = to_json(record)
    for field in msgspec.structs.fields(record):
        if field.name in collection.hidden:
            del shown[field.encode_name]
    return shown


def _record(record: Record | None, names: frozenset[str]) -> Any:
    return None if record is None else redact(to_json(record), names)


def _hidden(value: Any) -> Any:
    return value if value in _NOTHING else REDACTED


def _credential(value: str) -> str:
    """Only the scheme of a credential, where it has one."""
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {REDACTED}" if space and scheme.lower() in SCHEMES else REDACTED


def _parameter(piece: str, names: frozenset[str]) -> str:
    """One `name=value` of a query. Of a nested name such as `customer[password]` every part counts."""
    name, equals, _ = piece.partition("=")
    parts = re.split(r"[\[\].]+", unquote_plus(name).lower())
    return f"{name}={REDACTED}" if equals and not names.isdisjoint(parts) else piece


def _mentions(text: str, names: frozenset[str]) -> bool:
    """Whether a name occurs in a text, as it is or escaped as in JSON or in a form, also in UTF-16."""
    text = text.replace("\0", "")
    unescaped = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    spellings = [spelling.lower() for spelling in (text, unquote(text), unescaped)]
    return any(name in spelling for name in names for spelling in spellings)
