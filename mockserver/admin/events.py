"""Events: requests, deliveries and what they changed, as they happen."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from mockserver.admin import entries
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.events import Event, Happening, View, stream
from mockserver.journal import Exchange, Journal
from mockserver.redaction import REDACTED
from mockserver.state.change import Change
from mockserver.vendor import ADMIN
from mockserver.webhooks.delivery import Delivery

KINDS = frozenset({"exchange", "delivery", "state"})
_STREAM = "text/event-stream"


def stream_events(desk: Desk, call: Call) -> Reply:
    """What befalls the sandbox, for as long as somebody reads it."""
    limit = desk.world.options.max_streams
    if len(desk.world.streams) >= limit:
        raise Refused("stream-limit", limit=limit)
    asked = call.query.get("types")
    shown = _Shown(desk, frozenset(asked.split(",")) if asked else KINDS)
    # A browser that comes again says how far it came, and its address still says where it once began.
    since = call.fields.get("Last-Event-ID", call.query.get("since"))
    journal = desk.sandbox.journal
    if since is None:
        return Reply(_counted(shown, journal.last_id, []), media_type=_STREAM)
    return Reply(_counted(shown, since if since <= journal.last_id else 0, _gap(journal, since)), media_type=_STREAM)


def _gap(journal: Journal, since: int) -> list[Event]:
    """That the journal has not all that came after a request; or that it is another one, where none such was made."""
    kept = list(journal)  # at once, for other threads may add to it
    oldest = kept[-1].id if kept else journal.last_id + 1
    if since + 1 >= oldest and since <= journal.last_id:
        return []
    return [Event("gap", {"after": since, "next": oldest if kept else None})]


async def _counted(shown: _Shown, since: int, first: list[Event]) -> AsyncGenerator[bytes]:
    """The stream, which counts as one while it lasts."""
    streams, desk = shown.desk.world.streams, shown.desk
    streams.add(shown)
    try:
        async with aclosing(stream(desk.sandbox, View(shown.wants, shown.show), since, first)) as pieces:
            async for piece in pieces:
                yield piece
    finally:
        streams.discard(shown)


@dataclass(eq=False)
class _Shown:
    """What one reader is shown of a sandbox."""

    desk: Desk
    kinds: frozenset[str]

    def wants(self, happening: Happening) -> bool:
        """Whether anything is to be shown."""
        if isinstance(happening, Exchange):
            return self._is_listed(happening) or self._has_altered(happening)
        return ("delivery" if isinstance(happening, Delivery) else "state") in self.kinds

    def show(self, happening: Happening) -> Iterator[Event]:
        """What a request changed comes before the request, whose id means that both are through."""
        if isinstance(happening, Delivery):
            yield Event("delivery", entries.delivery_entry(self.desk, happening))
        elif isinstance(happening, Exchange):
            listed = self._is_listed(happening)
            if self._has_altered(happening):
                yield Event("state", self._state(happening), None if listed else happening.id)
            if listed:
                yield Event("exchange", entries.exchange_entry(self.desk, happening), happening.id)
        elif happening != "end":
            yield Event("state", {"request": None, "cause": happening, "changes": []})

    def _is_listed(self, exchange: Exchange) -> bool:
        """Whether a list of requests has it where nobody asks for those to the control plane."""
        return "exchange" in self.kinds and exchange.vendor != ADMIN

    def _has_altered(self, exchange: Exchange) -> bool:
        return "state" in self.kinds and bool(exchange.changes)

    def _state(self, exchange: Exchange) -> dict[str, Any]:
        is_rewind = exchange.vendor == ADMIN and exchange.operation == "rewind_request"
        cause = "rewind" if is_rewind else "request"
        return {"request": exchange.id, "cause": cause, "changes": [self._change(each) for each in exchange.changes]}

    def _change(self, change: Change) -> dict[str, Any]:
        collection = self.desk.collections[change.collection]
        key = REDACTED if collection.key_field in collection.secret else change.key
        kind = "insert" if change.before is None else "delete" if change.after is None else "update"
        return {"collection": change.collection, "key": key, "kind": kind}
