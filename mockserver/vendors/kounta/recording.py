"""Recorded traffic with a company at Kounta: what each exchange tells of its records, and what becomes of the rest.

Names that begin with an underscore are no fields but hints: what is known of a record though no field was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mockserver.recordings import Recording, Seen, Trace
from mockserver.vendors.kounta.records import Customer
from mockserver.vendors.kounta.unseen import MOBILE_TAKEN, complete, settle

_FOUND = 302
_CUSTOMER = frozenset(Customer.__struct_fields__) - {"id"}
_WEBHOOK = frozenset({"topic", "address", "format", "headers", "filter", "created_at", "updated_at"})
_LOOKUPS = ("email", "mobile", "phone", "first_name", "last_name")
_CONTACTS = ("email", "phone", "mobile")
_OF_THE_COUNTRY = "country must be"
_OF_THE_WHOLE = (
    "first_name is required",
    "An email, phone or mobile is required",
    MOBILE_TAKEN,
    _OF_THE_COUNTRY,
)
"""How the errors begin that are found in what an update would make of a customer, so that she is there."""


def _traces(seen: Seen) -> Iterator[Trace]:
    """What an exchange tells."""
    if seen.ok:
        if "company_id" in seen.path:
            yield Trace(collection="companies", key=seen.path["company_id"], kind="named")
        yield from _TELLERS.get(seen.operation, _nothing)(seen)
    elif seen.operation == "update_customer" and _error(seen).startswith(_OF_THE_WHOLE):
        # Of several things that are wrong, the first is told: where it is the country, she can be reached.
        is_reached = _error(seen).startswith(_OF_THE_COUNTRY) and not any(seen.body.get(name) for name in _CONTACTS)
        fields = {"_is_reached": True} if is_reached else {}
        yield Trace(collection="customers", key=seen.path["customer_id"], kind="named", fields=fields)


def _error(seen: Seen) -> str:
    """The text of an error."""
    return str(seen.reply.get("error_description")) if isinstance(seen.reply, Mapping) else ""


def _nothing(_seen: Seen) -> Iterator[Trace]:
    yield from ()


def _of_company(seen: Seen) -> Iterator[Trace]:
    yield Trace(collection="companies", key=seen.reply["id"], kind="shown", fields=seen.reply)


def _of_find(seen: Seen) -> Iterator[Trace]:
    if seen.status != _FOUND:
        for customer in seen.reply:
            yield from _shown(seen, customer)
        return
    looked_for = {f"_{name}": seen.query[name].strip() for name in _LOOKUPS if name in seen.query}
    yield Trace(collection="customers", key=_last_id(seen), kind="named", fields=looked_for)


def _of_get(seen: Seen) -> Iterator[Trace]:
    yield from _shown(seen, seen.reply)


def _of_create(seen: Seen) -> Iterator[Trace]:
    id = seen.reply["id"] if isinstance(seen.reply, Mapping) and "id" in seen.reply else _last_id(seen)
    yield Trace(collection="customers", key=id, kind="created")
    yield from _offset(seen, seen.reply)


def _of_update(seen: Seen) -> Iterator[Trace]:
    """The reply shows her as she is now; what the request speaks of was something else before."""
    draft, id = seen.body or {}, seen.path["customer_id"]
    before = {name: None if name in draft else value for name, value in seen.reply.items() if name in _CUSTOMER}
    yield Trace(collection="customers", key=id, kind="named", fields=before)
    yield from _offset(seen, seen.reply)


def _shown(seen: Seen, customer: Mapping[str, Any]) -> Iterator[Trace]:
    fields = {name: value for name, value in customer.items() if name in _CUSTOMER}
    yield Trace(collection="customers", key=customer["id"], kind="shown", fields=fields)
    yield from _offset(seen, customer)


def _offset(seen: Seen, shown: Any) -> Iterator[Trace]:
    """In what is shown, times end with the company's offset."""
    time = shown.get("updated_at") if isinstance(shown, Mapping) else None
    if isinstance(time, str):
        fields = {"_offset": "+00:00" if time.endswith("Z") else time[-6:]}
        yield Trace(collection="companies", key=seen.path["company_id"], kind="shown", fields=fields)


def _of_webhooks(seen: Seen) -> Iterator[Trace]:
    for webhook in seen.reply if isinstance(seen.reply, list) else [seen.reply]:
        fields = {name: value for name, value in webhook.items() if name in _WEBHOOK}
        yield Trace(collection="webhooks", key=webhook["id"], kind="shown", fields=fields)


def _of_new_webhook(seen: Seen) -> Iterator[Trace]:
    id = seen.reply["id"] if isinstance(seen.reply, Mapping) and "id" in seen.reply else _last_id(seen)
    yield Trace(collection="webhooks", key=id, kind="created")
    yield from _offset(seen, seen.reply)


def _of_changed_webhook(seen: Seen) -> Iterator[Trace]:
    changed = {*(seen.body or {}), "updated_at"}
    before = {name: None if name in changed else value for name, value in seen.reply.items() if name in _WEBHOOK}
    yield Trace(collection="webhooks", key=seen.path["webhook_id"], kind="named", fields=before)


def _of_deleted_webhook(seen: Seen) -> Iterator[Trace]:
    yield Trace(collection="webhooks", key=seen.path["webhook_id"], kind="removed")


def _of_leave(seen: Seen) -> Iterator[Trace]:
    """Where a person was sent on to tells the application's address, and its code."""
    sent = urlsplit(seen.reply_headers.get("location", ""))
    uri = seen.query.get("redirect_uri") or sent._replace(query="").geturl()
    client = seen.query["client_id"]
    yield Trace(collection="applications", key=client, kind="named", fields={f"_redirects_to {uri}": uri})
    for code in parse_qs(sent.query).get("code", ()):
        yield Trace(collection="codes", key=code, kind="created")


def _of_token(seen: Seen) -> Iterator[Trace]:
    asked = seen.body or {}
    client = {"application": asked.get("client_id")}
    if asked.get("client_id") and asked.get("client_secret"):
        secret = {"client_secret": asked["client_secret"]}
        yield Trace(collection="applications", key=asked["client_id"], kind="named", fields=secret)
    if asked.get("grant_type") == "authorization_code":
        uri = asked.get("redirect_uri")
        yield Trace(collection="codes", key=asked["code"], kind="removed", fields={**client, "redirect_uri": uri})
        yield Trace(collection="refresh_tokens", key=seen.reply.get("refresh_token", ""), kind="created")
    elif asked.get("grant_type") == "refresh_token":
        yield Trace(collection="refresh_tokens", key=asked["refresh_token"], kind="named", fields=client)
    yield Trace(collection="access_tokens", key=seen.reply["access_token"], kind="created")


_TELLERS: Mapping[str, Callable[[Seen], Iterable[Trace]]] = {
    "get_my_company": _of_company,
    "get_company": _of_company,
    "find_customers": _of_find,
    "get_customer": _of_get,
    "create_customer": _of_create,
    "update_customer": _of_update,
    "find_webhooks": _of_webhooks,
    "get_webhook": _of_webhooks,
    "create_webhook": _of_new_webhook,
    "update_webhook": _of_changed_webhook,
    "delete_webhook": _of_deleted_webhook,
    "grant_authorization": _of_leave,
    "issue_token": _of_token,
}


def _last_id(seen: Seen) -> int:
    """The id at the end of the path that the reply leads to."""
    path = urlsplit(seen.reply_headers.get("location", "")).path
    return int(path.rpartition("/")[2].removesuffix(".json"))


RECORDING = Recording(
    traces=_traces,
    complete=complete,
    settle=settle,
    masks={
        # How many more customers there are, no recording shows.
        "find_customers": ["headers.x-pages"],
        # Each run makes other texts.
        "issue_token": ["access_token", "refresh_token"],
        "grant_authorization": ["headers.location"],
        # A page for a person: its words are ours, and so is the name of an application that nobody set up.
        "show_authorization": ["*"],
    },
)
