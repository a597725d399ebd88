"""What is sent to the plugin API."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from mockserver.vendors.webcommander.places import Given, settle
from mockserver.vendors.webcommander.sales import Address

Text = str | UnsetType | None
Id = int | float | str | UnsetType | None
"""A customer's number as it is sent: also as digits, and as 310.0, which JSON Schema says is an integer."""

NOWHERE = Address(id=0, type="PRIMARY", email="")
"""What a new address is made from."""


class PlaceDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where someone is and how to reach her there, as it is sent; UNSET is what was left out."""

    country: Given = UNSET
    state: Given = UNSET
    city: Text = UNSET
    mobile: Text = UNSET
    phone: Text = UNSET
    address_line1: Text = UNSET
    address_line2: Text = UNSET
    post_code: Text = UNSET
    fax: Text = UNSET


class CreateDraft(PlaceDraft, frozen=True, kw_only=True, rename="camel"):
    """What create is told."""

    first_name: Text = UNSET
    last_name: Text = UNSET
    password: Text = UNSET
    abn_branch: Text = UNSET
    source: Text = UNSET
    company_name: Text = UNSET
    email: Text = UNSET
    sex: Text = UNSET
    is_company: bool | UnsetType | None = UNSET
    user_name: Text = UNSET
    abn: Text = UNSET


class AddressDraft(PlaceDraft, frozen=True, kw_only=True, rename="camel"):
    """What the alterations of a customer's addresses are told, and whose they are."""

    customer_id: Id = UNSET
    first_name: Text = UNSET
    last_name: Text = UNSET
    status: Text = UNSET
    email: Text = UNSET


class UpdateDraft(AddressDraft, frozen=True, kw_only=True, rename="camel"):
    """What update is told."""

    sex: Text = UNSET


class DeleteDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whom delete is for."""

    customer_id: Id = UNSET
    email: Text = UNSET


class CreditDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """By how much a store credit goes up, or down where `add` is false. The note is shown nowhere."""

    customer_id: Id = UNSET
    email: Text = UNSET
    add: bool | str
    delta_amount: int | float
    adjust_note: Text = UNSET


class LoginDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who logs in, and through which plugin."""

    client_id: Text = UNSET
    email: Text = UNSET
    user_name: Text = UNSET
    password: Text = UNSET


def moved(draft: PlaceDraft, before: Address) -> Address:
    """The address that a draft makes of another; whose it is stays."""
    country, state = settle(draft.country, draft.state, (before.country, before.state))
    return replace(
        before,
        country=country,
        state=state,
        city=kept(draft.city, before.city),
        mobile=kept(draft.mobile, before.mobile),
        phone=kept(draft.phone, before.phone),
        line1=kept(draft.address_line1, before.line1),
        line2=kept(draft.address_line2, before.line2),
        post_code=kept(draft.post_code, before.post_code),
        fax=kept(draft.fax, before.fax),
    )


def kept(given: Text, before: str | None) -> str | None:
    """A text as it is sent; what it was, where it is left out."""
    return before if given is UNSET else given
