"""A world of bells, a tower for each test, and an app that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.world import World
from tests.webhooks.bell import bell
from tests.webhooks.receiver import Receiver
from tests.webhooks.tower import Tower

Make = Callable[..., World]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes worlds with nothing but a bell."""
    vendor = bell(tmp_path_factory.mktemp("bell"))
    return lambda **options: build(Fixture(), [vendor], Options(**options))


@pytest.fixture(scope="session")
def world(make: Make) -> World:
    return make()


@pytest.fixture
def tower(world: World) -> Iterator[Tower]:
    """A sandbox whose clock stands still at noon."""
    with Tower(world) as made:
        made.freeze()
        yield made


@pytest.fixture
def app() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made
