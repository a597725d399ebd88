"""The outbox: the deliveries of one sandbox, in the order in which they leave, and those that are done with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import NamedTuple

from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger
from mockserver.webhooks.delivery import Delivery, Target


class Bounds(NamedTuple):
    """How many deliveries of a sandbox are kept when they are done with, and how many may wait at a time."""

    done: int
    waiting: int


class Outbox:
    """Everything that it knows are the records; the lines of ids are derived from them, and derived anew on demand.

    An id whose delivery is gone, or waits no more, is left out when its turn comes. `dropped` counts the deliveries
    that did not stay when they were done with.
    """

    def __init__(self, ledger: Ledger, deliveries: Collection[Delivery], bounds: Bounds) -> None:
        self.dropped = 0
        self.observers: tuple[Callable[[Delivery], None], ...] = ()
        """Told of every delivery as it is stored."""
        self.bounds = bounds
        self._ledger = ledger
        self._deliveries = deliveries
        self._lines: dict[Target, deque[int]] | None = None
        self._done: deque[int] | None = None

    def derive_anew(self) -> None:
        """The records were replaced: when they are next asked for, the lines follow."""
        self._lines = self._done = None

    @property
    def next_id(self) -> int:
        """A new delivery's id."""
        return self._deliveries.last_key + 1

    def get(self, id: int) -> Delivery | None:
        """The delivery with this id, or None."""
        return self._deliveries.get(id)

    def newest_first(self) -> Iterator[Delivery]:
        """All deliveries."""
        with self._ledger.turn:
            return reversed(list(self._deliveries))

    def targets(self) -> list[Target]:
        """The subscriptions that something may wait for."""
        with self._ledger.turn:
            return list(self._known())

    def waiting(self, target: Target) -> int:
        """How many deliveries wait for a subscription."""
        with self._ledger.turn:
            return sum(self._waits(id) is not None for id in self._known().get(target, ()))

    def head(self, target: Target) -> Delivery | None:
        """The delivery that leaves next, due or not; None when none waits."""
        with self._ledger.turn:
            lines = self._known()
            line = lines.get(target)
            while line:
                delivery = self._waits(line[0])
                if delivery is not None:
                    return delivery
                line.popleft()
            lines.pop(target, None)
            return None

    def last_group(self, target: Target) -> list[Delivery]:
        """Inside a transaction: the group at the end of a line, in the order in which it leaves; or nothing."""
        line = self._known().get(target, ())
        last = self._waits(line[-1]) if line else None
        if last is None or not last.group:
            return []
        waiting = (self._waits(id) for id in reversed(line))
        members = takewhile(lambda each: each is not None and each.group == last.group, waiting)
        return [member for member in members if member is not None][::-1]

    def add(self, delivery: Delivery) -> None:
        """Inside a transaction: store a new delivery and line it up, at the end or before its group."""
        line = self._known().setdefault(delivery.target, deque())
        behind = self.last_group(delivery.target) if delivery.group else []
        self.put(delivery)
        if delivery.status != "waiting":
            return
        if behind and behind[-1].group == delivery.group:
            line.insert(len(line) - len(behind), delivery.id)
        else:
            line.append(delivery.id)

    def put(self, delivery: Delivery) -> None:
        """Inside a transaction: store a delivery as it is now; drop the oldest of those that are done with."""
        self._deliveries.set(delivery.id, delivery)
        for observer in self.observers:
            observer(delivery)
        if delivery.status == "waiting":
            return
        done = self._finished(delivery.id)
        while len(done) > self.bounds.done:
            self.dropped += self._deliveries.remove(done.popleft()) is not None

    @property
    def full(self) -> bool:
        """Whether as many deliveries wait as may."""
        return len(self._deliveries) - len(self._finished()) >= self.bounds.waiting

    def _finished(self, new: int | None = None) -> deque[int]:
        """The ids of the deliveries that are done with, in the order in which they were; `new` is one more."""
        if self._done is None:
            self._done = deque(each.id for each in self._deliveries if each.status != "waiting")
        elif new is not None:
            self._done.append(new)
        return self._done

    def _waits(self, id: int) -> Delivery | None:
        delivery = self._deliveries.get(id)
        return delivery if delivery is not None and delivery.status == "waiting" else None

    def _known(self) -> dict[Target, deque[int]]:
        if self._lines is None:
            self._lines = {}
            waiting = [delivery for delivery in self._deliveries if delivery.status == "waiting"]
            for delivery in sorted(waiting, key=lambda each: each.place):
                self._lines.setdefault(delivery.target, deque()).append(delivery.id)
        return self._lines
