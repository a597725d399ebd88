"""Open2b's customers, asked by remote procedure calls."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.model import Deed, Shop
from tests.soak.shops.api import Ask, Credential, Plan

_EMPTY = dict.fromkeys(
    (
        *("personalCode", "companyName", "companyCode", "companyCode2", "street2", "stateProv"),
        *("phoneNumber", "mobileNumber", "faxNumber"),
    ),
    "",
)


class Open2b:
    """One program that speaks to the shop."""

    name = vendor = "open2b"
    field = "invoice_recipient"

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def learn(self, ask: Ask) -> Shop:
        customers = ask(self._request("find", conditions={}))["customers"]
        first = ask(self._request("create", customer=_draft(1, "")))["id"]
        return Shop({each["id"]: each for each in customers}, {"id": first}, first=first)

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        kind = random.choice(["create", "create", "get", "get", "get", "update", "update", "delete", "count", "find"])
        id = _anyone(random, shop)
        code = f"S{number}"
        if kind in ("create", "update") and shop.customers and random.random() < 0.15:
            code = random.choice([*shop.customers.values()])["code"] or code

        def done(shop: Shop, moment: Moment) -> Deed:
            match kind:
                case "create":
                    return self._create(shop, moment, _draft(number, code))
                case "get":
                    return self._deed("get", {"id": id}, customer=shop.customers.get(id))
                case "update":
                    return self._update(shop, moment, id, code)
                case "delete":
                    kept = shop.without(id) if id in shop.customers else None
                    return replace(self._deed("delete", {"ids": [id]}), after=kept)
                case "count":
                    return self._deed("count", {"conditions": {}}, count=len(shop.customers))
                case _:
                    own = [shop.customers[id] for id in sorted(shop.own)]
                    return self._deed("find", {"conditions": {"after": shop.first - 1}}, customers=own)

        return done

    def everything(self, _shop: Shop) -> list[Plan]:
        def found(shop: Shop, _moment: Moment) -> Deed:
            customers = [shop.customers[id] for id in sorted(shop.customers)]
            return self._deed("find", {"conditions": {}}, customers=customers)

        return [found]

    def altered(self, shop: Shop, id: int, text: str) -> Shop:
        """When a tester has put a text into `field`."""
        return shop.put(id, {**shop.customers[id], "invoiceRecipient": text})

    def _create(self, shop: Shop, moment: Moment, draft: dict[str, Any]) -> Deed:
        id, deed = shop.counters["id"], self._deed("create", {"customer": draft})
        if _holder(shop, draft["code"]) is not None:
            return _refused(deed, "code-already-exists", "code", f"Code '{draft['code']}' already exists")
        address = draft["billingAddress"]
        customer = {
            "id": id,
            "code": draft["code"],
            "canLogin": False,
            "hasPassword": False,
            "encryptedPassword": "",
            "locale": "en",
            "creationTime": moment,
            "loginTime": None,
            "updateTime": moment,
            "group": 1,
            **dict.fromkeys(("collection", "cart", "shippingAddress")),
            "collections": [],
            "wishList": [],
            "invoiceRecipient": "",
            "fullName": f"{address['firstName']} {address['lastName']}",
            "billingAddress": {**_EMPTY, **address},
        }
        return replace(deed, body={"status": "ok", "id": id}, after=shop.put(id, customer, id=id + 1))

    def _update(self, shop: Shop, moment: Moment, id: int, code: str) -> Deed:
        deed, customer = self._deed("update", {"id": id, "customer": {"code": code}}), shop.customers.get(id)
        if customer is None:
            return _refused(deed, "id-not-found", "id", f"Customer '{id}' does not exist")
        if _holder(shop, code) not in (None, id):
            return _refused(deed, "code-already-exists", "code", f"Code '{code}' already exists")
        return replace(deed, after=shop.put(id, {**customer, "code": code, "updateTime": moment}))

    def _deed(self, method: str, said: dict[str, Any], **answered: Any) -> Deed:
        operation = {"find": "find_customers", "count": "count_customers", "delete": "delete_customers"}
        return Deed(
            self.name,
            self.vendor,
            operation.get(method, f"{method}_customer"),
            self._request(method, **said),
            {"status": "ok", **answered},
        )

    def _request(self, method: str, **said: Any) -> Request:
        return Request("POST", f"/api/v13/commerce.customers.{method}", said, self.credential)


def _draft(number: int, code: str) -> dict[str, Any]:
    given = {"firstName": f"Ann{number}", "lastName": "B", "street1": "S", "city": "C", "postalCode": "1"}
    return {"code": code, "billingAddress": {**given, "country": "GB", "email": f"s{number}@example.com"}}


def _anyone(random: Random, shop: Shop) -> int:
    """Mostly one who came after the seed; now and then one of the seed, or nobody."""
    if shop.own and random.random() < 0.7:
        return random.choice(shop.own)
    return random.choice([*shop.customers, shop.counters["id"]])


def _holder(shop: Shop, code: str) -> int | None:
    return next((id for id, each in shop.customers.items() if code and each["code"] == code), None)


def _refused(deed: Deed, row: str, field: str, text: str) -> Deed:
    kind = "NotFound" if row.endswith("not-found") else "AlreadyExists"
    return replace(
        deed, row=row, body={"status": "error", "error": {"field": field, "type": kind, "description": text}}
    )
