"""What the traffic of REST v4 does to the customers of a shop, and whom it tells of without showing her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.recordings import Seen
from mockserver.vendors.webcommander.presupposed import Somebody, Story, settling

_NARROWED = frozenset({"email", "status"})
_NOT_FOUND, _TAKEN = "customer_not_found", "email_already_registered"


def _tell(story: Story, seen: Seen, _later: Sequence[Seen]) -> None:
    customer = _mapping(_mapping(seen.body).get("customer"))
    _count(story, seen)
    if _mapping(seen.reply).get("error") == _TAKEN:
        story.wants(Somebody("email", customer["email"], {}))
    if seen.ok and seen.operation in ("create_customer", "update_customer"):
        story.given("email", customer.get("email"))


def _count(story: Story, seen: Seen) -> None:
    census = story.census
    if seen.operation == "create_customer" and seen.ok:
        census.made(seen.reply["customer"]["id"])
    elif seen.operation == "delete_customer" and seen.ok:
        census.gone(seen.path["customer_id"])
    elif _mapping(seen.reply).get("error") == _NOT_FOUND:
        census.absent(seen.path["customer_id"])
    elif seen.operation == "find_customers" and seen.ok and seen.query.get("order_by", "id") == "id":
        _page(story, seen)


def _page(story: Story, seen: Seen) -> None:
    """A page in the order of the ids, which may be going down, and how many customers there are on all of them."""
    page, shown = seen.reply["pagination"], [customer["id"] for customer in seen.reply["customers"]]
    before, behind = page["offset"], page["total"] - page["offset"] - len(shown)
    descends, status = seen.query.get("direction", "").upper() == "DESC", seen.query.get("status")
    if not _NARROWED & seen.query.keys():
        story.census.page(shown, *((behind, before) if descends else (before, behind)))
    elif status is not None and shown and behind > 0:
        story.wants_more(status, shown[-1], below=descends)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


settle = settling(_tell)
