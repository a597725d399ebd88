"""An app as the tests have one: what it asks of a shop."""

from __future__ import annotations

from typing import Any

import httpx2

COMPANY = "/companies/5678"
JAMIE = 389427
"""A customer whom every fixture has."""


class Till:
    """Asks a shop of Kounta."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def company(self) -> httpx2.Response:
        return self.client.get(f"{COMPANY}.json")

    def customer(self, id: int = JAMIE) -> httpx2.Response:
        return self.client.get(f"{COMPANY}/customers/{id}.json")

    def enrol(self, name: str, **fields: Any) -> httpx2.Response:
        """Make a customer of the shop."""
        person = {"first_name": name, "email": f"{name.lower()}@example.com", **fields}
        return self.client.post(f"{COMPANY}/customers.json", json=person)

    def subscribe(self, topic: str, address: str) -> int:
        """Ask to be told; returns the webhook's id."""
        answer = self.client.post(f"{COMPANY}/webhooks.json", json={"topic": topic, "address": address})
        assert answer.status_code == 201, answer.text
        return int(answer.headers["location"].rpartition("/")[2].removesuffix(".json"))
