"""The journal: what was asked, what was answered, what it changed; and the way back to before it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from mockserver import redaction
from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.journal import Exchange
from mockserver.redaction import REDACTED, Secrets
from mockserver.vendor import ADMIN

PAGE = 100


def list_requests(desk: Desk, call: Call) -> Reply:
    """The exchanges that a tester asks for, newest first."""
    asked = call.query
    vendor, operation, status = asked.get("vendor"), asked.get("operation"), asked.get("status")
    _check_filters(desk, vendor, operation)
    found = (
        exchange
        for exchange in desk.sandbox.journal.since(asked.get("since", 0) + 1)
        if (exchange.vendor == vendor if vendor else exchange.vendor != ADMIN)
        and operation in (None, exchange.operation)
        and status in (None, exchange.status)
    )
    page = [_entry(desk, exchange) for exchange in islice(found, asked.get("limit", PAGE))]
    return Reply({"requests": page, "dropped": desk.sandbox.journal.dropped})


def get_request(desk: Desk, call: Call) -> Reply:
    """One exchange with its headers, bodies and changes."""
    exchange = _find(desk, call.path["id"])
    secret = _secrets(desk, exchange)
    changes = [redaction.show_change(change, desk.collections) for change in exchange.changes]
    asked = _message(exchange.request_headers, exchange.request_body, secret)
    answered = _message(exchange.reply_headers, exchange.reply_body, secret)
    return Reply(
        {
            **_entry(desk, exchange),
            "request": asked,
            "response": {"status": exchange.status, **answered},
            "changes": changes,
        }
    )


def delete_requests(desk: Desk, _call: Call) -> Reply:
    """Empty the journal."""
    desk.sandbox.journal.clear()
    return wire.done()


def rewind_request(desk: Desk, call: Call) -> Reply:
    """Make the state what it was just before an exchange."""
    exchange = _find(desk, call.path["id"])
    return Reply({"rewoundTo": exchange.id, "undone": desk.sandbox.rewind(exchange)})


def _find(desk: Desk, id: int) -> Exchange:
    journal = desk.sandbox.journal
    exchange = journal.get(id)
    if exchange is None:
        oldest = min((kept.id for kept in journal), default=0)
        if journal.dropped and id < oldest:
            raise Refused("request-dropped", id=id, oldest=oldest)
        raise Refused("request-unknown", id=id)
    return exchange


def _check_filters(desk: Desk, vendor: str | None, operation: str | None) -> None:
    """A filter for something that is not there would silently find nothing."""
    vendors = [*desk.world.vendors, ADMIN]
    if vendor is not None and vendor not in vendors:
        raise Refused("vendor-unknown", given=vendor, known=vendors)
    apis = [api for api in desk.apis if (api.vendor == vendor if vendor else api.vendor != ADMIN)]
    operations = sorted({id for api in apis for id in api.contract.operations})
    if operation is not None and operation not in operations:
        raise Refused("operation-unknown", given=operation, known=operations)


def _entry(desk: Desk, exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "at": wire.instant_text(datetime.fromtimestamp(exchange.at, UTC)),
        "took": round(exchange.took * 1000, 3),
        "vendor": exchange.vendor,
        "api": exchange.api,
        "operation": exchange.operation,
        "method": exchange.method,
        "url": _url(desk, exchange),
        "status": exchange.status,
        "error": exchange.row,
        "findings": [msgspec.to_builtins(finding) for finding in exchange.findings],
    }


def _message(headers: Any, body: bytes, secret: Secrets) -> dict[str, Any]:
    shown = redaction.show_body(body, secret)
    return {"headers": redaction.show_headers(headers, secret), "body": shown.value, "bodyKind": shown.kind}


def _secrets(desk: Desk, exchange: Exchange) -> Secrets:
    """What is secret in an exchange. The admin API speaks of records, so theirs is what their collections declare."""
    contracts = [api.contract for api in desk.apis]
    contract = next(contract for contract in contracts if contract.api == exchange.api)
    if exchange.vendor != ADMIN:
        return redaction.secrets(contract, contracts)
    altered = {change.collection for change in exchange.changes}
    fields = [name for full_name in altered for name in redaction.secret_fields(desk.collections[full_name])]
    return redaction.secrets(contract, contracts, fields)


def _url(desk: Desk, exchange: Exchange) -> str:
    """The address. Where a tester altered a record whose very key is a secret, the path has it too."""
    url = redaction.show_url(exchange.target, _secrets(desk, exchange))
    if exchange.operation in ("put_record", "delete_record") and exchange.vendor == ADMIN:
        collection = desk.collections[exchange.changes[0].collection]
        if collection.key_field in collection.secret:
            return f"{url.rpartition('/')[0]}/{REDACTED}"
    return url
