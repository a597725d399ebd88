"""How Spurtcommerce takes requests, over a socket: paths, methods, forms and JSON, and values that are empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from httpx2 import Client, Response

from tests.test_process import MOST_SECONDS, Server, serving
from tests.vendors.spurtcommerce_clients import (
    ADMIN,
    BOTH,
    FORM,
    GOLD,
    JSON,
    OPERATIONS,
    PARSED,
    SCREENED,
    by_framework,
    by_program,
    by_router,
    by_rules,
    headers_of,
)
from tests.vendors.spurtcommerce_refusals import CUSTOMER, GOOD, GROUP, LISTS, LOGIN, malformed

READS = [id for id, operation in OPERATIONS.items() if operation.method == "GET"]
METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE"


@pytest.fixture(scope="module", params=BOTH)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving("--quiet", "--fixture", "documented", "--fidelity", request.param) as server:
        yield server
        assert server.stop() == ""


@pytest.fixture(scope="module")
def connected(server: Server) -> Iterator[Client]:
    url = f"http://127.0.0.1:{server.port}"
    with Client(base_url=url, headers=ADMIN, timeout=MOST_SECONDS, trust_env=False) as client:
        yield client


@pytest.fixture
def client(connected: Client) -> Iterator[Client]:
    """The administrator, at an instant that does not pass."""
    begin(connected)
    yield connected
    exchanges = connected.get("/__admin/requests?limit=1000").json()["requests"]
    assert "bug" not in [finding["id"] for exchange in exchanges for finding in exchange["findings"]]


def begin(client: Client) -> None:
    assert client.post("/__admin/reset").status_code == 200
    frozen = client.put("/__admin/clock", json={"action": "freeze", "instant": "2026-11-21T21:39:50Z"})
    assert frozen.status_code == 200


def ask(client: Client, operation: str, path: str = "", **sent: Any) -> Response:
    return client.request(OPERATIONS[operation].method, path or GOOD[operation][0], **sent)


def whole(reply: Response) -> tuple[int, bytes, dict[str, str]]:
    """All of a reply that two requests for the same have in common."""
    return reply.status_code, reply.content, headers_of(reply)


# Paths


def other_cases(path: str) -> list[str]:
    """A path in other letters, with and without a slash at its end."""
    before, mark, query = path.partition("?")
    return [f"{each}{slash}{mark}{query}" for each in (before.upper(), before.title(), before) for slash in ("", "/")]


@pytest.mark.parametrize("operation", READS)
def test_letter_case_and_a_slash_at_the_end_of_a_path_do_not_matter(client: Client, operation: str) -> None:
    expected = whole(ask(client, operation))
    assert expected[0] == 200
    for path in other_cases(GOOD[operation][0]):
        assert whole(ask(client, operation, path)) == expected, path


@pytest.mark.parametrize("path", ["/api/Admin-Customer/2/", "/API/CUSTOMER-GROUP/3"])
def test_nor_do_they_where_something_is_deleted(client: Client, path: str) -> None:
    body = {"groupId": GOLD} if "GROUP" in path else None
    assert client.request("DELETE", path.replace("2", "1"), json=body).status_code == 200
    assert client.get("/__admin/requests?limit=1").json()["requests"][0]["operation"].startswith("delete_")


@pytest.mark.parametrize(
    "path", ["/api/Nope/", "/api/ADMIN-customer/customer-detail", "/api//admin-customer", "/api/customer-group/1/a%3Cb"]
)
def test_a_path_that_nobody_answers_is_told_as_it_was_written(client: Client, path: str) -> None:
    reply = client.get(f"{path}?limit=1")
    assert (reply.status_code, reply.text) == (404, by_router("GET", path))


# Methods


@pytest.mark.parametrize("operation", READS)
def test_head_is_get_without_a_body(client: Client, operation: str) -> None:
    got, head = ask(client, operation), client.head(GOOD[operation][0])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert (headers_of(head), head.headers["content-type"]) == (headers_of(got), got.headers["content-type"])


def test_head_is_refused_as_head_and_leaves_the_connection_open(server: Server) -> None:
    with closing(server.connect()) as connection:
        for headers, status in (({}, 403), (ADMIN, 200)):
            connection.request("HEAD", "/api/admin-customer?limit=1", headers=headers)
            reply = connection.getresponse()
            told = by_framework("AccessDeniedError", "Access is denied for request on HEAD /api/admin-customer?limit=1")
            assert (reply.status, reply.read()) == (status, b"")
            if status == 403:
                assert reply.headers["content-length"] == str(len(told))


@pytest.mark.parametrize("path", ["/api/admin-customer", "/api/customer-group/1", "/api/nope", "/api"])
def test_browsers_of_any_origin_may_ask_anything(client: Client, path: str) -> None:
    asked = {"Origin": "https://shop.example.com", "Access-Control-Request-Headers": "authorization,content-type"}
    reply = client.options(path, headers={**asked, "Authorization": "text"})
    assert (reply.status_code, reply.content) == (204, b"")
    told = {"access-control-allow-methods": METHODS, "access-control-allow-headers": "authorization,content-type"}
    assert headers_of(reply).items() >= {**PARSED, **told}.items()
    assert "access-control-allow-headers" not in client.options(path).headers


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_wrong_method_is_told_without_the_right_ones(client: Client, method: str) -> None:
    reply = client.request(method, "/api/admin-customer")
    assert (reply.status_code, reply.text) == (404, by_router(method, "/api/admin-customer"))
    assert "allow" not in reply.headers


# Bodies

BODIES = {
    "authenticate_user": LOGIN,
    "create_customer": {name: str(value) for name, value in CUSTOMER.items()},
    "update_customer": {name: str(value) for name, value in CUSTOMER.items()},
    "delete_customers": {"customerId": "1,3"},
    "create_group": {**GROUP, "status": "1", "description": "a 'b' & <c>"},
    "update_group": {**GROUP, "status": "0"},
    "delete_group": {"groupId": "1"},
}


@pytest.mark.parametrize("operation", BODIES)
def test_a_form_does_what_json_of_texts_does(client: Client, operation: str) -> None:
    """DELETE with a body among them."""
    replies = []
    for content_type in ("", "application/JSON; Charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8"):
        begin(client)
        sent: dict[str, Any] = {"data" if "form" in content_type else "json": BODIES[operation]}
        if content_type:
            sent["headers"] = {"Content-Type": content_type}
        replies.append(whole(ask(client, operation, **sent)))
    assert replies[0][0] == 200, replies[0]
    assert replies[0] == replies[1] == replies[2]


def test_numbers_of_json_are_told_as_numbers_and_kept_as_the_texts_of_forms_are(client: Client) -> None:
    kept = []
    for how, status in (("json", 1), ("data", "1")):
        data = ask(client, "update_customer", "", **{how: CUSTOMER}).json()["data"]
        assert (data["isActive"], data["customerGroupId"]) == (status, status)
        kept.append(client.get("/api/admin-customer/customer-detail/1").json()["data"])
    assert kept[0] == kept[1]
    assert kept[0]["isActive"] == 1


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=b", "text/json"]
)
def test_any_other_type_counts_as_no_body(client: Client, content_type: str) -> None:
    content = json.dumps(LOGIN)
    reply = ask(client, "authenticate_user", content=content, headers={"Content-Type": content_type})
    lines = ("username should not be empty", "username must be an email", "Password is required")
    assert (reply.status_code, reply.text) == (422, by_rules(*lines))


def test_a_chunked_body_is_a_body(server: Server) -> None:
    with closing(server.connect()) as connection:
        chunks = iter([b'{"username": "admin@example.com", ', b'"password": "Admin-12345"}'])
        connection.request("POST", "/api/auth/login", chunks, JSON, encode_chunked=True)
        assert connection.getresponse().status == 200


# Empty values


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        ("find_customers", "name=&email=&date=&customerGroup=&status="),
        ("find_customers", "name&unknown"),
        ("find_groups", "keyword=&status="),
        ("find_groups", "&&"),
    ],
)
def test_an_empty_filter_leaves_nothing_out(client: Client, operation: str, query: str) -> None:
    assert whole(ask(client, operation, f"{LISTS[operation]}?{query}")) == whole(
        ask(client, operation, LISTS[operation])
    )


@pytest.mark.parametrize(
    ("operation", "query", "told"),
    [
        ("find_customers", "limit=", malformed("limit", "")),
        ("find_customers", "offset", malformed("offset", "")),
        ("find_groups", "count=", malformed("count", "", "JSON")),
        ("find_order_products", "customerId=", malformed("customerId", "")),
        ("get_vendor_graph", "vendorId=&duration=", malformed("vendorId", "")),
        ("find_visits", "month=1&year=", malformed("year", "")),
        ("export_customers", "customerId=", by_program("Invalid customerId")),
    ],
)
def test_an_empty_number_is_none(client: Client, operation: str, query: str, told: str) -> None:
    reply = ask(client, operation, f"{GOOD[operation][0].partition('?')[0]}?{query}")
    assert (reply.status_code, reply.text) == (400, told)
    assert headers_of(reply) == {**headers_of(reply), **SCREENED}


def test_an_export_of_all_takes_empty_filters(client: Client) -> None:
    path = f"{GOOD['export_all_customers'][0]}?name=&status=&email=&customerGroup=&date="
    assert len(client.get(path).content) == len(client.get(GOOD["export_all_customers"][0]).content)


@pytest.mark.parametrize("headers", [FORM, JSON])
def test_an_empty_body_is_an_empty_object(client: Client, headers: dict[str, str]) -> None:
    reply = ask(client, "delete_customers", content=b"", headers=headers)
    assert (reply.status_code, reply.text) == (422, by_rules("customerId should not be empty"))
