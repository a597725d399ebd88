"""What a delivery says: the text about a record, and the headers that go with it."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from mockserver.vendor import Event, Hooks, Subscription
from mockserver.webhooks.misbehaviour import Misbehaviour

_JSON = ("Content-Type", "application/json")
log = logging.getLogger("mockserver")


class Post(NamedTuple):
    """A vendor that has webhooks, in one sandbox."""

    vendor: str
    state: Any
    hooks: Hooks


class Payload(NamedTuple):
    """A text and its headers; or, where the vendor's code failed, an `error` that says so."""

    body: str
    headers: tuple[tuple[str, str], ...]
    error: str = ""


def write(post: Post, event: Event, rule: Misbehaviour | None, at: float) -> Payload:
    """What one subscription is told of an event."""
    subscription = event.subscription
    told = event.before if event.after is None or tells_stale(event, rule) else event.after
    try:
        body = post.hooks.body(post.state, subscription, told, at)
        vouched = b"not " + body if rule is not None and rule.wrong_signature else body
        return Payload(body.decode(), headers(post, subscription, vouched))
    except Exception as error:
        log.exception("webhook %d of %s: a bug of the fake", subscription.id, post.vendor)
        return Payload("", (), f"a bug of the fake: {type(error).__name__}: {error}")


def tells_stale(event: Event, rule: Misbehaviour | None) -> bool:
    """Whether a subscription is told how a record was before; what is new or gone has no such form."""
    return rule is not None and rule.stale and event.before is not None and event.after is not None


def headers(post: Post, subscription: Subscription, vouched: bytes) -> tuple[tuple[str, str], ...]:
    """The subscription's own headers, and those that vouch for a text. A text is JSON unless they say otherwise."""
    signed = post.hooks.sign(post.state, subscription, vouched) if post.hooks.sign else ()
    given = (*subscription.headers, *signed)
    if any(name.lower() == "content-type" for name, _ in given):
        return given
    return (_JSON, *given)
