"""The journal as an HTTP archive, for other tools."""

from __future__ import annotations

from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.vendor import ADMIN


def export_requests(desk: Desk, call: Call) -> Reply:
    """The exchanges that are asked for, oldest first."""
    asked = call.query
    vendor = asked.get("vendor")
    if vendor is not None and vendor not in desk.world.vendors:
        raise Refused("vendor-unknown", given=vendor, known=list(desk.world.vendors))
    first, last, admin = asked.get("from", 0), asked.get("to"), asked.get("admin", False)
    wanted = [
        exchange
        for exchange in reversed(list(desk.sandbox.journal))
        if exchange.id >= first
        and (last is None or exchange.id <= last)
        and (admin if exchange.vendor == ADMIN else vendor in (None, exchange.vendor))
    ]
    from mockserver.admin import exporting  # noqa: PLC0415  few servers are asked this, and all of them start

    return Reply(exporting.written(desk, call, wanted))
