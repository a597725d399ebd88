"""What a sandbox was asked, through the client."""

from __future__ import annotations

import threading

import pytest

from mockserver import AdminError, Sandbox, VerificationError
from tests.client.till import COMPANY, JAMIE, Till


def test_exchanges_are_listed_newest_first_and_shown_in_full(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    till.customer(1)
    newest, older = sandbox.requests.list()
    assert (newest.operation, newest.status, newest.error) == ("get_customer", 404, "customer-not-found")
    assert (older.method, older.vendor, older.operation) == ("POST", "kounta", "create_customer")
    full = sandbox.requests.get(older.id)
    assert full.request.body["first_name"] == "Ada"
    assert full.request.headers["authorization"].endswith("[redacted]")
    assert full.response.body["first_name"] == "Ada"
    assert [(change.collection, change.before) for change in full.changes] == [("kounta.customers", None)]
    assert sandbox.requests.list(operation="get_customer") == [newest]
    assert sandbox.requests.list(status=404, since=older.id, limit=1) == [newest]


def test_exchanges_are_found_and_counted_by_patterns_in_either_spelling(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    till.enrol("Grace")
    by_keyword = sandbox.requests.find(operation="create_customer", body_patterns=[{"contains": "Ada"}])
    by_mapping = sandbox.requests.find({"operation": "create_customer", "bodyPatterns": [{"contains": "Ada"}]})
    assert by_keyword == by_mapping
    assert len(by_keyword) == 1
    assert sandbox.requests.count(method="POST") == 2
    assert sandbox.requests.count({"method": "POST"}, url_path_template="/v1/companies/{id}/customers.json") == 2
    assert sandbox.requests.find(method="POST", limit=1)[0].id > by_keyword[0].id
    assert sandbox.requests.find(method="POST", since=by_keyword[0].id) == sandbox.requests.find(method="POST", limit=1)


def test_a_text_stands_for_a_value_that_is_equal(sandbox: Sandbox, till: Till) -> None:
    till.client.get(f"{COMPANY}/customers.json", params={"reference_id": "ABC123"}, headers={"X-App": "till"})
    assert sandbox.requests.count(query_parameters={"reference_id": "ABC123"}, headers={"X-App": "till"}) == 1
    assert sandbox.requests.count(query_parameters={"reference_id": "ABC"}) == 0
    assert sandbox.requests.count(query_parameters={"reference_id": {"contains": "ABC"}}) == 1


def test_what_was_asked_as_often_as_expected_is_verified(sandbox: Sandbox, till: Till) -> None:
    till.customer()
    till.customer()
    assert sandbox.requests.verify(operation="get_customer") == 2
    assert sandbox.requests.verify(operation="get_customer", times=2) == 2
    assert sandbox.requests.verify(operation="get_customer", at_least=1, at_most=3) == 2
    assert sandbox.requests.verify({"operation": "create_customer"}, times=0) == 0
    last = sandbox.requests.list()[0].id
    assert sandbox.requests.verify(operation="get_customer", since=last, at_most=0) == 0


def test_what_was_not_asked_fails_the_test_and_names_the_nearest_miss(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    with pytest.raises(AssertionError) as caught:
        sandbox.requests.verify(operation="create_customer", headers={"X-App": "till"}, at_least=1)
    failure = caught.value
    assert isinstance(failure, VerificationError)
    assert (failure.row, failure.count, failure.dropped) == ("verification-failed", 0, 0)
    miss, exchange = failure.misses[0], sandbox.requests.list()[0]
    assert miss.request == exchange.id
    assert [each.field for each in miss.differences] == ["headers.x-app"]
    assert f"request {miss.request}: {exchange.url}" in str(failure)
    assert "headers.x-app: expected 'till', but there is nothing" in str(failure)


def test_a_pattern_with_an_unknown_field_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="there is no argument 'operaton' here; known: method, url"):
        sandbox.requests.count(operaton="get_customer")  # type: ignore[call-arg]
    with pytest.raises(AdminError) as caught:
        sandbox.requests.verify({"operation": "get_custommer"})
    assert caught.value.row == "pattern-operation-unknown"


def test_what_is_asked_later_can_be_waited_for(sandbox: Sandbox, till: Till) -> None:
    timer = threading.Timer(0.05, till.customer)
    timer.start()
    (exchange,) = sandbox.requests.wait(operation="get_customer", timeout=5)
    timer.join()
    assert exchange.url == f"/@{sandbox.name}/v1{COMPANY}/customers/{JAMIE}.json"
    assert sandbox.requests.wait(count=1, timeout=0.01) == [exchange]
    with pytest.raises(VerificationError):
        sandbox.requests.wait(count=1, timeout=0.01, since=exchange.id)


def test_waiting_in_vain_fails_the_test(sandbox: Sandbox, till: Till) -> None:
    till.customer()
    with pytest.raises(VerificationError) as caught:
        sandbox.requests.wait(operation="get_customer", count=2, timeout=0.05)
    assert (caught.value.row, caught.value.count) == ("wait-timeout", 1)


def test_what_nothing_answered_is_shown_with_what_was_perhaps_meant(sandbox: Sandbox, till: Till) -> None:
    till.client.get(f"{COMPANY}/custommers.json")
    (exchange,) = sandbox.requests.unmatched()
    assert (exchange.status, exchange.operation) == (404, None)
    assert exchange.closest is not None
    assert exchange.closest.operation == "find_customers"


def test_the_state_goes_back_to_just_before_an_exchange(sandbox: Sandbox, till: Till) -> None:
    customers = sandbox.records("kounta", "customers")
    before = len(customers)
    till.enrol("Ada")
    first = sandbox.requests.list()[0].id
    till.enrol("Grace")
    assert sandbox.requests.rewind(first) == [first + 1, first]
    assert len(customers) == before


def test_the_journal_can_be_emptied(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    sandbox.requests.clear()
    assert sandbox.requests.list() == []
