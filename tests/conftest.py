"""One world for all tests, and a sandbox of its own for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from mockserver.world import World

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def world() -> World:
    return build(read_fixture("default"))


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    sandbox = world.sandboxes.create()
    yield sandbox
    if world.sandboxes.get(sandbox.name) is sandbox:
        world.sandboxes.remove(sandbox.name)
