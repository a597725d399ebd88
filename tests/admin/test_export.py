"""The journal as an HTTP archive: what is in it, and above all what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.har import Recorded, read_har
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

PASSWORD = "Correct-Horse-77"  # noqa: S105  of nobody
KEY = "aFreshAppKey-0123456789"
PERSON = {"firstName": "A", "lastName": "B", "street1": "S", "city": "C", "postalCode": "1", "country": "GB"}


def export(client: AppClient, **params: Any) -> dict[str, Any]:
    reply = client.get("/requests/export", params=params)
    assert reply.status_code == 200, reply.text
    log: dict[str, Any] = reply.json()["log"]
    return log


def recorded(client: AppClient, folder: Path) -> list[Recorded]:
    """The archive, as others read it."""
    file = folder / "export.har"
    file.write_text(json.dumps({"log": export(client)}))
    return read_har(file)


def create(shop: AppClient, password: str = PASSWORD) -> dict[str, Any]:
    customer = {
        "canLogin": True,
        "password": {"value": password},
        "billingAddress": {**PERSON, "email": "a@example.com"},
    }
    reply = shop.post("commerce.customers.create", json={"customer": customer})
    assert reply.json()["status"] == "ok", reply.text
    return dict(reply.json())


def test_it_is_an_archive_of_what_was_asked_oldest_first(shop: AppClient, admin: AppClient, tmp_path: Path) -> None:
    shop.post("commerce.customers.count", json={})
    shop.post("commerce.customers.get", json={"id": 37091})
    counted, got = recorded(admin, tmp_path)
    assert [each.target for each in (counted, got)] == [
        "/api/v13/commerce.customers.count",
        "/api/v13/commerce.customers.get",
    ]
    assert (got.method, got.request_body, got.status) == ("POST", b'{"id":37091}', 200)
    assert json.loads(got.reply_body)["customer"]["id"] == 37091
    assert got.comment == "request 2, get_customer"


def test_what_har_has_no_word_for_is_ours(shop: AppClient, admin: AppClient, sandbox: Sandbox) -> None:
    admin.post("/faults", json={"id": "gone", "vendor": "open2b", "then": {"status": 503}, "times": 1})
    shop.post("commerce.customers.count", json={})
    id = create(shop)["id"]
    log = export(admin)
    faulty, made = (each["_mockserver"] for each in log["entries"])
    assert (faulty["fault"], faulty["operation"]) == ("gone", "count_customers")
    assert (made["vendor"], made["api"], made["error"]) == ("open2b", "open2b", None)
    assert {"collection": "open2b.customers", "key": id, "kind": "inserted"} in made["changes"]
    about = log["_mockserver"]
    assert (about["sandbox"], about["fixture"], about["seed"], about["whole"]) == (sandbox.name, "default", 1, True)
    admin.delete("/requests")
    assert export(admin)["_mockserver"]["whole"] is False


def test_the_same_secret_is_the_same_placeholder_and_nowhere_in_clear(shop: AppClient, admin: AppClient) -> None:
    create(shop)
    shop.post("commerce.customers.authenticate", json={"email": "a@example.com", "password": PASSWORD, "fields": []})
    log = export(admin)
    made, asked = (json.loads(each["request"]["postData"]["text"]) for each in log["entries"])
    placeholder = made["customer"]["password"]["value"]
    assert placeholder == asked["password"]
    assert placeholder.startswith("[redacted-")
    assert PASSWORD not in json.dumps(log)
    assert placeholder not in log["_mockserver"]["published"]


@pytest.mark.parametrize("api", ["kounta", "open2b", "spurtcommerce", "webcommander-plugin", "webcommander-v4"])
def test_credentials_are_hidden_and_told_by_name(world: World, sandbox: Sandbox, admin: AppClient, api: str) -> None:
    bound = world.api(api)
    credential = bound.dialect.credentials(sandbox.subjects[bound.vendor])[0]
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}", headers=credential.headers) as client:
        client.get(f"{bound.contract.base_path}/nothing")
    log = export(admin)
    told = json.dumps(log)
    for value in credential.headers.values():
        assert value.rpartition(" ")[2] not in told
    known = log["_mockserver"]["published"].values()
    assert {each["header"] for each in known} == {name.lower() for name in credential.headers}
    assert {(each["api"], each["credential"]) for each in known} == {(api, credential.name)}


def test_the_sandbox_is_in_no_address(world: World, sandbox: Sandbox, admin: AppClient, tmp_path: Path) -> None:
    """So that the archive can be compared with another server, or played to it."""
    credential = world.api("kounta").dialect.credentials(sandbox.subjects["kounta"])[0]
    base = f"http://127.0.0.1/@{sandbox.name}/v1/companies/5678"
    with AppClient(world.app, base_url=base, headers=credential.headers) as client:
        assert f"/@{sandbox.name}/" in client.get("/customers.json").headers["x-next-page"]
        made = client.post("/customers.json", json={"first_name": "Ann", "email": "ann@example.com"})
        assert f"/@{sandbox.name}/" in made.headers["location"]
    page, created = recorded(admin, tmp_path)
    assert page.reply_header("x-next-page") == "http://127.0.0.1/v1/companies/5678/customers.json?start=400024"
    assert str(created.reply_header("location")).startswith("http://127.0.0.1/v1/companies/5678/customers/")
    for each in (page, created):
        assert each.reply_header("content-length") == str(len(each.reply_body))


def test_what_everybody_can_read_in_the_fixtures_is_told(shop: AppClient, admin: AppClient) -> None:
    known = {"email": "johnsmith@acme.com", "password": "foY5/eLc93Wu5", "fields": []}
    shop.post("commerce.customers.authenticate", json=known)
    log = export(admin)
    sent = json.loads(log["entries"][0]["request"]["postData"]["text"])
    assert log["_mockserver"]["published"][sent["password"]] == {"value": "foY5/eLc93Wu5"}


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 4]),
        ({"from": 2}, [2, 4]),
        ({"to": 2}, [1, 2]),
        ({"from": 2, "to": 2}, [2]),
        ({"from": 5}, []),
        ({"vendor": "open2b"}, [1, 2, 4]),
        ({"vendor": "kounta"}, []),
        ({"admin": "true"}, [1, 2, 3, 4]),
        ({"admin": "true", "vendor": "kounta"}, [3]),
    ],
)
def test_it_has_what_is_asked_for(shop: AppClient, admin: AppClient, params: dict[str, Any], ids: list[int]) -> None:
    for _ in range(2):
        shop.post("commerce.customers.count", json={})
    admin.put("/clock", json={"action": "freeze"})
    shop.post("commerce.customers.count", json={})
    assert [each["_mockserver"]["id"] for each in export(admin, **params)["entries"]] == ids


def test_an_unknown_vendor_is_refused(admin: AppClient) -> None:
    reply = admin.get("/requests/export", params={"vendor": "toyshop"})
    assert (reply.status_code, reply.json()["row"]) == (404, "vendor-unknown")
    assert "kounta" in reply.json()["known"]


def test_what_no_contract_has_is_there(world: World, sandbox: Sandbox, admin: AppClient) -> None:
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}") as client:
        client.get("/nowhere?token=an-own-token", headers={"Authorization": "Bearer a-secret-of-somebody"})
    [entry] = export(admin)["entries"]
    assert (entry["_mockserver"]["api"], entry["_mockserver"]["operation"]) == (None, None)
    assert "a-secret-of-somebody" not in json.dumps(entry)
    assert "an-own-token" not in json.dumps(entry)


def test_records_whose_key_is_a_secret_keep_it(admin: AppClient) -> None:
    record = admin.get("/state/open2b/keys").json()["records"][0]
    reply = admin.put(f"/state/open2b/keys/{KEY}", json={**record, "key": KEY})
    assert reply.status_code == 201, reply.text
    [entry] = export(admin, admin="true")["entries"]
    assert entry["request"]["url"].rpartition("/")[2].startswith("[redacted-")
    assert KEY not in json.dumps(entry)


def test_a_fault_rule_is_told_but_for_the_secrets_that_it_matches(admin: AppClient) -> None:
    match = {
        "urlPathTemplate": "/api/v13/commerce.customers.get",
        "headers": {"X-Key": {"equalTo": "an-app-s-own-key"}, "User-Agent": {"contains": "till"}},
        "bodyPatterns": [{"contains": "an-own-password"}],
    }
    admin.post("/faults", json={"vendor": "open2b", "match": match, "then": {"status": 503}})
    admin.post("/faults", json={"match": {"urlPattern": ".*[?]token=an-own-token"}, "then": {"status": 503}})
    log = export(admin, admin="true")
    shown = json.loads(log["entries"][0]["request"]["postData"]["text"])["match"]
    assert shown["urlPathTemplate"] == match["urlPathTemplate"]
    assert shown["headers"]["User-Agent"] == {"contains": "till"}
    told = json.dumps(log)
    assert not [secret for secret in ("an-app-s-own-key", "an-own-password", "an-own-token") if secret in told]
