"""Webhooks: whether everything that is changed is told, in order and once, and how fast."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, Self

from tests.bench import paced, servers
from tests.bench.cases import Request
from tests.bench.catalogue import TOLD
from tests.bench.paced import Changes
from tests.bench.servers import Server, Unusable

_WARM_UP = 300
_PATIENCE = 15
"""Seconds without a delivery after which none is waited for; the fake tries again after ten."""
_GLANCE = 0.05
_AFTERWARDS = 0.3
"""Seconds in which what comes twice may still come."""
_LATER = 600_000
"""Milliseconds of the sandbox's clock by which deliveries are put off, so that all leave at once."""


class Effort(NamedTuple):
    """Seconds that the fake and its receiver have worked, and that other programs have kept them from working."""

    fake: float
    receiver: float
    waited: float

    @classmethod
    def of(cls, server: Server) -> Self:
        """Since its start."""
        receiver = _receiver(server)
        return cls(server.work, receiver.work, server.waited + receiver.waited)

    def since(self, before: Effort) -> Effort:
        return Effort(self.fake - before.fake, self.receiver - before.receiver, self.waited - before.waited)


@dataclass(frozen=True)
class Outcome:
    """What was changed; each delivery in the order in which they came, the record's number and when; what it took."""

    changes: Changes
    came: Sequence[tuple[int, float]]
    effort: Effort

    @property
    def lost(self) -> int:
        return len(self.changes.answered.keys() - {number for number, _ in self.came})

    @property
    def twice(self) -> int:
        return len(self.came) - len({number for number, _ in self.came})

    @property
    def disordered(self) -> int:
        """How many came after one that was changed later. What comes twice counts where it comes first."""
        first = list(dict.fromkeys(number for number, _ in self.came))
        return sum(number < highest for number, highest in zip(first, accumulate(first, max), strict=True))

    @property
    def lag_ms(self) -> float:
        """From the answer to the last change to the last delivery; 0 where that was no later."""
        return max(0.0, self._last - max(self.changes.answered.values())) * 1000

    @property
    def seconds(self) -> float:
        """From the first delivery to the last one."""
        return self._last - self.came[0][1]

    @property
    def per_second(self) -> float:
        return (len(self.came) - 1) / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of the fake's work for each delivery."""
        return self.effort.fake / len(self.came)

    @property
    def receiver_busy(self) -> float:
        """The share of its core that the receiver has used: near 1, the fake could be faster than it."""
        return self.effort.receiver / self.seconds

    @property
    def waited(self) -> float:
        """The share of the time in which fake or receiver waited for a core: where it is high, the machine is slow."""
        return self.effort.waited / self.seconds

    @property
    def _last(self) -> float:
        return self.came[-1][1]


def steadily(count: int, per_second: int) -> Outcome:
    """Changes at a steady pace; the receiver answers at once."""
    with servers.prepared(TOLD)() as server:
        _warm_up(server)
        before = Effort.of(server)
        changes = paced.make(server, TOLD, range(_WARM_UP, _WARM_UP + count), per_second)
        return _outcome(server, changes, before)


def at_once(count: int) -> Outcome:
    """Changes whose deliveries are put off until all are queued."""
    with servers.prepared(TOLD)() as server:
        _warm_up(server)
        subscription = server.tell(Request(method="GET", path="/__admin/webhooks/subscriptions"))["subscriptions"][0]
        path = "/__admin/webhooks/subscriptions/{vendor}/{id}/misbehaviour".format_map(subscription)
        server.tell(_put(path, {"delayMillis": _LATER}))
        changes = paced.make(server, TOLD, range(_WARM_UP, _WARM_UP + count))
        before = Effort.of(server)
        server.tell(_put("/__admin/clock", {"action": "advance", "durationMillis": _LATER}))
        return _outcome(server, changes, before)


def _put(path: str, said: Any) -> Request:
    return Request(method="PUT", path=path, headers={"Content-Type": "application/json"}, body=json.dumps(said))


def _receiver(server: Server) -> Server:
    assert server.receiver
    return server.receiver


def _warm_up(server: Server) -> None:
    """The first delivery is slow, because it imports what sends."""
    paced.make(server, TOLD, range(_WARM_UP))
    _await(_receiver(server), _WARM_UP)


def _outcome(server: Server, changes: Changes, before: Effort) -> Outcome:
    """When all deliveries, or no more, have come. Raises Unusable when none does."""
    receiver = _receiver(server)
    _await(receiver, _WARM_UP + len(changes.answered))
    effort = Effort.of(server).since(before)
    time.sleep(_AFTERWARDS)
    noted = receiver.tell(Request(method="GET", path="/"))
    came = [(number, at) for number, at in noted if number in changes.answered]
    if len(came) < 2:  # two make a rate
        raise Unusable(f"of {len(changes.answered)} changes {len(came)} were told")
    return Outcome(changes, came, effort)


def _await(receiver: Server, count: int) -> None:
    """Until so many deliveries have come, or for long no other one has."""
    last, since = 0, time.monotonic()
    while last < count and time.monotonic() - since < _PATIENCE:
        time.sleep(_GLANCE)
        now = receiver.tell(Request(method="GET", path="/count"))
        if now != last:
            last, since = now, time.monotonic()
