"""A server in this process that is asked without sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NoReturn, Self

import httpx2
import pytest

from mockserver import MockServer, Sandbox
from mockserver.client.faults import SocketFault, rule
from mockserver.client.transports import Line, make_transport
from tests.client.till import COMPANY, Till

VENDOR = "https://api.vendor.example/v1"


@pytest.fixture(scope="module")
def inside() -> Iterator[MockServer]:
    """A server that listens nowhere."""
    with MockServer(vendors=["kounta"], customers=0, rate_limits="off", sockets=False) as made:
        yield made


@pytest.fixture
def sandbox(inside: MockServer) -> Iterator[Sandbox]:
    with inside.sandbox() as made:
        yield made


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[Till]:
    """An app that believes that it asks the vendor."""
    headers = sandbox.credentials("kounta")
    with httpx2.Client(transport=sandbox.transport(), base_url=VENDOR, headers=headers) as client:
        yield Till(client)


def ask(sandbox: Sandbox, path: str, **options: Any) -> httpx2.Response:
    """Ask once, as asynchronous code does."""

    async def asking() -> httpx2.Response:
        headers = sandbox.credentials("kounta")
        transport = sandbox.async_transport()
        async with httpx2.AsyncClient(transport=transport, base_url=VENDOR, headers=headers) as client:
            return await client.get(path, **options)

    return asyncio.run(asking())


def test_an_app_asks_the_vendors_own_address_and_reaches_its_sandbox(sandbox: Sandbox, app: Till) -> None:
    made = app.enrol("Ada")
    assert made.status_code == 201
    assert made.headers["location"].startswith(VENDOR)
    assert app.client.get(made.headers["location"]).json()["first_name"] == "Ada"
    assert [each.operation for each in sandbox.requests.list()] == ["get_customer", "create_customer"]
    assert app.client.head(f"{COMPANY}.json").content == b""


def test_no_socket_is_made(sandbox: Sandbox, app: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        pytest.fail("a socket was connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert app.company().status_code == 200
    assert sandbox.client("kounta").get(f"{COMPANY}.json").status_code == 200
    assert sandbox.requests.verify(operation="get_company", times=2) == 2


def test_the_server_itself_is_asked_by_the_address_as_it_stands(inside: MockServer, sandbox: Sandbox) -> None:
    with httpx2.Client(transport=inside.transport(), headers=sandbox.credentials("kounta")) as client:
        assert client.get(f"{sandbox.base_url('kounta')}{COMPANY}.json").status_code == 200
        assert client.get(f"http://{sandbox.name}.localhost/v1{COMPANY}.json").status_code == 200
        assert client.get("http://localhost/nowhere").status_code == 404
    assert len(sandbox.requests.list()) == 2


def test_a_server_that_listens_has_transports_too(server: MockServer) -> None:
    with server.sandbox() as made, httpx2.Client(transport=made.transport(), base_url=VENDOR) as client:
        assert client.get(f"{COMPANY}.json", headers=made.credentials("kounta")).status_code == 200
        assert len(made.requests.list()) == 1


def test_asynchronous_code_asks_and_steers_from_its_own_loop(sandbox: Sandbox) -> None:
    async def story() -> list[int]:
        async with sandbox.async_client("kounta") as client:
            before = await client.get(f"{COMPANY}.json")
            sandbox.faults.add(status=503, times=1)
            answers = await asyncio.gather(*(client.get(f"{COMPANY}.json") for _ in range(20)))
            return [before.status_code, *sorted(answer.status_code for answer in answers)]

    assert asyncio.run(story()) == [200, *[200] * 19, 503]


def test_threads_share_a_transport(app: Till) -> None:
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(app.company().status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 8


BREAKS: list[tuple[SocketFault, type[Exception], str]] = [
    ("CONNECTION_RESET_BY_PEER", httpx2.ReadError, "reset by peer"),
    ("EMPTY_RESPONSE", httpx2.RemoteProtocolError, "without sending a response"),
    ("MALFORMED_RESPONSE_CHUNK", httpx2.RemoteProtocolError, "illegal chunk header"),
    ("RANDOM_DATA_THEN_CLOSE", httpx2.RemoteProtocolError, "illegal request line"),
]


@pytest.mark.parametrize(("fault", "error", "words"), BREAKS)
def test_a_connection_breaks_as_with_a_socket(
    sandbox: Sandbox, app: Till, fault: SocketFault, error: type[Exception], words: str
) -> None:
    sandbox.faults.add(fault=fault, times=2)
    with pytest.raises(error, match=words) as caught:
        app.company()
    assert isinstance(caught.value, httpx2.RequestError)
    assert caught.value.request.url.path == f"/v1{COMPANY}.json"
    with pytest.raises(error, match=words):
        ask(sandbox, f"{COMPANY}.json")
    assert app.company().status_code == 200


def test_a_body_that_is_cut_off_is_not_taken_for_a_whole_one(sandbox: Sandbox, app: Till) -> None:
    sandbox.faults.add(truncate_body_at_fraction=0.5)
    with pytest.raises(httpx2.RemoteProtocolError, match=r"\(received \d+ bytes, expected \d+\)"):
        app.company()
    with app.client.stream("GET", f"{COMPANY}.json") as reply:
        assert reply.status_code == 200
        with pytest.raises(httpx2.RemoteProtocolError):
            reply.read()


def test_a_slow_body_comes_piece_by_piece(sandbox: Sandbox, app: Till) -> None:
    sandbox.faults.add(chunked_dribble_delay=(4, 0.02))
    with app.client.stream("GET", f"{COMPANY}.json") as reply:
        assert len(list(reply.iter_raw())) == 4


def test_an_app_that_does_not_wait_gives_up(sandbox: Sandbox, app: Till) -> None:
    sandbox.faults.add(latency=0.5)
    with pytest.raises(httpx2.ReadTimeout):
        app.client.get(f"{COMPANY}.json", timeout=0.05)
    with pytest.raises(httpx2.ReadTimeout):
        ask(sandbox, f"{COMPANY}.json", timeout=0.05)


def test_waiting_and_events_work_without_sockets(sandbox: Sandbox, app: Till) -> None:
    timer = threading.Timer(0.02, app.company)
    with sandbox.events(["exchange"], timeout=5) as events:
        timer.start()
        assert len(sandbox.requests.wait(operation="get_company")) == 1
        assert next(events) == sandbox.requests.list()[0]
    timer.join()


def test_a_reply_that_nobody_reads_to_the_end_is_left(sandbox: Sandbox, app: Till) -> None:
    with app.client.stream("GET", f"{COMPANY}.json") as reply:
        assert reply.status_code == 200

    async def leave() -> int:
        async with sandbox.async_client("kounta") as client, client.stream("GET", f"{COMPANY}.json") as left:
            return left.status_code

    assert asyncio.run(leave()) == 200


def test_a_server_that_is_closed_answers_nobody() -> None:
    with MockServer(vendors=["kounta"], customers=0, sockets=False) as server:
        transport = server.default.transport()
        headers = server.default.credentials("kounta")
        server.default.faults.set([rule(latency=60)])
        timer = threading.Timer(0.05, server.close)
        timer.start()
        client = httpx2.Client(transport=transport, timeout=None)
        with client, pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
            client.get(f"{VENDOR}{COMPANY}.json", headers=headers)
        timer.join()
    with httpx2.Client(transport=transport) as client, pytest.raises(httpx2.ConnectError, match="is closed"):
        client.get(VENDOR)


def test_a_server_that_ended_without_a_word_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*_: object) -> None:
        """Is never run."""

    monkeypatch.setattr("mockserver.client.transports._LOOK", 0.01)
    runs = iter([True, True, False, False])
    client = httpx2.Client(transport=make_transport(Line(nowhere, lambda _: next(runs), None, httpx2)), timeout=None)
    with client, pytest.raises(httpx2.ReadError, match="was closed"):
        client.get(VENDOR)


def test_an_older_library_of_the_same_shape_is_served_by_its_own_classes(sandbox: Sandbox) -> None:
    class Base:
        """What such a library has as its base classes."""

        def __enter__(self) -> Self:
            return self

    library: Any = ModuleType("httpx")
    library.BaseTransport = library.SyncByteStream = library.AsyncBaseTransport = library.AsyncByteStream = Base
    library.Response = httpx2.Response
    transport = sandbox.transport(library=library)
    headers = sandbox.credentials("kounta")
    reply = transport.handle_request(httpx2.Request("GET", f"{VENDOR}{COMPANY}.json", headers=headers))
    assert b"".join(reply.stream).startswith(b'{"id":5678')
    for made in (transport, reply.stream, sandbox.async_transport(library=library)):
        assert isinstance(made, Base)
