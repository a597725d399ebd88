"""What a vendor does with every request: read it first, take any letter case, speak to browsers, write slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.tins import client, tins
from tests.dispatch.toys import default

JSON = "application/json; charset=utf-8"


def larder_of(folder: Path, **options: Any) -> World:
    return build(Fixture(), [tins(folder, {})], Options(**options))


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> World:
    return larder_of(tmp_path_factory.mktemp("tins"))


@pytest.fixture
def world(stocked: World) -> World:
    """The same for all tests, as it was at first."""
    default(stocked).reset()
    return stocked


@pytest.fixture
def larder(world: World) -> Iterator[AppClient]:
    with client(world) as made:
        yield made


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"content-type": "application/json"}])
def test_a_body_is_what_the_vendor_reads_in_it_whatever_its_media_type(
    larder: AppClient, headers: dict[str, str]
) -> None:
    assert larder.post("/store/tins", content="beans", headers=headers).json()["body"] == {"sort": "beans"}


@pytest.mark.parametrize(
    ("body", "keyword"), [("much too long", "maxLength"), ("", "required")], ids=["too long", "empty"]
)
def test_what_the_vendor_has_read_must_meet_the_contract(larder: AppClient, body: str, keyword: str) -> None:
    reply = larder.post("/store/tins", content=body)
    assert (reply.status_code, reply.json()) == (400, {"row": "field-wrong", "text": f"body sort: {keyword}"})


@pytest.mark.parametrize("path", ["/store/tins", "/store/nowhere"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_it_cannot_read_is_refused_before_path_method_and_sender(world: World, method: str, path: str) -> None:
    with AppClient(world.app, base_url="http://127.0.0.1") as stranger:
        reply = stranger.request(method, path, content="beans.")
        assert (reply.status_code, reply.json()["row"]) == (500, "body-unreadable")
        reply = stranger.request(method, path, content=b" " * 2_000_000)
        assert (reply.status_code, reply.json()["row"]) == (413, "body-too-large")


def test_a_failure_that_the_vendor_is_known_for_is_no_bug(world: World, larder: AppClient) -> None:
    larder.post("/store/tins", content="beans.")
    assert [(exchange.status, exchange.row, exchange.findings) for exchange in default(world).journal] == [
        (500, "body-unreadable", ())
    ]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/store/tins", "find_tins"),
        ("/store/tins/", "find_tins"),
        ("/Store/TINS", "find_tins"),
        ("/STORE/Tins/Beans/", "get_tin"),
        ("/store/CANS/Beans", "get_tin"),
        ("/store/cans", "find_tins"),
    ],
)
def test_letter_case_and_a_last_slash_do_not_matter(larder: AppClient, path: str, operation: str) -> None:
    heard = larder.get(path).json()
    assert heard["operation"] == operation
    assert heard["path"] == ({"name": "Beans"} if operation == "get_tin" else {})


@pytest.mark.parametrize("path", ["/store/tins//", "/store//tins", "/store/tin", "/storetins"])
def test_other_differences_do(larder: AppClient, path: str) -> None:
    if path == "/store/tins//":
        assert larder.get(path).status_code == 200  # all slashes at the end are one
    else:
        assert larder.get(path).status_code == 404


@pytest.mark.parametrize(("fidelity", "status"), [("documented", 200), ("observed", 404)])
@pytest.mark.parametrize("path", ["/store/cans", "/store/Cans/Beans"])
def test_what_only_the_page_prints_is_unknown_where_the_program_decides(
    tmp_path: Path, fidelity: str, status: int, path: str
) -> None:
    with client(larder_of(tmp_path, fidelity=fidelity)) as larder:
        assert larder.get(path).status_code == status
        assert larder.get(path.lower().replace("cans", "tins")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "/store/nowhere?page=1", "GET /store/nowhere of /@default/store/nowhere?page=1"),
        ("PUT", "/store/tins?page=1", "PUT /store/tins"),
    ],
)
def test_a_path_that_nobody_answers_is_named_as_the_vendor_sees_it(
    larder: AppClient, method: str, path: str, text: str
) -> None:
    reply = larder.request(method, f"/@default{path}")
    assert (reply.status_code, reply.json()["text"]) == (404, text)
    assert "allow" not in reply.headers


def test_an_operation_sees_what_was_asked_for_without_the_sandbox_and_what_the_contract_adds(
    larder: AppClient,
) -> None:
    heard = larder.get("/@default/store/tins?page=1").json()
    assert (heard["resource"], heard["shelf"]) == ("/store/tins?page=1", "top")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "/store/tins", {}),
        ("GET", "/store/nowhere", {}),
        ("POST", "/store/tins", {"content": "beans."}),
        ("GET", "/store/tins", {"headers": {"prefer": "error=field-wrong"}}),
    ],
)
def test_every_reply_has_the_headers_that_the_vendor_set_on_reading(
    larder: AppClient, method: str, path: str, more: dict[str, Any]
) -> None:
    headers = larder.request(method, path, **more).headers
    assert (headers["content-type"], headers["x-read"]) == (JSON, "yes")
    assert headers.get_list("content-type") == [JSON]


@pytest.mark.parametrize("path", ["/store/tins", "/store/nowhere"])
def test_a_browser_is_told_of_the_methods_and_the_headers_that_it_may_send(world: World, path: str) -> None:
    with AppClient(world.app, base_url="http://127.0.0.1") as stranger:
        reply = stranger.options(path, headers={"access-control-request-headers": "x-tins"})
        assert (reply.status_code, reply.content) == (204, b"")
        assert reply.headers["access-control-allow-methods"] == "GET,POST"
        assert reply.headers["access-control-allow-headers"] == "x-tins"
        assert "access-control-allow-headers" not in stranger.options(path).headers


def test_a_reply_may_be_written_in_pieces(world: World, larder: AppClient) -> None:
    reply = larder.get("/store/list?lines=3")
    assert (reply.text, reply.headers["content-length"]) == ("1 tins\n" * 3, "21")
    assert [exchange.reply_body for exchange in default(world).journal] == [b"1 tins\n" * 3]


@pytest.mark.parametrize(("method", "says"), [("GET", "ZeroDivisionError"), ("POST", "must be whole at once")])
def test_what_breaks_on_the_way_is_said(larder: AppClient, method: str, says: str) -> None:
    reply = larder.request(method, "/store/list?lines=0")
    assert reply.status_code == 500
    assert says in reply.json()["detail"]


def test_others_are_answered_between_the_pieces(world: World) -> None:
    order: list[str] = []

    async def ask(path: str, query: str = "") -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                order.append(path)

        headers = [(b"host", b"127.0.0.1"), (b"x-tins", b"key")]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
        await world.app(scope, receive, send)

    async def both() -> None:
        await asyncio.gather(ask("/store/list", "lines=5"), ask("/store/tins"))

    asyncio.run(both())
    assert order == ["/store/tins", "/store/list"]


def test_an_error_may_leave_what_was_done_and_is_still_known_as_one(world: World, larder: AppClient) -> None:
    reply = larder.post("/store/tins", content="half")
    assert (reply.status_code, reply.json()["text"]) == (400, "half of it")
    assert [(exchange.row, len(exchange.changes)) for exchange in default(world).journal] == [("field-wrong", 1)]
    assert larder.get("/store/list?lines=1").text == "2 tins\n"
