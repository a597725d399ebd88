"""Store credit: money that a customer has with the shop."""

from __future__ import annotations

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.webcommander import customers
from mockserver.vendors.webcommander.plugin.bodies import CreditBody
from mockserver.vendors.webcommander.plugin.drafts import CreditDraft
from mockserver.vendors.webcommander.plugin.naming import named_to_alter
from mockserver.vendors.webcommander.plugin.wire import find_ignored
from mockserver.vendors.webcommander.records import Customer, Shop

_MOST = 1e12
"""Up to here, and far beyond, a number has room for cents. Our choice."""


def update_store_credit(shop: Shop, call: Call, draft: CreditDraft) -> Reply:
    """Let a store credit go up or down, to no less than nothing and no more than its limit."""
    find_ignored(call, CreditDraft)
    amount = draft.delta_amount
    if not 0 < amount <= _MOST or round(amount, 2) != amount:
        raise Refused("delta-amount-malformed", amount=amount)
    customer = named_to_alter(shop, call, draft.customer_id, draft.email)
    if draft.add in (True, "true"):
        credit = _raised(shop, customer, amount)
    else:
        credit = round(customer.store_credit - amount, 2)
        if credit < 0:
            raise Refused("store-credit-below-zero", balance=customer.store_credit)
    customers.alter(shop, customer, store_credit=credit)
    return Reply(CreditBody("true", "false", credit))


def _raised(shop: Shop, customer: Customer, amount: float) -> float:
    """The credit with so much more. The customer's own limit goes before the shop's."""
    own = customer.store_credit_limit
    limit = shop.settings.store_credit_limit if own is None else own
    credit = round(customer.store_credit + amount, 2)
    if limit is not None and credit > limit:
        raise Refused("store-credit-above-limit", balance=customer.store_credit)
    return credit
