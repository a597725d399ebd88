"""What one generation of WebCommander's API does to a customer, and what the customer is afterwards in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.vendors.webcommander_both import AU, BD, JOHN_S_EMAIL, JOHN_S_PASSWORD, LETTERS, VICTORIA

AUSTRALIA: dict[str, Any] = {"id": AU, "name": "Australia", "code": "AU"}
BANGLADESH: dict[str, Any] = {"id": BD, "name": "Bangladesh", "code": "BD"}
IN_VICTORIA = {"id": VICTORIA, "name": "Victoria", "code": "VIC"}
STANDARD = {
    "shippingRules": [
        {
            "zoneList": [1],
            "name": "Australia",
            "description": "One price",
            "id": 1,
            "shippingClass": None,
            "shippingPolicy": 1,
        },
        {
            "zoneList": [2, 3],
            "name": "Rest of the world",
            "description": "By weight",
            "id": 2,
            "shippingClass": "Parcel",
            "shippingPolicy": 2,
        },
    ],
    "created": "2020-01-01T00:00:00Z",
    "name": "Standard shipping",
    "description": "Parcels within Australia, and to everywhere else",
    "id": 1,
    "updated": "2023-02-01T03:04:05Z",
    "version": 2,
    "rulePrecedence": "first",
}
PLACES = {
    "PRIMARY": (["address"], 0),
    "BILLING": (["billingAddresses.0", "activeBillingAddress"], 1),
    "SHIPPING": (["shippingAddresses.0", "activeShippingAddress"], 2),
}
"""Where a customer's addresses stand in the two generations."""


class Deed(NamedTuple):
    """One request, to John unless it is a creation, and all that it alters, by generation and by path."""

    operation: str
    sent: dict[str, Any]
    plugin: dict[str, Any]
    v4: dict[str, Any]

    @property
    def title(self) -> str:
        inner = self.sent.get("customer") or self.sent
        return f"{self.operation} {', '.join(f'{name} {value}' for name, value in inner.items())}"[:80]


def at(kind: str, **words: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same words of an address, given as the second generation says them, by their paths in both."""
    places, number = PLACES[kind]
    plugin = {f"{place}.{camel(name)}": number_of(word) for place in places for name, word in words.items()}
    return plugin, {f"addresses.{number}.{name}": word for name, word in words.items()}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def number_of(word: Any) -> Any:
    """Countries and states are only numbers in the first generation."""
    return word["id"] if isinstance(word, dict) else word


# The first generation


def plugin_address(kind: str, **more: Any) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], dict[str, Any]]]]:
    """What is sent for an address of a kind, and what it is then."""
    for name in ("city", "mobile", "phone", "post_code", "fax"):
        yield {camel(name): "x y"}, at(kind, **{name: "x y"})
    yield {"addressLine1": "1 New Road"}, at(kind, address_line_1="1 New Road")
    yield {"addressLine2": "Flat 2"}, at(kind, address_line_2="Flat 2")
    yield {"country": AU}, at(kind, country=AUSTRALIA, state=None)
    yield {"country": AU, "state": VICTORIA}, at(kind, country=AUSTRALIA, state=IN_VICTORIA)
    yield {"state": None, "city": None}, at(kind, state=None, city=None)
    for name, word in more.items():
        yield {camel(name): word}, at(kind, **{name: word})


PLUGIN_DEEDS = [
    *(
        Deed("update_customer", {name: word}, {name: word}, {old: word})
        for name, word, old in (
            ("firstName", "Jon", "first_name"),
            ("lastName", "Is", "last_name"),
            ("sex", None, "sex"),
        )
    ),
    Deed("update_customer", {"status": "inactive"}, {"status": "I"}, {"status": "inactive"}),
    Deed(
        "update_customer",
        {"email": "Jon@example.com"},
        {"address.email": "Jon@example.com"},
        {"email": "Jon@example.com", "addresses.0.email": "Jon@example.com"},
    ),
    *(Deed("update_customer", sent, *seen) for sent, seen in plugin_address("PRIMARY")),
    *(
        Deed(operation, sent, *seen)
        for operation, kind in (("update_billing_address", "BILLING"), ("update_shipping_address", "SHIPPING"))
        for sent, seen in plugin_address(kind, first_name="Jo", last_name="Do", email="jo@example.com")
    ),
    Deed(
        "update_store_credit",
        {"add": "true", "deltaAmount": 12.34, "adjustNote": "for you"},
        {"storeCredit": 12.34},
        {"store_credit": 12.34},
    ),
    Deed("delete_customer", {}, {"status": "T"}, {"is_in_trash": True}),
]

# The second generation


def v4_customer(sent: dict[str, Any], plugin: dict[str, Any], v4: dict[str, Any]) -> Deed:
    return Deed("update_customer", {"customer": sent}, plugin, v4)


V4_DEEDS = [
    *(
        v4_customer({name: word}, {camel(shown): word}, {shown: word})
        for name, word, shown in (
            ("first_name", "Jon", "first_name"),
            ("last_name", None, "last_name"),
            ("gender", "Other", "sex"),
            ("company_name", "Islam Ltd", "company_name"),
            ("abn", "51 824 753 556", "abn"),
            ("abn_branch", "001", "abn_branch"),
        )
    ),
    *(v4_customer({name: True}, {"isCompany": True}, {"company": True}) for name in ("is_company", "company")),
    *(
        v4_customer({"status": word}, {"status": letter}, {"status": word})
        for word, letter in LETTERS.items()
        if word != "active"
    ),
    v4_customer({"parent": 296}, {"parent": 296}, {"parent": {"id": 296, "name": "Dimitrius Sideris"}}),
    v4_customer({"shipping_profile": 1}, {"shippingProfile": 1}, {"shipping_profile": STANDARD}),
    v4_customer({"transaction_number": "T/1"}, {}, {"transaction_number": "T/1"}),
    v4_customer({"hide_price": True}, {}, {"hide_price": True}),
    v4_customer({"newsletter": {"subscribed": True}}, {}, {}),
    v4_customer({"password": "open-sesame"}, {}, {}),
    v4_customer(
        {"email": "Jon@example.com"},
        {"address.email": "Jon@example.com"},
        {"email": "Jon@example.com", "addresses.0.email": "Jon@example.com"},
    ),
    v4_customer(
        {"email": None},
        {"address.email": "4190@noemail.loc"},
        {"email": None, "addresses.0.email": "4190@noemail.loc"},
    ),
    v4_customer({"address_line": "1 New Road"}, *at("PRIMARY", address_line_1="1 New Road")),
    *(v4_customer({name: "x y"}, *at("PRIMARY", **{name: "x y"})) for name in ("city", "post_code", "mobile", "phone")),
    v4_customer({"country": "australia"}, *at("PRIMARY", country=AUSTRALIA, state=None)),
    v4_customer({"country": "AU", "state": "72"}, *at("PRIMARY", country=AUSTRALIA, state=IN_VICTORIA)),
    v4_customer({"state": None}, *at("PRIMARY", state=None)),
    Deed("update_customer", {"store_credit": 25.5}, {"storeCredit": 25.5}, {"store_credit": 25.5}),
    Deed("update_customer", {"credit_limit": 9.5}, {}, {"credit_limit": 9.5}),
    Deed("update_customer", {"allow_credit_limit": True}, {}, {"allow_credit_limit": True}),
    Deed("update_customer", {"customer_password_expired": True}, {}, {"customer_password_expired": True}),
    Deed("delete_customer", {}, {"status": "T"}, {"is_in_trash": True}),
    Deed(
        "change_password",
        {"customer": {"email": JOHN_S_EMAIL, "old_password": JOHN_S_PASSWORD, "password": "open-sesame"}},
        {},
        {},
    ),
    Deed("reset_password", {"password": "open-sesame"}, {}, {}),
]

DEEDS = [("plugin", deed) for deed in PLUGIN_DEEDS] + [("v4", deed) for deed in V4_DEEDS]
