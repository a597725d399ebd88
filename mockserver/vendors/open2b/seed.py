"""From a fixture's section and its people to the records of a shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from mockserver.fixture import BrokenFixture
from mockserver.people import Cast, Person
from mockserver.state.collection import NotUnique
from mockserver.vendor import Credential
from mockserver.vendors.open2b.passwords import encrypt
from mockserver.vendors.open2b.records import (
    ApiKey,
    BillingAddress,
    Cart,
    Customer,
    Group,
    ProductCollection,
    ShippingAddress,
    Shop,
)
from mockserver.vendors.open2b.wire import time_text

_LONGEST = {
    "first_name": 25,
    "last_name": 25,
    "personal_code": 20,
    "company_name": 100,
    "company_code": 20,
    "company_code2": 20,
    "name": 100,
    "street1": 60,
    "street2": 60,
    "city": 35,
    "postal_code": 20,
    "state_prov": 3,
    "country": 2,
    "phone_number": 15,
    "mobile_number": 15,
    "fax_number": 15,
    "email": 120,
}
"""How many characters the fields of an address may have [page]."""

A = TypeVar("A", BillingAddress, ShippingAddress)


class SeededCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by name: a person of the fixture, and what only Open2b knows of her.

    `password` is plain and read before `encrypted_password`. `billing` adds to the address that the person has.
    """

    person: str
    id: int
    code: str = ""
    can_login: bool = False
    password: str = ""
    encrypted_password: str = ""
    locale: str = "en"
    updated: datetime | None = None
    group: int = 1
    collection: int | None = None
    collections: tuple[int, ...] = ()
    wish_list: tuple[int, ...] = ()
    cart: str | None = None
    invoice_recipient: str = ""
    billing: dict[str, str] = {}
    shipping: dict[str, str] | None = None
    labels: frozenset[int] = frozenset()


class SeededKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key by name, with what it is denied."""

    name: str
    key: str
    denied_fields: frozenset[str] = frozenset()
    unlicensed_methods: frozenset[str] = frozenset()


class SeededGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer group."""

    id: int
    name: str
    is_default: bool = False


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids from the first to the last, both included."""

    first: int
    last: int


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fixture says of an Open2b shop.

    `first_id` is the id of the first drawn customer. `catalogs` and `additional` are ids of collections.
    """

    keys: tuple[SeededKey, ...] = ()
    groups: tuple[SeededGroup, ...] = (SeededGroup(1, "Customers", True),)  # noqa: FBT003
    catalogs: tuple[int, ...] = ()
    additional: tuple[int, ...] = ()
    more_additional: Range | None = None
    carts: tuple[str, ...] = ()
    first_id: int = 1
    customers: tuple[SeededCustomer, ...] = ()


def seed(shop: Shop, section: Section, cast: Cast) -> None:
    """Write the shop's records. Raises BrokenFixture."""
    if not section.groups:
        raise BrokenFixture("vendors.open2b.groups: a shop has at least one group")
    for key in section.keys:
        shop.keys.put(ApiKey(**msgspec.structs.asdict(key)))
    for seeded in section.groups:
        shop.groups.put(Group(**msgspec.structs.asdict(seeded)))
    for id, is_catalog in _collections(section):
        shop.collections.put(ProductCollection(id=id, is_catalog=is_catalog))
    for token in section.carts:
        shop.carts.put(Cart(token=token))
    for named in section.customers:
        _put(shop, _named(named, cast))
    random, groups = cast.random("open2b"), [seeded.id for seeded in section.groups]
    taken = {customer.id for customer in shop.customers}
    id = section.first_id - 1
    for number, person in enumerate(cast, 1):
        id += 1
        while id in taken:
            id += 1
        group = groups[int(random.random() * len(groups))]
        _put(shop, _drawn(person, id, number, group))


def credentials(shop: Shop) -> list[Credential]:
    """The keys that the fixture names, those with all rights first."""
    keys = sorted(shop.keys, key=lambda key: len(key.denied_fields) + len(key.unlicensed_methods))
    return [Credential(key.name, {"X-Key": key.key}) for key in keys]


def _collections(section: Section) -> Iterator[tuple[int, bool]]:
    yield from ((id, True) for id in section.catalogs)
    yield from ((id, False) for id in section.additional)
    more = section.more_additional
    yield from ((id, False) for id in (range(more.first, more.last + 1) if more else ()))


def _put(shop: Shop, customer: Customer) -> None:
    if customer.id in shop.customers:
        raise BrokenFixture(f"vendors.open2b.customers: two customers have the id {customer.id}")
    try:
        shop.customers.put(customer)
    except NotUnique as error:
        taken = f"{error.index} {error.value!r} belongs to customer {error.key} already"
        raise BrokenFixture(f"vendors.open2b.customers: {taken}") from None


def _named(named: SeededCustomer, cast: Cast) -> Customer:
    person = cast.named.get(named.person)
    if person is None:
        raise BrokenFixture(f"vendors.open2b.customers: nobody is named {named.person}; known: {', '.join(cast.named)}")
    own: dict[str, Any] = {name: getattr(named, name) for name in Customer.__struct_fields__ if hasattr(named, name)}
    if named.password:
        own["encrypted_password"] = encrypt(named.password)
    shipping = None if named.shipping is None else _address(ShippingAddress, _shipping(person), named.shipping)
    return Customer(
        **own,
        **_times(person, named.updated),
        billing_address=_address(BillingAddress, _billing(person), named.billing),
        shipping_address=shipping,
    )


def _address(kind: type[A], of_person: dict[str, str], more: dict[str, str]) -> A:
    """A person's address with more in it. Raises BrokenFixture for what such an address does not have."""
    for name in more:
        if name not in kind.__struct_fields__:
            known = ", ".join(kind.__struct_fields__)
            raise BrokenFixture(f"vendors.open2b.customers: unknown key '{name}' in an address; known: {known}")
    whole = {**of_person, **more}
    for name, value in whole.items():
        if len(value) > _LONGEST[name]:
            raise BrokenFixture(
                f"vendors.open2b.customers: {name} '{value}' of an address has more than {_LONGEST[name]} characters"
            )
    return kind(**whole)


def _cut(address: dict[str, str]) -> dict[str, str]:
    """An address of a drawn person, no field longer than it may be."""
    return {name: value[: _LONGEST[name]] for name, value in address.items()}


def _drawn(person: Person, id: int, number: int, group: int) -> Customer:
    """A drawn customer. Every fourth has no password, every tenth another address for goods."""
    has_password = number % 4 != 0
    return Customer(
        id=id,
        code=f"C{number:06}",
        can_login=has_password,
        encrypted_password=encrypt(person.password) if has_password else "",
        locale=f"{person.language}-{person.country}",
        **_times(person, None),
        group=group,
        billing_address=BillingAddress(**_cut(_billing(person))),
        shipping_address=ShippingAddress(**_cut(_shipping(person))) if number % 10 == 0 else None,
    )


def _times(person: Person, updated: datetime | None) -> dict[str, Any]:
    latest = updated or max(person.registered, person.last_login or person.registered)
    return {
        "creation_time": time_text(person.registered.timestamp()),
        "login_time": person.last_login and time_text(person.last_login.timestamp()),
        "update_time": time_text(latest.timestamp()),
    }


def _billing(person: Person) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company_name": person.company,
        "street1": person.street,
        "city": person.city,
        "postal_code": person.postcode,
        "state_prov": person.state,
        "country": person.country,
        "phone_number": person.phone,
        "mobile_number": person.mobile,
        "email": person.email,
    }


def _shipping(person: Person) -> dict[str, str]:
    return {
        "name": f"{person.first_name} {person.last_name}",
        "street1": person.street,
        "city": person.city,
        "postal_code": person.postcode,
        "state_prov": person.state,
        "country": person.country,
    }
