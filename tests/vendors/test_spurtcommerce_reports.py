"""Spurtcommerce's reports and exports, where the recording says nothing: read in the program's source."""

from __future__ import annotations

import io
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from mockserver.call import Refused, Reply
from mockserver.vendors.spurtcommerce.exports import export_all_customers, export_customers
from mockserver.vendors.spurtcommerce.records import (
    Customer,
    Order,
    OrderProduct,
    Product,
    ProductImage,
    ProductView,
    Seller,
    SellerOrder,
    SellerProduct,
    Visit,
)
from mockserver.vendors.spurtcommerce.reports import (
    find_order_products,
    find_product_views,
    find_visits,
    get_vendor_graph,
)
from tests.vendors.spurtcommerce_calls import Marketplace

TODAY, LAST_MONDAY, SAME_WEEK_LAST_YEAR = "2026-11-21 10:00:00", "2026-11-16 10:00:00", "2025-11-20 10:00:00"


@pytest.fixture
def shop() -> Marketplace:
    """A shirt has two default images, shoes have none; one seller, whose orders are of three times."""
    times = dict(enumerate((TODAY, LAST_MONDAY, SAME_WEEK_LAST_YEAR), 1))
    marketplace = Marketplace()
    marketplace.put("products", Product(id=1, name="Shirt"), Product(id=2, name="Shoes"))
    marketplace.put(
        "product_images",
        ProductImage(id=1, product=1, image="a.png", container="p/", is_default=1),
        ProductImage(id=2, product=1, image="b.png", container="p/", is_default=1),
        ProductImage(id=3, product=2, image="c.png", container="p/"),
    )
    marketplace.put("orders", *(Order(id=id, customer=id, email="", paid=1, created=at) for id, at in times.items()))
    marketplace.put(
        "order_products",
        *(
            OrderProduct(id=id, order=id, product=1, name="Old shirt", quantity=id, created=at)
            for id, at in times.items()
        ),
        OrderProduct(id=9, order=1, product=2, name="Shoes", created=TODAY),
    )
    marketplace.put(
        "product_views",
        ProductView(id=1, product=1, customer=1, created=TODAY),
        ProductView(id=2, product=2, customer=1, created=TODAY),
        ProductView(id=3, product=8, customer=1, created=TODAY),
    )
    marketplace.put("sellers", Seller(id=5, customer=1, company_name="Erin Shop", created=TODAY))
    marketplace.put(
        "seller_products",
        *(SellerProduct(id=id, seller=5, product=1, stock=id - 1, created=at) for id, at in times.items()),
    )
    marketplace.put(
        "seller_orders",
        *(SellerOrder(id=id, seller=5, order=id, order_product=id, status=5, created=at) for id, at in times.items()),
    )
    return marketplace


def test_a_line_stands_there_for_each_default_image_and_counts_once(shop: Marketplace) -> None:
    listed = shop.ask(find_order_products, "limit=3").body["data"]
    assert [(line["productName"], line["orderId"], line["image"]) for line in listed] == [
        ("Old shirt", 1, "a.png"),
        ("Old shirt", 1, "b.png"),
        ("Old shirt", 2, "a.png"),
    ]
    assert shop.ask(find_order_products, "count=1&limit=1").body["data"] == 3
    assert shop.ask(find_order_products, "count=1&customerId=2").body["data"] == 1


def test_only_what_is_there_and_has_a_picture_was_looked_at(shop: Marketplace) -> None:
    assert [view["image"] for view in shop.ask(find_product_views).body["data"]] == ["a.png", "b.png"]
    assert shop.ask(find_product_views, "count=true").body["data"] == 1


@pytest.mark.parametrize(
    ("duration", "figures"),
    [
        ("1", (1, "1", 1, 1, 0)),
        ("2", (3, "6", 3, 1, 2)),
        ("4", (2, "3", 2, 1, 1)),
        ("5", (3, "6", 3, 1, 2)),
        ("0", (3, "6", 3, 1, 2)),
    ],
)
def test_a_week_is_one_of_any_year(shop: Marketplace, duration: str, figures: tuple[Any, ...]) -> None:
    graph = shop.ask(get_vendor_graph, f"vendorId=5&duration={duration}").body["data"]
    assert tuple(graph.values()) == ("Erin Shop", *figures)


def test_this_month_fails_for_a_seller_whom_there_is(shop: Marketplace) -> None:
    rows = []
    for seller in (5, 6):
        with pytest.raises(Refused) as refused:
            shop.ask(get_vendor_graph, f"vendorId={seller}&duration=3")
        rows.append(refused.value.row)
    assert rows == ["query-failed", "vendor-unknown"]
    assert shop.ask(get_vendor_graph, "vendorId=0&duration=3").body["data"] == {}


def test_what_is_not_paid_is_not_sold(shop: Marketplace) -> None:
    shop.put("orders", *(Order(id=id, customer=1, email="", created=TODAY) for id in (1, 2, 3)))
    assert shop.ask(get_vendor_graph, "vendorId=5").body["data"]["productSoldCount"] == 0


def test_visits_are_told_by_day_in_texts(shop: Marketplace) -> None:
    visits = ["2026-11-05 23:59:59", "2026-02-03 00:00:00", "2026-11-05 00:00:00"]
    shop.put("visits", *(Visit(id=id, customer=1, created=at) for id, at in enumerate(visits, 1)))
    first = {"visitCount": "1", "dayOfMonth": "3", "month": "2", "year": "2026"}
    second = {"visitCount": "2", "dayOfMonth": "5", "month": "11", "year": "2026"}
    assert shop.ask(find_visits, "month=11").body["data"] == [first, second]
    assert shop.ask(find_visits, "month=11&year=2026").body["data"] == [second]


def sheet(reply: Reply) -> list[tuple[Any, ...]]:
    """The rows of a workbook, without the headings."""
    while True:
        try:
            next(reply.body)
        except StopIteration as done:
            return list(openpyxl.load_workbook(io.BytesIO(done.value)).active.iter_rows(min_row=2, values_only=True))


@pytest.fixture
def crowd() -> Marketplace:
    marketplace = Marketplace()
    for id, status, deleted in ((1, 1, 0), (2, 0, 0), (3, 10, 0), (4, 1, 1)):
        customer = Customer(
            id=id,
            first_name=f"Ann {id}",
            last_name="Lee" if id == 1 else None,
            username=f"ann{id}@example.com",
            email=f"ann{id}@example.com",
            mobile="0123456789",
            password_hash="",
            group=id % 2,
            is_active=status,
            delete_flag=deleted,
            created=f"2026-11-0{id} 10:00:00",
        )
        marketplace.put("customers", customer)
    return marketplace


@pytest.mark.parametrize(("ids", "rows"), [("2,1,2", [2, 1, 2]), ("4", [4]), (" 3,1abc", [3, 1])])
def test_customers_are_exported_as_they_are_asked_for(crowd: Marketplace, ids: str, rows: list[int]) -> None:
    assert [row[0] for row in sheet(crowd.ask(export_customers, f"customerId={ids}"))] == rows


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("", "customer-ids-missing"),
        ("customerId=1&customerId=2", "customer-ids-missing"),
        ("customerId=1,9", "customer-ids-unknown"),
        ("customerId=1,", "customer-ids-unknown"),
    ],
)
def test_who_is_unknown_cannot_be_exported(crowd: Marketplace, query: str, row: str) -> None:
    with pytest.raises(Refused) as refused:
        crowd.ask(export_customers, query)
    assert refused.value.row == row


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [3, 2, 1]),
        ("status=1", [3, 1]),
        ("status=0", [3, 2, 1]),
        ("status=x", [3, 2, 1]),
        ("customerGroup=1", [3, 1]),
        ("customerGroup=Gold", [3, 2, 1]),
        ("name=ANN&email=ann2", [2]),
        ("date=11-03", [3]),
    ],
)
def test_all_customers_are_exported_newest_first(crowd: Marketplace, query: str, rows: list[int]) -> None:
    assert [row[0] for row in sheet(crowd.ask(export_all_customers, query))] == rows


def test_a_name_ends_with_a_space_where_there_is_no_last_one(crowd: Marketplace) -> None:
    reply = crowd.ask(export_all_customers)
    assert reply.headers == ((b"content-disposition", b'attachment; filename="CustomerExcel_1795297190472.xlsx"'),)
    assert [row[1] for row in sheet(reply)] == ["Ann 3 ", "Ann 2 ", "Ann 1 Lee"]


def test_nobody_is_no_export(crowd: Marketplace) -> None:
    with pytest.raises(Refused) as refused:
        crowd.ask(export_all_customers, "name=zzz")
    assert refused.value.row == "list-empty"
