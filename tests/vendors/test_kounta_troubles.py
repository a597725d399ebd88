"""What can go wrong between the fake of Kounta and an app: on purpose, and because the app is not there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.vendors.kounta_clients import ADDON, OTHER, Control, Till
from tests.vendors.kounta_restaurant import JAMIE
from tests.webhooks.receiver import Received, Receiver, dead_url

UPDATED = "customers/updated"


@pytest.fixture
def control(till: Till) -> Control:
    return Control(till.client)


def verified(received: Received) -> bool:
    return received.headers["x-kounta-signature"] == ADDON.signature(received.body)


def phones(app: Receiver, count: int) -> list[Any]:
    return [received.json["phone"] for received in app.wait(count)]


# On purpose


def test_a_wrong_signature_does_not_verify(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), wrongSignature=True, times=1)
    till.change(phone="1")
    till.change(phone="2")
    wrong, right = app.wait(2)
    assert (wrong.json["phone"], right.json["phone"]) == ("1", "2")
    assert (verified(wrong), verified(right)) == (False, True)
    assert re.fullmatch("[0-9a-f]{64}", wrong.headers["x-kounta-signature"])
    assert wrong.headers["x-kounta-signature"] != OTHER.signature(wrong.body)


def test_a_stale_delivery_tells_how_it_was_before(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), stale=True, times=2)
    before = till.get()
    for phone in ("1", "2", "3"):
        till.change(phone=phone)
    assert phones(app, 3) == [before["phone"], "1", "3"]
    assert app.received[0].json == before
    assert all(verified(received) for received in app.received)
    assert till.get()["phone"] == "3"


def test_what_is_new_or_gone_is_never_stale(till: Till, control: Control, app: Receiver) -> None:
    for topic in ("customers/created", "customers/deleted"):
        control.misbehave(till.subscribe(topic, f"{app.url}/{topic}"), stale=True)
    made = till.create()
    control.ask("DELETE", f"state/kounta/customers/{made['id']}")
    assert [received.json for received in app.wait(2)] == [made, made]


def test_a_duplicate_is_the_same_again(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), duplicate=2, times=1)
    till.change(phone="1")
    till.change(phone="2")
    assert phones(app, 4) == ["1", "1", "1", "2"]
    assert len({(received.body, received.headers["x-kounta-signature"]) for received in app.received}) == 2
    assert all(verified(received) for received in app.received)


def test_what_is_dropped_never_comes(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), drop=True, times=2)
    for phone in ("1", "2", "3"):
        till.change(phone=phone)
    assert phones(app, 1) == ["3"]
    assert [delivery["status"] for delivery in control.deliveries()[:2]] == ["dropped", "dropped"]


def test_a_delay_is_on_the_sandbox_s_clock(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), delayMillis=60_000)
    changed = till.change(phone="1")
    control.advance(60)
    [shown] = control.settled(lambda listed: listed[0]["status"] == "delivered")
    assert (shown["queuedAt"][14:19], shown["attempts"][0]["at"][14:19]) == ("06:07", "07:07")
    assert app.received[0].json == changed  # as it was when it happened


def test_deliveries_may_come_in_another_order(till: Till, control: Control, app: Receiver) -> None:
    control.misbehave(till.subscribe(UPDATED, app.url), reorder=3)
    for phone in ("1", "2", "3"):
        till.change(phone=phone)
    assert phones(app, 3) == ["3", "2", "1"]


def test_one_subscription_s_troubles_are_not_another_s(till: Till, control: Control, app: Receiver) -> None:
    till.subscribe(UPDATED, f"{app.url}/good")
    control.misbehave(till.subscribe(UPDATED, f"{app.url}/bad"), wrongSignature=True, stale=True)
    till.change(phone="1")
    received = {each.path: (verified(each), each.json["phone"]) for each in app.wait(2)}
    assert received == {"/hook/good": (True, "1"), "/hook/bad": (False, "02 8765 4321")}


# Unsubscribed


def test_who_has_unsubscribed_is_told_no_more(till: Till, control: Control, app: Receiver) -> None:
    id = till.subscribe(UPDATED, f"{app.url}/gone")
    till.subscribe(UPDATED, f"{app.url}/stays")
    till.change(phone="1")
    app.wait(2)
    assert till.ask("DELETE", f"webhooks/{id}").status_code == 204
    till.change(phone="2")
    assert [delivery["subscription"] for delivery in control.deliveries()[2:]] == [id + 1]
    assert [each.path for each in app.wait(3)][2] == "/hook/stays"


def test_what_still_waits_when_somebody_unsubscribes_is_not_sent(till: Till, control: Control, app: Receiver) -> None:
    id = till.subscribe(UPDATED, app.url)
    app.hang()
    till.change(phone="1")
    till.change(phone="2")
    app.wait(1)
    assert till.ask("DELETE", f"webhooks/{id}").status_code == 204
    app.go_on()
    control.settled(lambda listed: [each["status"] for each in listed] == ["delivered", "cancelled"])
    assert phones(app, 1) == ["1"]


# Not there


def test_a_dead_app_holds_up_nobody_and_is_given_up_in_the_end(till: Till, control: Control, app: Receiver) -> None:
    till.subscribe(UPDATED, dead_url())
    till.subscribe(UPDATED, app.url)
    for number in range(5):
        till.change(phone=f"{number}")
    assert phones(app, 5) == [f"{number}" for number in range(5)]
    control.settled(lambda listed: listed[-1]["status"] == "delivered")
    for attempts, pause in enumerate((10, 60, 300), 1):
        settled(control, attempts, "waiting")
        control.advance(pause)
    settled(control, 4, "failed")
    assert len(app.received) == 5
    assert till.get(JAMIE)["phone"] == "4"


def settled(control: Control, attempts: int, status: str) -> None:
    """Wait for the first delivery to the first subscription."""

    def is_so(listed: list[Any]) -> bool:
        first = next(each for each in listed if each["subscription"] == 1)
        return (len(first["attempts"]), first["status"]) == (attempts, status)

    control.settled(is_so)


def test_an_app_that_does_not_answer_holds_up_nobody(till: Till, control: Control, app: Receiver) -> None:
    with Receiver() as hung:
        hung.hang()
        till.subscribe(UPDATED, hung.url)
        till.subscribe(UPDATED, app.url)
        for number in range(5):
            till.change(phone=f"{number}")
        assert phones(app, 5) == [f"{number}" for number in range(5)]
        assert phones(hung, 1) == ["0"]
        waiting = [each for each in control.deliveries() if each["subscription"] == 1]
        assert [each["status"] for each in waiting] == ["waiting"] * 5
        hung.go_on()
        assert phones(hung, 5) == [f"{number}" for number in range(5)]


def test_what_an_app_refuses_comes_again_byte_for_byte(till: Till, control: Control, app: Receiver) -> None:
    statuses = iter([500, 302, 429, 204])
    app.answer = lambda _: next(statuses)
    till.subscribe(UPDATED, app.url, headers={"X-App": "till"})
    till.change(phone="1")
    for attempts, pause in enumerate((10, 60, 300), 1):
        settled(control, attempts, "waiting")
        control.advance(pause)
    settled(control, 4, "delivered")
    assert len({(each.body, each.headers["x-kounta-signature"], each.headers["x-app"]) for each in app.wait(4)}) == 1


def test_nothing_leaves_this_machine(till: Till, control: Control) -> None:
    till.subscribe(UPDATED, "https://shop.example/hook")
    till.change(phone="1")
    [shown] = control.settled(lambda listed: listed[0]["status"] != "waiting")
    assert shown["status"] == "refused"
    assert "--webhook-allow shop.example" in shown["attempts"][0]["error"]
