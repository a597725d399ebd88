"""The control plane: what a tester sees and steers, served like a vendor under `/__admin`."""

from mockserver import files
from mockserver.admin import (
    clock,
    coverage,
    events,
    export,
    faults,
    findings,
    journal,
    patterns,
    records,
    sandboxes,
    scenarios,
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
    operations=[
        server,
        sandboxes,
        state,
        snapshots,
        faults,
        scenarios,
        journal,
        export,
        verification,
        events,
        coverage,
        findings,
        webhooks,
        clock,
    ],
    rules=[wire, records, checking, patterns],
    authenticate=wire.authenticate,
    judge=wire.judge,
    refuse=wire.refuse,
)
