"""The shop that a fixture makes: as printed where the page prints it, and consistent everywhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from mockserver.fixture import read_fixture
from mockserver.vendors.webcommander import passwords, places, seed
from mockserver.vendors.webcommander.records import Counters, Shop
from mockserver.vendors.webcommander.sales import Address
from tests.vendors.webcommander_shop import FIXTURE, SECTION, dump, planted


@pytest.fixture(scope="module", params=["documented", "default", "500 people", "nothing said"])
def shop(request: pytest.FixtureRequest) -> Shop:
    if request.param == "documented":
        return planted(read_fixture("documented").vendors["webcommander"])
    if request.param == "nothing said":
        return planted({}, 60)
    return planted(SECTION, 50 if request.param == "default" else 500)


@pytest.fixture(scope="module")
def default() -> Shop:
    return planted(SECTION, 50)


# What the page prints.


def shown_address(address: Address | None) -> dict[str, Any]:
    assert address is not None
    return {
        "lastName": address.last_name,
        "country": address.country,
        "city": address.city,
        "companyName": address.company_name,
        "mobile": address.mobile,
        "firstName": address.first_name,
        "phone": address.phone,
        "addressLine1": address.line1,
        "addressLine2": address.line2,
        "postCode": address.post_code,
        "id": address.id,
        "state": address.state,
        "fax": address.fax,
        "email": address.email,
    }


def test_the_printed_customer_is_as_printed_but_for_the_lost_emails(default: Shop) -> None:
    john = default.customers.get(310)
    assert john is not None
    assert [address.type for address in john.addresses] == ["PRIMARY", "BILLING", "SHIPPING"]
    assert (john.active_billing, john.active_shipping) == (4191, 4192)
    for id, address in zip((4190, 4191, 4192), john.addresses, strict=True):
        assert shown_address(address) == json.loads(
            '{"lastName": "Doe", "country": 236, "city": "Dhaka", "companyName": null, "mobile": null,'
            ' "firstName": "John", "phone": null, "addressLine1": "Dhaka", "addressLine2": "", "postCode": null,'
            f' "id": {id}, "state": 10, "fax": null, "email": "john.islam@example.com"}}'
        )
    printed = {
        "id": 310, "display_id": 102, "first_name": "John", "last_name": "Islam", "status": "active", "sex": "Male",
        "is_company": False, "company_name": None, "user_name": "", "abn": None, "abn_branch": None, "source": None,
        "parent": None, "shipping_profile": None, "referral_code": None, "used_referral_code": None,
        "count_referral_code_used": 0, "store_credit": 0.0, "how_do_you_know": None, "default_tax_code": None,
        "base_url": "/", "background_image": None, "is_in_trash": False, "email": "john.islam@example.com",
    }  # fmt: skip
    assert {name: getattr(john, name) for name in printed} == printed
    assert passwords.is_right(john.password_hash, "123213")
    token = default.customer_tokens.get("0e35317d7dfcabad2a4b9e06d8df168c")
    assert token is not None
    assert (token.customer, token.expires) == (310, None)


def test_the_printed_order_is_as_printed(default: Shop) -> None:
    order = default.orders.get(1446)
    assert order is not None
    printed = {
        "orderComment": (), "lastReminderTime": "2023-03-21T11:09:24", "totalSurcharge": 0.0, "orderStatus": "pending",
        "orderChannel": None, "shippingStatus": "awaiting", "shippingTax": 0.0, "discountOnOrder": 0.0,
        "additionalInfo": None, "customerId": 296, "handlingCost": 0.0, "discountOnShippingTax": 0.0, "id": 1446,
        "paymentStatus": "paid", "handlingTax": 0.0, "orderNo": 457, "shippingCost": 0.0,
        "discountOnOrderTotalTax": 0.0, "created": "2023-03-21T11:09:24", "ipAddress": "", "deliveryType": "shipping",
        "shipments": (), "customerName": "Dimitrius Sideris", "reminderCount": 0, "createdBy": None, "actualTax": 10.0,
        "discountOnShipping": 0.0, "updated": "2023-03-21T11:11:31",
    }  # fmt: skip
    ours = {"orderComment": "comments", "customerId": "customer"}
    assert {name: getattr(order, ours.get(name, snake(name))) for name in printed} == printed
    for id, address in ((3866, order.billing), (3871, order.shipping)):
        assert shown_address(address) == {
            "lastName": "Tom", "country": 12, "city": "Wheelers Hill", "companyName": None, "mobile": "123456789",
            "firstName": "Jarry", "phone": "12345", "addressLine1": "Address Line 1", "addressLine2": None,
            "postCode": "3150", "id": id, "state": 72, "fax": "fax", "email": f"{id}@noemail.loc",
        }  # fmt: skip


def test_the_lines_and_payments_of_the_printed_order_are_as_printed(default: Shop) -> None:
    order = default.orders.get(1446)
    assert order is not None
    for item, (id, product, variation, name, size, price, tax, actual) in zip(
        order.items,
        [
            (2611, 38, 305, "ON FIELD SHORTS - AWAY", "Size: M - Adult Medium", 40.91, 4.09, 45.0),
            (2616, 32, 308, "ON FIELD SHORTS - HOME", "Size: M - Adult Medium", 40.91, 4.09, 45.0),
            (2621, 101, 487, "ON FIELD SOCKS - TRADITIONAL LENGTH", "Size: 8 - 11", 18.18, 1.82, 20.0),
        ],
        strict=True,
    ):
        assert msgspec.structs.asdict(item) == {
            "id": id, "product_id": product, "product_variation_id": variation, "product_name": name,
            "variations": (size,), "product_type": "product", "quantity": 1, "price": price, "tax": tax,
            "discount": 0.0, "actual_price": actual, "actual_discount": 0.0, "tax_discount": 0.0, "is_taxable": True,
            "is_shippable": True, "shipping_class_id": None, "shipping_class_name": None, "store_id": None,
        }  # fmt: skip
    assert [msgspec.structs.asdict(payment) for payment in order.payments] == [
        {
            "id": 1586, "amount": 110.0, "surcharge": 0.0, "status": "awaiting", "paying_date": "2023-03-21T11:09:25",
            "gateway_code": "CRD", "gateway_name": None, "gateway_response": None, "track_info": None,
            "payer_info": None, "refund_id": None, "created": "2023-03-21T11:09:25", "updated": "2023-03-21T11:09:25",
        },
        {
            "id": 1591, "amount": 110.0, "surcharge": 0.0, "status": "success", "paying_date": "2023-03-21T11:10:47",
            "gateway_code": "CRD", "gateway_name": "securePay", "gateway_response": "Code 08 - Approved",
            "track_info": "684084", "payer_info": "Customer#92", "refund_id": "ca644b7c-00457-559",
            "created": "2023-03-21T11:10:47", "updated": "2023-03-21T11:10:47",
        },
    ]  # fmt: skip


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


@pytest.mark.parametrize("id", [310, 123, 229956, 667785555, 296, 2299563456])
def test_every_customer_whom_the_page_names_is_there(default: Shop, id: int) -> None:
    customer = default.customers.get(id)
    assert customer is not None
    assert customer.status == "active"
    assert not customer.is_in_trash
    assert customer.password_hash is not None
    assert bool(default.orders.find("customer", id)) == (id not in (123, 229956))


def test_the_first_credentials_are_the_printed_ones(default: Shop) -> None:
    first, second = seed.plugin_credentials(default)
    assert first.headers == {"uuid": "F8A3-A88E-C6EF-B1CB", "accessToken": "11b4ec017714ef095b8e115545467fcb"}
    assert second.headers["uuid"] != first.headers["uuid"]
    assert seed.v4_credentials(default)[0].headers == {"Authorization": "Bearer 6d6f636b7365727665722d77632d6174"}
    client = default.first_client
    assert client is not None
    assert passwords.is_right(client.password_hash, "mockserver-admin")


def test_no_plain_password_is_kept(default: Shop) -> None:
    kept = dump(default).decode()
    for plain in ("secret-", "123213", "mockserver-admin", "mockserver-296"):
        assert plain not in kept


def test_the_printed_shop_has_a_shipping_profile_with_two_rules(default: Shop) -> None:
    (profile,) = default.shipping_profiles
    assert len(profile.rules) == 2
    users = [customer.id for customer in default.customers if customer.shipping_profile == profile.id]
    assert users == [123, 5010, 5020, 5030, 5040, 5050]


# What holds for every shop.


def cents(amount: float) -> int:
    whole = round(amount * 100)
    assert amount == whole / 100
    return whole


def test_every_line_of_every_order_adds_up(shop: Shop) -> None:
    for order in shop.orders:
        for item in order.items:
            assert cents(item.price) + cents(item.tax) - cents(item.discount) == cents(item.actual_price) > 0
        taxes = sum(item.quantity * cents(item.tax) for item in order.items)
        assert cents(order.actual_tax) == taxes + cents(order.shipping_tax) + cents(order.handling_tax)


def test_what_is_paid_is_what_the_state_of_payment_says(shop: Shop) -> None:
    for order in shop.orders:
        goods = sum(item.quantity * cents(item.actual_price) for item in order.items)
        sending = (order.shipping_cost, order.shipping_tax, order.handling_cost, order.handling_tax)
        due = goods + sum(map(cents, sending))
        paid = sum(cents(payment.amount) for payment in order.payments if payment.status == "success")
        expected = "paid" if paid == due else "partially_paid" if 0 < paid < due else "unpaid" if not paid else "wrong"
        assert order.payment_status == expected, order


def test_what_is_sent_is_what_the_states_say(shop: Shop) -> None:
    for order in shop.orders:
        shippable = {item.id for item in order.items if item.is_shippable}
        sent = [id for shipment in order.shipments for id in shipment.items]
        assert shippable >= set(sent)
        assert len(sent) == len(set(sent))
        assert order.shipping_status == (
            "awaiting" if not sent else "completed" if shippable == set(sent) else "partial"
        ), order
        done = (order.payment_status, order.shipping_status) == ("paid", "completed")
        assert (order.order_status == "completed") == done
        if order.order_status == "cancelled":
            assert (order.payment_status, order.shipping_status) == ("unpaid", "awaiting")


def test_no_two_things_share_a_number_and_new_ones_come_after_all(shop: Shop) -> None:
    customers, orders = list(shop.customers), list(shop.orders)
    addresses = [address.id for customer in customers for address in customer.addresses]
    addresses += [address.id for order in orders for address in (order.billing, order.shipping)]
    displays = [customer.display_id for customer in customers]
    for numbers in (
        addresses,
        displays,
        [order.order_no for order in orders],
        [item.id for order in orders for item in order.items],
        [payment.id for order in orders for payment in order.payments],
        [shipment.id for order in orders for shipment in order.shipments],
    ):
        assert len(set(numbers)) == len(numbers)
    assert shop.counters.get("only") == Counters(address=max(addresses), display=max(displays))
    assert shop.customers.last_key == max(customer.id for customer in customers)


def test_everything_happens_after_a_customer_came_and_before_the_fixtures_moment(shop: Shop) -> None:
    until = FIXTURE.until.isoformat()[:19]
    for order in shop.orders:
        customer = shop.customers.get(order.customer)
        assert customer is not None
        times = [order.created, *(payment.created for payment in order.payments), order.updated]
        assert times == sorted(times)
        assert customer.created_at[:19] <= order.created == order.last_reminder_time
        assert all(order.created <= shipment.created <= order.updated < until for shipment in order.shipments)
        assert order.updated < until


def test_an_order_is_a_customers_own(shop: Shop) -> None:
    for order in shop.orders:
        customer = shop.customers.get(order.customer)
        assert customer is not None
        assert order.customer_name == f"{customer.first_name} {customer.last_name}"
        assert (order.billing.type, order.shipping.type) == ("BILLING", "SHIPPING")
        assert order.billing.id not in [address.id for address in customer.addresses]


def test_customers_have_three_addresses_in_places_that_are_known(shop: Shop) -> None:
    for customer in shop.customers:
        first = customer.addresses[0].id
        kinds = [(address.id - first, address.type) for address in customer.addresses]
        assert kinds == [(0, "PRIMARY"), (1, "BILLING"), (2, "SHIPPING")]
        assert (customer.active_billing, customer.active_shipping) == (first + 1, first + 2)
        for address in customer.addresses:
            assert address.email == customer.email
            assert places.settle(address.country, address.state) == (address.country, address.state)
            assert address.country is not None


def test_what_an_empty_email_names_is_a_customer(shop: Shop) -> None:
    lost = shop.settings.lost_email_customer
    assert lost is None or lost in shop.customers


# Drawn people.


def test_orders_and_states_of_drawn_customers_are_spread() -> None:
    shop = planted({}, 500)
    assert [len(shop.orders.find("customer", id)) for id in range(1, 19)] == [0, 0, 1, 0, 0, 1, 0, 0, 2] * 2
    assert [customer.id for customer in shop.customers if customer.status == "inactive"] == [*range(7, 501, 7)]
    assert [customer.id for customer in shop.customers.find("trash", True)] == [*range(23, 501, 23)]  # noqa: FBT003
    states = {(order.order_status, order.payment_status, order.shipping_status) for order in shop.orders}
    assert states == {
        ("completed", "paid", "completed"),
        ("pending", "paid", "awaiting"),
        ("pending", "paid", "partial"),
        ("pending", "partially_paid", "awaiting"),
        ("pending", "unpaid", "awaiting"),
        ("cancelled", "unpaid", "awaiting"),
    }
    assert {len(order.payments) for order in shop.orders} == {1, 2}
    assert {item.is_shippable for order in shop.orders for item in order.items} == {True, False}


def test_drawn_customers_have_their_own_passwords_and_states_where_these_are_known() -> None:
    shop = planted({}, 16)
    for number, customer in enumerate(shop.customers, 1):
        assert passwords.is_right(customer.password_hash, f"secret-{number}")
    states = {address.country: address.state for customer in shop.customers for address in customer.addresses}
    assert states[places.find_country("AU")] is not None
    assert states[places.find_country("JP")] is None


def test_drawn_numbers_leave_out_those_that_are_said() -> None:
    shop = planted(
        {
            "first_id": 6,
            "first_display_id": 6,
            "first_address_id": 20,
            "customers": [{"person": "mia-carter", "id": 8, "display_id": 7, "address_id": 24}],
        },
        3,
    )
    kept = {customer.id: (customer.display_id, customer.addresses[0].id) for customer in shop.customers}
    assert kept == {6: (6, 20), 7: (8, 27), 8: (7, 24), 9: (9, 30)}
    assert [(order.id, order.billing.id, order.shipping.id) for order in shop.orders] == [(1, 33, 34)]


def test_another_seed_draws_as_many_of_everything() -> None:
    section = SECTION
    one, other = planted(section, 90), planted(section, 90, number=2)
    assert dump(one) != dump(other)
    assert len(one.orders) == len(other.orders)
    assert one.counters.get("only") == other.counters.get("only")
    assert one.orders.get(1446) == other.orders.get(1446)


def test_one_seed_makes_the_same_shop_in_every_process() -> None:
    program = (
        "import hashlib; from tests.vendors.test_webcommander_seed import *;"
        "print(hashlib.sha256(dump(planted(SECTION, 200))).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": number},
        ).stdout.strip()
        for number in ("1", "2")
    }
    assert said == {hashlib.sha256(dump(planted(SECTION, 200))).hexdigest()}


def test_every_number_of_a_person_is_kept_for_fiction() -> None:
    for customer in planted(SECTION).customers:
        for number in (customer.addresses[0].phone, customer.addresses[0].mobile):
            assert number is None or re.match(r"\+61 (2|3) 5550 0|\+61 491 570 ", number)
