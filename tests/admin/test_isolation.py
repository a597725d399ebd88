"""Sandboxes share nothing: whatever is done to some of them, each is what a plain model of it alone says."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule, run_state_machine_as_test

from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.vendors.kounta_restaurant import ADDON, CUSTOMERS, basic
from tests.webhooks.bell import bell

KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
BASE = 1_767_268_800_000
"""2026-01-01T12:00:00Z, where each clock stops at first; so all that a clock limits stays within its time."""
WAYS = st.sampled_from(["path", "header", "host"])

with tempfile.TemporaryDirectory() as folder:
    vendors = known_vendors()
    WORLD = build(
        read_fixture("default"),
        [vendors["open2b"], vendors["kounta"], bell(Path(folder))],
        Options(webhook_allow=frozenset(), max_sandboxes=100),
    )


@dataclass(frozen=True)
class State:
    """What a sandbox holds: a customer's code, milliseconds since BASE, how often a fault will act still, calls, tokens."""

    code: str = "TF78123"
    clock: int = 0
    failing: int = 0
    calls: int = 0
    tokens: int = 0


@dataclass
class Model:
    """A sandbox: what it holds and began with, and what has been asked, met and told since."""

    state: State
    begun: State
    asked: int = 0
    met: int = 0
    told: int = 0

    def alter(self, **fields: Any) -> None:
        self.state = replace(self.state, **fields)

    def begin(self, state: State) -> None:
        self.state = state
        self.asked = self.met = self.told = 0

    @property
    def view(self) -> dict[str, Any]:
        return {**vars(self.state), "asked": self.asked, "met": self.met, "told": self.told}


def look(client: AppClient, name: str) -> dict[str, Any]:
    """What a sandbox shows of itself."""

    def get(path: str) -> Any:
        return client.get(f"/@{name}/__admin/{path}").json()

    return {
        "code": get("state/open2b/customers/37091")["code"],
        "clock": get("clock")["currentEpochMillis"] - BASE,
        "failing": sum(fault["times"] - fault["acted"] for fault in get("faults")["faults"]),
        "calls": sum(window["calls"] for window in get("state/sandbox/rate_windows")["records"]),
        "tokens": get("state/kounta/access_tokens")["total"] - BEGUN_TOKENS,
        "asked": len(get("requests?limit=1000")["requests"]),
        "met": met(get("coverage?vendor=open2b")),
        "told": len(get("webhooks?limit=1000")["deliveries"]),
    }


def met(coverage: Any) -> int:
    """How often customers were counted, whatever was answered."""
    [open2b] = coverage["apis"]
    [counted] = [operation for operation in open2b["operations"] if operation["id"] == "count_customers"]
    total: int = sum(counted["statuses"].values()) + sum(counted["injected"].values())
    return total


def met_in_all(client: AppClient) -> int:
    """The same, in all sandboxes that there ever were."""
    return met(client.get("/__admin/coverage?vendor=open2b&scope=run").json())


class Worlds(RuleBasedStateMachine):
    """Several sandboxes of one server, and beside each a model of it."""

    names = Bundle("names")
    snapshots = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.client = AppClient(WORLD.app, base_url="http://127.0.0.1")
        self.models: dict[str, Model] = {}
        self.kept: dict[str, State] = {}
        self.met_in_all = met_in_all(self.client)

    def send(self, way: str, name: str, method: str, path: str, **more: Any) -> Any:
        headers = more.pop("headers", {})
        if way == "path":
            path = f"/@{name}{path}"
        elif way == "header":
            headers = {**headers, "X-Mock-Sandbox": name}
        else:
            headers = {**headers, "Host": f"{name}.localhost"}
        return self.client.request(method, path, headers=headers, **more)

    def steer(self, way: str, name: str, method: str, path: str, body: object = None) -> Any:
        reply = self.send(way, name, method, f"/__admin/{path}", json=body)
        assert reply.is_success, reply.text
        return reply.json()

    def make(self, **wish: Any) -> str:
        made = self.client.post("/__admin/sandboxes", json=wish)
        assert made.status_code == 201, made.text
        name: str = made.json()["name"]
        return name

    @initialize(target=names)
    def begin(self) -> str:
        return self.fresh()

    @rule(target=names)
    def make_one(self) -> str:
        return self.fresh()

    def fresh(self) -> str:
        name = self.make()
        self.models[name] = Model(State(), State())
        self.prepare(name)
        return name

    def prepare(self, name: str) -> None:
        """Stop the clock, and listen: not to the wall clock, and on no port."""
        self.steer("path", name, "PUT", "clock", {"action": "freeze", "instant": "2026-01-01T12:00:00Z"})
        self.steer("path", name, "PUT", "state/bell/listeners/1", {"url": "ftp://127.0.0.1/"})

    @rule(target=names, name=names)
    def clone(self, name: str) -> str:
        made = self.make(**{"from": {"sandbox": name}})
        self.models[made] = Model(self.models[name].state, self.models[name].state)
        return made

    @rule(name=consumes(names))
    def remove(self, name: str) -> None:
        assert look(self.client, name) == self.models.pop(name).view
        assert self.client.delete(f"/__admin/sandboxes/{name}").is_success

    @rule(name=names, way=WAYS, code=st.sampled_from(["A", "B", "C"]))
    def rename(self, name: str, way: str, code: str) -> None:
        self.steer(way, name, "PUT", "state/open2b/customers/37091", {"code": code})
        self.models[name].alter(code=code)

    @rule(name=names, way=WAYS, millis=st.integers(1, 50))
    def wait(self, name: str, way: str, millis: int) -> None:
        self.steer(way, name, "PUT", "clock", {"action": "advance", "durationMillis": millis})
        self.models[name].alter(clock=self.models[name].state.clock + millis)

    @rule(name=names, way=WAYS, times=st.integers(1, 2))
    def fail(self, name: str, way: str, times: int) -> None:
        rules = [{"vendor": "open2b", "operation": "count_customers", "times": times, "then": {"status": 503}}]
        self.steer(way, name, "POST", "faults", rules)
        self.models[name].alter(failing=times)

    @rule(name=names, way=WAYS)
    def ask(self, name: str, way: str) -> None:
        model = self.models[name]
        body: dict[str, Any] = {"conditions": {}}
        reply = self.send(way, name, "POST", "/api/v13/commerce.customers.count", json=body, headers=KEY)
        assert reply.status_code == (503 if model.state.failing else 200)
        model.asked += 1
        model.met += 1
        self.met_in_all += 1
        model.alter(failing=max(model.state.failing - 1, 0))

    @rule(name=names, way=WAYS)
    def call(self, name: str, way: str) -> None:
        model = self.models[name]
        reply = self.send(way, name, "GET", f"/v1/{CUSTOMERS}/389427.json", headers=basic(*ADDON))
        model.asked += 1
        model.alter(calls=model.state.calls + 1)
        assert int(reply.headers["x-ratelimit-remaining"]) == 60 - model.state.calls

    @rule(name=names, way=WAYS)
    def get_a_token(self, name: str, way: str) -> None:
        model, grant = self.models[name], {"grant_type": "client_credentials"}
        assert self.send(way, name, "POST", "/v1/token.json", data=grant, headers=basic(*ADDON)).is_success
        model.asked += 1
        model.alter(tokens=model.state.tokens + 1)

    @rule(name=names, way=WAYS)
    def ring(self, name: str, way: str) -> None:
        assert self.send(way, name, "POST", "/bell/v1/things", json={"name": "a"}).is_success
        self.models[name].asked += 1
        self.models[name].told += 1

    @rule(name=names, way=WAYS, purged=st.booleans())
    def reset(self, name: str, way: str, purged: bool) -> None:  # noqa: FBT001
        if purged:
            self.steer(way, name, "POST", "purge")
            assert self.steer(way, name, "GET", "state")["state"]["open2b"]["customers"] == 0
        self.steer(way, name, "POST", "reset")
        model = self.models[name]
        model.begin(model.begun)
        if "sandbox " not in str(self.steer(way, name, "GET", f"sandboxes/{name}")["from"]):
            self.prepare(name)

    @rule(target=snapshots, name=names, way=WAYS, kept=st.sampled_from(["one", "two"]))
    def save(self, name: str, way: str, kept: str) -> str:
        self.steer(way, name, "PUT", f"snapshots/{kept}")
        self.kept[kept] = self.models[name].state
        return kept

    @rule(name=names, way=WAYS, kept=snapshots)
    def load(self, name: str, way: str, kept: str) -> None:
        self.steer(way, name, "POST", f"snapshots/{kept}/load")
        self.models[name].begin(self.kept[kept])

    @rule(name=names)
    def compare(self, name: str) -> None:
        assert look(self.client, name) == self.models[name].view

    def teardown(self) -> None:
        try:
            for name, model in self.models.items():
                assert look(self.client, name) == model.view
            assert look(self.client, "default") == DEFAULT
            assert met_in_all(self.client) == self.met_in_all
        finally:
            for name in self.models:
                self.client.delete(f"/__admin/sandboxes/{name}")


with AppClient(WORLD.app, base_url="http://127.0.0.1") as first:
    first.put("/__admin/clock", json={"action": "freeze", "instant": "2026-01-01T12:00:00Z"})
    BEGUN_TOKENS = 0
    BEGUN_TOKENS = look(first, "default")["tokens"]
    DEFAULT = look(first, "default")


@pytest.mark.usefixtures("unwatched")
def test_whatever_is_done_to_some_sandboxes_each_is_as_if_it_were_alone() -> None:
    assert Model(State(), State()).view == DEFAULT
    run_state_machine_as_test(
        Worlds,
        settings=settings(
            max_examples=5 * EFFORT,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
        ),
    )
