"""The server's options: one value, given at start and never altered."""

from __future__ import annotations

from typing import Literal

import msgspec

Auth = Literal["lenient", "strict"]
RateLimits = Literal["off", "count", "enforce"]
Fidelity = Literal["documented", "observed"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How this server behaves.

    `auth`: `lenient` accepts any well-formed credential, `strict` only those of the fixture.
    `fidelity`: where a vendor's page and its program contradict each other, `documented` does what the page says and
    notes what the program would do, `observed` does what the program does.
    `rate_limits`: `off` counts no calls; `count` notes in the journal where the vendor would refuse one for being too
    many; `enforce` refuses it; None does what each contract says.
    `max_body`: bytes of a request body; a longer one is refused with 413.
    `journal_entries`, `journal_bytes`: the journal drops its oldest exchanges past either bound, and counts them.
    `admin_token`: what the admin API asks for as a bearer token; None leaves it open to whoever asks under a
    loopback name.
    `webhook_allow`: hosts, in lower case, that webhooks are sent to beside those that are this machine.
    """

    auth: Auth = "lenient"
    fidelity: Fidelity = "documented"
    rate_limits: RateLimits | None = None
    max_body: int = 1 << 20
    journal_entries: int = 1000
    journal_bytes: int = 64 << 20
    admin_token: str | None = None
    webhook_allow: frozenset[str] = frozenset()
