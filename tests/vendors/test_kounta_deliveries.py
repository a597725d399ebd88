"""What apps are told, byte for byte: a real receiver, told by the fake in this process and by one of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, Addon, Control, Till
from tests.vendors.kounta_restaurant import FIELDS, HOME, JAMIE, NOW_THERE
from tests.webhooks.receiver import Received, Receiver

CREATED, UPDATED, DELETED = "customers/created", "customers/updated", "customers/deleted"
EVERYTHING = {
    "first_name": "Zoë",
    "last_name": 'O/Neil → "𝄞" \\ <b>\'&',
    "phone": "+61 3/9999",
    "mobile": "0400 000 999",
    "primary_address": HOME,
    "shipping_address": {"address": "1/2 Weg\n\tHinterhaus"},
    "tags": ["Gold Member", "é/è", ""],
    "image": "https://x.example/a.png?b=c",
    "accepts_marketing": True,
    "reference_id": "R/1",
}


def told(till: Till, app: Receiver, count: int) -> list[Received]:
    """All that the app is told: so many deliveries are queued, and no more."""
    assert len(Control(till.client).deliveries()) == count
    return list(app.wait(count))


def remove(till: Till, id: int) -> None:
    """As a tester does, for no application can."""
    Control(till.client).ask("DELETE", f"state/kounta/customers/{id}")


# The body


def test_a_new_customer_is_told_complete(till: Till, app: Receiver) -> None:
    till.subscribe(CREATED, app.url)
    made = till.create(**EVERYTHING)
    [received] = told(till, app, 1)
    assert received.json == made == till.get(made["id"])
    assert (list(received.json), received.json["created_at"]) == (FIELDS, NOW_THERE)
    assert {name: received.json[name] for name in EVERYTHING if name != "shipping_address"} == {
        name: value for name, value in EVERYTHING.items() if name != "shipping_address"
    }


def test_an_altered_customer_is_told_as_she_is_now(till: Till, app: Receiver) -> None:
    till.subscribe(UPDATED, app.url)
    Control(till.client).advance(60)
    altered = till.change(**EVERYTHING)
    [received] = told(till, app, 1)
    assert received.json == altered == till.get()
    assert received.json["updated_at"] == NOW_THERE.replace(":06:", ":07:")


def test_a_customer_who_is_gone_is_told_as_she_was(till: Till, app: Receiver) -> None:
    till.subscribe(DELETED, app.url)
    last = till.get()
    assert last["reference_id"] == "ABC123"
    remove(till, JAMIE)
    [received] = told(till, app, 1)
    assert received.json == last
    assert till.ask("GET", f"customers/{JAMIE}").status_code == 404


def test_the_text_is_written_as_php_writes_it(till: Till, app: Receiver) -> None:
    till.subscribe(UPDATED, app.url)
    till.change(**EVERYTHING, email="zoë@x.example")
    [received] = told(till, app, 1)
    assert received.body == (
        rb'{"id":389427,"first_name":"Zo\u00eb","last_name":"O\/Neil \u2192 \"\ud834\udd1e\" \\ <b>'
        rb"'&"
        rb'","email":"zo\u00eb@x.example","phone":"+61 3\/9999","mobile":"0400 000 999",'
        rb'"primary_address":{"address":"4 Sample Road","city":"Geelong","state":"VIC","postal_code":"3220","country":"AU"},'
        rb'"shipping_address":{"address":"1\/2 Weg\n\tHinterhaus","city":null,"state":null,"postal_code":null,"country":null},'
        rb'"tags":["Gold Member","\u00e9\/\u00e8",""],"image":"https:\/\/x.example\/a.png?b=c","reference_id":"R\/1",'
        rb'"accepts_marketing":true,"created_at":"2026-03-04T15:06:07+10:00","updated_at":"2026-03-04T15:06:07+10:00"}'
    )


# The headers


@pytest.mark.parametrize("addon", [ADDON, OTHER, STRANGER])
def test_the_signature_is_over_exactly_these_bytes(till: Till, app: Receiver, addon: Addon) -> None:
    till.of(addon).subscribe(CREATED, app.url)
    till.create(**EVERYTHING)
    [received] = told(till, app, 1)
    assert received.headers["x-kounta-signature"] == addon.signature(received.body)
    assert received.headers["x-kounta-signature"] != addon.signature(json.dumps(received.json).encode())
    assert int(received.headers["content-length"]) == len(received.body)


def test_a_delivery_has_the_subscription_s_headers_and_the_signature(till: Till, app: Receiver) -> None:
    own = {"Authorization": "Basic b3Blbg==", "X-App": "till 4", "X-Empty": ""}
    till.subscribe(CREATED, app.url, headers=own)
    till.subscribe(CREATED, f"{app.url}/bare?a=%2Fb&c=%7Ex")
    till.create()
    received = {each.path: each.headers for each in told(till, app, 2)}
    with_own, bare = received["/hook"], received["/hook/bare?a=%2Fb&c=%7Ex"]
    assert {name: with_own[name.lower()] for name in own} == own
    assert with_own["content-type"] == bare["content-type"] == "application/json"
    assert with_own["x-kounta-signature"] == bare["x-kounta-signature"]
    assert [name for name in bare if name == "authorization" or name.startswith("x-")] == ["x-kounta-signature"]


# Who is told


def test_every_topic_is_told_of_its_own_events(till: Till, app: Receiver) -> None:
    for topic in (CREATED, UPDATED, DELETED, "orders/completed"):
        till.subscribe(topic, f"{app.url}/{topic}")
    id = till.create()["id"]
    till.done("PUT", f"customers/{id}", {"phone": "1"})
    remove(till, id)
    assert {(each.path, each.json["phone"]) for each in told(till, app, 3)} == {
        ("/hook/customers/created", None),
        ("/hook/customers/updated", "1"),
        ("/hook/customers/deleted", "1"),
    }


def test_several_subscriptions_to_a_topic_are_each_told_once(till: Till, app: Receiver) -> None:
    for addon in (ADDON, ADDON, OTHER):
        till.of(addon).subscribe(UPDATED, app.url)
    till.change(phone="1")
    said = [(each.json["reference_id"], each.json["phone"]) for each in told(till, app, 3)]
    assert sorted(said) == [("ABC123", "1"), ("ABC123", "1"), ("OTHER-77", "1")]


def test_one_subscription_is_told_in_the_order_of_the_events(till: Till, app: Receiver) -> None:
    till.subscribe(UPDATED, app.url)
    for number in range(20):
        till.change(phone=f"{number}")
    assert [each.json["phone"] for each in told(till, app, 20)] == [f"{number}" for number in range(20)]


def test_each_application_is_told_what_it_calls_a_customer(till: Till, app: Receiver) -> None:
    for addon in (ADDON, OTHER, STRANGER):
        till.of(addon).subscribe(CREATED, f"{app.url}/{addon.client_id}")
    till.create(reference_id="R1")
    calls = {each.path.removeprefix("/hook/"): each.json["reference_id"] for each in told(till, app, 3)}
    assert calls == {ADDON.client_id: "R1", OTHER.client_id: "", STRANGER.client_id: ""}


@pytest.mark.parametrize("reference_id", ["R1", "", None])
def test_what_an_application_calls_a_customer_is_news_to_itself_only(
    till: Till, app: Receiver, reference_id: str | None
) -> None:
    for addon in (ADDON, OTHER, STRANGER):
        till.of(addon).subscribe(UPDATED, f"{app.url}/{addon.client_id}")
    till.subscribe(UPDATED, f"{app.url}/filtered", filter={"attributes": ["name", "email"]})
    till.change(reference_id=reference_id)
    [received] = told(till, app, 1)
    assert (received.path, received.json["reference_id"]) == (f"/hook/{ADDON.client_id}", reference_id or "")


def test_a_subscription_hears_of_what_comes_after_it_only(till: Till, app: Receiver) -> None:
    till.change(phone="1")
    id = till.subscribe(UPDATED, app.url)
    till.change(phone="2")
    till.done("PUT", f"webhooks/{id}", {"address": f"{app.url}/moved", "headers": {"X-New": "yes"}})
    till.change(phone="3")
    seen = [(each.path, each.headers.get("x-new"), each.json["phone"]) for each in told(till, app, 2)]
    assert seen == [("/hook", None, "2"), ("/hook/moved", "yes", "3")]


def test_what_is_told_stands_with_the_control_plane(till: Till, app: Receiver) -> None:
    id = till.subscribe(UPDATED, app.url, headers={"Authorization": "Bearer sesame"})
    till.change(phone="1")
    [received] = told(till, app, 1)
    [shown] = Control(till.client).settled(lambda listed: listed[0]["status"] == "delivered")
    assert (shown["vendor"], shown["subscription"], shown["topic"], shown["url"]) == ("kounta", id, UPDATED, app.url)
    assert (shown["body"], [attempt["status"] for attempt in shown["attempts"]]) == (received.json, [204])
    caused: Any = Control(till.client).ask("GET", f"requests/{shown['request']}")
    assert (caused["operation"], caused["response"]["body"]) == ("update_customer", received.json)
    assert "sesame" not in json.dumps(shown)
