"""Recorded traffic with a marketplace: what each exchange tells of its records.

None that is told for a field is a value that nobody knows: it was altered before it was shown. Names that begin with an
underscore are no fields but hints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from mockserver.recordings import Recording, Seen, Trace
from mockserver.vendors.spurtcommerce.recorded_script import read_script
from mockserver.vendors.spurtcommerce.recorded_strangers import settle
from mockserver.vendors.spurtcommerce.recorded_words import CUSTOMER, GROUP, ids_in, in_our_time, our_fields
from mockserver.vendors.spurtcommerce.unseen import complete

_ALTERED = ("first_name", "mobile", "group", "mail_status", "is_active", "delete_flag", "avatar", "avatar_path")
"""What an update replaces, and what it cannot tell: whether she was deleted."""

_SHEET = ("_id", "_full_name", "username", "email", "mobile", "created")
_OF_HER = ("MailId is already registered", "Password does not match.", "Only PNG", "Password must contain")
"""How the errors begin that are found in what an update would make of a customer."""

_IS_DEFAULT = "You cannot delete this customer group."
_IN_USE = "You cannot delete this Customer group as Users are mapped to it."
_SELLS = re.compile(r"(This|Choosen) customer have vendor account")
_FAR = 1_000_000
"""Where the keys of records begin whose own nobody tells."""


def _traces(seen: Seen) -> Iterator[Trace]:
    """What an exchange tells."""
    tellers = _TELLERS if seen.ok else _REFUSED
    yield from tellers.get(seen.operation, _nothing)(seen)


def _message(seen: Seen) -> str:
    return str(seen.reply.get("message")) if isinstance(seen.reply, Mapping) else ""


def _nothing(_seen: Seen) -> Iterator[Trace]:
    yield from ()


def _of_login(seen: Seen) -> Iterator[Trace]:
    user, role = seen.reply["data"]["user"], seen.reply["data"]["user"].get("usergroup")
    known: dict[str, Any] = {"username": seen.body["username"], "_password": seen.body["password"]}
    if role:
        fields = {"name": role["name"], "permissions": list(seen.reply["data"]["permission"])}
        yield Trace(
            collection="roles",
            key=role["groupId"],
            kind="shown",
            fields=in_our_time({**fields, "created": role["createdDate"]}),
        )
        known["role"] = role["groupId"]
    yield Trace(
        collection="users",
        key=user["userId"],
        kind="shown",
        fields=in_our_time({**known, "created": user["createdDate"]}),
    )


def _of_customers(seen: Seen) -> Iterator[Trace]:
    found = seen.reply["data"]
    for customer in found if isinstance(found, list) else ():
        yield from _shown(customer)


def _of_customer(seen: Seen) -> Iterator[Trace]:
    yield from _shown(seen.reply["data"])


def _shown(customer: Mapping[str, Any]) -> Iterator[Trace]:
    fields = our_fields(customer, CUSTOMER)
    yield Trace(collection="customers", key=customer["id"], kind="shown", fields=fields)
    if fields.get("group") and fields.get("_group_name"):
        yield Trace(collection="groups", key=fields["group"], kind="shown", fields={"name": fields["_group_name"]})


def _of_new_customer(seen: Seen) -> Iterator[Trace]:
    data = seen.reply["data"]
    yield Trace(collection="customers", key=data["id"], kind="created", fields=our_fields(data, CUSTOMER))


def _of_changed_customer(seen: Seen) -> Iterator[Trace]:
    data = seen.reply["data"]
    altered = dict.fromkeys(_ALTERED)
    if "email" in seen.body:
        altered |= {"email": None, "username": None}
    fields = {**our_fields(data, CUSTOMER), **altered}
    yield Trace(collection="customers", key=data["id"], kind="named", fields=fields)


def _of_deleted_customer(seen: Seen) -> Iterator[Trace]:
    yield Trace(collection="customers", key=seen.path["id"], kind="named", fields={"delete_flag": None})


def _of_deleted_customers(seen: Seen) -> Iterator[Trace]:
    for id in ids_in(seen.body):
        yield Trace(collection="customers", key=id, kind="named", fields={"delete_flag": None})


def _of_sheet(seen: Seen) -> Iterator[Trace]:
    for row in seen.reply["rows"] if isinstance(seen.reply, Mapping) else ():
        told = in_our_time(dict(zip(_SHEET, row, strict=False)))
        key = told.pop("_id")
        yield Trace(collection="customers", key=key, kind="shown", fields=told)


def _of_groups(seen: Seen) -> Iterator[Trace]:
    found = seen.reply["data"]
    for group in found if isinstance(found, list) else ():
        yield Trace(collection="groups", key=group["groupId"], kind="shown", fields=our_fields(group, GROUP))


def _of_new_group(seen: Seen) -> Iterator[Trace]:
    data = seen.reply["data"]
    yield Trace(collection="groups", key=data["groupId"], kind="created", fields=our_fields(data, GROUP))


def _of_changed_group(seen: Seen) -> Iterator[Trace]:
    """A group that nothing was altered of was as the reply shows it."""
    data = seen.reply["data"]
    fields = our_fields(data, GROUP)
    before = dict.fromkeys(fields) if "modifiedDate" in data else fields
    yield Trace(collection="groups", key=data["groupId"], kind="named", fields=before)


def _of_deleted_group(seen: Seen) -> Iterator[Trace]:
    for id in ids_in((seen.body or {}).get("groupId", seen.path["id"])):
        yield Trace(collection="groups", key=id, kind="removed")


def _of_refused_update(seen: Seen) -> Iterator[Trace]:
    """She was found before this was looked at."""
    lines = seen.reply.get("data", {}).get("message", ()) if isinstance(seen.reply, Mapping) else ()
    if any(str(text).startswith(_OF_HER) for text in (_message(seen), *lines)):
        yield Trace(collection="customers", key=seen.path["id"], kind="named")


def _of_refused_removal(seen: Seen) -> Iterator[Trace]:
    if _SELLS.match(_message(seen)):
        yield Trace(collection="customers", key=seen.path["id"], kind="named")
        yield from _seller(_FAR + seen.path["id"], {"customer": seen.path["id"]})


def _of_refused_removals(seen: Seen) -> Iterator[Trace]:
    """Of several, the first may be the one who sells: then the answer is the same."""
    if _SELLS.match(_message(seen)):
        for id in islice(ids_in(seen.body), 1):
            yield Trace(collection="customers", key=id, kind="named")
            yield from _seller(_FAR + id, {"customer": id})


def _of_kept_group(seen: Seen) -> Iterator[Trace]:
    fields = {"name": "default"} if _message(seen) == _IS_DEFAULT else {}
    if fields or _message(seen) == _IN_USE:
        for id in ids_in((seen.body or {}).get("groupId", seen.path["id"])):
            yield Trace(collection="groups", key=id, kind="named", fields=fields)


def _of_graph(seen: Seen) -> Iterator[Trace]:
    for id in ids_in(seen.query.get("vendorId")):
        if id:
            yield from _seller(id, {"customer": _FAR + id})


def _seller(key: int, fields: Mapping[str, Any]) -> Iterator[Trace]:
    yield Trace(collection="sellers", key=key, kind="named", fields=fields)
    yield Trace(collection="seller_products", key=_FAR + key, kind="named", fields={"seller": key})


_TELLERS: Mapping[str, Callable[[Seen], Iterable[Trace]]] = {
    "authenticate_user": _of_login,
    "find_customers": _of_customers,
    "find_recent_customers": _of_customers,
    "get_customer": _of_customer,
    "create_customer": _of_new_customer,
    "update_customer": _of_changed_customer,
    "delete_customer": _of_deleted_customer,
    "delete_customers": _of_deleted_customers,
    "export_customers": _of_sheet,
    "export_all_customers": _of_sheet,
    "find_groups": _of_groups,
    "create_group": _of_new_group,
    "update_group": _of_changed_group,
    "delete_group": _of_deleted_group,
    "get_vendor_graph": _of_graph,
}


_REFUSED: Mapping[str, Callable[[Seen], Iterable[Trace]]] = {
    "update_customer": _of_refused_update,
    "delete_customer": _of_refused_removal,
    "delete_customers": _of_refused_removals,
    "delete_group": _of_kept_group,
}
"""Refusals that tell what there is."""


RECORDING = Recording(
    traces=_traces,
    complete=complete,
    masks={
        # How many more there are, no recording shows.
        "find_customers": ["data:number", "data[].customerGroupName"],
        "find_groups": ["data:number"],
        "count_customers": ["data"],
        "count_customers_today": ["data"],
        # What was bought, looked at and visited, nobody was recorded to do: it is done in the shop, not here.
        "find_order_products": ["data"],
        "find_product_views": ["data"],
        "get_vendor_graph": ["data", "data.productSoldCount:any"],
        "find_visits": ["data"],
    },
    settle=settle,
    script=read_script,
)
