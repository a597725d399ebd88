"""What is sent to the second generation. UNSET is what was left out; numbers may come as 7.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

Text = str | UnsetType | None
Flag = bool | UnsetType | None
Number = int | float | UnsetType | None
PlaceDraft = int | float | str | UnsetType | None
"""A country or a state by its number, its name or its code."""


class NewsletterDraft(msgspec.Struct, frozen=True):
    """Whether a customer wants to get the newsletter."""

    subscribed: Flag = UNSET


class CustomerDraft(msgspec.Struct, frozen=True):
    """What create and update are told of a customer. `company` is what the newer reference calls `is_company`."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    shipping_profile: Number = UNSET
    gender: Text = UNSET
    email: Text = UNSET
    company_name: Text = UNSET
    address_line: Text = UNSET
    country: PlaceDraft = UNSET
    state: PlaceDraft = UNSET
    post_code: Text = UNSET
    city: Text = UNSET
    mobile: Text = UNSET
    phone: Text = UNSET
    abn: Text = UNSET
    abn_branch: Text = UNSET
    newsletter: NewsletterDraft | UnsetType | None = UNSET
    password: Text = UNSET
    hide_price: Flag = UNSET
    transaction_number: Text = UNSET
    parent: Number = UNSET
    is_company: Flag = UNSET
    company: Flag = UNSET
    status: Text = UNSET


class CreateRequest(msgspec.Struct, frozen=True):
    """What create is asked."""

    customer: CustomerDraft


class UpdateRequest(msgspec.Struct, frozen=True):
    """What update is asked. Amounts of money are in the shop's currency."""

    customer: CustomerDraft | UnsetType | None = UNSET
    store_credit: Number = UNSET
    credit_limit: Number = UNSET
    customer_password_expired: Flag = UNSET
    allow_credit_limit: Flag = UNSET


class ChangeDraft(msgspec.Struct, frozen=True):
    """A customer as change-password names her, with the password that she has and the one that she wants."""

    email: str
    old_password: str
    password: str


class ChangeRequest(msgspec.Struct, frozen=True):
    """What change-password is asked."""

    customer: ChangeDraft


class PasswordDraft(msgspec.Struct, frozen=True):
    """A new password where the newer reference has it."""

    password: Text = UNSET


class ResetRequest(msgspec.Struct, frozen=True):
    """What reset-password is asked. The password at the top counts first."""

    password: Text = UNSET
    customer: PasswordDraft | UnsetType | None = UNSET


class AddressDraft(msgspec.Struct, frozen=True):
    """An address to be added. The vendor's SDK writes `address_line1` and `address_line2`."""

    type: str
    first_name: Text = UNSET
    last_name: Text = UNSET
    company_name: Text = UNSET
    email: Text = UNSET
    address_line_1: Text = UNSET
    address_line_2: Text = UNSET
    address_line1: Text = UNSET
    address_line2: Text = UNSET
    country: PlaceDraft = UNSET
    state: PlaceDraft = UNSET
    city: Text = UNSET
    post_code: Text = UNSET
    mobile: Text = UNSET
    phone: Text = UNSET
    fax: Text = UNSET


class AddressesDraft(msgspec.Struct, frozen=True):
    """The addresses that a customer is to have more."""

    addresses: tuple[AddressDraft, ...]


class AddressesRequest(msgspec.Struct, frozen=True):
    """What add-addresses is asked."""

    customer: AddressesDraft


class TokenRequest(msgspec.Struct, frozen=True):
    """What a token is asked for with. `auth_string` is the base64 of an administrator's `username:password`."""

    grant_type: str | None = None
    auth_string: str | None = None
    redirect_uri: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None


def unknown_names(body: Mapping[str, Any] | None, request: msgspec.Struct, at: str = "") -> Iterator[str]:
    """The fields of a body that nothing comes of, each by its path. No body is one of which the request has all."""
    for name, value in (body or {}).items():
        if name not in request.__struct_fields__:
            yield f"{at}{name}"
            continue
        known = getattr(request, name)
        if isinstance(known, msgspec.Struct):
            yield from unknown_names(value, known, f"{at}{name}.")
        elif isinstance(known, tuple):
            for number, entry in enumerate(known):
                yield from unknown_names(value[number], entry, f"{at}{name}[{number}].")
