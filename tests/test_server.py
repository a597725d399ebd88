"""Listening: a server in a thread, and what a client may take up of a connection."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from mockserver import connections
from mockserver.server import CannotListen, Server, listen
from mockserver.transport import Receive, Scope, Send

MOST_SECONDS = 20


async def tell_size(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message.get("more_body", False)
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(tell_size, listen())
    server.start()
    yield server
    server.stop()


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(server)), timeout=MOST_SECONDS)


def ask(server: Server, body: bytes = b"") -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=MOST_SECONDS)) as connection:
        connection.request("POST", "/", body)
        return connection.getresponse().read()


def everything(raw: socket.socket) -> bytes:
    """What comes until the other end closes."""
    try:
        return b"".join(iter(lambda: raw.recv(65536), b""))
    except ConnectionResetError:
        return b""


# In a thread


def test_it_answers_as_soon_as_it_has_started(server: Server) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.url)
    assert ask(server, b"x" * 1_000_000) == b"1000000"


def test_several_can_run_at_once(server: Server) -> None:
    other = Server(tell_size, listen())
    other.start()
    assert ask(other) == ask(server) == b"0"
    other.stop()
    assert ask(server) == b"0"
    with pytest.raises(ConnectionRefusedError):
        connect(other)


def test_it_can_be_stopped_twice_and_from_its_own_thread(server: Server) -> None:
    assert server.call(server.stop)
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_what_never_began_is_closed() -> None:
    listener = listen()
    Server(tell_size, listener).stop()
    assert listener.fileno() == -1


def test_stopped_before_it_could_begin_it_ends_at_once() -> None:
    server = Server(tell_size, listen())
    server.stop()
    with pytest.raises((OSError, ValueError)):
        server.start()


def test_a_function_is_called_where_requests_are_answered(server: Server) -> None:
    names: list[str] = []
    done = threading.Event()

    def note() -> None:
        names.append(threading.current_thread().name)
        done.set()

    assert server.call(note)
    assert done.wait(MOST_SECONDS)
    assert names == [f"mockserver {server.url}"]


def test_nothing_is_called_where_nothing_runs() -> None:
    server = Server(tell_size, listen())
    assert not server.call(lambda: None)
    server.start()
    server.stop()
    assert not server.call(lambda: None)


def test_it_runs_in_the_callers_thread_until_it_is_stopped() -> None:
    server = Server(tell_size, listen())
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ask(server) == b"0"
    server.stop()
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("host", "says"),
    [("256.1.1.1", "cannot listen on 256.1.1.1:0: "), ("192.0.2.1", "cannot listen on 192.0.2.1:0: ")],
)
def test_an_address_that_is_not_ours_is_named(host: str, says: str) -> None:
    with pytest.raises(CannotListen, match=re.escape(says)):
        listen(host)


def test_a_taken_port_is_named(server: Server) -> None:
    with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1:{port_of(server)}: Address already in use"):
        listen("127.0.0.1", port_of(server))


# What a client may take up


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 200_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: yes\r\n" * 20_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 10_000_000,
    ],
    ids=["line", "header", "headers", "ten megabytes"],
)
def test_an_endless_head_is_refused(server: Server, head: bytes) -> None:
    with connect(server) as raw:
        try:
            raw.sendall(head)
        except (BrokenPipeError, ConnectionResetError):
            return  # it was refused before it was sent
        answer = everything(raw)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert ask(server) == b"0"


def test_a_long_head_is_taken(server: Server) -> None:
    head = b"POST /?" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 30_000
    with connect(server) as raw:
        for piece in (head[:20_000], head[20_000:], b"\r\nContent-Length: 200000\r\nConnection: close\r\n\r\n"):
            raw.sendall(piece)
        raw.sendall(b"x" * 200_000)
        assert everything(raw).endswith(b"\r\n\r\n200000")


def test_long_heads_one_after_the_other_are_taken(server: Server) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n"
    with connect(server) as raw:
        raw.sendall(request * 5 + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert everything(raw).count(b"HTTP/1.1 200 OK") == 6


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(connections, "_SWEEP_SECONDS", 0)


@pytest.mark.usefixtures("impatient")
def test_whoever_does_not_go_on_is_cut_off(server: Server) -> None:
    begun = [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n123",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
    ]
    started = time.monotonic()
    with ExitStack() as opened:
        clients = [opened.enter_context(connect(server)) for _ in begun]
        again = opened.enter_context(connect(server))
        again.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert again.recv(65536).endswith(b"\r\n\r\n0")
        for raw, piece in zip([*clients, again], [*begun, b"GET / HT"], strict=True):
            raw.sendall(piece)
        answers = [everything(raw) for raw in [*clients, again]]
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert 0.4 < time.monotonic() - started < 10
    assert ask(server) == b"0"


@pytest.mark.usefixtures("impatient")
def test_whoever_goes_on_slowly_is_cut_off_too(server: Server) -> None:
    with connect(server) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 500:
                raw.sendall(b"x")
                time.sleep(0.05)
                sent += 1
    assert 0 < sent < 300


@pytest.mark.usefixtures("impatient")
def test_many_requests_on_one_connection_take_as_long_as_they_like(server: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=MOST_SECONDS)) as connection:
        connection.connect()
        first = connection.sock
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            connection.request("POST", "/", b"abc")
            assert connection.getresponse().read() == b"3"
            assert connection.sock is first
            time.sleep(0.1)


def test_while_one_client_is_slow_others_are_answered(server: Server) -> None:
    slow = [connect(server) for _ in range(50)]
    for raw in slow:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1")
    assert ask(server, b"abc") == b"3"
    for raw in slow:
        raw.sendall(b"2345")
        raw.shutdown(socket.SHUT_WR)
    assert {everything(raw)[-1:] for raw in slow} == {b"5"}
    for raw in slow:
        raw.close()
