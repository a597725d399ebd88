"""The passwords with which customers log in."""

from __future__ import annotations

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.webcommander import customers, passwords
from mockserver.vendors.webcommander.records import Customer, Shop, fold
from mockserver.vendors.webcommander.v4.bodies import Done
from mockserver.vendors.webcommander.v4.drafts import ChangeRequest, PasswordDraft, ResetRequest
from mockserver.vendors.webcommander.v4.wire import find_ignored

_DONE = Done("success", "Password has been changed successfully")


def change_password(shop: Shop, call: Call, request: ChangeRequest) -> Reply:
    """Give a customer another password, for the one that she has. Only those who are active have one."""
    customer = customers.find_to_alter(shop, call.path["customer_id"])
    find_ignored(call, request)
    draft = request.customer
    if customer.email is None or fold(draft.email) != fold(customer.email):
        raise Refused("email-mismatch", email=draft.email)
    if customer.status != "active":
        raise Refused("customer-not-active", status=customer.status)
    if not passwords.is_right(customer.password_hash, draft.old_password):
        raise Refused("old-password-wrong")
    return _changed(shop, customer, draft.password, 200)


def reset_password(shop: Shop, call: Call, request: ResetRequest) -> Reply:
    """Give a customer another password, whatever she had."""
    customer = customers.find_to_alter(shop, call.path["customer_id"])
    find_ignored(call, request)
    password = request.password
    if not isinstance(password, str) and isinstance(request.customer, PasswordDraft):
        password = request.customer.password
    if not isinstance(password, str):
        raise Refused("field-missing", field="password")
    return _changed(shop, customer, password, 201)


def _changed(shop: Shop, customer: Customer, password: str, status: int) -> Reply:
    customers.alter(shop, customer, password_hash=customers.hashed(shop, customer, password))
    return Reply(_DONE, status)
