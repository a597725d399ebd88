"""What a sandbox told to apps, through the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import Sandbox, VerificationError
from tests.client.till import Till
from tests.webhooks.receiver import DEADLINE, Receiver


@pytest.fixture
def app() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def webhook(till: Till, app: Receiver) -> int:
    """Who is told of every new customer."""
    return till.subscribe("customers/created", app.url)


def test_a_delivery_is_waited_for_shown_and_sent_again(
    sandbox: Sandbox, till: Till, app: Receiver, webhook: int
) -> None:
    till.enrol("Ada")
    (delivery,) = sandbox.webhooks.wait(status="delivered", timeout=DEADLINE)
    assert (delivery.vendor, delivery.subscription, delivery.topic) == ("kounta", webhook, "customers/created")
    assert delivery.body["first_name"] == "Ada"
    assert [attempt.status for attempt in delivery.attempts] == [204]
    assert sandbox.webhooks.get(delivery.id) == delivery
    again = sandbox.webhooks.redeliver(delivery.id)
    assert again.redelivery_of == delivery.id
    assert len(app.wait(2)) == 2
    assert [each.id for each in sandbox.webhooks.list(since=delivery.id)] == [again.id]


def test_waiting_for_a_delivery_in_vain_says_what_there_is(sandbox: Sandbox, till: Till, webhook: int) -> None:
    assert webhook
    sandbox.clock.freeze()
    till.enrol("Ada")
    with pytest.raises(VerificationError, match=r"(?s)not 1; all there are:.*customers/created to http") as caught:
        sandbox.webhooks.wait(status="failed", timeout=0.01)
    assert "status failed" in str(caught.value)


def test_deliveries_go_wrong_and_right_again(sandbox: Sandbox, till: Till, app: Receiver, webhook: int) -> None:
    told = sandbox.webhooks.misbehave("kounta", webhook, drop=True)
    assert told.misbehaviour == {"drop": True}
    till.enrol("Ada")
    assert sandbox.webhooks.wait(status="dropped", timeout=DEADLINE)
    assert sandbox.webhooks.misbehave("kounta", webhook, delay=60, wrong_signature=True, times=1).misbehaviour == {
        "delayMillis": 60_000,
        "wrongSignature": True,
        "times": 1,
    }
    sandbox.webhooks.behave("kounta", webhook)
    (subscription,) = sandbox.webhooks.subscriptions()
    assert (subscription.id, subscription.topic, subscription.misbehaviour) == (webhook, "customers/created", None)
    till.enrol("Grace")
    assert [received.json["first_name"] for received in app.wait(1)] == ["Grace"]
