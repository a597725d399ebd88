"""What the program tells of a market beside its customers: what they bought, looked at and came for, and who sells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.spurtcommerce import conversions
from mockserver.vendors.spurtcommerce.envelope import answer
from mockserver.vendors.spurtcommerce.javascript import is_true, to_number
from mockserver.vendors.spurtcommerce.paging import asks_count, newest, page
from mockserver.vendors.spurtcommerce.records import (
    Market,
    Order,
    OrderProduct,
    Product,
    ProductImage,
    ProductView,
    Seller,
    SellerOrder,
)
from mockserver.vendors.spurtcommerce.times import iso_text

TODAY, THIS_WEEK, THIS_MONTH, THIS_YEAR = 1, 2, 3, 4
"""What `duration` says; any other number, and none, is all the time [recorded]."""

_DELIVERED = 5


_Bought = tuple[Order, OrderProduct, ProductImage]
"""A line of an order, with one of its product's default images."""

_Viewed = tuple[ProductView, Product, ProductImage]
"""A view of a product, with one of its default images."""


def find_order_products(market: Market, call: Call) -> Reply:
    """What was bought, the newest order first; by one customer where `customerId` is a number but 0."""
    query = conversions.read_query(call)
    found = _bought(market, to_number(query.get("customerId")))
    if asks_count(query):
        lines = len({line.id for _, line, _ in found})
        return answer("Successfully got the count of order product count", lines)
    bodies = [_bought_body(bought) for bought in newest(found, page(query), _created)]
    return answer("Successfully got order product list", bodies)


def find_product_views(market: Market, call: Call) -> Reply:
    """What was looked at, the newest first; by one customer where `customerId` is a number but 0."""
    query = conversions.read_query(call)
    found = _viewed(market, to_number(query.get("customerId")))
    if asks_count(query):
        views = len({view.id for view, _, _ in found})
        return answer("Successfully got the count of product view log list", views)
    bodies = [_viewed_body(viewed) for viewed in newest(found, page(query), _created)]
    return answer("Successfully got product view log list", bodies)


def get_vendor_graph(market: Market, call: Call) -> Reply:
    """What a seller sells and has sold in the time that `duration` says; of the seller 0 nothing [recorded]."""
    query, message = conversions.read_query(call), "Successfully got the vendor graph list"
    id = to_number(query.get("vendorId"))
    if id == 0:
        return answer(message, {})
    seller = next((seller for seller in market.sellers if seller.id == id), None)
    if seller is None:
        raise Refused("vendor-unknown")
    return answer(message, _graph(market, seller, _during(to_number(query.get("duration")), call.at)))


def find_visits(market: Market, call: Call) -> Reply:
    """How many visits each day had; of one month where both `month` and `year` are numbers but 0 [recorded]."""
    query = conversions.read_query(call)
    month, year = to_number(query.get("month")), to_number(query.get("year"))
    days = sorted(Counter(visit.created[:10] for visit in market.visits).items())
    if is_true(month) and is_true(year):
        days = [(day, visits) for day, visits in days if int(day[5:7]) == month and int(day[:4]) == year]
    return answer("Successfully got the customer visit list", [_visit_body(day, visits) for day, visits in days])


def _created(row: tuple[Order | ProductView, *tuple[object, ...]]) -> str:
    """When the order or the view was made that a row begins with."""
    return row[0].created


def _bought(market: Market, customer: float) -> list[_Bought]:
    images, orders = _default_images(market), market.orders
    return [
        (order, line, image)
        for line in _lines(market, customer)
        if (order := orders.get(line.order)) is not None
        for image in images.get(line.product, ())
    ]


def _lines(market: Market, customer: float) -> Iterable[OrderProduct]:
    """The lines of one customer's orders; of all where no customer is given."""
    if not is_true(customer):
        return market.order_products
    orders = market.orders.find("customer", customer)
    return [line for order in orders for line in market.order_products.find("order", order.id)]


def _viewed(market: Market, customer: float) -> list[_Viewed]:
    images, products = _default_images(market), market.products
    views = market.product_views.find("customer", customer) if is_true(customer) else market.product_views
    return [
        (view, product, image)
        for view in views
        if (product := products.get(view.product)) is not None
        for image in images.get(view.product, ())
    ]


def _default_images(market: Market) -> dict[int, list[ProductImage]]:
    """The default images of each product that has any."""
    images: dict[int, list[ProductImage]] = {}
    for image in market.product_images:
        if image.is_default == 1 and image.product in market.products:
            images.setdefault(image.product, []).append(image)
    return images


def _bought_body(bought: _Bought) -> dict[str, Any]:
    order, line, image = bought
    return {
        "productName": line.name,
        "orderId": order.id,
        "createdDate": iso_text(order.created),
        "image": image.image,
        "containerName": image.container,
    }


def _viewed_body(viewed: _Viewed) -> dict[str, Any]:
    view, product, image = viewed
    return {
        "productId": product.id,
        "createdDate": iso_text(view.created),
        "productName": product.name,
        "image": image.image,
        "containerName": image.container,
    }


def _visit_body(day: str, visits: int) -> dict[str, str]:
    """A day and its visits; the database's own functions give texts."""
    year, month, day_of_month = day.split("-")
    return {
        "visitCount": str(visits),
        "dayOfMonth": str(int(day_of_month)),
        "month": str(int(month)),
        "year": str(int(year)),
    }


def _during(duration: float, at: float) -> Callable[[str], bool]:
    """Whether a time of the database is in the span that ends with this instant.

    A week is one of that number in any year, and asking for this month fails in the program [both recorded].
    """
    if duration == THIS_MONTH:
        reason = "Unknown column 'vendorOrders.created_date' in 'WHERE'"
        raise Refused("query-failed", reason=f"ER_BAD_FIELD_ERROR: {reason}")
    today = datetime.fromtimestamp(at, UTC).date()
    if duration == THIS_WEEK:
        week = today.isocalendar().week
        return lambda created: date.fromisoformat(created[:10]).isocalendar().week == week
    beginnings: dict[float, str] = {TODAY: f"{today}", THIS_YEAR: f"{today:%Y-}"}
    beginning = beginnings.get(duration, "")
    return lambda created: created.startswith(beginning)


def _graph(market: Market, seller: Seller, is_during: Callable[[str], bool]) -> dict[str, Any]:
    """The figures of a seller. What the program calls pending is in stock."""
    products = [product for product in market.seller_products.find("seller", seller.id) if is_during(product.created)]
    orders = [order for order in market.seller_orders.find("seller", seller.id) if is_during(order.created)]
    paid = [order for order in orders if _is_paid(market, order)]
    stocks = [product.stock for product in products if product.stock is not None]
    return {
        "companyName": seller.company_name,
        "productCount": len(products),
        "productSoldCount": _sold(market, paid),
        "deliveryCount": sum(order.status == _DELIVERED for order in paid),
        "outOfStockCount": sum(stock == 0 for stock in stocks),
        "pendingStockCount": sum(stock >= 1 for stock in stocks),
    }


def _is_paid(market: Market, sold: SellerOrder) -> bool:
    order = market.orders.get(sold.order)
    return order is not None and order.paid == 1


def _sold(market: Market, paid: list[SellerOrder]) -> str | int:
    """How many pieces were sold: the database's sum, which is a text; the program's 0 where nothing was."""
    lines = [market.order_products.get(order.order_product) for order in paid]
    quantities = [line.quantity for line in lines if line is not None]
    return str(sum(quantities)) if quantities else 0
