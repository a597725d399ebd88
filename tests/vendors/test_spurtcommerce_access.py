"""Signing in to Spurtcommerce: tokens and their end, roles and permissions, and who is taken at their word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from msgspec.structs import replace

from mockserver.options import Auth, Fidelity
from mockserver.vendors.spurtcommerce.records import AccessToken, Role, User
from tests.vendors.spurtcommerce_clients import (
    ADMIN,
    BOTH,
    LIMITED,
    OPERATIONS,
    PASSWORD,
    STRANGER,
    Shop,
    by_framework,
    opened,
)
from tests.vendors.spurtcommerce_refusals import GOOD

PERMISSIONS = {
    id: operation.extra["x-permission"] for id, operation in OPERATIONS.items() if "x-permission" in operation.extra
}
OPEN = OPERATIONS.keys() - PERMISSIONS.keys()
COUNT, LIST, LOGIN = "/api/admin-customer/customer-count", "/api/admin-customer", "/api/auth/login"
CREATED = "2019-01-21 10:38:14"
CLERK, CLERKS = 95, 7
CLERKS_TOKEN = "U2FsdGVkX18k"  # noqa: S105  the tests' own


@pytest.fixture(params=BOTH)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with opened(request.param) as shop:
        yield shop


def sign_in(shop: Shop, username: str = "admin@example.com", password: str = PASSWORD) -> dict[str, str]:
    """The header of a new token."""
    sent = {"username": username, "password": password}
    return {"Authorization": f"Bearer {shop.done('POST', LOGIN, {}, json=sent)['data']['token']}"}


def clerk(shop: Shop, *permissions: str, **more: Any) -> dict[str, str]:
    """The header of an administrator who may do so much."""
    shop.put("roles", Role(id=CLERKS, name="Clerks", permissions=permissions, created=CREATED))
    user = {"id": CLERK, "username": "clerk@example.com", "first_name": "Clerk", "role": CLERKS, **more}
    admin = shop.market.users.get(80)
    assert admin is not None
    shop.put("users", User(password_hash=admin.password_hash, created=CREATED, **user))
    shop.put("access_tokens", AccessToken(token=CLERKS_TOKEN, user=CLERK))
    return {"Authorization": f"Bearer {CLERKS_TOKEN}"}


def ask(shop: Shop, operation: str, by: dict[str, str]) -> Response:
    path, body = GOOD[operation]
    return shop.ask(OPERATIONS[operation].method, path, by, **({} if body is None else {"json": body}))


def statuses(shop: Shop, by: dict[str, str]) -> tuple[int, int]:
    """What a list that asks for a permission answers, and a count that any administrator may see."""
    return shop.ask("GET", LIST, by).status_code, shop.ask("GET", COUNT, by).status_code


GOOD_TOKEN, BAD_TOKEN = (200, 200), (403, 401)

# Tokens


@pytest.mark.parametrize("sent", ["json", "data"])
def test_whoever_signs_in_gets_a_token_and_hears_who_she_is(shop: Shop, sent: str) -> None:
    body = {"username": "ADMIN@Example.com", "password": PASSWORD}
    answer = shop.done("POST", LOGIN, {}, **{sent: body})
    assert (answer["status"], answer["message"]) == (1, "Logged in successfully.")
    assert list(answer["data"]) == ["token", "user", "permission"]
    token, user = answer["data"]["token"], answer["data"]["user"]
    assert token.startswith("U2FsdGVkX1")
    assert len(token) == 236
    role = {"createdDate": "2019-01-21T10:38:14.000Z", "groupId": 1, "name": "Admin"}
    assert (user["userId"], user["usergroup"], answer["data"]["permission"]) == (80, role, {})
    assert statuses(shop, {"Authorization": f"Bearer {token}"}) == GOOD_TOKEN


def test_the_limited_administrator_hears_what_she_may_do(shop: Shop) -> None:
    sent = {"username": "limited@example.com", "password": PASSWORD}
    data = shop.done("POST", LOGIN, {}, json=sent)["data"]
    assert (data["permission"], data["user"]["usergroup"]["groupId"]) == ({"list-order": True}, 4)


def test_a_token_is_good_for_four_hours_of_the_sandboxs_clock(shop: Shop) -> None:
    first = sign_in(shop)
    shop.pass_time(hours=3)
    second = sign_in(shop)
    assert first != second
    shop.pass_time(minutes=59, seconds=59)
    assert statuses(shop, first) == GOOD_TOKEN
    shop.pass_time(seconds=1)
    assert (statuses(shop, first), statuses(shop, second)) == (BAD_TOKEN, GOOD_TOKEN)
    assert shop.ask("POST", "/api/auth/logout", first).status_code == 401
    shop.pass_time(hours=3)
    assert (statuses(shop, second), statuses(shop, ADMIN)) == (BAD_TOKEN, GOOD_TOKEN)


@pytest.mark.parametrize("seeded", [True, False], ids=["the fixture's", "a new one"])
def test_signing_out_ends_the_token_that_is_sent_and_no_other(shop: Shop, seeded: bool) -> None:  # noqa: FBT001  a parameter
    token, other = ADMIN if seeded else sign_in(shop), sign_in(shop)
    assert shop.done("POST", "/api/auth/logout", token) == {"status": 1, "message": "Successfully Logout."}
    assert (statuses(shop, token), statuses(shop, other)) == (BAD_TOKEN, GOOD_TOKEN)
    reply = shop.ask("POST", "/api/auth/logout", token)
    assert (reply.status_code, reply.text) == (401, by_framework("AuthorizationRequiredError", "Unauthorized"))
    shop.sandbox.reset()
    assert statuses(shop, ADMIN) == GOOD_TOKEN


@pytest.mark.parametrize("blanks", [" ", "\t", "  "])
def test_blanks_around_the_header_count_for_nothing_and_those_inside_of_it_do(shop: Shop, blanks: str) -> None:
    text = ADMIN["Authorization"]
    assert statuses(shop, {"Authorization": f"{text}{blanks}"}) == GOOD_TOKEN
    assert statuses(shop, {"Authorization": f"{text} more"}) == GOOD_TOKEN
    assert statuses(shop, {"Authorization": text.replace(" ", f"{blanks} ")}) == BAD_TOKEN


# Roles and permissions


def test_ten_operations_ask_for_a_permission_each() -> None:
    assert len(PERMISSIONS) == len(set(PERMISSIONS.values())) == 10
    assert {
        "get_program", "authenticate_user", "log_out_user", "delete_customer", "find_recent_customers",
        "count_customers_today", "count_customers", "find_order_products", "find_product_views", "get_vendor_graph",
        "find_visits", "find_groups",
    } == OPEN  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_limited_administrator_may_do_what_asks_for_no_permission(shop: Shop, operation: str) -> None:
    before, reply = shop.kept(), ask(shop, operation, LIMITED)
    if operation in OPEN:
        assert reply.status_code == 200, reply.text
    else:
        told = f"Access is denied for request on {OPERATIONS[operation].method} {GOOD[operation][0]}"
        assert (reply.status_code, reply.text) == (403, by_framework("AccessDeniedError", told))
        assert shop.kept() == before


@pytest.mark.parametrize("operation", PERMISSIONS)
def test_a_permission_opens_its_operation_and_no_other(shop: Shop, operation: str) -> None:
    by = clerk(shop, "list-order", PERMISSIONS[operation])
    assert ask(shop, operation, by).status_code == 200
    for other in PERMISSIONS.keys() - {operation}:
        assert ask(shop, other, by).status_code == 403, other


def test_the_first_role_may_do_everything_and_one_that_is_gone_too(shop: Shop) -> None:
    assert statuses(shop, clerk(shop)) == (403, 200)
    with shop.sandbox.ledger.transaction():
        shop.market.roles.remove(CLERKS)
    assert statuses(shop, clerk(shop, role=99)) == GOOD_TOKEN
    assert statuses(shop, clerk(shop, role=1)) == GOOD_TOKEN


@pytest.mark.parametrize("gone", [{"is_active": 0}, {"delete_flag": 1}])
def test_a_token_of_somebody_who_is_gone_is_none(shop: Shop, gone: dict[str, int]) -> None:
    by = clerk(shop, "list-customer")
    assert statuses(shop, by) == GOOD_TOKEN
    assert statuses(shop, clerk(shop, "list-customer", **gone)) == BAD_TOKEN
    sent = {"username": "clerk@example.com", "password": PASSWORD}
    assert shop.ask("POST", LOGIN, {}, json=sent).status_code == 400


def test_a_role_that_is_switched_off_keeps_from_signing_in(shop: Shop) -> None:
    clerk(shop)
    assert statuses(shop, sign_in(shop, "clerk@example.com")) == (403, 200)
    role = shop.market.roles.get(CLERKS)
    assert role is not None
    shop.put("roles", replace(role, is_active=0))
    sent = {"username": "clerk@example.com", "password": PASSWORD}
    assert shop.ask("POST", LOGIN, {}, json=sent).json() == {"status": 0, "message": "InActive Role."}
    assert shop.ask("POST", LOGIN, {}, json={**sent, "password": "x"}).json()["message"] == "Wrong Login Information."


# Whom nobody knows


@pytest.mark.parametrize(
    ("fidelity", "auth", "expected"),
    [
        ("documented", "lenient", GOOD_TOKEN),
        ("documented", "strict", BAD_TOKEN),
        ("observed", "lenient", BAD_TOKEN),
        ("observed", "strict", BAD_TOKEN),
    ],
)
def test_an_unknown_token_is_the_first_administrators_only_where_nobody_is_strict(
    fidelity: Fidelity, auth: Auth, expected: tuple[int, int]
) -> None:
    with opened(fidelity, auth) as shop:
        assert statuses(shop, STRANGER) == expected
        assert statuses(shop, ADMIN) == statuses(shop, sign_in(shop)) == GOOD_TOKEN
        for text in ("text", "Bearer text", "Bearer U2FsdGVkX1short", f"bearer {STRANGER['Authorization'][7:]}"):
            assert statuses(shop, {"Authorization": text}) == BAD_TOKEN


def test_a_token_that_has_ended_is_not_an_unknown_one() -> None:
    with opened("documented", "lenient") as shop:
        token = sign_in(shop)
        shop.done("POST", "/api/auth/logout", token)
        assert statuses(shop, token) == BAD_TOKEN
        assert shop.done("POST", "/api/auth/logout", STRANGER)["status"] == 1
        assert statuses(shop, STRANGER) == GOOD_TOKEN
