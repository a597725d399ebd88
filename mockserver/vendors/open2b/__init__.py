"""Open2b, admin API v13: the seven methods of `commerce.customers`."""

from mockserver import files
from mockserver.vendor import Dialect, Vendor
from mockserver.vendors.open2b import operations, rules, seed, wire
from mockserver.vendors.open2b.records import Shop

VENDOR = Vendor(
    name="open2b",
    dialects=[
        Dialect(
            contract=files.contracts() / "open2b.yaml",
            operations=[operations],
            rules=[rules, wire],
            authenticate=wire.authenticate,
            judge=wire.judge,
            refuse=wire.refuse,
            credentials=seed.credentials,
            meter=lambda key: ("key", key.key),
            recording="mockserver.vendors.open2b.recording",
        )
    ],
    open=Shop,
    section=seed.Section,
    seed=seed.seed,
)
