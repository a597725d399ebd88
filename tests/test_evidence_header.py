"""`X-Mock-Evidence` on what the five vendors' fakes really answer: it is what the contract says of the reply."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from mockserver.app import apis_of, known_vendors
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

HEADER = "X-Mock-Evidence"
APIS = [api.name for vendor in known_vendors().values() for api in apis_of(vendor)]
IDS = {"company_id": 5678, "customer_id": 310, "webhook_id": 1, "id": 1}

OPEN2B = "/api/v13/commerce.customers"
KOUNTA = "/v1/companies"
SPURT = "/api/admin-customer"
PLUGIN = "/external/app/access"
V4 = "/api/v4/admin/customers"
PASSWORDS = {"customer": {"email": "john.islam@example.com", "old_password": "123213", "password": "open-sesame"}}


class Told(NamedTuple):
    """A request, and the status and the header that its reply has."""

    api: str
    method: str
    path: str
    more: dict[str, Any]
    status: int
    evidence: str


REPLIES = [
    Told("open2b", "POST", f"{OPEN2B}.get", {"json": {"id": 37091}}, 200, "documented"),
    Told("open2b", "POST", f"{OPEN2B}.create", {"json": {}}, 200, "documented; row=field-missing"),
    Told("open2b", "GET", f"{OPEN2B}.get", {}, 405, "inferred; row=http-method"),
    Told("open2b", "POST", f"{OPEN2B}.get", {"content": b"{"}, 400, "inferred; row=body-unreadable"),
    Told("kounta", "GET", f"{KOUNTA}/5678/customers/389427", {}, 200, "documented"),
    Told("kounta", "GET", f"{KOUNTA}/5678/customers?email=jmcdonald@kounta.kom", {}, 302, "documented"),
    Told("kounta", "GET", f"{KOUNTA}/5678/customers?mobile=0", {}, 404, "documented; row=lookup-not-found"),
    Told("kounta", "GET", f"{KOUNTA}/me", {}, 200, "observed"),
    Told("kounta", "GET", f"{KOUNTA}/5678", {}, 200, "inferred"),
    Told("kounta", "GET", f"{KOUNTA}/5678/customers/1", {}, 404, "inferred; row=customer-not-found"),
    Told("kounta", "GET", "/v1/nothing", {}, 404, "observed; row=path-unknown"),
    Told("spurtcommerce", "GET", "/api/customer-group", {}, 200, "documented"),
    Told("spurtcommerce", "GET", f"{SPURT}/allcustomer-excel-list?name=zz", {}, 400, "documented; row=list-empty"),
    Told("spurtcommerce", "GET", f"{SPURT}/allcustomer-excel-list", {}, 200, "observed"),
    Told("spurtcommerce", "GET", f"{SPURT}/customer-detail/0", {}, 400, "observed; row=customer-not-found"),
    Told("spurtcommerce", "GET", f"{SPURT}?name=a&name=b", {}, 500, "inferred; row=program-failed"),
    Told("spurtcommerce", "GET", "/api/nope", {}, 404, "observed; row=path-unknown"),
    Told("webcommander-plugin", "GET", f"{PLUGIN}/customers", {}, 200, "documented"),
    Told("webcommander-plugin", "GET", f"{PLUGIN}/customer?customerId=9", {}, 404, "inferred; row=customer-not-found"),
    Told("webcommander-plugin", "DELETE", f"{PLUGIN}/customer-delete", {"json": {"customerId": 310}}, 200, "inferred"),
    Told("webcommander-v4", "POST", V4, {"json": {"customer": {"first_name": "Ada"}}}, 201, "documented"),
    Told("webcommander-v4", "GET", f"{V4}/310", {}, 200, "observed"),
    Told("webcommander-v4", "GET", f"{V4}/9", {}, 404, "observed; row=customer-not-found"),
    Told(
        "webcommander-v4",
        "POST",
        f"{V4}/9/change-password",
        {"json": PASSWORDS},
        404,
        "inferred; row=customer-not-found",
    ),
]


def ask(world: World, sandbox: Sandbox, api: str, method: str, path: str, **more: Any) -> Response:
    """A request with the API's first credential."""
    served = world.api(api)
    headers = {**served.dialect.credentials(sandbox.subjects[served.vendor])[0].headers, **more.pop("headers", {})}
    with AppClient(world.app, base_url="http://127.0.0.1", headers=headers) as client:
        return client.request(method, f"/@{sandbox.name}{path}", **more)


@pytest.mark.parametrize("told", REPLIES, ids=lambda told: f"{told.api}-{told.path}-{told.status}")
def test_a_reply_tells_how_it_is_known(world: World, sandbox: Sandbox, told: Told) -> None:
    reply = ask(world, sandbox, told.api, told.method, told.path, **told.more)
    assert (reply.status_code, reply.headers.get_list(HEADER)) == (told.status, [told.evidence])


@pytest.mark.parametrize("api", APIS)
def test_each_api_shows_something_known_something_inferred_and_a_row(api: str) -> None:
    told = [reply.evidence for reply in REPLIES if reply.api == api]
    assert {evidence.partition(";")[0] for evidence in told} > {"inferred"}
    assert any("; row=" in evidence for evidence in told)


@pytest.mark.parametrize("api", APIS)
def test_every_row_of_every_operation_tells_what_the_contract_says_of_it(
    world: World, sandbox: Sandbox, api: str
) -> None:
    told, said = {}, {}
    for operation in world.api(api).contract.operations.values():
        path = operation.path.format_map(IDS)
        for row in operation.errors.values():
            reply = ask(world, sandbox, api, operation.method, path, headers={"Prefer": f"error={row.id}"})
            told[operation.id, row.id] = reply.headers.get(HEADER)
            said[operation.id, row.id] = f"{row.evidence}; row={row.id}"
    assert told == said
