"""What Open2b refuses, row by row, in the order in which the vendor prints the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import fields

from mockserver.call import Refused
from mockserver.vendors.open2b.passwords import is_crypted, is_plain
from mockserver.vendors.open2b.records import ApiKey, Customer, Shop, login_key
from mockserver.vendors.open2b.wire import CUSTOMER_FIELDS, Draft, FindRequest, named

_MOST_COLLECTIONS = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_EMAIL_LENGTH = range(3, 121)
_RECIPIENT_CODE = re.compile(r"[A-Za-z0-9]{6,7}")
"""The codes of the Italian exchange: seven characters, six for public offices. Nothing of Open2b's says more."""

_RECIPIENT_LENGTH = range(257)
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_PLAIN_LENGTH = range(6, 17)


def check_new(shop: Shop, draft: Draft, customer: Customer, now: str) -> None:
    """The error table of create. `customer` is what the draft would become."""
    if draft.can_login is True and draft.password is None:
        raise Refused("can-login-invalid-value")
    _check_collection(shop, draft)
    _check_collections(shop, draft)
    _check_creation_time(draft, now)
    _check_code(shop, customer)
    _check_email(shop, customer)
    _check_group(shop, draft)
    _check_invoice_recipient(draft)
    _check_locale(draft)
    _check_login_time(draft, customer, now)
    _check_password(draft)
    if draft.can_login is True and draft.password is UNSET:
        raise Refused("password-missing")


def check_changed(shop: Shop, draft: Draft, customer: Customer, now: str) -> None:
    """The error table of update. `customer` is what the draft would make of the one who is there."""
    if customer.can_login and not customer.encrypted_password:
        raise Refused("can-login-invalid-value")
    if isinstance(draft.cart, str) and draft.cart not in shop.carts:
        raise Refused("cart-not-found", cart=draft.cart)
    _check_collection(shop, draft)
    _check_collections(shop, draft)
    _check_creation_time(draft, now)
    _check_code(shop, customer)
    _check_email(shop, customer)
    _check_group(shop, draft)
    _check_invoice_recipient(draft)
    _check_locale(draft)
    _check_login_time(draft, customer, now)
    _check_password(draft)


def check_draft(draft: Draft) -> None:
    """What is wrong with a draft whatever the shop holds: these are common rows and come before the tables."""
    for field, text in (("creationTime", draft.creation_time), ("loginTime", draft.login_time)):
        if isinstance(text, str) and not _is_time(text):
            raise Refused("field-malformed", **named(field))
    password = draft.password
    if password and password.value is UNSET:
        if password.crypted_by is not None:
            raise Refused("field-missing-combination", **named("value"), OtherField="CryptedBy")
        raise Refused("field-missing", **named("value"))


def check_paging(request: FindRequest) -> None:
    """Two ways of paging at once make no sense: `after` is a cursor, `first` an offset. Our choice of a combination."""
    if request.first and request.conditions.after is not None:
        raise Refused("field-invalid-combination", **named("first"), OtherField="After")


def check_rights(key: ApiKey, fields: Iterable[str]) -> None:
    """An app names a field that it has no right to."""
    for field in fields:
        if field in key.denied_fields:
            raise Refused("field-access-denied", field=field)


def check_draft_rights(key: ApiKey, draft: Draft) -> None:
    """The same for the fields that a draft sets."""
    if key.denied_fields:
        check_rights(key, (field.encode_name for field in fields(draft) if getattr(draft, field.name) is not UNSET))


def visible(key: ApiKey, fields: list[str] | None) -> Sequence[str] | None:
    """The fields to show: those asked for, else all that the app has a right to; None for simply all."""
    if not key.denied_fields:
        return fields
    if fields is None:
        return [field for field in CUSTOMER_FIELDS if field not in key.denied_fields]
    check_rights(key, fields)
    return fields


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_collection(shop: Shop, draft: Draft) -> None:
    if not isinstance(draft.collection, int):
        return
    found = shop.collections.get(draft.collection)
    if found is None:
        raise Refused("collection-not-found", collection=draft.collection)
    if not found.is_catalog:
        raise Refused("collection-invalid-value", collection=draft.collection)


def _check_collections(shop: Shop, draft: Draft) -> None:
    if draft.collections is UNSET:
        return
    ids = draft.collections
    if len(ids) > _MOST_COLLECTIONS:
        raise Refused("collections-invalid-value-count")
    found = {id: shop.collections.get(id) for id in ids}
    for id, known in found.items():
        if known is not None and known.is_catalog:
            raise Refused("collections-invalid-value-kind", collection=id)
    if len(found) < len(ids):
        raise Refused("collections-malformed")
    for id, known in found.items():
        if known is None:
            raise Refused("collections-not-found", collection=id)


def _check_creation_time(draft: Draft, now: str) -> None:
    if draft.creation_time is not UNSET and draft.creation_time > now:
        raise Refused("creation-time-invalid-value", creationTime=draft.creation_time)


def _check_code(shop: Shop, customer: Customer) -> None:
    holder = shop.customers.by("code", customer.code) if customer.code else None
    if holder is not None and holder.id != customer.id:
        raise Refused("code-already-exists", code=customer.code)


def _check_email(shop: Shop, customer: Customer) -> None:
    email = customer.billing_address.email
    key = login_key(customer)
    holder = shop.customers.by("login", key) if key else None
    if holder is not None and holder.id != customer.id:
        raise Refused("email-already-exists", email=email)
    if len(email) not in _EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        raise Refused("email-invalid-value", email=email)


def _check_group(shop: Shop, draft: Draft) -> None:
    if draft.group is not UNSET and draft.group not in shop.groups:
        raise Refused("group-not-found", group=draft.group)


def _check_invoice_recipient(draft: Draft) -> None:
    recipient = draft.invoice_recipient
    if recipient is UNSET or recipient == "":
        return
    known = _RECIPIENT_CODE.fullmatch(recipient) or _EMAIL.fullmatch(recipient)
    if not known or len(recipient) not in _RECIPIENT_LENGTH:
        raise Refused("invoice-recipient-malformed", invoiceRecipient=recipient)


def _check_locale(draft: Draft) -> None:
    if draft.locale is not UNSET and not _LOCALE.fullmatch(draft.locale):
        raise Refused("locale-malformed", locale=draft.locale)


def _check_login_time(draft: Draft, customer: Customer, now: str) -> None:
    """The two times are compared as they would be stored, whichever of them the draft sets."""
    time = customer.login_time
    if time is None or (draft.login_time is UNSET and draft.creation_time is UNSET):
        return
    if time < customer.creation_time:
        raise Refused("login-time-invalid-value-before-creation", loginTime=time)
    if draft.login_time is not UNSET and time > now:
        raise Refused("login-time-invalid-value-future", loginTime=time)


def _check_password(draft: Draft) -> None:
    password = draft.password
    if not password or password.value is UNSET:
        return
    if password.crypted_by is not None and not is_plain(password.crypted_by):
        if not is_crypted(password.value, password.crypted_by):
            raise Refused("password-malformed-crypted", cryptedBy=password.crypted_by)
    elif len(password.value) not in _PLAIN_LENGTH:
        raise Refused("password-malformed-length")
