"""The admin API of a test's sandbox, and a vendor's beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.server import Server, listen
from mockserver.world import World
from tests.admin.streaming import Open, Reader, until
from tests.appclient import AppClient
from tests.webhooks.bell import bell
from tests.webhooks.tower import Tower


@pytest.fixture
def admin(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """The admin API of the test's sandbox."""
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}/__admin") as client:
        yield client


@pytest.fixture
def shop(world: World, sandbox: Sandbox) -> Iterator[AppClient]:
    """A vendor's API in the test's sandbox, with a working credential."""
    credential = world.api("open2b").dialect.credentials(sandbox.subjects["open2b"])[0]
    base_url = f"http://127.0.0.1/@{sandbox.name}/api/v13/"
    with AppClient(world.app, base_url=base_url, headers=credential.headers) as client:
        yield client


# Events, of a world of bells


@pytest.fixture(scope="session")
def belfry(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(Fixture(), [bell(tmp_path_factory.mktemp("bell"))], Options(journal_entries=500))


@pytest.fixture(scope="module")
def belfry_server(belfry: World) -> Iterator[Server]:
    """In a thread of its own."""
    server = Server(belfry.app, listen())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tower(belfry: World) -> Iterator[Tower]:
    """A sandbox; what is asked of it is answered on another event loop than the streams."""
    with Tower(belfry) as made:
        yield made


@pytest.fixture
def read(belfry_server: Server, tower: Tower) -> Iterator[Open]:
    """Opens streams of the tower's sandbox."""
    opened: list[Reader] = []

    def open_(query: str = "", headers: Mapping[str, str] | None = None) -> Reader:
        reader = Reader(f"{belfry_server.url}/@{tower.sandbox.name}/__admin/events?{query}", headers)
        opened.append(reader)
        assert reader.response.status == 200, reader.response.read()
        return reader

    yield open_
    for reader in opened:
        reader.close()
    until(lambda: not tower.world.streams)
