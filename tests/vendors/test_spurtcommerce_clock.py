"""What Spurtcommerce makes of the time: it is the sandbox's, wherever a tester moves that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.vendors.spurtcommerce.records import Order, OrderProduct, Seller, SellerOrder
from mockserver.world import World
from tests.vendors.spurtcommerce_clients import ADMIN, PASSWORD, WHOLESALE, Shop, opened

CUSTOMERS, GROUPS = "/api/admin-customer", "/api/customer-group"
HOUR, DAY = 3600, 24 * 3600
SELLER = 7
SOLD = {
    1: "2026-01-01 00:00:00",  # a Thursday of the first week
    2: "2026-12-31 23:59:59",  # a Thursday of the 53rd week
    4: "2027-01-01 00:00:00",
    8: "2027-01-03 23:59:59",  # the Sunday of that week
    16: "2027-01-04 00:00:00",  # the Monday of the first one
    32: "2028-01-03 12:00:00",  # a Monday of the first week
}
"""When so many pieces were sold; every sum tells which."""
TODAY, WEEK, YEAR = 1, 2, 4
UNTIL = datetime(2031, 3, 5, 6, 7, 8, tzinfo=UTC)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with opened() as shop:
        yield shop


def freeze(shop: Shop, instant: str) -> None:
    shop.done("PUT", "/__admin/clock", {}, json={"action": "freeze", "instant": instant})


def advance(shop: Shop, seconds: float) -> None:
    shop.done("PUT", "/__admin/clock", {}, json={"action": "advance", "durationMillis": round(seconds * 1000)})


def create(shop: Shop, name: str) -> Any:
    """The data of a new customer."""
    passwords = {"password": "Passw0rd1", "confirmPassword": "Passw0rd1"}
    numbers = {"customerGroupId": WHOLESALE, "mailStatus": 0, "status": 1}
    texts = {"username": name, "email": f"{name}@example.com", "mobileNumber": "123456"}
    return shop.done("POST", CUSTOMERS, json={**texts, **passwords, **numbers})["data"]


def today(shop: Shop) -> int:
    return int(shop.done("GET", f"{CUSTOMERS}/today-customercount")["data"]["customerCount"])


def recent(shop: Shop) -> list[str]:
    return [customer["firstName"] for customer in shop.done("GET", f"{CUSTOMERS}/recent-customerlist")["data"]]


# Today


def test_today_ends_at_midnight_in_utc(shop: Shop) -> None:
    freeze(shop, "2027-01-01T00:59:59.999+01:00")
    assert create(shop, "last")["createdDate"] == "2026-12-31 23:59:59"
    assert today(shop) == 1
    advance(shop, 0.001)
    assert today(shop) == 0
    assert create(shop, "first")["createdDate"] == "2027-01-01 00:00:00"
    create(shop, "second")
    assert today(shop) == 2
    advance(shop, -1)
    assert today(shop) == 1
    advance(shop, DAY)
    assert today(shop) == 2


def test_time_passes_where_nobody_has_stopped_it(shop: Shop) -> None:
    freeze(shop, "1999-12-31T12:00:00Z")
    create(shop, "early")
    assert today(shop) == 1
    shop.done("PUT", "/__admin/clock", {}, json={"action": "reset"})
    assert today(shop) == 0
    before = datetime.now(UTC).replace(microsecond=0)
    created = datetime.fromisoformat(f"{create(shop, 'now')['createdDate']}+00:00")
    assert before <= created <= datetime.now(UTC)


def test_a_reset_takes_the_clock_back_too(shop: Shop) -> None:
    freeze(shop, "1999-12-31T12:00:00Z")
    shop.done("POST", "/__admin/reset", {})
    assert create(shop, "now")["createdDate"] > "2026"


def test_who_is_newest_is_told_by_time_and_not_by_number(shop: Shop) -> None:
    freeze(shop, "2030-01-01T00:00:00Z")
    create(shop, "a")
    create(shop, "b")  # in the same second: the first one comes first
    advance(shop, -20 * 365 * DAY)
    create(shop, "long-ago")
    assert recent(shop)[:2] == ["a", "b"]
    assert recent(shop).index("Ruth") > 1
    assert "long-ago" not in recent(shop)[:-1]
    freeze(shop, "2030-01-01T00:00:01Z")
    create(shop, "c")
    assert recent(shop)[:3] == ["c", "a", "b"]


def test_whatever_is_written_or_named_has_the_time(shop: Shop) -> None:
    freeze(shop, "2027-02-28T23:59:59.987Z")
    sent = {"name": "Leap", "colorcode": "#1", "status": 1}
    group = shop.done("POST", GROUPS, json=sent)["data"]
    assert group["createdDate"] == "2027-02-28 23:59:59"
    advance(shop, 1)
    altered = shop.done("PUT", f"{GROUPS}/{group['groupId']}", json={**sent, "status": 0})["data"]
    assert altered["modifiedDate"] == "2027-03-01 00:00:00"
    exported = shop.ask("GET", f"{CUSTOMERS}/allcustomer-excel-list")
    assert exported.headers["content-disposition"] == 'attachment; filename="CustomerExcel_1803859200987.xlsx"'


# Tokens


def test_a_token_is_good_for_four_hours(shop: Shop) -> None:
    freeze(shop, "2026-12-31T22:00:00Z")
    signed_in = shop.done("POST", "/api/auth/login", {}, json={"username": "admin@example.com", "password": PASSWORD})
    bearer = {"Authorization": f"Bearer {signed_in['data']['token']}"}

    def statuses() -> list[int]:
        return [shop.ask("GET", path, bearer).status_code for path in (CUSTOMERS, GROUPS)]

    advance(shop, 4 * HOUR - 0.001)
    assert statuses() == [200, 200]
    advance(shop, 0.001)
    assert statuses() == [403, 401]
    advance(shop, -0.001)
    assert statuses() == [200, 200]
    freeze(shop, "2026-12-31T21:59:00Z")
    assert statuses() == [200, 200]
    freeze(shop, "2035-01-01T00:00:00Z")
    assert statuses() == [403, 401]
    assert shop.ask("GET", GROUPS, ADMIN).status_code == 200  # the fixture's does not expire


# What sellers have sold


@pytest.fixture
def market(shop: Shop) -> Shop:
    """A seller with one paid and delivered order for each time."""
    shop.put("sellers", Seller(id=SELLER, customer=1, company_name="Borders", created=SOLD[1]))
    for pieces, created in SOLD.items():
        id = 1000 + pieces
        shop.put("orders", Order(id=id, customer=1, email="", paid=1, created=created))
        line = OrderProduct(id=id, order=id, product=1, name="Gown", quantity=pieces, created=created)
        shop.put("order_products", line)
        sold = SellerOrder(id=id, seller=SELLER, order=id, order_product=id, status=5, created=created)
        shop.put("seller_orders", sold)
    return shop


@pytest.mark.parametrize(
    ("now", "day", "week", "year"),
    [
        ("2026-12-31T23:59:59.999Z", 2, 2 | 4 | 8, 1 | 2),
        ("2027-01-01T00:00:00Z", 4, 2 | 4 | 8, 4 | 8 | 16),
        ("2026-12-31T20:00:00-04:00", 4, 2 | 4 | 8, 4 | 8 | 16),
        ("2027-01-03T23:59:59Z", 8, 2 | 4 | 8, 4 | 8 | 16),
        ("2027-01-04T00:00:00Z", 16, 1 | 16 | 32, 4 | 8 | 16),
        ("2026-01-01T12:00:00Z", 1, 1 | 16 | 32, 1 | 2),
        ("2027-12-31T23:59:59Z", 0, 0, 4 | 8 | 16),
        ("2028-01-01T00:00:00Z", 0, 0, 32),
        ("2032-12-31T12:00:00Z", 0, 2 | 4 | 8, 0),  # a leap year with 53 weeks
    ],
)
def test_a_sellers_day_week_and_year_are_those_of_the_clock(
    market: Shop, now: str, day: int, week: int, year: int
) -> None:
    freeze(market, now)
    assert [_sold(market, duration) for duration in (TODAY, WEEK, YEAR, 0)] == [day, week, year, sum(SOLD)]


def test_a_sellers_day_passes(market: Shop) -> None:
    freeze(market, "2026-12-31T23:59:59Z")
    seen = []
    for seconds in (0, 1, 2 * DAY, DAY, -DAY):
        advance(market, seconds)
        seen.append((_sold(market, TODAY), _sold(market, WEEK)))
    assert seen == [(2, 14), (4, 14), (8, 14), (16, 49), (8, 14)]


def _sold(shop: Shop, duration: int) -> int:
    graph = shop.done("GET", f"{CUSTOMERS}/vendor-graph-list?vendorId={SELLER}&duration={duration}")["data"]
    sold = int(graph["productSoldCount"])
    assert graph["deliveryCount"] == sold.bit_count()
    return sold


# Fixtures that end at another time


@cache
def later_world(until: datetime = UNTIL) -> World:
    """The default fixture with more people, all of whose events lie before another moment."""
    fixture = read_fixture("default")
    return build(msgspec.structs.replace(fixture, until=until, drawn=msgspec.structs.replace(fixture.drawn, count=200)))


@pytest.fixture
def crowd() -> Iterator[Shop]:
    shop = Shop(later_world())
    with shop.client:
        freeze(shop, UNTIL.isoformat())
        yield shop


def test_drawn_people_did_everything_before_the_fixtures_moment(crowd: Shop) -> None:
    market, end = crowd.market, f"{UNTIL:%Y-%m-%d %H:%M:%S}"
    drawn = [customer.created for customer in market.customers if customer.id > 1000]
    events = [*market.orders, *market.product_views, *market.visits, *market.seller_orders]
    assert max([*drawn, *(event.created for event in events)]) < end
    assert max(drawn) > f"{UNTIL - timedelta(days=120):%Y-%m-%d}"
    assert min(drawn) > f"{UNTIL - timedelta(days=6 * 365 + 1):%Y-%m-%d}"


def test_drawn_people_are_counted_on_the_day_when_they_came(crowd: Shop) -> None:
    days = Counter(customer.created[:10] for customer in crowd.market.customers)
    for day, count in days.most_common(3):
        freeze(crowd, f"{day}T23:59:59Z")
        assert today(crowd) == count
    newest = sorted((c for c in crowd.market.customers if not c.delete_flag), key=lambda c: c.created, reverse=True)
    assert recent(crowd) == [customer.first_name for customer in newest[:5]]


def test_visits_of_a_month_are_those_that_the_fixture_drew(crowd: Shop) -> None:
    visits = Counter(visit.created[:7] for visit in crowd.market.visits)
    ends = (min(visits), max(visits))
    for month in (*ends, "2031-12"):
        query = f"month={int(month[5:])}&year={month[:4]}"
        days = crowd.done("GET", f"{CUSTOMERS}/customer-visit-list?{query}")["data"]
        assert sum(int(day["visitCount"]) for day in days) == visits[month]
        assert {(day["month"], day["year"]) for day in days} <= {(str(int(month[5:])), month[:4])}
    everything = crowd.done("GET", f"{CUSTOMERS}/customer-visit-list")["data"]
    assert sum(int(day["visitCount"]) for day in everything) == sum(visits.values())


def test_a_seller_has_sold_this_year_what_the_fixture_drew_of_it(crowd: Shop) -> None:
    market = crowd.market
    paid = {order.id for order in market.orders if order.paid}
    for year in (UNTIL.year, UNTIL.year - 1, UNTIL.year + 1):
        freeze(crowd, f"{year}-03-05T00:00:00Z")
        sold = [order for order in market.seller_orders.find("seller", 1) if order.created[:4] == str(year)]
        lines = [market.order_products.get(order.order_product) for order in sold if order.order in paid]
        graph = crowd.done("GET", f"{CUSTOMERS}/vendor-graph-list?vendorId=1&duration={YEAR}")["data"]
        assert int(graph["productSoldCount"]) == sum(line.quantity for line in lines if line)
        assert graph["deliveryCount"] == len(lines)
