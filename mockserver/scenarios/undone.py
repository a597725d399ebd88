"""What of a file is not carried out where it is run, and why: never silently."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.client.wording import camel
from mockserver.marks import Mark
from mockserver.scenarios.mock import Mock
from mockserver.scenarios.placing import World
from mockserver.scenarios.result import Skipped

_FOREIGN = "this needs a mockserver, and none is asked"
_GIVEN = "the address names a sandbox, which begins as it is"
_CALLED = "a workflow that another one calls runs in that one's sandbox"


def of(world: World, mock: Mock, whose: str, mark: Mark) -> Iterator[Skipped]:
    """Actions and expectations that a foreign server has nothing for."""
    if world.sandbox is None:
        for name in (*mock.actions, *mock.expectations):
            yield Skipped(what=f"x-mock.{camel(name)} of {whose}", reason=_FOREIGN, at=str(mark))


def settings(world: World, mock: Mock, whose: str, mark: Mark) -> Iterator[Skipped]:
    """Settings that a foreign server, or a sandbox that was there before, does not have."""
    if world.sandbox is not None and not world.given:
        return
    for name in mock.settings:
        if world.sandbox is None or name != "receiver":
            reason = _FOREIGN if world.sandbox is None else _GIVEN
            yield Skipped(what=f"x-mock.{camel(name)} of {whose}", reason=reason, at=str(mark))


def called(mock: Mock, whose: str, mark: Mark) -> Iterator[Skipped]:
    """Settings of a workflow that another one calls."""
    for name in mock.settings:
        yield Skipped(what=f"x-mock.{camel(name)} of {whose}", reason=_CALLED, at=str(mark))
