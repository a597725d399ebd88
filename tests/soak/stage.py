"""The stage: what all players share."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from tests.soak.comparing import Difference
from tests.soak.line import Line, Reply, Request
from tests.soak.model import Shop
from tests.soak.receiver import Receiver
from tests.soak.shops.all import Credentials, learn

SEEDS = (None, 7)
"""The server's own people, and others."""
BRIEF = 1
"""Seconds that a brief sandbox lives without a request."""


class Span(NamedTuple):
    """When something happened: between two instants of the wall clock."""

    first: float
    last: float


@dataclass
class Register:
    """The sandboxes that there are: a player who makes or removes one holds the lock, and so does who counts them."""

    names: set[str] = field(default_factory=lambda: {"default"})
    lock: threading.Lock = field(default_factory=threading.Lock)
    brief: dict[str, Span] = field(default_factory=dict)
    """Sandboxes that go by themselves, and when they were made."""

    def check(self, listed: set[str], when: Span) -> None:
        """Raises Difference for a sandbox that is there and must not be, or the other way round."""
        late = {name for name, made in self.brief.items() if when.first > made.last + BRIEF}
        early = {name for name, made in self.brief.items() if when.last < made.first + BRIEF}
        wrong = (listed - self.names - self.brief.keys()) | (self.names - listed)
        if wrong or listed & late or early - listed:
            raise Difference(
                f"sandboxes: {sorted(wrong)} differ; there should no longer be {sorted(listed & late)}, "
                f"and still be {sorted(early - listed)}"
            )
        for name in late:
            del self.brief[name]

    def restart(self) -> None:
        """Another server has begun: it may have given those that go by themselves another second, or not."""
        now = time.time()
        self.brief = {name: Span(0, now) for name in self.brief}


@dataclass
class Stage:
    """A server, and what is known of it."""

    seed: int
    receiver: Receiver
    port: int = 0
    credentials: Credentials = field(default_factory=dict)
    beginnings: dict[int | None, Mapping[str, Shop]] = field(default_factory=dict)
    seeds: dict[int | None, int] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    met: dict[str, int] = field(default_factory=dict)
    """How often each kind of trouble was met on purpose."""

    def learn(self) -> None:
        """See what sandboxes begin with."""
        line = Line(self.port)
        with closing(line):
            listed = _ask(line, Request("GET", "/__admin/vendors"))["vendors"]
            self.credentials = {each["api"]: each["credentials"][0]["headers"] for each in listed}
            for seed in SEEDS:
                wish = {"name": f"scratch-{seed}"} | ({} if seed is None else {"seed": seed})
                made = _ask(line, Request("POST", "/__admin/sandboxes", wish))
                self.seeds[seed] = made["seed"]
                self.beginnings[seed] = learn(self.credentials, partial(_ask, line, sandbox=made["name"]))
                _ask(line, Request("DELETE", f"/__admin/sandboxes/{made['name']}"))

    def count(self, trouble: str) -> None:
        """Note a trouble. Two threads may lose one now and then, which does not matter."""
        self.met[trouble] = self.met.get(trouble, 0) + 1


def _ask(line: Line, request: Request, sandbox: str = "") -> Any:
    reply = line.ask(request, sandbox)
    if not isinstance(reply, Reply) or reply.status >= 300:
        raise Difference(f"{request}: {reply}")
    return reply.json
