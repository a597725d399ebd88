"""Subscriptions: what an application may ask to be told, and that nobody else sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.vendors.kounta_clients import ADDON, OTHER, STRANGER, SUBSCRIBED, Addon, Control, Till, in_process
from tests.vendors.kounta_restaurant import NOW_THERE, bearer, findings, refused

State = dict[str, Any]
CREATED, UPDATED, DELETED = "customers/created", "customers/updated", "customers/deleted"
TOPICS = [CREATED, UPDATED, DELETED, "orders/completed"]
HERE = SUBSCRIBED["address"]
ATTRIBUTES = ["name", "phone", "mobile", "email", "address", "tags", "image", "accepts_marketing"]


@pytest.fixture
def till(world: World, sandbox: Sandbox) -> Iterator[Till]:
    with in_process(world, sandbox) as client:
        Control(client).freeze()
        yield Till(client)


# From the first to the last


def test_a_webhook_from_the_first_to_the_last(till: Till) -> None:
    made = till.ask("POST", "webhooks", SUBSCRIBED)
    shown = made.json()
    assert (made.status_code, shown) == (
        201,
        {"id": 1, **SUBSCRIBED, "format": "json", "created_at": NOW_THERE, "updated_at": NOW_THERE},
    )
    assert made.headers["location"] == str(till.client.base_url) + "v1/companies/5678/webhooks/1.json"
    assert till.client.get(made.headers["location"], headers=ADDON.basic).json() == shown
    assert till.done("GET", "webhooks") == [shown]
    Control(till.client).advance(60)
    altered = till.done("PUT", "webhooks/1", {"address": "https://localhost/new"})
    assert altered == {**shown, "address": "https://localhost/new", "updated_at": "2026-03-04T15:07:07+10:00"}
    assert till.done("GET", "webhooks/1") == altered
    gone = till.ask("DELETE", "webhooks/1")
    assert (gone.status_code, gone.content) == (204, b"")
    assert refused(till.ask("GET", "webhooks/1")) == (404, "not_found", "Webhook 1 Not Found")
    assert refused(till.ask("DELETE", "webhooks/1"))[:2] == (404, "not_found")
    assert till.done("GET", "webhooks") == []


def test_only_a_topic_and_an_address_are_needed(till: Till) -> None:
    for id, topic in enumerate(TOPICS, 1):
        assert till.subscribe(topic, HERE) == id
    times = {"created_at": NOW_THERE, "updated_at": NOW_THERE}
    assert till.done("GET", "webhooks") == [
        {"id": id, "topic": topic, "address": HERE, "format": "json", "headers": {}, "filter": {}, **times}
        for id, topic in enumerate(TOPICS, 1)
    ]


def test_the_same_may_be_asked_for_twice(till: Till) -> None:
    assert [till.subscribe(CREATED, HERE), till.subscribe(CREATED, HERE)] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"topic": CREATED, "filter": {}},
        {"address": "https://[::1]:8443/x?y=z#f"},
        {"format": "json"},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {}},
        {"filter": {"attributes": ["tags", "name"]}},
        {"filter": {"site_ids": [7]}},
        {"filter": {}},
    ],
)
def test_an_update_sets_what_it_names_and_leaves_the_rest(till: Till, change: dict[str, Any]) -> None:
    before = till.done("POST", "webhooks", SUBSCRIBED)
    Control(till.client).advance(1)
    assert till.done("PUT", "webhooks/1", change) == {
        **before,
        **change,
        "updated_at": NOW_THERE.replace(":07+", ":08+"),
    }


# What is taken


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (None, {}),
        ({}, {}),
        ({"site_ids": None}, {}),
        ({"site_ids": []}, {}),
        ({"site_ids": [789, 3242]}, {"site_ids": [789, 3242]}),
        ({"site_ids": [789.0]}, {"site_ids": [789]}),
        ({"attributes": None}, {}),
        ({"attributes": []}, {}),
        ({"attributes": ATTRIBUTES}, {"attributes": ATTRIBUTES}),
        ({"attributes": ["email"], "site_ids": None}, {"attributes": ["email"]}),
        ({"attributes": ["email"], "site_ids": [1]}, {"attributes": ["email"], "site_ids": [1]}),
    ],
)
def test_filters_are_taken_in_every_form_that_clients_have(till: Till, method: str, sent: Any, shown: Any) -> None:
    assert put(till, method, {"filter": sent})["filter"] == shown


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic abc="},
        {"authorization": "x"},
        {"X-App": ""},
        {"x-a": "b", "X-B": "C d\te", "X-Koun": "ta", "X-A_b.c": "~"},
    ],
)
def test_headers_of_an_application_s_own_are_taken(till: Till, method: str, headers: dict[str, str]) -> None:
    assert put(till, method, {"headers": headers})["headers"] == headers
    assert put(till, "PUT", {"headers": None})["headers"] == {}


def put(till: Till, method: str, body: dict[str, Any]) -> Any:
    """Make webhook 1 so, at once or afterwards."""
    if method == "POST":
        return till.done("POST", "webhooks", {**SUBSCRIBED, **body})
    if not till.done("GET", "webhooks"):
        till.subscribe(**SUBSCRIBED)
    return till.done("PUT", "webhooks/1", body)


def test_what_counts_for_nothing_is_a_finding(till: Till, sandbox: Sandbox) -> None:
    extra = {"id": 99, "created_at": "2001-01-01T00:00:00+10:00", "active": True}
    assert till.done("POST", "webhooks", {**SUBSCRIBED, **extra}) == {
        **till.done("GET", "webhooks/1"),
        "id": 1,
        "created_at": NOW_THERE,
    }
    till.done("PUT", "webhooks/1", extra)
    assert findings(sandbox) == [("ignored-field", "the vendor ignores id, created_at, active")]
    till.done("PUT", "webhooks/1", {"topic": "orders/completed", "filter": {}})
    assert [id for id, _ in findings(sandbox)] == ["topic-never-fires"]


# Who sees it


@pytest.mark.parametrize("other", [OTHER, STRANGER])
def test_an_application_sees_and_alters_its_own_webhooks_only(
    till: Till, state: Callable[[], State], other: Addon
) -> None:
    till.done("POST", "webhooks", SUBSCRIBED)
    stranger, before = till.of(other), state()
    assert stranger.done("GET", "webhooks") == []
    for method, body in (("GET", None), ("PUT", {"address": "http://evil.example/"}), ("DELETE", None)):
        assert refused(stranger.ask(method, "webhooks/1", body)) == (404, "not_found", "Webhook 1 Not Found")
    assert state() == before
    assert stranger.subscribe(CREATED, HERE) == 2
    assert [webhook["id"] for webhook in stranger.done("GET", "webhooks")] == [2]
    assert [webhook["id"] for webhook in till.done("GET", "webhooks")] == [1]


def test_a_token_and_a_secret_are_the_same_application(till: Till) -> None:
    till.subscribe(CREATED, HERE)
    for access_token, ids in ((ADDON.access_token, [1]), (OTHER.access_token, [])):
        reply = till.client.get("v1/companies/5678/webhooks.json", headers=bearer(access_token))
        assert [webhook["id"] for webhook in reply.json()] == ids


@pytest.mark.parametrize("path", ["webhooks.json", "webhooks/1.json"])
def test_another_company_has_none(till: Till, path: str) -> None:
    till.subscribe(CREATED, HERE)
    reply = till.client.get(f"v1/companies/5679/{path}", headers=ADDON.basic)
    assert refused(reply) == (404, "not_found", "Company 5679 Not Found")


def test_a_credential_among_the_headers_is_not_in_the_journal(till: Till) -> None:
    till.done("POST", "webhooks", {**SUBSCRIBED, "headers": {"Authorization": "Bearer sesame"}})
    till.done("PUT", "webhooks/1", {"headers": {"authorization": "sesame"}})
    till.done("GET", "webhooks")
    assert not [exchange for exchange in Control(till.client).journal() if "sesame" in exchange]
