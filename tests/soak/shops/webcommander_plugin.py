"""WebCommander's customers, asked by a program of the first generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.model import Customer, Deed, Shop
from tests.soak.shops.api import Ask, Plan
from tests.soak.shops.webcommander import Generation, absent, anyone, created, listed, shown, thrown_away, updated
from tests.vendors.webcommander_both import in_words_of_the_plugin

_PLUGIN = "/external/app/access"
_NAMES = {"first_name": "firstName", "last_name": "lastName"}


class Plugin(Generation):
    """A program of the first generation."""

    name = "webcommander-plugin"

    def learn(self, ask: Ask) -> tuple[dict[int, str], list[int]]:
        """What the second generation does not show: names of users, and who is in the trash."""
        everyone, trash = (
            ask(Request("GET", f"{_PLUGIN}/customers{query}", headers=self.credential))["customers"]
            for query in ("", "?type=trash")
        )
        return {each["id"]: each["userName"] for each in [*everyone, *trash]}, [each["id"] for each in trash]

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        kind = random.choice(["create", "get", "get", "update", "delete", "find"])
        id, first = anyone(random, shop), len(listed(shop)) // 2
        changes = {"last_name": f"P{number}", "city": f"D{number}"}

        def done(shop: Shop, moment: Moment) -> Deed:
            match kind:
                case "create":
                    return self._create(shop, moment, {"first_name": "Ann", "email": f"p{number}@x.example", **changes})
                case "get":
                    return self._get(shop, id)
                case "update":
                    return self._update(shop, id, changes)
                case "delete":
                    return self._delete(shop, id)
                case _:
                    return self._find(shop, first, 5)

        return done

    def everything(self, _shop: Shop) -> list[Plan]:
        return [lambda shop, _moment: self._find(shop, 0, -1), lambda shop, _moment: self._trash(shop)]

    def _create(self, shop: Shop, moment: Moment, draft: Mapping[str, Any]) -> Deed:
        after = created(shop, moment, {"status": "active", **draft}, ("PRIMARY", "BILLING", "SHIPPING"))
        body = {"customers": _shown(after, shop.counters["id"])}
        said = {_NAMES.get(name, name): value for name, value in draft.items()}
        path = f"{_PLUGIN}/customer-create"
        return self._deed("create_customer", "POST", path, said, body=body, after=after)

    def _get(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("get_customer", "GET", f"{_PLUGIN}/customer?customerId={id}")
        if id not in shop.customers:
            return _refused(deed, id, trash=False)
        return replace(deed, body={"customers": _shown(shop, id)})

    def _update(self, shop: Shop, id: int, changes: Mapping[str, Any]) -> Deed:
        said = {"customerId": id, **{_NAMES.get(name, name): value for name, value in changes.items()}}
        deed = self._deed("update_customer", "POST", f"{_PLUGIN}/customer-update", said)
        if (trash := absent(shop, id)) is not None:
            return _refused(deed, id, trash=trash)
        after = updated(shop, id, changes)
        return replace(deed, body={"customers": _shown(after, id)}, after=after)

    def _delete(self, shop: Shop, id: int) -> Deed:
        deed = self._deed("delete_customer", "DELETE", f"{_PLUGIN}/customer-delete", {"customerId": id})
        if (trash := absent(shop, id)) is not None:
            return _refused(deed, id, trash=trash)
        return replace(deed, body={"status": "success"}, after=thrown_away(shop, id))

    def _find(self, shop: Shop, first: int, most: int) -> Deed:
        ids = listed(shop)[first:] if most < 0 else listed(shop)[first : first + most]
        body = {"customers": [_shown(shop, id) for id in ids]}
        path = f"{_PLUGIN}/customers?offset={first}&max={most}"
        return self._deed("find_customers", "GET", path, body=body)

    def _trash(self, shop: Shop) -> Deed:
        customers = [_shown(shop, id) for id in listed(shop, trash=True)]
        return self._deed("find_customers", "GET", f"{_PLUGIN}/customers?type=trash", body={"customers": customers})


def _shown(shop: Shop, id: int) -> Customer:
    return in_words_of_the_plugin(dict(shown(shop, id)), shop.customers[id]["_user_name"])


def _refused(deed: Deed, id: int, *, trash: bool) -> Deed:
    of_trash = f"Customer {id} is in the trash, where nobody can be altered any more"
    body = {"status": "error", "message": of_trash if trash else f"There is no customer {id}"}
    return replace(deed, status=404, row="customer-in-trash" if trash else "customer-not-found", body=body)
