"""The journal: what was asked, what was answered and what it changed, bounded by entries and bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import msgspec

from mockserver.findings import Finding
from mockserver.state.change import Change

Headers = Sequence[tuple[bytes, bytes]]
_OVERHEAD = 1024
"""Bytes that an exchange is counted with beside its bodies, for headers, target and the objects that hold them; more,
where these are longer."""


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One request and its reply, as they were on the wire.

    `at` is the sandbox's clock in seconds since 1970, `took` real seconds. `vendor` and `api` are empty where no
    contract has such a path. `status` is 0 where nothing was answered. `row` is the error row that the reply is, and
    `fault` the rule that had a hand in it. Nothing is redacted yet: `redaction` does that for whoever reads.
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
    fault: str | None = None


Observer = Callable[[Exchange], None]


class Journal:
    """A sandbox's exchanges, oldest dropped first. Ids count up from 1 and are never used again.

    `wanted` is whether anybody wants to have exchanges: a journal of no entries is off, unless somebody observes.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self.dropped = 0
        self.wanted = max_entries > 0
        self._observers: tuple[Observer, ...] = ()
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._last_id = 0
        self._cleared = False
        self._headers: Headers = ()
        self._unweighed = 0
        """Bytes of headers that are to be kept and not counted yet."""
        self._sizes: deque[int] = deque()
        self._exchanges: deque[Exchange] = deque()

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        """Newest first. Of a copy: where tests have several event loops, another one may add to it meanwhile."""
        return reversed(self._exchanges.copy())

    @property
    def disabled(self) -> bool:
        """Whether no exchange is ever kept."""
        return self._max_entries == 0

    @property
    def whole(self) -> bool:
        """Whether it has every exchange since the sandbox's history began."""
        return not (self._cleared or self.dropped or self.disabled)

    @property
    def last_id(self) -> int:
        """The newest exchange's id; 0 at first."""
        return self._last_id

    def next_id(self) -> int:
        """A new exchange's id."""
        self._last_id += 1
        return self._last_id

    def go_on_after(self, id: int) -> None:
        """Give out no id up to this one any more: another server has, and records refer to them."""
        self._last_id = max(self._last_id, id)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every exchange from now on, on the thread that answers it."""
        self._observers = (*self._observers, observer)
        self.wanted = True

    def unobserve(self, observer: Observer) -> None:
        """Tell it no more."""
        self._observers = tuple(each for each in self._observers if each != observer)
        self.wanted = self._max_entries > 0 or bool(self._observers)

    def shared(self, headers: Headers) -> Headers:
        """The headers of the exchange before, where these are the same.

        A client sends the same headers again and again. To keep a dozen small objects for every request, and to free
        them a thousand requests later when they have long left the processor's cache, costs more than to compare.
        """
        if headers != self._headers:
            self._headers = headers
            self._unweighed = sum(len(name) + len(value) for name, value in headers)
        return self._headers

    def append(self, exchange: Exchange) -> None:
        """Keep an exchange; drop the oldest ones past the bounds."""
        exchanges, sizes = self._exchanges, self._sizes
        head = len(exchange.target) + self._unweighed
        size = max(_OVERHEAD, head) + len(exchange.request_body) + len(exchange.reply_body)
        self._unweighed = 0
        exchanges.append(exchange)
        sizes.append(size)
        self._bytes += size
        while len(exchanges) > self._max_entries or self._bytes > self._max_bytes:
            exchanges.popleft()
            self._bytes -= sizes.popleft()
            self.dropped += 1
        for observer in self._observers:
            observer(exchange)

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
        self._sizes.clear()
        self._bytes = self.dropped = 0
        self._cleared = True

    def begin(self) -> None:
        """Forget all exchanges, for what comes now is a new history."""
        self.clear()
        self._cleared = False
