"""Webhooks that a step must have sent, by the sandbox's own list of deliveries."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from mockserver.client.results import Delivery
from mockserver.client.sandbox import Sandbox
from mockserver.patterns import Asked, compile_pattern
from mockserver.scenarios.comparing import shown
from mockserver.scenarios.moments import Moment, counted, read_times, read_within
from mockserver.scenarios.subsets import difference
from mockserver.scenarios.worlds import is_pattern

_POLL = 0.01
_UNSENT = ("dropped", "refused", "cancelled")
"""What nobody was sent; counted only where an expectation asks for it."""


class Test(Protocol):
    """Says what is not as expected in a delivery's body, or nothing."""

    def __call__(self, delivery: Delivery) -> str:
        """Why not; empty where it is so."""


def look(sandbox: Sandbox, expected: dict[str, Any], since: Moment) -> tuple[str, bool, str]:
    """Wait for deliveries, and count those that are so. Raises AdminError, BrokenDuration.

    A request's deliveries are queued before it is answered. So without `within` only those are waited for; with it, also
    what an app causes meanwhile.
    """
    times, test = read_times(expected.get("times")), _test(expected.get("match"))
    text = _text(expected, str(times))
    until = time.monotonic() + read_within(expected)
    patient = times.forbids and "within" in expected
    while True:
        all_told = _since(sandbox, expected, since)
        alike = [each for each in all_told if not test(each)]
        pending = [each for each in alike if _is_pending(each, expected)]
        count = sum(_counts(each, expected) for each in alike)
        settled = not (pending and _due(sandbox, pending)) and not patient
        over = times.most is not None and count > times.most
        if over or time.monotonic() > until or (settled and (times.allows(count) or "within" not in expected)):
            return text, times.allows(count), _found(count, all_told, pending, test)
        time.sleep(_POLL)


def _since(sandbox: Sandbox, expected: Mapping[str, Any], since: Moment) -> Sequence[Delivery]:
    filters = {"vendor": expected.get("vendor"), "topic": expected["topic"]}
    given: Any = {name: each for name, each in filters.items() if each is not None}
    if since.delivery:
        given["since"] = since.delivery
    return sandbox.webhooks.list(**given)


def _counts(delivery: Delivery, expected: Mapping[str, Any]) -> bool:
    """Whether a delivery is one of those that are meant: without a status, one that somebody was sent."""
    if "attempts" in expected and not read_times(expected["attempts"]).allows(len(delivery.attempts)):
        return False
    if "status" in expected:
        return bool(delivery.status == expected["status"])
    return bool(delivery.attempts) or delivery.status not in ("waiting", *_UNSENT)


def _is_pending(delivery: Delivery, expected: Mapping[str, Any]) -> bool:
    """Whether it may yet become one that counts."""
    return delivery.status == "waiting" and not delivery.attempts and expected.get("status") != "waiting"


def _due(sandbox: Sandbox, pending: Sequence[Delivery]) -> bool:
    """Whether one of them is to be sent by now."""
    now = sandbox.clock.now
    return any(each.due_at is None or each.due_at <= now for each in pending)


def _text(expected: Mapping[str, Any], times: str) -> str:
    vendor = f"{expected['vendor']} " if "vendor" in expected else ""
    status = f", {expected['status']}" if "status" in expected else ""
    match = f", with {shown(expected['match'])}" if expected.get("match") is not None else ""
    attempts = f", sent {read_times(expected['attempts'])}" if "attempts" in expected else ""
    return f"webhook {vendor}{expected['topic']} {times}{status}{match}{attempts}"


def _found(count: int, told: Sequence[Delivery], pending: Sequence[Delivery], test: Test) -> str:
    """What there is, in words."""
    words = [f"{count} of {counted(len(told), 'delivery') if len(told) == 1 else f'{len(told)} deliveries'} so"]
    for each in told:
        reason = test(each)
        due = f", due at {each.due_at.isoformat()}" if each in pending and each.due_at is not None else ""
        words.append(
            f"delivery {each.id} to {each.url}: {each.status}, sent {counted(len(each.attempts))}{due}{f', but {reason}' if reason else ''}"
        )
    return "; ".join(words)


def _test(match: Any) -> Test:
    """What a body must be. Raises PatternError, a ValueError."""
    if match is None:
        return lambda _: ""
    if not is_pattern(match):
        return lambda delivery: difference(match, delivery.body)
    pattern = compile_pattern(match, outcome=False)

    def test(delivery: Delivery) -> str:
        missed = pattern.differences(_asked(delivery))
        return "; ".join(f"{each.field} is {_seen(each.actual)}, not {shown(each.expected)}" for each in missed)

    return test


def _seen(value: Any) -> str:
    return "absent" if value in (None, {"absent": True}) else shown(value)


def _asked(delivery: Delivery) -> Asked:
    """A delivery as the request that it is."""
    url, body = urlsplit(delivery.url), delivery.body
    raw = b"" if body is None else body.encode() if delivery.body_kind == "text" else msgspec.json.encode(body)
    headers = [(name.lower().encode(), text.encode("latin-1", "replace")) for name, text in delivery.headers.items()]
    target = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
    return Asked("POST", target, headers, raw, vendor=delivery.vendor)
