"""What is expected beside the replies: webhooks that were sent, requests of the app under test, people who are forgotten."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from mockserver.client.errors import AdminError
from mockserver.client.sandbox import Sandbox
from mockserver.client.wording import camel
from mockserver.marks import Mark
from mockserver.scenarios import requests_expected, searching, webhooks_expected
from mockserver.scenarios.comparing import shown
from mockserver.scenarios.durations import BrokenDuration
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.mock import Mock
from mockserver.scenarios.moments import Moment
from mockserver.scenarios.placing import World
from mockserver.scenarios.result import Check, Skipped

Found = tuple[str, bool, str]
"""What was expected, whether it is so, and what there is, in words."""
_NAMES = ("expect_webhook", "expect_request", "absent")


class Asking:
    """Whether a person may be asked to do something meanwhile. `sure` answers for them."""

    def __init__(self, *, sure: bool = False, possible: bool = True) -> None:
        self.sure = sure
        self.possible = possible

    def pause(self, text: str) -> str:
        """Wait until a person says so; returns why nobody was waited for, or nothing."""
        if self.sure:
            return ""
        if not self.possible or not sys.stdin.isatty():
            return "nobody is at a terminal; --yes goes on as if somebody had said so"
        sys.stderr.write(f"\n{text}\nPress Enter to go on. ")
        sys.stderr.flush()
        sys.stdin.readline()
        return ""


def look(world: World, mock: Mock, scope: Scope, since: Moment, mark: Mark) -> Iterator[Check]:
    """Look at all that is expected, as soon as it is there or cannot come any more."""
    for name in _NAMES:
        for each in getattr(mock, name):
            if world.sandbox is not None:
                yield _look(name, world.sandbox, value_of(each), (scope, since, mark))


def needs_moment(mock: Mock) -> bool:
    """Whether it matters when a step has begun."""
    return any(getattr(mock, name) for name in _NAMES)


def pause(asking: Asking, mock: Mock, scope: Scope, mark: Mark) -> Iterator[Skipped]:
    """Wait for a person, where one is to do something."""
    if mock.pause is None:
        return
    try:
        text = str(value(mock.pause, scope))
    except Undefined as error:
        text = f"{mock.pause} ({error})"
    reason = asking.pause(text)
    if reason:
        yield Skipped(what=f"pause: {text}", reason=reason, at=str(mark))


def value_of(part: Any) -> dict[str, Any]:
    """An expectation as it stands in the file."""
    written: dict[str, Any] = msgspec.to_builtins(part)
    return written


def _look(name: str, sandbox: Sandbox, raw: dict[str, Any], of: tuple[Scope, Moment, Mark]) -> Check:
    scope, since, mark = of
    try:
        text, ok, found = _EXPECTED[name](sandbox, value(raw, scope), since)
    except (AdminError, ConnectionError, Undefined, BrokenDuration, ValueError) as error:
        text, ok, found = shown(raw), False, " ".join(str(error).split())
    return Check(kind=camel(name), text=text, ok=ok, found=found, at=str(mark))


_EXPECTED: Mapping[str, Callable[[Sandbox, dict[str, Any], Moment], Found]] = {
    "expect_webhook": webhooks_expected.look,
    "expect_request": requests_expected.look,
    "absent": searching.look,
}
