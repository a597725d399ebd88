"""Vendors in a sandbox of their own, and what is kept in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Client

from mockserver.sandbox import Sandbox
from mockserver.vendor import Api
from mockserver.world import World
from tests.appclient import AppClient
from tests.test_process import Server, serving
from tests.vendors.kounta_clients import Control, Till, in_process, over_a_socket, strict_world
from tests.vendors.kounta_restaurant import NOW
from tests.vendors.webcommander_both import Both
from tests.webhooks.receiver import Receiver

State = dict[str, Any]


@pytest.fixture
def open2b(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The seven methods, asked with the key that has all rights."""
    yield from asked(world.api("open2b"), world, sandbox)


@pytest.fixture
def kounta(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The REST API, asked with the first application's client id and secret."""
    yield from asked(world.api("kounta"), world, sandbox)


@pytest.fixture
def v4(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The second generation of WebCommander's API, asked with the first client's token, at an instant that does not pass."""
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(NOW)
    yield from asked(world.api("webcommander-v4"), world, sandbox)


@pytest.fixture
def plugin(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The API for plugins, asked with the first plugin's headers."""
    yield from asked(world.api("webcommander-plugin"), world, sandbox)


def asked(api: Api, world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """An API in a sandbox of its own. Nothing that a test asks may bring out a bug."""
    credential = api.dialect.credentials(sandbox.subjects[api.vendor])[0]
    base_url = f"http://127.0.0.1/@{sandbox.name}{api.contract.base_path}/"
    with AppClient(world.app, base_url=base_url, headers=credential.headers, follow_redirects=False) as client:
        yield client
    assert [finding for exchange in sandbox.journal for finding in exchange.findings if finding.id == "bug"] == []


@pytest.fixture
def state(sandbox: Sandbox) -> Callable[[], State]:
    """All that a sandbox keeps, but for the counting of calls."""

    def dump() -> State:
        collections = sandbox.ledger.collections.items()
        return {name: list(kept) for name, kept in collections if name != "sandbox.rate_windows"}

    return dump


# The clients of one vendor, at an instant that does not pass: in process and over a socket, lenient and strict.


@pytest.fixture
def lenient(world: World, sandbox: Sandbox) -> Iterator[Client]:
    with in_process(world, sandbox) as client:
        Control(client).freeze()
        yield client


@pytest.fixture
def strict() -> Iterator[Client]:
    with in_process(strict_world(), strict_world().sandboxes.create()) as client:
        Control(client).freeze()
        yield client


@pytest.fixture(params=["lenient", "strict"])
def either(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--quiet") as server:
        yield server
        assert server.stop() == ""


@pytest.fixture(params=["in process", "a process"])
def till(request: pytest.FixtureRequest, world: World, sandbox: Sandbox) -> Iterator[Till]:
    """The first application, at an instant that does not pass."""
    here = request.param == "in process"
    with in_process(world, sandbox) if here else over_a_socket(request.getfixturevalue("server")) as client:
        Control(client).freeze()
        yield Till(client)


@pytest.fixture
def app() -> Iterator[Receiver]:
    """An app that is told by webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def both(world: World, sandbox: Sandbox) -> Iterator[Both]:
    """Both generations of WebCommander, at an instant that does not pass."""
    with in_process(world, sandbox) as client:
        both = Both(client)
        both.freeze()
        yield both
