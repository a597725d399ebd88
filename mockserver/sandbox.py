"""A sandbox: an isolated world, with the state of all vendors, a clock, a journal, webhooks, and what was met."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mockserver.clock import Clock, ClockSetting
from mockserver.coverage import Coverage
from mockserver.faults.book import Faults, Kept
from mockserver.faults.rule import FaultList, FaultUse, ScenarioRecord
from mockserver.journal import Exchange, Journal
from mockserver.limits import Limiter, RateWindow
from mockserver.options import Options
from mockserver.state import snapshot
from mockserver.state.collection import collection
from mockserver.state.snapshot import Snapshot
from mockserver.state.transaction import Ledger, State
from mockserver.tally import Tally
from mockserver.webhooks.delivery import Delivery
from mockserver.webhooks.misbehaviour import Misbehaviour
from mockserver.webhooks.outbox import Bounds
from mockserver.webhooks.queue import Webhooks

DEFAULT = "default"
Opener = Callable[["Sandbox"], Any]
Cause = str
"""What befell a sandbox as a whole: `reset`, `purge` or `load` replaced all records; `end` is the last."""


class Control(State):
    """What outlives a request and is no vendor's."""

    clock = collection(ClockSetting)
    rate_windows = collection(RateWindow, secret={"id"})
    deliveries = collection(Delivery, secret={"headers", "body"})
    misbehaviours = collection(Misbehaviour)
    faults = collection(FaultList, secret={"match"})  # a rule may be for requests with a credential
    fault_uses = collection(FaultUse)
    scenarios = collection(ScenarioRecord)


class Beginning(msgspec.Struct, frozen=True):
    """How a sandbox begins, and what a reset leads back to.

    `fixture` and `seed` are what the state was first made of; `source` says what it was copied from since.
    """

    snapshot: Snapshot
    fixture: str
    seed: int
    source: str | None = None


class Run:
    """What was met in all histories that are over: of the contracts, and of what apps should know."""

    def __init__(self) -> None:
        self.coverage = Coverage()
        self.tally = Tally()


class Sandbox:
    """One world. `subjects` has what each vendor's operations act on, by vendor.

    What it has met it adds to the `run` when a new history begins. `created` and
    `used` are the wall clock's, in seconds since 1970; a `ttl` is how many seconds without a request it lives.
    """

    def __init__(
        self,
        name: str,
        openers: Mapping[str, Opener],
        beginning: Beginning | None,
        options: Options,
        run: Run,
    ) -> None:
        self.name = name
        self.options = options
        self.ledger = Ledger()
        self.control = Control(self.ledger, "sandbox")
        self.clock = Clock(self.control.clock)
        self.limiter = Limiter(self.ledger, self.control.rate_windows)
        self.journal = Journal(options.journal_entries, options.journal_bytes)
        self.webhooks = Webhooks(
            self.ledger,
            self.control.deliveries,
            self.control.misbehaviours,
            self.clock,
            Bounds(max(options.journal_entries, 1), options.max_waiting),
        )
        self.coverage = Coverage()
        self.tally = Tally(name)
        self.observers: tuple[Callable[[Cause], None], ...] = ()
        """Told what befalls the sandbox as a whole."""
        self.ended = False
        self.created = self.used = time.time()
        self.ttl: float | None = None
        self.bound = False
        """Whether credentials lead here."""
        self._run = run
        self.subjects = {vendor: open_subject(self) for vendor, open_subject in openers.items()}
        self.beginning = beginning or Beginning(snapshot.take(self.ledger), "", 0)
        snapshot.load(self.ledger, self.beginning.snapshot)
        self.faults = self._open_faults()

    def _open_faults(self) -> Faults:
        kept = Kept(self.control.faults, self.control.fault_uses, self.control.scenarios)
        return Faults(self.ledger, kept, self.clock, self.seed)

    @property
    def seed(self) -> int:
        """What everything random is drawn from."""
        return self.beginning.seed

    def begin_with(self, beginning: Beginning, options: Options) -> None:
        """Let it begin with another state and other options, now and at every reset."""
        self.beginning, self.options = beginning, options
        self.faults = self._open_faults()
        self.reset()

    def reset(self) -> None:
        """Back to the beginning: state, clock, counters, an empty journal, and nothing to tell to apps."""
        self._begin(self.beginning.snapshot, "reset")

    def purge(self) -> None:
        """Back to the beginning, but with nothing in the shops beyond what they are set up with."""
        collections = self.ledger.collections.items()
        emptied = {name for name, each in collections if not (each.setting or each.counts)}
        self._begin(self.beginning.snapshot.without(emptied), "purge")

    def save(self) -> Snapshot:
        """The state as it is, but for webhook deliveries: what is told to apps is told by one sandbox only."""
        return snapshot.take(self.ledger).without({self.control.deliveries.name})

    def load(self, state: Snapshot) -> None:
        """Make the state what it was in a snapshot. Raises StateError for one of other collections."""
        self._begin(state, "load")

    def _begin(self, state: Snapshot, cause: Cause) -> None:
        """A new history: what is in the journal could not be rewound any more."""
        snapshot.load(self.ledger, state)
        self.journal.begin()
        self.webhooks.reset()
        self._count_on()
        self._tell(cause)

    def end(self) -> None:
        """There will be no more requests: what was met is counted on, and observers are told."""
        self.ended = True
        self._count_on()
        self._tell("end")

    def _count_on(self) -> None:
        self._run.coverage.add(self.coverage.take())
        self._run.tally.add(self.tally.take())

    def _tell(self, cause: Cause) -> None:
        for observer in self.observers:
            observer(cause)

    def rewind(self, to: Exchange, journal: Journal | None = None) -> list[int]:
        """Inside a transaction: make the state what it was just before an exchange; returns the ids undone.

        The undoing is made of changes like any other, so a later rewind can undo it too. The journal may be that of
        another sandbox, of which this one is a copy.
        """
        undone = list((journal or self.journal).since(to.id))
        changes = [change for exchange in undone for change in reversed(exchange.changes)]
        self.ledger.revert(change for change in changes if not self.webhooks.owns(change))
        self.webhooks.rewind(to.id, [change for change in changes if self.webhooks.owns(change)])
        return [exchange.id for exchange in undone]
