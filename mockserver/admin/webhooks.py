"""Webhooks: what was told to apps and what they answered, to look at, to repeat, and to go wrong on purpose."""

from __future__ import annotations

from itertools import islice
from typing import Any

from msgspec import convert

from mockserver import redaction
from mockserver.admin import entries, wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.vendor import Subscription
from mockserver.webhooks.delivery import Delivery, Target
from mockserver.webhooks.misbehaviour import WAYS, Misbehaviour, rule_key

PAGE = 100


def list_webhooks(desk: Desk, call: Call) -> Reply:
    """The deliveries that a tester asks for, newest first."""
    asked, webhooks = call.query, desk.sandbox.webhooks
    if "vendor" in asked:
        _check_vendor(desk, asked["vendor"])
    webhooks.wake()  # where the last event loop has ended with something still waiting, it is sent on this one
    wanted = {name: asked[name] for name in ("vendor", "subscription", "topic", "status") if name in asked}
    found = (
        delivery
        for delivery in webhooks.outbox.newest_first()
        if delivery.id > asked.get("since", 0)
        and all(getattr(delivery, name) == value for name, value in wanted.items())
    )
    page = [entries.delivery_entry(desk, delivery) for delivery in islice(found, asked.get("limit", PAGE))]
    return Reply({"deliveries": page, "dropped": webhooks.outbox.dropped})


def get_webhook(desk: Desk, call: Call) -> Reply:
    """One delivery."""
    return Reply(entries.delivery_entry(desk, _find(desk, call)))


def redeliver_webhook(desk: Desk, call: Call) -> Reply:
    """Queue a delivery again, as a new one."""
    delivery = _find(desk, call)
    subscription = desk.sandbox.webhooks.subscription(delivery.target)
    if subscription is None:
        raise Refused("subscription-gone", id=delivery.id, vendor=delivery.vendor, subscription=delivery.subscription)
    return Reply(entries.delivery_entry(desk, desk.sandbox.webhooks.redeliver(delivery, subscription)), 202)


def list_subscriptions(desk: Desk, _call: Call) -> Reply:
    """Who is told of what, and how that goes wrong."""
    found = desk.sandbox.webhooks.subscriptions()
    return Reply({"subscriptions": [_subscription(desk, target, each) for target, each in found]})


def set_misbehaviour(desk: Desk, call: Call) -> Reply:
    """Have deliveries to a subscription go wrong from now on."""
    target, subscription = _find_subscription(desk, call)
    named = {"id": rule_key(target), "vendor": target[0], "subscription": target[1]}
    given = {name: int(value) if isinstance(value, float) else value for name, value in call.body.items()}  # 2.0 is 2
    rule = convert({**given, **named}, Misbehaviour)
    if not rule.ways:
        raise Refused("misbehaviour-empty", known=WAYS)
    if rule.wrong_signature and desk.sandbox.webhooks.posts[target[0]].hooks.sign is None:
        raise Refused("nothing-signed", vendor=target[0], known=[way for way in WAYS if way != "wrongSignature"])
    desk.sandbox.control.misbehaviours.put(rule)
    return Reply(_subscription(desk, target, subscription))


def delete_misbehaviour(desk: Desk, call: Call) -> Reply:
    """Have deliveries to a subscription go right again."""
    target, _ = _find_subscription(desk, call)
    desk.sandbox.control.misbehaviours.remove(rule_key(target))
    return wire.done()


def _check_vendor(desk: Desk, vendor: str) -> None:
    known = list(desk.sandbox.webhooks.posts)
    if vendor not in known:
        raise Refused("vendor-unknown", given=vendor, known=known)


def _find(desk: Desk, call: Call) -> Delivery:
    delivery = desk.sandbox.webhooks.outbox.get(call.path["id"])
    if delivery is None:
        raise Refused("webhook-unknown", id=call.path["id"])
    return delivery


def _find_subscription(desk: Desk, call: Call) -> tuple[Target, Subscription]:
    target = (call.path["vendor"], call.path["id"])
    _check_vendor(desk, target[0])
    subscription = desk.sandbox.webhooks.subscription(target)
    if subscription is None:
        known = [str(id) for (vendor, id), _ in desk.sandbox.webhooks.subscriptions() if vendor == target[0]]
        raise Refused("subscription-unknown", vendor=target[0], given=target[1], known=known)
    return target, subscription


def _subscription(desk: Desk, target: Target, subscription: Subscription) -> dict[str, Any]:
    webhooks = desk.sandbox.webhooks
    return {
        "vendor": target[0],
        "id": target[1],
        "topic": subscription.topic,
        "url": redaction.show_url(subscription.url, entries.vendor_secrets(desk, target[0])),
        "waiting": webhooks.outbox.waiting(target),
        "misbehaviour": _rule(webhooks.rule(target)),
    }


def _rule(rule: Misbehaviour | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    return rule.ways if rule.times is None else {**rule.ways, "times": rule.times}
