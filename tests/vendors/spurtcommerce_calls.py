"""A marketplace at Spurtcommerce with nothing in it, and calls of its operations without a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from mockserver.call import Call, Reply
from mockserver.contract import Operation
from mockserver.options import Fidelity, Options
from mockserver.state.change import Record
from mockserver.state.transaction import Ledger
from mockserver.vendors.spurtcommerce.records import Market

NOW = datetime(2026, 11, 21, 21, 39, 50, 472_000, UTC)
"""A Saturday of the 47th week."""


class Marketplace:
    """A market to fill and to call."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self.market = Market(self._ledger, "spurtcommerce")

    def put(self, collection: str, *records: Record) -> None:
        """Store records."""
        with self._ledger.transaction():
            for record in records:
                getattr(self.market, collection).put(record)

    def ask(
        self,
        operation: Callable[[Market, Call], Reply],
        query: str = "",
        *,
        body: Any = None,
        id: str = "",
        fidelity: Fidelity = "observed",
    ) -> Reply:
        """Call an operation. Raises Refused."""
        with self._ledger.transaction():
            return operation(self.market, self.call(operation.__name__, query, body=body, id=id, fidelity=fidelity))

    def call(self, operation: str, query: str = "", *, body: Any = None, id: str = "", fidelity: Fidelity) -> Call:
        """A call as the kernel would make it."""
        return Call(
            operation=cast("Operation", SimpleNamespace(id=operation)),
            options=Options(fidelity=fidelity),
            method="GET",
            target=f"/api?{query}",
            headers={},
            at=NOW.timestamp(),
            query_text=query,
            path={"id": id},
            body={} if body is None else body,
        )
