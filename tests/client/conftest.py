"""One server in this process for all tests, as a user has it, and a sandbox for each."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from mockserver import MockServer, Sandbox
from tests.client.till import Till


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    with MockServer(vendors=["kounta", "open2b"], customers=3, rate_limits="off") as made:
        yield made


@pytest.fixture
def sandbox(server: MockServer) -> Iterator[Sandbox]:
    with server.sandbox() as made:
        yield made


@pytest.fixture
def shop(sandbox: Sandbox) -> httpx2.Client:
    """A client of the vendor that the tests ask, with its credentials."""
    return sandbox.client("kounta")


@pytest.fixture
def till(shop: httpx2.Client) -> Till:
    return Till(shop)
