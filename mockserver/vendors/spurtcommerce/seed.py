"""From a fixture's section and its people to the records of a marketplace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.fixture import BrokenFixture
from mockserver.people import Cast, Person
from mockserver.state.collection import Collection
from mockserver.vendor import Credential
from mockserver.vendors.spurtcommerce.collation import collated
from mockserver.vendors.spurtcommerce.drawn import NO_PASSWORD, customer_of, put_drawn
from mockserver.vendors.spurtcommerce.records import (
    AccessToken,
    Group,
    Market,
    Product,
    ProductImage,
    Role,
    Seller,
    SellerProduct,
    Settings,
    User,
)
from mockserver.vendors.spurtcommerce.section import (
    Section,
    SeededCustomer,
    SeededGroup,
    SeededProduct,
    SeededRole,
    SeededSeller,
    SeededUser,
)
from mockserver.vendors.spurtcommerce.times import time_text

_HERE = "vendors.spurtcommerce"


def seed(market: Market, section: Section, cast: Cast) -> None:
    """Write the marketplace's records. Raises BrokenFixture."""
    market.settings_kept.put(Settings(bcrypt_cost=section.bcrypt_cost))
    for role in section.roles:
        _put_role(market, role)
    for user in section.users:
        _put_user(market, user)
    for group in section.groups:
        _put_group(market, group)
    for product in section.products:
        _put_product(market, product)
    password_hash = section.customer_password_hash or NO_PASSWORD
    for customer in section.customers:
        _put_named(market, customer, cast, password_hash)
    for seller in section.sellers:
        _put_seller(market, seller)
    for group_id in section.drawn_groups:
        _check_known(f"{_HERE}.drawn_groups", "group", group_id, market.groups)
    put_drawn(market, cast, section)


def credentials(market: Market) -> list[Credential]:
    """The administrators' tokens that do not expire."""
    return [
        Credential(user.username, {"Authorization": f"Bearer {token.token}"})
        for user in market.users
        for token in market.access_tokens
        if token.user == user.id and token.expires is None
    ]


def _put_role(market: Market, seeded: SeededRole) -> None:
    _check_new(f"{_HERE}.roles", "roles", seeded.id, market.roles)
    market.roles.put(
        Role(
            id=seeded.id,
            name=seeded.name,
            is_active=seeded.is_active,
            permissions=seeded.permissions,
            created=time_text(seeded.created.timestamp()),
        )
    )


def _put_user(market: Market, seeded: SeededUser) -> None:
    here = f"{_HERE}.users"
    _check_new(here, "users", seeded.id, market.users)
    _check_known(f"{here}: {seeded.username}", "role", seeded.role, market.roles)
    for holder in market.users.find("username", collated(seeded.username)):
        raise BrokenFixture(f"{here}: {seeded.id}: username {seeded.username} belongs to user {holder.id} already")
    market.users.put(
        User(
            id=seeded.id,
            username=seeded.username,
            password_hash=seeded.password_hash,
            first_name=seeded.first_name,
            role=seeded.role,
            is_active=seeded.is_active,
            created=time_text(seeded.created.timestamp()),
        )
    )
    if seeded.access_token is not None:
        if seeded.access_token in market.access_tokens:
            raise BrokenFixture(f"{here}: {seeded.username}: access_token: another user has the same")
        market.access_tokens.put(AccessToken(token=seeded.access_token, user=seeded.id))


def _put_group(market: Market, seeded: SeededGroup) -> None:
    here = f"{_HERE}.groups"
    _check_new(here, "groups", seeded.id, market.groups)
    for holder in market.groups.find("name", seeded.name.casefold()):
        raise BrokenFixture(f"{here}: {seeded.id}: name {seeded.name!r} belongs to group {holder.id} already")
    market.groups.put(
        Group(
            id=seeded.id,
            name=seeded.name,
            description=seeded.description,
            color_code=seeded.color_code,
            is_active=seeded.is_active,
            created=time_text(seeded.created.timestamp()),
        )
    )


def _put_product(market: Market, seeded: SeededProduct) -> None:
    here = f"{_HERE}.products"
    _check_new(here, "products", seeded.id, market.products)
    if sum(image.is_default for image in seeded.images) > 1:
        raise BrokenFixture(f"{here}: {seeded.name}: images: only one is the default")
    market.products.put(Product(id=seeded.id, name=seeded.name))
    for image in seeded.images:
        market.product_images.add(
            ProductImage(
                id=0,
                product=seeded.id,
                image=image.image,
                container=image.container,
                is_default=image.is_default,
            )
        )


def _put_named(market: Market, seeded: SeededCustomer, cast: Cast, password_hash: str) -> None:
    here = f"{_HERE}.customers"
    person = _person(cast, seeded.person, here)
    _check_new(here, "customers", seeded.id, market.customers)
    if seeded.group is not None:
        _check_known(f"{here}: {seeded.person}", "group", seeded.group, market.groups)
    for holder in market.customers.find("email", collated(person.email)):
        raise BrokenFixture(f"{here}: {seeded.person}: email {person.email} belongs to customer {holder.id} already")
    market.customers.put(customer_of(person, seeded.id, seeded.group, password_hash, is_active=seeded.is_active))


def _person(cast: Cast, name: str, here: str) -> Person:
    person = cast.named.get(name)
    if person is None:
        raise BrokenFixture(f"{here}: nobody is named {name}; known: {', '.join(cast.named)}")
    for field in ("first_name", "email"):
        if not getattr(person, field).strip():
            raise BrokenFixture(f"{here}: {name} has no {field}, without which nobody is a customer")
    return person


def _put_seller(market: Market, seeded: SeededSeller) -> None:
    here = f"{_HERE}.sellers"
    _check_new(here, "sellers", seeded.id, market.sellers)
    _check_known(f"{here}: {seeded.company_name}", "customer", seeded.customer, market.customers)
    for holder in market.sellers.find("customer", seeded.customer):
        raise BrokenFixture(f"{here}: {seeded.id}: customer {seeded.customer} is seller {holder.id} already")
    created = time_text(seeded.created.timestamp())
    market.sellers.put(
        Seller(id=seeded.id, customer=seeded.customer, company_name=seeded.company_name, created=created)
    )
    for stock in seeded.products:
        _check_known(f"{here}: {seeded.company_name}", "product", stock.product, market.products)
        market.seller_products.add(
            SellerProduct(id=0, seller=seeded.id, product=stock.product, stock=stock.stock, created=created)
        )


def _check_new(here: str, kind: str, id: int, known: Collection[Any]) -> None:
    if id in known:
        raise BrokenFixture(f"{here}: two {kind} have the id {id}")


def _check_known(here: str, kind: str, id: int, known: Collection[Any]) -> None:
    if id not in known:
        raise BrokenFixture(f"{here}: no {kind} of the section has the id {id}; known: {_ids(known)}")


def _ids(known: Iterable[object]) -> str:
    return ", ".join(str(getattr(record, "id", None)) for record in known) or "none"
