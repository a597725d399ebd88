"""What a fixture says of a marketplace at Spurtcommerce."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[int, Meta(ge=1)]
Flag = Annotated[int, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(min_length=1)]
Instant = Annotated[datetime, Meta(tz=True)]
Hash = Annotated[str, Meta(pattern=r"^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$")]
"""What bcrypt makes of a password, its cost and its salt in it."""

Token = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]+={0,2}$")]
Permission = Annotated[str, Meta(pattern="^[a-z]+(-[a-z]+)*$")]


class SeededRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What administrators may do. The role with the id 1 may do everything."""

    id: Id
    name: Text
    is_active: Flag = 1
    permissions: tuple[Permission, ...] = ()
    created: Instant


class SeededUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An administrator. `access_token` is one that she got before and that does not expire."""

    id: Id
    username: Annotated[str, Meta(pattern="^[^@ ]+@[^@ ]+$")]
    password_hash: Hash
    first_name: Text
    role: Id
    is_active: Flag = 1
    created: Instant
    access_token: Token | None = None


class SeededGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer group."""

    id: Id
    name: Text
    description: str | None = None
    color_code: Text
    is_active: Flag = 1
    created: Instant


class SeededImage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture: a file's name, and the folder that it is in."""

    image: Text
    container: str = ""
    is_default: Flag = 0


class SeededProduct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sold."""

    id: Id
    name: Text
    images: tuple[SeededImage, ...] = ()


class SeededCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by name: a person of the fixture, and what only Spurtcommerce knows of her."""

    person: str
    id: Id
    group: Id | None = None
    is_active: Flag = 1


class SeededStock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product that a seller sells, and how much of it is left; null where nobody counts."""

    product: Id
    stock: Annotated[int, Meta(ge=0)] | None = None


class SeededSeller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer of the section who sells. All times of it are `created`."""

    id: Id
    customer: Id
    company_name: Text
    products: tuple[SeededStock, ...] = ()
    created: Instant


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole section.

    `bcrypt_cost` is for passwords that clients set; every customer of the fixture has the same one, which
    `customer_password_hash` is made of. `first_id` is the id of the first drawn customer, `drawn_groups` are the
    groups that drawn customers are in.
    """

    bcrypt_cost: Annotated[int, Meta(ge=4, le=15)] = 4
    roles: tuple[SeededRole, ...] = ()
    users: tuple[SeededUser, ...] = ()
    groups: tuple[SeededGroup, ...] = ()
    products: tuple[SeededProduct, ...] = ()
    customer_password_hash: Hash | None = None
    customers: tuple[SeededCustomer, ...] = ()
    sellers: tuple[SeededSeller, ...] = ()
    first_id: Id = 1
    drawn_groups: tuple[Id, ...] = ()
