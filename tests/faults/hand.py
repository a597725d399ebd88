"""What a tester does with faults, by the admin API alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from mockserver.sandbox import Sandbox
from mockserver.vendor import Api
from tests.appclient import AppClient

CUPS = "/cups/v1/cups?size=1"
BAD = {"then": {"status": 503}}


@dataclass
class Hand:
    """A client of one sandbox, and the sandbox for what only a look inside tells."""

    client: AppClient
    sandbox: Sandbox

    def set(self, *rules: dict[str, Any]) -> list[dict[str, Any]]:
        """Let these be all rules; returns them as they are shown."""
        reply = self.client.post("/__admin/faults", json=list(rules))
        assert reply.status_code == 200, reply.text
        shown: list[dict[str, Any]] = reply.json()["faults"]
        return shown

    def refused(self, *rules: Any) -> dict[str, Any]:
        """What is said of rules that make no sense."""
        reply = self.client.post("/__admin/faults", json=list(rules))
        assert reply.headers["content-type"] == "application/problem+json", reply.text
        problem: dict[str, Any] = reply.json()
        assert problem["status"] == reply.status_code
        return problem

    def uses(self) -> list[tuple[int, int]]:
        """Of each rule how often it has matched and acted."""
        faults = self.client.get("/__admin/faults").json()["faults"]
        return [(fault["matched"], fault["acted"]) for fault in faults]

    def states(self) -> dict[str, str]:
        """The state that each scenario is in."""
        scenarios = self.client.get("/__admin/scenarios").json()["scenarios"]
        return {scenario["name"]: scenario["state"] for scenario in scenarios}

    def clock(self, action: str, **more: Any) -> None:
        """Steer the sandbox's clock."""
        reply = self.client.put("/__admin/clock", json={"action": action, **more})
        assert reply.status_code == 200, reply.text

    def cups(self) -> int:
        """The status that a list of cups gets."""
        return self.client.get(CUPS).status_code

    def statuses(self, count: int) -> list[int]:
        """The statuses that so many lists of cups get."""
        return [self.cups() for _ in range(count)]

    def newest(self) -> dict[str, Any]:
        """The last exchange with a vendor, as the journal shows it."""
        entry: dict[str, Any] = self.client.get("/__admin/requests?limit=1").json()["requests"][0]
        return entry

    def ask(self, api: Api, operation_id: str, body: Any = None, **ids: Any) -> Response:
        """Ask for an operation of a contract with its first credential."""
        operation = api.contract.operations[operation_id]
        credential = api.dialect.credentials(self.sandbox.subjects[api.vendor])[0]
        path = operation.path.format_map(ids)
        return self.client.request(operation.method, path, headers=credential.headers, json=body)
