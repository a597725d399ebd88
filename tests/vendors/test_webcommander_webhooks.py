"""Webhooks: how a tester registers them, and what apps are told, byte for byte, by a real receiver."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.app import build
from mockserver.fixture import read_fixture
from tests.vendors.kounta_clients import Control, in_process
from tests.vendors.webcommander_both import JOHN, JOHN_S_EMAIL, JOHN_S_PASSWORD, MIA, OTHER_UUID, PLUGIN, Both, done
from tests.webhooks.receiver import Received, Receiver

CREATE, UPDATE, DELETE = EVENTS = ("customer-create", "customer-update", "customer-delete")
UUID = PLUGIN["uuid"]
GENERATIONS = ("plugin", "v4")
WEBHOOK = {"sourceUrl": "http://127.0.0.1:8901/", "eventName": UPDATE, "renderScope": "", "accessType": "webhook"}
Deed = Callable[[Both], Any]


def subscribe(both: Both, event: str, url: str, **more: str) -> int:
    """The webhook's id."""
    id = len(both.tester("GET", "state/webcommander/webhooks")["records"]) + 1
    sent = {"sourceUrl": url, "eventName": event, "renderScope": "all", "accessType": "webhook", **more}
    both.tester("PUT", f"state/webcommander/webhooks/{id}", sent)
    return id


def told(both: Both, app: Receiver, count: int) -> list[Received]:
    """All that the app is told: so many deliveries are queued, and no more."""
    assert len(Control(both.client).deliveries()) == count
    return list(app.wait(count))


def plugin_update(both: Both, id: int = JOHN, **changes: Any) -> Any:
    return done(both.plugin("POST", "customer-update", {"customerId": id, **changes}))["customers"]


def v4_update(both: Both, body: dict[str, Any]) -> None:
    done(both.v4("PUT", f"admin/customers/{JOHN}", body))


# Registration


def test_a_tester_registers_a_webhook_in_the_vendor_s_four_keys(both: Both) -> None:
    shown = both.tester("PUT", "state/webcommander/webhooks/1", WEBHOOK)
    assert shown == {"id": 1, "plugin": "", **WEBHOOK}
    [entry] = both.tester("GET", "webhooks/subscriptions")["subscriptions"]
    assert (entry["vendor"], entry["id"], entry["topic"]) == ("webcommander", 1, UPDATE)
    assert entry["url"] == f"http://127.0.0.1:8901/?uuid={UUID}"


@pytest.mark.parametrize("event", [*EVENTS, "added-to-cart"])
def test_address_and_event_are_enough(both: Both, event: str) -> None:
    sent = {"sourceUrl": "http://127.0.0.1:8901/", "eventName": event}
    assert both.tester("PUT", "state/webcommander/webhooks/7", sent) == {"id": 7, "plugin": "", **WEBHOOK, **sent}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eventName": "customer-vanish"}, ["eventName", "customer-vanish", *EVENTS, "added-to-cart"]),
        ({"accessType": "poll"}, ["accessType", "poll", "known: webhook"]),
        ({"event_name": UPDATE}, ["event_name", "sourceUrl", "eventName", "renderScope", "accessType"]),
        ({"url": "http://127.0.0.1/"}, ["url", "sourceUrl", "eventName", "renderScope", "accessType"]),
        ({"sourceUrl": None}, ["sourceUrl"]),
    ],
)
def test_an_unknown_word_is_refused_with_the_known_ones(both: Both, change: dict[str, Any], words: list[str]) -> None:
    reply = both.client.put("__admin/state/webcommander/webhooks/1", json={**WEBHOOK, **change})
    assert reply.status_code == 400
    assert [word for word in words if word not in reply.json()["detail"]] == []
    assert both.tester("GET", "webhooks/subscriptions")["subscriptions"] == []


def test_a_fixture_registers_webhooks(app: Receiver) -> None:
    fixture = read_fixture("documented")
    section = fixture.vendors["webcommander"]
    hooks = [
        {"sourceUrl": f"{app.url}/one", "eventName": CREATE},
        {**WEBHOOK, "plugin": "mockserver other plugin", "sourceUrl": f"{app.url}/two", "eventName": CREATE},
    ]
    world = build(replace(fixture, vendors={**fixture.vendors, "webcommander": {**section, "webhooks": hooks}}))
    with in_process(world, world.sandboxes.create()) as client:
        both = Both(client)
        both.create("v4")
        paths = {received.path for received in told(both, app, 2)}
        assert paths == {f"/hook/one?uuid={UUID}", f"/hook/two?uuid={OTHER_UUID}"}


# What is told


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_customer_s_life_is_told_as_plugins_see_it(both: Both, app: Receiver, generation: str) -> None:
    for event in EVENTS:
        subscribe(both, event, app.url)
    id = both.create(generation, phone="1")
    lives = [both.shown(id).plugin]
    if generation == "plugin":
        plugin_update(both, id, lastName="Lee → é", city="x")
    else:
        both.v4("PUT", f"admin/customers/{id}", {"customer": {"last_name": "Lee → é", "city": "x"}})
    lives.append(both.shown(id).plugin)
    both.trash(generation, id)
    lives.append(both.shown(id).plugin)
    said = {received.json["hook_name"]: received.json for received in told(both, app, 3)}
    assert said == {name: {"hook_name": name, "hook_Data": life} for name, life in zip(EVENTS, lives, strict=True)}
    assert [life["status"] for life in lives] == ["A" if generation == "plugin" else "V"] * 1 + [
        lives[0]["status"],
        "T",
    ]


def test_the_text_has_the_vendor_s_keys_in_its_order_and_no_signature(both: Both, app: Receiver) -> None:
    subscribe(both, UPDATE, app.url)
    reply = both.plugin("POST", "customer-update", {"customerId": JOHN, "firstName": "Jön"})
    [received] = told(both, app, 1)
    assert list(received.json) == ["hook_name", "hook_Data"]
    assert (len(received.json["hook_Data"]), received.headers["content-type"]) == (29, "application/json")
    assert received.body == b'{"hook_name":"customer-update","hook_Data":' + reply.content[len(b'{"customers":') :]
    assert [name for name in received.headers if name.startswith("x-") or "sign" in name or "auth" in name] == []


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/hook?uuid={}"),
        ("/x?a=%2Fb&c", "/hook/x?a=%2Fb&c&uuid={}"),
        ("/x?uuid=1", "/hook/x?uuid=1&uuid={}"),
        ("/x#part", "/hook/x?uuid={}"),
    ],
)
@pytest.mark.parametrize("plugin", ["", OTHER_UUID])
def test_the_plugin_s_uuid_is_added_to_the_query(both: Both, app: Receiver, url: str, path: str, plugin: str) -> None:
    subscribe(both, UPDATE, app.url + url, plugin=plugin)
    plugin_update(both, lastName="x")
    [received] = told(both, app, 1)
    assert received.path == path.format(plugin or UUID)


# When somebody is told

UPDATES: dict[str, Deed] = {
    "plugin billing": lambda both: both.plugin(
        "POST", "update-customer-billing-address", {"customerId": JOHN, "city": "x"}
    ),
    "plugin shipping": lambda both: both.plugin(
        "POST", "update-customer-shipping-address", {"email": JOHN_S_EMAIL, "city": "x"}
    ),
    "plugin credit": lambda both: both.plugin(
        "POST", "update-customer-store-credit", {"customerId": JOHN, "add": True, "deltaAmount": 5}
    ),
    "v4 credit": lambda both: v4_update(both, {"store_credit": 5}),
    "v4 hidden from plugins": lambda both: v4_update(both, {"customer": {"transaction_number": "7"}}),
    "v4 more than a password": lambda both: v4_update(both, {"customer": {"password": "new", "last_name": "x"}}),
    "v4 addresses": lambda both: both.v4(
        "POST", f"admin/customers/{JOHN}/addresses", {"customer": {"addresses": [{"type": "BILLING"}]}}
    ),
    "tester": lambda both: both.alter(JOHN, last_name="x"),
}
CHANGE = {"email": JOHN_S_EMAIL, "old_password": JOHN_S_PASSWORD, "password": "new"}
SILENT: dict[str, Deed] = {
    "change": lambda both: both.v4("POST", f"admin/customers/{JOHN}/change-password", {"customer": CHANGE}),
    "reset": lambda both: both.v4("POST", f"admin/customers/{JOHN}/reset-password", {"password": "new"}),
    "password": lambda both: v4_update(both, {"customer": {"password": "new"}}),
    "tester's password": lambda both: both.alter(JOHN, password_hash=None),
    "login": lambda both: both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL),
    "what it is": lambda both: plugin_update(both, firstName="John"),
    "read": lambda both: both.shown(JOHN),
    "refused": lambda both: both.plugin(
        "POST", "customer-update", {"customerId": JOHN, "lastName": "x", "country": 9999}
    ),
    "refused too": lambda both: both.v4(
        "PUT", f"admin/customers/{JOHN}", {"customer": {"last_name": "x", "email": "mia.carter@example.com"}}
    ),
    "refused credit": lambda both: both.plugin(
        "POST", "update-customer-store-credit", {"customerId": JOHN, "add": False, "deltaAmount": 5}
    ),
    "refused creation": lambda both: both.plugin("POST", "customer-create", {"firstName": "A", "email": JOHN_S_EMAIL}),
}


@pytest.mark.parametrize("deed", UPDATES)
def test_every_alteration_is_told_once(both: Both, app: Receiver, deed: str) -> None:
    subscribe(both, UPDATE, app.url)
    UPDATES[deed](both)
    [received] = told(both, app, 1)
    assert received.json == {"hook_name": UPDATE, "hook_Data": both.shown(JOHN).plugin}


@pytest.mark.parametrize("deed", SILENT)
def test_nobody_is_told_of_a_password_alone_nor_of_what_did_not_happen(both: Both, deed: str) -> None:
    for event in (*EVENTS, "added-to-cart"):
        subscribe(both, event, "http://127.0.0.1:9/")
    SILENT[deed](both)
    assert Control(both.client).deliveries() == []


def test_what_a_tester_makes_and_removes_is_told_too(both: Both, app: Receiver) -> None:
    for event in EVENTS:
        subscribe(both, event, app.url)
    both.alter(900, first_name="Tess", created_at="2026-01-01T00:00:00Z")
    shown = both.shown(900).plugin
    both.tester("DELETE", "state/webcommander/customers/900")
    both.trash("v4", MIA)
    both.tester("DELETE", f"state/webcommander/customers/{MIA}")
    said = [(each.json["hook_name"], each.json["hook_Data"]["id"]) for each in told(both, app, 3)]
    assert sorted(said) == [(CREATE, 900), (DELETE, MIA), (DELETE, 900)]
    bodies = [each.json["hook_Data"] for each in app.received if each.json["hook_Data"]["id"] == 900]
    assert bodies == [shown, shown]


def test_what_is_told_stands_with_the_control_plane(both: Both, app: Receiver) -> None:
    id = subscribe(both, UPDATE, app.url)
    plugin_update(both, lastName="x")
    [received] = told(both, app, 1)
    [shown] = Control(both.client).settled(lambda listed: listed[0]["status"] == "delivered")
    assert (shown["vendor"], shown["subscription"], shown["topic"]) == ("webcommander", id, UPDATE)
    assert (shown["url"], shown["body"]) == (f"{app.url}?uuid={UUID}", received.json)
    assert json.loads(received.body) == shown["body"]
