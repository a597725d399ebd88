"""The named states that a sandbox's fault rules are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from mockserver.client.http import AdminConnection
from mockserver.client.results import ScenarioEntry, read, read_all


class Scenarios:
    """The scenarios of one sandbox: those that its rules name. Each begins in the state `Started`."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    def list(self) -> Sequence[ScenarioEntry]:
        """All of them, in the order in which the rules name them."""
        return read_all(ScenarioEntry, self._connection.get("/scenarios")["scenarios"])

    def get(self, name: str) -> ScenarioEntry:
        """One of them. Raises LookupError where no rule names it."""
        known = {each.name: each for each in self.list()}
        if name not in known:
            raise LookupError(f"no rule names the scenario '{name}'; known: {', '.join(known) or 'none'}")
        return known[name]

    def set(self, name: str, state: str | None = None) -> ScenarioEntry:
        """Have one in a state, or without one in its first. Raises AdminError where there is no such one."""
        return read(
            ScenarioEntry, self._connection.put(f"/scenarios/{quote(name, safe='')}/state", json={"state": state})
        )

    def reset(self) -> None:
        """Have all in their first state."""
        self._connection.post("/scenarios/reset")
