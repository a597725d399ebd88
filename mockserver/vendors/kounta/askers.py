"""Which application asks in each exchange of a recording, and what is its own: what it calls customers, and its webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mockserver.recordings import Seen
from mockserver.vendors.kounta.records import Restaurant
from mockserver.vendors.kounta.wire import BASIC, BEARER, read_authorization


def settle_owned(restaurant: Restaurant, exchanges: Sequence[Seen]) -> None:
    """Let each application call customers as it did before the recording altered that, and have the webhooks that it was shown."""
    settled: set[tuple[str, int]] = set()
    tokens: dict[str, str] = {}
    for seen in exchanges:
        application = _asker(restaurant, tokens, seen)
        for customer, value in _called(seen):
            if (application, customer) not in settled and customer in restaurant.customers:
                settled.add((application, customer))
                restaurant.refer(application, customer, value)
        for id in _webhooks(seen):
            webhook = restaurant.webhooks.get(id)
            if webhook is not None:
                restaurant.webhooks.put(replace(webhook, application=application))
        if seen.operation == "issue_token" and seen.ok:
            tokens[seen.reply["access_token"]] = (seen.body or {}).get("client_id") or application


def _asker(restaurant: Restaurant, tokens: Mapping[str, str], seen: Seen) -> str:
    """The client id of the application that asks; of one whom nobody knows, the first one's, as its credential is."""
    sent = read_authorization(seen.request_headers.get("authorization", "").encode("latin-1", "replace"))
    first = restaurant.first_application
    if sent.scheme == BASIC and sent.id in restaurant.applications:
        return sent.id
    if sent.scheme == BEARER:
        known = restaurant.access_tokens.get(sent.secret)
        if known is not None:
            return known.application
        if sent.secret in tokens:
            return tokens[sent.secret]
    return first.client_id if first else ""


def _called(seen: Seen) -> Iterator[tuple[int, str]]:
    """What the application called customers before this exchange; empty where it is the exchange that says so first."""
    if not seen.ok:
        return
    if seen.operation in ("create_customer", "update_customer"):
        is_said = seen.operation == "create_customer" or "reference_id" in (seen.body or {})
        yield seen.reply["id"], "" if is_said else seen.reply.get("reference_id", "")
    elif seen.operation in ("get_customer", "find_customers"):
        for customer in _listed(seen.reply):
            yield customer["id"], customer.get("reference_id") or ""


def _webhooks(seen: Seen) -> Iterator[int]:
    """The webhooks that the application was shown, or altered."""
    if seen.ok and seen.operation in ("find_webhooks", "get_webhook", "update_webhook"):
        yield from (webhook["id"] for webhook in _listed(seen.reply))
    elif seen.ok and seen.operation == "delete_webhook":
        yield seen.path["webhook_id"]


def _listed(reply: Any) -> list[Mapping[str, Any]]:
    if isinstance(reply, Mapping):
        return [reply]
    return list(reply) if isinstance(reply, list) else []
