"""The fakes behind a proxy, over a socket, and a sandbox for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.sandbox import Sandbox
from mockserver.server import Server, listen
from mockserver.world import World


@pytest.fixture(scope="session")
def fakes(world: World) -> Iterator[str]:
    """Where they listen."""
    server = Server(world.app, listen())
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def upstream(fakes: str, sandbox: Sandbox) -> str:
    """A sandbox of its own, as a server behind."""
    return f"{fakes}/@{sandbox.name}"
