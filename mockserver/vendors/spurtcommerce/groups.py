"""Customer groups. What is sent is handed to the database as it is, and told back as it was sent [recorded]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.vendors.spurtcommerce import conversions, validation
from mockserver.vendors.spurtcommerce.collation import collated, like
from mockserver.vendors.spurtcommerce.columns import to_integer, to_key, to_text
from mockserver.vendors.spurtcommerce.envelope import answer, answer_saved
from mockserver.vendors.spurtcommerce.javascript import to_text as text_of
from mockserver.vendors.spurtcommerce.paging import asks_count, newest, page
from mockserver.vendors.spurtcommerce.records import Group, Market
from mockserver.vendors.spurtcommerce.times import time_text

_DEFAULT = "default"
_COLUMNS = {"name": "name", "description": "description", "colorCode": "color_code", "isActive": "is_active"}
"""What the program sends of a group, in its order, and the columns that it is kept in."""

_FIELDS = {"name": "name", "description": "description", "colorCode": "colorcode", "isActive": "status"}
"""The same by the fields of a request."""

_LENGTHS = {"name": 512, "description": 512, "color_code": 255}
"""How many characters the columns hold [the vendor's migrations]."""


def create_group(market: Market, call: Call) -> Reply:
    """Create a group whose name no other group has."""
    sent = _sent(validation.check(call))
    if "name" not in sent:
        reason = "Field 'name' doesn't have a default value"
        raise Refused("query-failed", reason=f"ER_NO_DEFAULT_FOR_FIELD: {reason}")
    name = collated(sent["name"])
    if any(collated(group.name) == name for group in market.groups):
        raise Refused("group-already-exists")
    created = time_text(call.at)
    group = market.groups.add(Group(id=0, created=created, **_kept(sent)))
    body = {**sent, "createdDate": created, "groupId": group.id}
    return answer_saved(call, "Customer Group Created Successfully", body)


def find_groups(market: Market, call: Call) -> Reply:
    """The groups whose names and whose statuses hold the texts that are given, the newest first; or their number."""
    query, groups = conversions.read_query(call), list(market.groups)
    if "keyword" in query:
        holds = like(text_of(query["keyword"]))
        groups = [group for group in groups if holds(group.name)]
    if "status" in query:
        holds = like(text_of(query["status"]))
        groups = [group for group in groups if group.is_active is not None and holds(str(group.is_active))]
    found = len(groups) if asks_count(query) else [_group_body(group) for group in newest(groups, page(query))]
    return answer("Successfully got all customer group List", found)


def update_group(market: Market, call: Call) -> Reply:
    """Alter a group. Another one may have the name, and a description that is not sent stays [both recorded]."""
    id, sent = conversions.read_id(call), _sent(validation.check(call))
    group = _find_group(market, id)
    body = {**sent, "groupId": group.id}
    if not all(_is_same(value, getattr(group, _COLUMNS[name])) for name, value in sent.items()):
        body["modifiedDate"] = modified = time_text(call.at)
        market.groups.put(replace(group, modified=modified, **_kept(sent)))
    return answer_saved(call, "Customer Group updated successfully.", body)


def delete_group(market: Market, call: Call) -> Reply:
    """Delete a group that nobody is in any more but deleted customers; not the one called default."""
    group = _find_group(market, _id_to_delete(call))
    if collated(group.name) == _DEFAULT:
        raise Refused("group-is-default")
    if any(not customer.delete_flag for customer in market.customers.find("group", group.id)):
        raise Refused("group-in-use")
    market.groups.remove(group.id)
    return answer("Group Deleted Successfully.")


def _id_to_delete(call: Call) -> Any:
    """The id in the body. The program wants it, and passes over the one in the path [recorded]; the page wants that."""
    is_left_out = isinstance(call.body, dict) and "groupId" not in call.body
    if is_left_out and call.options.fidelity == "documented":
        call.find("group-id-left-out", "the program refuses to delete a group without groupId in the body: 422")
        validation.find_ignored(call)
        return call.path["id"]
    return validation.check(call).get("groupId")


def _find_group(market: Market, id: Any) -> Group:
    group = market.groups.get(to_key(id))
    if group is None:
        raise Refused("group-not-found")
    return group


def _sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says of a group, by the names that the program sends, in their order."""
    return {name: body[field] for name, field in _FIELDS.items() if field in body}


def _kept(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that keep what was sent. Raises Refused("query-failed") for what they cannot keep."""
    kept = {_COLUMNS[name]: value for name, value in sent.items()}
    for column, length in _LENGTHS.items():
        if column in kept:
            kept[column] = to_text(kept[column], column, length)
    if "is_active" in kept:
        kept["is_active"] = to_integer(kept["is_active"], "is_active")
    return kept


def _is_same(value: Any, kept: object) -> bool:
    """Whether the program finds nothing to write: the text '1' is another value than the number."""
    return type(value) is type(kept) and value == kept


def _group_body(group: Group) -> dict[str, Any]:
    return {"groupId": group.id, **{name: getattr(group, column) for name, column in _COLUMNS.items()}}
