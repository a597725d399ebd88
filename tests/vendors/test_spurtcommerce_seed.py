"""The marketplace that a fixture makes: with all that the vendor's page names, and consistent everywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import Any

import bcrypt
import msgspec
import pytest

from mockserver.fixture import BrokenFixture, read_fixture
from mockserver.people import Cast
from mockserver.shape import Misshapen, shape
from mockserver.state.transaction import Ledger
from mockserver.vendors.spurtcommerce import seed
from mockserver.vendors.spurtcommerce.records import Market
from mockserver.vendors.spurtcommerce.section import Section

LOCALES = ("en_GB", "en_AU", "en_US", "it_IT")
FIXTURE = read_fixture("default")
SECTION: dict[str, Any] = FIXTURE.vendors["spurtcommerce"]
UNTIL = FIXTURE.until.strftime("%Y-%m-%d %H:%M:%S")
CREATED = "2019-01-21T10:38:14Z"
HASH = "$2b$04$" + "a" * 53


def planted(written: Any, people: int = 0, number: int = 1) -> Market:
    """A marketplace of a section as it stands in a fixture, with so many drawn people beside the named ones."""
    ledger = Ledger()
    market = Market(ledger, "spurtcommerce")
    cast = Cast(number, people, LOCALES, FIXTURE.until, FIXTURE.named)
    with ledger.transaction():
        seed.seed(market, shape(written, Section, ("vendors", "spurtcommerce")), cast)
    return market


def dump(market: Market) -> bytes:
    """All that a marketplace keeps."""
    return msgspec.json.encode({name: list(getattr(market, name)) for name in sorted(vars(market))})


@pytest.fixture(scope="module")
def market() -> Market:
    return planted(SECTION, 1000)


# What the page and the recording name


def test_what_the_page_names_is_there() -> None:
    market = planted(read_fixture("documented").vendors["spurtcommerce"])
    assert [customer.id for customer in market.customers] == [1, 2, 3]
    assert [customer.created for customer in market.customers] == [
        "2019-03-04 08:30:00",
        "2019-03-11 13:05:42",
        "2019-04-22 16:44:09",
    ]
    groups = {group.id: group for group in market.groups}
    assert groups[1].name != "default"
    assert market.customers.find("group", 1) == []
    assert "default" in [group.name for group in groups.values()]
    assert {group.is_active for group in groups.values()} == {0, 1}
    assert [seller.id for seller in market.sellers] == [1, 2]
    assert [len(market.seller_products.find("seller", id)) for id in (1, 2)] == [3, 0]
    assert market.sellers.find("customer", 1) == []


@pytest.mark.parametrize("name", ["default", "spurtcommerce-recorded"])
def test_the_administrators_are_those_of_the_recording(name: str) -> None:
    market = planted(read_fixture(name).vendors["spurtcommerce"])
    assert [(user.id, user.username, user.role) for user in market.users] == [
        (80, "admin@example.com", 1),
        (81, "limited@example.com", 4),
    ]
    assert all(bcrypt.checkpw(b"Admin-12345", user.password_hash.encode()) for user in market.users)
    assert all(user.password_hash.startswith("$2b$04$") for user in market.users)
    assert [(role.id, role.permissions, role.created) for role in market.roles] == [
        (1, (), "2019-01-21 10:38:14"),
        (4, ("list-order",), "2019-01-21 10:38:14"),
    ]
    assert market.roles.get(1).name == "Admin"  # type: ignore[union-attr]


def test_the_recorded_marketplace_is_empty_but_for_its_administrators() -> None:
    fixture = read_fixture("spurtcommerce-recorded")
    market = planted(fixture.vendors["spurtcommerce"], fixture.drawn.count)
    filled = {name for name in vars(market) if name != "settings_kept" and list(getattr(market, name))}
    assert filled == {"roles", "users"}


def test_the_first_credential_is_an_administrators_token_that_does_not_expire() -> None:
    market = planted(SECTION)
    first, second = seed.credentials(market)
    token = market.access_tokens.get(first.headers["Authorization"].removeprefix("Bearer "))
    assert token is not None
    assert (token.user, token.expires) == (80, None)
    assert token.token.startswith("U2FsdGVkX1")
    assert (first.name, second.name) == ("admin@example.com", "limited@example.com")


def test_every_customer_has_the_one_password_that_the_fixture_tells(market: Market) -> None:
    (password_hash,) = {customer.password_hash for customer in market.customers}
    assert bcrypt.checkpw(b"Shopper-12345", password_hash.encode())
    assert b"Shopper-12345" not in dump(market)
    assert {customer.password_hash for customer in planted({}, 3).customers} == {""}


def test_the_cost_of_bcrypt_is_the_fixtures() -> None:
    assert planted(SECTION).settings.bcrypt_cost == 4
    assert planted({"bcrypt_cost": 10}).settings.bcrypt_cost == 10


# Drawn customers


def test_drawn_customers_are_spread_over_groups_and_states(market: Market) -> None:
    drawn = [customer for customer in market.customers if customer.id >= 1001]
    assert len(drawn) == 1000
    counts = {group: sum(customer.group == group for customer in drawn) for group in (None, 1, 2, 3, 4, 5)}
    assert counts == {None: 200, 1: 0, 2: 200, 3: 200, 4: 200, 5: 200}
    assert sum(customer.is_active == 0 for customer in drawn) == 1000 // 7
    assert sum(customer.delete_flag for customer in drawn) == 1000 // 23
    assert len({customer.created[:7] for customer in drawn}) > 60
    assert all(customer.username == customer.email for customer in drawn)
    assert all(customer.mobile is None or 6 <= len(customer.mobile) <= 15 for customer in drawn)


def test_drawn_ids_leave_out_those_of_named_customers() -> None:
    written = {
        "first_id": 2,
        "customers": [{"person": "grace-ellery", "id": 1}, {"person": "tom-arden", "id": 3}],
    }
    assert [customer.id for customer in planted(written, 3).customers] == [1, 2, 3, 4, 5]


def test_what_customers_did_is_spread_over_months_and_before_the_fixtures_moment(market: Market) -> None:
    for records in (market.orders, market.product_views, market.visits):
        assert len({record.created[:7] for record in records}) > 24
        for record in records:
            customer = market.customers.get(record.customer)
            assert customer is not None
            assert customer.created <= record.created < UNTIL
    assert len(market.orders) == 3 * 2 + 1000 // 8 + 1000 // 16
    assert len(market.product_views) == 3 + 1000 // 4
    assert len(market.visits) == 3 + 1000 // 3
    for visit in market.visits:
        customer = market.customers.get(visit.customer)
        assert customer is not None
        assert visit.created == (customer.last_login or customer.created)


def test_lines_belong_to_orders_and_deliveries_to_sellers_of_the_product(market: Market) -> None:
    sold = {stock.product: stock.seller for stock in market.seller_products}
    for line in market.order_products:
        order, product = market.orders.get(line.order), market.products.get(line.product)
        assert order is not None
        assert product is not None
        assert (line.name, line.created) == (product.name, order.created)
        assert line.quantity >= 1
    lines = {line.id: line for line in market.order_products}
    assert {part.order_product for part in market.seller_orders} == {
        line.id for line in lines.values() if line.product in sold
    }
    for part in market.seller_orders:
        paid = market.orders.get(part.order).paid  # type: ignore[union-attr]
        assert (part.seller, part.order) == (sold[lines[part.order_product].product], lines[part.order_product].order)
        assert part.status == (5 if paid else 1)
    assert {order.paid for order in market.orders} == {0, 1}


def test_one_product_has_no_default_image_and_none_has_two(market: Market) -> None:
    defaults = {
        product.id: sum(image.is_default for image in market.product_images.find("product", product.id))
        for product in market.products
    }
    assert sorted(defaults.values()) == [0, 1, 1, 1, 1, 1]


def test_without_products_nobody_buys_or_looks_at_any() -> None:
    market = planted({}, 20)
    assert (len(market.orders), len(market.product_views), len(market.customers)) == (0, 0, 20)
    assert len(market.visits) > 0


def test_one_seed_makes_the_same_marketplace_in_every_process() -> None:
    program = (
        "import hashlib; from tests.vendors.test_spurtcommerce_seed import *;"
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


def test_another_seed_draws_as_many_of_everything() -> None:
    one, other = planted(SECTION, 90), planted(SECTION, 90, number=2)
    assert dump(one) != dump(other)
    assert {name: len(getattr(one, name)) for name in vars(one)} == {
        name: len(getattr(other, name)) for name in vars(other)
    }


# Broken fixtures

ROLE = {"id": 1, "name": "Admin", "created": CREATED}
USER = {"id": 80, "username": "a@b.example", "password_hash": HASH, "first_name": "A", "role": 1, "created": CREATED}
GROUP = {"id": 1, "name": "default", "color_code": "#111111", "created": CREATED}
GRACE = {"person": "grace-ellery", "id": 1}
SELLER = {"id": 1, "customer": 1, "company_name": "Mill", "created": CREATED}
PRODUCT = {"id": 1, "name": "Gown"}
PICTURE = {"image": "gown-1.jpeg", "is_default": 1}


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"roles": [ROLE, ROLE]}, "roles: two roles have the id 1"),
        ({"users": [USER]}, "users: a@b.example: no role of the section has the id 1; known: none"),
        ({"roles": [ROLE], "users": [USER, USER]}, "users: two users have the id 80"),
        (
            {"roles": [ROLE], "users": [USER, {**USER, "id": 81, "username": "A@B.example"}]},
            "users: 81: username A@B.example belongs to user 80 already",
        ),
        (
            {
                "roles": [ROLE],
                "users": [
                    {**USER, "access_token": "abc"},
                    {**USER, "id": 81, "username": "c@d.example", "access_token": "abc"},
                ],
            },
            "users: c@d.example: access_token: another user has the same",
        ),
        ({"groups": [GROUP, {**GROUP, "name": "Gold"}]}, "groups: two groups have the id 1"),
        (
            {"groups": [GROUP, {**GROUP, "id": 2, "name": "Default"}]},
            "groups: 2: name 'Default' belongs to group 1 already",
        ),
        ({"products": [PRODUCT, PRODUCT]}, "products: two products have the id 1"),
        ({"products": [{**PRODUCT, "images": [PICTURE, PICTURE]}]}, "products: Gown: images: only one is the default"),
        ({"customers": [{"person": "nobody", "id": 1}]}, "customers: nobody is named nobody; known: sherlock-holmes"),
        ({"customers": [GRACE, {"person": "tom-arden", "id": 1}]}, "customers: two customers have the id 1"),
        (
            {"customers": [{**GRACE, "group": 9}], "groups": [GROUP]},
            "customers: grace-ellery: no group of the section has the id 9; known: 1",
        ),
        (
            {"customers": [GRACE, {**GRACE, "id": 2}]},
            "customers: grace-ellery: email grace.ellery@example.com belongs to customer 1 already",
        ),
        ({"sellers": [SELLER]}, "sellers: Mill: no customer of the section has the id 1; known: none"),
        (
            {"customers": [GRACE], "sellers": [SELLER, {**SELLER, "id": 2}]},
            "sellers: 2: customer 1 is seller 1 already",
        ),
        ({"customers": [GRACE], "sellers": [SELLER, SELLER]}, "sellers: two sellers have the id 1"),
        (
            {"customers": [GRACE], "sellers": [{**SELLER, "products": [{"product": 7}]}], "products": [PRODUCT]},
            "sellers: Mill: no product of the section has the id 7; known: 1",
        ),
        ({"drawn_groups": [3], "groups": [GROUP]}, "drawn_groups: no group of the section has the id 3; known: 1"),
    ],
)
def test_a_broken_section_is_refused_with_its_place(written: Any, complaint: str) -> None:
    with pytest.raises(BrokenFixture) as refused:
        planted(written)
    assert str(refused.value).startswith(f"vendors.spurtcommerce.{complaint}")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"bcrypt_cost": 3}, "bcrypt_cost"),
        ({"roles": [{**ROLE, "permissions": ["List Order"]}]}, "roles"),
        ({"users": [{**USER, "password_hash": "Admin-12345"}]}, "password_hash"),
        ({"users": [{**USER, "username": "admin"}]}, "username"),
        ({"groups": [{**GROUP, "colour": "red"}]}, "colour"),
        ({"customer_password_hash": "plain"}, "customer_password_hash"),
    ],
)
def test_a_misshapen_section_is_refused_with_its_place(written: Any, place: str) -> None:
    with pytest.raises(Misshapen, match=place):
        planted(written)
