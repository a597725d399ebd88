"""Records as a tester sees and alters them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

CUSTOMERS = "/state/open2b/customers"
HOLMES = f"{CUSTOMERS}/37091"
ADDRESS = {
    "firstName": "Irene",
    "lastName": "Adler",
    "street1": "Briony Lodge",
    "city": "London",
    "postalCode": "NW8",
    "country": "GB",
    "email": "irene@adler.example",
}
ADLER = {
    "locale": "en",
    "creation_time": "2026-01-01 00:00:00",
    "update_time": "2026-01-01 00:00:00",
    "group": 1,
    "billing_address": ADDRESS,
}


def test_every_collection_is_counted(admin: AppClient, sandbox: Sandbox) -> None:
    counted = {
        f"{owner}.{name}": count
        for owner, collections in admin.get("/state").json()["state"].items()
        for name, count in collections.items()
    }
    assert counted == {name: len(collection) for name, collection in sandbox.ledger.collections.items()}
    assert {"sandbox.clock", "open2b.customers"} <= counted.keys()


@pytest.mark.parametrize("collection", ["customers", "carts"])
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_paging_meets_every_record_once_in_the_order_of_keys(
    admin: AppClient, sandbox: Sandbox, collection: str, limit: int
) -> None:
    held = sandbox.ledger.collections[f"open2b.{collection}"]
    met: list[Any] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = admin.get(f"/state/open2b/{collection}", params=query).json()
        assert page["total"] == len(held)
        met += [record[held.key_field] for record in page["records"]]
        if len(page["records"]) < limit:
            break
        query["after"] = met[-1]
    assert met == sorted(getattr(record, held.key_field) for record in held)


def test_a_page_has_a_hundred_records_unless_asked_otherwise(admin: AppClient) -> None:
    page = admin.get("/state/open2b/collections").json()
    assert (len(page["records"]), page["total"] > 100) == (100, True)


def test_what_the_state_shows_can_be_put_back_as_it_is(admin: AppClient, sandbox: Sandbox) -> None:
    for name, collection in sandbox.ledger.collections.items():
        path = "/state/" + name.replace(".", "/")
        for shown in admin.get(f"{path}?limit=20").json()["records"]:
            key = shown[collection.key_field]
            before = collection.get(key)
            reply = admin.put(f"{path}/{key}", json=shown)
            assert (reply.status_code, reply.json()) == (200, shown)
            assert collection.get(key) == before


def test_nothing_is_redacted(admin: AppClient) -> None:
    assert len(admin.get(HOLMES).json()["encrypted_password"]) == 45


def test_keys_that_are_left_out_stay(admin: AppClient) -> None:
    before = admin.get(HOLMES).json()
    reply = admin.put(HOLMES, json={"locale": "fr", "labels": [2, 1]})
    assert (reply.status_code, reply.json()) == (200, {**before, "locale": "fr", "labels": [1, 2]})
    assert admin.get(HOLMES).json() == reply.json()


def test_a_nested_object_is_replaced_as_a_whole(admin: AppClient) -> None:
    after = admin.put(HOLMES, json={"billing_address": ADDRESS}).json()
    assert after["billing_address"]["companyName"] == ""
    assert after["billing_address"]["email"] == ADDRESS["email"]


def test_a_new_record_takes_the_defaults(admin: AppClient, shop: AppClient) -> None:
    reply = admin.put(f"{CUSTOMERS}/900001", json=ADLER)
    assert reply.status_code == 201
    assert (reply.json()["id"], reply.json()["wish_list"]) == (900001, [])
    shown = shop.post("commerce.customers.get", json={"id": 900001}).json()
    assert shown["customer"]["fullName"] == "Irene Adler"


def test_the_next_id_is_past_every_key_that_was_put(admin: AppClient, shop: AppClient) -> None:
    admin.put(f"{CUSTOMERS}/900001", json=ADLER)
    admin.delete(f"{CUSTOMERS}/900001")
    reply = shop.post("commerce.customers.create", json={"customer": {"billingAddress": ADDRESS}})
    assert reply.json()["id"] == 900002


def test_the_key_may_stand_in_the_body(admin: AppClient) -> None:
    assert admin.put(HOLMES, json={"id": 37091}).status_code == 200


@pytest.mark.parametrize(
    ("body", "row", "words"),
    [
        ({"id": 1}, "record-key-differs", "37091"),
        ({"id": True}, "record-key-differs", "37091"),
        ({"id": 37091.0}, "record-invalid", "id"),
        ({"code": None}, "record-invalid", "code: Expected `str`, got `null`"),
        ({"group": "3"}, "record-invalid", "group: Expected `int`, got `str`"),
        ({"collections": [1, "2"]}, "record-invalid", "collections[1]"),
        ({"billing_address": {}}, "record-invalid", "billing_address: Object missing required field"),
        ({"canLogin": True}, "record-key-unknown", "can_login"),
        ({"billing_address": {**ADDRESS, "first_name": "I"}}, "record-key-unknown", "firstName"),
        ({"shipping_address": {"nickname": "I"}}, "record-key-unknown", "'shipping_address.nickname'"),
        ({"group": [{"id": 3}]}, "record-invalid", "group"),
        ([], "body-invalid", "object"),
    ],
)
def test_a_body_that_is_no_record_is_refused(admin: AppClient, body: Any, row: str, words: str) -> None:
    before = admin.get(HOLMES).json()
    problem = admin.put(HOLMES, json=body).json()
    assert problem["row"] == row
    assert words in problem["detail"]
    assert admin.get(HOLMES).json() == before


def test_a_new_record_needs_what_has_no_default(admin: AppClient) -> None:
    problem = admin.put(f"{CUSTOMERS}/900001", json={}).json()
    assert (problem["row"], "locale" in problem["detail"]) == ("record-invalid", True)


def test_a_clash_names_index_value_and_holder(admin: AppClient) -> None:
    problem = admin.put(f"{CUSTOMERS}/900001", json={**ADLER, "code": "TF78123"}).json()
    assert problem["row"] == "record-not-unique"
    assert all(word in problem["detail"] for word in ("'code'", "'TF78123'", "37091"))


@pytest.mark.parametrize("key", ["x", "1.0", "01", "+1", "-0", "1" * 19, "%D9%A1", "1%0A"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_key_that_is_no_integer_is_refused(admin: AppClient, method: str, key: str) -> None:
    reply = admin.request(method, f"{CUSTOMERS}/{key}", json={} if method == "PUT" else None)
    assert (reply.status_code, reply.json()["row"]) == (400, "key-malformed")


def test_a_page_cannot_begin_after_a_key_of_the_wrong_type(admin: AppClient) -> None:
    assert admin.get(f"{CUSTOMERS}?after=x").json()["row"] == "key-malformed"


def test_a_removed_record_is_gone_for_everyone(admin: AppClient, shop: AppClient) -> None:
    assert admin.delete(HOLMES).json() == {"status": "ok"}
    assert shop.post("commerce.customers.get", json={"id": 37091}).json()["customer"] is None
    assert (admin.get(HOLMES).status_code, admin.delete(HOLMES).status_code) == (404, 404)


def test_alterations_are_changes_that_the_journal_shows(admin: AppClient) -> None:
    before = admin.get(HOLMES).json()
    admin.put(HOLMES, json={"locale": "fr"})
    admin.delete(HOLMES)
    assert admin.get("/requests").json()["requests"] == []
    entries = admin.get("/requests?vendor=admin").json()["requests"]
    assert [entry["operation"] for entry in entries] == ["delete_record", "put_record"]
    [change] = admin.get(f"/requests/{entries[1]['id']}").json()["changes"]
    assert (change["collection"], change["key"]) == ("open2b.customers", 37091)
    assert change["before"] == {**before, "encrypted_password": "[redacted]"}
    assert change["after"] == {**change["before"], "locale": "fr"}


def test_the_clock_is_not_removed_as_a_record(admin: AppClient) -> None:
    admin.put("/clock", json={"action": "freeze"})
    assert admin.delete("/state/sandbox/clock/clock").json()["row"] == "collection-guarded"
    assert admin.get("/clock").json()["frozen"] is True


def test_text_keys_are_taken_as_they_are(admin: AppClient) -> None:
    assert admin.put("/state/open2b/carts/12 €%3F", json={}).json() == {"token": "12 €?"}
    assert admin.get("/state/open2b/carts/12%20%E2%82%AC%3F").json() == {"token": "12 €?"}
