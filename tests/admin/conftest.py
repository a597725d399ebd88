"""The admin API of a test's sandbox, and a vendor's beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mockserver.sandbox import Sandbox
from mockserver.world import World


@pytest.fixture
def admin(world: World, sandbox: Sandbox) -> Iterator[TestClient]:
    """The admin API of the test's sandbox."""
    with TestClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/__admin") as client:
        yield client


@pytest.fixture
def shop(world: World, sandbox: Sandbox) -> Iterator[TestClient]:
    """A vendor's API in the test's sandbox, with a working credential."""
    credential = world.api("open2b").dialect.credentials(sandbox.subjects["open2b"])[0]
    base_url = f"http://127.0.0.1/@{sandbox.name}/api/v13/"
    with TestClient(world.app, base_url=base_url, headers=credential.headers) as client:
        yield client
