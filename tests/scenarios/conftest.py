"""One fake for all tests of scenarios, and a small server that is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.scenarios.placing import Place, Target
from tests.scenarios.toy import Toy, toy


@pytest.fixture(scope="session")
def fake() -> Iterator[Target]:
    with Target(Place()) as target:
        yield target


@pytest.fixture
def shop() -> Iterator[Toy]:
    with toy() as made:
        yield made


@pytest.fixture
def foreign(shop: Toy) -> Iterator[Target]:
    """The small server, as somebody else's."""
    with Target(Place(url=f"{shop.url}/v1", servers={"toy": f"{shop.url}/v1"})) as target:
        yield target
