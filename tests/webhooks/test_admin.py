"""The operations that a tester has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.bell import signature
from tests.webhooks.receiver import Receiver
from tests.webhooks.tower import Tower

RULE = "webhooks/subscriptions/bell/1/misbehaviour"


@pytest.fixture
def told(tower: Tower, app: Receiver) -> Tower:
    """Four deliveries: two to each subscription, of which the second misbehaves."""
    tower.subscribe(f"{app.url}?pin=4711", "things/created")
    tower.misbehave(tower.subscribe(app.url), drop=True)
    tower.create("a", "b")
    tower.settle()
    return tower


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [4, 3, 2, 1]),
        ("vendor=bell", [4, 3, 2, 1]),
        ("subscription=1", [3, 1]),
        ("subscription=99", []),
        ("topic=things/created", [3, 1]),
        ("topic=things/removed", []),
        ("status=dropped", [4, 2]),
        ("status=waiting", []),
        ("since=2", [4, 3]),
        ("since=4", []),
        ("limit=3", [4, 3, 2]),
        ("status=delivered&limit=1", [3]),
        ("since=1&subscription=1", [3]),
    ],
)
def test_deliveries_are_listed_newest_first_and_filtered(told: Tower, query: str, ids: list[int]) -> None:
    listed = told.admin("GET", f"webhooks?{query}")
    assert ([delivery["id"] for delivery in listed["deliveries"]], listed["dropped"]) == (ids, 0)


def test_subscriptions_are_listed_with_what_waits(told: Tower, app: Receiver) -> None:
    app.answer = lambda _: 500
    told.create("c", "d", "e")
    told.settle()
    listed = told.admin("GET", "webhooks/subscriptions")["subscriptions"]
    assert listed == [
        {
            "vendor": "bell",
            "id": 1,
            "topic": "things/created",
            "url": f"{app.url}?pin=[redacted]",
            "waiting": 3,
            "misbehaviour": None,
        },
        {"vendor": "bell", "id": 2, "topic": "", "url": app.url, "waiting": 0, "misbehaviour": {"drop": True}},
    ]


def test_a_rule_is_answered_with_the_subscription(told: Tower) -> None:
    rule = {
        "duplicate": 2,
        "delayMillis": 5,
        "drop": True,
        "reorder": 3,
        "wrongSignature": True,
        "stale": True,
        "times": 4,
    }
    shown = told.admin("PUT", RULE, rule)
    assert shown == told.admin("GET", "webhooks/subscriptions")["subscriptions"][0]
    assert shown["misbehaviour"] == rule
    assert told.admin("PUT", RULE, {"duplicate": 2.0, "drop": False})["misbehaviour"] == {"duplicate": 2}
    assert told.admin("DELETE", RULE) == {"status": "ok"}
    assert told.admin("DELETE", RULE) == {"status": "ok"}
    assert told.admin("GET", "webhooks/subscriptions")["subscriptions"][0]["misbehaviour"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "row", "known"),
    [
        ("GET", "webhooks/99", None, "webhook-unknown", None),
        ("POST", "webhooks/99/redeliver", None, "webhook-unknown", None),
        ("GET", "webhooks?vendor=bells", None, "vendor-unknown", ["bell"]),
        ("GET", "webhooks?vendor=admin", None, "vendor-unknown", ["bell"]),
        ("GET", "webhooks?status=lost", None, "parameter-invalid", None),
        ("GET", "webhooks?subscription=first", None, "parameter-invalid", None),
        ("GET", "webhooks?limit=0", None, "parameter-invalid", None),
        (
            "GET",
            "webhooks?state=waiting",
            None,
            "parameter-unknown",
            ["vendor", "subscription", "topic", "status", "limit", "since"],
        ),
        ("GET", "webhooks/first", None, "parameter-invalid", None),
        ("PUT", RULE.replace("bell", "bells"), {"drop": True}, "vendor-unknown", ["bell"]),
        ("DELETE", RULE.replace("bell", "bells"), None, "vendor-unknown", ["bell"]),
        ("PUT", RULE.replace("1", "3"), {"drop": True}, "subscription-unknown", ["1", "2"]),
        ("DELETE", RULE.replace("1", "3"), None, "subscription-unknown", ["1", "2"]),
        ("PUT", RULE, {}, "misbehaviour-empty", ["duplicate", "delayMillis", "drop", "reorder", "wrongSignature", "stale"]),
        ("PUT", RULE, {"times": 3, "stale": False}, "misbehaviour-empty", None),
        ("PUT", RULE, {"delay": 3}, "key-unknown", None),
        ("PUT", RULE, {"duplicate": 0}, "body-invalid", None),
        ("PUT", RULE, {"duplicate": 1.5}, "body-invalid", None),
        ("PUT", RULE, {"reorder": 1}, "body-invalid", None),
        ("PUT", RULE, {"drop": 1}, "body-invalid", None),
        ("PUT", RULE, {"drop": True, "times": 0}, "body-invalid", None),
        ("PUT", RULE, {"delayMillis": 10**12}, "body-invalid", None),
        ("PUT", RULE, [], "body-invalid", None),
        ("PUT", "state/sandbox/deliveries/1", {"status": "waiting"}, "collection-guarded", None),
        ("DELETE", "state/sandbox/misbehaviours/bell:2", None, "collection-guarded", None),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_changes_nothing(  # noqa: PLR0913, PLR0917
    told: Tower, method: str, path: str, body: Any, row: str, known: list[str] | None
) -> None:
    before = [told.deliveries(), told.admin("GET", "webhooks/subscriptions"), told.admin("GET", "state")]
    problem = told.refused(method, path, body)
    assert problem["row"] == row
    if known is not None:
        assert problem["known"] == known
        assert ", ".join(known) in problem["detail"]
    assert [told.deliveries(), told.admin("GET", "webhooks/subscriptions"), told.admin("GET", "state")] == before


def test_what_a_tester_changes_here_stands_in_the_journal(told: Tower) -> None:
    told.admin("DELETE", RULE.replace("1", "2"))
    shown = told.admin("GET", f"requests/{told.newest('admin')}")
    [change] = shown["changes"]
    assert (shown["operation"], change["collection"], change["key"], change["after"]) == (
        "delete_misbehaviour",
        "sandbox.misbehaviours",
        "bell:2",
        None,
    )


# Delivering again


def test_a_copy_goes_where_the_subscription_is_now(tower: Tower, app: Receiver) -> None:
    with Receiver() as before:
        tower.subscribe(before.url, "things/created", sound="dong", headers={"X-App": "old"})
        tower.create("a")
        tower.settle()
    tower.admin("PUT", "state/bell/listeners/1", {"url": app.url, "headers": {"X-App": "new"}, "sound": "ding"})
    tower.advance(5)
    again = tower.admin("POST", "webhooks/1/redeliver")
    assert (again["id"], again["redeliveryOf"], again["status"], again["attempts"]) == (2, 1, "waiting", [])
    assert (again["queuedAt"], again["url"]) == ("2026-01-01T12:00:05.000Z", app.url)
    first, second = tower.settle()
    assert (first["status"], second["status"]) == ("delivered", "delivered")
    assert app.received[0].body == before.received[0].body
    assert app.received[0].headers["x-app"] == "new"
    assert app.received[0].headers["x-bell-signature"] == signature("ding", app.received[0].body)


@pytest.mark.parametrize(
    "rule", [{"drop": True}, {"wrongSignature": True}, {"duplicate": 1}, {"delayMillis": 1000}, {"reorder": 2}]
)
def test_a_copy_does_not_misbehave(tower: Tower, app: Receiver, rule: dict[str, Any]) -> None:
    tower.misbehave(tower.subscribe(app.url), **rule)
    tower.create("a")
    tower.advance(1)
    tower.settle()
    app.received.clear()
    tower.admin("POST", "webhooks/1/redeliver")
    tower.settle()
    [received] = app.received
    assert received.headers["x-bell-signature"] == signature("ding", received.body)
    assert tower.deliveries()[-1]["misbehaviour"] == []


def test_a_copy_queues_behind_what_waits(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    tower.create("a")
    tower.settle()
    app.answer = lambda _: 500
    tower.create("b", "c")
    tower.settle()
    tower.admin("POST", "webhooks/1/redeliver")
    app.answer = lambda _: 204
    tower.advance(10)
    tower.settle()
    assert app.names == ["a", "b", "b", "c", "a"]


def test_what_waits_may_be_delivered_again_too(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: 500
    tower.subscribe(app.url)
    tower.create("a")
    tower.settle()
    tower.admin("POST", "webhooks/1/redeliver")
    assert tower.statuses() == ["waiting", "waiting"]


def test_nothing_is_delivered_again_to_a_subscription_that_is_gone(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    tower.create("a")
    tower.settle()
    tower.admin("DELETE", "state/bell/listeners/1")
    problem = tower.refused("POST", "webhooks/1/redeliver")
    assert (problem["row"], problem["status"]) == ("subscription-gone", 409)
    assert "bell has no subscription 1 any more" in problem["detail"]
    assert tower.statuses() == ["delivered"]


def test_no_secret_of_a_copy_is_in_the_journal(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url, headers={"Authorization": "Bearer sesame"})
    tower.create("a")
    tower.settle()
    tower.admin("POST", "webhooks/1/redeliver")
    text = tower._client.get(f"__admin/requests/{tower.newest('admin')}").text
    assert "redeliver" in text
    assert not [secret for secret in ("sesame", "4711") if secret in text]
