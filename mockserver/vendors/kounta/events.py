"""What webhooks are told of: which change is an event for whom, its text, and the signature."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from mockserver.state.change import Change, Key
from mockserver.vendor import Event, Hooks, Subscription
from mockserver.vendors.kounta.bodies import customer_body
from mockserver.vendors.kounta.records import Customer, Reference, Restaurant, Webhook
from mockserver.vendors.kounta.rules import CREATED, DELETED, UPDATED
from mockserver.vendors.kounta.wire import time_text

SIGNATURE = "X-Kounta-Signature"

_OF_TWO_FIELDS = {"name": ("first_name", "last_name"), "address": ("primary_address", "shipping_address")}
"""The attributes of a filter that mean more than the field of the same name [page]."""


def subscriptions(restaurant: Restaurant) -> list[Subscription]:
    """Every webhook, of whichever application."""
    return [_subscription(webhook) for webhook in restaurant.webhooks]


def events(restaurant: Restaurant, changes: Sequence[Change]) -> Iterable[Event]:
    """What a transaction's changes are to the webhooks, in the order of the changes."""
    return _events(restaurant, changes) if len(restaurant.webhooks) else ()


def body(restaurant: Restaurant, subscription: Subscription, customer: Customer, at: float) -> bytes:
    """The customer as the webhook's application sees her at this moment, written as PHP writes JSON."""
    webhook, company = restaurant.webhooks.get(subscription.id), restaurant.company
    now = time_text(at, company) if company else ""
    shown = customer_body(restaurant, customer, webhook.application if webhook else "", now)
    text = msgspec.json.encode(shown)
    if not text.isascii():
        text = json.dumps(msgspec.json.decode(text), separators=(",", ":")).encode()
    return text.replace(b"/", b"\\/")


def sign(restaurant: Restaurant, subscription: Subscription, body: bytes) -> tuple[tuple[str, str], ...]:
    """The HMAC of exactly these bytes with the application's signature token; a stranger's is the first one's."""
    webhook = restaurant.webhooks.get(subscription.id)
    known = restaurant.applications.get(webhook.application) if webhook else None
    application = known or restaurant.first_application
    token = application.signature_token if application else ""
    return ((SIGNATURE, hmac.digest(token.encode(), body, "sha256").hex()),)


HOOKS = Hooks(subscriptions, events, body, timeout=5, retries=(10, 60, 300), sign=sign)
"""Nothing documents time-outs and retries [dossier, section 8.4]."""


def _events(restaurant: Restaurant, changes: Sequence[Change]) -> Iterator[Event]:
    customers = _altered(restaurant.customers.name, changes)
    for before, after in customers.values():
        yield from _of_customer(restaurant, before, after)
    for before, after in _altered(restaurant.references.name, changes).values():
        reference = after or before
        if reference.customer not in customers:
            yield from _of_reference(restaurant, reference)


def _altered(collection: str, changes: Sequence[Change]) -> dict[Key, tuple[Any, Any]]:
    """The records of a collection that were altered in the end: what they were, and what they are."""
    altered: dict[Key, tuple[Any, Any]] = {}
    for change in changes:
        if change.collection == collection:
            first, _ = altered.get(change.key, (change.before, None))
            altered[change.key] = first, change.after
    return {key: (before, after) for key, (before, after) in altered.items() if before != after}


def _of_customer(restaurant: Restaurant, before: Customer | None, after: Customer | None) -> Iterator[Event]:
    """The event for each webhook of its topic; of updates, for those whose filter names something that differs."""
    topic = CREATED if before is None else DELETED if after is None else UPDATED
    for webhook in restaurant.webhooks.find("topic", topic):
        attributes = webhook.filter.attributes
        if topic != UPDATED or not attributes or _differ(attributes, before, after):
            yield Event(_subscription(webhook), before, after)


def _of_reference(restaurant: Restaurant, reference: Reference) -> Iterator[Event]:
    """To the application that calls a customer otherwise now she is another; filters have no word for that."""
    customer = restaurant.customers.get(reference.customer)
    if customer is None:
        return
    for webhook in restaurant.webhooks.find("topic", UPDATED):
        if webhook.application == reference.application and not webhook.filter.attributes:
            yield Event(_subscription(webhook), customer, customer)


def _differ(attributes: Sequence[str], before: Customer | None, after: Customer | None) -> bool:
    fields = [field for attribute in attributes for field in _OF_TWO_FIELDS.get(attribute, (attribute,))]
    shown = attrgetter(*fields)
    return bool(shown(before) != shown(after))


def _subscription(webhook: Webhook) -> Subscription:
    return Subscription(webhook.id, webhook.topic, webhook.address, webhook.headers)
