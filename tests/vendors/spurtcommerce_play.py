"""A random administrator and a tester of a marketplace at Spurtcommerce, who ask it everything and a model too."""

from __future__ import annotations

import io
from datetime import UTC, timedelta
from functools import cache
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from httpx2 import Response
from hypothesis.stateful import RuleBasedStateMachine

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Fidelity, Options
from mockserver.vendors.spurtcommerce.records import AccessToken
from mockserver.world import World
from tests.appclient import AppClient
from tests.vendors.spurtcommerce_drafts import PASSWORD, Draft
from tests.vendors.spurtcommerce_model import NOW, ROWS, Model, Record

TOKEN = "U2FsdGVkX19tb2RlbA=="  # noqa: S105  nobody's
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
Fault = tuple[Draft, str] | None


@cache
def world(fidelity: Fidelity) -> World:
    return build(read_fixture("spurtcommerce-recorded"), options=Options(fidelity=fidelity))


class Asking(RuleBasedStateMachine):
    """How the marketplace is asked, and what is expected of its answers."""

    def __init__(self, client: AppClient, fidelity: Fidelity) -> None:
        super().__init__()
        self.client = client
        self.fidelity = fidelity
        self.sandbox = next(iter(world(fidelity).sandboxes))
        self.turn = 0
        self.begin()

    def begin(self) -> None:
        self.tester("POST", "reset")
        market = self.sandbox.subjects["spurtcommerce"]
        with self.sandbox.ledger.transaction():
            market.access_tokens.put(AccessToken(token=TOKEN, user=80))
        self.model = Model()
        self.before: dict[int, Model] = {}
        self.tester("PUT", "clock", {"action": "freeze", "instant": NOW.isoformat()})

    def tester(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.request(method, f"/__admin/{path}", json=body)
        assert reply.status_code < 300, reply.text
        return reply.json()

    def get(self, path: str, **query: Any) -> Any:
        reply = self.client.get(f"/api/{path}", params=query, headers=HEADERS)
        assert (reply.status_code, reply.json()["status"]) == (200, 1), reply.text
        return reply.json()["data"]

    def send(self, method: str, path: str, body: Any = None, how: str = "json", **headers: str) -> tuple[Response, Any]:
        """The reply, and what was kept before."""
        sent = {"data": body} if how == "form" else {"json": body}
        kept = self.kept()
        reply = self.client.request(method, f"/api/{path}", headers=headers or HEADERS, **sent)
        self.before[self.newest] = self.model.copy()
        return reply, kept

    def refused(self, sent: tuple[Response, Any], rows: set[str]) -> bool:
        """Whether it is as the first of the rows says, and nothing has changed; a success where there are none."""
        reply, kept = sent
        row = min(rows, key=ROWS.index, default=None)
        assert next(iter(self.sandbox.journal)).row == row, reply.text
        assert (reply.status_code == 200) == (row is None)
        assert row is None or self.kept() == kept
        return row is not None

    def kept(self) -> dict[str, list[Any]]:
        collections = self.sandbox.ledger.collections.items()
        return {name: list(kept) for name, kept in collections if name.startswith("spurtcommerce.")}

    def told(self, sent: tuple[Response, Any], data: Record) -> None:
        beside = data if self.fidelity == "documented" else {}
        body = sent[0].json()
        assert {**body, "message": ""} == {"status": 1, "message": "", "data": data, **beside}

    @property
    def newest(self) -> int:
        return next(iter(self.sandbox.journal)).id

    def id(self, which: int, *, group: bool = False) -> int:
        model = self.model
        known, unknown = (model.groups, model.next_group) if group else (model.customers, model.next_customer)
        return [*known][-6:][-1 - which % min(6, len(known))] if known and which < 7 else unknown


def faulty(draft: Draft, how: str, fault: Fault) -> tuple[Draft, set[str]]:
    """A draft as it is sent, with a fault if there is one; and the row that speaks of the fault."""
    changes, row = fault or ({}, "")
    draft = {**draft, **changes}
    if row == "passwords-differ":
        draft.setdefault("password", PASSWORD)
    sent = {name: str(value) for name, value in draft.items()} if how == "form" else draft
    return sent, {row} - {""}


def paged(found: list[Record], page: dict[str, int]) -> list[Record]:
    limit, offset = page.get("limit", 0), page.get("offset", 0)
    return found[offset : offset + limit] if limit > 0 else found


def sheet(reply: Response) -> list[tuple[Any, ...]]:
    """The rows of a workbook, times as the database writes them."""
    rows = openpyxl.load_workbook(io.BytesIO(reply.content)).active.iter_rows(min_row=2, values_only=True)
    return [
        (*row[:-1], f"{row[-1].replace(tzinfo=UTC) + timedelta(milliseconds=500):%Y-%m-%d %H:%M:%S}") for row in rows
    ]
