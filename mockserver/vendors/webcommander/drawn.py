"""Drawn customers and what they bought, which is drawn too."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from mockserver.people import Cast, Person
from mockserver.vendors.webcommander.customers import numbered, time_text
from mockserver.vendors.webcommander.numbering import Books
from mockserver.vendors.webcommander.orders import cents, order_time, seconds, settled
from mockserver.vendors.webcommander.passwords import hash_password
from mockserver.vendors.webcommander.places import find_country, find_state
from mockserver.vendors.webcommander.records import Customer, Shop
from mockserver.vendors.webcommander.sales import Address, Item, Order, Payment, Shipment

_INACTIVE, _TRASH, _PROFILE = 7, 23, 10
"""Of the drawn customers every seventh is inactive, every 23rd in the trash, every tenth has the first shipping profile."""

_BUYER, _REGULAR = 3, 9
"""Every third has one order, every ninth two."""

_FATES = ("completed", "completed", "paid", "partly shipped", "partly paid", "unpaid", "cancelled")
_FREE_SHIPPING_FROM = 100_00
_SHIPPING = (9_09, 91)
"""What a parcel and its tax cost, in cents, where the goods cost less than those that are sent for nothing."""

_PAYING, _SENDING = 90, 2 * 86_400
"""How many seconds after the order it is paid and sent."""


class _Product(NamedTuple):
    """`price` is in cents, without tax; that of one piece."""

    id: int
    variation: int | None
    name: str
    variations: tuple[str, ...]
    price: int
    is_shippable: bool = True


_PRODUCTS = (
    _Product(38, 305, "ON FIELD SHORTS - AWAY", ("Size: M - Adult Medium",), 4091),
    _Product(32, 308, "ON FIELD SHORTS - HOME", ("Size: M - Adult Medium",), 4091),
    _Product(101, 487, "ON FIELD SOCKS - TRADITIONAL LENGTH", ("Size: 8 - 11",), 1818),
    _Product(44, 331, "TRAINING TOP - NAVY", ("Size: L - Adult Large",), 6364),
    _Product(57, None, "SUPPORTER SCARF", (), 2727),
    _Product(63, None, "MATCH BALL - SIZE 5", (), 8182),
    _Product(70, None, "CLUB SONG - DOWNLOAD", (), 909, is_shippable=False),
)
"""The first three are printed, the others invented. Only the last needs no parcel."""


class _Fate(NamedTuple):
    """What becomes of an order. It is placed at `created` and all is over before `end`, in seconds since 1970."""

    name: str
    created: int
    end: int

    def after(self, wait: int) -> str:
        """When something happens so many seconds after the order, as orders say it."""
        return order_time(min(self.created + wait, self.end - 1))


def put_drawn(shop: Shop, cast: Cast, books: Books) -> None:
    """Write the drawn customers and their orders."""
    random, end = cast.random("webcommander/orders"), seconds(cast.until)
    for number, person in enumerate(cast, 1):
        block = block_of(person)
        customer = _customer(shop, person, block, number, books)
        shop.customers.put(customer)
        for _ in range((number % _BUYER == 0) + (number % _REGULAR == 0)):
            fate = _draw_fate(random, seconds(person.registered), end)
            shop.orders.put(_order(random, customer, block, books, fate))


def block_of(person: Person) -> Address:
    """A person's address, without a number. A state that is not in the table is left out."""
    country = find_country(person.country)
    return Address(
        id=0,
        type="PRIMARY",
        first_name=person.first_name,
        last_name=person.last_name or None,
        email=person.email,
        company_name=person.company or None,
        line1=person.street or None,
        country=country,
        state=find_state(country, person.state),
        city=person.city or None,
        post_code=person.postcode or None,
        mobile=person.mobile or None,
        phone=person.phone or None,
    )


def _customer(shop: Shop, person: Person, block: Address, number: int, books: Books) -> Customer:
    id, address = books.customers.take(), books.addresses.take(3)
    profile = next((profile.id for profile in shop.shipping_profiles), None) if number % _PROFILE == 0 else None
    return Customer(
        id=id,
        display_id=books.displays.take(),
        first_name=person.first_name,
        last_name=person.last_name or None,
        email=person.email,
        status="inactive" if number % _INACTIVE == 0 else "active",
        is_in_trash=number % _TRASH == 0,
        is_company=bool(person.company),
        company_name=person.company or None,
        shipping_profile=profile,
        password_hash=hash_password(shop.settings, person.password, f"{id}/0"),
        created_at=time_text(seconds(person.registered)),
        addresses=(
            numbered(block, address, "PRIMARY"),
            numbered(block, address + 1, "BILLING"),
            numbered(block, address + 2, "SHIPPING"),
        ),
        active_billing=address + 1,
        active_shipping=address + 2,
    )


def _draw_fate(random: Random, begin: int, end: int) -> _Fate:
    name = _FATES[int(random.random() * len(_FATES))]
    return _Fate(name, begin + int(random.random() * (end - begin)), end)


def _order(random: Random, customer: Customer, block: Address, books: Books, fate: _Fate) -> Order:
    """An order of a customer, both of whose addresses are as the block."""
    items = tuple(_items(random, books))
    goods = sum(item.quantity * cents(item.actual_price) for item in items)
    cost, tax = (0, 0) if goods >= _FREE_SHIPPING_FROM else _SHIPPING
    payments = tuple(_payments(random, fate, goods + cost + tax, books))
    shipments = tuple(_shipments(fate, items, books))
    address = books.addresses.take(2)
    return settled(
        customer,
        is_cancelled=fate.name == "cancelled",
        id=books.orders.take(),
        order_no=books.order_nos.take(),
        billing=numbered(block, address, "BILLING"),
        shipping=numbered(block, address + 1, "SHIPPING"),
        items=items,
        payments=payments,
        shipments=shipments,
        shipping_cost=cost / 100,
        shipping_tax=tax / 100,
        created=fate.after(0),
        updated=max(
            fate.after(0),
            *(payment.updated for payment in payments),
            *(shipment.created for shipment in shipments),
        ),
    )


def _items(random: Random, books: Books) -> Iterator[Item]:
    """One to three lines, the first of which needs a parcel; one line in four is a tenth cheaper."""
    begin, count = int(random.random() * (len(_PRODUCTS) - 1)), int(random.random() * 3) + 1
    first = books.items.take(count)
    for at in range(count):
        product = _PRODUCTS[(begin + at) % len(_PRODUCTS)]
        discount = product.price // 10 if random.random() < 0.25 else 0  # noqa: PLR2004  see above
        tax = (product.price - discount + 5) // 10
        yield Item(
            id=first + at,
            product_id=product.id,
            product_variation_id=product.variation,
            product_name=product.name,
            variations=product.variations,
            quantity=int(random.random() * 3) + 1,
            price=product.price / 100,
            tax=tax / 100,
            discount=discount / 100,
            actual_price=(product.price + tax - discount) / 100,
            actual_discount=discount / 100,
            is_shippable=product.is_shippable,
        )


def _payments(random: Random, fate: _Fate, due: int, books: Books) -> Iterator[Payment]:
    """What nothing came of: always where nothing is paid, else for one in three. Then what is paid, or a half of it."""
    is_paid = fate.name not in ("unpaid", "cancelled")
    if not is_paid or random.random() < 0.33:  # noqa: PLR2004  see above
        yield _payment(books, due, fate.after(0), status="failed" if fate.name == "cancelled" else "awaiting")
    if is_paid:
        yield _payment(
            books,
            due // 2 if fate.name == "partly paid" else due,
            fate.after(_PAYING),
            status="success",
            gateway_name="securePay",
            gateway_response="Code 08 - Approved",
        )


def _payment(books: Books, amount: int, when: str, **more: Any) -> Payment:
    return Payment(id=books.payments.take(), amount=amount / 100, paying_date=when, created=when, updated=when, **more)


def _shipments(fate: _Fate, items: tuple[Item, ...], books: Books) -> Iterator[Shipment]:
    """One parcel with all that needs one, or with all but the last of these."""
    ids = tuple(item.id for item in items if item.is_shippable)
    parcel = {"completed": ids, "partly shipped": ids[:-1]}.get(fate.name)
    if parcel:
        number = books.shipments.take()
        yield Shipment(
            id=number,
            status="delivered" if fate.name == "completed" else "dispatched",
            track_info=f"TRACK{number:06}",
            created=fate.after(_SENDING),
            items=parcel,
        )
