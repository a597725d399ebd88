"""What goes through comes out as it was, but for what concerns one connection only."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Event

import pytest
import trustme

from mockserver.proxy.composing import Plan
from mockserver.proxy.headers import sent_on
from mockserver.proxy.upstream import Trust
from tests.proxy.behind import Behind, answering, behind
from tests.proxy.proxying import Proxying, proxying, violations
from tests.proxy.test_violations import BASIC, ONE

OUTSIDE = [{"in": "request", "place": "path", "rule": "outside-contract", "message": "the contract has no /x"}]
_PEM = "authority.pem"


@pytest.fixture(scope="module")
def there() -> Iterator[Behind]:
    with behind() as made:
        yield made


@pytest.fixture(scope="module")
def shared(there: Behind) -> Iterator[Proxying]:
    with proxying(Plan(api="kounta", upstream=there.url, timeout=20)) as made:
        yield made


@pytest.fixture
def server(there: Behind) -> Behind:
    fresh = Behind()
    for name in ("got", "status", "headers", "body", "length", "before"):
        setattr(there, name, getattr(fresh, name))
    return there


@pytest.fixture
def proxy(shared: Proxying, server: Behind) -> Proxying:  # noqa: ARG001  the server begins anew, too
    shared.client.cookies.clear()
    return shared


def exchange(proxy: Proxying, request: bytes) -> bytes:
    """Bytes as they go over a socket, and all that comes back."""
    host, port = proxy.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_method_target_and_body_are_those_of_the_app(method: str, proxy: Proxying, server: Behind) -> None:
    body = b"" if method in ("GET", "TRACE") else b"\x00\xff not JSON"
    proxy.client.request(method, "/x/%2F%41/a%20b;c?q=%2f+%20&q=&e=%C3%A4&=1", content=body)
    (got,) = server.got
    assert (got.method, got.target, got.body) == (method, "/x/%2F%41/a%20b;c?q=%2f+%20&q=&e=%C3%A4&=1", body)


def test_headers_go_through_but_for_those_of_the_connection(proxy: Proxying, server: Behind) -> None:
    head = [
        b"GET /x HTTP/1.1", b"Host: shop.example:8080", b"Connection: close, X-Hop", b"X-Hop: 1", b"Keep-Alive: timeout=5", b"TE: trailers",
        b"Proxy-Authorization: Basic abc", b"Upgrade: h2c", b"X-Twice: a", b"X-Twice: b", b"Cookie: a=1", b"Authorization: Bearer t",
        b"Accept-Encoding: br;q=1, gzip;q=0.5, zstd", b"X-Forwarded-For: 10.0.0.1", b"X-Signs: caf\xc3\xa9",
    ]  # fmt: skip
    exchange(proxy, b"\r\n".join(head) + b"\r\n\r\n")
    (got,) = server.got
    lowered = [(name.lower(), value) for name, value in got.headers]
    assert lowered == [
        ("host", server.url.removeprefix("http://")),
        ("x-twice", "a"),
        ("x-twice", "b"),
        ("cookie", "a=1"),
        ("authorization", "Bearer t"),
        ("accept-encoding", "gzip;q=0.5"),
        ("x-signs", "caf\u00c3\u00a9"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-host", "shop.example:8080"),
        ("x-forwarded-proto", "http"),
    ]


def test_who_asks_is_noted_behind_what_another_proxy_has_said() -> None:
    given = [(b"x-forwarded-for", b"10.0.0.1, 10.0.0.2"), (b"x-forwarded-proto", b"https"), (b"host", b"a.example")]
    sent = dict(sent_on({"type": "http", "headers": given, "client": ("10.0.0.3", 1), "scheme": "http"}, {}))
    assert sent == {
        b"x-forwarded-for": b"10.0.0.1, 10.0.0.2, 10.0.0.3",
        b"x-forwarded-proto": b"https",
        b"x-forwarded-host": b"a.example",
    }


def test_nothing_is_added_that_the_app_has_not_said(proxy: Proxying, server: Behind) -> None:
    exchange(proxy, b"POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab")
    names = {name.lower() for name, _ in server.got[0].headers}
    assert names == {"host", "content-length", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}


def test_a_body_that_comes_in_pieces_is_sent_on_whole(proxy: Proxying, server: Behind) -> None:
    proxy.client.post("/x", content=iter([b"one ", b"two"]))
    assert (server.got[0].body, server.told("content-length"), server.told("transfer-encoding")) == (
        b"one two",
        "7",
        None,
    )


def test_the_headers_of_an_answer_come_back(proxy: Proxying, server: Behind) -> None:
    server.status = 207
    server.headers = [
        ("Content-Type", "text/x"), ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("Connection", "X-Hop"), ("X-Hop", "1"),
        ("Keep-Alive", "timeout=5"), ("Date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("X-Own", "a, b"), ("ETag", '"x"'),
    ]  # fmt: skip
    server.body = b"\x00\xff"
    reply = proxy.client.get("/x")
    assert (reply.status_code, reply.content, violations(reply)) == (207, b"\x00\xff", OUTSIDE)
    kept = [(name, value) for name, value in reply.headers.multi_items() if name not in ("date", "x-mock-violations")]
    assert kept == [
        ("content-type", "text/x"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2"), ("x-own", "a, b"), ("etag", '"x"'),
        ("content-length", "2"),
    ]  # fmt: skip
    assert len(reply.headers.get_list("date")) == 1


CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "x-gzip": gzip.compress,
    "identity": bytes,
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_compressed_answer_is_checked_and_comes_back_as_it_was(coding: str, proxy: Proxying, server: Behind) -> None:
    told = b'{"error":"not_found","error_description":"Customer 1 Not Found","more":1}'
    server.status, server.body = 404, CODED[coding](told)
    server.headers = [("Content-Type", "application/json"), ("Content-Encoding", coding)]
    with proxy.client.stream("GET", ONE, headers=BASIC) as reply:
        assert b"".join(reply.iter_raw()) == server.body
        assert reply.headers["content-encoding"] == coding
        assert [each["place"] for each in violations(reply)] == ["body.more"]
    assert proxy.last.reply_body == told


def test_a_head_has_no_body_and_tells_its_length(proxy: Proxying, server: Behind) -> None:
    server.length = 450
    reply = proxy.client.head(ONE, headers=BASIC)
    assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"", "450")
    assert violations(reply) == []


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_comes_back_so(status: int, proxy: Proxying, server: Behind) -> None:
    server.status, server.body, server.headers = status, b"", [("X-Own", "1")]
    server.length = -1
    reply = proxy.client.get("/x")
    assert (reply.status_code, reply.content, reply.headers.get("content-length"), reply.headers["x-own"]) == (
        status, b"", None, "1",
    )  # fmt: skip


def test_not_modified_is_no_violation(proxy: Proxying, server: Behind) -> None:
    server.status, server.body, server.length = 304, b"", -1
    assert violations(proxy.client.get(ONE, headers={**BASIC, "If-None-Match": '"x"'})) == []


ADDRESSES = [
    ("Location", "{there}/v1/x?a=1", "{here}/v1/x?a=1"),
    ("Location", "{there}", "{here}"),
    ("Location", "/v1/x", "/v1/x"),
    ("Location", "https://elsewhere.example/v1/x", "https://elsewhere.example/v1/x"),
    ("Location", "{there}0/x", "{there}0/x"),
    ("Location", "https://app.example/?back={there}/x", "https://app.example/?back={there}/x"),
    ("Content-Location", "{there}/v1/x", "{here}/v1/x"),
    ("Link", '<{there}/a>; rel="next", <{there}/b>; rel="last"', '<{here}/a>; rel="next", <{here}/b>; rel="last"'),
    ("X-Next-Page", "{there}/v1/customers?page=1", "{here}/v1/customers?page=1"),
]


@pytest.mark.parametrize(("name", "said", "told"), ADDRESSES)
def test_addresses_of_the_server_behind_lead_to_the_proxy(
    name: str, said: str, told: str, proxy: Proxying, server: Behind
) -> None:
    server.status, server.headers = 302, [(name, said.format(there=server.url, here=proxy.url))]
    reply = proxy.client.get("/x")
    assert (reply.status_code, len(server.got)) == (302, 1), "redirects are the app's to follow"
    assert reply.headers[name] == told.format(there=server.url, here=proxy.url)


def test_addresses_below_a_path_of_the_server_behind_lead_to_the_proxy(server: Behind) -> None:
    server.status, server.headers = (
        302,
        [("Location", "/shop/v1/x"), ("X-Next", f"{server.url}/shop/v1/y"), ("X-Up", f"{server.url}/z")],
    )
    with proxying(Plan(api="kounta", upstream=f"{server.url}/shop/")) as proxy:
        reply = proxy.client.get("/v1/a?b=1")
        assert server.got[0].target == "/shop/v1/a?b=1"
        assert (reply.headers["location"], reply.headers["x-next"]) == ("/v1/x", f"{proxy.url}/v1/y")
        assert reply.headers["x-up"] == f"{server.url}/z"


def test_a_redirect_can_be_followed_through_the_proxy(upstream: str) -> None:
    with proxying(Plan(api="kounta", upstream=upstream)) as proxy:
        found = proxy.client.get("/v1/companies/5678/customers.json?email=jmcdonald@kounta.kom", headers=BASIC)
        assert found.status_code == 302
        assert found.headers["location"].startswith(proxy.url)
        assert proxy.client.get(found.headers["location"], headers=BASIC).json()["id"] == 389427
        assert proxy.traffic.exchanges == 2
        assert proxy.traffic.broken == 0


def test_the_proxy_sends_headers_that_it_was_told_to_instead_of_the_apps(server: Behind) -> None:
    plan = Plan(api="kounta", upstream=server.url, headers=("Authorization: Basic YTpi", "X-Own:  1:2 "))
    with proxying(plan) as proxy:
        reply = proxy.client.get(ONE, headers={"authorization": "Bearer mine"})
        assert (server.told("authorization"), server.told("x-own")) == ("Basic YTpi", "1:2")
        assert [each["in"] for each in violations(reply)] == ["reply"] * len(violations(reply))
        assert dict(proxy.last.request_headers)[b"authorization"] == b"Bearer mine", "the journal is the app's"


def test_a_credential_that_the_proxy_sends_counts_as_the_requests(upstream: str) -> None:
    plan = Plan(api="kounta", upstream=upstream, headers=(f"Authorization: {BASIC['Authorization']}",))
    with proxying(plan) as proxy:
        reply = proxy.client.get(ONE)
        assert (reply.status_code, violations(reply)) == (200, [])


def test_requests_at_once_get_their_own_answers(upstream: str) -> None:
    with proxying(Plan(api="kounta", upstream=upstream)) as proxy:
        ids = [389427, 1, 2, 389427, 3] * 6

        def ask(id: int) -> tuple[int, str]:
            reply = proxy.client.get(f"/v1/companies/5678/customers/{id}.json", headers=BASIC)
            return reply.status_code, str(reply.json().get("id") or reply.json()["error_description"])

        with ThreadPoolExecutor(8) as pool:
            told = [*pool.map(ask, ids)]
        assert told == [(200, "389427") if id == 389427 else (404, f"Customer {id} Not Found") for id in ids]
        assert (proxy.traffic.exchanges, proxy.traffic.broken) == (len(ids), 0)


# What goes wrong


def test_a_server_that_is_not_there_is_said_with_its_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with proxying(Plan(api="kounta", upstream=f"http://127.0.0.1:{port}")) as proxy:
            reply = proxy.client.get(ONE, headers=BASIC)
            assert (reply.status_code, reply.headers["content-type"]) == (502, "application/problem+json")
            detail = f"http://127.0.0.1:{port}: nobody can be reached at 127.0.0.1:{port}: "
            assert reply.json()["title"] == "Upstream cannot be asked"
            assert reply.json()["detail"].startswith(detail)
            assert violations(reply) == []
            assert (proxy.traffic.unanswered, proxy.traffic.broken, proxy.last.status) == (1, 0, 502)
            assert proxy.admin("/coverage")["summary"]["operations"]["met"] == 0


def test_a_server_that_says_nothing_is_given_up(server: Behind) -> None:
    over = Event()
    server.before = lambda: over.wait(20)
    with proxying(Plan(api="kounta", upstream=server.url, timeout=0.05)) as proxy:
        reply = proxy.client.get(ONE, headers=BASIC)
        over.set()
        assert (reply.status_code, reply.json()["title"]) == (504, "Upstream does not answer")
        assert reply.json()["detail"] == f"{server.url} has said nothing for 0.05 s; --timeout is how long it may"


def test_an_answer_that_breaks_off_is_none(proxy: Proxying, server: Behind) -> None:
    server.length = 100
    reply = proxy.client.get(ONE, headers=BASIC)
    assert (reply.status_code, reply.json()["title"]) == (502, "Upstream cannot be asked")


def test_an_answer_that_is_no_http_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with proxying(Plan(api="kounta", upstream=f"http://127.0.0.1:{port}")) as proxy:
            with answering(listener, b"SSH-2.0-x\r\n\r\n"):
                reply = proxy.client.get(ONE, headers=BASIC)
            assert (reply.status_code, reply.json()["title"]) == (502, "Upstream cannot be asked")


@pytest.mark.parametrize("size", [1000, 1001])
def test_bodies_have_bounds(size: int, server: Behind) -> None:
    server.body = b"x" * size
    with proxying(Plan(api="kounta", upstream=server.url, max_body=1000)) as proxy:
        sent = proxy.client.post("/x", content=b"y" * size)
        assert len(server.got) == (size == 1000)
        got = proxy.client.get("/x")
    if size == 1000:
        assert (sent.status_code, got.content) == (200, server.body)
    else:
        assert (sent.status_code, sent.json()["title"]) == (413, "Body too large")
        assert "more than 1000 bytes" in sent.json()["detail"]
        assert (got.status_code, got.json()["title"]) == (502, "Upstream says too much")
        assert "--max-body" in got.json()["detail"]


def test_a_body_that_is_endless_once_decompressed_is_not_checked(server: Behind) -> None:
    server.headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    server.body = gzip.compress(b" " * 100_000)
    with proxying(Plan(api="kounta", upstream=server.url, max_body=1000)) as proxy:
        reply = proxy.client.get(ONE, headers={**BASIC, "Accept-Encoding": "gzip"})
        (told,) = violations(reply)
        assert (told["rule"], told["message"]) == ("encoding", "has more than 1000 bytes once it is decompressed")


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context(authority: trustme.CA) -> SSLContext:
    made = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(made)
    return made


@pytest.mark.parametrize("how", ["unknown", "ca", "insecure", "wrong host"])
def test_certificates_are_checked_as_a_client_expects(how: str, authority: trustme.CA, tmp_path: Path) -> None:
    pem = tmp_path / _PEM
    authority.cert_pem.write_to_path(str(pem))
    trust = {"ca": Trust(pem), "wrong host": Trust(pem), "insecure": Trust(anybody=True)}.get(how, Trust())
    with behind(context(authority)) as there:
        there.status, there.headers, there.body = 200, [("Location", f"{there.url}/a")], b"secret"
        url = there.url.replace("localhost", "127.0.0.1") if how == "wrong host" else there.url
        with proxying(Plan(api="kounta", upstream=url, trust=trust)) as proxy:
            reply = proxy.client.get("/x")
            if how in ("ca", "insecure"):
                assert (reply.content, reply.headers["location"]) == (b"secret", f"{proxy.url}/a")
                assert there.told("x-forwarded-proto") == "http"
            else:
                assert (reply.status_code, there.got) == (502, [])
                assert url in reply.json()["detail"]
                assert "--insecure trusts any" in reply.json()["detail"]


# Clients that go away


def test_a_client_that_goes_away_before_its_request_is_whole_is_nobodys_loss(proxy: Proxying, server: Behind) -> None:
    host, port = proxy.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
    assert proxy.client.get("/y").status_code == 200
    assert [got.target for got in server.got] == ["/y"]


def test_what_is_no_http_is_left_alone(proxy: Proxying) -> None:
    async def never() -> dict[str, object]:
        raise AssertionError

    async def nothing(_message: object) -> None:
        raise AssertionError

    asyncio.run(proxy.proxy({"type": "websocket"}, never, nothing))
