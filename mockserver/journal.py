"""The journal: what was asked, what was answered and what it changed, bounded by entries and bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import msgspec

from mockserver.findings import Finding
from mockserver.state.change import Change

Headers = Sequence[tuple[bytes, bytes]]
_OVERHEAD = 1024
"""Bytes that an exchange is counted with beside its bodies: headers, target and the objects that hold them."""


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One request and its reply, as they were on the wire.

    `at` is the sandbox's clock in seconds since 1970, `took` real seconds. `row` is the error row that the reply
    is. Nothing is redacted yet: `redaction` does that for whoever reads.
    """

    id: int
    at: float
    took: float
    vendor: str
    api: str
    operation: str | None
    method: str
    target: str
    request_headers: Headers
    request_body: bytes
    status: int
    reply_headers: Headers
    reply_body: bytes
    row: str | None
    findings: Sequence[Finding]
    changes: Sequence[Change]


class Journal:
    """A sandbox's exchanges, oldest dropped first. Ids count up from 1 and are never used again."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self.dropped = 0
        self.observer: Callable[[Exchange], None] | None = None
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._last_id = 0
        self._headers: Headers = ()
        self._exchanges: deque[Exchange] = deque()

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        """Newest first."""
        return reversed(self._exchanges)

    def next_id(self) -> int:
        """A new exchange's id."""
        self._last_id += 1
        return self._last_id

    def shared(self, headers: Headers) -> Headers:
        """The headers of the exchange before, where these are the same.

        A client sends the same headers again and again. To keep a dozen small objects for every request, and to free
        them a thousand requests later when they have long left the processor's cache, costs more than to compare.
        """
        if headers != self._headers:
            self._headers = headers
        return self._headers

    def append(self, exchange: Exchange) -> None:
        """Keep an exchange; drop the oldest ones past the bounds."""
        exchanges = self._exchanges
        exchanges.append(exchange)
        self._bytes += _OVERHEAD + len(exchange.request_body) + len(exchange.reply_body)
        while len(exchanges) > self._max_entries or self._bytes > self._max_bytes:
            oldest = exchanges.popleft()
            self._bytes -= _OVERHEAD + len(oldest.request_body) + len(oldest.reply_body)
            self.dropped += 1
        if self.observer is not None:
            self.observer(exchange)

    def get(self, id: int) -> Exchange | None:
        """The exchange with this id, or None when there is none, or none any more."""
        return next((exchange for exchange in self._exchanges if exchange.id == id), None)

    def since(self, id: int) -> Iterator[Exchange]:
        """Newest first, the exchange with this id and all later ones."""
        for exchange in self:
            if exchange.id < id:
                return
            yield exchange

    def clear(self) -> None:
        """Forget all exchanges, and that any were dropped."""
        self._exchanges.clear()
        self._bytes = self.dropped = 0
