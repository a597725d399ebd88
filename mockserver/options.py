"""The options: what a server is started with, and what each sandbox may have otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Auth = Literal["lenient", "strict"]
RateLimits = Literal["off", "count", "enforce"]
Fidelity = Literal["documented", "observed"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a server behaves. A sandbox has the same ones, but may have an `auth`, `fidelity` and `rate_limits` of its own.

    `auth`: `lenient` accepts any well-formed credential, `strict` only those of the fixture.
    `fidelity`: where a vendor's page and its program contradict each other, `documented` does what the page says and
    notes what the program would do, `observed` does what the program does.
    `rate_limits`: `off` counts no calls; `count` notes in the journal where the vendor would refuse one for being too
    many; `enforce` refuses it; None does what each contract says.
    `max_body`: bytes of a request body; a longer one is refused with 413.
    `journal_entries`, `journal_bytes`: the journal drops its oldest exchanges past either bound, and counts them. With
    0 entries there is no journal.
    `admin_token`: what the admin API asks for as a bearer token; None leaves it open to whoever asks under a
    loopback name.
    `admin_hosts`: hosts, in lower case, under which it also answers without a token, and whose pages may ask it.
    `webhook_allow`: hosts, in lower case, that webhooks are sent to beside those that are this machine.
    `auto`: patterns, as of file names, of the sandboxes that are made when they are first asked for.
    `max_sandboxes`, `max_snapshots`: how many there may be at a time. `max_faults`: rules in a sandbox. `max_streams`:
    readers of events. `max_waiting`: webhook deliveries that wait in a sandbox; what comes then fails at once.
    `max_wait`: seconds that a tester may wait for a request.
    `state_file`: where everything is saved when the server stops; None saves nothing.
    """

    auth: Auth = "lenient"
    fidelity: Fidelity = "documented"
    rate_limits: RateLimits | None = None
    max_body: int = 1 << 20
    journal_entries: int = 1000
    journal_bytes: int = 64 << 20
    admin_token: str | None = None
    admin_hosts: frozenset[str] = frozenset()
    webhook_allow: frozenset[str] = frozenset()
    auto: tuple[str, ...] = ()
    max_sandboxes: int = 1000
    max_snapshots: int = 100
    max_faults: int = 1000
    max_streams: int = 100
    max_waiting: int = 10_000
    max_wait: float = 300.0
    state_file: Path | None = None
