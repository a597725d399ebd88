"""Spurtcommerce's customers, asked by an administrator. Deleting one only hides her from lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from tests.soak.comparing import Anything, Learned, Moment, NewestFirst
from tests.soak.line import Request
from tests.soak.model import Customer, Deed, Shop
from tests.soak.shops.api import Ask, Credential, Plan

_CUSTOMERS = "/api/admin-customer"
_GROUPS = {1: "Newsletter", 2: "default", 3: "Gold", 4: "Wholesale"}
"""The fixture's."""
_EXPORTS = 0.02
"""How often a sheet of all customers is asked for: it is made in pieces, with a turn for other requests between them."""
_PASSWORD = {"password": "Passw0rd1", "confirmPassword": "Passw0rd1"}
_DETAILED = ("id", "firstName", "email", "mobileNumber", "address", "avatar", "avatarPath", "customerGroupId")
_DETAILED_TOO = ("lastLogin", "mailStatus", "isActive")
_LISTED = ("id", "firstName", "email", "createdDate", "isActive", "username", "lastName")
_NEVER = (
    *("createdBy", "modifiedBy", "lastName", "address", "countryId", "zoneId", "city", "local", "oauthData", "avatar"),
    *("newsletter", "avatarPath", "lastLogin", "safe", "ip", "pincode", "forgetPasswordKey", "linkExpires", "lockedOn"),
)


class Spurtcommerce:
    """One administrator. Only customers who came after the seed are altered: the API does not show all of the others."""

    name = vendor = "spurtcommerce"
    field = "first_name"

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def learn(self, ask: Ask) -> Shop:
        customers: dict[int, Customer] = {}
        for listed in ask(self._request("GET", ""))["data"]:
            detail = ask(self._request("GET", f"/customer-detail/{listed['id']}"))["data"]
            groups = {"_in_lists": listed["customerGroupName"], "_in_detail": detail["customerGroupName"]}
            customers[listed["id"]] = {**detail, **listed, **groups, "deleteFlag": 0}
        first = ask(self._request("POST", "", {**_draft(1), **_PASSWORD}))["data"]["id"]
        return Shop(customers, {"id": first}, first=first)

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        kind = random.choice(["create", "get", "get", "update", "delete", "find", "count"])
        if _living(shop) and random.random() < _EXPORTS:
            kind = "export"
        living = [id for id in shop.own if not shop.customers[id]["deleteFlag"]]
        id = random.choice(living) if living and random.random() < 0.9 else shop.counters["id"]
        anyone = random.choice([*shop.customers, shop.counters["id"]])
        draft = _draft(number)
        if living and kind == "create" and random.random() < 0.2:
            draft["email"] = shop.customers[id]["email"] if id in shop.customers else draft["email"]

        plans: Mapping[str, Plan] = {
            "create": lambda shop, moment: self._create(shop, moment, draft),
            "get": lambda shop, _moment: self._get(shop, anyone),
            "update": lambda shop, moment: self._update(shop, moment, id, draft),
            "delete": lambda shop, _moment: self._delete(shop, id),
            "find": lambda shop, _moment: self._find(shop),
            "count": lambda shop, _moment: self._count(shop),
            "export": lambda _shop, _moment: self._export(),
        }
        return plans[kind]

    def everything(self, _shop: Shop) -> list[Plan]:
        return [lambda shop, _moment: self._find(shop)]

    def altered(self, shop: Shop, id: int, text: str) -> Shop:
        return shop.put(id, {**shop.customers[id], "firstName": text})

    def _create(self, shop: Shop, moment: Moment, draft: Mapping[str, Any]) -> Deed:
        deed = self._deed("create_customer", "POST", "", {**draft, **_PASSWORD})
        if any(each["email"] == draft["email"] for each in _living(shop).values()):
            return _refused(deed, "email-already-exists", "A Customer is already registered with this email Id.", 1)
        id, sent = shop.counters["id"], {**_sent(draft), "password": Learned("$2b$"), "deleteFlag": 0}
        data = {**sent, "createdDate": moment, "id": id}
        name = _GROUPS[draft["customerGroupId"]]
        customer = {**dict.fromkeys(_NEVER), **data, "_in_lists": name, "_in_detail": name}
        mailed = "Successfully created new customer with email Id and password and email sent."
        text = mailed if draft["mailStatus"] else "Customer Created Successfully"
        return replace(
            deed, body={"message": text, "data": data, **data, "status": 1}, after=shop.put(id, customer, id=id + 1)
        )

    def _get(self, shop: Shop, id: int) -> Deed:
        deed, customer = self._deed("get_customer", "GET", f"/customer-detail/{id}"), shop.customers.get(id)
        if customer is None:
            return _refused(deed, "customer-not-found", "invalid CustomerId")
        data = {name: customer[name] for name in (*_DETAILED, *_DETAILED_TOO)}
        data["customerGroupName"] = customer["_in_detail"]
        return replace(deed, body={"status": 1, "message": "successfully got Customer details.", "data": data})

    def _update(self, shop: Shop, moment: Moment, id: int, draft: Mapping[str, Any]) -> Deed:
        deed, before = self._deed("update_customer", "PUT", f"/{id}", draft), shop.customers.get(id)
        if before is None:
            return _refused(deed, "customer-not-found", "Invalid customer id.")
        name = _GROUPS[draft["customerGroupId"]]
        customer = {**before, **_sent(draft), "_in_lists": name, "_in_detail": name}
        data = {name: value for name, value in customer.items() if not name.startswith("_")}
        data["modifiedDate"] = moment
        body = {"message": "Customer Updated Successfully", "data": data, **data, "status": 1}
        return replace(deed, body=body, after=shop.put(id, customer))

    def _delete(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("delete_customer", "DELETE", f"/{id}", message="Customer Deleted Successfully")
        if id not in shop.customers:
            return _refused(deed, "customer-not-found", "Invalid customer Id.")
        return replace(deed, after=shop.put(id, {**shop.customers[id], "deleteFlag": 1}))

    def _find(self, shop: Shop) -> Deed:
        customers = [
            {**{name: customer[name] for name in _LISTED}, "customerGroupName": customer["_in_lists"]}
            for customer in _living(shop).values()
        ]
        data = NewestFirst(customers, "createdDate")
        return self._deed("find_customers", "GET", "", message="Successfully got Customer list.", data=data)

    def _count(self, shop: Shop) -> Deed:
        text = "Successfully got count "
        return self._deed("find_customers", "GET", "?count=1", message=text, data=len(_living(shop)))

    def _export(self) -> Deed:
        return replace(self._deed("export_all_customers", "GET", "/allcustomer-excel-list"), body=Anything())

    def _deed(self, operation: str, method: str, path: str, said: Any = None, **answered: Any) -> Deed:
        return Deed(self.name, self.vendor, operation, self._request(method, path, said), {"status": 1, **answered})

    def _request(self, method: str, path: str, said: Any = None) -> Request:
        return Request(method, f"{_CUSTOMERS}{path}", said, self.credential)


def _draft(number: int) -> dict[str, Any]:
    given = {"customerGroupId": 1 + number % 4, "username": f"Ann {number}", "email": f"c{number}@example.com"}
    return {**given, "mobileNumber": f"1{number:06}", "mailStatus": number % 2, "status": 1}


def _sent(draft: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent of a customer, by the names that it is answered with."""
    same = {name: draft[name] for name in ("customerGroupId", "email", "mobileNumber", "mailStatus")}
    return {**same, "firstName": draft["username"], "username": draft["email"], "isActive": draft["status"]}


def _living(shop: Shop) -> Mapping[int, Customer]:
    return {id: customer for id, customer in shop.customers.items() if not customer["deleteFlag"]}


def _refused(deed: Deed, row: str, text: str, status: int = 0) -> Deed:
    return replace(deed, status=400, row=row, body={"status": status, "message": text})
