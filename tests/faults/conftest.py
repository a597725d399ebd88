"""A tester's hand on a sandbox: rules, the clock and the journal; cups to ask for, or all five contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.vendor import Vendor
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.cups import KEY, cups
from tests.dispatch.toys import default
from tests.faults.hand import Hand

Open = Callable[..., Hand]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Open]:
    """The default sandbox of a world of cups, alone or beside other vendors."""
    opened: list[AppClient] = []

    def made(*others: Vendor, headers: dict[str, str] = KEY, **options: object) -> Hand:
        (tmp_path / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
        given = Options(**{"rate_limits": "off", **options})  # type: ignore[arg-type]
        world = build(read_fixture(str(tmp_path / "shelf.yaml")), [*others, cups(tmp_path, {})], given)
        opened.append(AppClient(world.app, base_url="http://127.0.0.1", headers=headers, follow_redirects=False))
        opened[-1].__enter__()
        return Hand(opened[-1], default(world))

    yield made
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture(scope="session")
def cupboard(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of cups alone, whose calls nobody counts."""
    folder = tmp_path_factory.mktemp("cups")
    (folder / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
    return build(read_fixture(str(folder / "shelf.yaml")), [cups(folder, {})], Options(rate_limits="off"))


@pytest.fixture
def shelf(cupboard: World) -> Iterator[Hand]:
    """A sandbox of it."""
    sandbox = cupboard.sandboxes.create()
    base_url = f"http://127.0.0.1/@{sandbox.name}"
    with AppClient(cupboard.app, base_url=base_url, headers=KEY, follow_redirects=False) as client:
        yield Hand(client, sandbox)
    cupboard.sandboxes.remove(sandbox.name)


@pytest.fixture
def hand(world: World, sandbox: Sandbox) -> Iterator[Hand]:
    """A sandbox with all contracts."""
    base_url = f"http://127.0.0.1/@{sandbox.name}"
    with AppClient(world.app, base_url=base_url, follow_redirects=False) as client:
        yield Hand(client, sandbox)
