"""Webhooks: what an application wants to be told, and where."""

from __future__ import annotations

from msgspec import UNSET

from mockserver.call import Call, Reply
from mockserver.vendors.kounta import rules
from mockserver.vendors.kounta.bodies import WebhookDraft, apply_to_webhook, ignored_of_webhook, webhook_body
from mockserver.vendors.kounta.records import Restaurant, Webhook
from mockserver.vendors.kounta.wire import created, find_ignored, time_text


def find_webhooks(restaurant: Restaurant, call: Call) -> Reply:
    """All webhooks of the calling application."""
    rules.find_company(restaurant, call)
    webhooks = restaurant.webhooks.find("application", call.principal.application.client_id)
    return Reply([webhook_body(webhook) for webhook in webhooks])


def get_webhook(restaurant: Restaurant, call: Call) -> Reply:
    """One webhook."""
    rules.find_company(restaurant, call)
    return Reply(webhook_body(rules.find_webhook(restaurant, call)))


def create_webhook(restaurant: Restaurant, call: Call, draft: WebhookDraft) -> Reply:
    """Subscribe to a topic."""
    company = rules.find_company(restaurant, call)
    now, application = time_text(call.at, company), call.principal.application.client_id
    nothing = Webhook(id=0, application=application, topic="", address="", created_at=now, updated_at=now)
    webhook = restaurant.webhooks.add(_drafted(call, draft, nothing, now))
    location = call.url(f"/v1/companies/{company.id}/webhooks/{webhook.id}{call.suffix}")
    return created(webhook_body(webhook), location)


def update_webhook(restaurant: Restaurant, call: Call, draft: WebhookDraft) -> Reply:
    """Alter what the request names; what comes of it must be as a new webhook must."""
    company = rules.find_company(restaurant, call)
    webhook = _drafted(call, draft, rules.find_webhook(restaurant, call), time_text(call.at, company))
    restaurant.webhooks.put(webhook)
    return Reply(webhook_body(webhook))


def delete_webhook(restaurant: Restaurant, call: Call) -> Reply:
    """Unsubscribe."""
    rules.find_company(restaurant, call)
    restaurant.webhooks.remove(rules.find_webhook(restaurant, call).id)
    return Reply(None, 204, media_type="")


def _drafted(call: Call, draft: WebhookDraft, before: Webhook, now: str) -> Webhook:
    """The webhook that the request makes of another, if it may be."""
    sent = call.body or {}
    find_ignored(call, ignored_of_webhook(sent))
    webhook = apply_to_webhook(draft, before, now)
    rules.check_webhook(webhook, sent.get("filter") or ())
    if draft.topic is not UNSET and webhook.topic == rules.NEVER_FIRES:
        call.find("topic-never-fires", f"nothing here completes an order, so {webhook.topic} is never told")
    return webhook
