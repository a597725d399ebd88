"""What a sandbox begins with: a fixture, another sandbox, its past, or a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from mockserver.app import build, choose_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

HOLMES = "state/open2b/customers/37091"


@pytest.fixture
def root(world: World, sandbox: Sandbox) -> AppClient:
    """Asked without a sandbox's name; what it makes is removed by name. The test's own sandbox is there too."""
    assert sandbox.name in {each.name for each in world.sandboxes}
    return AppClient(world.app, base_url="http://127.0.0.1")


class Makes:
    """Makes sandboxes, and knows what to remove."""

    def __init__(self, root: AppClient) -> None:
        self.root = root
        self.made: list[str] = []

    def ask(self, body: object) -> Response:
        reply = self.root.post("/__admin/sandboxes", json=body)
        if reply.status_code == 201:
            self.made.append(reply.json()["name"])
        return reply

    def __call__(self, **wish: Any) -> Any:
        reply = self.ask({name.removesuffix("_"): value for name, value in wish.items()})
        assert reply.status_code == 201, reply.text
        return reply.json()

    def refused(self, body: object) -> Any:
        problem = self.ask(body).json()
        return problem["row"], problem["detail"]


@pytest.fixture
def makes(root: AppClient) -> Iterator[Makes]:
    makes = Makes(root)
    yield makes
    for name in makes.made:
        root.delete(f"/__admin/sandboxes/{name}")


def names(root: AppClient, sandbox: str) -> list[str]:
    """The customers of a shop."""
    page = root.get(f"/@{sandbox}/__admin/state/open2b/customers?limit=1000").json()
    return [f"{record['billing_address']['firstName']} {record['id']}" for record in page["records"]]


def code(root: AppClient, sandbox: str) -> str:
    return str(root.get(f"/@{sandbox}/__admin/{HOLMES}").json()["code"])


def set_code(root: AppClient, sandbox: str, value: str) -> int:
    """Alter a record as a tester; the id of the exchange."""
    assert root.put(f"/@{sandbox}/__admin/{HOLMES}", json={"code": value}).status_code == 200
    newest: int = root.get(f"/@{sandbox}/__admin/requests?vendor=admin").json()["requests"][0]["id"]
    return newest


# Fixtures


def test_another_seed_draws_other_people_and_the_same_seed_the_same(root: AppClient, makes: Makes) -> None:
    makes(name="a", seed=7)
    makes(name="b", seed=7.0)
    makes(name="c", seed=8)
    assert names(root, "a") == names(root, "b")
    assert len({tuple(names(root, name)) for name in ("default", "a", "c")}) == 3


def test_another_number_of_people_is_drawn(root: AppClient, makes: Makes) -> None:
    few, many = makes(customers=0), makes(customers=3.0)
    assert len(names(root, many["name"])) - len(names(root, few["name"])) == 3
    assert {name.partition(" ")[0] for name in names(root, few["name"])} >= {"Sherlock"}


def test_another_fixture_is_named(root: AppClient, makes: Makes) -> None:
    made = makes(fixture="documented", seed=3)
    assert (made["fixture"], made["seed"], made["from"]) == ("documented", 3, None)
    assert len(names(root, made["name"])) < len(names(root, "default"))


def test_reset_leads_back_to_what_it_began_with(root: AppClient, makes: Makes) -> None:
    made = makes(seed=7, customers=2)["name"]
    before = names(root, made)
    root.post(f"/@{made}/__admin/purge")
    assert names(root, made) == []
    root.post(f"/@{made}/__admin/reset")
    assert names(root, made) == before


@pytest.mark.parametrize("fixture", ["nowhere", "../fixtures/default.yaml", "/etc/passwd", "default.yaml", ""])
def test_a_fixture_is_a_name_and_never_a_path(makes: Makes, fixture: str) -> None:
    problem = makes.ask({"fixture": fixture}).json()
    assert (problem["row"], problem["status"]) == ("fixture-unknown", 400)
    assert {"default", "documented", "large"} <= set(problem["known"])


def test_a_fixture_that_cannot_be_planted_says_why(world: World, makes: Makes, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("vendors: {open2b: {kies: []}}")
    world.seeds.more["mine"] = file
    try:
        row, detail = makes.refused({"fixture": "mine"})
    finally:
        del world.seeds.more["mine"]
    assert row == "fixture-broken"
    assert "kies" in detail


def test_others_are_answered_while_people_are_drawn(world: World, makes: Makes) -> None:
    order: list[str] = []

    async def ask(client: AsyncClient, name: str, method: str, path: str, body: object = None) -> None:
        reply = await client.request(method, path, json=body)
        assert reply.is_success, reply.text
        order.append(name)

    async def both() -> None:
        async with AsyncClient(transport=ASGITransport(world.app), base_url="http://127.0.0.1") as client:
            wish = {"name": "slow", "seed": 9, "customers": 300}
            slow = asyncio.create_task(ask(client, "slow", "POST", "/__admin/sandboxes", wish))
            await asyncio.sleep(0)
            for _ in range(3):
                await ask(client, "quick", "GET", "/__admin/clock")
            await slow

    makes.made.append("slow")
    asyncio.run(both())
    assert order == ["quick", "quick", "quick", "slow"]


# Another sandbox


def test_a_clone_is_what_its_original_is_and_then_both_go_their_own_ways(root: AppClient, makes: Makes) -> None:
    original = makes(name="original")["name"]
    set_code(root, original, "as-cloned")
    root.put(f"/@{original}/__admin/clock", json={"action": "freeze", "instant": "2030-01-01T00:00:00Z"})
    clone = makes(name="clone", from_={"sandbox": original})
    assert (clone["from"], clone["fixture"], clone["seed"]) == ("sandbox original", "default", 1)
    assert clone["requests"] == 0
    assert root.get("/@clone/__admin/clock").json()["currentInstant"] == "2030-01-01T00:00:00.000Z"
    assert code(root, "clone") == "as-cloned"
    set_code(root, "clone", "clone")
    set_code(root, original, "original")
    root.put("/@clone/__admin/clock", json={"action": "advance", "durationMillis": 1000})
    assert (code(root, "clone"), code(root, original)) == ("clone", "original")
    assert root.get(f"/@{original}/__admin/clock").json()["currentInstant"] == "2030-01-01T00:00:00.000Z"
    root.post("/@clone/__admin/reset")
    assert (code(root, "clone"), code(root, original)) == ("as-cloned", "original")
    root.delete(f"/__admin/sandboxes/{original}")
    assert code(root, "clone") == "as-cloned"


def test_a_clone_behaves_as_its_original_but_where_it_is_to_behave_otherwise(makes: Makes) -> None:
    original = makes(auth="strict", fidelity="observed", rateLimits="enforce")
    clone = makes(from_={"sandbox": original["name"]}, auth="lenient")
    assert (original["auth"], original["fidelity"], original["rateLimits"]) == ("strict", "observed", "enforce")
    assert (clone["auth"], clone["fidelity"], clone["rateLimits"]) == ("lenient", "observed", "enforce")


def test_a_fork_is_what_a_sandbox_was_just_before_a_request(root: AppClient, makes: Makes) -> None:
    original = makes()["name"]
    first, second, third = (set_code(root, original, value) for value in ("one", "two", "three"))
    root.put(f"/@{original}/__admin/clock", json={"action": "freeze"})
    before = {id: makes(from_={"sandbox": original, "before": id}) for id in (first, second, float(third))}
    assert [code(root, each["name"]) for each in before.values()] == ["TF78123", "one", "two"]
    assert before[second]["from"] == f"sandbox {original} before request {second}"
    assert not root.get(f"/@{before[third]['name']}/__admin/clock").json()["frozen"]
    assert code(root, original) == "three"
    assert len(root.get(f"/@{original}/__admin/requests?vendor=admin").json()["requests"]) == 4


def test_what_was_forked_off_can_be_reset_to_where_it_was_forked_off(root: AppClient, makes: Makes) -> None:
    original = makes()["name"]
    set_code(root, original, "one")
    fork = makes(from_={"sandbox": original, "before": set_code(root, original, "two")})["name"]
    set_code(root, fork, "else")
    root.post(f"/@{fork}/__admin/reset")
    assert code(root, fork) == "one"


def test_no_webhook_is_delivered_twice_because_a_sandbox_was_cloned(root: AppClient, makes: Makes) -> None:
    original = makes()["name"]
    hook = {"sourceUrl": "http://127.0.0.1:9/", "eventName": "customer-update"}
    root.put(f"/@{original}/__admin/state/webcommander/webhooks/1", json=hook)
    root.put(f"/@{original}/__admin/state/webcommander/customers/310", json={"note": "new"})
    clone = makes(from_={"sandbox": original})["name"]
    assert root.get(f"/@{clone}/__admin/webhooks").json()["deliveries"] == []


# Snapshots


def test_a_sandbox_begins_as_a_snapshot_was(root: AppClient, makes: Makes) -> None:
    original = makes(seed=7, customers=1)["name"]
    set_code(root, original, "kept")
    root.put(f"/@{original}/__admin/snapshots/begin-here")
    set_code(root, original, "later")
    made = makes(from_={"snapshot": "begin-here"})
    root.delete("/__admin/snapshots/begin-here")
    assert (made["from"], made["fixture"], made["seed"]) == ("snapshot begin-here", "default", 7)
    set_code(root, made["name"], "else")
    root.post(f"/@{made['name']}/__admin/reset")
    assert code(root, made["name"]) == "kept"


# Refusals


@pytest.mark.parametrize(
    ("body", "row", "words"),
    [
        ({"from": {"sandbox": "nowhere"}}, "source-sandbox-unknown", "'nowhere'"),
        ({"from": {"sandbox": "nowhere", "before": 1}}, "source-sandbox-unknown", "'nowhere'"),
        ({"from": {"snapshot": "nowhere"}}, "source-snapshot-unknown", "'nowhere'"),
        ({"from": {"sandbox": "default", "before": 999999}}, "source-request-unknown", "no request 999999"),
        ({"from": {"sandbox": "default"}, "seed": 1}, "source-ambiguous", "from and seed"),
        (
            {"from": {"snapshot": "x"}, "fixture": "y", "customers": 0},
            "source-ambiguous",
            "from and fixture and customers",
        ),
        ({"from": {"sandbox": "default", "snapshot": "x"}}, "source-ambiguous", "from.sandbox and from.snapshot"),
        ({"from": {}}, "body-invalid", "from"),
        ({"from": {"before": 1}}, "body-invalid", "from.sandbox"),
        ({"from": {"snapshot": "x", "before": 1}}, "body-invalid", "from.sandbox"),
        ({"from": "default"}, "body-invalid", "from: must be an object"),
        ({"customers": 100_001}, "body-invalid", "customers"),
        ({"seed": 1.5}, "body-invalid", "seed"),
        ({"ttlSeconds": 0}, "body-invalid", "ttlSeconds"),
        ({"auth": "loose"}, "body-invalid", "auth: must be one of lenient, strict"),
        ({"credentials": [{}]}, "body-invalid", "credentials.0"),
        ({"from": {"sandbx": "x"}}, "key-unknown", "known: sandbox, before, snapshot"),
        ({"fixtures": "default"}, "key-unknown", "known: name, fixture, seed"),
    ],
)
def test_what_nothing_can_begin_with_is_refused(
    root: AppClient, makes: Makes, body: object, row: str, words: str
) -> None:
    before = root.get("/__admin/sandboxes").json()["sandboxes"]
    found, detail = makes.refused(body)
    assert found == row
    assert words in detail
    assert len(root.get("/__admin/sandboxes").json()["sandboxes"]) == len(before)


def test_what_the_journal_has_dropped_is_no_place_to_fork_from() -> None:
    world = build(read_fixture("default"), choose_vendors(["open2b"]), Options(journal_entries=1))
    root = AppClient(world.app, base_url="http://127.0.0.1")
    request, _ = set_code(root, "default", "one"), set_code(root, "default", "two")
    problem = root.post("/__admin/sandboxes", json={"from": {"sandbox": "default", "before": request}}).json()
    assert problem["row"] == "source-request-unknown"
    assert problem["detail"] == (
        f"The journal of the sandbox 'default' has no request {request}, and has dropped 1 to stay within its bounds; "
        "GET /@default/__admin/requests lists those that it has"
    )
