"""The request header `Prefer` (RFC 7240): a tester asks for one row of the vendor's error table, or for a status."""

from __future__ import annotations

from mockserver.call import Call, Refused, Reply
from mockserver.contract import Operation
from mockserver.meddling import with_status
from mockserver.problem import Objection, problem
from mockserver.routes import Route
from mockserver.transport import Wire

_STATUSES = range(400, 600)


def preferred(header: bytes, route: Route, operation: Operation, call: Call) -> Wire | None:
    """The reply that a tester asks for with `code=<status>`; None where the header asks for nothing that is known here.

    Raises Refused for `error=<row id>`; Objection when the operation has no such row, or for what is no error's status.
    Other preferences are left alone, as the RFC wants.
    """
    for preference in header.decode("latin-1").replace(";", ",").split(","):
        name, _, given = preference.partition("=")
        value = given.strip().strip('"')
        if name.strip().lower() == "error":
            if value not in operation.errors:
                raise Objection(_unknown_row(value, operation))
            raise Refused(value)
        if name.strip().lower() == "code":
            if not value.isdecimal() or len(value) > len("599") or int(value) not in _STATUSES:
                raise Objection(_no_error(value))
            return with_status(route, call, int(value))
    return None


def _unknown_row(row: str, operation: Operation) -> Reply:
    known = list(operation.errors)
    detail = f"{operation.id} has no error row '{row}'; known: {', '.join(known)}"
    return problem(400, "Unknown error row", detail, known=known)


def _no_error(status: str) -> Reply:
    first, last = _STATUSES[0], _STATUSES[-1]
    detail = f"'{status}' is no status of an error; Prefer: code=… takes one from {first} to {last}"
    return problem(400, "No error status", detail)
