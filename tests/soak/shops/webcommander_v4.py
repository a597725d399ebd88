"""WebCommander's customers, asked by a program of the second generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.soak.comparing import Having, Moment
from tests.soak.line import Request
from tests.soak.model import Deed, Shop
from tests.soak.shops.api import Ask, Plan
from tests.soak.shops.webcommander import Generation, absent, anyone, created, listed, shown, thrown_away, updated

_PAGE = 20
_V4 = "/api/v4/admin/customers"


class V4(Generation):
    """A program of the second generation."""

    name = "webcommander-v4"

    def learn(self, ask: Ask, user_names: Mapping[int, str], trash: Sequence[int]) -> Shop:
        """The shop as it is in a sandbox that is thrown away afterwards; the rest of it is known from the plugin."""
        seen: list[Any] = [ask(Request("GET", f"{_V4}/{id}", headers=self.credential))["customer"] for id in trash]
        while page := ask(self._listing(len(seen) - len(trash)))["customers"]:
            seen += page
        customers = {
            each["id"]: {
                **each,
                "parent": each["parent"] and each["parent"]["id"],
                "_user_name": user_names[each["id"]],
            }
            for each in seen
        }
        draft = {"customer": {"first_name": "Dee", "email": "learn@x.example"}}
        new = ask(Request("POST", _V4, draft, self.credential))["customer"]
        counters = {"id": new["id"], "display": new["display_id"], "address": new["addresses"][0]["id"]}
        return Shop(customers, counters, first=new["id"])

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        kind = random.choice(["create", "get", "get", "update", "update", "delete", "find"])
        id, offset = anyone(random, shop), random.choice([0, 40, 60])
        changes = {"last_name": f"V{number}", "city": f"C{number}"}

        def done(shop: Shop, moment: Moment) -> Deed:
            match kind:
                case "create":
                    return self._create(shop, moment, {"first_name": "Dee", "email": f"v{number}@x.example", **changes})
                case "get":
                    return self._get(shop, id)
                case "update":
                    return self._update(shop, id, changes)
                case "delete":
                    return self._delete(shop, id)
                case _:
                    return self._page(shop, offset)

        return done

    def everything(self, shop: Shop) -> list[Plan]:
        return [self._numbered(offset) for offset in range(0, len(listed(shop)) or 1, _PAGE)]

    def _create(self, shop: Shop, moment: Moment, draft: Mapping[str, Any]) -> Deed:
        kinds = ("PRIMARY", "SHIPPING", "BILLING")
        after = created(shop, moment, {"status": "awaiting_verification", **draft}, kinds)
        id = shop.counters["id"]
        body = {"customer": shown(after, id)}
        return self._deed("create_customer", "POST", _V4, {"customer": draft}, status=201, body=body, after=after)

    def _get(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("get_customer", "GET", f"{_V4}/{id}")
        if id not in shop.customers:
            return _refused(deed, trash=False)
        return replace(deed, body={"customer": shown(shop, id)})

    def _update(self, shop: Shop, id: int, changes: Mapping[str, Any]) -> Deed:
        deed = self._deed("update_customer", "PUT", f"{_V4}/{id}", {"customer": changes})
        if (trash := absent(shop, id)) is not None:
            return _refused(deed, trash=trash)
        after = updated(shop, id, changes)
        return replace(deed, body={"customer": shown(after, id)}, after=after)

    def _delete(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("delete_customer", "DELETE", f"{_V4}/{id}", status=204)
        if (trash := absent(shop, id)) is not None:
            return _refused(deed, trash=trash)
        return replace(deed, after=thrown_away(shop, id))

    def _numbered(self, offset: int) -> Plan:
        return lambda shop, _moment: self._page(shop, offset)

    def _page(self, shop: Shop, offset: int) -> Deed:
        ids = listed(shop)
        customers = [shown(shop, id) for id in ids[offset : offset + _PAGE]]
        body = Having(customers=customers, pagination=Having(total=len(ids), count=len(customers), offset=offset))
        return self._deed("find_customers", "GET", self._listing(offset).path, body=body)

    def _listing(self, offset: int) -> Request:
        return Request("GET", f"{_V4}?limit={_PAGE}&offset={offset}", headers=self.credential)


def _refused(deed: Deed, *, trash: bool) -> Deed:
    text, word = ("already in trash", "already_in_trash") if trash else ("not found", "customer_not_found")
    body = {"status": "error", "code": 404, "message": f"Customer {text}", "error": word}
    return replace(deed, status=404, row="customer-in-trash" if trash else "customer-not-found", body=body)
