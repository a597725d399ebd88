"""From a fixture to the state that a sandbox begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from mockserver.fixture import BrokenFixture, Fixture
from mockserver.people import Cast, Person
from mockserver.sandbox import Sandbox
from mockserver.shape import Misshapen, meant, shape
from mockserver.state import snapshot
from mockserver.state.snapshot import Snapshot
from mockserver.vendor import Vendor

Progress = Callable[[int, int], None]
"""Told how many of how many people have been written."""


def plant(fixture: Fixture, vendors: Iterable[Vendor], sandbox: Sandbox, progress: Progress | None = None) -> Snapshot:
    """Write a fixture's records into an empty sandbox; returns the state. Raises BrokenFixture."""
    by_name = {vendor.name: vendor for vendor in vendors}
    with _told_where(fixture):
        sections = {name: _section(fixture, vendor) for name, vendor in by_name.items()}
        people = _cast(fixture)
        told = _Told(people, people.count * len(by_name), progress) if progress else people
        with sandbox.ledger.transaction():
            for name, vendor in by_name.items():
                vendor.seed(sandbox.subjects[name], sections[name], told)
    return snapshot.take(sandbox.ledger)


def refuse_unknown_vendors(fixture: Fixture, known: Iterable[str]) -> None:
    """Raises BrokenFixture for a section of a vendor that nobody has heard of."""
    known = sorted(known)
    for name in fixture.vendors:
        if name not in known:
            complaint = f"there is no vendor called {name}{meant(name, known)}; known: {', '.join(known)}"
            raise fixture.broken(f"vendors.{name}: {complaint}")


@contextmanager
def _told_where(fixture: Fixture) -> Iterator[None]:
    try:
        yield
    except BrokenFixture as error:
        raise fixture.broken(str(error)) from None
    except Misshapen as error:
        raise fixture.broken(str(error), error.path) from None


def _cast(fixture: Fixture) -> Cast:
    drawn = fixture.drawn
    if drawn.count and not drawn.locales:
        raise BrokenFixture("drawn.locales: at least one is needed to draw people from")
    try:
        return Cast(fixture.seed, drawn.count, drawn.locales, fixture.until, fixture.named)
    except AttributeError as error:
        raise BrokenFixture(f"drawn.locales: {error}") from None


def _section(fixture: Fixture, vendor: Vendor) -> Any:
    return shape(fixture.vendors.get(vendor.name, {}), vendor.section, ("vendors", vendor.name))


class _Told(Cast):
    """A cast that tells its progress."""

    def __init__(self, cast: Cast, of: int, progress: Progress) -> None:
        vars(self).update(vars(cast))
        self._of = of
        self._progress = progress

    def __iter__(self) -> Iterator[Person]:
        for person in super().__iter__():
            if self.drawn % 1000 == 0:
                self._progress(self.drawn, self._of)
            yield person
