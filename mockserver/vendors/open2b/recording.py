"""Recorded traffic with an Open2b shop: what each exchange tells of its records.

`unseen` makes whole records of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from mockserver.recordings import Recording, Seen, Trace
from mockserver.vendors.open2b.unseen import complete, fields_of, settle
from mockserver.vendors.open2b.wire import Draft

_DRAFTED: dict[str, str] = {field.encode_name: field.name for field in msgspec.structs.fields(Draft)}
_OF_CONDITIONS = {
    "code": "code",
    "canLogin": "can_login",
    "group": "group",
    "email": "_email",
    "personalCode": "_personal_code",
    "companyCode": "_company_code",
    "country": "_country",
    "stateProv": "_state_prov",
    "keywords": "_keywords",
}
"""What a condition that a customer meets tells of her."""

_BEFORE_LOOKING = re.compile(r" is (required|not syntactically correct|not a valid value|unknown)$|^Access denied")
"""How the errors end that are found before the shop looks whom the request is for."""


def _traces(seen: Seen) -> Iterator[Trace]:
    """What an exchange tells."""
    if isinstance(seen.body, Mapping) and isinstance(seen.reply, Mapping):
        tells = _TELLERS.get(seen.operation)
        if tells is not None and seen.ok:
            yield from tells(seen.body, seen.reply)
        elif seen.operation == "update_customer" and not seen.ok:
            yield from _of_refused_update(seen.body, seen.reply)


def _of_find(asked: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Trace]:
    conditions = asked.get("conditions", {})
    met = {_OF_CONDITIONS[name]: value for name, value in conditions.items() if name in _OF_CONDITIONS}
    met |= {f"_label_{label}": True for label in conditions.get("labels", ())}
    ids: list[int] = conditions.get("ids", [])
    only = ids[0] if len(ids) == 1 else None
    for customer in reply.get("customers", ()):
        id = customer.get("id", only)
        if id is not None:
            yield from _shown(id, {**fields_of(customer), **met})


def _of_get(asked: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Trace]:
    if reply.get("customer") is not None:
        yield from _shown(asked["id"], fields_of(reply["customer"]))


def _of_login(asked: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Trace]:
    """The reply shows her as she was before; where it does not say who she is, nobody can tell."""
    customer = reply.get("customer")
    if customer and "id" in customer:
        known = {"can_login": True, "_has_password": True, "_email": asked["email"], "_password": asked["password"]}
        yield from _shown(customer["id"], {"login_time": None, **fields_of(customer), **known})


def _of_create(asked: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Trace]:
    yield Trace(collection="customers", key=reply["id"], kind="created")
    yield from _named_by(_drafted(asked["customer"]))


def _of_update(asked: Mapping[str, Any], _reply: Mapping[str, Any]) -> Iterator[Trace]:
    draft = _drafted(asked["customer"])
    before: dict[str, Any] = dict.fromkeys(draft, None) | {"update_time": None}
    if "password" in before:
        before |= {"encrypted_password": None, "_password": None}
        if draft["password"] is None and "can_login" not in draft:
            before["can_login"] = False
    elif draft.get("can_login"):
        before["_has_password"] = True
    before.pop("password", None)
    if "billing_address" in draft:
        before |= {"_full_name": None, "_email": None}
    yield Trace(collection="customers", key=asked["id"], kind="named", fields=before)
    yield from _named_by(draft)


def _of_refused_update(asked: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Trace]:
    """An update that is refused for what it would make of her tells that she is there, and what was not wrong."""
    error = reply.get("error", {})
    field, text = error.get("field"), error.get("description", "")
    if field == "id" or _BEFORE_LOOKING.search(text):
        return
    draft = _drafted(asked["customer"])
    known = dict(_known_of_refused(field, error.get("type"), draft))
    if field == "loginTime":
        known |= {"_created_after": draft["login_time"]} if draft.get("login_time") else {"login_time": _quoted(text)}
    yield Trace(collection="customers", key=asked["id"], kind="named", fields=known)
    if field not in ("canLogin", "cart"):
        yield from _named_by({"cart": draft.get("cart")})


def _known_of_refused(field: str, kind: str, draft: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Whether she has a password, and can log in, as the first thing that is wrong with a draft tells."""
    if field == "canLogin":
        if "password" not in draft:
            yield "_has_password", False
        if "can_login" not in draft:
            yield "can_login", True
    elif "password" not in draft and (draft.get("can_login") or (field == "email" and kind == "AlreadyExists")):
        yield "_has_password", True
    elif "password" in draft and draft["password"] is None and "can_login" not in draft:
        yield "can_login", False


def _quoted(text: str) -> str | None:
    return next(iter(re.findall("'([^']*)'", text)), None)


_TELLERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Trace]]] = {
    "find_customers": _of_find,
    "get_customer": _of_get,
    "authenticate_customer": _of_login,
    "create_customer": _of_create,
    "update_customer": _of_update,
}
"""Not delete: it succeeds for customers who never were."""


def _shown(id: int, fields: dict[str, Any]) -> Iterator[Trace]:
    yield Trace(collection="customers", key=id, kind="shown", fields=fields)
    yield from _named_by(fields)


def _named_by(fields: Mapping[str, Any]) -> Iterator[Trace]:
    """What a customer's fields name is there too."""
    if fields.get("group"):
        yield Trace(collection="groups", key=fields["group"], kind="named")
    if fields.get("collection"):
        yield Trace(collection="collections", key=fields["collection"], kind="named", fields={"is_catalog": True})
    for id in fields.get("collections") or ():
        yield Trace(collection="collections", key=id, kind="named", fields={"is_catalog": False})
    if fields.get("cart"):
        yield Trace(collection="carts", key=fields["cart"], kind="named")


def _drafted(draft: Mapping[str, Any]) -> dict[str, Any]:
    return {_DRAFTED[name]: value for name, value in draft.items() if name in _DRAFTED}


RECORDING = Recording(
    traces=_traces,
    complete=complete,
    settle=settle,
    masks={
        # How many more customers there are, no recording shows.
        "count_customers": ["count"],
        # Only the shop's own program knows how it encrypts; ours does so in its own way where somebody logs in.
        "find_customers": ["customers[].encryptedPassword"],
        "get_customer": ["customer.encryptedPassword"],
        "authenticate_customer": ["customer.encryptedPassword"],
    },
)
