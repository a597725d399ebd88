"""One sandbox, through the client."""

from __future__ import annotations

import asyncio

import pytest

from mockserver import AdminError, MockServer, Sandbox
from tests.client.till import COMPANY, JAMIE, Till

KEY = "bW9ja3NlcnZlci1vdGhlci1rZXk"


def people(sandbox: Sandbox) -> set[str]:
    return {record["first_name"] for record in sandbox.records("kounta", "customers")}


def test_an_app_is_told_where_a_sandbox_is(server: MockServer, sandbox: Sandbox) -> None:
    assert sandbox.url == f"{server.url}/@{sandbox.name}"
    assert sandbox.base_url("kounta") == f"{sandbox.url}/v1"
    assert repr(sandbox) == f"<Sandbox {sandbox.url}>"


def test_an_api_is_found_by_its_own_name_or_its_vendors() -> None:
    with MockServer(vendors=["webcommander", "open2b"], customers=0, sockets=False) as server:
        sandbox = server.default
        assert sandbox.base_url("webcommander-v4") == f"{sandbox.url}/api/v4"
        assert sandbox.base_url("open2b") == f"{sandbox.url}/api/v13"
        with pytest.raises(LookupError, match="webcommander has several APIs; say which: webcommander-plugin, webco"):
            sandbox.base_url("webcommander")
        with pytest.raises(LookupError, match="there is no API called 'shopify'; known: webcommander-plugin"):
            sandbox.credentials("shopify")


def test_credentials_are_those_of_the_sandbox_and_work(server: MockServer) -> None:
    with server.sandbox(auth="strict") as sandbox:
        keys = sandbox.records("open2b", "keys")
        for record in keys.list():
            keys.delete(record["key"])
        with pytest.raises(LookupError, match="has no credentials for open2b"):
            sandbox.credentials("open2b")
        keys.put(KEY, name="ours")
        assert sandbox.credentials("open2b") == {"X-Key": KEY}
        assert sandbox.client("open2b").post("/commerce.customers.count", json={}).status_code == 200


def test_an_asynchronous_app_has_a_client_too(sandbox: Sandbox) -> None:
    async def ask() -> int:
        async with sandbox.async_client("kounta") as client:
            return (await client.get(f"{COMPANY}.json")).status_code

    assert asyncio.run(ask()) == 200


def test_sandboxes_do_not_see_each_other(server: MockServer, sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    with server.sandbox() as other:
        assert "Ada" not in people(other)
        assert other.requests.list() == []
    assert "Ada" in people(sandbox)


def test_a_sandbox_is_removed_once_and_for_all(server: MockServer) -> None:
    sandbox = server.sandbox()
    client = sandbox.client("kounta")
    sandbox.delete()
    assert client.is_closed
    sandbox.delete()
    with pytest.raises(AdminError, match="was deleted"):
        sandbox.clock.freeze()


def test_the_default_sandbox_cannot_be_removed(server: MockServer) -> None:
    with pytest.raises(AdminError) as caught:
        server.default.delete()
    assert caught.value.row == "sandbox-default"


def test_a_sandbox_begins_anew_or_empty(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    sandbox.reset()
    assert "Ada" not in people(sandbox)
    assert "Jamie" in people(sandbox)
    assert sandbox.requests.list() == []
    sandbox.purge()
    assert people(sandbox) == set()
    assert till.enrol("Ada").status_code == 201


def test_a_clone_begins_as_its_original_is(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    with sandbox.clone() as clone, clone.clone(f"{sandbox.name}-again") as named:
        till.enrol("Grace")
        assert people(clone) == people(named) == people(sandbox) - {"Grace"}
        assert (named.name, named.info.source) == (f"{sandbox.name}-again", f"sandbox {clone.name}")


def test_a_fork_begins_as_it_was_just_before_an_exchange(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    till.enrol("Grace")
    last = sandbox.requests.list()[0].id
    with sandbox.fork(before=last) as fork:
        assert people(fork) == people(sandbox) - {"Grace"}
    with pytest.raises(AdminError) as caught:
        sandbox.fork(before=999)
    assert caught.value.row == "source-request-unknown"


def test_coverage_is_of_the_sandbox_alone(sandbox: Sandbox, till: Till) -> None:
    till.customer()
    till.customer(JAMIE + 1)
    report = sandbox.coverage(vendor="kounta")
    (api,) = report.apis
    (met,) = [operation for operation in api.operations if operation.calls]
    assert (report.sandbox, met.id, met.statuses["200"], met.errors["customer-not-found"]) == (
        sandbox.name,
        "get_customer",
        1,
        1,
    )
