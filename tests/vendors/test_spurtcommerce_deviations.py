"""Where Spurtcommerce's page and its program contradict each other: what each setting does, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import files, yamlfile
from mockserver.options import Fidelity
from tests.vendors.spurtcommerce_clients import (
    ADMIN,
    DEFAULT,
    FORM,
    GOLD,
    GRACE,
    LIMITED,
    NEWSLETTER,
    OPERATIONS,
    RUTH,
    TOM,
    Shop,
    by_framework,
    by_program,
    by_router,
    by_rules,
    opened,
)
from tests.vendors.spurtcommerce_refusals import CUSTOMER, GOOD

DEVIATIONS = yamlfile.read(files.contracts() / "spurtcommerce.yaml")[1]["x-deviations"]
UNAUTHORIZED = by_framework("AuthorizationRequiredError", "Unauthorized")
TODAY = "/api/admin-customer/today-customercount"
AUTHORIZED = {"Authorized": ADMIN["Authorization"]}
BULK = "/api/admin-customer/delete-customer"
NO_EMAIL = {name: value for name, value in CUSTOMER.items() if name != "email"}
SAVED: dict[str, tuple[str, str, Any]] = {
    id: (OPERATIONS[id].method, *GOOD[id])
    for id in ("create_customer", "update_customer", "create_group", "update_group")
}
ADDED = {
    "paths",
    "authorized-header",
    "bare-entities",
    "update-without-email",
    "group-to-delete",
    "customers-to-delete",
}
"""The rows that the setting decides, each with a test here."""


@pytest.fixture
def page() -> Iterator[Shop]:
    with opened("documented") as shop:
        yield shop


@pytest.fixture
def program() -> Iterator[Shop]:
    with opened("observed") as shop:
        yield shop


def test_these_are_the_rows_that_the_setting_decides() -> None:
    assert {row["id"] for row in DEVIATIONS if "fidelity observed" in row["ours"]} == ADDED
    assert all(row.keys() == {"id", "page", "program", "ours"} for row in DEVIATIONS)


# paths

ALIASES = [(id, alias) for id, operation in OPERATIONS.items() for alias in operation.aliases]


@pytest.mark.parametrize(("operation", "alias"), ALIASES)
def test_the_pages_paths_are_the_programs_only_where_the_page_counts(
    page: Shop, program: Shop, operation: str, alias: str
) -> None:
    path, body = alias.replace("{id}", str(GRACE)), GOOD[operation][1]
    query = GOOD[operation][0].partition("?")[2]
    sent = {} if body is None else {"json": body}
    reply = page.ask(OPERATIONS[operation].method, f"{path}?{query}", **sent)
    assert (reply.status_code, page.newest.operation) == (200, operation), reply.text
    assert page.newest.findings[0].id == "path-of-page"
    assert OPERATIONS[operation].path in page.newest.findings[0].message
    reply = program.ask(OPERATIONS[operation].method, f"{path}?{query}", **sent)
    assert (reply.status_code, reply.text) == (404, by_router(OPERATIONS[operation].method, path))
    assert program.findings == ["outside-contract"]


def test_all_operations_with_customers_but_the_one_that_the_page_has_right_have_two_paths() -> None:
    customers = {id for id, operation in OPERATIONS.items() if "/admin-customer" in operation.path}
    assert {id for id, _ in ALIASES} == customers - {"get_customer"}
    assert len(ALIASES) == 14


@pytest.mark.parametrize(
    "path", ["/api/customer/customer-detail/1", "/api/customer/1/2", "/api/customer-groups", "/api/v1/customer"]
)
def test_no_other_path_is_added(page: Shop, path: str) -> None:
    reply = page.ask("GET", path)
    assert (reply.status_code, reply.text) == (404, by_router("GET", path))


# authorized-header


def test_today_is_counted_with_the_header_of_the_page(page: Shop, program: Shop) -> None:
    assert page.done("GET", TODAY, AUTHORIZED)["data"] == {"customerCount": "0"}
    assert page.findings == ["authorized-header"]
    reply = program.ask("GET", TODAY, AUTHORIZED)
    assert (reply.status_code, reply.text, program.findings) == (401, UNAUTHORIZED, [])


def test_the_other_header_is_looked_at_only_where_there_is_none_and_only_there(page: Shop) -> None:
    assert page.ask("GET", TODAY, {**AUTHORIZED, "Authorization": "text"}).status_code == 401
    assert page.done("GET", TODAY, {**ADMIN, "Authorized": "text"})
    assert page.findings == []
    for operation in OPERATIONS.keys() - {"get_program", "authenticate_user", "count_customers_today"}:
        reply = page.ask(OPERATIONS[operation].method, GOOD[operation][0], AUTHORIZED)
        assert reply.status_code in (401, 403), operation


# bare-entities


@pytest.mark.parametrize("operation", SAVED)
def test_what_is_saved_stands_beside_the_envelope_where_the_page_counts(
    page: Shop, program: Shop, operation: str
) -> None:
    method, path, body = SAVED[operation]
    bare, wrapped = page.done(method, path, json=body), program.done(method, path, json=body)
    assert list(wrapped) == ["status", "message", "data"]
    assert (bare["status"], bare["message"], bare["data"]) == tuple(wrapped.values())
    assert list(bare) == [*wrapped, *(key for key in wrapped["data"])]
    assert bare == {**wrapped, **wrapped["data"]}
    assert (page.findings, program.findings) == (["keys-beside-data"], [])


# update-without-email


@pytest.mark.parametrize("sent", ["json", "data"])
def test_an_email_that_is_left_out_stays_where_the_page_counts(page: Shop, program: Shop, sent: str) -> None:
    before = page.market.customers.get(TOM)
    body = page.done("PUT", f"/api/admin-customer/{TOM}", **{sent: NO_EMAIL})
    assert page.findings == ["email-left-out", "keys-beside-data"]
    assert before is not None
    assert (body["email"], body["username"], body["firstName"]) == (before.email, before.email, "Robin Field")
    assert page.done("GET", f"/api/admin-customer/customer-detail/{TOM}")["data"]["email"] == before.email
    reply = program.ask("PUT", f"/api/admin-customer/{TOM}", **{sent: NO_EMAIL})
    told = by_rules("email must be an email", "email should be maximum 96 characters")
    assert (reply.status_code, reply.text, program.findings) == (422, told, [])
    for nothing in (None, ""):
        assert page.ask("PUT", f"/api/admin-customer/{TOM}", json={**CUSTOMER, "email": nothing}).status_code == 422


# group-to-delete


@pytest.mark.parametrize("sent", [{}, {"json": {}}, {"content": "other=1", "headers": FORM}])
def test_the_path_says_which_group_goes_where_the_page_counts(page: Shop, program: Shop, sent: dict[str, Any]) -> None:
    assert page.done("DELETE", f"/api/customer-group/{GOLD}", **sent)["message"] == "Group Deleted Successfully."
    assert page.findings == ["group-id-left-out", *(["ignored-field"] if "content" in sent else [])]
    assert page.market.groups.get(GOLD) is None
    reply = program.ask("DELETE", f"/api/customer-group/{GOLD}", **sent)
    assert (reply.status_code, reply.text) == (422, by_rules("groupId should not be empty"))
    assert (program.findings, program.market.groups.get(GOLD) is None) == ([], False)


@pytest.mark.parametrize("path", [DEFAULT, 99999, "abc"])
@pytest.mark.parametrize("fidelity", ["documented", "observed"])
def test_a_group_in_the_body_goes_before_the_one_in_the_path(fidelity: Fidelity, path: object) -> None:
    with opened(fidelity) as shop:
        shop.done("DELETE", f"/api/customer-group/{path}", data={"groupId": GOLD})
        assert shop.findings == []
        assert GOLD not in [group.id for group in shop.market.groups]
        assert {NEWSLETTER, DEFAULT} < {group.id for group in shop.market.groups}


# customers-to-delete


@pytest.mark.parametrize("text", [f"[{GRACE},{RUTH}]", f"[ {GRACE} , {RUTH} ]"])
@pytest.mark.parametrize("sent", ["json", "data"])
def test_the_pages_list_is_read_where_the_page_counts(page: Shop, program: Shop, text: str, sent: str) -> None:
    """The program reads its last number only, `3]`, as its database does."""
    assert page.done("POST", BULK, **{sent: {"customerId": text}}) == {
        "status": 1,
        "message": "Successfully deleted customer.",
    }
    assert page.findings == ["list-as-text"]
    assert [customer.id for customer in page.market.customers if customer.delete_flag] == [GRACE, RUTH]
    reply = program.ask("POST", BULK, **{sent: {"customerId": text}})
    assert (reply.status_code, program.findings) == (400, [])
    assert reply.text == by_program("Please choose a Customer that you want to delete.")
    assert [customer.id for customer in program.market.customers if customer.delete_flag] == [RUTH]


@pytest.mark.parametrize("text", ["[]", "[1", "[a]", "[[1]]"])
def test_no_other_text_is_a_list(page: Shop, text: str) -> None:
    assert page.ask("POST", BULK, data={"customerId": text}).status_code == 400
    assert page.findings == []


@pytest.mark.parametrize("body", ["customerId=1,3", "customerId[]=1&customerId[]=3", "customerId=1&customerId=3"])
def test_the_programs_own_lists_work_in_both_settings(page: Shop, program: Shop, body: str) -> None:
    for shop in (page, program):
        shop.done("POST", BULK, content=body, headers=FORM)
        assert shop.findings == []
        assert [customer.id for customer in shop.market.customers if customer.delete_flag] == [GRACE, RUTH]


# Whatever the setting


def test_a_limited_administrator_is_not_helped_by_the_pages_paths(page: Shop) -> None:
    reply = page.ask("GET", "/api/customer?limit=1", LIMITED)
    told = "Access is denied for request on GET /api/customer?limit=1"
    assert (reply.status_code, reply.text) == (403, by_framework("AccessDeniedError", told))
