"""Traffic that meets its contract is passed on without a word."""

from __future__ import annotations

import pytest

from mockserver.app import known_vendors
from mockserver.proxy.composing import Plan
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.proxy.examples import printed
from tests.proxy.proxying import proxying, violations

APIS = [dialect.contract.stem for vendor in known_vendors().values() for dialect in vendor.dialects]


@pytest.mark.parametrize("name", APIS)
def test_what_a_contract_prints_violates_nothing(name: str, upstream: str, world: World, sandbox: Sandbox) -> None:
    api = world.api(name)
    credential = api.dialect.credentials(sandbox.subjects[api.vendor])[0]
    seen = set()
    with proxying(Plan(api=name, upstream=upstream)) as proxy:
        for request in printed(api):
            sandbox.reset()  # some of them sign out, or delete who is asked for later
            headers = {**credential.headers, **request.headers}
            reply = proxy.client.request(request.method, request.target, headers=headers, content=request.body)
            assert violations(reply) == [], (request, reply.status_code, reply.text[:500])
            seen.add(request.operation)
        assert proxy.findings() == []
    traffic = proxy.traffic
    assert (traffic.broken, traffic.unanswered, traffic.violations) == (0, 0, [])
    assert {each.operation for each in traffic.operations} == seen == api.contract.operations.keys()


@pytest.mark.parametrize("name", APIS)
def test_every_error_row_is_declared_and_told_from_the_reply(
    name: str, upstream: str, world: World, sandbox: Sandbox
) -> None:
    api = world.api(name)
    credential = api.dialect.credentials(sandbox.subjects[api.vendor])[0]
    requests = {each.operation: each for each in printed(api)}
    with proxying(Plan(api=name, upstream=upstream)) as proxy:
        for operation in api.contract.operations.values():
            request = requests[operation.id]
            is_first = operation is next(iter(api.contract.operations.values()))
            for row in operation.errors if is_first else operation.own_errors:
                headers = {**credential.headers, **request.headers, "Prefer": f"error={row}"}
                reply = proxy.client.request(request.method, request.target, headers=headers, content=request.body)
                assert violations(reply) == [], (operation.id, row, reply.text[:500])
                told = operation.errors[proxy.last.row or ""]
                assert (told.status, told.message) == (operation.errors[row].status, operation.errors[row].message), (
                    reply.text
                )
        assert proxy.traffic.broken == 0
