"""A plain model of a company at Kounta, for tests to compare the fake with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.vendors.kounta_restaurant import JAMIE

SEEDED = [JAMIE, *range(400001, 400051)]
FIRST_ID = SEEDED[-1] + 1
"""The ids of the fixture's customers, and the one that comes next."""
CONTACTS = ("email", "phone", "mobile")


def written(at: datetime) -> str:
    """An instant as the company writes it."""
    return at.astimezone(timezone(timedelta(hours=10))).isoformat()


def trimmed(given: str | None) -> str | None:
    return (given or "").strip() or None


def address(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """An address as it is shown."""
    if given is None:
        return None
    return {
        "address": ", ".join(given["lines"]) if "lines" in given else None,
        "city": given.get("city"),
        "state": given.get("zone"),
        "postal_code": None,
        "country": given.get("country") or None,
    }


SHOWN: dict[str, Any] = {
    "first_name": lambda given: given or "",
    "last_name": lambda given: given,
    "email": trimmed,
    "phone": trimmed,
    "mobile": trimmed,
    "primary_address": address,
    "shipping_address": address,
    "tags": lambda given: given or [],
    "image": trimmed,
    "accepts_marketing": bool,
}
"""How what is given is shown, field by field."""


class Model:
    """A company as a reader of the page would write it down: customers by id, and what applications call them."""

    def __init__(self) -> None:
        self.customers: dict[int, dict[str, Any]] = {}
        self.references: dict[tuple[str, int], str] = {}
        self.next_id = FIRST_ID

    def drafted(self, id: int | None, draft: dict[str, Any]) -> dict[str, Any]:
        """What a draft makes of a customer, or of nobody."""
        before = {**{name: shown(None) for name, shown in SHOWN.items()}, "last_name": ""}
        given = {name: SHOWN[name](value) for name, value in draft.items() if name in SHOWN}
        return {**self.customers.get(id or 0, before), **given}

    def refusal(self, id: int | None, draft: dict[str, Any]) -> str | None:
        """The first row that speaks."""
        if draft.get("tags") == "Gold":
            return "field-malformed"
        if id is not None and id not in self.customers:
            return "customer-not-found"
        after = self.drafted(id, draft)
        rows = {
            "field-malformed": draft.get("email") == "no email" or draft.get("image") == "a.png",
            "first-name-missing": not after["first_name"].strip(),
            "contact-missing": not any(after[name] for name in CONTACTS),
            "mobile-already-exists": after["mobile"] and self.holder(after["mobile"]) not in (None, id),
            "country-unknown": {"country": "XX"} in draft.values(),
        }
        return next((row for row, speaks in rows.items() if speaks), None)

    def holder(self, mobile: str) -> int | None:
        return next((id for id, customer in self.customers.items() if customer["mobile"] == mobile), None)

    def write(self, who: str, id: int, draft: dict[str, Any]) -> None:
        self.customers[id] = self.drafted(id, draft)
        if "reference_id" in draft:
            self.references[own(who), id] = draft["reference_id"] or ""

    def shown(self, who: str, id: int, now: str) -> dict[str, Any]:
        reference_id = self.references.get((own(who), id), "")
        times = {"created_at": now, "updated_at": now}
        return {"id": id, **self.customers[id], "reference_id": reference_id, **times}

    def called(self, who: str, value: str) -> list[int]:
        return [id for id in sorted(self.customers) if self.references.get((own(who), id)) == value]

    def looked_up(self, query: dict[str, str]) -> Iterator[int]:
        """Those for whom all of a lookup holds, in the order of their ids."""
        wanted = {name: value.strip() for name, value in query.items()}
        for id, customer in sorted(self.customers.items()):
            known = {name: (customer[name] or "").strip() for name in wanted}
            if "email" in wanted:
                known["email"], wanted["email"] = known["email"].lower(), wanted["email"].lower()
            if known == wanted and all(wanted.values()):
                yield id


def own(who: str) -> str:
    return who.removesuffix(" by token")
