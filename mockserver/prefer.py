"""The request header `Prefer` (RFC 7240): a tester asks for one row of the vendor's error table."""

from __future__ import annotations

from mockserver.call import Refused, Reply
from mockserver.contract import Operation
from mockserver.problem import Objection, problem


def refuse_if_asked(header: bytes, operation: Operation) -> None:
    """Raise Refused for `Prefer: error=<row id>`; Objection when the operation has no such row.

    Other preferences are left alone, as the RFC wants.
    """
    for preference in header.decode("latin-1").replace(";", ",").split(","):
        name, _, value = preference.partition("=")
        if name.strip().lower() == "error":
            row = value.strip().strip('"')
            if row not in operation.errors:
                raise Objection(_unknown_row(row, operation))
            raise Refused(row)


def _unknown_row(row: str, operation: Operation) -> Reply:
    known = list(operation.errors)
    detail = f"{operation.id} has no error row '{row}'; known: {', '.join(known)}"
    return problem(400, "Unknown error row", detail, known=known)
