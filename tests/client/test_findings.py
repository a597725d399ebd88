"""Findings in Python: of a sandbox, and of the whole run."""

from __future__ import annotations

import httpx2
import pytest

from mockserver import AdminError, MockServer, Sandbox


def ask(client: httpx2.Client) -> None:
    assert client.get("/companies/5678.json", params={"colour": "red"}).status_code == 200


def test_findings_are_of_the_sandbox_alone(server: MockServer, sandbox: Sandbox, shop: httpx2.Client) -> None:
    ask(shop)
    with server.sandbox() as other:
        ask(other.client("kounta"))
    report = sandbox.findings()
    [found] = report.findings
    assert (report.sandbox, found.kind, found.message) == (
        sandbox.name,
        "ignored-parameter",
        "the vendor ignores ?colour",
    )
    assert (found.count, found.first.sandbox) == (1, sandbox.name)
    assert report.complaint(["ignored-parameter"]) == "ignored-parameter once"
    assert sandbox.findings(vendor="open2b").findings == []


def test_findings_are_of_all_sandboxes_together() -> None:
    with MockServer(vendors=["kounta", "open2b"], customers=0) as server:
        assert server.findings().findings == []
        for _ in range(2):
            with server.sandbox() as sandbox:
                ask(sandbox.client("kounta"))
        [found] = server.findings(vendor="kounta").findings
        assert (found.count, found.operation) == (2, "get_company")
        assert server.findings(vendor="open2b").findings == []
        with pytest.raises(AdminError, match="known: kounta, open2b"):
            server.findings(vendor="toyshop")
