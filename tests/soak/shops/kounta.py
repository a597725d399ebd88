"""Kounta's customers and webhooks. Customers cannot be deleted there; only a tester takes them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.model import Customer, Deed, Shop
from tests.soak.shops.api import Ask, Credential, Plan

_COMPANY = "/v1/companies/5678"
_PAGE = 25
TOPICS = ("customers/created", "customers/updated", "customers/deleted")
MOST_WEBHOOKS = 3
_BLANK: Customer = {
    "last_name": "",
    **dict.fromkeys(("phone", "mobile", "primary_address", "shipping_address", "image")),
    "tags": [],
    "reference_id": "",
    "accepts_marketing": False,
}


class Kounta:
    """One application. `addresses` is where it may want to be told, before a number of its own."""

    name = vendor = "kounta"
    field = "last_name"

    def __init__(self, credential: Credential, addresses: Sequence[str] = ("http://127.0.0.1:9/",)) -> None:
        self.credential = credential
        self._addresses = addresses

    def learn(self, ask: Ask) -> Shop:
        customers: dict[int, Customer] = {}
        while page := ask(self._request("GET", f"customers.json?start={max(customers, default=0)}")):
            customers |= {each["id"]: _timeless(each) for each in page}
        first = ask(self._request("POST", "customers.json", {"first_name": "Ann", "phone": "1"}))["id"]
        webhook = ask(self._request("POST", "webhooks.json", {"topic": TOPICS[0], "address": self._addresses[0]}))["id"]
        return Shop(customers, {"id": first, "webhook": webhook}, first=first)

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        kind = random.choice(["create", "create", "get", "get", "update", "update", "find", "subscribe"])
        known = shop.own if shop.own and random.random() < 0.8 else [*shop.customers, shop.counters["id"]]
        id, topic = random.choice(known), random.choice(TOPICS)
        if kind == "subscribe" and len(shop.webhooks) >= MOST_WEBHOOKS:
            gone = random.choice([*shop.webhooks])
            return lambda shop, _moment: self.unsubscribe(shop, gone)
        address = f"{random.choice(self._addresses)}{number}"
        changes = {"last_name": f"L{number}", "tags": [f"t{number % 7}"]}
        if number % 3:
            changes["reference_id"] = f"R{number % 50}"

        def done(shop: Shop, moment: Moment) -> Deed:
            match kind:
                case "create":
                    return self._create(
                        shop, moment, {"first_name": "Ann", "email": f"k{number}@example.com", **changes}
                    )
                case "get":
                    return self._get(shop, moment, id)
                case "update":
                    return self._update(shop, moment, id, changes)
                case "find":
                    return self._page(shop, moment, f"start={shop.first - 1}", sorted(shop.own)[:_PAGE])
                case _:
                    return self._subscribe(shop, moment, topic, address)

        return done

    def everything(self, shop: Shop) -> list[Plan]:
        pages = range(max(1, -(-len(shop.customers) // _PAGE)))
        return [self._numbered(number) for number in pages] + [self._webhooks]

    def altered(self, shop: Shop, id: int, text: str) -> Shop:
        return shop.put(id, {**shop.customers[id], "last_name": text})

    def unsubscribe(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("delete_webhook", "DELETE", f"webhooks/{id}.json")
        if id not in shop.webhooks:
            return _refused(deed, "webhook-not-found", f"Webhook {id} Not Found")
        kept = {each: webhook for each, webhook in shop.webhooks.items() if each != id}
        return replace(deed, status=204, body=None, after=replace(shop, webhooks=kept))

    def _create(self, shop: Shop, moment: Moment, draft: Mapping[str, Any]) -> Deed:
        id = shop.counters["id"]
        customer = {"id": id, **_BLANK, **draft}
        return replace(
            self._deed("create_customer", "POST", "customers.json", draft),
            status=201,
            body=_dated(customer, moment),
            after=shop.put(id, customer, id=id + 1),
            topic=TOPICS[0],
            customer=id,
        )

    def _get(self, shop: Shop, moment: Moment, id: int) -> Deed:
        return self._known(
            self._deed("get_customer", "GET", f"customers/{id}.json"),
            shop,
            id,
            lambda customer: _dated(customer, moment),
        )

    def _update(self, shop: Shop, moment: Moment, id: int, changes: Mapping[str, Any]) -> Deed:
        deed = self._deed("update_customer", "PUT", f"customers/{id}.json", changes)
        deed = self._known(deed, shop, id, lambda customer: _dated({**customer, **changes}, moment))
        if deed.row:
            return deed
        after = shop.put(id, {**shop.customers[id], **changes})
        return replace(deed, after=after, topic=TOPICS[1], customer=id)

    def _subscribe(self, shop: Shop, moment: Moment, topic: str, address: str) -> Deed:
        id, wanted = shop.counters["webhook"], {"topic": topic, "address": address}
        webhook = {"id": id, **wanted, "format": "json", "headers": {}, "filter": {}}
        webhook |= {"created_at": moment, "updated_at": moment}
        after = replace(shop, webhooks={**shop.webhooks, id: webhook}, counters={**shop.counters, "webhook": id + 1})
        deed = self._deed("create_webhook", "POST", "webhooks.json", wanted)
        return replace(deed, status=201, body=webhook, after=after)

    def _numbered(self, number: int) -> Plan:
        def page(shop: Shop, moment: Moment) -> Deed:
            ids = sorted(shop.customers)[number * _PAGE : (number + 1) * _PAGE]
            return self._page(shop, moment, "", ids, {"X-Page": str(number)})

        return page

    def _page(self, shop: Shop, moment: Moment, query: str, ids: Sequence[int], more: Credential | None = None) -> Deed:
        customers = [_dated(shop.customers[id], moment) for id in ids]
        path = f"customers.json?{query}" if query else "customers.json"
        deed = self._deed("find_customers", "GET", path)
        headers = {**deed.request.headers, **(more or {})}
        return replace(deed, request=replace(deed.request, headers=headers), body=customers)

    def _webhooks(self, shop: Shop, _moment: Moment) -> Deed:
        return replace(
            self._deed("find_webhooks", "GET", "webhooks.json"),
            body=[shop.webhooks[id] for id in sorted(shop.webhooks)],
        )

    def _known(self, deed: Deed, shop: Shop, id: int, shown: Callable[[Customer], Any]) -> Deed:
        customer = shop.customers.get(id)
        if customer is None:
            return _refused(deed, "customer-not-found", f"Customer {id} Not Found")
        return replace(deed, body=shown(customer))

    def _deed(self, operation: str, method: str, path: str, said: Any = None) -> Deed:
        return Deed(self.name, self.vendor, operation, self._request(method, path, said), None, counts=True)

    def _request(self, method: str, path: str, said: Any = None) -> Request:
        return Request(method, f"{_COMPANY}/{path}", said, self.credential)


def _timeless(shown: Mapping[str, Any]) -> Customer:
    return {name: value for name, value in shown.items() if name not in ("created_at", "updated_at")}


def _dated(customer: Customer, moment: Moment) -> Customer:
    """As it is shown: the times are always those of the request."""
    return {**customer, "created_at": moment, "updated_at": moment}


def _refused(deed: Deed, row: str, text: str) -> Deed:
    return replace(deed, status=404, row=row, body={"error": "not_found", "error_description": text})
