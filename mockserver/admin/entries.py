"""Entries: exchanges and deliveries as the admin API shows them, without the secrets in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver import redaction
from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.journal import Exchange
from mockserver.redaction import REDACTED, Secrets
from mockserver.vendor import ADMIN
from mockserver.webhooks.delivery import Attempt, Delivery


def exchange_entry(desk: Desk, exchange: Exchange) -> dict[str, Any]:
    """An exchange as a list shows it."""
    return {
        "id": exchange.id,
        "at": instant(exchange.at),
        "took": round(exchange.took * 1000, 3),
        "vendor": exchange.vendor or None,
        "api": exchange.api or None,
        "operation": exchange.operation,
        "method": exchange.method,
        "url": exchange_url(desk, exchange),
        "status": exchange.status or None,
        "error": exchange.row,
        "fault": exchange.fault,
        "findings": [msgspec.to_builtins(finding) for finding in exchange.findings],
    }


def exchange_secrets(desk: Desk, exchange: Exchange) -> Secrets:
    """What is secret in an exchange. The admin API speaks of records, so theirs is what their collections declare."""
    contracts = [api.contract for api in desk.apis]
    if not exchange.api:  # no contract has its path; whatever is secret anywhere may be in it
        return redaction.secrets(contracts[0], contracts, {name for contract in contracts for name in contract.secrets})
    contract = next(contract for contract in contracts if contract.api == exchange.api)
    if exchange.vendor != ADMIN:
        return redaction.secrets(contract, contracts)
    altered = {change.collection for change in exchange.changes}
    fields = [name for full_name in altered for name in redaction.secret_fields(desk.collections[full_name])]
    return redaction.secrets(contract, contracts, fields)


def exchange_url(desk: Desk, exchange: Exchange) -> str:
    """The address. Where a tester altered a record whose very key is a secret, the path has it too."""
    url = redaction.show_url(exchange.target, exchange_secrets(desk, exchange))
    if exchange.operation in ("put_record", "delete_record") and exchange.vendor == ADMIN:
        collection = desk.collections[exchange.changes[0].collection]
        if collection.key_field in collection.secret:
            return f"{url.rpartition('/')[0]}/{REDACTED}"
    return url


def delivery_entry(desk: Desk, delivery: Delivery) -> dict[str, Any]:
    """A delivery with every attempt."""
    secret = vendor_secrets(desk, delivery.vendor)
    body = redaction.show_body(delivery.body.encode(), secret)
    return {
        "id": delivery.id,
        "request": delivery.exchange,
        "vendor": delivery.vendor,
        "subscription": delivery.subscription,
        "topic": delivery.topic,
        "url": redaction.show_url(delivery.url, secret),
        "headers": redaction.show_headers(((_latin(name), _latin(value)) for name, value in delivery.headers), secret),
        "body": body.value,
        "bodyKind": body.kind,
        "status": delivery.status,
        "queuedAt": instant(delivery.queued_at),
        "dueAt": instant(delivery.due),
        "misbehaviour": list(delivery.misbehaviour),
        "redeliveryOf": delivery.redelivery_of,
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
    }


def vendor_secrets(desk: Desk, vendor: str) -> Secrets:
    """What is secret in what a vendor tells."""
    contracts = [api.contract for api in desk.apis]
    own = [api.contract for api in desk.apis if api.vendor == vendor]
    return redaction.secrets(own[0], contracts, {name for contract in own for name in contract.secrets})


def instant(at: float) -> str:
    """Seconds since 1970 as ISO 8601."""
    return wire.instant_text(datetime.fromtimestamp(at, UTC))


def _attempt(attempt: Attempt) -> Mapping[str, Any]:
    took = round(attempt.took * 1000, 3)
    return {"at": instant(attempt.at), "took": took, "status": attempt.status, "error": attempt.error}


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")
