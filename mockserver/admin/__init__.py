"""The control plane: what a tester sees and steers, served like a vendor under `/__admin`."""

from mockserver import files
from mockserver.admin import clock, journal, records, server, state, wire
from mockserver.admin.desk import Desk
from mockserver.vendor import ADMIN, Dialect, Vendor

__all__ = ["VENDOR", "Desk"]

VENDOR = Vendor(
    name=ADMIN,
    dialects=[
        Dialect(
            contract=files.contracts() / "admin.yaml",
            operations=[server, state, journal, clock],
            rules=[wire, records],
            authenticate=wire.authenticate,
            judge=wire.judge,
            refuse=wire.refuse,
        )
    ],
    open=wire.no_state,
    section=wire.NoSection,
    seed=wire.no_seed,
    credentials=wire.no_credentials,
)
