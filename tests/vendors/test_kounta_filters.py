"""Which alterations are told, and which subscriptions to customers/updated their filters let hear of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.vendors.kounta_clients import ADDON, Control, Till, in_process
from tests.vendors.kounta_restaurant import HOME, JAMIE, refused
from tests.webhooks.receiver import Receiver

UPDATED = "customers/updated"
ATTRIBUTES = ["name", "phone", "mobile", "email", "address", "tags", "image", "accepts_marketing"]
UNFILTERED: dict[str, dict[str, Any]] = {"none": {}, "null": {"attributes": None}, "site": {"site_ids": [7]}}
FILTERS: dict[str, dict[str, Any]] = {
    **UNFILTERED,
    **{name: {"attributes": [name]} for name in ATTRIBUTES},
    "several": {"attributes": ["email", "tags"]},
    "all": {"attributes": ATTRIBUTES},
}
JAMIES = {
    "first_name": "Jamie",
    "last_name": "McDonald",
    "email": "jmcdonald@kounta.kom",
    "phone": "02 8765 4321",
    "mobile": "0412345678",
    "primary_address": {
        "address": "12 Example Street",
        "city": "Melbourne",
        "state": "VIC",
        "postal_code": "3000",
        "country": "AU",
    },
    "shipping_address": None,
    "tags": ["Gold Member", "Newsletter"],
    "image": None,
    "accepts_marketing": True,
}


@pytest.fixture
def till(world: World, sandbox: Sandbox) -> Iterator[Till]:
    with in_process(world, sandbox) as client:
        Control(client).freeze()
        yield Till(client)


@pytest.fixture
def filtered(till: Till, app: Receiver) -> Till:
    """With a subscription for each filter, whose address ends in the filter's name."""
    for name, filter in FILTERS.items():
        till.subscribe(UPDATED, f"{app.url}/{name}", filter=filter)
    return till


def who_heard(till: Till, app: Receiver) -> set[str]:
    """The filters whose subscriptions are told, of one event only."""
    queued = [delivery["url"].rpartition("/")[2] for delivery in Control(till.client).deliveries()]
    received = [each.path.rpartition("/")[2] for each in app.wait(len(queued))]
    assert sorted(received) == sorted(queued)
    assert len(queued) == len(set(queued))
    return set(queued)


# Filters

ALTERED: list[tuple[dict[str, Any], set[str]]] = [
    ({"first_name": "Jim"}, {"name"}),
    ({"last_name": "Mc Donald"}, {"name"}),
    ({"last_name": None}, {"name"}),
    ({"first_name": "Ann", "last_name": ""}, {"name"}),
    ({"phone": "1"}, {"phone"}),
    ({"phone": None}, {"phone"}),
    ({"mobile": "0412 345 678"}, {"mobile"}),
    ({"email": "j@x.example"}, {"email"}),
    ({"email": "JMcDonald@kounta.kom"}, {"email"}),
    ({"primary_address": HOME}, {"address"}),
    ({"primary_address": {**JAMIES["primary_address"], "city": "Geelong"}}, {"address"}),  # type: ignore[dict-item]
    ({"primary_address": {"city": "Melbourne"}}, {"address"}),
    ({"primary_address": None}, {"address"}),
    ({"shipping_address": HOME}, {"address"}),
    ({"shipping_address": {}}, {"address"}),
    ({"tags": []}, {"tags"}),
    ({"tags": ["Newsletter", "Gold Member"]}, {"tags"}),
    ({"image": "https://x.example/a.png"}, {"image"}),
    ({"accepts_marketing": False}, {"accepts_marketing"}),
    ({"phone": "1", "email": "j@x.example"}, {"phone", "email"}),
    ({"mobile": None, "reference_id": "R1"}, {"mobile"}),
    ({"first_name": "A", "phone": "1", "mobile": "2", "email": "e@x.example", "primary_address": None, "tags": [],
      "image": "http://x/", "accepts_marketing": False}, set(ATTRIBUTES)),
]  # fmt: skip


@pytest.mark.parametrize(("altered", "attributes"), ALTERED)
def test_a_filter_lets_hear_of_what_it_names(
    filtered: Till, app: Receiver, altered: dict[str, Any], attributes: set[str]
) -> None:
    filtered.change(**altered)
    several = {"several"} if attributes & {"email", "tags"} else set()
    assert who_heard(filtered, app) == {*UNFILTERED, "all", *several, *attributes}


def test_no_filter_lets_hear_of_a_reference_id(filtered: Till, app: Receiver) -> None:
    filtered.change(reference_id="R1")
    assert who_heard(filtered, app) == {*UNFILTERED}


def test_a_filter_counts_as_it_is_when_something_happens(till: Till, app: Receiver) -> None:
    id = till.subscribe(UPDATED, app.url, filter={"attributes": ["email"]})
    till.change(phone="1")
    till.done("PUT", f"webhooks/{id}", {"filter": {"attributes": ["phone"]}})
    till.change(phone="2")
    till.change(email="j@x.example")
    till.done("PUT", f"webhooks/{id}", {"filter": {}})
    till.change(email="k@x.example")
    assert [(each.json["phone"], each.json["email"][0]) for each in app.wait(2)] == [("2", "j"), ("2", "k")]


# A tester's hand


@pytest.mark.parametrize(
    ("altered", "attribute"),
    [({"phone": "1"}, "phone"), ({"first_name": "Jim"}, "name"), ({"shipping_address": {"city": "X"}}, "address")],
)
def test_what_a_tester_alters_is_told_like_anything_else(
    filtered: Till, app: Receiver, altered: dict[str, Any], attribute: str
) -> None:
    Control(filtered.client).ask("PUT", f"state/kounta/customers/{JAMIE}", altered)
    assert who_heard(filtered, app) == {*UNFILTERED, "all", attribute}
    assert {str(each.json) for each in app.received} == {str(filtered.get())}


def test_whom_a_tester_makes_is_told_as_new(till: Till, app: Receiver) -> None:
    for topic in ("customers/created", UPDATED):
        till.subscribe(topic, f"{app.url}/{topic}")
    Control(till.client).ask("PUT", "state/kounta/customers/7", {"first_name": "Ann", "email": "a@x.example"})
    assert who_heard(till, app) == {"created"}
    assert app.received[0].json == till.get(7)


def test_what_a_tester_lets_an_application_call_a_customer_is_told(till: Till, app: Receiver) -> None:
    till.subscribe(UPDATED, app.url)
    Control(till.client).ask("PUT", f"state/kounta/references/{ADDON.client_id}:{JAMIE}", {"value": "R1"})
    [received] = app.wait(1)
    assert received.json["reference_id"] == "R1"


# What is not told

LINES = {"lines": ["12 Example Street"], "city": "Melbourne", "zone": "VIC", "postal_code": "3000", "country": "AU"}
NOTHING: list[dict[str, Any]] = [
    {},
    *({name: value} for name, value in JAMIES.items()),
    JAMIES,
    {"reference_id": "ABC123"},
    {"phone": " 02 8765 4321 ", "mobile": "\t0412345678"},
    {"image": " "},
    {"primary_address": LINES},
    {"id": 1, "created_at": "2001-01-01T00:00:00+10:00", "unknown": 7},
]


@pytest.mark.parametrize("same", NOTHING)
def test_an_update_that_alters_nothing_is_not_told(filtered: Till, same: dict[str, Any]) -> None:
    before = filtered.get()
    assert filtered.change(**same) == before
    assert Control(filtered.client).deliveries() == []


def test_neither_is_a_customer_sent_back_as_she_came(filtered: Till) -> None:
    filtered.change(**filtered.get())
    Control(filtered.client).ask("PUT", f"state/kounta/customers/{JAMIE}", {"phone": "02 8765 4321"})
    assert Control(filtered.client).deliveries() == []


NO_CHANGES: list[dict[str, Any]] = [
    {"first_name": ""},
    {"phone": "1", "email": "no address"},
    {"phone": "1", "primary_address": {"country": "Australia"}},
    {"phone": "1", "tags": "Gold Member"},
    {"email": None, "phone": None, "mobile": None},
    {"reference_id": "R1", "accepts_marketing": "yes"},
]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("wrong", NO_CHANGES)
def test_what_is_refused_is_not_told(
    filtered: Till, app: Receiver, state: Callable[[], Any], method: str, wrong: dict[str, Any]
) -> None:
    filtered.subscribe("customers/created", app.url)
    before = state()
    path, body = (f"customers/{JAMIE}", wrong) if method == "PUT" else ("customers", {**JAMIES, **wrong})
    assert refused(filtered.ask(method, path, body))[0] == 400
    assert state() == before
    assert Control(filtered.client).deliveries() == []


def test_reading_and_rewinding_tell_nobody(filtered: Till, app: Receiver) -> None:
    control = Control(filtered.client)
    filtered.change(phone="1")
    app.wait(len(UNFILTERED) + 2)
    control.settled(lambda listed: {each["status"] for each in listed} == {"delivered"})
    changed = control.ask("GET", "requests?vendor=kounta")["requests"][0]["id"]
    filtered.done("GET", "customers")
    control.ask("POST", f"requests/{changed}/rewind")
    assert filtered.get()["phone"] == JAMIES["phone"]
    assert control.deliveries() == []
