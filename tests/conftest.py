"""One world for all tests, and a sandbox of its own for each."""

from __future__ import annotations

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from mockserver.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return build(read_fixture("default"))


@pytest.fixture
def sandbox(world: World) -> Sandbox:
    return world.sandboxes.create()
