"""The company."""

from __future__ import annotations

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.kounta import rules
from mockserver.vendors.kounta.records import Restaurant


def get_my_company(restaurant: Restaurant, _call: Call) -> Reply:
    """The company of the credentials."""
    company = restaurant.company
    if company is None:
        raise Refused("company-not-found", company="me")
    return Reply(company)


def get_company(restaurant: Restaurant, call: Call) -> Reply:
    """The company by its id."""
    return Reply(rules.find_company(restaurant, call))
