"""Finding and counting customers: against a naive filter over everyone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.appclient import AppClient
from tests.vendors.open2b_shop import FIELDS, ask

HOLMES, SMITH, IRENE = 37091, 70371, 722
LABELS = {SMITH: {1, 3}}
Customer = dict[str, Any]


def find(shop: AppClient, **request: Any) -> list[Customer]:
    found: list[Customer] = ask(shop, "find", **request)["customers"]
    return found


def ids(shop: AppClient, **request: Any) -> list[int]:
    return [customer["id"] for customer in find(shop, fields=["id"], **request)]


def create(shop: AppClient, email: str, code: str = "", **address: str) -> int:
    required = {"firstName": "A", "lastName": "B", "street1": "S", "city": "C", "postalCode": "1", "country": "GB"}
    customer = {"code": code, "billingAddress": {**required, "email": email, **address}}
    id: int = ask(shop, "create", customer=customer)["id"]
    return id


def nobody(_: Customer) -> bool:
    return False


def everyone(_: Customer) -> bool:
    return True


def mentions(words: str) -> Callable[[Customer], bool]:
    def holds(customer: Customer) -> bool:
        address = customer["billingAddress"]
        name = f"{address['firstName']} {address['lastName']}"
        texts = (customer["code"], name, address["companyName"], address["personalCode"], address["companyCode"])
        return any(words.lower() in text.lower() for text in (*texts, address["email"]))

    return holds


# Each condition, and what it means said once more.
CONDITIONS: list[tuple[str, Any, Callable[[Customer], bool]]] = [
    ("ids", [SMITH, IRENE, 999999, IRENE], lambda customer: customer["id"] in (SMITH, IRENE)),
    ("ids", [], nobody),
    ("code", "TF78123", lambda customer: customer["code"] == "TF78123"),
    ("code", "tf78123", nobody),
    ("code", "", lambda customer: customer["code"] == ""),
    ("canLogin", True, lambda customer: customer["canLogin"]),
    ("canLogin", False, lambda customer: not customer["canLogin"]),
    ("group", 3, lambda customer: customer["group"] == 3),
    ("group", 254, nobody),
    ("email", "HOLMES@inv-london.com", lambda customer: customer["id"] == HOLMES),
    ("email", "shared@example.com", lambda customer: customer["billingAddress"]["email"].lower() == "shared@example.com"),
    ("email", "holmes@inv-london", nobody),
    ("personalCode", "SH239IBA", lambda customer: customer["billingAddress"]["personalCode"] == "SH239IBA"),
    ("companyCode", "ACME80193", lambda customer: customer["billingAddress"]["companyCode"] == "ACME80193"),
    ("companyCode", "ACME8019", nobody),
    *(("keywords", words, mentions(words)) for words in ("TF78", "sherlock HOLMES", "gations", "sh239", "me80193", "@ACME", "a", "no such words")),
    ("country", "GB", lambda customer: customer["billingAddress"]["country"] == "GB"),
    ("country", "AU", lambda customer: customer["billingAddress"]["country"] == "AU"),
    ("stateProv", "LND", lambda customer: customer["billingAddress"]["stateProv"] == "LND"),
    ("labels", [1], lambda customer: {1} <= LABELS.get(customer["id"], set())),
    ("labels", [3, 1], lambda customer: {1, 3} <= LABELS.get(customer["id"], set())),
    ("labels", [1, 2], nobody),
    ("after", 0, everyone),
    ("after", 1025, lambda customer: customer["id"] > 1025),
    ("after", 2147483647, nobody),
]  # fmt: skip


@pytest.fixture
def crowd(open2b: AppClient) -> list[Customer]:
    """Everyone, the fixture's people and some who share an email, have no code or are written small."""
    for email in ("shared@example.com", "Shared@Example.com"):
        create(open2b, email)
    create(open2b, "Other@example.com", companyName="acorn")
    return find(open2b)


def check(shop: AppClient, crowd: list[Customer], chosen: list[tuple[str, Any, Callable[[Customer], bool]]]) -> None:
    conditions = {name: value for name, value, _ in chosen}
    expected = [customer for customer in crowd if all(holds(customer) for _, _, holds in chosen)]
    assert find(shop, conditions=conditions) == expected, conditions
    assert ask(shop, "count", conditions=conditions) == {"status": "ok", "count": len(expected)}


def test_without_conditions_everyone_comes_in_the_order_of_ids(open2b: AppClient, crowd: list[Customer]) -> None:
    all_ids = [customer["id"] for customer in crowd]
    assert all_ids == sorted(set(all_ids))
    assert len(all_ids) == 58
    assert {IRENE, HOLMES, SMITH} < set(all_ids)
    assert ask(open2b, "count")["count"] == 58


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: f"{condition[0]}-{condition[1]}")
def test_a_condition_finds_those_for_whom_it_holds(
    open2b: AppClient, crowd: list[Customer], condition: tuple[str, Any, Callable[[Customer], bool]]
) -> None:
    check(open2b, crowd, [condition])


def test_several_conditions_must_all_hold(open2b: AppClient, crowd: list[Customer]) -> None:
    """Every two conditions, and three that leave someone."""
    for first, second in itertools.combinations(CONDITIONS, 2):
        if first[0] != second[0]:
            check(open2b, crowd, [first, second])


def test_all_conditions_together_find_one(open2b: AppClient) -> None:
    conditions = {
        "ids": [SMITH, HOLMES],
        "code": "JS70371",
        "canLogin": True,
        "group": 3,
        "email": "johnsmith@acme.com",
        "companyCode": "ACME80193",
        "keywords": "acme",
        "country": "GB",
        "stateProv": "LND",
        "labels": [1, 3],
        "after": SMITH - 1,
    }
    assert ids(open2b, conditions=conditions) == [SMITH]
    assert ids(open2b, conditions={**conditions, "after": SMITH}) == []


@pytest.mark.parametrize(
    ("conditions", "description"),
    [
        ({"ids": [0]}, "Ids is not a valid value"),
        ({"ids": ["1"]}, "Ids is not syntactically correct"),
        ({"ids": None}, "Ids is not syntactically correct"),
        ({"code": "x" * 33}, "Code is not syntactically correct"),
        ({"canLogin": 1}, "CanLogin is not syntactically correct"),
        ({"group": 0}, "Group is not a valid value"),
        ({"group": 256}, "Group is not a valid value"),
        ({"email": "a@"}, "Email is not syntactically correct"),
        ({"personalCode": ""}, "PersonalCode is not syntactically correct"),
        ({"companyCode": ""}, "CompanyCode is not syntactically correct"),
        ({"keywords": ""}, "Keywords is not syntactically correct"),
        ({"country": "GBR"}, "Country is not syntactically correct"),
        ({"stateProv": ""}, "StateProv is not syntactically correct"),
        ({"labels": [33]}, "Labels is not a valid value"),
        ({"after": -1}, "After is not a valid value"),
        ({"locale": "en"}, "Field 'locale' is unknown"),
        (None, "Conditions is not syntactically correct"),
    ],
)
@pytest.mark.parametrize("method", ["find", "count"])
def test_find_and_count_refuse_the_same_conditions(
    open2b: AppClient, method: str, conditions: object, description: str
) -> None:
    assert ask(open2b, method, conditions=conditions)["error"]["description"] == description


@pytest.mark.parametrize("name", ["fields", "order", "limit", "first"])
def test_count_takes_conditions_only(open2b: AppClient, name: str) -> None:
    assert ask(open2b, "count", **{name: 1})["error"]["description"] == f"Field '{name}' is unknown"


# Order and pages

ORDERS: dict[str, Callable[[Customer], Any]] = {
    "id": lambda customer: customer["id"],
    "code": lambda customer: customer["code"],
    "email": lambda customer: customer["billingAddress"]["email"].lower(),
    "canLogin": lambda customer: customer["canLogin"],
    "hasPassword": lambda customer: customer["hasPassword"],
    "fullName": lambda customer: customer["fullName"].lower(),
    "country": lambda customer: customer["billingAddress"]["country"],
    "creationTime": lambda customer: customer["creationTime"],
    "updateTime": lambda customer: customer["updateTime"],
    "group": lambda customer: customer["group"],
}


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("name", ORDERS)
def test_customers_come_in_the_order_asked_for_and_equal_ones_by_id(
    open2b: AppClient, crowd: list[Customer], name: str, direction: str
) -> None:
    expected = sorted(crowd, key=ORDERS[name], reverse=direction == "-")
    assert find(open2b, order=[direction + name]) == expected


def test_a_second_order_decides_among_equals(open2b: AppClient, crowd: list[Customer]) -> None:
    expected = sorted(sorted(crowd, key=ORDERS["email"], reverse=True), key=ORDERS["group"])
    assert find(open2b, order=["group", "-email", "id"]) == expected


def test_the_order_of_ids_in_a_condition_means_nothing(open2b: AppClient) -> None:
    assert ids(open2b, conditions={"ids": [SMITH, IRENE, HOLMES]}) == [IRENE, HOLMES, SMITH]


@pytest.mark.parametrize("order", [[], ["-code"]])
@pytest.mark.parametrize(
    ("first", "limit"), [(0, 1), (0, 10), (3, 4), (57, 10), (58, 1), (10**6, 10**6), (5, None), (None, 5)]
)
def test_limit_and_first_cut_a_piece_out(
    open2b: AppClient, crowd: list[Customer], first: int | None, limit: int | None, order: list[str]
) -> None:
    assert len(crowd) == 58
    request = {name: value for name, value in (("first", first), ("limit", limit)) if value is not None}
    start = first or 0
    expected = ids(open2b, order=order)[start : start + limit if limit else None]
    assert ids(open2b, order=order, **request) == expected


@pytest.mark.parametrize(
    ("request_body", "description"),
    [
        ({"limit": 0}, "Limit is not a valid value"),
        ({"limit": "1"}, "Limit is not syntactically correct"),
        ({"limit": None}, "Limit is not syntactically correct"),
        ({"limit": 1.0}, "Limit is not syntactically correct"),
        ({"limit": True}, "Limit is not syntactically correct"),
        ({"limit": 2**31}, "Limit is not a valid value"),
        ({"first": -1}, "First is not a valid value"),
        ({"order": "id"}, "Order is not syntactically correct"),
        ({"order": ["wishList"]}, "Order is not a valid value"),
        ({"order": ["+id"]}, "Order is not a valid value"),
        ({"fields": ["ID"]}, "Fields is not a valid value"),
        ({"fields": None}, "Fields is not syntactically correct"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(open2b: AppClient, request_body: dict[str, Any], description: str) -> None:
    assert ask(open2b, "find", **request_body)["error"]["description"] == description


def test_a_cursor_starts_at_its_first_customer(open2b: AppClient) -> None:
    assert ids(open2b, conditions={"after": SMITH - 1}, first=0) == [SMITH]


def test_a_cursor_meets_everyone_once_even_those_who_come_meanwhile(open2b: AppClient) -> None:
    before = set(ids(open2b))
    met: list[int] = []
    created: set[int] = set()
    while page := ids(open2b, conditions={"after": met[-1] if met else 0}, order=["id"], limit=7):
        met += page
        if len(created) < 4:
            created.add(create(open2b, f"late{len(created)}@example.com"))
            ask(open2b, "delete", ids=[met[0]])
    assert len(met) == len(set(met))
    assert set(met) == before | created
    assert len(created) == 4


# Fields


@pytest.mark.parametrize(
    "fields", [[], ["code"], ["fullName", "id", "id"], FIELDS, ["shippingAddress", "billingAddress"]]
)
def test_fields_choose_what_is_shown_in_the_vendors_order(open2b: AppClient, fields: list[str]) -> None:
    whole = ask(open2b, "get", id=HOLMES)["customer"]
    expected = {name: whole[name] for name in FIELDS if name in fields}
    one = ask(open2b, "get", id=HOLMES, fields=fields)["customer"]
    (found,) = find(open2b, conditions={"code": "TF78123"}, fields=fields)
    assert one == found == expected
    assert list(one) == list(found) == list(expected)


def test_no_fields_make_as_many_empty_objects_as_there_are_customers(open2b: AppClient) -> None:
    assert find(open2b, fields=[]) == [{}] * ask(open2b, "count")["count"]


@pytest.mark.parametrize("fields", [[], ["id"], None])
def test_an_id_that_nobody_has_is_null(open2b: AppClient, fields: list[str] | None) -> None:
    request = {"id": 999999} if fields is None else {"id": 999999, "fields": fields}
    assert ask(open2b, "get", **request) == {"status": "ok", "customer": None}


@pytest.mark.parametrize(
    ("id", "description"),
    [
        (0, "Id is not a valid value"),
        (2**31, "Id is not a valid value"),
        (None, "Id is not syntactically correct"),
        (2**70, "Id is not a valid value"),
    ],
)
def test_what_is_no_id_is_refused(open2b: AppClient, id: object, description: str) -> None:
    assert ask(open2b, "get", id=id)["error"]["description"] == description
