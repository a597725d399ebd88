"""Named snapshots over HTTP: kept, shown, loaded, given as documents, and refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import mockserver
from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

HOLMES = "/state/open2b/customers/37091"
NAME = "a-case"
PATH = f"/snapshots/{NAME}"


@pytest.fixture(autouse=True)
def _empty_shelf(world: World) -> Iterator[None]:
    """The shelf is the whole server's, unlike a test's sandbox."""
    yield
    for kept in list(world.shelf):
        world.shelf.remove(kept.name)


def names(admin: AppClient) -> list[str]:
    return [entry["name"] for entry in admin.get("/snapshots").json()["snapshots"]]


# Kept and loaded


def test_a_snapshot_is_kept_and_replaced_and_told_of(admin: AppClient, sandbox: Sandbox) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    kept = admin.put(PATH)
    assert kept.status_code == 201
    entry = kept.json()
    assert before <= datetime.fromisoformat(entry.pop("savedAt")) <= datetime.now(UTC)
    counted = sum(len(collection) for collection in sandbox.ledger.collections.values())
    assert entry == {
        "name": NAME,
        "sandbox": sandbox.name,
        "fixture": "default",
        "seed": 1,
        "records": counted,
        "version": mockserver.__version__,
    }
    admin.delete(HOLMES)
    again = admin.put(PATH)
    assert (again.status_code, again.json()["records"]) == (200, counted - 1)
    assert admin.get("/snapshots").json() == {"snapshots": [again.json()], "limit": 100}


def test_a_snapshot_stays_as_it_is_whatever_becomes_of_its_sandbox(
    admin: AppClient, world: World, sandbox: Sandbox
) -> None:
    admin.put(PATH)
    document = admin.get(PATH).content
    admin.put(HOLMES, json={"code": "ALTERED"})
    world.sandboxes.remove(sandbox.name)
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as other:
        assert other.get(PATH).content == document


def test_loading_brings_back_records_key_counters_the_clock_and_faults(admin: AppClient, shop: AppClient) -> None:
    frozen = admin.put("/clock", json={"action": "freeze", "instant": "2026-03-01T00:00:00Z"}).json()
    rules = admin.post("/faults", json=[{"vendor": "open2b", "times": 1, "then": {"status": 503}}]).json()
    holmes, counter = admin.get(HOLMES).json(), admin.get("/state/open2b/customers?limit=1").json()["total"]
    admin.put(PATH)
    admin.delete(HOLMES)
    admin.put("/clock", json={"action": "reset"})
    admin.delete("/faults")
    assert admin.post(f"{PATH}/load").json() == {"status": "ok"}
    assert admin.get(HOLMES).json() == holmes
    assert admin.get("/clock").json() == frozen
    assert admin.get("/faults").json() == rules
    assert shop.post("commerce.customers.count", json={}).status_code == 503
    assert shop.post("commerce.customers.count", json={}).json() == {"status": "ok", "count": counter}


def test_loading_begins_a_new_history_and_a_reset_leads_back_to_the_beginning(
    admin: AppClient, shop: AppClient
) -> None:
    admin.put(HOLMES, json={"code": "ALTERED"})
    admin.put(PATH)
    shop.post("commerce.customers.count", json={})
    admin.post(f"{PATH}/load")
    assert admin.get("/requests?vendor=open2b").json()["requests"] == []
    assert admin.get("/requests?vendor=admin").json()["requests"] == []
    assert admin.get(HOLMES).json()["code"] == "ALTERED"
    admin.post("/reset")
    assert admin.get(HOLMES).json()["code"] == "TF78123"


def test_any_sandbox_may_load_it_and_they_share_nothing_then(admin: AppClient, world: World) -> None:
    admin.put(HOLMES, json={"code": "ALTERED"})
    admin.put(PATH)
    other = world.sandboxes.create()
    with AppClient(world.app, base_url=f"http://127.0.0.1/@{other.name}/__admin") as there:
        there.post(f"{PATH}/load")
        assert there.get(HOLMES).json()["code"] == "ALTERED"
        there.put(HOLMES, json={"code": "ELSEWHERE"})
    assert admin.get(HOLMES).json()["code"] == "ALTERED"
    world.sandboxes.remove(other.name)


def test_a_snapshot_is_forgotten(admin: AppClient) -> None:
    admin.put(PATH)
    assert admin.delete(PATH).json() == {"status": "ok"}
    assert names(admin) == []
    for method, path in (("GET", PATH), ("DELETE", PATH), ("POST", f"{PATH}/load")):
        problem = admin.request(method, path).json()
        assert (problem["row"], problem["known"]) == ("snapshot-unknown", [])


def test_an_unknown_name_comes_with_the_known_ones(admin: AppClient) -> None:
    admin.put("/snapshots/b")
    admin.put("/snapshots/a")
    problem = admin.get("/snapshots/c").json()
    assert (problem["row"], problem["known"]) == ("snapshot-unknown", ["a", "b"])
    assert names(admin) == ["a", "b"]


@pytest.mark.parametrize("name", ["..%2Fstate", ".hidden", "a%20b", "a%0A", "%C3%A4", "a" * 64])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_what_might_be_a_path_is_no_name(admin: AppClient, method: str, name: str) -> None:
    reply = admin.request(method, f"/snapshots/{name}")
    assert (reply.status_code, reply.json()["row"]) in [(400, "parameter-invalid"), (404, "path-unknown")]
    assert names(admin) == []


# The shelf is full, and the file


def test_there_are_no_more_than_there_may_be() -> None:
    world = build(read_fixture("documented"), options=Options(max_snapshots=1))
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as admin:
        admin.put(PATH)
        document = admin.get(PATH).json()
        for reply in (admin.put("/snapshots/b"), admin.put("/snapshots/b", json=document)):
            assert (reply.status_code, reply.json()["row"]) == (409, "snapshot-limit")
            assert "There are 1 snapshots" in reply.json()["detail"]
        assert admin.put(PATH, json=document).status_code == 200
        admin.delete(PATH)
        assert admin.put("/snapshots/b").status_code == 201


def test_everything_is_saved_on_demand(tmp_path: Any) -> None:
    file = tmp_path / "state.json"
    world = build(read_fixture("documented"), options=Options(state_file=file))
    with AppClient(world.app, base_url="http://127.0.0.1/__admin") as admin:
        admin.put(PATH)
        said = admin.post("/state/save").json()
        assert (said["file"], said["bytes"]) == (str(file), file.stat().st_size)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["savedAt"])
        assert json.loads(file.read_bytes())["snapshots"][0]["name"] == NAME
        file.unlink()
        file.mkdir()
        problem = admin.post("/state/save").json()
        assert (problem["row"], problem["status"]) == ("state-file-failed", 409)
        assert f"{file} could not be written, and is as it was: Is a directory" in problem["detail"]


def test_where_there_is_no_file_that_is_said(admin: AppClient) -> None:
    assert admin.post("/state/save").json()["row"] == "state-file-none"
