"""Several webhooks at once, and what can go wrong between the fake of WebCommander and an app."""

from __future__ import annotations

from typing import Any

from tests.vendors.kounta_clients import Control
from tests.vendors.webcommander_both import JOHN, OTHER_UUID, PLUGIN, Both, done
from tests.webhooks.receiver import Received, Receiver, dead_url

UPDATE = "customer-update"
UUID = PLUGIN["uuid"]


def subscribe(both: Both, id: int, url: str, plugin: str = "", event: str = UPDATE) -> None:
    sent = {"sourceUrl": url, "eventName": event, "renderScope": "", "accessType": "webhook", "plugin": plugin}
    both.tester("PUT", f"state/webcommander/webhooks/{id}", sent)


def misbehave(both: Both, id: int = 1, **rule: Any) -> None:
    both.tester("PUT", f"webhooks/subscriptions/webcommander/{id}/misbehaviour", rule)


def rename(both: Both, *names: str) -> None:
    """In turn by one generation and by the other."""
    for at, name in enumerate(names):
        if at % 2:
            done(both.v4("PUT", f"admin/customers/{JOHN}", {"customer": {"last_name": name}}))
        else:
            done(both.plugin("POST", "customer-update", {"customerId": JOHN, "lastName": name}))


def name(received: Received) -> Any:
    return received.json["hook_Data"]["lastName"]


def names(app: Receiver, count: int) -> list[Any]:
    return [name(received) for received in app.wait(count)]


# Several


def test_several_webhooks_are_each_told_once(both: Both, app: Receiver) -> None:
    for id, (path, plugin) in enumerate((("a", ""), ("a", UUID), ("b", OTHER_UUID)), 1):
        subscribe(both, id, f"{app.url}/{path}", plugin)
    subscribe(both, 4, f"{app.url}/never", event="added-to-cart")
    rename(both, "1", "2")
    paths = sorted((received.path, name(received)) for received in app.wait(6))
    one, other = f"/hook/a?uuid={UUID}", f"/hook/b?uuid={OTHER_UUID}"
    assert paths == [(one, "1"), (one, "1"), (one, "2"), (one, "2"), (other, "1"), (other, "2")]
    assert len(Control(both.client).deliveries()) == 6


def test_one_webhook_is_told_in_the_order_of_the_events(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    expected = [f"{number}" for number in range(20)]
    rename(both, *expected)
    assert names(app, 20) == expected


def test_a_slow_app_is_told_in_order_and_holds_up_nobody(both: Both, app: Receiver) -> None:
    with Receiver() as hung:
        hung.hang()
        subscribe(both, 1, hung.url)
        subscribe(both, 2, app.url)
        rename(both, "1", "2", "3")
        assert names(app, 3) == ["1", "2", "3"]
        assert names(hung, 1) == ["1"]
        hung.go_on()
        assert names(hung, 3) == ["1", "2", "3"]


def test_who_has_unsubscribed_is_told_no_more(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    rename(both, "1")
    app.wait(1)
    both.tester("DELETE", "state/webcommander/webhooks/1")
    rename(both, "2")
    assert len(Control(both.client).deliveries()) == 1


# On purpose


def test_there_is_no_signature_to_be_wrong(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    path = "__admin/webhooks/subscriptions/webcommander/1/misbehaviour"
    for rule in ({"wrongSignature": True}, {"wrongSignature": True, "drop": True}):
        reply = both.client.put(path, json=rule)
        assert (reply.status_code, reply.json()["row"]) == (400, "nothing-signed")
        known = ("duplicate", "delayMillis", "drop", "reorder", "stale")
        assert [way for way in known if way not in reply.json()["detail"]] == []
    misbehave(both, wrongSignature=False, duplicate=1)
    rename(both, "1")
    assert names(app, 2) == ["1", "1"]


def test_a_duplicate_is_the_same_again(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    misbehave(both, duplicate=2, times=1)
    rename(both, "1", "2")
    assert names(app, 4) == ["1", "1", "1", "2"]
    assert len({received.body for received in app.received}) == 2


def test_what_is_dropped_never_comes(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    misbehave(both, drop=True, times=2)
    rename(both, "1", "2", "3")
    assert names(app, 1) == ["3"]
    assert [delivery["status"] for delivery in Control(both.client).deliveries()[:2]] == ["dropped", "dropped"]


def test_a_stale_delivery_tells_how_it_was_before(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url)
    misbehave(both, stale=True, times=2)
    before = both.shown(JOHN).plugin
    rename(both, "1", "2", "3")
    assert names(app, 3) == [before["lastName"], "1", "3"]
    assert app.received[0].json["hook_Data"] == before


def test_a_stale_deletion_tells_of_a_customer_who_is_not_in_the_trash_yet(both: Both, app: Receiver) -> None:
    subscribe(both, 1, app.url, event="customer-delete")
    subscribe(both, 2, f"{app.url}/stale", event="customer-delete")
    misbehave(both, 2, stale=True)
    both.trash("v4", JOHN)
    said = {received.path.split("?")[0]: received.json["hook_Data"]["status"] for received in app.wait(2)}
    assert said == {"/hook": "T", "/hook/stale": "A"}


# Not there


def test_what_an_app_refuses_comes_again_byte_for_byte(both: Both, app: Receiver) -> None:
    statuses = iter([500, 302, 429, 204])
    app.answer = lambda _: next(statuses)
    subscribe(both, 1, app.url)
    rename(both, "1")
    for attempts, pause in enumerate((10, 60, 300), 1):
        settled(both, attempts, "waiting")
        both.advance(pause)
    settled(both, 4, "delivered")
    assert len({(received.path, received.body) for received in app.wait(4)}) == 1


def test_a_dead_app_is_given_up_in_the_end(both: Both, app: Receiver) -> None:
    subscribe(both, 1, dead_url())
    subscribe(both, 2, app.url)
    rename(both, "1")
    Control(both.client).settled(lambda listed: listed[-1]["status"] == "delivered")
    for attempts, pause in enumerate((10, 60, 300), 1):
        settled(both, attempts, "waiting")
        both.advance(pause)
    settled(both, 4, "failed")
    assert names(app, 1) == ["1"]


def settled(both: Both, attempts: int, status: str) -> None:
    """Wait for the first delivery to the first webhook."""

    def is_so(listed: list[Any]) -> bool:
        first = next(each for each in listed if each["subscription"] == 1)
        return (len(first["attempts"]), first["status"]) == (attempts, status)

    Control(both.client).settled(is_so)
