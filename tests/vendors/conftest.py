"""A shop in a sandbox of its own, and what is kept in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from mockserver.sandbox import Sandbox
from mockserver.world import World

State = dict[str, Any]


@pytest.fixture
def open2b(world: World, sandbox: Sandbox) -> Iterator[TestClient]:
    """The seven methods, asked with the key that has all rights. Nothing that a test asks may bring out a bug."""
    credential = world.vendors["open2b"].credentials(sandbox.subjects["open2b"])[0]
    base_url = f"http://127.0.0.1/@{sandbox.name}/api/v13/"
    with TestClient(world.app, base_url=base_url, headers=credential.headers) as client:
        yield client
    assert [exchange.findings for exchange in sandbox.journal if exchange.status == 500] == []


@pytest.fixture
def state(sandbox: Sandbox) -> Callable[[], State]:
    """All that a sandbox keeps, but for the counting of calls."""

    def dump() -> State:
        collections = sandbox.ledger.collections.items()
        return {name: list(kept) for name, kept in collections if name != "sandbox.rate_windows"}

    return dump
