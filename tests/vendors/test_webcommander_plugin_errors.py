"""Every row of the plugin API's error tables by a real request, and by `Prefer` on every operation that has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response

from mockserver.contract import Operation
from mockserver.rows import ErrorRow
from mockserver.sandbox import Sandbox
from mockserver.vendors.webcommander.records import CustomerToken
from tests.appclient import AppClient
from tests.vendors.webcommander_plugin import MIA, OWEN, create, delete, refused
from tests.vendors.webcommander_refusals import (
    CONTRACT,
    EXPIRED,
    GOOD,
    OPERATIONS,
    REFUSED,
    REFUSED_EVERYWHERE,
    Trigger,
    sent,
)


def path_of(operation: Operation) -> str:
    return operation.path.rpartition("/")[2]


def check(reply: Response, row: ErrorRow, text: str) -> None:
    """The error is the row's, in the vendor's form."""
    assert reply.headers["content-type"] == "application/json"
    assert reply.status_code == row.status, reply.text
    if "reply" in row.detail:
        told = '{"status":"false","isMaxCreditExceed":"%s","storeCredit":0.0}'
        assert reply.text == told % ("true" if row.id == "store-credit-above-limit" else "false")
    else:
        assert refused(reply) == (row.status, text)
        assert row.status in (400, 401, 404, 405, 409)


def test_every_row_of_the_contract_has_a_request_that_triggers_it() -> None:
    rows = {(operation.id, row) for operation in OPERATIONS.values() for row in operation.own_errors}
    assert {(refusal.operation, refusal.row) for refusal in REFUSED} == rows
    assert {refusal.row for refusal in REFUSED_EVERYWHERE} == CONTRACT.errors.keys()
    assert GOOD.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_refused_for_one_reason_is_done_without_it(plugin: AppClient, operation: str) -> None:
    method, path = OPERATIONS[operation].method, path_of(OPERATIONS[operation])
    reply = plugin.request(method, path, **sent(operation, GOOD[operation]))
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize(
    "refusal", REFUSED + REFUSED_EVERYWHERE, ids=lambda refusal: f"{refusal.row}-{refusal.operation}"
)
def test_a_refused_request_gets_the_error_of_its_row_and_alters_nothing(
    plugin: AppClient, sandbox: Sandbox, state: Callable[[], object], refusal: Trigger
) -> None:
    create(plugin, email="ada.keeper@example.com", userName="ada-keeper")
    delete(plugin, MIA)
    with sandbox.ledger.transaction():
        sandbox.subjects["webcommander"].customer_tokens.put(CustomerToken(token=EXPIRED, customer=OWEN, expires=0.0))
    before = state()
    method, path = refusal.method, refusal.path
    if refusal.operation:
        method, path = OPERATIONS[refusal.operation].method, path_of(OPERATIONS[refusal.operation])
    reply = plugin.request(method, path, **refusal.sent)
    newest = next(iter(sandbox.journal))
    assert (newest.row, newest.operation or "") == (refusal.row, refusal.operation), reply.text
    check(reply, CONTRACT.rows()[refusal.row], refusal.text)
    assert state() == before
    if refusal.row == "method-wrong":
        assert method not in reply.headers["allow"].split(", ")


ON_DEMAND = [
    pytest.param(operation, row, id=f"{operation.id}-{row.id}")
    for operation in OPERATIONS.values()
    for row in operation.errors.values()
]


@pytest.mark.parametrize(("operation", "row"), ON_DEMAND)
def test_every_row_comes_on_demand_in_the_vendors_form(
    plugin: AppClient, sandbox: Sandbox, state: Callable[[], object], operation: Operation, row: ErrorRow
) -> None:
    before = state()
    prefer = {"Prefer": f"error={row.id}"}
    reply = plugin.request(operation.method, path_of(operation), content=b"not even JSON", headers=prefer)
    check(reply, row, row.message.format(**row.example))
    assert "{" not in row.message.format(**row.example)
    assert (state(), next(iter(sandbox.journal)).row) == (before, row.id)


def test_a_preference_does_not_make_up_for_missing_credentials(plugin: AppClient) -> None:
    reply = plugin.get("customer", headers={"accessToken": "", "Prefer": "error=customer-not-found"})
    assert refused(reply)[0] == 401
