"""The control plane: what a tester sees and steers, served like a vendor under `/__admin`."""

from mockserver import files
from mockserver.admin import clock, journal, records, server, state, webhooks, wire
from mockserver.admin.desk import Desk
from mockserver.vendor import Dialect

__all__ = ["DIALECT", "Desk"]

DIALECT = Dialect(
    contract=files.contracts() / "admin.yaml",
    operations=[server, state, journal, webhooks, clock],
    rules=[wire, records],
    authenticate=wire.authenticate,
    judge=wire.judge,
    refuse=wire.refuse,
)
