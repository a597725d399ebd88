"""A plain model of a shop at WebCommander, for tests to compare the fake with.

Customers are kept as the second generation shows them, but for their parents, of whom the number is kept; what it does
not show has names that begin with an underscore. A refusal is given as all the rows of which any may speak.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.vendors.webcommander_both import LETTERS, NOW, in_words_of_the_plugin
from tests.vendors.webcommander_deeds import AUSTRALIA, BANGLADESH, IN_VICTORIA, STANDARD, camel

Draft = dict[str, Any]
Rows = set[str]

FIRST_ID, FIRST_DISPLAY, FIRST_ADDRESS = 2299563457, 106, 4216
"""The numbers that come after the fixture's."""
LIMIT = 100.0
HOUR = timedelta(hours=1)

COUNTRIES = {12: AUSTRALIA, 236: BANGLADESH}
STATES = {72: (12, IN_VICTORIA), 10: (236, {"id": 10, "name": "Dhaka", "code": "C"})}
TEXTS = {text.casefold(): id for id, place in COUNTRIES.items() for text in (place["name"], place["code"], str(id))}
WORDS = ("company_name", "address_line_1", "address_line_2", "city", "post_code", "mobile", "phone", "fax")
BLANK: Draft = {
    **dict.fromkeys(("last_name", "email", "sex", "parent", "company_name", "abn", "abn_branch", "shipping_profile")),
    **dict.fromkeys(("transaction_number", "referral_code", "used_referral_code", "how_do_you_know")),
    **dict.fromkeys(("default_tax_code", "source", "background_image", "profile_picture", "_password")),
    **dict.fromkeys(("company", "allow_credit_limit", "customer_password_expired", "hide_price", "_newsletter"), False),
    "store_credit": 0.0,
    "credit_limit": 0.0,
    "timezone": "UTC",
    "base_url": "/",
    "count_referral_code_used": 0,
    "version": 0,
    "is_in_trash": False,
    "_user_name": "",
}


class Model:
    """The shop as a reader of the two pages would write it down."""

    def __init__(self) -> None:
        self.customers: dict[int, Draft] = {}
        self.next_id, self.next_display, self.next_address = FIRST_ID, FIRST_DISPLAY, FIRST_ADDRESS
        self.tokens: dict[str, tuple[int, datetime]] = {}
        self.at = NOW

    # What is shown

    def v4(self, id: int) -> Draft:
        """A customer as the second generation shows her."""
        shown = {name: value for name, value in self.customers[id].items() if not name.startswith("_")}
        parent = self.customers.get(shown["parent"] or 0)
        if parent:
            name = " ".join(filter(None, (parent["first_name"], parent["last_name"])))
            shown["parent"] = {"id": shown["parent"], "name": name}
        return shown

    def plugin(self, id: int) -> Draft:
        return in_words_of_the_plugin(self.v4(id), self.customers[id]["_user_name"])

    def listed(self, *, trash: bool = False) -> list[int]:
        return [id for id, customer in sorted(self.customers.items()) if customer["is_in_trash"] == trash]

    # Who is who

    def holder(self, name: str, text: str | None) -> int | None:
        """Who has an email or a user's name, in any case."""
        for id, customer in self.customers.items():
            if text and (customer[name] or "").lower() == text.lower():
                return id
        return None

    def absent(self, id: int | None) -> Rows:
        """Why a customer cannot be altered."""
        if id is None or id not in self.customers:
            return {"customer-not-found"}
        return {"customer-in-trash"} if self.customers[id]["is_in_trash"] else set()

    def wrong_email(self, email: str | None, owner: int | None) -> Rows:
        if not email:
            return set()
        rows = set() if "@" in email else {"email-malformed"}
        return rows | ({"email-already-exists"} if self.holder("email", email) not in (None, owner) else set())

    def wrong_relatives(self, draft: Draft, id: int | None) -> Rows:
        rows: Rows = set()
        if draft.get("parent") is not None and (draft["parent"] not in self.customers or draft["parent"] == id):
            rows.add("parent-unknown")
        return rows | ({"shipping-profile-unknown"} if draft.get("shipping_profile") == 99 else set())

    # What is done

    def create(self, given: Draft, block: Draft, kinds: Iterable[str]) -> int:
        """The new customer's id."""
        id, self.next_id = self.next_id, self.next_id + 1
        named = {"first_name": given["first_name"], "last_name": given.get("last_name"), "email": given.get("email")}
        words = {
            **dict.fromkeys((*WORDS, "country", "state")),
            **named,
            "company_name": given.get("company_name"),
            **block,
        }
        addresses = [self.numbered({**words, "type": kind}) for kind in kinds]
        numbers = {address["type"]: address["id"] for address in addresses}
        active = {f"active_{kind.lower()}_address": numbers[kind] for kind in ("BILLING", "SHIPPING")}
        fixed = {"id": id, "display_id": self.next_display, "created_at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}"}
        self.next_display += 1
        self.customers[id] = {**BLANK, "status": "active", **given, **fixed, **active, "addresses": addresses}
        return id

    def numbered(self, address: Draft) -> Draft:
        id, self.next_address = self.next_address, self.next_address + 1
        return {**address, "id": id, "email": address.get("email") or f"{id}@noemail.loc"}

    def alter(self, id: int, changes: Draft, *, password: str | None = None) -> None:
        """Make a customer so; the version counts alterations, to which a password always belongs."""
        before = self.customers[id]
        after = {**before, **changes}
        if password:
            after["_password"] = password
        if after != before or password:
            self.customers[id] = {**after, "version": before["version"] + 1}

    def with_address(self, id: int, kind: str, words: Draft) -> Draft:
        """The addresses of a customer when the one that is used for something is what it says."""
        customer = self.customers[id]
        active = customer.get(f"active_{kind.lower()}_address")
        altered = [
            {**each, **words} if each["id"] == active or (kind == "PRIMARY" and each["type"] == kind) else each
            for each in customer["addresses"]
        ]
        return {"addresses": altered}

    def add(self, id: int, drafts: list[Draft]) -> None:
        customer = self.customers[id]
        addresses = list(customer["addresses"])
        for draft in drafts:
            words = {name: value for name, value in draft.items() if name not in ("country", "state")}
            place = settled(draft, None)
            assert isinstance(place, dict)
            blank = dict.fromkeys((*WORDS, "first_name", "last_name", "email"))
            made = self.numbered({**blank, **words, **place, "type": draft["type"].upper()})
            at = next((at for at, each in enumerate(addresses) if each["type"] == made["type"] == "PRIMARY"), None)
            if at is None:
                addresses.append(made)
            else:
                addresses[at] = made
        self.alter(id, {"addresses": addresses})

    def credited(self, id: int, amount: float) -> str | None:
        """Alter a credit; the row that speaks against it."""
        credit = round(self.customers[id]["store_credit"] + amount, 2)
        if credit < 0:
            return "store-credit-below-zero"
        if amount > 0 and credit > LIMIT:
            return "store-credit-above-limit"
        self.alter(id, {"store_credit": credit})
        return None

    def may_log_in(self, id: int | None, password: str) -> bool:
        customer = self.customers.get(id or 0)
        if customer is None or customer["is_in_trash"] or customer["status"] != "active":
            return False
        return customer["_password"] is not None and customer["_password"] == password

    def bearer(self, token: str) -> tuple[int | None, Rows]:
        """Whom a customer's token is of, and why it is worth nothing."""
        id, expires = self.tokens.get(token, (None, self.at))
        if id is None or id not in self.customers or self.customers[id]["is_in_trash"]:
            return None, {"token-unknown"}
        return id, {"token-expired"} if self.at >= expires else set()


def settled(draft: Draft, before: Draft | None) -> Draft | str:
    """Country and state that an address has in the end, as they are shown; or the row that speaks."""
    old = before or {"country": None, "state": None}
    here = old["country"]
    if "country" in draft:
        known = TEXTS.get(str(draft["country"]).lower())
        if draft["country"] not in (None, "") and known is None:
            return "country-unknown"
        here = COUNTRIES[known] if known else None
    if "state" not in draft:
        return {"country": here, "state": old["state"] if here == old["country"] else None}
    if draft["state"] in (None, ""):
        return {"country": here, "state": None}
    found = next((pair for id, pair in STATES.items() if is_called(draft["state"], id, pair, here)), None)
    if found is None:
        return "state-unknown"
    own = COUNTRIES[found[0]]
    return "state-country-mismatch" if here not in (None, own) else {"country": own, "state": found[1]}


def is_called(given: Any, id: int, state: tuple[int, Draft], here: Draft | None) -> bool:
    """Whether a state is meant: by its number, or within its country by its name or code."""
    if str(given) == str(id):
        return True
    return here == COUNTRIES[state[0]] and str(given).lower() in (state[1]["name"].lower(), state[1]["code"].lower())


def letter(customer: Draft) -> str:
    return "T" if customer["is_in_trash"] else LETTERS[customer["status"]]


PROFILES = {1: STANDARD, None: None}
PLUGIN_NAMES = {camel(name): name for name in ("first_name", "last_name", "company_name", *WORDS, "abn_branch")}
PLUGIN_NAMES |= {"addressLine1": "address_line_1", "addressLine2": "address_line_2", "isCompany": "company"}
"""By the names of the first generation, those of the second."""
