"""Sandboxes: isolated worlds. Each has the state of all vendors, a clock, a journal and webhooks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from mockserver.clock import Clock, ClockSetting
from mockserver.journal import Exchange, Journal
from mockserver.limits import Limiter, RateWindow
from mockserver.options import Options
from mockserver.state import snapshot
from mockserver.state.collection import collection
from mockserver.state.snapshot import Snapshot
from mockserver.state.transaction import Ledger, State
from mockserver.webhooks.courier import Courier
from mockserver.webhooks.delivery import Delivery
from mockserver.webhooks.misbehaviour import Misbehaviour
from mockserver.webhooks.queue import Webhooks

DEFAULT = "default"
Opener = Callable[["Sandbox"], Any]
Observer = Callable[[str, Exchange], None]


class Control(State):
    """What outlives a request and is no vendor's."""

    clock = collection(ClockSetting)
    rate_windows = collection(RateWindow, secret={"id"})
    deliveries = collection(Delivery, secret={"headers", "body"})
    misbehaviours = collection(Misbehaviour)


class Sandbox:
    """One world. `subjects` has what each vendor's operations act on, by vendor."""

    def __init__(self, name: str, openers: Mapping[str, Opener], seed: Snapshot | None, options: Options) -> None:
        self.name = name
        self.ledger = Ledger()
        self.control = Control(self.ledger, "sandbox")
        self.clock = Clock(self.control.clock)
        self.limiter = Limiter(self.ledger, self.control.rate_windows)
        self.journal = Journal(options.journal_entries, options.journal_bytes)
        self.webhooks = Webhooks(
            self.ledger, self.control.deliveries, self.control.misbehaviours, self.clock, options.journal_entries
        )
        self.subjects = {vendor: open_subject(self) for vendor, open_subject in openers.items()}
        self._seed = snapshot.take(self.ledger) if seed is None else seed
        snapshot.load(self.ledger, self._seed)

    def reset(self) -> None:
        """Back to the seed: state, clock, counters, an empty journal, and nothing to tell to apps."""
        snapshot.load(self.ledger, self._seed)
        self.journal.clear()
        self.webhooks.reset()

    def rewind(self, to: Exchange) -> list[int]:
        """Inside a transaction: make the state what it was just before an exchange; returns the ids undone.

        The undoing is made of changes like any other, so a later rewind can undo it too.
        """
        undone = list(self.journal.since(to.id))
        changes = [change for exchange in undone for change in reversed(exchange.changes)]
        self.ledger.revert(change for change in changes if not self.webhooks.owns(change))
        self.webhooks.rewind(to.id, [change for change in changes if self.webhooks.owns(change)])
        return [exchange.id for exchange in undone]


class Sandboxes:
    """All sandboxes by name. `default` is always there."""

    def __init__(self, openers: Mapping[str, Opener], seed: Snapshot | None, options: Options) -> None:
        self._openers = openers
        self._seed = seed
        self._options = options
        self._courier = Courier(options.webhook_allow)
        self._observer: Observer | None = None
        self._by_name: dict[str, Sandbox] = {}
        self._numbers = itertools.count(1)
        self.create(DEFAULT)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(self._by_name.values())

    def create(self, name: str | None = None) -> Sandbox:
        """Make a fresh sandbox from the seed. Raises ValueError when the name is taken."""
        name = name or f"sandbox-{next(self._numbers)}"
        if name in self._by_name:
            raise ValueError(f"a sandbox called {name} exists already")
        made = self._by_name[name] = Sandbox(name, self._openers, self._seed, self._options)
        self._attach(made)
        self._courier.attend(made.webhooks)
        return made

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every exchange in any sandbox, with the sandbox's name."""
        self._observer = observer
        for sandbox in self:
            self._attach(sandbox)

    def _attach(self, sandbox: Sandbox) -> None:
        if self._observer is not None:
            sandbox.journal.observer = partial(self._observer, sandbox.name)

    def get(self, name: str) -> Sandbox | None:
        """The sandbox of this name, or None; none is ever created by asking."""
        return self._by_name.get(name)
