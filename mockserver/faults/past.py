"""A vendor's state as it was a while ago, for answers that lag behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.faults.rule import to_millis
from mockserver.journal import Exchange, Journal
from mockserver.state.transaction import Ledger


@contextmanager
def as_it_was(ledger: Ledger, journal: Journal, vendor: str, at: float) -> Iterator[bool]:
    """Inside the block a vendor's records are those of an instant of the sandbox's clock, in seconds since 1970.

    Yields whether the journal reaches back that far; where it does not, the records are the oldest that can be had.
    Nothing may be altered or awaited inside, for the present comes back afterwards, whatever happens.
    """
    with ledger.turn:
        newer = list(_newer(journal, at))
        owned = f"{vendor}."
        changes = [change for exchange in newer for change in reversed(exchange.changes)]
        lagging = [change for change in changes if change.collection.startswith(owned)]
        present = {name: ledger.collections[name].share() for name in {change.collection for change in lagging}}
        try:
            for change in lagging:
                collection = ledger.collections[change.collection]
                now = collection.get(change.key)
                if now is not None or change.before is not None:
                    collection.replace(change.key, now, change.before)
            yield len(newer) < len(journal) or journal.whole
        finally:
            for name, table in present.items():
                ledger.collections[name].load(table)


def _newer(journal: Journal, at: float) -> Iterator[Exchange]:
    """Newest first, the exchanges since an instant, down to the first that is older."""
    oldest = to_millis(at)
    for exchange in journal:
        if to_millis(exchange.at) <= oldest:
            return
        yield exchange
