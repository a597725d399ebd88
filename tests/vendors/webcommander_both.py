"""One shop at WebCommander, asked by programs of both generations, and what they see of the same customer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from httpx2 import Client, Response

PLUGIN = {"uuid": "F8A3-A88E-C6EF-B1CB", "accessToken": "11b4ec017714ef095b8e115545467fcb"}
OTHER_UUID = "0000-1111-2222-3333"
CLIENT_ID = "mockserver-plugin"
V4 = {"Authorization": "Bearer 6d6f636b7365727665722d77632d6174"}
"""The fixture's first plugin and first client."""

JOHN, DIMITRIUS, MIA, NOAH, AVA, OWEN = 310, 296, 123, 229956, 667785555, 2299563456
JOHN_S_EMAIL, JOHN_S_PASSWORD = "john.islam@example.com", "123213"
"""Noah has a limit of store credit: 500."""

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NOW_THERE = "2026-03-04T05:06:07Z"

AU, BD, VICTORIA, DIVISION_C = 12, 236, 72, 10
"""Countries and states as the page numbers them."""

LETTERS = {"active": "A", "inactive": "I", "pending": "P", "approval_awaiting": "W", "awaiting_verification": "V"}


class Shown(NamedTuple):
    """A customer in both generations."""

    plugin: dict[str, Any]
    v4: dict[str, Any]


class Both:
    """The shop. A tester is there too."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def plugin(self, method: str, path: str, body: Any = None, **query: Any) -> Response:
        path = f"external/app/access/{path}"
        return self.client.request(method, path, json=body, params=query or None, headers=PLUGIN)

    def v4(self, method: str, path: str, body: Any = None, **query: Any) -> Response:
        return self.client.request(method, f"api/v4/{path}", json=body, params=query or None, headers=V4)

    def tester(self, method: str, path: str, body: Any = None) -> Any:
        return done(self.client.request(method, f"__admin/{path}", json=body))

    def alter(self, id: int, **changes: Any) -> Any:
        """The record of a customer, as a tester alters it."""
        return self.tester("PUT", f"state/webcommander/customers/{id}", changes)

    def freeze(self) -> None:
        self.tester("PUT", "clock", {"action": "freeze", "instant": NOW.isoformat()})

    def advance(self, seconds: int) -> None:
        self.tester("PUT", "clock", {"action": "advance", "durationMillis": seconds * 1000})

    def create(self, generation: str, **more: Any) -> int:
        """The id of a new customer, by the generation's own words."""
        if generation == "plugin":
            sent = {"firstName": "Ann", "email": "ann@example.com", **more}
            id = done(self.plugin("POST", "customer-create", sent))["customers"]["id"]
        else:
            sent = {"first_name": "Ann", "email": "ann@example.com", **more}
            id = done(self.v4("POST", "admin/customers", {"customer": sent}))["customer"]["id"]
        return int(id)

    def trash(self, generation: str, id: int) -> None:
        if generation == "plugin":
            done(self.plugin("DELETE", "customer-delete", {"customerId": id}))
        else:
            assert self.v4("DELETE", f"admin/customers/{id}").status_code == 204

    def login(self, password: str, **who: str) -> Response:
        """A customer's logging in, by her email or userName."""
        return self.plugin("POST", "customer-login", {"clientId": CLIENT_ID, "password": password, **who})

    def shown(self, id: int) -> Shown:
        """What both generations show, which is the same as far as both show it."""
        plugin = done(self.plugin("GET", "customer", customerId=id))["customers"]
        v4 = done(self.v4("GET", f"admin/customers/{id}"))["customer"]
        assert plugin == in_words_of_the_plugin(v4, plugin["userName"])
        return Shown(plugin, v4)


def done(reply: Response) -> Any:
    """What a request that was not refused is answered."""
    assert reply.status_code < 300, reply.text
    return reply.json()


def in_words_of_the_plugin(v4: dict[str, Any], user_name: str) -> dict[str, Any]:
    """What the second generation shows of a customer, as the first one says it. It alone shows the user's name."""
    addresses = {address["id"]: address_in_words_of_the_plugin(address) for address in v4["addresses"]}
    of_type: dict[str, list[Any]] = {"PRIMARY": [], "BILLING": [], "SHIPPING": []}
    for address in v4["addresses"]:
        of_type[address["type"]].append(addresses[address["id"]])
    return {
        "countReferralCodeUsed": v4["count_referral_code_used"],
        "cloudConfig": None,
        "lastName": v4["last_name"],
        "parent": v4["parent"] and v4["parent"]["id"],
        "backgroundImage": v4["background_image"],
        "companyName": v4["company_name"],
        "billingAddresses": of_type["BILLING"],
        "source": v4["source"],
        "shippingProfile": v4["shipping_profile"] and v4["shipping_profile"]["id"],
        "activeBillingAddress": addresses.get(v4["active_billing_address"]),
        "abnBranch": v4["abn_branch"],
        "referralCode": v4["referral_code"],
        "id": v4["id"],
        "howDoYouKnow": v4["how_do_you_know"],
        "activeShippingAddress": addresses.get(v4["active_shipping_address"]),
        "address": of_type["PRIMARY"][0] if of_type["PRIMARY"] else None,
        "sex": v4["sex"],
        "isCompany": v4["company"],
        "userName": user_name,
        "abn": v4["abn"],
        "version": None,
        "storeCredit": v4["store_credit"],
        "firstName": v4["first_name"],
        "baseUrl": v4["base_url"],
        "usedReferralCode": v4["used_referral_code"],
        "displayId": v4["display_id"],
        "defaultTaxCode": v4["default_tax_code"],
        "status": "T" if v4["is_in_trash"] else LETTERS[v4["status"]],
        "shippingAddresses": of_type["SHIPPING"],
    }


def address_in_words_of_the_plugin(v4: dict[str, Any]) -> dict[str, Any]:
    """An address of the second generation, as the first one says it."""
    return {
        "lastName": v4["last_name"],
        "country": v4["country"] and v4["country"]["id"],
        "city": v4["city"],
        "companyName": v4["company_name"],
        "mobile": v4["mobile"],
        "firstName": v4["first_name"],
        "phone": v4["phone"],
        "addressLine1": v4["address_line_1"],
        "addressLine2": v4["address_line_2"],
        "postCode": v4["post_code"],
        "id": v4["id"],
        "state": v4["state"] and v4["state"]["id"],
        "fax": v4["fax"],
        "email": v4["email"],
    }
