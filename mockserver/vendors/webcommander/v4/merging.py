"""What drafts make of customers, and what is refused of them for what there is in the shop."""

from __future__ import annotations

from typing import Any, get_args

from msgspec import UNSET
from msgspec.structs import replace

from mockserver.call import Refused
from mockserver.vendors.webcommander import customers, places
from mockserver.vendors.webcommander.records import Customer, Shop, Status
from mockserver.vendors.webcommander.sales import Address
from mockserver.vendors.webcommander.v4.drafts import CustomerDraft, Flag, NewsletterDraft, Number, Text, UpdateRequest

STATUSES: tuple[Status, ...] = get_args(Status)
_TEXTS = {
    "last_name": "last_name",
    "gender": "sex",
    "company_name": "company_name",
    "abn": "abn",
    "abn_branch": "abn_branch",
    "transaction_number": "transaction_number",
}
_ADDRESS_TEXTS = {
    "address_line": "line1",
    "city": "city",
    "post_code": "post_code",
    "mobile": "mobile",
    "phone": "phone",
}
"""By the names of a draft, those of a record."""


def described(shop: Shop, draft: CustomerDraft, before: Customer | None) -> dict[str, Any]:
    """The fields of a customer that a draft speaks of, save her addresses, status and password; `before` is None for a new one."""
    given = _texts(draft, _TEXTS)
    if before is None or draft.first_name is not UNSET:
        given["first_name"] = customers.check_first_name(_text(draft.first_name))
    email = _text(draft.email)
    if email:
        given["email"] = customers.check_email(shop, email, before.id if before else None)
    elif draft.email is not UNSET:
        given["email"] = None
    for name, flag in (
        ("is_company", draft.company if draft.is_company is UNSET else draft.is_company),
        ("hide_price", draft.hide_price),
        ("newsletter", _subscribed(draft)),
    ):
        if flag is not UNSET:
            given[name] = flag is True
    return given


def related(shop: Shop, draft: CustomerDraft, before: Customer | None) -> dict[str, Any]:
    """The shipping profile and the parent that a draft speaks of."""
    given: dict[str, Any] = {}
    if draft.shipping_profile is not UNSET:
        given["shipping_profile"] = profile = _number(draft.shipping_profile)
        if profile is not None and profile not in shop.shipping_profiles:
            raise Refused("shipping-profile-unknown", shipping_profile=profile)
    if draft.parent is not UNSET:
        given["parent"] = parent = _number(draft.parent)
        if parent is not None and (parent not in shop.customers or (before and before.id == parent)):
            raise Refused("parent-unknown", parent=parent)
    return given


def check_status(status: str) -> Status:
    """A status as it is sent."""
    for known in STATUSES:
        if status == known:
            return known
    raise Refused("status-unknown", status=status, known=", ".join(STATUSES))


def placed(draft: CustomerDraft, before: Address) -> Address:
    """The address that a draft's flat keys make of another."""
    country, state = places.settle(draft.country, draft.state, (before.country, before.state))
    return replace(before, **_texts(draft, _ADDRESS_TEXTS), country=country, state=state)


def moved(shop: Shop, draft: CustomerDraft, before: Customer) -> tuple[Address, ...]:
    """A customer's addresses when her own one is what a draft's flat keys say; it has her e-mail where that alters."""
    email = before.email if draft.email is UNSET else draft.email
    primary = before.primary or Address(id=0, type="PRIMARY", email=email or "")
    address = placed(draft, primary)
    if draft.email is not UNSET:
        address = replace(address, email=email or "")
    if address == primary:
        return before.addresses
    id = address.id or shop.next_numbers(1).address
    return customers.exchanged(before, customers.numbered(address, id, "PRIMARY"))


def credited(shop: Shop, request: UpdateRequest, before: Customer) -> dict[str, Any]:
    """What stands beside the customer in an update: credits, in whole cents, and two flags."""
    given: dict[str, Any] = {}
    if isinstance(request.store_credit, int | float):
        given["store_credit"] = round(float(request.store_credit), 2)
        limit = shop.settings.store_credit_limit if before.store_credit_limit is None else before.store_credit_limit
        if limit is not None and given["store_credit"] > limit:
            raise Refused("store-credit-above-limit", limit=limit)
    if isinstance(request.credit_limit, int | float):
        given["credit_limit"] = round(float(request.credit_limit), 2)
    if isinstance(request.customer_password_expired, bool):
        given["password_expired"] = request.customer_password_expired
    if isinstance(request.allow_credit_limit, bool):
        given["allow_credit_limit"] = request.allow_credit_limit
    return given


def _texts(draft: CustomerDraft, names: dict[str, str]) -> dict[str, Any]:
    """The fields of a record, by its names, that a draft speaks of."""
    return {kept: value for name, kept in names.items() if (value := getattr(draft, name)) is not UNSET}


def _subscribed(draft: CustomerDraft) -> Flag:
    newsletter = draft.newsletter
    return newsletter.subscribed if isinstance(newsletter, NewsletterDraft) else newsletter


def _text(given: Text) -> str | None:
    return None if given is UNSET else given


def _number(given: Number) -> int | None:
    return None if given is UNSET or given is None else int(given)
