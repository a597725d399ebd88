"""Spurtcommerce 4.8.3, the open-source marketplace: its administrators' API of customers and customer groups."""

from mockserver import files
from mockserver.vendor import Dialect, Vendor
from mockserver.vendors.spurtcommerce import (
    accounts,
    body,
    columns,
    conversions,
    counts,
    customers,
    exports,
    groups,
    paging,
    removals,
    reports,
    screening,
    section,
    seed,
    validation,
    wire,
)
from mockserver.vendors.spurtcommerce.records import Market

VENDOR = Vendor(
    name="spurtcommerce",
    dialects=[
        Dialect(
            contract=files.contracts() / "spurtcommerce.yaml",
            operations=[accounts, customers, counts, removals, exports, groups, reports],
            rules=[body, columns, conversions, paging, screening, validation, wire],
            authenticate=wire.authenticate,
            judge=wire.judge,
            refuse=wire.refuse,
            credentials=seed.credentials,
            read=body.read,
            recording="mockserver.vendors.spurtcommerce.recording",
        )
    ],
    open=Market,
    section=section.Section,
    seed=seed.seed,
)
