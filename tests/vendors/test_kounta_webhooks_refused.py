"""Subscriptions that are refused, new or altered: with which words, and that nothing comes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.vendors.kounta_clients import SUBSCRIBED, Till, in_process
from tests.vendors.kounta_restaurant import refused

State = dict[str, Any]
CREATED, UPDATED, DELETED = "customers/created", "customers/updated", "customers/deleted"

TOPIC = "topic must be customers/created, customers/updated, customers/deleted or orders/completed"
ADDRESS = "address must be an absolute http or https URL"
HEADER = "is not allowed; headers are Authorization and those that begin with X-, but not with X-Kounta"
FILTER = "is no filter, or not for this topic"
NO_ADDRESSES = [
    "",
    "/kounta",
    "127.0.0.1:1/",
    "ftp://x.example/",
    "http://",
    "http:///x",
    "http://x:0/",
    "http://x:99999/",
]
NO_ADDRESSES += ["http://[x/", "http://a b/", "http://x/\r\n", " http://x/", "http://é.example/"]
NO_HEADERS = [
    "Content-Type",
    "Host",
    "Cookie",
    "",
    "X",
    "X-",
    "AX-B",
    "X-A B",
    "X-A:",
    "X-A\r\nX-B",
    "X-é",
    "Authorization ",
]
NO_HEADERS += ["X-Kounta", "x-kounta-signature", "X-KountaX"]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"topic": "customers/changed"}, TOPIC),
    ({"topic": "Customers/Updated"}, TOPIC),
    ({"topic": ""}, TOPIC),
    ({"topic": None}, "topic is of the wrong type"),
    *(({"address": text}, ADDRESS) for text in NO_ADDRESSES),
    ({"address": 7}, "address is of the wrong type"),
    ({"format": "xml"}, "format must be json"),
    ({"format": "JSON"}, "format must be json"),
    ({"format": None}, "format is of the wrong type"),
    *(({"headers": {name: "x"}}, f"{name} {HEADER}") for name in NO_HEADERS),
    ({"headers": {"X-App": "till", "Host": "x"}}, f"Host {HEADER}"),
    ({"headers": {"Invalid-Expired": "x"}}, f"unusable-lapsed {HEADER}"),
    *(({"headers": {"X-A": text}}, "headers.X-A is malformed") for text in ("a\r\nX-B: c", "é", "\x00", "\x7f")),
    *(({"headers": {"X-A": other}}, "headers.X-A must be a text") for other in (["a"], None, 1)),
    ({"headers": ["X-A: b"]}, "headers must be an object or null"),
    ({"filter": {"attributes": ["reference_id"]}}, f"reference_id {FILTER}"),
    ({"filter": {"attributes": ["email", "first_name"]}}, f"first_name {FILTER}"),
    ({"filter": {"attributes": ["Email"]}}, f"Email {FILTER}"),
    ({"filter": {"attributes": [None]}}, "filter.attributes[0] is of the wrong type"),
    ({"filter": {"attributes": "email"}}, "filter.attributes must be a list or null"),
    ({"filter": {"sites": [1]}}, f"sites {FILTER}"),
    ({"filter": {"site_ids": None, "attribute": None}}, f"attribute {FILTER}"),
    ({"filter": {"site_ids": ["1"]}}, "filter.site_ids[0] must be an integer"),
    ({"filter": {"site_ids": [0]}}, "filter.site_ids[0] must be at least 1"),
    ({"filter": {"site_ids": 1}}, "filter.site_ids must be a list or null"),
    ({"filter": ["email"]}, "filter must be an object or null"),
    *(({"topic": topic}, f"attributes {FILTER}") for topic in (CREATED, DELETED, "orders/completed")),
]


@pytest.fixture
def till(world: World, sandbox: Sandbox) -> Iterator[Till]:
    with in_process(world, sandbox) as client:
        yield Till(client)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(("wrong", "text"), REFUSED)
def test_what_is_wrong_is_refused_and_changes_nothing(
    till: Till, state: Callable[[], State], method: str, wrong: dict[str, Any], text: str
) -> None:
    till.done("POST", "webhooks", SUBSCRIBED)
    before = state()
    body = {**SUBSCRIBED, **wrong} if method == "POST" else wrong
    status, word, said = refused(till.ask(method, "webhooks" if method == "POST" else "webhooks/1", body))
    assert (status, word) == (400, "bad_request")
    assert text in said
    assert state() == before


@pytest.mark.parametrize("missing", ["topic", "address"])
def test_a_new_webhook_needs_a_topic_and_an_address(till: Till, missing: str) -> None:
    body = {name: value for name, value in SUBSCRIBED.items() if name != missing}
    assert refused(till.ask("POST", "webhooks", body)) == (400, "bad_request", f"{missing} is required")


def test_a_filter_that_no_topic_fits_can_be_replaced_together_with_it(till: Till) -> None:
    till.subscribe(CREATED, SUBSCRIBED["address"])
    assert refused(till.ask("PUT", "webhooks/1", {"filter": {"attributes": ["email"]}}))[0] == 400
    both = {"topic": UPDATED, "filter": {"attributes": ["email"]}}
    assert till.done("PUT", "webhooks/1", both)["topic"] == UPDATED
    assert till.done("PUT", "webhooks/1", {"topic": DELETED, "filter": {}})["topic"] == DELETED
