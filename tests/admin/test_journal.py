"""The journal: what it lists, what it shows of one exchange, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

ADDRESS = {
    "firstName": "Irene",
    "lastName": "Adler",
    "street1": "Briony Lodge",
    "city": "London",
    "postalCode": "NW8",
    "country": "GB",
    "email": "irene@adler.example",
}


def list_requests(admin: AppClient, **query: Any) -> list[dict[str, Any]]:
    reply = admin.get("/requests", params=query)
    assert reply.status_code == 200, reply.text
    listed: list[dict[str, Any]] = reply.json()["requests"]
    return listed


def newest(admin: AppClient, **query: Any) -> dict[str, Any]:
    shown: dict[str, Any] = admin.get(f"/requests/{list_requests(admin, **query)[0]['id']}").json()
    return shown


@pytest.fixture
def traffic(admin: AppClient, shop: AppClient) -> None:
    """Four requests to a vendor and one alteration by a tester, the newest last."""
    shop.post("commerce.customers.count", json={})
    shop.post("commerce.customers.get", json={"id": 37091})
    shop.post("commerce.customers.get", json={"id": "37091"})
    admin.put("/state/open2b/customers/37091", json={"locale": "fr"})
    shop.get("commerce.customers.get")


@pytest.mark.usefixtures("traffic")
def test_exchanges_are_listed_newest_first(admin: AppClient) -> None:
    listed = list_requests(admin)
    assert [entry["operation"] for entry in listed] == [None, "get_customer", "get_customer", "count_customers"]
    assert [entry["error"] for entry in listed] == ["http-method", "field-malformed", None, None]
    assert [entry["status"] for entry in listed] == [405, 200, 200, 200]
    assert [entry["id"] for entry in listed] == sorted((entry["id"] for entry in listed), reverse=True)
    assert {(entry["vendor"], entry["api"]) for entry in listed} == {("open2b", "open2b")}
    assert all(entry["took"] >= 0 for entry in listed)


@pytest.mark.usefixtures("traffic")
@pytest.mark.parametrize(
    ("query", "operations"),
    [
        ({"vendor": "open2b"}, [None, "get_customer", "get_customer", "count_customers"]),
        ({"vendor": "admin"}, ["put_record"]),
        ({"operation": "get_customer"}, ["get_customer", "get_customer"]),
        ({"vendor": "admin", "operation": "put_record"}, ["put_record"]),
        ({"vendor": "admin", "operation": "set_clock"}, []),
        ({"status": 405}, [None]),
        ({"status": 404}, []),
        ({"error": "field-malformed"}, ["get_customer"]),
        ({"vendor": "open2b", "error": "http-method"}, [None]),
        ({"error": "code-already-exists"}, []),
        ({"fault": "flaky"}, []),
        ({"limit": 2}, [None, "get_customer"]),
        ({"operation": "get_customer", "limit": 1}, ["get_customer"]),
    ],
)
def test_a_filter_keeps_what_it_names(admin: AppClient, query: dict[str, Any], operations: list[str]) -> None:
    assert [entry["operation"] for entry in list_requests(admin, **query)] == operations


@pytest.mark.usefixtures("traffic")
def test_since_lists_only_what_came_later(admin: AppClient) -> None:
    ids = [entry["id"] for entry in list_requests(admin)]
    for at, id in enumerate(ids):
        assert [entry["id"] for entry in list_requests(admin, since=id)] == ids[:at]


def test_an_operation_of_the_admin_api_is_known_only_with_its_name(admin: AppClient) -> None:
    assert admin.get("/requests?operation=put_record").json()["row"] == "operation-unknown"
    assert admin.get("/requests?vendor=open2c&operation=put_record").json()["row"] == "vendor-unknown"
    assert admin.get("/requests?vendor=open2b&operation=put_record").json()["row"] == "operation-unknown"


def test_an_error_row_is_known_only_where_a_contract_has_it(admin: AppClient) -> None:
    assert admin.get("/requests?error=verification-failed").json()["row"] == "row-unknown"
    assert admin.get("/requests?vendor=admin&error=verification-failed").json()["requests"] == []
    assert admin.get("/requests?vendor=kounta&error=code-already-exists").json()["row"] == "row-unknown"


def test_what_a_fault_has_left_without_an_answer_says_so(admin: AppClient, shop: AppClient, sandbox: Sandbox) -> None:
    shop.post("commerce.customers.count", json={})
    [answered] = sandbox.journal
    lost = replace(answered, id=sandbox.journal.next_id(), fault="flaky", status=0, reply_headers=(), reply_body=b"")
    sandbox.journal.append(lost)
    [entry] = list_requests(admin, fault="flaky")
    assert (entry["id"], entry["fault"], entry["status"]) == (lost.id, "flaky", None)
    assert newest(admin)["response"] == {"status": None, "headers": {}, "body": None, "bodyKind": "empty"}
    assert [entry["fault"] for entry in list_requests(admin)] == ["flaky", None]


@pytest.mark.usefixtures("traffic")
def test_the_journal_can_be_emptied(admin: AppClient) -> None:
    before = admin.get("/state").json()
    id = list_requests(admin)[0]["id"]
    assert admin.delete("/requests").json() == {"status": "ok"}
    assert list_requests(admin) == []
    assert list_requests(admin, vendor="admin") == []
    assert admin.get("/state").json() == before
    assert admin.get(f"/requests/{id}").json()["row"] == "request-unknown"


def test_findings_are_told(admin: AppClient, shop: AppClient) -> None:
    shop.post("commerce.customers.count?verbose=1", json={})
    [entry] = list_requests(admin)
    assert entry["findings"] == [{"id": "unknown-parameter", "message": "the vendor ignores ?verbose"}]
    assert entry["url"].endswith("/api/v13/commerce.customers.count?verbose=1")


def test_an_exchange_is_shown_with_request_reply_and_changes(admin: AppClient, shop: AppClient) -> None:
    shop.post("commerce.customers.update", json={"id": 37091, "customer": {"locale": "fr"}})
    shown = newest(admin)
    assert shown["request"]["body"] == {"id": 37091, "customer": {"locale": "fr"}}
    assert shown["request"]["bodyKind"] == "json"
    assert shown["request"]["headers"]["x-key"] == "[redacted]"
    assert shown["response"]["status"] == 200
    assert shown["response"]["body"] == {"status": "ok"}
    assert shown["response"]["headers"]["content-type"] == "application/json"
    change = next(change for change in shown["changes"] if change["collection"] == "open2b.customers")
    assert (change["key"], change["before"]["locale"], change["after"]["locale"]) == (37091, "en-GB", "fr")
    assert {key: shown[key] for key in list_requests(admin)[0]} == list_requests(admin)[0]


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        (b"", "empty", None),
        (b"[1, null]", "json", [1, None]),
        (b"hello \xff", "text", "hello \ufffd"),
        (b'{"a": 1, "a": 2}', "text", '{"a": 1, "a": 2}'),
        (b"password=hunter2", "withheld", "[withheld: not JSON, and it may hold a secret]"),
    ],
)
def test_a_body_is_json_text_withheld_or_empty(
    admin: AppClient, shop: AppClient, body: bytes, kind: str, value: object
) -> None:
    shop.post("commerce.customers.get", content=body)
    request = newest(admin)["request"]
    assert (request["bodyKind"], request["body"]) == (kind, value)


def test_created_and_removed_records_have_one_side(admin: AppClient, shop: AppClient) -> None:
    id = shop.post("commerce.customers.create", json={"customer": {"billingAddress": ADDRESS}}).json()["id"]
    created = newest(admin)["changes"][-1]
    shop.post("commerce.customers.delete", json={"ids": [id]})
    removed = newest(admin)["changes"][-1]
    assert (created["before"], removed["after"]) == (None, None)
    assert created["after"] == removed["before"]


def test_no_secret_is_in_the_journal(admin: AppClient, shop: AppClient, sandbox: Sandbox) -> None:
    key = shop.headers["x-key"]
    plain, stored = "foY5/eLc93Wu5", admin.get("/state/open2b/customers/37091").json()["encrypted_password"]
    shop.post("commerce.customers.authenticate", json={"email": "johnsmith@acme.com", "password": plain})
    shop.post("commerce.customers.get", json={"id": 37091})
    shop.post(
        f"commerce.customers.update?password={plain}", json={"id": 722, "customer": {"password": {"value": plain}}}
    )
    shop.post("commerce.customers.get", content=f'{{"password": "{plain}"')
    admin.put("/state/open2b/customers/37091", json={"encrypted_password": stored}, headers={"x-key": key})
    admin.put(f"/state/open2b/keys/{key}", json={"name": "renamed"}, headers={"authorization": f"Bearer {key}"})
    secrets = [key, plain, stored, *(record.encrypted_password for record in sandbox.subjects["open2b"].customers)]
    texts = [admin.get("/requests").text, admin.get("/requests?vendor=admin").text]
    ids = [exchange.id for exchange in sandbox.journal]
    texts += [admin.get(f"/requests/{id}").text for id in ids]
    assert len(ids) == 6
    for secret in filter(None, secrets):
        assert not [text for text in texts if secret in text]


@pytest.fixture
def short() -> Iterator[AppClient]:
    """A server whose journal keeps three exchanges."""
    world = build(read_fixture("default"), options=Options(journal_entries=3))
    with AppClient(world.app, base_url="http://127.0.0.1") as client:
        yield client


def test_dropped_exchanges_are_counted_and_told_apart_from_unknown_ones(short: AppClient) -> None:
    for _ in range(5):
        short.post("/api/v13/commerce.customers.count", json={})
    listed = short.get("/__admin/requests").json()
    assert (len(listed["requests"]), listed["dropped"]) == (3, 2)
    oldest = listed["requests"][-1]["id"]
    for path in (f"/__admin/requests/{oldest - 1}", f"/__admin/requests/{oldest - 1}/rewind"):
        method = "POST" if path.endswith("rewind") else "GET"
        problem = short.request(method, path).json()
        assert (problem["row"], str(oldest) in problem["detail"]) == ("request-dropped", True)
    assert short.get("/__admin/requests/999").json()["row"] == "request-unknown"
