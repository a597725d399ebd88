"""What is kept of an exchange."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.sandbox import Sandbox
from mockserver.state.change import Change
from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.cups import Cup, client
from tests.dispatch.toys import JSON, Make, default


def test_an_exchange_is_kept_as_it_was(make: Make) -> None:
    world = make()
    sandbox = default(world)
    at = datetime(2026, 3, 4, tzinfo=UTC)
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(at)
    with client(world) as shop:
        reply = shop.post("/@default/cups/v1/cups?", content=b'{"name":"mug"}', headers={"X-Twice": "a", **JSON})
        shop.get("/cups/v1/cups?size=0")
    second, first = sandbox.journal
    assert (first.vendor, first.api, first.operation, first.row) == ("cups", "cups", "create_cup", None)
    assert (first.id, first.at, first.method) == (1, at.timestamp(), "POST")
    assert first.target == "/@default/cups/v1/cups"
    assert (b"x-twice", b"a") in list(first.request_headers)
    assert (first.request_body, first.status, first.reply_body) == (b'{"name":"mug"}', 201, b'{"id":3,"name":"mug"}')
    assert dict(first.reply_headers)[b"location"] == reply.headers["location"].encode()
    assert list(first.changes) == [Change("cups.cups", 3, None, Cup(id=3, name="mug"))]
    assert list(first.findings) == []
    assert first.took > 0
    assert (second.id, second.operation, second.row, second.status) == (2, "find_cups", "field-wrong", 400)
    assert (second.target, list(second.changes)) == ("/cups/v1/cups?size=0", [])


def test_exchanges_are_numbered_whatever_became_of_them(shelf: AppClient, sandbox: Sandbox) -> None:
    paths = ["cups?size=1", "cups?size=0", "nowhere", "mischief/raise"]
    statuses = [shelf.get(f"/cups/v1/{path}").status_code for path in paths]
    assert statuses == [200, 400, 404, 500]
    assert [(exchange.id, exchange.status) for exchange in sandbox.journal] == [(4, 500), (3, 404), (2, 400), (1, 200)]


def test_a_path_of_no_contract_is_in_the_journal_before_it_is_answered_with_when_it_came(make: Make) -> None:
    sandbox = default(world := make())
    seen: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(_message: MutableMapping[str, Any]) -> None:
        seen.append(len(sandbox.journal))
        with sandbox.ledger.transaction():
            sandbox.clock.advance(timedelta(days=1))

    scope = {"type": "http", "method": "GET", "path": "/nowhere", "query_string": b"", "headers": []}

    async def ask() -> None:
        await world.app(scope, receive, send)

    before = sandbox.clock.time()
    asyncio.run(ask())
    [exchange] = sandbox.journal
    assert (seen[0], exchange.target, exchange.status) == (1, "/nowhere", 404)
    assert exchange.at - before < 60


def test_a_secret_in_an_address_is_told_to_the_client_and_not_shown(brew: Make) -> None:
    with pots.client(brew()) as kitchen:
        told = kitchen.post("/pots/door/sign-in", content=b"code=hUnt3r", headers=pots.FORM).headers["location"]
        shown = kitchen.get("/__admin/requests/1")
    assert told == "http://127.0.0.1/pots/v1/pots?code=hUnt3r&page=1"
    assert shown.json()["response"]["headers"]["location"] == told.replace("hUnt3r", "[redacted]")
    assert "hUnt3r" not in shown.text
