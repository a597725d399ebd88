"""A delivery: one text for one subscription, every attempt to send it, and what becomes of it after each."""

from __future__ import annotations

from typing import Literal

import msgspec

from mockserver.state.change import Record

Status = Literal["waiting", "delivered", "failed", "dropped", "refused", "cancelled"]
Target = tuple[str, int]
"""A vendor and the id of one of its subscriptions: what has a queue of its own."""


class Attempt(Record, frozen=True):
    """One request to a subscription's URL.

    `at` is the sandbox's clock in seconds since 1970, `took` real seconds. `status` is the HTTP status of the answer,
    None where there was none; `error` says what was wrong, and is empty where nothing was.
    """

    at: float
    took: float
    status: int | None = None
    error: str = ""


class Delivery(Record, frozen=True, kw_only=True):
    """What one subscription is told once.

    `exchange` is the journal's id of the request whose change it tells of. `queued_at` and `due`, before which it is
    not sent, are in seconds since 1970 on the sandbox's clock. `copies` is how many more times it is sent after it
    was acknowledged. Deliveries of one `group`, named by the id of its first, leave last first; 0 is no group.
    `misbehaviour` names what is wrong with it on purpose.
    """

    id: int
    exchange: int
    vendor: str
    subscription: int
    topic: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    queued_at: float
    due: float
    status: Status = "waiting"
    attempts: tuple[Attempt, ...] = ()
    misbehaviour: tuple[str, ...] = ()
    copies: int = 0
    group: int = 0
    redelivery_of: int | None = None

    @property
    def target(self) -> Target:
        """Whose queue it is in."""
        return self.vendor, self.subscription

    @property
    def place(self) -> tuple[int, int]:
        """Sorts the deliveries of one subscription into the order in which they leave."""
        return self.group or self.id, -self.id

    @property
    def acknowledged(self) -> bool:
        """Whether an attempt was answered as the app should."""
        return any(not attempt.error for attempt in self.attempts)


def attempted(delivery: Delivery, attempt: Attempt, retries: tuple[float, ...], now: float) -> Delivery:
    """What an attempt makes of a delivery.

    Acknowledged, it is done when all its copies are sent, whatever is answered to those. Else it is due again after
    the next of `retries` seconds, or has failed where there is no next.
    """
    attempts = (*delivery.attempts, attempt)
    if delivery.acknowledged:
        left = delivery.copies - 1
        return msgspec.structs.replace(
            delivery, attempts=attempts, copies=left, status="waiting" if left else "delivered"
        )
    if not attempt.error:
        status: Status = "waiting" if delivery.copies else "delivered"
        return msgspec.structs.replace(delivery, attempts=attempts, status=status)
    if len(attempts) > len(retries):
        return msgspec.structs.replace(delivery, attempts=attempts, status="failed")
    return msgspec.structs.replace(delivery, attempts=attempts, due=now + retries[len(attempts) - 1])
