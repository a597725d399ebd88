"""Orders, payments and store credit in the plugin API."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.sandbox import Sandbox
from mockserver.vendors.webcommander.records import Settings
from tests.appclient import AppClient
from tests.vendors.webcommander_plugin import AVA, DIMITRIUS, JOHN, MIA, NOAH, credit, done, get, update


def orders(plugin: AppClient, id: int) -> Any:
    return done(plugin, "GET", "customer-orders", params={"customerId": id})["orders"]


def payments(plugin: AppClient, id: int) -> Any:
    return done(plugin, "GET", "customer-payments", params={"customerId": id})["payments"]


# Orders and payments


def test_orders_are_the_customers_own_in_the_order_of_their_ids(plugin: AppClient) -> None:
    assert [[order["id"] for order in orders(plugin, id)] for id in (AVA, DIMITRIUS, MIA)] == [[1456, 1461], [1446], []]
    assert {order["customerId"] for order in orders(plugin, AVA)} == {AVA}


def test_payments_have_one_list_for_each_order(plugin: AppClient) -> None:
    per_order = payments(plugin, AVA)
    assert [[payment["id"] for payment in each] for each in per_order] == [[1601, 1606], [1611]]
    assert [{payment["order"]["id"] for payment in each} for each in per_order] == [{1456}, {1461}]
    assert payments(plugin, MIA) == []


def test_the_order_of_a_payment_is_the_listed_one_with_ids_for_all_that_belongs_to_it(plugin: AppClient) -> None:
    for order, paid in zip(
        orders(plugin, AVA) + orders(plugin, JOHN), payments(plugin, AVA) + payments(plugin, JOHN), strict=True
    ):
        inside = {key: value for key, value in order.items() if key not in ("created", "updated", "version")}
        for name in ("payments", "shipments", "items"):
            inside[name] = [each["id"] for each in order[name]]
        inside["billing"], inside["shipping"] = order["billing"]["id"], order["shipping"]["id"]
        assert [payment["order"] for payment in paid] == [inside] * len(order["payments"])
        listed = [
            {key: value for key, value in payment.items() if key not in ("created", "updated", "version", "order")}
            for payment in paid
        ]
        assert [{**payment, "order": order["id"]} for payment in listed] == order["payments"]


def test_what_belongs_to_an_order_has_its_id(plugin: AppClient) -> None:
    order = orders(plugin, JOHN)[0]
    parts = [*order["payments"], *order["shipments"], *order["items"]]
    assert (len(parts), {part["order"] for part in parts}) == (4, {1451})
    assert order["shipments"] == [
        {
            "id": 1,
            "order": 1451,
            "status": "delivered",
            "trackInfo": "TRACK000001",
            "created": "2023-04-04T01:30:00",
            "items": [2626, 2631],
        }
    ]
    assert orders(plugin, AVA)[0]["orderComment"] == ["Please ring twice"]


def test_an_order_stays_what_it_was_when_its_customer_is_altered(plugin: AppClient) -> None:
    before = orders(plugin, DIMITRIUS)
    update(plugin, DIMITRIUS, firstName="Dim", city="Perth")
    assert orders(plugin, DIMITRIUS) == before


# Store credit


def adjusted(status: str, exceeds: str, balance: float) -> dict[str, object]:
    return {"status": status, "isMaxCreditExceed": exceeds, "storeCredit": balance}


def limit(sandbox: Sandbox, own: float | None, shops: float | None) -> None:
    """Give John a limit, and the shop one for everybody else."""
    shop = sandbox.subjects["webcommander"]
    with sandbox.ledger.transaction():
        shop.settings_kept.put(Settings(store_credit_limit=shops))
        shop.customers.put(replace(shop.customers.get(JOHN), store_credit_limit=own))


@pytest.mark.parametrize(("up", "down"), [("true", "false"), (True, False), ("true", False)])
def test_credit_goes_up_and_down_and_is_the_customers(plugin: AppClient, up: object, down: object) -> None:
    assert credit(plugin, MIA, up, 50) == adjusted("true", "false", 50)
    assert credit(plugin, MIA, down, 12.5) == adjusted("true", "false", 37.5)
    assert get(plugin, MIA)["storeCredit"] == 37.5
    assert credit(plugin, MIA, down, 37.5) == adjusted("true", "false", 0)
    body = {"email": "MIA.carter@example.com", "add": up, "deltaAmount": 1, "adjustNote": None}
    assert done(plugin, "POST", "update-customer-store-credit", json=body) == adjusted("true", "false", 1)


def test_credit_is_kept_in_cents(plugin: AppClient) -> None:
    assert [credit(plugin, MIA, "true", 0.1)["storeCredit"] for _ in range(3)] == [0.1, 0.2, 0.3]
    assert credit(plugin, MIA, "true", 1.1)["storeCredit"] == 1.4
    assert [credit(plugin, MIA, "false", 0.1)["storeCredit"] for _ in range(3)] == [1.3, 1.2, 1.1]
    assert [credit(plugin, MIA, "true", amount)["storeCredit"] for amount in (0.01, 1e12)] == [1.11, 1e12 + 1.11]


def test_credit_does_not_fall_below_nothing(plugin: AppClient) -> None:
    credit(plugin, MIA, "true", 10)
    before = get(plugin, MIA)
    assert credit(plugin, MIA, "false", 10.01) == adjusted("false", "false", 10)
    assert get(plugin, MIA) == before
    assert credit(plugin, MIA, "false", 10) == adjusted("true", "false", 0)


@pytest.mark.parametrize(
    ("own", "shops", "most"),
    [(100, None, 100), (100, 50, 100), (50, 100, 50), (None, 100, 100), (0, 100, 0), (None, 0, 0), (None, None, 1e12)],
)
def test_credit_does_not_rise_above_the_customers_limit_or_else_the_shops(
    plugin: AppClient, sandbox: Sandbox, own: float | None, shops: float | None, most: float
) -> None:
    limit(sandbox, own, shops)
    if most:
        assert credit(plugin, JOHN, "true", most) == adjusted("true", "false", most)
    above = credit(plugin, JOHN, "true", 0.01)
    assert above == (
        adjusted("true", "false", 1e12 + 0.01) if own is shops is None else adjusted("false", "true", most)
    )
    assert get(plugin, JOHN)["storeCredit"] == above["storeCredit"]


def test_a_fixtures_limit_holds(plugin: AppClient) -> None:
    assert credit(plugin, NOAH, "true", 500.01) == adjusted("false", "true", 0)
    assert credit(plugin, NOAH, "true", 500) == adjusted("true", "false", 500)


def test_less_credit_is_always_allowed_even_above_a_limit(plugin: AppClient, sandbox: Sandbox) -> None:
    credit(plugin, JOHN, "true", 100)
    limit(sandbox, None, 50)
    assert credit(plugin, JOHN, "false", 10) == adjusted("true", "false", 90)


@pytest.mark.parametrize(
    ("add", "text"),
    [
        ("yes", "add must be one of true, false"),
        (1, "add must be a text, true or false"),
        (None, "add must not be null"),
    ],
)
def test_whether_to_add_is_a_truth_value(plugin: AppClient, add: object, text: str) -> None:
    reply = plugin.post("update-customer-store-credit", json={"customerId": MIA, "add": add, "deltaAmount": 1})
    assert (reply.status_code, reply.json()["message"]) == (400, text)


@pytest.mark.parametrize(
    ("amount", "said"), [("5", '"5"'), (True, "true"), ([5], "[5]"), (1e13, "10000000000000.0"), (0.001, "0.001")]
)
def test_an_amount_is_a_number_of_cents(plugin: AppClient, amount: object, said: str) -> None:
    reply = plugin.post("update-customer-store-credit", json={"customerId": MIA, "add": "true", "deltaAmount": amount})
    text = "must be a number above 0 and up to 1000000000000, with at most two decimals"
    assert (reply.status_code, reply.json()["message"]) == (400, f"deltaAmount {said} {text}")
