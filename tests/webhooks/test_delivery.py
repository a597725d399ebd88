"""What an app receives, and what a tester sees of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.bell import signature
from tests.webhooks.receiver import Answer, Receiver, dead_url
from tests.webhooks.tower import NOON, NOON_SECONDS, Tower


def test_a_change_is_told_with_exact_bytes_headers_and_signature(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url, "things/created", sound="dong", headers={"X-App": "mine"})
    [id] = tower.create("Glöckchen")
    [received] = app.wait(1)
    told = {"id": id, "name": "Glöckchen", "pin": "4711", "topic": "things/created", "at": NOON_SECONDS}
    assert received.path == "/hook"
    assert received.body == json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    assert {name: received.headers[name] for name in ("content-type", "x-app", "x-bell-signature")} == {
        "content-type": "application/json",
        "x-app": "mine",
        "x-bell-signature": signature("dong", received.body),
    }
    assert received.headers["user-agent"].startswith("mockserver/")
    assert received.headers.keys() - {"host", "content-length"} == {
        "content-type", "x-app", "x-bell-signature", "user-agent"
    }  # fmt: skip


def test_a_delivery_is_shown_with_its_attempts_and_without_secrets(tower: Tower, app: Receiver) -> None:
    headers = {"Authorization": "Bearer sesame", "X-Bell-Key": "sesame", "X-App": "mine"}
    tower.subscribe(f"{app.url}?pin=4711&page=2", "things/created", headers=headers)
    [id] = tower.create("a")
    [shown] = tower.settle()
    [attempt] = shown.pop("attempts")
    assert shown == {
        "id": 1,
        "request": tower.newest(),
        "vendor": "bell",
        "subscription": 1,
        "topic": "things/created",
        "url": f"{app.url}?pin=[redacted]&page=2",
        "headers": {
            "content-type": "application/json",
            "authorization": "Bearer [redacted]",
            "x-bell-key": "[redacted]",
            "x-app": "mine",
            "x-bell-signature": app.received[0].headers["x-bell-signature"],
        },
        "body": {"id": id, "name": "a", "pin": "[redacted]", "topic": "things/created", "at": NOON_SECONDS},
        "bodyKind": "json",
        "status": "delivered",
        "queuedAt": NOON,
        "dueAt": NOON,
        "misbehaviour": [],
        "redeliveryOf": None,
    }
    assert attempt.pop("took") > 0
    assert attempt == {"at": NOON, "status": 204, "error": ""}
    assert tower.admin("GET", "webhooks/1") == {**shown, "attempts": tower.deliveries()[0]["attempts"]}
    assert app.received[0].headers["authorization"] == "Bearer sesame"


def test_a_subscription_may_name_another_type_of_text(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url, headers={"content-type": "application/vnd.bell+json"})
    tower.create("a")
    [shown] = tower.settle()
    for headers in (app.received[0].headers, shown["headers"]):
        assert headers["content-type"] == "application/vnd.bell+json"


def test_topics_and_events_lead_to_subscriptions(tower: Tower, app: Receiver) -> None:
    for topic in ("things/created", "things/updated", "things/removed", "things/updated"):
        tower.subscribe(app.url, topic)
    [id] = tower.create("a")
    tower.rename(id, "b")
    tower.remove(id)
    tower.settle()
    told = sorted((received.json["topic"], received.json["name"]) for received in app.received)
    assert told == [("things/created", "a"), ("things/removed", "b"), ("things/updated", "b"), ("things/updated", "b")]


def test_a_refused_request_and_one_that_changes_nothing_tell_nobody(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    assert tower._client.put("bell/v1/things/99", json={"name": "a"}).status_code == 404
    tower.admin("GET", "state")
    assert tower.settle() == []


def test_a_tester_s_edits_are_told(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    tower.admin("PUT", "state/bell/things/7", {"name": "a"})
    tower.admin("PUT", "state/bell/things/7", {"name": "b"})
    tower.admin("DELETE", "state/bell/things/7")
    shown = tower.settle()
    assert app.names == ["a", "b", "b"]
    assert [delivery["request"] for delivery in shown] == [tower.newest("admin") - ago for ago in (2, 1, 0)]


def test_deliveries_are_no_part_of_an_exchange_s_changes(tower: Tower, app: Receiver) -> None:
    tower.subscribe(app.url)
    tower.create("a")
    tower.settle()
    changes = tower.admin("GET", f"requests/{tower.newest()}")["changes"]
    assert [change["collection"] for change in changes] == ["bell.things"]


@pytest.mark.parametrize(
    "target", ["/", "/a%2Fb/%c3%a9/", "/hook?a=%2F&b=1+2%20&c=a:b@c", "/a//b/./../c", "/a b", "/é?ü=ö"]
)
def test_an_address_is_used_as_it_stands(tower: Tower, app: Receiver, target: str) -> None:
    tower.subscribe(app.url.removesuffix("/hook") + target)
    tower.create("a")
    [shown] = tower.settle()
    if " " in target:
        assert (shown["status"], shown["attempts"][0]["status"]) == ("waiting", 400)
    else:
        assert app.received[0].path == target.encode().decode("latin-1")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_success(tower: Tower, app: Receiver, status: int) -> None:
    app.answer = lambda _: status
    tower.subscribe(app.url)
    tower.create("a")
    assert [delivery["status"] for delivery in tower.settle()] == ["delivered"]


def test_a_redirect_is_not_followed(tower: Tower, app: Receiver) -> None:
    with Receiver() as elsewhere:
        app.answer = lambda _: Answer(307, {"Location": elsewhere.url})
        tower.subscribe(app.url)
        tower.create("a")
        [shown] = tower.settle()
    assert (shown["status"], elsewhere.received) == ("waiting", [])
    assert shown["attempts"][0]["error"] == "answered 307, and redirects are not followed"


@pytest.mark.parametrize("size", [0, 100, 60_000, 5_000_000])
def test_what_an_app_says_beside_its_status_does_not_matter(tower: Tower, app: Receiver, size: int) -> None:
    app.answer = lambda _: Answer(200, {"Set-Cookie": "a=b"}, b"x" * size, pause=0.05)
    tower.subscribe(app.url.replace("127.0.0.1", "localhost"))
    tower.create("a", "b")
    assert [delivery["status"] for delivery in tower.settle()] == ["delivered"] * 2
    assert "cookie" not in app.received[1].headers
    assert app.connections == (1 if size < 65_000 else 2)


def test_nothing_that_the_app_answers_is_taken_apart(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: Answer(200, {"Content-Encoding": "gzip"}, b"no gzip")
    tower.subscribe(app.url)
    tower.create("a")
    assert [delivery["status"] for delivery in tower.settle()] == ["delivered"]


def test_an_answer_that_breaks_off_is_a_failed_attempt(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: Answer(200, {"Content-Length": "100", "Connection": "close"}, b"x")
    tower.subscribe(app.url)
    tower.create("a")
    [shown] = tower.settle()
    assert (shown["status"], shown["attempts"][0]["status"]) == ("waiting", None)
    assert "not completed" in shown["attempts"][0]["error"]


def test_an_app_may_close_its_connections(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: Answer(204, {"Connection": "close"})
    tower.subscribe(app.url)
    tower.create(*"abc")
    tower.settle()
    assert (app.names, app.connections, tower.statuses()) == (["a", "b", "c"], 3, ["delivered"] * 3)


# Targets


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://shop.example/hook", "--webhook-allow shop.example"),
        ("https://SHOP.example:8443/hook", "--webhook-allow shop.example"),
        ("http://10.0.0.1/", "--webhook-allow 10.0.0.1"),
        ("http://[fe80::1]/", "--webhook-allow fe80::1"),
        ("http://0.0.0.0/", "--webhook-allow 0.0.0.0"),
        ("http://127.1/", "--webhook-allow 127.1"),
        ("http://2130706433/", "--webhook-allow 2130706433"),
        ("http://localhost.shop.example/", "--webhook-allow localhost.shop.example"),
        ("http://127.0.0.1.shop.example/", "--webhook-allow 127.0.0.1.shop.example"),
        ("http://127.0.0.1@shop.example/", "--webhook-allow shop.example"),
        ("ftp://127.0.0.1/", "begins with http:// or https://"),
        ("127.0.0.1/", "begins with http:// or https://"),
        ("http:///hook", "begins with http:// or https://"),
        ("http://127.0.0.1:99999/", "is no address: Port out of range"),
        ("http://[127.0.0.1/", "is no address: Invalid IPv6 URL"),
        ("", "begins with http:// or https://"),
    ],
)
def test_what_is_not_this_machine_is_refused(
    tower: Tower, monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("a name was resolved"))
    tower.subscribe(url)
    tower.create("a")
    [shown] = tower.settle()
    assert shown["status"] == "refused"
    assert reason in shown["attempts"][0]["error"]
    assert shown["attempts"][0]["status"] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "shop.localhost", "user:word@127.0.0.1"])
def test_loopback_needs_no_name_server(tower: Tower, app: Receiver, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("a name was resolved"))
    tower.subscribe(app.url.replace("127.0.0.1", host))
    tower.create("a")
    assert [delivery["status"] for delivery in tower.settle()] == ["delivered"]


def test_a_host_may_be_allowed(make: Callable[..., Any], app: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = []

    def resolve(host: str, port: int, *_: Any) -> list[Any]:
        resolved.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    with Tower(make(webhook_allow=frozenset({"shop.example"}))) as tower:
        tower.freeze()
        for host in ("shop.example", "SHOP.example", "other.example"):
            tower.subscribe(app.url.replace("127.0.0.1", host))
        tower.create("a")
        assert [delivery["status"] for delivery in tower.settle()] == ["delivered", "delivered", "refused"]
    assert {host.lower() for host in resolved} == {"shop.example"}


def test_other_subscriptions_and_later_deliveries_go_on_after_a_refusal(tower: Tower, app: Receiver) -> None:
    id = tower.subscribe("http://shop.example/")
    tower.create("a")
    tower.settle()
    tower.admin("PUT", f"state/bell/listeners/{id}", {"url": app.url})
    tower.create("b")
    tower.settle()
    assert (tower.statuses(), app.names) == (["refused", "delivered"], ["b"])


# Order


def test_a_subscription_is_told_in_order_whatever_fails(tower: Tower, app: Receiver) -> None:
    failing = {"b", "d"}
    app.answer = lambda received: 500 if received.json["name"] in failing else 204
    tower.subscribe(app.url)
    tower.create(*"abcde")
    tower.settle()
    assert (app.names, tower.statuses()) == (["a", "b"], ["delivered", *["waiting"] * 4])
    failing.clear()
    tower.advance(10)
    tower.settle()
    assert app.names == ["a", "b", "b", "c", "d", "e"]
    assert tower.statuses() == ["delivered"] * 5


def test_a_dead_target_holds_up_neither_another_one_nor_the_api(tower: Tower, app: Receiver) -> None:
    with Receiver() as hanging:
        hanging.hang()
        tower.subscribe(dead_url())
        tower.subscribe(hanging.url)
        tower.subscribe(app.url)
        tower.create(*"abc")
        app.wait(3)
        assert app.names == ["a", "b", "c"]
        assert tower.statuses("&subscription=2") == ["waiting"] * 3
        hanging.go_on()
        tower.settle()
    assert hanging.names == ["a", "b", "c"]
    [first, *others] = tower.deliveries("&subscription=1")
    assert (first["status"], len(first["attempts"])) == ("waiting", 1)
    assert "Cannot connect" in first["attempts"][0]["error"]
    assert all(not other["attempts"] for other in others)


def test_sandboxes_do_not_tell_each_other_s_apps(tower: Tower, app: Receiver) -> None:
    with Receiver() as other_app, Tower(tower.world) as other:
        other.freeze()
        tower.subscribe(app.url)
        other.subscribe(other_app.url)
        tower.create("a")
        other.create("b")
        tower.settle()
        other.settle()
        assert (app.names, other_app.names) == (["a"], ["b"])


def test_a_subscription_that_is_gone_is_told_nothing_more(tower: Tower, app: Receiver) -> None:
    app.answer = lambda _: 500
    id = tower.subscribe(app.url)
    tower.create("a", "b")
    tower.settle()
    tower.admin("DELETE", f"state/bell/listeners/{id}")
    tower.advance(10)
    shown = tower.settle()
    assert [delivery["status"] for delivery in shown] == ["cancelled", "cancelled"]
    assert [len(delivery["attempts"]) for delivery in shown] == [2, 1]
    assert shown[1]["attempts"][0]["error"] == "the subscription is gone"
    assert app.names == ["a"]


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b"])
def test_a_header_that_cannot_be_sent_is_a_failed_attempt(tower: Tower, app: Receiver, value: str) -> None:
    tower.subscribe(app.url, headers={"X-App": value})
    tower.create("a")
    [shown] = tower.settle()
    assert (shown["status"], app.received) == ("waiting", [])
    assert "header" in shown["attempts"][0]["error"]


# Bugs of a vendor


def test_a_text_that_cannot_be_written_is_a_failed_delivery(
    tower: Tower, app: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    tower.subscribe(app.url)
    tower.create("a", "cracked", "b")
    shown = tower.settle()
    assert [delivery["status"] for delivery in shown] == ["delivered", "failed", "delivered"]
    assert shown[1]["attempts"][0]["error"] == "a bug of the fake: ValueError: the bell is cracked"
    assert (shown[1]["bodyKind"], app.names) == ("empty", ["a", "b"])
    assert "webhook 1 of bell: a bug of the fake" in caplog.text


def test_events_that_cannot_be_found_are_logged(tower: Tower, app: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    tower.subscribe(app.url)
    tower.create("broken events", "a")
    tower.settle()
    assert app.names == ["a"]
    assert f"request {tower.newest() - 1} to bell: a bug of the fake" in caplog.text


def test_a_bug_while_sending_is_a_failed_attempt(
    tower: Tower, app: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object, url: str) -> str:
        raise RuntimeError(f"no way to {url}")

    tower.subscribe(app.url)
    tower.create("a")
    tower.settle()
    with monkeypatch.context() as patched:
        patched.setattr("mockserver.webhooks.sender.Sender.refusal", broken)
        tower.create("b")
        shown = tower.settle()
    assert shown[1]["attempts"][0]["error"] == f"a bug of the fake: RuntimeError: no way to {app.url}"
    assert "webhook 2 of bell: a bug of the fake" in caplog.text
    tower.advance(10)
    tower.settle()
    assert app.names == ["a", "b"]


# A burst


def test_a_burst_arrives_whole_once_and_in_order(world: Any, app: Receiver) -> None:
    names = [str(number) for number in range(1100)]  # more than the journal keeps
    with Tower(world) as tower:
        tower.subscribe(app.url)
        tower.create(*names)
        app.wait(len(names))
        assert app.names == names
        assert app.connections == 1
