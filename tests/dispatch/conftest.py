"""Worlds of toys: the cups, alone or beside other vendors, and the pots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture, read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.vendor import Vendor
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.cups import KEY, cups
from tests.dispatch.pots import client, pots
from tests.dispatch.toys import Make, default


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A world with the cups alone, or beside other vendors. `contract` replaces members of theirs."""

    def made(*others: Vendor, contract: Mapping[str, Any] | None = None, **options: Any) -> World:
        (tmp_path / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
        vendors = [*others, cups(tmp_path, contract or {})]
        return build(read_fixture(str(tmp_path / "shelf.yaml")), vendors, Options(**{"rate_limits": "off", **options}))

    return made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of cups only, for tests that bring their own sandbox."""
    folder = tmp_path_factory.mktemp("cups")
    (folder / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
    return build(read_fixture(str(folder / "shelf.yaml")), [cups(folder, {})], Options(rate_limits="off"))


@pytest.fixture
def sandbox(alone: World) -> Sandbox:
    return alone.sandboxes.create()


@pytest.fixture
def shelf(alone: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The API of the test's sandbox."""
    with AppClient(alone.app, base_url=f"http://127.0.0.1/@{sandbox.name}", headers=KEY) as made:
        yield made


@pytest.fixture
def brew(tmp_path: Path) -> Make:
    """A world with the pots alone. `contract` replaces members of theirs."""

    def made(contract: Mapping[str, Any] | None = None, **options: Any) -> World:
        return build(Fixture(), [pots(tmp_path, contract or {})], Options(**options))

    return made


@pytest.fixture(scope="session")
def brewed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of pots only, as `brew` makes it."""
    return build(Fixture(), [pots(tmp_path_factory.mktemp("pots"), {})], Options())


@pytest.fixture
def kitchen(brewed: World) -> Iterator[AppClient]:
    """The API of the pots, whose calls nobody counts, as it was at first."""
    default(brewed).reset()
    with client(brewed) as made:
        yield made
