"""Our own mistakes: said plainly, and without effect."""

from __future__ import annotations

import re

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.dispatch.cups import names


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("raise", "ValueError: out of cups"),
        ("wrong-body", '/cups/0/id violates .*properties/id/type: "one" is not of type "integer"'),
        ("wrong-status", "202 application/json is not declared for {operation}; declared: 200 application/json, 400"),
        ("wrong-media-type", "200 text/plain is not declared for {operation}; declared: 200 application/json, 400"),
        ("unwritable", "Error"),
        ("surrogate", "Error"),
        ("unknown-row", "KeyError: 'nobody-knows'"),
        ("nonsense", "KeyError: 'nonsense'"),
    ],
)
@pytest.mark.parametrize(("method", "operation"), [("GET", "look"), ("POST", "meddle")])
def test_a_bug_is_said_plainly_and_alters_nothing(  # noqa: PLR0913, PLR0917
    shelf: AppClient,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    method: str,
    operation: str,
    kind: str,
    detail: str,
) -> None:
    reply = shelf.request(method, f"/cups/v1/mischief/{kind}")
    assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
    assert reply.json()["title"] == "Bug of the fake"
    assert re.match(detail.format(operation=operation), reply.json()["detail"]) or detail in reply.json()["detail"]
    assert "Traceback" not in reply.text
    exchange = next(iter(sandbox.journal))
    assert [finding.id for finding in exchange.findings] == ["bug"]
    assert exchange.findings[0].message == reply.json()["detail"]
    assert (exchange.status, exchange.row, list(exchange.changes)) == (500, None, [])
    assert names(sandbox) == ["tall", "small"]
    assert reply.json()["detail"] in caplog.text


def test_an_operation_marked_safe_cannot_alter(shelf: AppClient, sandbox: Sandbox) -> None:
    reply = shelf.get("/cups/v1/mischief/alter")
    assert reply.status_code == 500
    assert "OutsideTransaction" in reply.json()["detail"]
    assert names(sandbox) == ["tall", "small"]
    assert shelf.post("/cups/v1/mischief/alter").status_code == 200
    assert names(sandbox) == ["tall", "small", "never", "never"]


def test_accepting_what_the_contract_forbids_is_a_bug(shelf: AppClient, sandbox: Sandbox) -> None:
    reply = shelf.post("/cups/v1/cups", json={"name": "overlooked"})
    assert reply.status_code == 500
    assert reply.json()["detail"].startswith("create_cup accepted a request that violates its contract: ")
    assert names(sandbox) == ["tall", "small"]


def test_a_server_goes_on_after_a_bug(shelf: AppClient) -> None:
    shelf.post("/cups/v1/mischief/raise")
    assert shelf.post("/cups/v1/cups", json={"name": "mug"}).status_code == 201
