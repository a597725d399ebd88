"""A status that a tester asks for, in the vendor's own form."""

from __future__ import annotations

import re
from http import HTTPStatus

from msgspec import structs

from mockserver.call import Reply
from mockserver.contract import Operation
from mockserver.rows import INJECTED, ErrorRow
from mockserver.vendor import Api

_FIRST_SERVER_ERROR = 500


def in_own_words(api: Api, operation: Operation | None, status: int) -> Reply | None:
    """The vendor's reply with a status; None where its form of an error is not known.

    It is the first row with this status that can be shown: of the operation itself, then of all; its id is the
    reply's `row`. Else it is what the contract says of errors that it has no row for, and its `row` is INJECTED's.
    """
    common = api.contract.errors
    rows = {**operation.own_errors, **common} if operation else common
    for row in rows.values():
        if row.status == status:
            reply = _shown(api, row)
            if reply is not None and reply.status == status:
                reply.row = row.id
                return reply
    reply = _shown(api, _row(api, status))
    if reply is not None:
        reply.row = INJECTED.id
    return reply


def _shown(api: Api, row: ErrorRow) -> Reply | None:
    try:
        return api.dialect.refuse(row, row.values({}))
    except (LookupError, ValueError, AttributeError, TypeError):
        return None


def _row(api: Api, status: int) -> ErrorRow:
    """What the contract's `x-injected` makes of a status."""
    phrase = _phrase(status)
    texts = {"status": status, "phrase": phrase, "word": re.sub("[^a-z]+", "_", phrase.lower().replace("'", ""))}
    said = {name: text.format_map(texts) for name, text in api.contract.injected.items()}
    message = said.pop("message", phrase)
    return structs.replace(INJECTED, message=message, status=status, detail=said)


def _phrase(status: int) -> str:
    """HTTP's reason phrase."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Server Error" if status >= _FIRST_SERVER_ERROR else "Client Error"
