"""From a fixture's section and its people to the records of a company."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import count

import msgspec

from mockserver.countries import COUNTRIES
from mockserver.fixture import BrokenFixture
from mockserver.hosts import is_url
from mockserver.people import Cast, Person
from mockserver.vendor import Credential
from mockserver.vendors.kounta.records import (
    AccessToken,
    Address,
    Application,
    Company,
    Counted,
    Customer,
    RefreshToken,
    Registers,
    Restaurant,
    Staff,
    Timezone,
)
from mockserver.vendors.kounta.section import (
    Section,
    SeededAddress,
    SeededApplication,
    SeededCompany,
    SeededCustomer,
)
from mockserver.vendors.kounta.wire import local_time

_HERE = "vendors.kounta"
_NEWSLETTER, _GOLD, _SHIPPING = 3, 5, 10
"""Of the drawn customers every third reads the newsletter, every fifth is a gold member, every tenth has two addresses."""


def seed(restaurant: Restaurant, section: Section, cast: Cast) -> None:
    """Write the company's records. Raises BrokenFixture."""
    restaurant.companies.put(_company(section.company))
    for position, application in enumerate(section.applications, 1):
        _put_application(restaurant, application, position)
    for named in section.customers:
        _put_named(restaurant, named, cast)
    taken = {customer.id for customer in restaurant.customers}
    ids = (id for id in count(section.first_id) if id not in taken)
    for number, (id, person) in enumerate(zip(ids, cast, strict=False), 1):
        restaurant.customers.put(_drawn(restaurant, person, id, number))


def credentials(restaurant: Restaurant) -> list[Credential]:
    """The fixture's applications with their own credentials, then the tokens that do not expire."""
    return [*_basic(restaurant), *_bearer(restaurant)]


def _basic(restaurant: Restaurant) -> Iterator[Credential]:
    for application in _in_order(restaurant):
        pair = f"{application.client_id}:{application.client_secret}".encode()
        yield Credential(application.name, {"Authorization": f"Basic {base64.b64encode(pair).decode()}"})


def _bearer(restaurant: Restaurant) -> Iterator[Credential]:
    for application in _in_order(restaurant):
        for token in restaurant.access_tokens:
            if token.application == application.client_id and token.expires is None:
                yield Credential(f"{application.name} (OAuth)", {"Authorization": f"Bearer {token.token}"})


def _in_order(restaurant: Restaurant) -> list[Application]:
    return sorted(restaurant.applications, key=lambda application: application.position)


def _company(seeded: SeededCompany) -> Company:
    offset = seeded.timezone.offset
    created = local_time(int(seeded.created.timestamp()), offset)
    updated = local_time(int((seeded.updated or seeded.created).timestamp()), offset)
    address = _address(seeded.address, f"{_HERE}.company.address")
    contact = seeded.contact
    return Company(
        id=seeded.id,
        name=seeded.name,
        shipping_address=address,
        postal_address=address,
        addresses=Counted(count=0 if address is None else 1, updated_at=updated),
        business_number=seeded.business_number,
        contact_staff_member=None if contact is None else Staff(**msgspec.structs.asdict(contact)),
        image=seeded.image,
        website=seeded.website,
        currency=seeded.currency,
        timezone=Timezone(offset=offset, name=seeded.timezone.name),
        sites=Counted(count=seeded.sites, updated_at=updated),
        registers=Registers(count=seeded.registers.count, limit=seeded.registers.limit, updated_at=updated),
        created_at=created,
        updated_at=updated,
    )


def _put_application(restaurant: Restaurant, seeded: SeededApplication, position: int) -> None:
    here = f"{_HERE}.applications"
    for known in restaurant.applications:
        if seeded.name == known.name or seeded.client_id == known.client_id:
            raise BrokenFixture(f"{here}: {seeded.name}: name and client_id must differ from those of {known.name}")
    for uri in seeded.redirect_uris:
        if not is_url(uri):
            raise BrokenFixture(f"{here}: {seeded.name}: {uri!r} is not an http or https URL")
    id, access, refresh = seeded.client_id, seeded.access_token, seeded.refresh_token
    if (access or "") in restaurant.access_tokens or (refresh or "") in restaurant.refresh_tokens:
        raise BrokenFixture(f"{here}: {seeded.name}: another application has the same token")
    restaurant.applications.put(
        Application(
            client_id=id,
            client_secret=seeded.client_secret,
            name=seeded.name,
            position=position,
            signature_token=seeded.signature_token,
            redirect_uris=seeded.redirect_uris,
        )
    )
    if access:
        restaurant.access_tokens.put(AccessToken(token=access, application=id))
    if refresh:
        restaurant.refresh_tokens.put(RefreshToken(token=refresh, application=id))


def _put_named(restaurant: Restaurant, named: SeededCustomer, cast: Cast) -> None:
    here = f"{_HERE}.customers"
    person = cast.named.get(named.person)
    if person is None:
        raise BrokenFixture(f"{here}: nobody is named {named.person}; known: {', '.join(cast.named)}")
    if not person.first_name.strip():
        raise BrokenFixture(f"{here}: {named.person} has no first_name, without which nobody is a customer")
    if named.id in restaurant.customers:
        raise BrokenFixture(f"{here}: two customers have the id {named.id}")
    holder = restaurant.customers.by("mobile", person.mobile) if person.mobile else None
    if holder is not None:
        raise BrokenFixture(f"{here}: {named.person}: mobile {person.mobile!r} belongs to customer {holder.id} already")
    restaurant.customers.put(_named(named, person))
    applications = {application.name: application.client_id for application in restaurant.applications}
    for name, value in named.reference_ids.items():
        if name not in applications:
            known = ", ".join(applications)
            raise BrokenFixture(f"{here}: {named.person}: there is no application called {name}; known: {known}")
        restaurant.refer(applications[name], named.id, value)


def _named(named: SeededCustomer, person: Person) -> Customer:
    return Customer(
        named.id,
        person.first_name,
        person.last_name,
        person.email or None,
        person.phone or None,
        person.mobile or None,
        _checked(_of_person(person), f"named.{named.person}"),
        _address(named.shipping, f"{_HERE}.customers: {named.person}"),
        named.tags,
        named.image,
        named.accepts_marketing,
    )


def _drawn(restaurant: Restaurant, person: Person, id: int, number: int) -> Customer:
    """A drawn customer. A mobile number belongs to the first one who has it, for no two may share it."""
    address = _of_person(person)
    is_reader = number % _NEWSLETTER == 0
    tags = (("Gold Member",) if number % _GOLD == 0 else ()) + (("Newsletter",) if is_reader else ())
    return Customer(
        id,
        person.first_name,
        person.last_name,
        person.email,
        person.phone or None,
        None if restaurant.customers.by("mobile", person.mobile) else person.mobile or None,
        address,
        address if number % _SHIPPING == 0 else None,
        tags,
        None,
        is_reader,
    )


def _of_person(person: Person) -> Address:
    return Address(person.street, person.city, person.state or None, person.postcode, person.country or None)


def _address(seeded: SeededAddress | None, here: str) -> Address | None:
    return None if seeded is None else _checked(Address(**msgspec.structs.asdict(seeded)), here)


def _checked(address: Address, here: str) -> Address:
    if address.country is not None and address.country not in COUNTRIES:
        raise BrokenFixture(f"{here}: country: {address.country!r} is no two-letter code of ISO 3166-1 such as 'AU'")
    return address
