"""Requests that the app under test must have sent, by the sandbox's journal."""

from __future__ import annotations

import time
from typing import Any

from mockserver.client.errors import VerificationError
from mockserver.client.sandbox import Sandbox
from mockserver.scenarios.comparing import shown
from mockserver.scenarios.moments import Moment, counted, read_times, read_within
from mockserver.scenarios.requesting import AGENT

_POLL = 0.02


def look(sandbox: Sandbox, expected: dict[str, Any], since: Moment) -> tuple[str, bool, str]:
    """Wait for requests, and count those that match. Raises AdminError, BrokenDuration."""
    times, pattern, seconds = read_times(expected.get("times")), _of_others(expected["pattern"]), read_within(expected)
    text = f"request {shown(expected['pattern'])} {times}"
    until = time.monotonic() + seconds
    if times.least:
        try:
            sandbox.requests.wait(pattern, count=times.least, timeout=seconds, since=since.exchange or None)
        except VerificationError as error:
            return text, False, " ".join(str(error).split())
    elif "within" in expected:
        while _count(sandbox, pattern, since) <= (times.most or 0) and time.monotonic() < until:
            time.sleep(_POLL)
    count = _count(sandbox, pattern, since)
    return text, times.allows(count), f"there {'is' if count == 1 else 'are'} {counted(count, 'such request')}"


def _count(sandbox: Sandbox, pattern: dict[str, Any], since: Moment) -> int:
    return len(sandbox.requests.find(pattern, since=since.exchange or None, limit=1000))


def _of_others(pattern: dict[str, Any]) -> dict[str, Any]:
    """The pattern, for requests that do not come from the scenario itself."""
    headers = dict(pattern.get("headers", {}))
    if any(name.lower() == "user-agent" for name in headers):
        return pattern
    return {**pattern, "headers": {**headers, "user-agent": {"doesNotContain": AGENT}}}
