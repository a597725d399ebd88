"""The journal: what was asked, what was answered, what it changed; and the way back to before it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockserver import redaction
from mockserver.admin import entries, wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.journal import Exchange
from mockserver.redaction import Secrets
from mockserver.vendor import ADMIN

PAGE = 100
_FILTERS = {"operation": "operation", "status": "status", "error": "row", "fault": "fault"}
"""Parameters that name what an exchange must have, and where it has that."""


def list_requests(desk: Desk, call: Call) -> Reply:
    """The exchanges that a tester asks for, newest first."""
    asked = call.query
    vendor = asked.get("vendor")
    _check_filters(desk, vendor, asked.get("operation"), asked.get("error"))
    wanted = {_FILTERS[name]: asked[name] for name in _FILTERS if name in asked}
    found = (
        exchange
        for exchange in list(desk.sandbox.journal)
        if exchange.id > asked.get("since", 0)
        and (exchange.vendor == vendor if vendor else exchange.vendor != ADMIN)
        and all(getattr(exchange, name) == value for name, value in wanted.items())
    )
    page = [entries.exchange_entry(desk, exchange) for exchange in islice(found, asked.get("limit", PAGE))]
    return Reply({"requests": page, "dropped": desk.sandbox.journal.dropped})


def get_request(desk: Desk, call: Call) -> Reply:
    """One exchange with its headers, bodies and changes."""
    exchange = _find(desk, call.path["id"])
    secret = entries.exchange_secrets(desk, exchange)
    changes = [redaction.show_change(change, desk.collections) for change in exchange.changes]
    asked = _message(exchange.request_headers, exchange.request_body, secret)
    answered = _message(exchange.reply_headers, exchange.reply_body, secret)
    return Reply(
        {
            **entries.exchange_entry(desk, exchange),
            "request": asked,
            "response": {"status": exchange.status or None, **answered},
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


def _check_filters(desk: Desk, vendor: str | None, operation: str | None, row: str | None) -> None:
    """A filter for something that is not there would silently find nothing."""
    vendors = [*desk.world.vendors, ADMIN]
    if vendor is not None and vendor not in vendors:
        raise Refused("vendor-unknown", given=vendor, known=vendors)
    apis = [api for api in desk.apis if (api.vendor == vendor if vendor else api.vendor != ADMIN)]
    operations = sorted({id for api in apis for id in api.contract.operations})
    if operation is not None and operation not in operations:
        raise Refused("operation-unknown", given=operation, known=operations)
    rows = sorted({id for api in apis for id in api.contract.rows()})
    if row is not None and row not in rows:
        raise Refused("row-unknown", given=row, known=rows)


def _message(headers: Any, body: bytes, secret: Secrets) -> dict[str, Any]:
    shown = redaction.show_body(body, secret)
    return {"headers": redaction.show_headers(headers, secret), "body": shown.value, "bodyKind": shown.kind}
