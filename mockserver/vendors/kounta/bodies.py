"""What is sent to Kounta and what it shows, beside errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mockserver.rendering import Rendering
from mockserver.vendors.kounta.records import Address, Customer, Filter, Restaurant, Webhook


class CustomerBody(msgspec.Struct, frozen=True, gc=False):
    """A customer as Kounta shows her to one application. Both times are always the present one [page]."""

    id: int
    first_name: str
    last_name: str | None
    email: str | None
    phone: str | None
    mobile: str | None
    primary_address: Address | None
    shipping_address: Address | None
    tags: tuple[str, ...]
    image: str | None
    reference_id: str
    accepts_marketing: bool
    created_at: str
    updated_at: str


class AddressDraft(msgspec.Struct, frozen=True):
    """An address as it is sent: in the present form, or with `lines` and `zone` as until 2015 [dossier, section 4.1]."""

    address: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    state: str | UnsetType | None = UNSET
    postal_code: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    lines: tuple[str, ...] | UnsetType | None = UNSET
    zone: str | UnsetType | None = UNSET


class CustomerDraft(msgspec.Struct, frozen=True):
    """What create and update are told of a customer; UNSET is what was left out."""

    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    mobile: str | UnsetType | None = UNSET
    primary_address: AddressDraft | UnsetType | None = UNSET
    shipping_address: AddressDraft | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType | None = UNSET
    image: str | UnsetType | None = UNSET
    accepts_marketing: bool | UnsetType | None = UNSET
    reference_id: str | UnsetType | None = UNSET


class FilterDraft(msgspec.Struct, frozen=True):
    """A webhook's filter as it is sent; an id may be written as 7.0."""

    attributes: tuple[str, ...] | None = None
    site_ids: tuple[int | float, ...] | None = None


class WebhookDraft(msgspec.Struct, frozen=True):
    """What create and update are told of a webhook; UNSET is what was left out."""

    topic: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    format: str | UnsetType = UNSET
    headers: dict[str, str] | UnsetType | None = UNSET
    filter: FilterDraft | UnsetType | None = UNSET


class WebhookBody(msgspec.Struct, frozen=True):
    """A webhook as Kounta shows it. Its times are real."""

    id: int
    topic: str
    address: str
    format: str
    headers: dict[str, str]
    filter: Filter
    created_at: str
    updated_at: str


class TokenRequest(msgspec.Struct, frozen=True):
    """What a token is asked for with."""

    grant_type: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None


class TokenBody(msgspec.Struct, frozen=True):
    """A token as it is handed out."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | UnsetType = UNSET
    scope: str | None = None


_NOT_GIVEN = (UNSET, None)
_CUSTOMER_FIELDS = frozenset(CustomerDraft.__struct_fields__)
_ADDRESS_FIELDS = frozenset(AddressDraft.__struct_fields__)
_WEBHOOK_FIELDS = frozenset(WebhookDraft.__struct_fields__)


def customer_body(restaurant: Restaurant, customer: Customer, application: str, now: str) -> CustomerBody:
    """A customer as an application sees her."""
    return _body(customer, restaurant.reference_id(application, customer.id), now)


def customer_text(restaurant: Restaurant, customer: Customer, application: str, now: str) -> bytes:
    """The same as it is sent."""
    return _SHOWN(customer, restaurant.reference_id(application, customer.id), now)


def _body(customer: Customer, reference_id: str, now: str) -> CustomerBody:
    return CustomerBody(
        customer.id,
        customer.first_name,
        customer.last_name,
        customer.email,
        customer.phone,
        customer.mobile,
        customer.primary_address,
        customer.shipping_address,
        customer.tags,
        customer.image,
        reference_id,
        customer.accepts_marketing,
        now,
        now,
    )


_SHOWN = Rendering(lambda customer, reference_id, now: msgspec.json.encode(_body(customer, reference_id, now)))


def webhook_body(webhook: Webhook) -> WebhookBody:
    """A webhook as its application sees it."""
    return WebhookBody(
        webhook.id,
        webhook.topic,
        webhook.address,
        webhook.format,
        dict(webhook.headers),
        webhook.filter,
        webhook.created_at,
        webhook.updated_at,
    )


def apply(draft: CustomerDraft, before: Customer) -> Customer:
    """The customer that a draft makes of another. An address and the tags are replaced as a whole."""
    marketing = draft.accepts_marketing
    return Customer(
        before.id,
        before.first_name if draft.first_name is UNSET else draft.first_name or "",
        before.last_name if draft.last_name is UNSET else draft.last_name,
        _trimmed(draft.email, before.email),
        _trimmed(draft.phone, before.phone),
        _trimmed(draft.mobile, before.mobile),
        _address(draft.primary_address, before.primary_address),
        _address(draft.shipping_address, before.shipping_address),
        before.tags if draft.tags is UNSET else draft.tags or (),
        _trimmed(draft.image, before.image),
        before.accepts_marketing if marketing is UNSET else marketing is True,
    )


def apply_to_webhook(draft: WebhookDraft, before: Webhook, now: str) -> Webhook:
    """The webhook that a draft makes of another. Headers and filter are replaced as a whole."""
    given: dict[str, Any] = {
        name: value
        for name, value in (("topic", draft.topic), ("address", draft.address), ("format", draft.format))
        if value is not UNSET
    }
    if draft.headers is not UNSET:
        given["headers"] = tuple((draft.headers or {}).items())
    if draft.filter is not UNSET:
        wanted = draft.filter or FilterDraft()
        given["filter"] = Filter(wanted.attributes or (), tuple(int(id) for id in wanted.site_ids or ()))
    return msgspec.structs.replace(before, **given, updated_at=now)


def ignored_of_customer(body: Mapping[str, Any], draft: CustomerDraft) -> list[str]:
    """The fields of a customer's body that nothing comes of. `body` is empty where the draft has them all."""
    ignored = [name for name in body if name not in _CUSTOMER_FIELDS]
    for name, address in (("primary_address", draft.primary_address), ("shipping_address", draft.shipping_address)):
        if address and (body or address.lines is not UNSET or address.zone is not UNSET):
            ignored += _ignored_of_address(name, body, address)
    return ignored


def ignored_of_webhook(body: Mapping[str, Any]) -> list[str]:
    """The fields of a webhook's body that nothing comes of."""
    return [name for name in body if name not in _WEBHOOK_FIELDS]


def _ignored_of_address(name: str, body: Mapping[str, Any], draft: AddressDraft) -> Iterator[str]:
    yield from (f"{name}.{key}" for key in body.get(name, ()) if key not in _ADDRESS_FIELDS)
    if draft.lines not in _NOT_GIVEN and draft.address is not UNSET:
        yield f"{name}.lines"
    if draft.zone not in _NOT_GIVEN and draft.state is not UNSET:
        yield f"{name}.zone"


def _trimmed(given: str | UnsetType | None, before: str | None) -> str | None:
    """A text without the space around it; a blank one is none."""
    if given is UNSET:
        return before
    return (given and given.strip()) or None


def _address(given: AddressDraft | UnsetType | None, before: Address | None) -> Address | None:
    if given is UNSET:
        return before
    if given is None:
        return None
    return Address(
        ", ".join(given.lines or ()) or None if given.address is UNSET else given.address,
        None if given.city is UNSET else given.city,
        given.zone or None if given.state is UNSET else given.state,
        None if given.postal_code is UNSET else given.postal_code,
        given.country or None,
    )
