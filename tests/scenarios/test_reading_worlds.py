"""What stands under `x-mock`: what it becomes, what is told of mistakes in it, and its JSON Schema."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from mockserver.scenarios import mock, mockschema
from mockserver.scenarios.mock import ACTIONS, EXPECTATIONS, SETTINGS, Mock
from mockserver.scenarios.reading import BrokenScenario, read_scenario
from mockserver.scenarios.worlds import is_pattern
from tests.effort import EFFORT
from tests.scenarios.altered import Place, alterations, altered

SCENARIO = """\
arazzo: 1.0.1
info: {title: Worlds, version: '1'}
sourceDescriptions: [{name: kounta, url: contracts/kounta.yaml}]
x-mock: DOCUMENT
workflows:
- workflowId: one
  inputs: {properties: {hook: {type: string}, wait: {type: string}, status: {type: integer}}}
  x-mock: WORKFLOW
  steps:
  - stepId: ask
    operationId: get_my_company
    outputs: {id: $response.body#/id}
    x-mock: STEP
  outputs: {id: $steps.ask.outputs.id}
"""
LINES = {"DOCUMENT": 4, "WORKFLOW": 8, "STEP": 13}


def write(folder: Path, **written: str) -> Path:
    text = SCENARIO
    for name in LINES:
        text = text.replace(name, written.get(name.lower(), "{}"))
    file = folder / "a.arazzo.yaml"
    file.write_text(text)
    return file


def complaints(folder: Path, **written: str) -> list[str]:
    file = write(folder, **written)
    with pytest.raises(BrokenScenario) as broken:
        read_scenario(file)
    return [each.removeprefix(f"{file}:").replace(str(folder), "FOLDER") for each in broken.value.complaints]


def test_a_prepared_world_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text("{}")
    (tmp_path / "shop.yaml").write_text("include: [documented]\n")
    file = write(
        tmp_path,
        document="{fixture: shop.yaml, seed: 7, customers: 3, auth: strict, rateLimits: off, clock: {freeze: 2026-03-01T09:00:00Z}}",
        workflow="""{snapshot: kept.json, receiver: hook, records: [{vendor: kounta, collection: customers, record: {id: 5, first_name: $inputs.hook}}],
            remove: [{vendor: kounta, collection: customers, key: 389427}], clock: {freeze: true, advance: $inputs.wait},
            faults: [{id: a, vendor: kounta, operation: get_customer, then: {status: 503}}], addFaults: [{then: {status: $inputs.status}}],
            scenarios: {login: Started}, misbehave: [{vendor: kounta, duplicate: 1, delay: 5s}], snapshotSave: before, pause: Look at it,
            absent: [{text: 'Ann {$outputs.id}'}, {record: {vendor: kounta, collection: customers, key: $outputs.id}}]}""",
        step="""{expectWebhook: [{topic: customers/created, vendor: kounta, within: PT2S, times: {atLeast: 1, atMost: 2}, match: {id: $response.body#/id}, status: delivered}],
            expectRequest: [{pattern: {method: POST, urlPath: /hook}, times: 2, within: 250ms}], clock: {reset: true}}""",
    )
    scenario = read_scenario(file)
    one = scenario.workflows["one"]
    assert scenario.mock.settings == {
        "fixture": "shop.yaml",
        "seed": 7,
        "customers": 3,
        "auth": "strict",
        "rate_limits": "off",
    }
    assert scenario.mock.clock == mock.Time(freeze="2026-03-01T09:00:00Z")
    assert list(one.mock.actions) == [
        "records",
        "remove",
        "clock",
        "faults",
        "add_faults",
        "scenarios",
        "misbehave",
        "snapshot_save",
    ]
    assert list(one.mock.expectations) == ["absent", "pause"]
    assert mock.settings(scenario.mock, one.mock).settings == {
        "auth": "strict",
        "rate_limits": "off",
        "snapshot": "kept.json",
        "receiver": "hook",
    }
    (webhook,) = one.steps[0].mock.expect_webhook
    assert (webhook.times, webhook.within, webhook.match) == (
        mock.Times(at_least=1, at_most=2),
        "PT2S",
        {"id": "$response.body#/id"},
    )
    assert mock.settings(one.mock, Mock(seed=5)).settings == {"receiver": "hook", "seed": 5}


@pytest.mark.parametrize(
    ("level", "written", "says"),
    [
        ("document", "5", "4:1: x-mock: this is a mapping with fixture, snapshot, "),
        ("document", "{fixtrue: default}", "4:10: x-mock: unknown key 'fixtrue' (did you mean 'fixture'?); known: fixture, snapshot, "),
        ("document", "{fixture: defualt}", "4:10: x-mock.fixture: there is no fixture called defualt (did you mean 'default'?); known: default, "),
        ("document", "{fixture: gone.yaml}", "4:10: x-mock.fixture: there is no fixture file FOLDER/gone.yaml"),
        ("document", "{fixture: broken.yaml}", "4:10: x-mock.fixture: FOLDER/broken.yaml:1:1: unknown key 'sed' (did you mean 'seed'?)"),
        ("document", "{seed: x}", "4:10: x-mock.seed: Expected `int | null`, got `str`"),
        ("document", "{snapshot: gone.json}", "4:10: x-mock.snapshot: there is no file FOLDER/gone.json"),
        ("document", "{snapshot: broken.yaml, seed: 5}", "4:10: x-mock.snapshot: a sandbox begins as a snapshot, or with seed: not both"),
        ("document", "{auth: stric}", "4:10: x-mock.auth: Invalid enum value 'stric' (did you mean 'strict'?); known: lenient, strict"),
        ("document", "{pause: Look}", "4:10: x-mock.pause: stands on a workflow or a step: what is expected, is expected once they ran"),
        ("step", "{fixture: default}", "13:14: workflows[0].steps[0].x-mock.fixture: stands on the document or a workflow: a sandbox begins once"),
        ("workflow", "{receiver: hok}", "8:12: workflows[0].x-mock.receiver: workflow 'one' has no input 'hok' (did you mean 'hook'?); known: hook, wait, status"),
        ("document", "{receiver: gone}", "4:10: x-mock.receiver: workflow 'one' has no input 'gone'; known: hook, wait, status"),
        ("step", "{clock: {}}", "x-mock.clock: nothing is done to the clock; known: freeze, advance, reset"),
        ("step", "{clock: {freeze: noon}}", "x-mock.clock.freeze: 'noon' is no instant; write true for now, or an instant such as 2026-03-01T09:00:00Z"),
        ("step", "{clock: {freeze: 2026-03-01T09:00:00}}", "is no instant"),
        ("step", "{clock: {freeze: false}}", "x-mock.clock.freeze: "),
        ("step", "{clock: {advance: 15}}", "x-mock.clock.advance: 15 has no unit; a length of time is a text such as 250ms, 90s, 15m, 1h, 2d or PT1H"),
        ("step", "{clock: {advance: 15 m}}", "x-mock.clock.advance: '15 m' is none; a length of time is"),
        ("step", "{clock: {advance: $inputs.wiat}}", "13:22: workflows[0].steps[0].x-mock.clock.advance: $inputs.wiat: workflow 'one' has no input 'wiat' (did you mean 'wait'?)"),
        ("step", "{clock: {advance: $input.wait}}", "13:22: workflows[0].steps[0].x-mock.clock.advance: there is no $input (did you mean '$inputs'?)"),
        ("step", "{clock: {advance: $response.body}}", "x-mock.clock.advance: $response.body: there is no reply yet"),
        ("workflow", "{clock: {advance: $steps.ask.outputs.id}}", "$steps.ask.outputs.id: no step has run by then"),
        ("document", "{clock: {advance: $inputs.gone}}", "$inputs.gone: workflow 'one' has no input 'gone'"),
        ("step", "{reset: false}", "x-mock.reset: "),
        ("step", "{snapshotSave: a b}", "x-mock.snapshotSave: a name has 1 to 63 letters, digits, dots, _ and -, no sign first"),
        ("step", "{records: [{vendor: kount, collection: a, record: {}}]}", "x-mock.records[0].vendor: there is no vendor 'kount' (did you mean 'kounta'?); known: kounta, "),
        ("step", "{records: [{vendor: kounta, collection: custmers, record: {}}]}", "x-mock.records[0].collection: vendor kounta has no collection 'custmers' (did you mean 'customers'?); known: "),
        ("step", "{records: [{vendor: kounta, collection: customers, record: {id: 1, nick_name: a}}]}", "x-mock.records[0].record.nick_name: unknown field 'nick_name'"),
        ("step", "{records: [{vendor: kounta, collection: customers, record: {id: 1, primary_address: {cty: a}}}]}", "x-mock.records[0].record.primary_address.cty: unknown field 'cty' (did you mean 'city'?)"),
        ("step", "{records: [{vendor: kounta, collection: customers, record: {}}]}", "x-mock.records[0].record: the field 'id' is missing, which says which record it is"),
        ("step", "{records: [{vendor: kounta, collection: customers}]}", "x-mock.records[0]: the key 'record' is missing"),
        ("step", "{remove: [{vendor: kounta, collection: customers, kye: 5}]}", "x-mock.remove[0]: unknown key 'kye' (did you mean 'key'?); known: vendor, collection, key"),
        ("workflow", "{absent: [{}]}", "x-mock.absent[0]: one of text and record says what must be nowhere"),
        ("workflow", "{absent: [{text: $outputs.gone}]}", "$outputs.gone: workflow 'one' has no output 'gone'; known: id"),
        ("step", "{misbehave: [{vendor: kounta, reorder: 1}]}", "x-mock.misbehave[0].reorder: Expected `int` >= 2"),
        ("step", "{faults: [{then: {}}]}", "x-mock.faults[0].then: with this rule nothing would go wrong; give at least one of: error, "),
        ("step", "{faults: [{id: a, then: {status: 503}}, {id: a, then: {status: 503}}]}", "x-mock.faults[1].id: there is a rule 'a' already"),
        ("step", "{addFaults: [{vendor: kount, then: {status: 503}}]}", "x-mock.addFaults[0].vendor: there is no vendor 'kount' here; known: "),
        ("step", "{addFaults: [{then: {stats: $inputs.status}}, {the: 1}]}", "x-mock.addFaults[1]: unknown key 'the' (did you mean 'then'?)"),
        ("step", "{expectWebhook: [{topic: a, times: -1}]}", "x-mock.expectWebhook[0].times: "),
        ("step", "{expectWebhook: [{topic: a, times: {}}]}", "x-mock.expectWebhook[0].times: nothing is said; write a number, or atLeast and atMost"),
        ("step", "{expectWebhook: [{topic: a, times: {atLeast: 2, atMost: 1}}]}", "x-mock.expectWebhook[0].times: atLeast is more than atMost"),
        ("step", "{expectWebhook: [{topic: a, within: 2}]}", "x-mock.expectWebhook[0].within: 2 has no unit; "),
        ("step", "{expectWebhook: [{topic: a, status: lost}]}", "x-mock.expectWebhook[0].status: Invalid enum value 'lost'"),
        ("step", "{expectWebhook: [{topic: a, match: {bodyPatterns: [{equalToo: a}]}}]}", "x-mock.expectWebhook[0].match.bodyPatterns[0].equalToo: there is no matcher 'equalToo' here; known: "),
        ("step", "{expectRequest: [{pattern: {urlPattern: '['}}]}", "x-mock.expectRequest[0].pattern.urlPattern: '[' is no regular expression"),
        ("step", "{expectRequest: [{pattern: {urlPth: $inputs.hook}}]}", "x-mock.expectRequest[0].pattern.urlPth: unknown key 'urlPth' (did you mean 'urlPath'?)"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_world_is_told_with_its_place(tmp_path: Path, level: str, written: str, says: str) -> None:
    (tmp_path / "broken.yaml").write_text("sed: 7\n")
    told = complaints(tmp_path, **{level: written})
    assert any(says in each for each in told), told
    assert all(each.startswith(f"{LINES[level.upper()]}:") for each in told), told


MOCKS = {
    "document": {"fixture": "default", "seed": 7, "customers": 3, "auth": "strict", "clock": {"freeze": True}},
    "workflow": {
        "snapshot": "kept.json",
        "receiver": "hook",
        "records": [{"vendor": "kounta", "collection": "customers", "record": {"id": 5, "tags": ["a"]}}],
        "remove": [{"vendor": "kounta", "collection": "customers", "key": 5}],
        "clock": {"freeze": "2026-03-01T09:00:00Z", "advance": "5s"},
        "faults": [{"id": "a", "vendor": "kounta", "match": {"method": "GET"}, "then": {"status": 503}}],
        "addFaults": [{"then": {"status": "$inputs.status"}}],
        "scenarios": {"login": "Started"},
        "misbehave": [{"vendor": "kounta", "duplicate": 1, "delay": "5s"}],
        "absent": [{"text": "Ann"}, {"record": {"vendor": "kounta", "collection": "customers", "key": 5}}],
    },
    "step": {
        "expectWebhook": [
            {"topic": "a", "within": "2s", "times": {"atLeast": 1}, "match": {"bodyPatterns": [{"contains": "a"}]}}
        ],
        "expectRequest": [
            {"pattern": {"method": "POST", "headers": {"a": {"equalTo": "b"}}}, "times": 2, "within": "1s"}
        ],
        "pause": "Look",
    },
}


@settings(max_examples=100 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(alterations(MOCKS))
def test_any_world_is_read_or_refused(tmp_path: Path, odd: list[tuple[Place, Any]]) -> None:
    (tmp_path / "kept.json").write_text("{}")
    worlds = altered(MOCKS, odd)
    file = write(tmp_path, **{level: msgspec.json.encode(world).decode() for level, world in worlds.items()})
    with suppress(BrokenScenario):
        read_scenario(file)


def test_what_a_webhook_must_match_is_json_or_a_pattern() -> None:
    assert is_pattern({"bodyPatterns": [{"contains": "a"}]})
    assert not is_pattern({"status": "active", "url": "a", "email": "b"})
    assert not is_pattern({"method": "a"})
    assert not is_pattern("a")


# The JSON Schema


def test_every_key_stands_in_one_group_and_is_described() -> None:
    keys = [*SETTINGS, *ACTIONS, *EXPECTATIONS]
    assert sorted(keys) == sorted(Mock.__struct_fields__)
    assert list(mockschema.DESCRIPTIONS) == [field.encode_name for field in msgspec.structs.fields(Mock)]


def test_the_schema_that_is_kept_is_the_one_that_the_structs_give() -> None:
    kept = Path(mockschema.__file__).with_name("x-mock.schema.json")
    assert kept.read_text() == mockschema.text(), (
        "mockserver validate --schema > mockserver/scenarios/x-mock.schema.json"
    )


def validator(level: str) -> jsonschema_rs.Draft202012Validator:
    document = msgspec.json.decode(mockschema.text())
    return jsonschema_rs.Draft202012Validator({**document, "$ref": f"#/$defs/{level}"})


@pytest.mark.parametrize(
    ("level", "value", "right"),
    [
        ("Document", {"fixture": "default", "seed": 7, "clock": {"freeze": True}}, True),
        ("Document", {"pause": "Look"}, False),
        ("Step", {"fixture": "default"}, False),
        ("Step", {"clock": {"advance": "15m"}}, True),
        ("Step", {"clock": {"advance": "$inputs.wait"}}, True),
        ("Step", {"clock": {"advance": 15}}, False),
        ("Step", {"clock": {"advance": "15 m"}}, False),
        ("Step", {"expectWebhook": [{"topic": "a", "times": {"atLeast": 1}}]}, True),
        ("Step", {"expectWebhook": [{"topic": "a", "tims": 1}]}, False),
        ("Workflow", {"records": [{"vendor": "a", "collection": "b", "record": {"id": 1}}], "pause": "Look"}, True),
        ("Workflow", {"records": [{"vendor": "a", "collection": "b"}]}, False),
    ],
)
def test_the_schema_takes_what_the_reader_takes(level: str, value: Any, right: object) -> None:
    assert validator(level).is_valid(value) is right


def test_a_world_goes_back_before_anything_else_is_done_to_it() -> None:
    """So that records, clock and faults may stand beside it; what is kept is kept last."""
    assert mock.ACTIONS[:2] == ("reset", "snapshot_load")
    assert mock.ACTIONS[-1] == "snapshot_save"
