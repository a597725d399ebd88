"""A plain model of a marketplace at Spurtcommerce, for tests to compare the fake with."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]

NOW = datetime(2026, 11, 21, 21, 39, 50, tzinfo=UTC)
ROWS = [
    *("access-denied", "character-refused", "body-invalid", "customer-not-found", "group-not-found"),
    *("email-already-exists", "email-already-registered", "passwords-differ", "avatar-type-refused", "password-weak"),
    *("group-already-exists", "group-is-default", "group-in-use", "customer-has-vendor", "query-failed"),
]
"""Of two that speak, the one that stands here first is told."""

_SENT = ("customerGroupId", "firstName", "username", "email", "mobileNumber", "mailStatus", "isActive")
_NEVER_SET = ("lastName", "address", "countryId", "zoneId", "city", "local", "oauthData", "pincode", "linkExpires")
_NEVER_SET_EITHER = ("createdBy", "modifiedBy", "newsletter", "safe", "ip", "forgetPasswordKey")
_RECENT = ("id", "firstName", "username", "email", "mobileNumber", "avatar", "avatarPath")
_LISTED = ("id", "firstName", "email", "username", "isActive")
_DETAILED = (*_LISTED[:3], "isActive", "mobileNumber", "mailStatus", "avatar", "avatarPath", "customerGroupId")
_GROUP_FIELDS = {"name": "name", "description": "description", "colorcode": "colorCode", "status": "isActive"}


def written(at: datetime) -> str:
    """An instant as the database writes it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def iso(created: str) -> str:
    """The same as the program sends it."""
    return created.replace(" ", "T") + ".000Z"


def is_part(part: str, text: str) -> bool:
    """Letter case does not count, and `_` is any character."""
    return re.search(re.escape(part.lower()).replace("_", "."), text.lower()) is not None


class Model:
    """A marketplace as a reader of the recording would write it down: customers and groups by id."""

    def __init__(self) -> None:
        self.at = NOW
        self.customers: dict[int, Record] = {}
        self.groups: dict[int, Record] = {}
        self.sellers: set[int] = set()
        self.next_customer = self.next_group = 1

    def copy(self) -> Model:
        """As it is now."""
        return copy.deepcopy(self)

    def rewound(self, earlier: Model) -> Model:
        """As it was earlier; but ids that were given are not given again."""
        model = earlier.copy()
        model.next_customer, model.next_group = self.next_customer, self.next_group
        return model

    # Customers

    def refusals(self, id: int | None, draft: Record, *, needs_email: bool) -> set[str]:
        """What speaks against a draft of a new customer, or of one who is to be altered, beside faults in itself."""
        own: Record = self.customers.get(id or 0, {})
        email = str(draft.get("email", own.get("email", "")))
        rows = {
            "body-invalid": needs_email and "email" not in draft,
            "customer-not-found": id is not None and not own,
            "email-already-exists": id is None and bool(self.holders(email)),
            "email-already-registered": bool(id and self.holders(email) - {id}),
        }
        return {row for row, speaks in rows.items() if speaks}

    def holders(self, email: str) -> set[int]:
        """Customers who are not deleted and have an e-mail."""
        return {customer["id"] for customer in self.living if customer["email"].lower() == email.lower()}

    @property
    def living(self) -> list[Record]:
        return [customer for customer in self.customers.values() if not customer["deleteFlag"]]

    def create(self, draft: Record, password_hash: str) -> Record:
        """What is answered."""
        sent = {**_sent(draft), "password": password_hash, "deleteFlag": 0}
        own = {"id": self.next_customer, "createdDate": written(self.at)}
        self.customers[self.next_customer] = {"avatar": None, "avatarPath": None, **sent, **_kept(sent), **own}
        self.next_customer += 1
        return {**sent, **own}

    def update(self, id: int, draft: Record, password_hash: str) -> Record:
        """What is answered."""
        customer = self.customers[id]
        sent = {**_sent({"email": customer["email"], **draft}), "password": password_hash}
        if draft.get("avatar"):
            sent["avatar"], sent["avatarPath"] = f"Img_{round(self.at.timestamp() * 1000)}.png", "customer/"
        customer.update({**sent, **_kept(sent)})
        never = dict.fromkeys((*_NEVER_SET, *_NEVER_SET_EITHER, "lastLogin", "lockedOn"))
        times = {"createdDate": iso(customer["createdDate"]), "modifiedDate": written(self.at)}
        return {**never, **customer, **sent, **times}

    def delete(self, ids: Iterable[int]) -> list[str]:
        """Delete those who can be; returns why others cannot, in the order of the ids."""
        refused = []
        for id in ids:
            if id in self.sellers:
                refused.append("customer-has-vendor")
            elif id not in self.customers:
                refused.append("customers-unknown")
            else:
                self.customers[id]["deleteFlag"] = 1
        return refused

    def found(self, filters: dict[str, str], *, by_status: bool = False) -> list[Record]:
        """Those who are not deleted and for whom all filters hold, the newest first. Only one export looks at status."""
        of = {"name": "firstName", "email": "email", "date": "createdDate"}
        if by_status and filters.get("status") != "0":
            of["status"] = "isActive"
        found = [one for one in self.living if all(is_part(filters[f], str(one[of[f]])) for f in of if f in filters)]
        if "customerGroup" in filters and not (by_status and filters["customerGroup"] == "0"):
            found = [customer for customer in found if customer["customerGroupId"] == int(filters["customerGroup"])]
        return _newest(found)

    def detailed(self, id: int) -> Record:
        customer = self.customers[id]
        group = self.groups.get(customer["customerGroupId"], {"name": ""})
        shown = {name: customer[name] for name in _DETAILED}
        return {**shown, "address": None, "lastLogin": None, "customerGroupName": group["name"]}

    def listed(self, customers: Iterable[Record]) -> list[Record]:
        return [
            {
                **{name: customer[name] for name in _LISTED},
                "lastName": None,
                "createdDate": iso(customer["createdDate"]),
                "customerGroupName": self.groups.get(customer["customerGroupId"], {"name": None})["name"],
            }
            for customer in customers
        ]

    def recent(self) -> list[Record]:
        never = dict.fromkeys((*_NEVER_SET, "lastLogin", "lockedOn"))
        return [
            {
                **never,
                **{name: customer[name] for name in _RECENT},
                "createdDate": iso(customer["createdDate"]),
            }
            for customer in _newest(self.living)[:5]
        ]

    def today(self) -> int:
        """Deleted ones too."""
        return sum(customer["createdDate"][:10] == f"{self.at:%Y-%m-%d}" for customer in self.customers.values())

    def counts(self) -> list[int]:
        flags = [[record["isActive"] for record in records] for records in (self.living, self.groups.values())]
        return [count for known in flags for count in (len(known), known.count(1), known.count(0))]

    @staticmethod
    def exported(customers: Iterable[Record]) -> list[tuple[Any, ...]]:
        """The rows of a sheet."""
        names = ("username", "email", "mobileNumber", "createdDate")
        return [(one["id"], f"{one['firstName']} ", *(one[name] for name in names)) for one in customers]

    # Groups

    def group_refusals(self, id: int | None, draft: Record) -> set[str]:
        named = {group["name"].lower() for group in self.groups.values()}
        if id is not None:
            return set() if id in self.groups else {"group-not-found"}
        return {"group-already-exists"} if str(draft.get("name", "")).lower() in named else set()

    def write_group(self, id: int | None, draft: Record) -> Record:
        """Create or alter a group; returns what is answered."""
        sent = {name: draft[field] for field, name in _GROUP_FIELDS.items() if field in draft}
        kept = {**sent, "isActive": int(sent["isActive"])}
        if id is None:
            own = {"groupId": self.next_group, "createdDate": written(self.at)}
            self.groups[self.next_group] = {"description": None, **kept, **own}
            self.next_group += 1
            return {**sent, **own}
        group = self.groups[id]
        is_same = all(type(group[name]) is type(sent[name]) and group[name] == sent[name] for name in sent)
        group.update(kept)
        return {**sent, "groupId": id, **({} if is_same else {"modifiedDate": written(self.at)})}

    def refusal_to_delete_group(self, id: int) -> str | None:
        if id not in self.groups:
            return "group-not-found"
        if self.groups[id]["name"].lower() == "default":
            return "group-is-default"
        return "group-in-use" if any(customer["customerGroupId"] == id for customer in self.living) else None

    def groups_found(self, filters: dict[str, str]) -> list[Record]:
        of = {"keyword": "name", "status": "isActive"}
        groups = self.groups.values()
        found = [one for one in groups if all(is_part(filters[f], str(one[of[f]])) for f in of if f in filters)]
        names = ("groupId", *_GROUP_FIELDS.values())
        return [{name: group[name] for name in names} for group in _newest(found)]


def _sent(draft: Record) -> Record:
    """What is sent of a customer, by the names that it is answered with."""
    of = {"firstName": "username", "username": "email", "isActive": "status"}
    return {name: draft[of.get(name, name)] for name in _SENT}


def _kept(sent: Record) -> Record:
    return {name: int(sent[name]) for name in ("customerGroupId", "mailStatus", "isActive")}


def _newest(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record["createdDate"], reverse=True)
