"""Composition: contracts, vendors and the admin API become one ASGI application."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mockserver import admin, vendors as built_in
from mockserver.contract import read_contract
from mockserver.dispatch import Dispatch
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.pages import Pages
from mockserver.routes import Routes
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.seeding import Progress, refuse_unknown_vendors
from mockserver.seeds import Seeds
from mockserver.shelf import Shelf
from mockserver.vendor import ADMIN, Api, Dialect, Vendor, bind
from mockserver.world import World

ENTRY_POINTS = "mockserver.vendors"
"""The entry-point group in which other packages register their vendors."""


class UnknownVendor(ValueError):
    """A vendor was asked for that is not there. The message names those that are."""


def build(
    fixture: Fixture,
    vendors: Sequence[Vendor] | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> World:
    """Compose a server; without `vendors`, of all that are known. Raises BrokenContract, BrokenFixture."""
    chosen = {vendor.name: vendor for vendor in (known_vendors().values() if vendors is None else vendors)}
    apis = [api for vendor in chosen.values() for api in apis_of(vendor)]
    world = World(options or Options(), chosen, apis, [_api(ADMIN, admin.DIALECT)])
    openers: dict[str, Any] = {name: partial(_open, vendor) for name, vendor in chosen.items()}
    openers[ADMIN] = partial(admin.Desk, world)
    world.seeds = Seeds(fixture, list(chosen.values()), openers, world.options)
    world.sandboxes = Sandboxes(openers, world.seeds.own(progress), world.options)
    world.shelf = Shelf(world.options.max_snapshots)
    served = [*apis, *world.admin]
    world.app = Dispatch(
        Pages([api.contract.base_path for api in apis]),
        {"documented": Routes(served), "observed": Routes(served, aliases=False)},
        world.sandboxes,
        world.options,
    )
    return world


def known_vendors() -> dict[str, Vendor]:
    """Every vendor by name.

    They are the folders in `mockserver/vendors`, and what other packages register in the entry-point group
    `mockserver.vendors`.
    """
    found = [
        importlib.import_module(f"{built_in.__name__}.{module.name}").VENDOR
        for module in pkgutil.iter_modules(built_in.__path__)
    ]
    found += _registered()
    return {vendor.name: vendor for vendor in found}


def _registered() -> list[Vendor]:
    """The vendors of other packages.

    The library that reads entry points is imported only when an installed package has some for us: importing it is a
    twentieth of the server's start.
    """
    folders = [Path(folder) for folder in sys.path]
    files = (file for folder in folders for file in folder.glob("*.dist-info/entry_points.txt"))
    if not any(ENTRY_POINTS in file.read_text(encoding="utf-8") for file in files):
        return []
    from importlib.metadata import entry_points  # noqa: PLC0415  see above

    return [point.load() for point in entry_points(group=ENTRY_POINTS)]


def choose_vendors(names: Iterable[str]) -> list[Vendor]:
    """The vendors of these names, or all of them when there are no names. Raises UnknownVendor."""
    known = known_vendors()
    for name in names:
        if name not in known:
            raise UnknownVendor(f"there is no vendor called {name}; known: {', '.join(known)}")
    return [known[name] for name in names] or list(known.values())


def check_sections(fixture: Fixture) -> None:
    """Raises BrokenFixture when the fixture speaks of a vendor that nobody knows, served or not."""
    refuse_unknown_vendors(fixture, known_vendors())


def apis_of(vendor: Vendor) -> list[Api]:
    """A vendor's contracts, each with the functions that answer it. Raises BrokenContract."""
    return [_api(vendor.name, dialect) for dialect in vendor.dialects]


def _api(name: str, dialect: Dialect) -> Api:
    return bind(name, read_contract(dialect.contract), dialect)


def _open(vendor: Vendor, sandbox: Sandbox) -> Any:
    state = vendor.open(sandbox.ledger, vendor.name)
    if vendor.hooks is not None:
        sandbox.webhooks.serve(vendor.name, state, vendor.hooks)
    return state
