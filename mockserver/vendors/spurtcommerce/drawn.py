"""Drawn customers, and what they bought, looked at and came for, which is drawn too."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from random import Random

from mockserver.people import Cast, Person
from mockserver.vendors.spurtcommerce.records import (
    Customer,
    Market,
    Order,
    OrderProduct,
    Product,
    ProductView,
    SellerOrder,
    Visit,
)
from mockserver.vendors.spurtcommerce.section import Section

_INACTIVE, _DELETED = 7, 23
"""Of the drawn customers every seventh is inactive and every 23rd is deleted."""

_VISITOR, _VIEWER, _BUYER, _REGULAR = 3, 4, 8, 16
"""Of every third a visit is known: her last one, or the one when she came if that was the only one. Every fourth has
looked at a product, every eighth has bought something, and every 16th has bought twice.
"""

_PENDING, _DELIVERED = 1, 5

NO_PASSWORD = ""
"""The hash of customers in a fixture that gives none: no password is right."""


def put_drawn(market: Market, cast: Cast, section: Section) -> None:
    """Write the drawn customers, each group with as many of them as no group; then what all customers did."""
    named = list(market.customers)
    taken = {customer.id for customer in named}
    ids = (id for id in count(section.first_id) if id not in taken)
    memberships = (None, *section.drawn_groups)
    password_hash = section.customer_password_hash or NO_PASSWORD
    history = _History(market, cast)
    for customer in named:
        history.put(customer, _VISITOR * _REGULAR)
    for number, (id, person) in enumerate(zip(ids, cast, strict=False), 1):
        customer = customer_of(
            person,
            id,
            memberships[number % len(memberships)],
            password_hash,
            is_active=0 if number % _INACTIVE == 0 else 1,
            delete_flag=1 if number % _DELETED == 0 else 0,
        )
        market.customers.put(customer)
        history.put(customer, number)


def customer_of(  # noqa: PLR0913  what a fixture says of a customer beside the person
    person: Person, id: int, group: int | None, password_hash: str, *, is_active: int = 1, delete_flag: int = 0
) -> Customer:
    """A person as a customer; the program's name for a customer is her e-mail."""
    return Customer(
        id=id,
        first_name=person.first_name,
        last_name=person.last_name or None,
        username=person.email,
        email=person.email,
        mobile=person.mobile or person.phone or None,
        password_hash=password_hash,
        group=group,
        mail_status=0,
        is_active=is_active,
        delete_flag=delete_flag,
        address=person.street or None,
        city=person.city or None,
        pincode=person.postcode or None,
        last_login=None if person.last_login is None else _time_text(person.last_login),
        created=_time_text(person.registered),
    )


class _History:
    """What drawn customers did between their registration and the fixture's end."""

    def __init__(self, market: Market, cast: Cast) -> None:
        self._market = market
        self._random: Random = cast.random("spurtcommerce/history")
        self._end = cast.until.timestamp()
        self._products: list[Product] = list(market.products)
        self._sellers = {sold.product: sold.seller for sold in market.seller_products}

    def put(self, customer: Customer, number: int) -> None:
        """Write a visit of a customer, and what she looked at and bought. Her number decides what there is of these."""
        market = self._market
        if number % _VISITOR == 0:
            market.visits.add(Visit(id=0, customer=customer.id, created=customer.last_login or customer.created))
        if not self._products:
            return
        if number % _VIEWER == 0:
            product, when = self._product(number // _VIEWER), self._draw_time(customer)
            market.product_views.add(ProductView(id=0, product=product.id, customer=customer.id, created=when))
        for _ in range((number % _BUYER == 0) + (number % _REGULAR == 0)):
            self._put_order(customer, self._draw_time(customer))

    def _put_order(self, customer: Customer, when: str) -> None:
        """An order of one line or two; three in four are paid, and those are delivered."""
        paid = int(self._random.random() < 0.75)  # noqa: PLR2004  see above
        order = self._market.orders.add(
            Order(id=0, customer=customer.id, email=customer.email, paid=paid, created=when)
        )
        for line in range(1 + order.id % 2):
            self._put_line(order, self._product(order.id + line))

    def _put_line(self, order: Order, product: Product) -> None:
        line = self._market.order_products.add(
            OrderProduct(
                id=0,
                order=order.id,
                product=product.id,
                name=product.name,
                quantity=1 + int(self._random.random() * 3),
                created=order.created,
            )
        )
        seller = self._sellers.get(product.id)
        if seller is not None:
            status = _DELIVERED if order.paid else _PENDING
            self._market.seller_orders.add(
                SellerOrder(
                    id=0, seller=seller, order=order.id, order_product=line.id, status=status, created=order.created
                )
            )

    def _product(self, number: int) -> Product:
        """One product after the other."""
        return self._products[number % len(self._products)]

    def _draw_time(self, customer: Customer) -> str:
        """Some time since the customer came."""
        since = datetime.fromisoformat(f"{customer.created}Z").timestamp()
        return _time_text(datetime.fromtimestamp(since + (self._end - since) * self._random.random(), UTC))


def _time_text(instant: datetime) -> str:
    """An instant in UTC as the database writes it; from a datetime this takes a third of what `times` takes."""
    return instant.replace(tzinfo=None).isoformat(" ", "seconds")
