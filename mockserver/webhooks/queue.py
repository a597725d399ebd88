"""Webhooks: what a transaction's changes mean to subscriptions, queued as records; and what becomes of those.

Knows no event loop and no HTTP: `courier` sends, and is told here when there is something to send.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from msgspec.structs import replace

from mockserver.clock import Clock
from mockserver.state.change import Change, Key
from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger
from mockserver.vendor import ADMIN, Event, Hooks, Subscription
from mockserver.webhooks import payload
from mockserver.webhooks.delivery import Attempt, Delivery, Status, Target, attempted
from mockserver.webhooks.misbehaviour import Misbehaviour, misbehave, rule_key
from mockserver.webhooks.outbox import Bounds, Outbox
from mockserver.webhooks.payload import Post

log = logging.getLogger("mockserver")


class Sends(Protocol):
    """Whoever sends what waits."""

    def wake(self, webhooks: Webhooks, target: Target | None = None) -> None:
        """Something is new for this subscription; without one, anything may have been altered."""


class Webhooks:
    """What one sandbox tells to apps."""

    def __init__(
        self,
        ledger: Ledger,
        deliveries: Collection[Delivery],
        misbehaviours: Collection[Misbehaviour],
        clock: Clock,
        bounds: Bounds,
    ) -> None:
        self.clock = clock
        self.outbox = Outbox(ledger, deliveries, bounds)
        self.posts: dict[str, Post] = {}
        self.sender: Sends | None = None
        self._ledger = ledger
        self._deliveries = deliveries
        self._misbehaviours = misbehaviours

    def serve(self, vendor: str, state: Any, hooks: Hooks) -> None:
        """Tell the subscriptions of this vendor."""
        self.posts[vendor] = Post(vendor, state, hooks)

    def notice(self, vendor: str, changes: Sequence[Change], exchange: int, at: float) -> Sequence[Change]:
        """Queue what the changes of a transaction that is over mean to subscriptions. Never raises.

        `vendor` is the vendor whose operation made them, or the control plane, whose changes may be anyone's.
        Returns the changes of rules that were used up: they belong to the exchange, and are rewound with it.
        """
        post = self.posts.get(vendor)
        if post is not None:
            return self._tell(post, changes, exchange, at)
        if vendor != ADMIN:
            return ()
        used: list[Change] = []
        for owner, theirs in groupby(changes, lambda change: change.collection.partition(".")[0]):
            if owner in self.posts:
                used += self._tell(self.posts[owner], list(theirs), exchange, at)
        self.wake()  # the clock may have been altered, or something queued again
        return used

    def _tell(self, post: Post, changes: Sequence[Change], exchange: int, at: float) -> Sequence[Change]:
        try:
            events = list(post.hooks.events(post.state, changes))
            if not events:
                return ()
            with self._ledger.transaction() as made:
                queued = [self._queue(post, event, exchange, at) for event in events]
        except Exception:
            log.exception("request %d to %s: a bug of the fake, and nobody is told", exchange, post.vendor)
            return ()
        for target in dict.fromkeys(queued):
            self.wake(target)
        return [change for change in made if change.collection == self._misbehaviours.name]

    def _queue(self, post: Post, event: Event, exchange: int, at: float) -> Target:
        """Make and store one delivery; returns whose it is."""
        subscription = event.subscription
        target = (post.vendor, subscription.id)
        rule = self._use_rule(target) if len(self._misbehaviours) else None
        said = payload.write(post, event, rule, at)
        delivery = Delivery(
            id=self.outbox.next_id,
            exchange=exchange,
            vendor=post.vendor,
            subscription=subscription.id,
            topic=subscription.topic,
            url=subscription.url,
            headers=said.headers,
            body=said.body,
            queued_at=at,
            due=at,
        )
        error = said.error or (self._too_many() if self.outbox.full else "")
        if error:
            self.outbox.add(replace(delivery, status="failed", attempts=(Attempt(at, 0.0, None, error),)))
        elif rule is None:
            self.outbox.add(delivery)
        else:
            self._queue_wrongly(delivery, rule, stale=payload.tells_stale(event, rule))
        return target

    def _too_many(self) -> str:
        most = self.outbox.bounds.waiting
        return f"{most} deliveries wait already; for more, start the server with a higher --max-waiting"

    def _queue_wrongly(self, delivery: Delivery, rule: Misbehaviour, *, stale: bool) -> None:
        group = self.outbox.last_group(delivery.target) if rule.reorder else []
        made, *altered = misbehave(delivery, rule, group, stale=stale)
        self.outbox.add(made)
        for member in altered:
            self.outbox.put(member)
        if altered:
            self.wake()

    def _use_rule(self, target: Target) -> Misbehaviour | None:
        """The rule for one more delivery to a subscription, which is gone after the last of its times."""
        rule = self.rule(target)
        if rule is not None and rule.times is not None:
            self._misbehaviours.set(rule.id, rule.used())
        return rule

    def reset(self) -> None:
        """All records were replaced, and what was done before is forgotten."""
        self.outbox.dropped = 0
        self._derive_anew()

    def owns(self, change: Change) -> bool:
        """Whether a change is of these records, which a rewind leaves to `rewind`."""
        return change.collection in {self._deliveries.name, self._misbehaviours.name}

    def rewind(self, to: int, undone: Sequence[Change]) -> None:
        """Inside a transaction: undo own changes, given newest first, and take back what exchanges from `to` on caused.

        Deliveries go on between exchanges, so a record need not be any more what a change made it.
        """
        before: dict[tuple[str, Key], Any] = {(change.collection, change.key): change.before for change in undone}
        for delivery in self._deliveries:
            before.setdefault((self._deliveries.name, delivery.id), delivery)
        for (collection, key), record in before.items():
            if collection == self._misbehaviours.name:
                self._misbehaviours.set(key, record)
            elif record is None or record.exchange >= to:
                self._deliveries.remove(key)
            elif key not in self._deliveries:
                self._deliveries.put(record)
        self._derive_anew()

    def _derive_anew(self) -> None:
        self.outbox.derive_anew()
        self.wake()

    def wake(self, target: Target | None = None) -> None:
        """Have sent what is due for one subscription; or for all, when the clock or the records were altered."""
        if self.sender is not None:
            self.sender.wake(self, target)

    def is_current(self, delivery: Delivery) -> bool:
        """Whether this is how the records have the delivery: after a reset another may have its id."""
        return self._deliveries.get(delivery.id) is delivery

    def subscriptions(self) -> Iterator[tuple[Target, Subscription]]:
        """All subscriptions of all vendors."""
        for post in self.posts.values():
            for subscription in post.hooks.subscriptions(post.state):
                yield (post.vendor, subscription.id), subscription

    def subscription(self, target: Target) -> Subscription | None:
        """A subscription, or None when it is gone."""
        vendor, id = target
        post = self.posts[vendor]
        with self._ledger.turn:
            return next((each for each in post.hooks.subscriptions(post.state) if each.id == id), None)

    def rule(self, target: Target) -> Misbehaviour | None:
        """How a subscription's deliveries misbehave."""
        return self._misbehaviours.get(rule_key(target))

    def record(self, delivery: Delivery, attempt: Attempt) -> None:
        """Note an attempt, unless the delivery was forgotten while it was under way."""
        with self._ledger.transaction():
            if self.is_current(delivery):
                retries = self.posts[delivery.vendor].hooks.retries
                self.outbox.put(attempted(delivery, attempt, retries, self.clock.time()))

    def give_up(self, delivery: Delivery, status: Status, error: str) -> None:
        """Never send a delivery, for a reason that is no answer of the app."""
        attempts = (*delivery.attempts, Attempt(self.clock.time(), 0.0, None, error))
        with self._ledger.transaction():
            if self.is_current(delivery):
                self.outbox.put(replace(delivery, status=status, attempts=attempts))

    def redeliver(self, delivery: Delivery, subscription: Subscription) -> Delivery:
        """Inside a transaction: store a copy, for the subscription as it is now, that will not misbehave."""
        now = self.clock.time()
        again = Delivery(
            id=self.outbox.next_id,
            exchange=delivery.exchange,
            vendor=delivery.vendor,
            subscription=delivery.subscription,
            topic=delivery.topic,
            url=subscription.url,
            headers=payload.headers(self.posts[delivery.vendor], subscription, delivery.body.encode()),
            body=delivery.body,
            queued_at=now,
            due=now,
            redelivery_of=delivery.id,
        )
        self.outbox.add(again)
        return again
