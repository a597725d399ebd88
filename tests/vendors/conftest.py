"""Vendors in a sandbox of their own, and what is kept in it."""

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
    """The seven methods, asked with the key that has all rights."""
    yield from _asked(world, sandbox, "open2b", "api/v13/")


@pytest.fixture
def kounta(world: World, sandbox: Sandbox) -> Iterator[TestClient]:
    """The REST API, asked with the first application's client id and secret."""
    yield from _asked(world, sandbox, "kounta", "v1/")


def _asked(world: World, sandbox: Sandbox, vendor: str, path: str) -> Iterator[TestClient]:
    """A vendor in a sandbox of its own. Nothing that a test asks may bring out a bug."""
    credential = world.vendors[vendor].credentials(sandbox.subjects[vendor])[0]
    base_url = f"http://127.0.0.1/@{sandbox.name}/{path}"
    with TestClient(world.app, base_url=base_url, headers=credential.headers, follow_redirects=False) as client:
        yield client
    assert [exchange.findings for exchange in sandbox.journal if exchange.status == 500] == []


@pytest.fixture
def state(sandbox: Sandbox) -> Callable[[], State]:
    """All that a sandbox keeps, but for the counting of calls."""

    def dump() -> State:
        collections = sandbox.ledger.collections.items()
        return {name: list(kept) for name, kept in collections if name != "sandbox.rate_windows"}

    return dump
