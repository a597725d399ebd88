"""Kounta (Lightspeed Restaurant O-Series), REST API v1: customers, webhooks, and the way to a token."""

from mockserver import files
from mockserver.vendor import Dialect, Vendor
from mockserver.vendors.kounta import (
    companies,
    customers,
    events,
    rules,
    search,
    section,
    seed,
    tokens,
    webhooks,
    wire,
)
from mockserver.vendors.kounta.records import Restaurant

VENDOR = Vendor(
    name="kounta",
    dialects=[
        Dialect(
            contract=files.contracts() / "kounta.yaml",
            operations=[companies, customers, tokens, webhooks],
            rules=[rules, search, wire],
            authenticate=wire.authenticate,
            judge=wire.judge,
            refuse=wire.refuse,
            credentials=seed.credentials,
            meter=wire.meter,
            recording="mockserver.vendors.kounta.recording",
        )
    ],
    open=Restaurant,
    section=section.Section,
    seed=seed.seed,
    hooks=events.HOOKS,
)
