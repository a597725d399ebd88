"""A sandbox with a bell, steered by way of HTTP as a tester would."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.webhooks.receiver import DEADLINE

NOON = "2026-01-01T12:00:00.000Z"
NOON_SECONDS = 1767268800.0


class Tower:
    """The APIs of one sandbox, on one event loop as long as the `with` block lasts."""

    def __init__(self, world: World, sandbox: Sandbox | None = None) -> None:
        self.world = world
        self.sandbox = sandbox or world.sandboxes.create()
        self._client = AppClient(world.app, base_url=f"http://127.0.0.1/@{self.sandbox.name}")

    def __enter__(self) -> Self:
        self._client.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.__exit__(kind, error, at)

    # What an app does

    def subscribe(self, url: str, topic: str = "", **more: Any) -> int:
        """A listener's id."""
        id = len(self.sandbox.subjects["bell"].listeners) + 1
        self.admin("PUT", f"state/bell/listeners/{id}", {"url": url, "topic": topic, **more})
        return id

    def create(self, *names: str) -> list[int]:
        """The ids of new things."""
        return [self._done("POST", "bell/v1/things", {"name": name})["id"] for name in names]

    def rename(self, id: int, name: str) -> None:
        self._done("PUT", f"bell/v1/things/{id}", {"name": name})

    def remove(self, id: int) -> None:
        self._done("DELETE", f"bell/v1/things/{id}")

    # What a tester does

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        return self._done(method, f"__admin/{path}", body)

    def refused(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A problem document."""
        reply = self._client.request(method, f"__admin/{path}", json=body)
        assert reply.status_code >= 400, reply.text
        problem: dict[str, Any] = reply.json()
        return problem

    def freeze(self) -> None:
        self.admin("PUT", "clock", {"action": "freeze", "instant": NOON})

    def advance(self, seconds: float) -> None:
        self.admin("PUT", "clock", {"action": "advance", "durationMillis": round(seconds * 1000)})

    def misbehave(self, id: int, **rule: Any) -> None:
        self.admin("PUT", f"webhooks/subscriptions/bell/{id}/misbehaviour", rule)

    def newest(self, vendor: str = "bell") -> int:
        """The id of the newest request that the journal has."""
        id: int = self.admin("GET", f"requests?vendor={vendor}")["requests"][0]["id"]
        return id

    def deliveries(self, query: str = "") -> list[dict[str, Any]]:
        """Oldest first."""
        listed: list[dict[str, Any]] = self.admin("GET", f"webhooks?limit=1000{query}")["deliveries"]
        return listed[::-1]

    def statuses(self, query: str = "") -> list[str]:
        return [delivery["status"] for delivery in self.deliveries(query)]

    def settle(self) -> list[dict[str, Any]]:
        """The deliveries, as soon as there is nothing left to do before the clock moves. It must be frozen."""
        return self.until(lambda _: not self._has_work())

    def until(self, condition: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The deliveries, as soon as they meet a condition."""
        deadline = time.monotonic() + DEADLINE
        while not condition(self.deliveries()):
            assert time.monotonic() < deadline, self.deliveries()
            time.sleep(0.002)
        return self.deliveries()

    def _has_work(self) -> bool:
        outbox, now = self.sandbox.webhooks.outbox, self.sandbox.clock.time()
        heads = [outbox.head(target) for target in outbox.targets()]
        return any(head.due <= now for head in heads if head is not None)

    def _done(self, method: str, path: str, body: Any = None) -> Any:
        reply = self._client.request(method, path, json=body)
        assert reply.status_code < 300, reply.text
        return reply.json()
