"""Many clients of one server process at a time, each in a sandbox of its own, which none of the others ever sees."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.test_process import KEY, Server, new_customer, serving

CLIENTS = 64
STEPS = 12
EPOCH = 1_767_268_800_000
JSON = {"Content-Type": "application/json"}
WAYS: dict[str, Callable[[str, str], tuple[str, Mapping[str, str]]]] = {
    "path": lambda name, path: (f"/@{name}{path}", {}),
    "header": lambda name, path: (path, {"X-Mock-Sandbox": name}),
    "host": lambda name, path: (path, {"Host": f"{name}.localhost"}),
}


class Tenant:
    """A client, and what its sandbox ought to be."""

    def __init__(self, connection: HTTPConnection, number: int) -> None:
        self.connection = connection
        self.number = number
        self.random = random.Random(number)  # noqa: S311  the same choices each time
        self.name = ""
        self.own: list[str] = []
        self.asked = 0
        self.millis = EPOCH
        self.fault: str | None = None

    def send(self, method: str, path: str, body: object = None, headers: Mapping[str, str] = JSON) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, dict(headers))
        reply = self.connection.getresponse()
        return reply.status, json.loads(reply.read())

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask in the sandbox, named in one way or another."""
        path, headers = WAYS[self.random.choice([*WAYS])](self.name, path)
        status, reply = self.send(method, path, body, {**JSON, **KEY, **headers})
        assert status == 200, reply
        return reply

    def call(self, method: str, body: object) -> Any:
        self.asked += 1
        return self.ask("POST", f"/api/v13/commerce.customers.{method}", body)

    def begin(self) -> None:
        status, made = self.send("POST", "/__admin/sandboxes", {"customers": 0, "ttlSeconds": 60})
        assert status == 201, made
        self.name = made["name"]
        self.freeze()

    def freeze(self) -> None:
        self.millis = EPOCH + self.number
        instant = f"2026-01-01T12:00:00.{self.number:03}Z"
        self.ask("PUT", "/__admin/clock", {"action": "freeze", "instant": instant})

    def create(self) -> None:
        code = f"T{self.number}-{len(self.own)}"
        self.call("create", new_customer(1000 * self.number + len(self.own), code=code))
        self.own.append(code)

    def wait(self) -> None:
        self.millis += self.number
        self.ask("PUT", "/__admin/clock", {"action": "advance", "durationMillis": self.number})

    def break_something(self) -> None:
        self.fault = f"fault-of-{self.number}"
        rule = {"id": self.fault, "vendor": "open2b", "operation": "authenticate_customer", "then": {"status": 503}}
        self.ask("POST", "/__admin/faults", [rule])

    def reset(self) -> None:
        self.ask("POST", "/__admin/reset")
        self.own, self.asked, self.fault = [], 0, None
        self.freeze()

    def look(self) -> None:
        """Find in the sandbox what this client has done there, and nothing else."""
        found = self.call("find", {"fields": ["code"]})["customers"]
        assert [each["code"] for each in found if each["code"].startswith("T") and "-" in each["code"]] == self.own
        assert self.ask("GET", "/__admin/clock")["currentEpochMillis"] == self.millis
        faults = [fault["id"] for fault in self.ask("GET", "/__admin/faults")["faults"]]
        assert faults == ([self.fault] if self.fault else [])
        asked = self.ask("GET", "/__admin/requests?limit=1000")["requests"]
        assert len(asked) == self.asked
        known = json.dumps([entry["url"] for entry in asked])
        assert "/@" not in known.replace(f"/@{self.name}/", "")

    def live(self, together: threading.Barrier) -> str:
        self.begin()
        together.wait()
        for _ in range(STEPS):
            self.random.choice([self.create, self.create, self.wait, self.break_something, self.reset, self.look])()
        self.look()
        together.wait()
        status, _ = self.send("DELETE", f"/__admin/sandboxes/{self.name}")
        assert status == 200
        return self.name


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server
        assert server.stop() == ""


def test_64_clients_at_a_time_never_see_each_other(server: Server) -> None:
    everyone = server.everyone()
    together = threading.Barrier(CLIENTS, timeout=60)

    def live(number: int) -> str:
        try:
            with closing(server.connect()) as connection:
                return Tenant(connection, number).live(together)
        except BaseException:
            together.abort()  # or the others would wait for this one
            raise

    with ThreadPoolExecutor(CLIENTS) as pool:
        names = list(pool.map(live, range(CLIENTS)))
    assert len(set(names)) == CLIENTS
    assert server.everyone() == everyone
    status, listed = server.ask("/__admin/sandboxes")
    assert (status, [entry["name"] for entry in json.loads(listed)["sandboxes"]]) == (200, ["default"])


def test_a_server_that_stops_does_not_wait_for_people_who_are_being_drawn(server: Server) -> None:
    with closing(server.connect()) as connection:
        wish = {"customers": 100_000, "seed": 5}
        connection.request("POST", "/__admin/sandboxes", json.dumps(wish), JSON)
        assert server.ask("/__admin/health")[0] == 200
        began = time.monotonic()
        assert server.stop() == ""
        assert time.monotonic() - began < 8
