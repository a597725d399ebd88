"""Records, through the client."""

from __future__ import annotations

import pytest

from mockserver import AdminError, Sandbox
from tests.client.till import JAMIE, Till


def test_records_can_be_counted_listed_and_walked_through(sandbox: Sandbox) -> None:
    customers = sandbox.records("open2b", "customers")
    listed = customers.list()
    assert len(customers) == len(listed) > 3
    assert list(customers) == listed
    assert [record["id"] for record in listed] == sorted(record["id"] for record in listed)


def test_more_records_than_a_page_are_all_there(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.client.records._PAGE", 2)
    customers = sandbox.records("open2b", "customers")
    assert len(customers.list()) == len(customers)
    assert len({record["id"] for record in customers}) == len(customers)


def test_records_whose_key_is_no_id_can_be_walked_through_too(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.client.records._PAGE", 1)
    keys = sandbox.records("open2b", "keys")
    assert len(keys.list()) == len(keys) > 1


def test_a_record_that_is_put_is_what_the_app_sees(sandbox: Sandbox, till: Till) -> None:
    customers = sandbox.records("kounta", "customers")
    assert customers.get(JAMIE)["first_name"] == "Jamie"
    put = customers.put(JAMIE, first_name="Robin")
    assert put == customers.get(JAMIE)
    assert till.customer().json()["first_name"] == "Robin"


def test_a_record_that_is_deleted_is_gone(sandbox: Sandbox, till: Till) -> None:
    customers = sandbox.records("kounta", "customers")
    assert JAMIE in customers
    customers.delete(JAMIE)
    assert JAMIE not in customers
    assert till.customer().status_code == 404
    with pytest.raises(AdminError) as caught:
        customers.get(JAMIE)
    assert caught.value.row == "record-unknown"


def test_a_collection_that_is_not_there_is_refused_with_those_that_are(sandbox: Sandbox) -> None:
    with pytest.raises(AdminError) as caught:
        _ = "x" in sandbox.records("kounta", "people")
    assert "customers" in caught.value.known
