"""Waiting for requests: at once, by a later one, in vain; several at a time, over sockets, and from other threads."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.server import Server, listen
from mockserver.world import World
from tests.appclient import AppClient

COUNT = "commerce.customers.count"
COUNTED = {"operation": "count_customers"}
Message = MutableMapping[str, Any]
Submit = Callable[..., "Future[Any]"]


def wait(admin: AppClient, request: dict[str, Any], **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = admin.post("/requests/wait", json={"request": request, **more}).json()
    return told


@pytest.fixture
def later() -> Iterator[Submit]:
    """Calls functions in threads of their own."""
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def until_waited_for(sandbox: Sandbox, waiters: int = 1) -> None:
    """Return when so many requests wait."""
    ends = time.monotonic() + 5
    while len(sandbox.journal._observers) < waiters:
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_what_has_come_already_counts(admin: AppClient, shop: AppClient) -> None:
    shop.post(COUNT, json={})
    shop.post(COUNT, json={})
    told = wait(admin, COUNTED)
    assert told["count"] == 2
    assert told["requests"] == admin.get("/requests").json()["requests"]
    assert wait(admin, COUNTED, count=2)["count"] == 2


def test_a_later_request_ends_the_waiting(admin: AppClient, shop: AppClient, sandbox: Sandbox, later: Submit) -> None:
    shop.post(COUNT, json={})
    waiting = later(wait, admin, COUNTED, count=2)
    until_waited_for(sandbox)
    shop.post("commerce.customers.get", json={"id": 37091})
    assert not waiting.done()
    shop.post(COUNT, json={})
    told = waiting.result(5)
    assert (told["count"], len(told["requests"])) == (2, 2)
    assert told["requests"][0]["id"] > told["requests"][1]["id"]
    assert sandbox.journal._observers == ()


def test_since_leaves_out_what_came_before(admin: AppClient, shop: AppClient, sandbox: Sandbox, later: Submit) -> None:
    shop.post(COUNT, json={})
    [entry] = admin.get("/requests").json()["requests"]
    waiting = later(wait, admin, COUNTED, since=entry["id"])
    until_waited_for(sandbox)
    shop.post(COUNT, json={})
    assert [found["id"] for found in waiting.result(5)["requests"]] == [entry["id"] + 1]


def test_in_vain_it_ends_after_its_time_with_the_nearest_misses(admin: AppClient, shop: AppClient) -> None:
    shop.post(COUNT, json={"a": 1})
    started = time.monotonic()
    reply = admin.post("/requests/wait", json={"request": {**COUNTED, "method": "GET"}, "timeoutMillis": 60})
    assert 0.06 <= time.monotonic() - started < 5
    told = reply.json()
    assert (reply.status_code, told["row"], told["count"], told["dropped"]) == (408, "wait-timeout", 0, 0)
    assert told["detail"] == "0 of 1 requests have come within 60 ms"
    [miss] = told["misses"]
    assert miss["differences"] == [{"field": "method", "expected": "GET", "actual": "POST"}]


def test_without_time_it_only_looks(admin: AppClient, shop: AppClient) -> None:
    assert wait(admin, COUNTED, timeoutMillis=0)["row"] == "wait-timeout"
    shop.post(COUNT, json={})
    assert wait(admin, COUNTED, timeoutMillis=0)["count"] == 1


def test_several_wait_for_different_things(admin: AppClient, shop: AppClient, sandbox: Sandbox, later: Submit) -> None:
    patterns = [COUNTED, {"operation": "get_customer"}, {"urlPathPattern": ".*customers.*"}]
    waiting = [later(wait, admin, pattern) for pattern in patterns]
    until_waited_for(sandbox, len(patterns))
    deleted = later(wait, admin, {"method": "DELETE"}, timeoutMillis=100)
    shop.post(COUNT, json={})
    shop.post("commerce.customers.get", json={"id": 37091})
    counted, got, either = [each.result(5) for each in waiting]
    assert [each["operation"] for each in counted["requests"]] == ["count_customers"]
    assert [each["operation"] for each in got["requests"]] == ["get_customer"]
    assert either["count"] >= 1
    assert deleted.result(5)["row"] == "wait-timeout"


def test_what_was_emptied_meanwhile_has_come_all_the_same(
    admin: AppClient, shop: AppClient, sandbox: Sandbox, later: Submit
) -> None:
    shop.post(COUNT, json={})
    waiting = later(wait, admin, COUNTED, count=2)
    until_waited_for(sandbox)
    admin.delete("/requests")
    shop.post(COUNT, json={})
    assert waiting.result(5)["count"] == 2


def test_more_may_be_waited_for_than_the_journal_keeps() -> None:
    world = build(read_fixture("default"), options=Options(journal_entries=2))
    sandbox = next(iter(world.sandboxes))
    with AppClient(world.app, base_url="http://127.0.0.1") as client, ThreadPoolExecutor(1) as pool:
        asked = {"request": {"vendor": "open2b"}, "count": 5}
        waiting = pool.submit(client.post, "/__admin/requests/wait", json=asked)
        until_waited_for(sandbox)
        for _ in range(5):
            client.post(f"/api/v13/{COUNT}", json={})
        told = waiting.result(5).json()
        assert (told["count"], len(told["requests"])) == (5, 5)


def test_no_wait_is_longer_than_the_server_allows() -> None:
    world = build(read_fixture("default"), options=Options(max_wait=0.05))
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as client:
        told = wait(client, COUNTED, timeoutMillis=60_000)
        assert told["detail"] == "0 of 1 requests have come within 50 ms"


def test_requests_of_many_threads_are_each_counted_once(
    world: World, sandbox: Sandbox, admin: AppClient, later: Submit
) -> None:
    """Each thread has an event loop of its own, while the waiting begins somewhere in the middle."""
    credential = world.api("open2b").dialect.credentials(sandbox.subjects["open2b"])[0]
    begin = threading.Event()

    def send() -> None:
        with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}", headers=credential.headers) as client:
            begin.wait()
            for _ in range(25):
                client.post(f"/api/v13/{COUNT}", json={})

    sending = [later(send) for _ in range(4)]
    waiting = later(wait, admin, COUNTED, count=100)
    begin.set()
    told = waiting.result(10)
    for each in sending:
        each.result(5)
    ids = [entry["id"] for entry in told["requests"]]
    assert (told["count"], len(set(ids))) == (100, 100)
    assert wait(admin, COUNTED, count=101, timeoutMillis=20)["count"] == 100


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    server = Server(world.app, listen())
    server.start()
    yield server
    server.stop()


def test_over_a_socket_other_requests_are_answered_meanwhile(server: Server, sandbox: Sandbox, later: Submit) -> None:
    url = f"{server.url}/@{sandbox.name}"
    asked = {"request": {"urlPath": "/api/v13/commerce.customers.count"}, "count": 2, "timeoutMillis": 5000}
    waiting = later(httpx2.post, f"{url}/__admin/requests/wait", json=asked)
    until_waited_for(sandbox)
    assert httpx2.get(f"{url}/__admin/health").status_code == 200
    for _ in range(2):
        assert not waiting.done()
        httpx2.post(f"{url}/api/v13/{COUNT}", json={})
    reply = waiting.result(5)
    assert (reply.status_code, reply.json()["count"]) == (200, 2)


def test_a_client_that_goes_away_waits_no_more(server: Server, sandbox: Sandbox) -> None:
    address = server.url.removeprefix("http://").rpartition(":")
    body = json.dumps({"request": COUNTED, "timeoutMillis": 60_000})
    head = (
        f"POST /@{sandbox.name}/__admin/requests/wait HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    )
    with socket.create_connection((address[0], int(address[2])), 5) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        until_waited_for(sandbox)
    ends = time.monotonic() + 5
    while sandbox.journal._observers:
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_a_server_that_stops_ends_the_waiting(world: World, sandbox: Sandbox, later: Submit) -> None:
    server = Server(world.app, listen())
    server.start()
    asked = {"request": COUNTED, "timeoutMillis": 60_000}
    waiting = later(httpx2.post, f"{server.url}/@{sandbox.name}/__admin/requests/wait", json=asked, timeout=30)
    until_waited_for(sandbox)
    server.stop()
    assert isinstance(waiting.exception(5), httpx2.TransportError) or waiting.result().status_code >= 500
    assert sandbox.journal._observers == ()


def test_what_waits_when_its_loop_ends_is_no_trouble_to_others(world: World, sandbox: Sandbox, shop: AppClient) -> None:
    """As with a test's loop that ends while something still waits on it."""

    async def begin() -> None:
        sent: list[Message] = []
        first = asyncio.Event()

        async def receive() -> Message:
            if first.is_set():
                await asyncio.Event().wait()
            first.set()
            return {"type": "http.request", "body": json.dumps({"request": COUNTED}).encode()}

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
        path = f"/@{sandbox.name}/__admin/requests/wait"
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        task = asyncio.ensure_future(world.app(scope, receive, send))
        while not sandbox.journal._observers:  # noqa: ASYNC110  the journal has no event for that
            await asyncio.sleep(0)
        assert not task.done()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(begin())
    assert shop.post(COUNT, json={}).status_code == 200
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    assert sandbox.journal._observers == ()
    assert shop.post(COUNT, json={}).status_code == 200
