"""Whether somebody is forgotten: nowhere in what a sandbox keeps, in a snapshot of it, or in what it has answered since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from mockserver.client.errors import AdminError
from mockserver.client.sandbox import Sandbox
from mockserver.scenarios.moments import Moment

_MOST = 5
"""Places that are told."""
_OWN = "sandbox"
"""The owner of what is no vendor's: clock, faults, deliveries."""
_PROBE = "probe-of-a-run"


def look(sandbox: Sandbox, expected: dict[str, Any], since: Moment) -> tuple[str, bool, str]:
    """Look everywhere. Raises AdminError."""
    if "record" in expected:
        return _record(sandbox, expected["record"])
    text = str(expected["text"])
    places = [*_in_records(sandbox, text), *_in_snapshot(sandbox, text), *_in_replies(sandbox, text, since)]
    more = f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
    told = f"it is in {', '.join(places[:_MOST])}{more}" if places else "it is nowhere"
    return f"'{text}' nowhere", not places, told


def _record(sandbox: Sandbox, place: Mapping[str, Any]) -> tuple[str, bool, str]:
    vendor, collection, key = place["vendor"], place["collection"], place["key"]
    there = key in sandbox.records(vendor, collection)
    return f"no {vendor} {collection} {key}", not there, "it is there" if there else "it is not there"


def _in_records(sandbox: Sandbox, text: str) -> Iterator[str]:
    """Records of vendors that have a text in them."""
    for vendor, collections in sandbox.admin.get("/state")["state"].items():
        if vendor == _OWN:
            continue
        for collection, count in collections.items():
            for record in sandbox.records(vendor, collection) if count else ():
                found = _place(record, text)
                if found is not None:
                    yield f"{vendor} {collection} {next(iter(record.values()), '')}{found}"


def _in_snapshot(sandbox: Sandbox, text: str) -> Iterator[str]:
    """The state as a snapshot would keep it now."""
    name = f"{sandbox.name[:20]}-{_PROBE}"
    path = f"/snapshots/{quote(name, safe='')}"
    sandbox.admin.put(path)
    try:
        document = sandbox.admin.get(path)
    finally:
        with suppress(AdminError):
            sandbox.admin.delete(path)
    found = _place(document, text)
    if found is not None:
        yield f"a snapshot of it, at {found}"


def _in_replies(sandbox: Sandbox, text: str, since: Moment) -> Iterator[str]:
    """Replies that the journal has since a moment."""
    told = sandbox.requests.list(since=since.exchange) if since.exchange else sandbox.requests.list()
    for each in reversed(told):
        exchange = sandbox.requests.get(each.id)
        if _place([exchange.response.headers, exchange.response.body], text) is not None:
            yield f"the reply to request {each.id} ({each.method} {each.url})"


def _place(value: Any, text: str, at: str = "") -> str | None:
    """Where a text first occurs in a JSON value, in any letter case."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found = f"{at}/{name}" if text.casefold() in str(name).casefold() else _place(inner, text, f"{at}/{name}")
            if found is not None:
                return found
        return None
    if isinstance(value, list):
        found_in = (_place(inner, text, f"{at}/{number}") for number, inner in enumerate(value))
        return next((each for each in found_in if each is not None), None)
    return at if value is not None and text.casefold() in str(value).casefold() else None
