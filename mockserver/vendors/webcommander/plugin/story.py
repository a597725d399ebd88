"""What the traffic of plugins does to the customers of a shop, and whom it tells of without showing her."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mockserver.recordings import Seen
from mockserver.vendors.webcommander.plugin.telling import traces
from mockserver.vendors.webcommander.plugin.telling_sales import number_in
from mockserver.vendors.webcommander.presupposed import Somebody, Story, settling

_TAKEN = {"Another customer has the email ": "email", "Another customer has the userName ": "user_name"}
"""How the errors begin that tell of somebody else, and what she has."""

_ALTERING = frozenset({"update_customer", "update_billing_address", "update_shipping_address", "delete_customer"})
_BY_EMAIL = frozenset(
    {
        *_ALTERING,
        "update_store_credit",
        "find_orders",
        "find_payments",
    }
)
"""What is done to a customer whom an e-mail may name."""

_NOT_FOUND = 404
_NOBODY = 0
"""A number that no customer has."""


def _tell(story: Story, seen: Seen, later: Sequence[Seen]) -> None:
    asked = {**seen.query, **_mapping(seen.body)}
    if seen.operation == "authenticate_customer" and seen.ok:
        index, name = ("email", "email") if asked.get("email") else ("user_name", "userName")
        known = {"_password": asked["password"], "status": "active"}
        story.wants(Somebody(index, asked[name], known, _of_token(seen.reply["access_token"], later)))
    elif seen.operation in _BY_EMAIL and "customerId" not in asked:
        _tell_of_named(story, seen, asked)
    _count(story, seen, asked)
    for beginning, index in _TAKEN.items():
        if str(_mapping(seen.reply).get("message", "")).startswith(beginning):
            story.wants(Somebody(index, asked["email" if index == "email" else "userName"], {}))
    is_new_email = seen.operation == "create_customer" or (
        seen.operation == "update_customer" and "customerId" in asked
    )
    if seen.ok and is_new_email:
        story.given("email", asked.get("email"))
        story.given("user_name", asked.get("userName"))


def _tell_of_named(story: Story, seen: Seen, asked: Mapping[str, Any]) -> None:
    """Who is named by an e-mail is there; what is known of her is as if a number named her. An empty one is the lost one."""
    named = replace(
        seen, body={**_mapping(seen.body), "customerId": _NOBODY}, query={**seen.query, "customerId": _NOBODY}
    )
    told = [trace.fields for trace in traces(named) if trace.collection == "customers" and trace.key == _NOBODY]
    if not (seen.ok or told):
        return
    known = {"is_in_trash": False} if seen.operation in _ALTERING else {}
    known |= told[0] if told else {}
    if asked.get("email"):
        shown = _mapping(_mapping(seen.reply).get("customers")).get("id")
        story.wants(Somebody("email", asked["email"], known, shown))
    else:
        story.wants_lost(known)


def _count(story: Story, seen: Seen, asked: Mapping[str, Any]) -> None:
    census, number = story.census, number_in(asked)
    if seen.operation == "create_customer" and seen.ok:
        census.made(seen.reply["customers"]["id"])
    elif seen.operation == "find_customers" and seen.ok and "type" not in asked:
        _count_page(story, asked, [customer["id"] for customer in seen.reply["customers"]])
    elif seen.operation == "get_customer" and seen.status == _NOT_FOUND and number is not None:
        census.absent(number)
    elif seen.operation in {*_ALTERING, "update_store_credit"} and seen.ok:
        number = story.number_of(asked["email"]) if number is None else number
        if number is not None:
            story.altered(number)
        if number is not None and seen.operation == "delete_customer":
            census.gone(number)


def _count_page(story: Story, asked: Mapping[str, Any], shown: Sequence[int]) -> None:
    """A page tells how many come before it, and who in its midst is in the trash."""
    most, first = asked.get("max", -1), asked.get("offset", 0)
    is_last = most < 0 or len(shown) < most
    story.census.page(shown, first, 0 if is_last else None)
    if shown:
        story.lists(shown, shown[0] if first else 0, math.inf if is_last else shown[-1])


def _of_token(token: str, later: Sequence[Seen]) -> int | None:
    """To whom a token was given, where a later exchange tells."""
    for seen in later:
        if seen.operation == "get_customer_by_token" and seen.ok and seen.query.get("token") == token:
            return int(seen.reply["customers"]["id"])
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


settle = settling(_tell)
