"""The states that fixtures make: each is planted once, and shared by all sandboxes that begin with it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from mockserver import files
from mockserver.fixture import BrokenFixture, Fixture, read_fixture
from mockserver.options import Options
from mockserver.recent import Recent
from mockserver.sandbox import Beginning, Opener, Run, Sandbox
from mockserver.seeding import Progress, plant
from mockserver.shape import meant
from mockserver.vendor import Vendor

_KEPT = 16
"""States that are kept at hand; sandboxes that began with another one keep that themselves."""


class Seeds:
    """Plants fixtures. Safe to use from several threads: what one of them plants, the others wait for.

    `fixture` is the server's own, and `more` are files that may be asked for by their names, beside those that come
    with mockserver.
    """

    def __init__(
        self, fixture: Fixture, vendors: Sequence[Vendor], openers: Mapping[str, Opener], options: Options
    ) -> None:
        self.fixture = fixture
        self.more: dict[str, Path] = {}
        self._vendors = vendors
        self._openers = openers
        self._options = options
        self._planted: Recent[tuple[str, int, int], Beginning] = Recent()
        self._turn = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The fixtures that may be asked for by name: never a path, whoever asks."""
        known = {file.stem for file in files.fixtures().glob("*.yaml")}
        return sorted(known | self.more.keys() | {self.fixture.name})

    def own(self, progress: Progress | None = None) -> Beginning:
        """The state that the server's own fixture makes. Raises BrokenFixture."""
        return self._plant(self.fixture, progress)

    def of(self, fixture: str | None = None, seed: int | None = None, customers: int | None = None) -> Beginning:
        """The state that a fixture makes, with another seed or number of people; takes a while. Raises BrokenFixture."""
        return self._plant(altered(self._read(fixture), seed, customers), None)

    def anew(self, fixture: Fixture) -> Seeds:
        """The same for another fixture of the server's own, with nothing planted yet: files have changed."""
        return Seeds(fixture, self._vendors, self._openers, self._options)

    def _read(self, name: str | None) -> Fixture:
        if name in (None, self.fixture.name):
            return self.fixture
        if name in self.more:
            return read_fixture(str(self.more[name]))
        if name not in self.names:
            raise BrokenFixture(
                f"there is no fixture called {name}{meant(name, self.names)}; known: {', '.join(self.names)}"
            )
        return read_fixture(name)

    def _plant(self, fixture: Fixture, progress: Progress | None) -> Beginning:
        key = (fixture.name, fixture.seed, fixture.drawn.count)
        with self._turn:
            known = self._planted.get(key)
            if known is None:
                bed = Sandbox("seed", self._openers, None, self._options, Run())
                known = Beginning(plant(fixture, self._vendors, bed, progress), fixture.name, fixture.seed)
                if len(self._planted) >= _KEPT:
                    self._planted.forget_oldest()
                self._planted.keep(key, known)
        return known


def altered(fixture: Fixture, seed: int | None, customers: int | None) -> Fixture:
    """A fixture with another seed, or another number of people to draw; None leaves it as it is."""
    if seed is not None:
        fixture = msgspec.structs.replace(fixture, seed=seed)
    if customers is not None:
        fixture = msgspec.structs.replace(fixture, drawn=msgspec.structs.replace(fixture.drawn, count=customers))
    return fixture
