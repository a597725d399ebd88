"""What a fixture says of a company at Kounta."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Offset = Annotated[str, Meta(pattern="^[+-](0[0-9]|1[0-4]):[0-5][0-9]$")]
Token = Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class SeededAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address, in Kounta's words."""

    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class SeededStaff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom the company is reached by."""

    id: Id
    first_name: str
    last_name: str
    email: str


class SeededZone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The offset in which all times are written, and what the zone is called."""

    offset: Offset = "+00:00"
    name: str = "UTC"


class SeededRegisters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many registers the company has, and may have."""

    count: Count = 1
    limit: Count = 1


class SeededCompany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The company. Its address is the one for goods and the one for letters."""

    id: Id = 1
    name: Text = "Restaurant"
    business_number: str = ""
    website: str | None = None
    image: str | None = None
    currency: Currency = "AUD"
    timezone: SeededZone = SeededZone()
    address: SeededAddress | None = None
    contact: SeededStaff | None = None
    sites: Count = 1
    registers: SeededRegisters = SeededRegisters()
    created: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    updated: datetime | None = None


class SeededApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An add-on, with tokens that it has been given before and that do not expire."""

    name: Text
    client_id: Text
    client_secret: Text
    signature_token: Text
    redirect_uris: tuple[str, ...] = ()
    access_token: Token | None = None
    refresh_token: Token | None = None


class SeededCustomer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by name: a person of the fixture, and what only Kounta knows of her.

    `reference_ids` has what applications call her, by their names.
    """

    person: str
    id: Id
    tags: tuple[str, ...] = ()
    image: str | None = None
    accepts_marketing: bool = False
    shipping: SeededAddress | None = None
    reference_ids: dict[str, str] = {}


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole section. `first_id` is the id of the first drawn customer."""

    company: SeededCompany = SeededCompany()
    applications: tuple[SeededApplication, ...] = ()
    first_id: Id = 1
    customers: tuple[SeededCustomer, ...] = ()
