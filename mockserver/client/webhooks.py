"""What a sandbox told to apps, to look at, to repeat, and to go wrong on purpose."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypedDict, Unpack

from mockserver.client.durations import Duration, millis
from mockserver.client.errors import VerificationError
from mockserver.client.http import AdminConnection
from mockserver.client.results import Delivery, DeliveryStatus, Subscription, read, read_all
from mockserver.client.wording import camel, given

_POLL = 0.02


class Filters(TypedDict, total=False):
    """Which deliveries are meant; all where nothing is said."""

    vendor: str
    subscription: int
    topic: str
    status: DeliveryStatus
    since: int


class Ways(TypedDict, total=False):
    """What goes wrong with deliveries: `duplicate` sends each so many more times, `reorder` in groups, last first."""

    duplicate: int
    delay: Duration
    drop: bool
    reorder: int
    wrong_signature: bool
    stale: bool
    times: int


class Webhooks:
    """Deliveries and subscriptions of one sandbox."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    def list(self, *, limit: int = 1000, **filters: Unpack[Filters]) -> Sequence[Delivery]:
        """Deliveries with every attempt, newest first."""
        params = {"limit": limit, **given(Filters, filters)}
        return read_all(Delivery, self._connection.get("/webhooks", params=params)["deliveries"])

    def get(self, id: int) -> Delivery:
        """One delivery. Raises AdminError where there is none, or none any more."""
        return read(Delivery, self._connection.get(f"/webhooks/{id}"))

    def wait(self, count: int = 1, *, timeout: float = 5.0, **filters: Unpack[Filters]) -> Sequence[Delivery]:
        """Deliveries like these, as soon as there are so many. Raises VerificationError after `timeout` seconds."""
        until = time.monotonic() + timeout
        while len(found := self.list(**filters)) < count:
            if time.monotonic() > until:
                seen = "\n".join(f"  {each.topic} to {each.url}: {each.status}" for each in self.list()) or "  none"
                wanted = ", ".join(f"{name} {value}" for name, value in filters.items()) or "any"
                raise VerificationError(
                    f"after {timeout:g} s there are {len(found)} webhook deliveries ({wanted}), not {count}; all there "
                    f"are:\n{seen}"
                )
            time.sleep(_POLL)
        return found

    def redeliver(self, id: int) -> Delivery:
        """Queue a copy of a delivery, which is returned."""
        return read(Delivery, self._connection.post(f"/webhooks/{id}/redeliver"))

    def subscriptions(self) -> Sequence[Subscription]:
        """Who is told, of all vendors."""
        return read_all(Subscription, self._connection.get("/webhooks/subscriptions")["subscriptions"])

    def misbehave(self, vendor: str, id: int, **ways: Unpack[Ways]) -> Subscription:
        """Have deliveries to a subscription go wrong from now on, in place of what was said before."""
        body = {camel(name): value for name, value in given(Ways, ways).items() if name != "delay"}
        if "delay" in ways:
            body["delayMillis"] = millis(ways["delay"])
        return read(Subscription, self._connection.put(self._misbehaviour(vendor, id), json=body))

    def behave(self, vendor: str, id: int) -> None:
        """Have deliveries to a subscription go right again."""
        self._connection.delete(self._misbehaviour(vendor, id))

    def _misbehaviour(self, vendor: str, id: int) -> str:
        return f"/webhooks/subscriptions/{vendor}/{id}/misbehaviour"
