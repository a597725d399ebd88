"""What webhooks are told of: which change is an event for whom, and its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.state.change import Change, Key
from mockserver.vendor import Event, Hooks, Subscription
from mockserver.vendors.webcommander.plugin.bodies import CustomerBody, customer_body
from mockserver.vendors.webcommander.records import Customer, EventName, Shop, Webhook


class HookBody(msgspec.Struct, frozen=True, gc=False, rename={"data": "hook_Data", "name": "hook_name"}):
    """What a webhook is told; the keys are the vendor's [developers.webcommander.com/how-to-use-webhooks]."""

    name: str
    data: CustomerBody


def subscriptions(shop: Shop) -> list[Subscription]:
    """Every webhook, of whichever plugin."""
    return [_subscription(shop, webhook) for webhook in shop.webhooks]


def events(shop: Shop, changes: Sequence[Change]) -> Iterable[Event]:
    """What a transaction's changes are to the webhooks: at most one event of each customer."""
    return _events(shop, changes) if len(shop.webhooks) else ()


def body(_shop: Shop, subscription: Subscription, customer: Customer, _at: float) -> bytes:
    """The event's name and the customer as the operations show her."""
    return msgspec.json.encode(HookBody(subscription.topic, customer_body(customer)))


HOOKS = Hooks(subscriptions, events, body, timeout=5, retries=(10, 60, 300))
"""Nothing documents time-outs and retries."""


def _events(shop: Shop, changes: Sequence[Change]) -> Iterator[Event]:
    for before, after in _altered(shop.customers.name, changes).values():
        name = _meaning(before, after)
        for webhook in shop.webhooks.find("event", name) if name else ():
            yield Event(_subscription(shop, webhook), before, after)


def _altered(collection: str, changes: Sequence[Change]) -> dict[Key, tuple[Any, Any]]:
    """What the customers were who are altered, and what they are in the end; None where there is none."""
    altered: dict[Key, tuple[Any, Any]] = {}
    for change in changes:
        if change.collection == collection:
            first, _ = altered.get(change.key, (change.before, None))
            altered[change.key] = first, change.after
    return altered


def _meaning(before: Customer | None, after: Customer | None) -> EventName | None:
    """The event that a difference is [names inferred]; None where nobody is told.

    Nobody is told of a password alone, nor of a removal out of the trash: whoever is in it was told of as deleted before.
    """
    was_there = before is not None and not before.is_in_trash
    if was_there and (after is None or after.is_in_trash):
        return "customer-delete"
    if after is None:
        return None
    if before is None:
        return "customer-create"
    silent = replace(before, password_hash=after.password_hash, version=after.version) == after
    return None if silent else "customer-update"


def _subscription(shop: Shop, webhook: Webhook) -> Subscription:
    """A webhook, whose address says in the query which plugin it is of."""
    first = shop.first_plugin
    uuid = webhook.plugin or (first.uuid if first else "")
    address = webhook.source_url.partition("#")[0]
    joint = "&" if "?" in address else "?"
    return Subscription(webhook.id, webhook.event_name, f"{address}{joint}uuid={uuid}")
