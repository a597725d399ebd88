"""Random sequences of the seven methods against a plain model of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
FIRST_ID = 70372
"""One more than the highest id that the fixture has."""

EMAILS = st.sampled_from(["a@b.co", "A@b.CO", "c@d.co", "no email"])
CODES = st.sampled_from(["", "X", "Y"])
PASSWORDS = st.sampled_from(["elementary", "secret-1", "short"])
IDS = st.integers(FIRST_ID, FIRST_ID + 6)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "code": CODES,
        "canLogin": st.booleans(),
        "password": st.none() | PASSWORDS,
        "group": st.sampled_from([1, 3, 254]),
        "wishList": st.lists(st.integers(1, 9), max_size=2),
    },
)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "ids": st.lists(IDS, max_size=3),
        "code": CODES,
        "canLogin": st.booleans(),
        "group": st.sampled_from([1, 3]),
        "email": EMAILS,
        "keywords": st.sampled_from(["x", "A@B", "co"]),
    },
)


def text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def address(email: str) -> dict[str, str]:
    empty = ("personalCode", "companyName", "companyCode", "companyCode2", "street2", "stateProv", "phoneNumber")
    given = {"firstName": "A", "lastName": "B", "street1": "S", "city": "C", "postalCode": "1", "country": "GB"}
    return {**dict.fromkeys((*empty, "mobileNumber", "faxNumber"), ""), **given, "email": email}


class Model:
    """A shop as a reader of the documentation would write it down: customers by id, passwords by id."""

    def __init__(self) -> None:
        self.customers: dict[int, dict[str, Any]] = {}
        self.passwords: dict[int, str] = {}
        self.next_id = FIRST_ID

    def refusal(  # noqa: PLR0911  one return per row
        self, id: int | None, draft: dict[str, Any]
    ) -> tuple[str, str] | None:
        """Field and type of the first row that speaks, trying the rows in the printed order."""
        if id is not None and id not in self.customers:
            return "id", "NotFound"
        before = self.customers.get(id or 0, {"canLogin": False, "code": ""})
        password = draft["password"] if "password" in draft else self.passwords.get(id or 0)
        can_login = draft.get("canLogin", before["canLogin"])
        if can_login and password is None and ("password" in draft or id is not None):
            return "canLogin", "InvalidValue"
        code = draft.get("code", before["code"])
        if code and any(other["code"] == code for key, other in self.customers.items() if key != id):
            return "code", "AlreadyExists"
        email = draft["billingAddress"]["email"] if "billingAddress" in draft else before["billingAddress"]["email"]
        if password is not None and any(self._email(key) == email.lower() for key in self.passwords if key != id):
            return "email", "AlreadyExists"
        if "@" not in email:
            return "email", "InvalidValue"
        if draft.get("group") == 254:
            return "group", "NotFound"
        if draft.get("password") == "short":
            return "password", "Malformed"
        if can_login and password is None:
            return "password", "Missing"
        return None

    def write(self, id: int, draft: dict[str, Any], now: str) -> None:
        new = {
            "id": id,
            "code": "",
            "canLogin": bool(draft.get("password")),
            "locale": "en",
            "creationTime": now,
            "loginTime": None,
            "group": 1,
            "collection": None,
            "collections": [],
            "wishList": [],
            "cart": None,
            "invoiceRecipient": "",
            "fullName": "A B",
            "shippingAddress": None,
        }
        given = {name: value for name, value in draft.items() if name != "password"}
        self.customers[id] = {**self.customers.get(id, new), **given, "updateTime": now}
        if draft.get("password"):
            self.passwords[id] = draft["password"]
        elif "password" in draft:
            self.passwords.pop(id, None)

    def delete(self, ids: list[int]) -> None:
        for id in ids:
            self.customers.pop(id, None)
            self.passwords.pop(id, None)

    def shown(self, id: int) -> dict[str, Any] | None:
        customer = self.customers.get(id)
        return customer and {**customer, "hasPassword": id in self.passwords}

    def login(self, email: str, password: str) -> int | None:
        fitting = [id for id, known in self.passwords.items() if known == password and self._email(id) == email.lower()]
        return next((id for id in fitting if self.customers[id]["canLogin"]), None)

    def find(self, conditions: dict[str, Any]) -> Iterator[int]:
        for id, customer in sorted(self.customers.items()):
            email = customer["billingAddress"]["email"].lower()
            words = conditions.get("keywords", "").lower()
            if (
                id in conditions.get("ids", [id])
                and all(
                    customer[name] == conditions.get(name, customer[name]) for name in ("code", "canLogin", "group")
                )
                and email == conditions.get("email", email).lower()
                and (words in email or words in customer["code"].lower())
            ):
                yield id

    def _email(self, id: int) -> str:
        email: str = self.customers[id]["billingAddress"]["email"]
        return email.lower()


class Play(RuleBasedStateMachine):
    """Does everything twice: at the shop and in the model."""

    def __init__(self, shop: AppClient, sandbox: Sandbox) -> None:
        super().__init__()
        self._shop = shop
        self._sandbox = sandbox
        self._at = NOW
        self._model = Model()
        sandbox.reset()

    def ask(self, method: str, **request: Any) -> Any:
        reply = self._shop.post(f"commerce.customers.{method}", json=request)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def write(self, method: str, id: int | None, draft: dict[str, Any]) -> None:
        sent = {**draft, "password": {"value": draft["password"]}} if draft.get("password") else draft
        refusal = self._model.refusal(id, draft)
        reply = self.ask(method, customer=sent, **({} if id is None else {"id": id}))
        if refusal is not None:
            assert (reply["error"]["field"], reply["error"]["type"]) == refusal
        elif id is None:
            assert reply == {"status": "ok", "id": self._model.next_id}
            self._model.write(self._model.next_id, draft, text(self._at))
            self._model.next_id += 1
        else:
            assert reply == {"status": "ok"}
            self._model.write(id, draft, text(self._at))

    @rule(draft=DRAFTS, email=EMAILS)
    def create(self, draft: dict[str, Any], email: str) -> None:
        self.write("create", None, {**draft, "billingAddress": address(email)})

    @rule(id=IDS, draft=DRAFTS, email=st.none() | EMAILS)
    def update(self, id: int, draft: dict[str, Any], email: str | None) -> None:
        self.write("update", id, draft if email is None else {**draft, "billingAddress": address(email)})

    @rule(ids=st.lists(IDS, max_size=2))
    def delete(self, ids: list[int]) -> None:
        assert self.ask("delete", ids=ids) == {"status": "ok"}
        self._model.delete(ids)

    @rule(email=EMAILS, password=PASSWORDS)
    def authenticate(self, email: str, password: str) -> None:
        reply = self.ask("authenticate", email=email, password=password)["customer"]
        id = self._model.login(email, password)
        if id is None:
            assert reply is None
        else:
            del reply["encryptedPassword"]
            assert reply == self._model.shown(id)
            self._model.customers[id]["loginTime"] = text(self._at)

    @rule(conditions=CONDITIONS)
    def find_and_count(self, conditions: dict[str, Any]) -> None:
        expected = [*self._model.find(conditions)]
        conditions = {**conditions, "after": FIRST_ID - 1}
        found = self.ask("find", conditions=conditions, fields=["id"])["customers"]
        assert [customer["id"] for customer in found] == expected
        assert self.ask("count", conditions=conditions)["count"] == len(expected)

    @rule(id=IDS)
    def get(self, id: int) -> None:
        shown = self.ask("get", id=id)["customer"]
        assert shown is None or (shown.pop("encryptedPassword") != "") == (id in self._model.passwords)
        assert shown == self._model.shown(id)

    @rule(seconds=st.integers(1, 10**6))
    def time_passes(self, seconds: int) -> None:
        self._at += timedelta(seconds=seconds)

    @invariant()
    def the_shop_is_as_the_model_says(self) -> None:
        with self._sandbox.ledger.transaction():
            self._sandbox.clock.freeze(self._at)
        customers = self.ask("find", conditions={"after": FIRST_ID - 1})["customers"]
        for customer in customers:
            del customer["encryptedPassword"]
        assert customers == [self._model.shown(id) for id in self._model.find({})]


@pytest.mark.usefixtures("unwatched")
def test_the_shop_behaves_like_the_model(open2b: AppClient, sandbox: Sandbox) -> None:
    class PlayHere(Play):
        def __init__(self) -> None:
            super().__init__(open2b, sandbox)

    run_state_machine_as_test(
        PlayHere,
        settings=hypothesis.settings(
            max_examples=35 * EFFORT,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
