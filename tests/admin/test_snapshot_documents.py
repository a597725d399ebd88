"""Snapshots as documents over HTTP: shown, given, refused, and large ones while other requests are answered."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

import mockserver
from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.state.snapshot import Snapshot
from mockserver.vendors.kounta.records import Reference
from mockserver.world import World
from tests.appclient import AppClient

HOLMES = "/state/open2b/customers/37091"
PATH = "/snapshots/a-case"
JSON = {"content-type": "application/json"}
MANY = 100_000
Alteration = Callable[[dict[str, Any]], object]


@pytest.fixture(autouse=True)
def _empty_shelf(world: World) -> Iterator[None]:
    """The shelf is the whole server's, unlike a test's sandbox."""
    yield
    for kept in list(world.shelf):
        world.shelf.remove(kept.name)


def give(admin: AppClient, document: dict[str, Any] | bytes, path: str = PATH) -> Response:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return admin.put(path, content=content, headers=JSON)


def test_a_document_has_everything_even_what_the_state_does_not_show(admin: AppClient, sandbox: Sandbox) -> None:
    admin.put(PATH)
    reply = admin.get(PATH)
    assert (reply.headers["content-type"], reply.headers["cache-control"]) == ("application/json", "no-store")
    document = reply.json()
    for name, collection in sandbox.ledger.collections.items():
        written = document["collections"][name]
        assert (len(written["records"]), written["lastKey"]) == (len(collection), collection.last_key)
    client = document["collections"]["webcommander.clients"]["records"][0]
    assert client["password_hash"].startswith("$argon2")
    assert "password_hash" not in admin.get("/state/webcommander/clients").json()["records"][0]


def test_a_document_that_is_given_back_is_the_same_snapshot_under_the_new_name(admin: AppClient) -> None:
    admin.put(HOLMES, json={"code": "ALTERED"})
    entry = admin.put(PATH).json()
    document = admin.get(PATH)
    given = give(admin, document.content, "/snapshots/second")
    assert (given.status_code, given.json()) == (201, {**entry, "name": "second"})
    assert admin.get("/snapshots/second").json() == {**document.json(), "name": "second"}
    admin.post("/reset")
    admin.post("/snapshots/second/load")
    assert admin.get(HOLMES).json()["code"] == "ALTERED"
    assert give(admin, document.content, "/snapshots/second").status_code == 200


def test_a_document_may_be_larger_than_other_bodies() -> None:
    world = build(read_fixture("documented"), options=Options(max_body=5_000))
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as admin:
        admin.put(PATH)
        document = admin.get(PATH).content
        assert len(document) > 5_000
        assert give(admin, document).status_code == 200


def test_webhook_deliveries_are_no_part_of_a_snapshot(admin: AppClient) -> None:
    told = {"sourceUrl": "http://127.0.0.1:9/", "eventName": "customer-create"}
    admin.put("/state/webcommander/webhooks/1", json=told)
    admin.put("/clock", json={"action": "freeze"})
    admin.put("/state/webcommander/customers/7", json={"first_name": "A", "created_at": "2026-01-01T00:00:00Z"})
    assert len(admin.get("/webhooks").json()["deliveries"]) == 1
    admin.put(PATH)
    document = admin.get(PATH).json()
    assert document["collections"]["sandbox.deliveries"]["records"] == []
    assert len(document["collections"]["webcommander.webhooks"]["records"]) == 1
    admin.post(f"{PATH}/load")
    assert admin.get("/webhooks").json()["deliveries"] == []


DELIVERY = {
    "id": 1,
    "exchange": 1,
    "vendor": "nosuch",
    "subscription": 1,
    "topic": "t",
    "url": "http://127.0.0.1:9/",
    "headers": [],
    "body": "",
    "queued_at": 0,
    "due": 0,
}
RULE = {"id": "f", "rule": {"match": {"nosuch": 1}, "then": {"status": 503}}, "added_at": 0}


LATE: dict[str, Any] = {
    "id": "late",
    "rule": {
        "match": {"headers": {"x-a": {"equalTo": "b"}}},
        "then": {"latency": {"type": "uniform", "lower": 1, "upper": 2.5}},
    },
    "added_at": 1.5,
}


def fill(collection: str, record: dict[str, Any]) -> Alteration:
    return lambda document: document["collections"][collection].update(lastKey=1, records=[record])


@pytest.mark.parametrize(
    ("alteration", "row", "says"),
    [
        (lambda it: it.update(format="x"), "snapshot-broken", "its format is 'x' where 'mockserver-snapshot' is meant"),
        (lambda it: it.update(version=2), "snapshot-incompatible", "of version 2 of the format"),
        (
            lambda it: it["shapes"].update({"kounta.customers": "0"}),
            "snapshot-incompatible",
            f"made by mockserver {mockserver.__version__}, read by mockserver {mockserver.__version__}: kounta.customers",
        ),
        (lambda it: it["shapes"].update({"toys.bears": "0"}), "snapshot-incompatible", "it has toys, not served here"),
        (
            fill("open2b.carts", {"token": 7}),
            "snapshot-broken",
            "collections.open2b.carts.records[0].token: Expected `str`, got `int`",
        ),
        (fill("sandbox.deliveries", DELIVERY), "snapshot-broken", "webhook deliveries are no part of a snapshot"),
        (
            fill("sandbox.clock", {"id": "clock", "offset": 0, "frozen_at": -1}),
            "snapshot-broken",
            "sandbox.clock: the clock can only show the years 1970 to 9998",
        ),
        (
            fill("sandbox.faults", {"id": "faults", "rules": [RULE]}),
            "snapshot-broken",
            "sandbox.faults: rule 'f': match: nosuch: there is no such key",
        ),
    ],
)
def test_a_document_that_will_not_do_is_refused_and_alters_nothing(
    admin: AppClient, alteration: Alteration, row: str, says: str
) -> None:
    admin.put(PATH)
    before = admin.get(PATH).content
    document = json.loads(before)
    alteration(document)
    problem = give(admin, document).json()
    assert (problem["row"], problem["status"]) == (row, 409 if row == "snapshot-incompatible" else 400)
    assert says in problem["detail"]
    assert admin.get(PATH).content == before


def test_fault_rules_are_read_however_they_are_laid_out(admin: AppClient) -> None:
    admin.put(PATH)
    document = admin.get(PATH).json()
    fill("sandbox.faults", copy.deepcopy({"rules": [LATE], "id": "faults"}))(document)
    assert give(admin, json.dumps(document, indent=1).encode()).status_code == 200
    admin.post(f"{PATH}/load")
    [fault] = admin.get("/faults").json()["faults"]
    assert (fault["then"], fault["match"]) == (LATE["rule"]["then"], LATE["rule"]["match"])
    rule = document["collections"]["sandbox.faults"]["records"][0]["rules"][0]["rule"]
    rule["then"]["latency"] = {**rule["then"]["latency"], "middle": 2}
    assert "unknown key 'middle'" in give(admin, document).json()["detail"]


@pytest.mark.parametrize("body", [b" ", b"{", b"[]", b"null", b"7", b'"\xff"'])
def test_a_body_that_is_no_document_is_refused(admin: AppClient, body: bytes) -> None:
    problem = give(admin, body).json()
    assert problem["row"] == "snapshot-broken"
    assert admin.get("/snapshots").json()["snapshots"] == []


def test_a_document_must_say_that_it_is_json(admin: AppClient) -> None:
    assert admin.put(PATH, content=b"{}", headers={"content-type": "text/plain"}).json()["row"] == "media-type-wrong"


class Bystander:
    """Somebody who asks something small all the time, and notes how long each answer took."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._took: list[float] = []

    async def _ask(self) -> None:
        while True:
            began = time.perf_counter()
            assert (await self._client.get("/clock")).status_code == 200
            self._took.append(time.perf_counter() - began)
            await asyncio.sleep(0.001)

    async def beside(self, request: Coroutine[Any, Any, Response]) -> Response:
        """The answer to a request, while which nobody else was kept waiting for long."""
        self._took.clear()
        asking = asyncio.create_task(self._ask())
        began = time.perf_counter()
        reply = await request
        took = time.perf_counter() - began
        asking.cancel()
        assert len(self._took) > 20, f"{len(self._took)} others were answered in {took:.3f} s"
        assert max(self._took) < max(0.5, took / 2), f"another waited for {max(self._took):.3f} of {took:.3f} s"
        return reply


def test_a_hundred_thousand_records_keep_nobody_waiting(tmp_path: Path) -> None:
    world = build(read_fixture("documented"), [known_vendors()["kounta"]], Options(state_file=tmp_path / "state.json"))
    sandbox = world.sandboxes.default
    references = sandbox.subjects["kounta"].references
    many = (Reference(key=f"app:{n}", application="app", customer=n, value=f"C-{n}") for n in range(MANY))
    sandbox.load(Snapshot({**sandbox.save().tables, references.name: references.tabulate(many, 0)}))

    async def play() -> None:
        transport = ASGITransport(world.app)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1/__admin") as admin:
            assert (await admin.put(PATH)).status_code == 201
            bystander = Bystander(admin)
            document = await bystander.beside(admin.get(PATH))
            kept = await bystander.beside(admin.put("/snapshots/b", content=document.content, headers=JSON))
            assert (kept.status_code, kept.json()["records"] >= MANY) == (201, True)
            assert (await bystander.beside(admin.post("/state/save"))).status_code == 200
            given = next(each for each in world.shelf if each.name == "b")
            assert given.snapshot.tables[references.name].records == {each.key: each for each in references}

    asyncio.run(play())
