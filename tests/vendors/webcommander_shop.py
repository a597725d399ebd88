"""A shop at WebCommander, made from a fixture's section and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from mockserver.fixture import read_fixture
from mockserver.people import Cast, Person
from mockserver.shape import shape
from mockserver.state.transaction import Ledger
from mockserver.vendors.webcommander import seed
from mockserver.vendors.webcommander.records import Shop
from mockserver.vendors.webcommander.section import Section

LOCALES = ("en_GB", "en_AU", "en_US", "it_IT", "de_DE", "fr_FR", "es_MX", "ja_JP")
FIXTURE = read_fixture("default")
SECTION = FIXTURE.vendors["webcommander"]


def planted(written: Any, people: int = 0, number: int = 1, named: dict[str, Person] | None = None) -> Shop:
    """A shop of a section as it stands in a fixture, with so many drawn people beside the named ones."""
    ledger = Ledger()
    shop = Shop(ledger, "webcommander")
    cast = Cast(number, people, LOCALES, FIXTURE.until, FIXTURE.named if named is None else named)
    with ledger.transaction():
        seed.seed(shop, shape(written, Section, ("vendors", "webcommander")), cast)
    return shop


def dump(shop: Shop) -> bytes:
    """All that a shop keeps."""
    return msgspec.json.encode({name: list(getattr(shop, name)) for name in sorted(vars(shop))})
