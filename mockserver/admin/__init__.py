"""The control plane: what a tester sees and steers, served like a vendor under `/__admin`."""

from mockserver import files
from mockserver.admin import (
    clock,
    coverage,
    events,
    faults,
    journal,
    patterns,
    records,
    sandboxes,
    server,
    snapshots,
    state,
    verification,
    webhooks,
    wire,
)
from mockserver.admin.desk import Desk
from mockserver.faults import checking
from mockserver.vendor import Dialect

__all__ = ["DIALECT", "Desk"]

DIALECT = Dialect(
    contract=files.contracts() / "admin.yaml",
    operations=[server, sandboxes, state, snapshots, faults, journal, verification, events, coverage, webhooks, clock],
    rules=[wire, records, checking, patterns],
    authenticate=wire.authenticate,
    judge=wire.judge,
    refuse=wire.refuse,
)
