"""What a rule does to a connection, as a real client of a real server sees it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import BadStatusLine, HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any

import pytest

from tests.test_process import KEY, Server, exchange, serving

FIND = "/api/v13/commerce.customers.find"
GET = "/api/v13/commerce.customers.get"
HOLMES = {"id": 37091}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Complains of nothing, whatever was done to its clients."""
    with serving("--quiet") as server:
        yield server
        assert server.stop() == ""


@pytest.fixture(autouse=True)
def calm(server: Server) -> Iterator[None]:
    """No test leaves a rule behind."""
    yield
    fault(server)
    assert server.ask(GET, HOLMES)[0] == 200


def fault(server: Server, *rules: dict[str, Any]) -> None:
    status, reply = server.ask("/__admin/faults", list(rules), {"Content-Type": "application/json"})
    assert status == 200, reply


def uses(server: Server) -> list[tuple[int, int]]:
    faults = json.loads(server.ask("/__admin/faults")[1])["faults"]
    return [(fault["matched"], fault["acted"]) for fault in faults]


def newest(server: Server) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(server.ask("/__admin/requests?limit=1")[1])["requests"][0]
    return entry


def cut(server: Server, path: str = GET, body: Any = None) -> HTTPException | OSError:
    """How a request ends for its client."""
    try:
        with closing(server.connect()) as connection:
            answered = exchange(connection, path, HOLMES if body is None else body)
    except (HTTPException, OSError) as error:
        return error
    pytest.fail(f"it was answered: {answered}")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("CONNECTION_RESET_BY_PEER", ConnectionResetError),
        ("EMPTY_RESPONSE", RemoteDisconnected),
        ("MALFORMED_RESPONSE_CHUNK", HTTPException),
        ("RANDOM_DATA_THEN_CLOSE", BadStatusLine),
    ],
)
def test_a_connection_ends_as_the_faults_name_says(server: Server, name: str, error: type[Exception]) -> None:
    fault(server, {"id": "cut", "times": 2, "then": {"fault": name}})
    ends = [cut(server), cut(server)]
    assert [type(end) is error or isinstance(end, error) for end in ends] == [True, True], ends
    assert (type(ends[0]) is RemoteDisconnected) is (name == "EMPTY_RESPONSE")
    assert uses(server) == [(2, 2)]
    entry = newest(server)
    assert (entry["status"], entry["fault"], entry["error"], entry["findings"]) == (None, "cut", None, [])


@pytest.mark.parametrize("name", ["CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"])
@pytest.mark.parametrize("performed", [False, True])
def test_what_is_cut_off_is_done_only_when_the_rule_says_so(server: Server, name: str, *, performed: bool) -> None:
    fault(server, {"operation": "delete_customers", "then": {"fault": name, "performed": performed}})
    before = server.call("count", {})["count"]
    customer = server.call("find", {"fields": ["id"], "order": ["-id"], "limit": 1})["customers"][0]["id"]
    assert isinstance(cut(server, "/api/v13/commerce.customers.delete", {"ids": [customer]}), OSError)
    assert server.call("count", {})["count"] == before - performed
    assert newest(server)["operation"] == "count_customers"


def test_garbage_is_different_each_time_and_the_same_again_from_the_same_seed(server: Server) -> None:
    rule = {"id": "noise", "then": {"fault": "RANDOM_DATA_THEN_CLOSE"}}
    fault(server, rule)
    first = [raw(server), raw(server)]
    assert first[0] != first[1]
    assert all(len(each) > 50 for each in first)
    fault(server, rule)
    assert [raw(server), raw(server)] == first


def raw(server: Server, path: str = GET, body: bytes = b'{"id":37091}') -> bytes:
    """All bytes that come for one request."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as client:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Key: {KEY['X-Key']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        client.sendall(head.encode() + body)
        received = b""
        while piece := client.recv(65536):
            received += piece
        return received


def test_a_malformed_chunk_comes_after_a_head_that_is_well(server: Server) -> None:
    fault(server, {"then": {"fault": "MALFORMED_RESPONSE_CHUNK"}})
    head, _, rest = raw(server).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"transfer-encoding: chunked" in head
    with pytest.raises(ValueError, match="invalid literal"):
        int(rest.partition(b"\r\n")[0], 16)


@pytest.mark.parametrize("fraction", [0, 0.5, 1])
def test_a_truncated_body_is_shorter_than_was_promised(server: Server, fraction: float) -> None:
    whole = server.ask(FIND, {})[1]
    fault(server, {"id": "short", "then": {"truncateBodyAtFraction": fraction}})
    end = cut(server, FIND, {})
    assert isinstance(end, IncompleteRead)
    assert whole.startswith(end.partial)
    assert len(end.partial) == min(int(len(whole) * fraction), len(whole) - 1)
    assert end.expected == len(whole) - len(end.partial)
    entry = newest(server)
    assert (entry["status"], entry["fault"]) == (200, "short")


def test_a_refusal_may_be_truncated_and_late_and_slow_too(server: Server) -> None:
    then = {
        "status": 503,
        "truncateBodyAtFraction": 0.5,
        "latency": {"type": "fixed", "milliseconds": 50},
        "chunkedDribbleDelay": {"numberOfChunks": 3, "totalDuration": 60},
    }
    fault(server, {"then": then})
    started = time.monotonic()
    end = cut(server)
    assert time.monotonic() - started >= 0.11
    assert isinstance(end, IncompleteRead)
    assert end.partial == b"Service U"


def test_a_head_request_that_is_truncated_ends_with_its_head(server: Server) -> None:
    fault(server, {"vendor": "spurtcommerce", "then": {"truncateBodyAtFraction": 0}})
    with closing(server.connect()) as connection:
        connection.request("HEAD", "/api/")
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (200, b"")


def test_a_dribbled_body_comes_in_pieces_over_its_time(server: Server) -> None:
    whole = server.ask(FIND, {})[1]
    fault(server, {"then": {"chunkedDribbleDelay": {"numberOfChunks": 5, "totalDuration": 250}}})
    arrivals: list[tuple[float, bytes]] = []
    started = time.monotonic()
    with closing(server.connect()) as connection:
        connection.request("POST", FIND, b"{}", KEY)
        reply = connection.getresponse()
        while piece := reply.read1(1 << 20):
            arrivals.append((time.monotonic() - started, piece))
    assert b"".join(piece for _, piece in arrivals) == whole
    assert arrivals[0][0] < 0.2
    assert 0.25 <= arrivals[-1][0] < 5
    assert len(arrivals) >= 4


def test_a_connection_goes_on_after_a_reply_that_was_only_late_or_malformed(server: Server) -> None:
    fault(server, {"times": 1, "then": {"malformedBody": True}}, {"times": 1, "then": {"status": 503}})
    with closing(server.connect()) as connection:
        replies = [exchange(connection, GET, HOLMES)[0] for _ in range(3)]
    assert replies == [200, 503, 200]


def test_a_late_request_holds_up_nobody(server: Server) -> None:
    slow = {"type": "fixed", "milliseconds": 1000}
    fault(server, {"match": {"headers": {"X-Slow": {"equalTo": "yes"}}}, "then": {"latency": slow}})

    def ask_slowly() -> float:
        started = time.monotonic()
        assert server.ask(GET, HOLMES, {**KEY, "X-Slow": "yes"})[0] == 200
        return time.monotonic() - started

    with ThreadPoolExecutor(max_workers=5) as pool:
        late = [pool.submit(ask_slowly) for _ in range(5)]
        while uses(server) != [(5, 5)]:
            time.sleep(0.005)
        started = time.monotonic()
        with closing(server.connect()) as connection:
            assert [exchange(connection, GET, HOLMES)[0] for _ in range(50)] == [200] * 50
        assert time.monotonic() - started < 0.9
        assert not any(each.done() for each in late)
        assert all(each.result() >= 1 for each in late)


def test_a_client_that_leaves_a_late_reply_alone_harms_nobody(server: Server) -> None:
    fault(server, {"times": 1, "then": {"latency": {"type": "fixed", "milliseconds": 100}}})
    connection = HTTPConnection("127.0.0.1", server.port, timeout=0.03)
    with closing(connection), pytest.raises(TimeoutError):
        exchange(connection, GET, HOLMES)
    time.sleep(0.15)
    assert server.ask(GET, HOLMES)[0] == 200


def test_many_clients_are_cut_off_at_once_and_every_other_one_is_served(server: Server) -> None:
    fault(server, {"match": {"headers": {"X-Odd": {"equalTo": "1"}}}, "then": {"fault": "CONNECTION_RESET_BY_PEER"}})

    async def ask(number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = f"POST {GET} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Key: {KEY['X-Key']}\r\nX-Odd: {number % 2}\r\n"
        writer.write(f"{head}Connection: close\r\nContent-Length: 12\r\n\r\n".encode() + b'{"id":37091}')
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    async def ask_all() -> list[bytes]:
        return await asyncio.gather(*map(ask, range(60)))

    replies = asyncio.run(ask_all())
    assert [bool(reply) for reply in replies] == [number % 2 == 0 for number in range(60)]
    assert all(b"Holmes" in reply for reply in replies[::2])
    assert uses(server) == [(30, 30)]
