"""What workflows begin with: fixtures and snapshots of one's own, sandboxes that were there, records, named states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.scenarios.placing import Place, Target
from tests.scenarios.playing import OK, create, look, play, step, workflow, write

FROZEN = {"clock": {"freeze": "2026-03-01T12:00:00Z"}}


def one(fake: Target, folder: Path, *steps: Any, **more: Any) -> Any:
    """The result of one workflow."""
    (result,) = play(fake, write(folder, workflow(*steps, **more)))
    return result


def test_a_fixture_of_ones_own_and_a_snapshot_are_what_a_sandbox_begins_with(fake: Target, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("include: [default]\nseed: 5\n", encoding="utf-8")
    (tmp_path / "named.yaml").write_text("include: [default]\ndescription: Others\n", encoding="utf-8")
    made = workflow(create("made", mock={"snapshotSave": "before"}), id="made")
    made["x-mock"] = {"fixture": "own.yaml", "customers": 1, "auth": "strict", "fidelity": "observed"}
    again = workflow(create("again"), create("back", mock={"snapshotLoad": "now", "reset": True}), id="again")
    again["x-mock"] = {"snapshotSave": "now"}
    results = play(fake, write(tmp_path, made, again, mock={"fixture": "named.yaml"}))
    assert [each.outcome for each in results] == ["passed", "passed"], results
    assert fake.server
    assert not [each.name for each in fake.server.snapshots.list() if not each.name.startswith("run-")]


def test_a_snapshot_file_is_what_a_sandbox_begins_with(fake: Target, tmp_path: Path) -> None:
    assert fake.server
    with fake.server.sandbox() as sandbox:
        shop = sandbox.client("kounta")
        id = shop.post("/companies/5678/customers", json={"first_name": "Ann", "email": "a@example.com"}).json()["id"]
        fake.server.snapshots.save("kept", sandbox=sandbox.name)
        content = fake.server.admin.request("GET", "/snapshots/kept").content
        fake.server.snapshots.delete("kept")
    (tmp_path / "kept.json").write_bytes(content)
    result = one(fake, tmp_path, look("seen", str(id)), mock={"snapshot": "kept.json"})
    assert result.outcome == "passed", result


def test_a_sandbox_that_the_address_names_stays_as_it_is(fake: Target, tmp_path: Path) -> None:
    assert fake.server
    with fake.server.sandbox("given"), Target(Place(url=f"{fake.server.url}/@given")) as target:
        mock = {"seed": 5, "records": [], **FROZEN}
        (result,) = play(target, write(tmp_path, workflow(create("made"), mock=mock)))
        assert result.outcome == "passed"
        assert [(part.what, part.reason) for part in result.skipped] == [
            ("x-mock.seed of story", "the address names a sandbox, which begins as it is")
        ]
        assert fake.server.sandbox_named("given").clock.frozen
        assert len(fake.server.sandbox_named("given").requests.list(operation="create_customer")) == 1


def test_records_are_put_and_removed(fake: Target, tmp_path: Path) -> None:
    record = {"id": 777, "first_name": "Bo", "last_name": "Li", "email": "bo@example.com"}
    put = {"records": [{"vendor": "kounta", "collection": "customers", "record": record}]}
    removed = {"remove": [{"vendor": "kounta", "collection": "customers", "key": 777}]}
    there, gone = look("there", "777", mock=put), look("gone", "777", 404, mock=removed)
    result = one(fake, tmp_path, there, gone)
    assert result.outcome == "passed", result


def test_named_states_are_set(fake: Target, tmp_path: Path) -> None:
    rule = {"vendor": "kounta", "scenarioName": "shop", "requiredScenarioState": "closed", "then": {"status": 503}}
    first = {"faults": [rule], "scenarios": {"shop": "closed"}}
    second = {"scenarios": {"shop": "Started"}}
    closed = step("closed", "get_my_company", successCriteria=[{"condition": "$statusCode == 503"}])
    open_ = step("open", "get_my_company", successCriteria=OK)
    result = one(fake, tmp_path, {**closed, "x-mock": first}, {**open_, "x-mock": second})
    assert result.outcome == "passed", result


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("kept.json", "{}", ""),
        ("kept.json", "no json", ""),
    ],
)
def test_a_snapshot_that_is_none_is_told(fake: Target, tmp_path: Path, name: str, content: str, problem: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = one(fake, tmp_path, look("seen", "1"), mock={"snapshot": name})
    assert (result.outcome, result.steps) == ("failed", [])
    assert result.problem
    assert problem in result.problem
