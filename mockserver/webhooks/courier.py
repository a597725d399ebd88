"""The courier: sends what waits in the sandboxes' outboxes, one delivery after the other for each subscription.

Time-outs and back-off are on the sandbox's clock: with a frozen clock nothing passes until a tester advances it, and
then all that has passed happens at once. Nothing polls: whatever alters the clock or the records wakes the courier.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from mockserver.webhooks.delivery import Attempt, Delivery, Target
from mockserver.webhooks.queue import Webhooks

if TYPE_CHECKING:
    from mockserver.webhooks.sender import Sender

_BUSY = 0.0005
"""Seconds. A round with a handful of requests in it is shorter."""

_ROUNDS, _LONGEST = 5, 0.02
"""How many such rounds a delivery waits after the one before it, and how many seconds at most."""

log = logging.getLogger("mockserver")


class Courier:
    """Sends for all sandboxes of a server, on the event loop that the server runs on.

    Tests run one loop after the other, and in several threads at once. A round lasts as long as the loop that it was
    begun on; what is under way when that ends still waits, and is sent in the next round.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._sandboxes: list[Webhooks] = []
        self._round: _Round | None = None

    def attend(self, webhooks: Webhooks) -> None:
        """Send for a sandbox, too."""
        self._sandboxes.append(webhooks)
        webhooks.sender = self

    def leave(self, webhooks: Webhooks) -> None:
        """Send for a sandbox no more; what is under way is the last."""
        self._sandboxes.remove(webhooks)
        webhooks.sender = None
        if self._round is not None and not self._round.over:
            self._round.dismiss(webhooks)

    def wake(self, webhooks: Webhooks, target: Target | None = None) -> None:
        """Something is new for this subscription; without one, anything may have been altered.

        Where no loop runs, nothing happens until one does and there is something new again.
        """
        here, round_ = _running_loop(), self._round
        if round_ is None or round_.over:
            if here is not None:
                here.call_soon(self._begin, here)
        elif target is not None and round_.loop is here:
            round_.look(webhooks, target)
        else:
            with suppress(RuntimeError):  # the loop of another thread has ended just now
                # Not at once: whoever calls may be in the middle of a transaction.
                round_.loop.call_soon_threadsafe(round_.look, webhooks, target)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a round where something waits: what it takes is not imported before."""
        if (self._round is None or self._round.over) and any(each.outbox.targets() for each in self._sandboxes):
            self._round = _Round(loop, self._allowed, self._sandboxes)


class _Round:
    """What the courier has on one event loop: connections, and a worker for each subscription that waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, allowed: frozenset[str], sandboxes: Iterable[Webhooks]) -> None:
        self.loop = loop
        self._sender: Sender | None = None
        self._workers: dict[tuple[Webhooks, Target], tuple[_Worker, asyncio.Task[None]]] = {}
        self._life = loop.create_task(self._live(allowed, sandboxes))

    @property
    def over(self) -> bool:
        """Whether the loop has ended."""
        return self._life.done() or self.loop.is_closed()

    def look(self, webhooks: Webhooks, target: Target | None = None) -> None:
        """See to it that somebody works for whoever waits."""
        if self._sender is None:
            return  # everything is looked at when it is there
        if target is not None:
            self._employ(self._sender, webhooks, target)
            return
        for (sandbox, _), (worker, _) in self._workers.items():
            if sandbox is webhooks:
                worker.reconsider()
        for each in webhooks.outbox.targets():
            self._employ(self._sender, webhooks, each)

    def dismiss(self, webhooks: Webhooks) -> None:
        """Nobody works for a sandbox any more, which is gone."""
        for (sandbox, _), (_, task) in list(self._workers.items()):
            if sandbox is webhooks:
                self.loop.call_soon_threadsafe(task.cancel)

    def _employ(self, sender: Sender, webhooks: Webhooks, target: Target) -> None:
        key = (webhooks, target)
        if key not in self._workers:
            worker = _Worker(self.loop, sender, webhooks, target)
            self._workers[key] = (worker, self.loop.create_task(self._work(worker, key)))

    async def _work(self, worker: _Worker, key: tuple[Webhooks, Target]) -> None:
        try:
            await worker.work()
        except Exception:
            log.exception("a bug of the fake: webhooks for subscription %d of %s stop", key[1][1], key[1][0])
        finally:
            del self._workers[key]

    async def _live(self, allowed: frozenset[str], sandboxes: Iterable[Webhooks]) -> None:
        """Keep the connections until the loop ends, which cancels this and all workers."""
        try:
            if "mockserver.webhooks.sender" not in sys.modules:
                await asyncio.to_thread(_import_sender)
            async with _import_sender()(allowed) as self._sender:
                for webhooks in sandboxes:
                    self.look(webhooks)
                await self.loop.create_future()
        except Exception:
            log.exception("a bug of the fake: no webhook can be sent")


class _Worker:
    """Sends what waits for one subscription, one after the other, until nothing does."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sender: Sender, webhooks: Webhooks, target: Target) -> None:
        self._loop = loop
        self._sender = sender
        self._webhooks = webhooks
        self._target = target
        self._limit: asyncio.Timeout | None = None
        self._until = 0.0
        self._sending: Delivery | None = None

    def reconsider(self) -> None:
        """The clock or the records were altered: wait longer or shorter, or for something else."""
        if self._limit is None or self._limit.expired():
            return
        if self._sending is not None and self._webhooks.is_current(self._sending):
            self._limit.reschedule(self._moment())
        else:
            self._sending = None
            self._limit.reschedule(self._loop.time())

    async def work(self) -> None:
        """Send until nothing waits."""
        outbox, clock = self._webhooks.outbox, self._webhooks.clock
        while (delivery := outbox.head(self._target)) is not None:
            started, at = time.perf_counter(), clock.time()
            try:
                if delivery.due > at:
                    await self._pause(delivery.due)
                elif self._give_up(delivery):
                    await asyncio.sleep(0)
                else:
                    await self._send(delivery, at, started)
                    await self._let_requests_go_first()
            except Exception as error:
                log.exception("webhook %d of %s: a bug of the fake", delivery.id, delivery.vendor)
                bug = f"a bug of the fake: {type(error).__name__}: {error}"
                self._webhooks.record(delivery, Attempt(at, time.perf_counter() - started, None, bug))

    async def _let_requests_go_first(self) -> None:
        """Where one round of the loop takes long, requests keep it busy: then leave them several to themselves."""
        started = self._loop.time()
        await asyncio.sleep(0)
        round_ = self._loop.time() - started
        if round_ > _BUSY:
            await asyncio.sleep(min(round_ * _ROUNDS, _LONGEST))

    async def _pause(self, due: float) -> None:
        """Until the sandbox's clock shows an instant, or something was altered."""
        with suppress(TimeoutError):
            try:
                async with self._within(due, None):
                    await self._loop.create_future()
            finally:
                self._limit = None

    def _give_up(self, delivery: Delivery) -> bool:
        """Send no more what cannot or must not be sent; returns whether that is so."""
        if self._webhooks.subscription(self._target) is None:
            self._webhooks.give_up(delivery, "cancelled", "the subscription is gone")
            return True
        refusal = self._sender.refusal(delivery.url)
        if refusal is not None:
            self._webhooks.give_up(delivery, "refused", refusal)
        return refusal is not None

    async def _send(self, delivery: Delivery, at: float, started: float) -> None:
        """Make one attempt, and note it unless it was broken off because the delivery was forgotten meanwhile."""
        timeout = self._webhooks.posts[delivery.vendor].hooks.timeout
        try:
            async with self._within(at + timeout, delivery):
                status, error = await self._sender.send(delivery)
        except TimeoutError:
            if self._sending is None:
                return
            status, error = None, f"no complete answer within {timeout:g} s"
        finally:
            self._limit = None
        self._webhooks.record(delivery, Attempt(at, time.perf_counter() - started, status, error))

    def _within(self, until: float, sending: Delivery | None) -> asyncio.Timeout:
        """A limit at an instant of the sandbox's clock, which `reconsider` moves when the clock is altered."""
        self._until, self._sending = until, sending
        self._limit = asyncio.timeout_at(self._moment())
        return self._limit

    def _moment(self) -> float | None:
        """When the sandbox's clock shows the instant, by the loop's own clock; None where it stands still before."""
        left = self._until - self._webhooks.clock.time()
        if left <= 0:
            return self._loop.time()
        return None if self._webhooks.clock.frozen else self._loop.time() + left


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _import_sender() -> type[Sender]:
    """In a thread when it is the first time: it takes a tenth of a second, in which requests are answered."""
    from mockserver.webhooks.sender import Sender  # noqa: PLC0415  see above

    return Sender
