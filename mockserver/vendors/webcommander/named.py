"""The customers that a fixture names, and the orders that it says they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET
from msgspec.structs import asdict, replace

from mockserver.call import Refused
from mockserver.fixture import BrokenFixture
from mockserver.people import Cast, Person
from mockserver.vendors.webcommander import places
from mockserver.vendors.webcommander.customers import numbered, time_text
from mockserver.vendors.webcommander.drawn import block_of
from mockserver.vendors.webcommander.numbering import Books
from mockserver.vendors.webcommander.orders import cents, order_time, paid, seconds, settled, total
from mockserver.vendors.webcommander.passwords import hash_password
from mockserver.vendors.webcommander.records import Customer, CustomerToken, Shop
from mockserver.vendors.webcommander.sales import Address, Item, Order, Payment, Shipment
from mockserver.vendors.webcommander.section import (
    SeededAddress,
    SeededCustomer,
    SeededItem,
    SeededOrder,
    SeededPayment,
    SeededShipment,
)

_HERE = "vendors.webcommander.customers"


def put_named(shop: Shop, named: tuple[SeededCustomer, ...], cast: Cast, books: Books) -> None:
    """Write the customers and orders of a section. Raises BrokenFixture."""
    ids = [seeded.id for seeded in named]
    for seeded in named:
        here = f"{_HERE}: {seeded.person}"
        books.customers.claim(here, seeded.id)
        books.displays.claim(here, seeded.display_id)
        books.addresses.claim(here, *range(seeded.address_id, seeded.address_id + 3))
        _check(shop, seeded, [id for id in ids if id != seeded.id], here)
        block = _altered(_block(cast.named, seeded.person, here), seeded.addresses, f"{here}: addresses")
        customer = _customer(shop, seeded, cast.named[seeded.person], block)
        shop.customers.put(customer)
        if seeded.token:
            if seeded.token in shop.customer_tokens:
                raise BrokenFixture(f"{here}: token: another customer has the same")
            shop.customer_tokens.put(CustomerToken(token=seeded.token, customer=seeded.id))
        for order in seeded.orders:
            shop.orders.put(_order(order, customer, block, books, f"{here}: orders: {order.id}"))


def _check(shop: Shop, seeded: SeededCustomer, others: list[int], here: str) -> None:
    if seeded.parent is not None and seeded.parent not in others:
        raise BrokenFixture(
            f"{here}: parent: no other customer of the section has the id {seeded.parent}; {_known(others)}"
        )
    profile = seeded.shipping_profile
    if profile is not None and profile not in shop.shipping_profiles:
        profiles = [profile.id for profile in shop.shipping_profiles]
        raise BrokenFixture(f"{here}: shipping_profile: there is none with the id {profile}; {_known(profiles)}")
    _check_decimals(f"{here}: store_credit", seeded.store_credit)
    limit = shop.settings.store_credit_limit if seeded.store_credit_limit is None else seeded.store_credit_limit
    if limit is not None and seeded.store_credit > limit:
        raise BrokenFixture(f"{here}: store_credit: {seeded.store_credit} is above the limit of {limit}")


def _block(people: Mapping[str, Person], name: str, here: str) -> Address:
    """The address of a person whom a fixture names."""
    person = people.get(name)
    if person is None:
        raise BrokenFixture(f"{_HERE}: nobody is named {name}; {_known(people)}")
    if not person.first_name.strip():
        raise BrokenFixture(f"{here}: first_name: {name} has none, without which nobody is a customer")
    block = block_of(person)
    if person.country and block.country is None:
        raise BrokenFixture(
            f"named.{name}: country: {person.country!r} is no two-letter code of ISO 3166-1 such as 'AU'"
        )
    return block


def _altered(block: Address, words: SeededAddress, here: str) -> Address:
    """An address with other words in it."""
    said = {name: word for name, word in asdict(words).items() if word is not UNSET and name != "id"}
    country, state, before = said.pop("country", UNSET), said.pop("state", UNSET), (block.country, block.state)
    try:
        there, _ = places.settle(country, UNSET, before)
    except Refused:
        first, last = min(places.COUNTRIES), max(places.COUNTRIES)
        known = f"known: numbers from {first} to {last}, and codes and names of ISO 3166-1"
        raise BrokenFixture(f"{here}: country: there is no country {country!r}; {known}") from None
    try:
        there, state = places.settle(country, state, before)
    except Refused:
        states = [f"{place.id} {place.code}" for place in _states(there)] or ["none"]
        raise BrokenFixture(f"{here}: state: the country has no state {state!r}; {_known(states)}") from None
    return replace(block, **said, country=there, state=state)


def _states(country: int | None) -> Iterator[places.Place]:
    """The states of a country, or of all countries."""
    for place in places.STATES.values():
        if country is None or places.find_state(country, place.code) == place.id:
            yield place


def _customer(shop: Shop, seeded: SeededCustomer, person: Person, block: Address) -> Customer:
    password, first = person.password if seeded.password is None else seeded.password, seeded.address_id
    return Customer(
        id=seeded.id,
        display_id=seeded.display_id,
        first_name=person.first_name,
        last_name=person.last_name or None,
        email=person.email or None,
        status=seeded.status,
        is_in_trash=seeded.is_in_trash,
        sex=seeded.sex,
        is_company=bool(person.company),
        company_name=person.company or None,
        user_name=seeded.user_name,
        parent=seeded.parent,
        shipping_profile=seeded.shipping_profile,
        store_credit=seeded.store_credit,
        store_credit_limit=seeded.store_credit_limit,
        password_hash=hash_password(shop.settings, password, f"{seeded.id}/0") if password else None,
        created_at=time_text(seconds(person.registered)),
        addresses=(
            numbered(block, first, "PRIMARY"),
            numbered(block, first + 1, "BILLING"),
            numbered(block, first + 2, "SHIPPING"),
        ),
        active_billing=first + 1,
        active_shipping=first + 2,
    )


def _order(seeded: SeededOrder, customer: Customer, block: Address, books: Books, here: str) -> Order:
    _claim(seeded, books, here)
    _check_order(seeded, here)
    billing = _altered(block, seeded.billing, f"{here}: billing")
    shipping = _altered(block, seeded.shipping, f"{here}: shipping")
    order = settled(
        customer,
        is_cancelled=seeded.is_cancelled,
        id=seeded.id,
        order_no=seeded.order_no,
        billing=numbered(billing, seeded.billing.id, "BILLING"),
        shipping=numbered(shipping, seeded.shipping.id, "SHIPPING"),
        items=tuple(map(_item, seeded.items)),
        payments=tuple(map(_payment, seeded.payments)),
        shipments=tuple(map(_shipment, seeded.shipments)),
        comments=seeded.comments,
        shipping_cost=seeded.shipping_cost,
        shipping_tax=seeded.shipping_tax,
        handling_cost=seeded.handling_cost,
        handling_tax=seeded.handling_tax,
        created=order_time(seconds(seeded.created)),
        updated=order_time(seconds(seeded.updated or seeded.created)),
    )
    amount, due = paid(order), total(order)
    if amount > due or due <= 0:
        raise BrokenFixture(
            f"{here}: {amount / 100} are paid of {due / 100}; at least a cent is due, and no more is paid"
        )
    if seeded.is_cancelled and (amount or order.shipments):
        raise BrokenFixture(f"{here}: is_cancelled: nothing of a cancelled order is paid or sent")
    return order


def _claim(seeded: SeededOrder, books: Books, here: str) -> None:
    books.orders.claim(here, seeded.id)
    books.order_nos.claim(here, seeded.order_no)
    books.addresses.claim(here, seeded.billing.id, seeded.shipping.id)
    books.items.claim(here, *(item.id for item in seeded.items))
    books.payments.claim(here, *(payment.id for payment in seeded.payments))
    books.shipments.claim(here, *(shipment.id for shipment in seeded.shipments))


def _check_order(seeded: SeededOrder, here: str) -> None:
    for name, amount in _amounts(seeded):
        _check_decimals(f"{here}: {name}", amount)
    for item in seeded.items:
        if item.discount > item.price:
            raise BrokenFixture(f"{here}: items: {item.id}: discount {item.discount} is above the price {item.price}")
    shippable = [item.id for item in seeded.items if item.is_shippable]
    for shipment in seeded.shipments:
        for id in shipment.items:
            if id not in shippable:
                raise BrokenFixture(
                    f"{here}: shipments: {shipment.id}: no item {id} needs a parcel; {_known(shippable)}"
                )


def _check_decimals(here: str, amount: float) -> None:
    if amount != cents(amount) / 100:
        raise BrokenFixture(f"{here}: {amount} has more than two decimals")


def _amounts(seeded: SeededOrder) -> Iterator[tuple[str, float]]:
    for name in ("shipping_cost", "shipping_tax", "handling_cost", "handling_tax"):
        yield name, getattr(seeded, name)
    for item in seeded.items:
        yield from ((f"items: {item.id}: {name}", getattr(item, name)) for name in ("price", "tax", "discount"))
    for payment in seeded.payments:
        yield f"payments: {payment.id}: amount", payment.amount


def _item(seeded: SeededItem) -> Item:
    actual = cents(seeded.price) + cents(seeded.tax) - cents(seeded.discount)
    return Item(**asdict(seeded), actual_price=actual / 100, actual_discount=seeded.discount)


def _payment(seeded: SeededPayment) -> Payment:
    when = order_time(seconds(seeded.paying_date))
    return Payment(**{**asdict(seeded), "paying_date": when}, created=when, updated=when)


def _shipment(seeded: SeededShipment) -> Shipment:
    return Shipment(**{**asdict(seeded), "created": order_time(seconds(seeded.created))})


def _known(names: Iterable[object]) -> str:
    return f"known: {', '.join(map(str, names))}"
