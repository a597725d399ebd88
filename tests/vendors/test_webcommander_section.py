"""What a fixture may say of a shop at WebCommander, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import yaml

from mockserver.fixture import BrokenFixture, Fixture
from mockserver.people import Person
from mockserver.shape import Misshapen
from mockserver.vendors.webcommander import passwords, places, seed
from mockserver.vendors.webcommander.records import Counters
from mockserver.vendors.webcommander.sales import Order
from tests.vendors.webcommander_shop import planted

ANN = Person(
    first_name="Ann",
    last_name="Lee",
    email="ann@example.com",
    street="1 High Street",
    city="Leeds",
    postcode="LS1 1AA",
    password="opensesame",  # noqa: S106  nobody's
    registered=Fixture().until,
)
PEOPLE = {
    "ann": ANN,
    "bob": msgspec.structs.replace(ANN, first_name="Bob", email="bob@example.com"),
    "blank": msgspec.structs.replace(ANN, first_name=" ", email="blank@example.com"),
    "lost": msgspec.structs.replace(ANN, country="XX", email="lost@example.com"),
    "twin": msgspec.structs.replace(ANN, email="ANN@example.com"),
    "silent": msgspec.structs.replace(ANN, email="", password=""),
}
ITEM = "{id: 1, product_id: 1, product_name: Ball, price: 10, tax: 1}"
WHEN = "2020-01-01T00:00:00Z"


def customer(person: str = "ann", id: int = 1, more: str = "") -> str:
    return f"{{person: {person}, id: {id}, display_id: {id}, address_id: {id * 10}, {more}}}"


def customers(*written: str) -> str:
    return f"customers: [{', '.join(written)}]"


def order(more: str = "", id: int = 1, items: str = ITEM, billing: str = "id: 91", shipping: str = "id: 92") -> str:
    return (
        f"{{id: {id}, order_no: {id}, billing: {{{billing}}}, shipping: {{{shipping}}}, items: [{items}],"
        f" created: {WHEN}, {more}}}"
    )


def ordered(*written: str) -> str:
    return customers(customer(more=f"orders: [{', '.join(written)}]"))


def the_order(more: str = "", **said: Any) -> Order:
    shop = planted(yaml.safe_load(ordered(order(more, **said))), named=PEOPLE)
    (only,) = shop.orders
    return only


PLUGIN = "plugins: [{name: a, uuid: 0000-0000-0000-0001, access_token: '00000000000000000000000000000001'}"
CLIENT = "{name: a, client_id: a, client_secret: s, username: u, password: p, access_token: t, refresh_token: r}"
PAID = f"paying_date: {WHEN}, status: success"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour: 1", "vendors.webcommander: unknown key 'colour'; known: plugins, clients, password_hash, "),
        ("first_id: 0", "vendors.webcommander.first_id: Expected `int` >= 1"),
        ("password_hash: {memory_kib: 15, parallelism: 2}", "password_hash: memory_kib: at least 16, which is 8 for each"),
        ("password_hash: {iterations: 0}", "password_hash.iterations: Expected `int` >= 1"),
        ("store_credit_limit: -1", "store_credit_limit: Expected `float` >= 0.0"),
        ("lost_email_customer: 5", "vendors.webcommander.lost_email_customer: no customer has the id 5"),
        ("plugins: [{name: a, uuid: F8A3, access_token: x}]", "vendors.webcommander.plugins[0].uuid: Expected `str` matching"),
        ("plugins: [{name: a, uuid: 0000-0000-0000-0001, access_token: x}]", "plugins[0].access_token: Expected `str` matching"),
        (f"{PLUGIN}, {{name: b, uuid: 0000-0000-0000-0001, access_token: {'0' * 32!r}}}]", "plugins: b: name and uuid must differ from those of a"),
        (f"clients: [{CLIENT}, {CLIENT}]", "clients: a: name and client_id must differ from those of a"),
        (f"clients: [{CLIENT}, {CLIENT.replace('name: a, client_id: a', 'name: b, client_id: b').replace('r}', 'z}')}]", "clients: b: another client has the same token"),
        (f"clients: [{CLIENT}, {CLIENT.replace('name: a, client_id: a', 'name: b, client_id: b').replace('token: t', 'token: z')}]", "clients: b: another client has the same token"),
        (f"clients: [{CLIENT.replace('username: u', 'username: a:b')}]", "clients[0].username: Expected `str` matching"),
        ("shipping_profiles: [{id: 1, name: a}, {id: 1, name: b}]", "shipping_profiles: b: two profiles have the id 1"),
        ("shipping_profiles: [{id: 1, name: a, rules: [{id: 1, name: x}, {id: 1, name: y}]}]", "shipping_profiles: a: rules: two rules have the id 1"),
        ("shipping_profiles: [{id: 1, name: a, created: 2020-01-01T00:00:00}]", "shipping_profiles[0].created: Expected `datetime` with a timezone component"),
        ("webhooks: [{sourceUrl: ftp://x, eventName: customer-create}]", "webhooks[0]: sourceUrl: 'ftp://x' is not an http or https URL"),
        ("webhooks: [{sourceUrl: 'http://[x', eventName: customer-create}]", "webhooks[0]: sourceUrl: 'http://[x' is not an http"),
        ("webhooks: [{sourceUrl: 'http://x', eventName: customer-create, plugin: b}]", "webhooks[0]: plugin: there is none called b; known: "),
        (f"{PLUGIN}]\nwebhooks: [{{sourceUrl: 'http://x', eventName: customer-create, plugin: b}}]", "plugin: there is none called b; known: a"),
        ("webhooks: [{sourceUrl: 'http://x', eventName: customer-paint}]", "webhooks[0].eventName: Invalid enum value 'customer-paint'"),
        (customers(customer("zoe")), "vendors.webcommander.customers: nobody is named zoe; known: ann, bob, blank, lost, twin, silent"),
        (customers(customer("blank")), "customers: blank: first_name: blank has none, without which nobody is a customer"),
        (customers(customer("lost")), "named.lost: country: 'XX' is no two-letter code of ISO 3166-1 such as 'AU'"),
        (customers(customer(), customer("bob")), "customers: bob: two customers have the number 1"),
        (customers(customer(), customer("bob", 2).replace("display_id: 2", "display_id: 1")), "customers: bob: two display ids have the number 1"),
        (customers(customer(), customer("bob", 2).replace("address_id: 20", "address_id: 12")), "customers: bob: two addresses have the number 12"),
        (customers(customer(), customer("twin", 2)), "customers: email 'ann@example.com' belongs to customer 1 already"),
        (customers(customer(more="user_name: x"), customer("bob", 2, "user_name: X")), "customers: user_name 'x' belongs to customer 1 already"),
        (customers(customer(more=f"token: {'a' * 32}"), customer("bob", 2, f"token: {'a' * 32}")), "customers: bob: token: another customer has the same"),
        (customers(customer(more="token: short")), "customers[0].token: Expected `str` matching"),
        (customers(customer(more="parent: 7"), customer("bob", 2)), "customers: ann: parent: no other customer of the section has the id 7; known: 2"),
        (customers(customer(more="parent: 1")), "customers: ann: parent: no other customer of the section has the id 1; known: "),
        (f"shipping_profiles: [{{id: 3, name: a}}]\n{customers(customer(more='shipping_profile: 1'))}", "customers: ann: shipping_profile: there is none with the id 1; known: 3"),
        (f"store_credit_limit: 5\n{customers(customer(more='store_credit: 6'))}", "customers: ann: store_credit: 6.0 is above the limit of 5.0"),
        (customers(customer(more="store_credit: 6, store_credit_limit: 0")), "customers: ann: store_credit: 6.0 is above the limit of 0.0"),
        (customers(customer(more="store_credit: 0.125")), "customers: ann: store_credit: 0.125 has more than two decimals"),
        (customers(customer(more="status: asleep")), "customers[0].status: Invalid enum value 'asleep'"),
        (customers(customer(more="addresses: {country: Atlantis}")), "customers: ann: addresses: country: there is no country 'Atlantis'; known: numbers from 1 to 249, and codes and names of ISO 3166-1"),
        (customers(customer(more="addresses: {state: VIC}")), "customers: ann: addresses: state: the country has no state 'VIC'; known: 1 ENG, 2 NIR, 3 SCT, 4 WLS"),
        (customers(customer(more="addresses: {country: FR, state: 72}")), "customers: ann: addresses: state: the country has no state 72; known: none"),
        (customers(customer(more="addresses: {zip: 1}")), "customers[0].addresses: unknown key 'zip'; known: first_name, "),
        (ordered(order(), order(id=2)), "customers: ann: orders: 2: two addresses have the number 91"),
        (ordered(order(billing="id: 10")), "customers: ann: orders: 1: two addresses have the number 10"),
        (ordered(order(items=f"{ITEM}, {ITEM}")), "orders: 1: two items have the number 1"),
        (ordered(order(items="")), "orders[0].items: Expected `array` of length >= 1"),
        (ordered(order(billing="id: 91, country: Atlantis")), "orders: 1: billing: country: there is no country 'Atlantis'"),
        (ordered(order(items=ITEM.replace("price: 10", "price: 10.005"))), "orders: 1: items: 1: price: 10.005 has more than two decimals"),
        (ordered(order(items=ITEM.replace("tax: 1", "discount: 11"))), "orders: 1: items: 1: discount 11.0 is above the price 10.0"),
        (ordered(order(items=ITEM.replace("price: 10, tax: 1", "price: 0"))), "orders: 1: 0.0 are paid of 0.0; at least a cent is due"),
        (ordered(order(f"payments: [{{id: 1, amount: 11.01, {PAID}}}]")), "orders: 1: 11.01 are paid of 11.0; at least a cent is due, and no more is paid"),
        (ordered(order(f"payments: [{{id: 1, amount: 1, {PAID}}}], is_cancelled: true")), "orders: 1: is_cancelled: nothing of a cancelled order is paid or sent"),
        (ordered(order(f"shipments: [{{id: 1, created: {WHEN}, items: [2]}}]")), "orders: 1: shipments: 1: no item 2 needs a parcel; known: 1"),
    ],
)  # fmt: skip
def test_a_broken_section_is_refused_with_its_place_and_what_is_known(text: str, message: str) -> None:
    with pytest.raises((BrokenFixture, Misshapen), match=re.escape(message)):
        planted(yaml.safe_load(text), named=PEOPLE)


def test_a_shop_with_no_section_has_drawn_people_and_no_credentials() -> None:
    shop = planted({}, 3)
    assert [customer.id for customer in shop.customers] == [1, 2, 3]
    assert (seed.plugin_credentials(shop), seed.v4_credentials(shop)) == ([], [])
    assert (shop.first_plugin, shop.first_client, shop.settings.lost_email_customer) == (None, None, None)
    assert shop.settings_kept.get("only") == shop.settings
    assert planted({}).counters.get("only") == Counters()


def test_a_section_may_register_webhooks() -> None:
    shop = planted(
        yaml.safe_load(
            f"{PLUGIN}]\nwebhooks: [{{sourceUrl: 'http://127.0.0.1:1/x', eventName: customer-create, renderScope: admin}},"
            " {plugin: a, sourceUrl: 'https://x.example.com', eventName: added-to-cart, accessType: webhook}]"
        )
    )
    first, second = shop.webhooks
    assert (first.id, first.plugin, first.source_url) == (1, "", "http://127.0.0.1:1/x")
    assert (first.event_name, first.render_scope, first.access_type) == ("customer-create", "admin", "webhook")
    assert (second.id, second.plugin, second.event_name) == (2, "0000-0000-0000-0001", "added-to-cart")


def test_a_customer_without_email_and_password_has_neither() -> None:
    shop = planted(yaml.safe_load(customers(customer("silent", 4, "status: pending, is_in_trash: true"))), named=PEOPLE)
    only = shop.customers.get(4)
    assert only is not None
    assert (only.email, only.password_hash, only.status, only.is_in_trash) == (None, None, "pending", True)
    assert [address.email for address in only.addresses] == [f"{id}@noemail.loc" for id in (40, 41, 42)]


def test_the_costs_of_hashing_are_the_fixtures() -> None:
    said = f"password_hash: {{iterations: 2, memory_kib: 16, parallelism: 2}}\n{customers(customer(more='password: other'))}"
    only = planted(yaml.safe_load(said), named=PEOPLE).customers.get(1)
    assert only is not None
    assert only.password_hash is not None
    assert "m=16,t=2,p=2" in only.password_hash
    assert passwords.is_right(only.password_hash, "other")


def test_words_of_an_address_may_differ_from_the_persons() -> None:
    words = "addresses: {country: 12, state: vic, line2: Unit 1, city: null}"
    only = planted(yaml.safe_load(customers(customer(more=words))), named=PEOPLE).customers.get(1)
    assert only is not None
    for address in only.addresses:
        assert (address.country, address.state, address.line1, address.line2) == (12, 72, "1 High Street", "Unit 1")
        assert (address.city, address.email) == (None, "ann@example.com")


def test_an_orders_address_is_the_customers_but_for_what_is_said() -> None:
    only = the_order(billing='id: 91, email: ""', shipping="id: 92, country: AU, state: Victoria")
    assert (only.billing.email, only.billing.line1, only.billing.country) == (
        "91@noemail.loc",
        "1 High Street",
        places.find_country("GB"),
    )
    assert (only.shipping.email, only.shipping.country, only.shipping.state) == ("ann@example.com", 12, 72)


@pytest.mark.parametrize(
    ("more", "states"),
    [
        ("", ("pending", "unpaid", "awaiting")),
        ("is_cancelled: true", ("cancelled", "unpaid", "awaiting")),
        (f"payments: [{{id: 1, amount: 5, {PAID}}}]", ("pending", "partially_paid", "awaiting")),
        (f"payments: [{{id: 1, amount: 5, {PAID}}}, {{id: 2, amount: 17, {PAID}}}]", ("pending", "paid", "awaiting")),
        (f"shipments: [{{id: 1, created: {WHEN}, items: [1]}}]", ("pending", "unpaid", "partial")),
        (f"shipments: [{{id: 1, created: {WHEN}, items: [1, 2]}}]", ("pending", "unpaid", "completed")),
        (
            f"payments: [{{id: 1, amount: 22, {PAID}}}], shipments: [{{id: 1, created: {WHEN}, items: [2, 1]}}]",
            ("completed", "paid", "completed"),
        ),
    ],
)
def test_states_follow_from_payments_and_parcels(more: str, states: tuple[str, ...]) -> None:
    items = f"{ITEM}, {ITEM.replace('id: 1, product_id', 'id: 2, product_id')}"
    only = the_order(more, items=items)
    assert (only.order_status, only.payment_status, only.shipping_status) == states
    assert only.actual_tax == 2.0


def test_sums_are_made_in_cents() -> None:
    items = "{id: 1, product_id: 1, product_name: Ball, price: 0.1, tax: 0.01, discount: 0.03, quantity: 3}"
    paid = f"payments: [{{id: 1, amount: 0.57, {PAID}}}]"
    costs = "shipping_cost: 0.2, shipping_tax: 0.02, handling_cost: 0.1, handling_tax: 0.01"
    only = the_order(f"{paid}, {costs}", items=items)
    assert (only.payment_status, only.actual_tax, only.items[0].actual_price) == ("paid", 0.06, 0.08)
