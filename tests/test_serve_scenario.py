"""`serve --scenario`: the sandbox `default` is as a file says, for an app that is tested by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click
import pytest

from mockserver.cli import main, serve
from mockserver.cli.composition import Composition
from mockserver.cli.settings import Settings
from mockserver.project import BrokenProject
from tests.appclient import AppClient
from tests.processes import refused, serving
from tests.test_docs import blocks
from tests.test_tours import Reader
from tests.test_watch import write

ADDON = {"Authorization": "Basic Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRhV1E6Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRjMlZqY21WMA=="}  # fmt: skip
COMPANY = "/v1/companies/5678.json"
JAMIE = "/v1/companies/5678/customers/389427.json"
RULES = """\
faults:
- {vendor: kounta, operation: get_customer, scenarioName: outage, requiredScenarioState: Started, newScenarioState: down, then: {}}
- {vendor: kounta, scenarioName: outage, requiredScenarioState: down, then: {status: 503}}
"""
DOCUMENT = """\
arazzo: 1.0.1
info: {title: A shop in trouble, version: '1'}
sourceDescriptions: [{name: kounta, url: contracts/kounta.yaml, type: openapi}]
x-mock: MOCK
workflows:
- workflowId: ask
  inputs: {type: object, properties: {phone: {type: string, default: 01 234}, email: {type: string}}}
  steps:
  - stepId: ask
    operationId: get_my_company
    successCriteria: [{condition: $statusCode == 200}]
"""
FEW = ("--vendor", "kounta", "--customers", "1")


def document(mock: str) -> str:
    return DOCUMENT.replace("MOCK", mock)


class Stage:
    """What `serve` would serve, asked without a socket."""

    def __init__(self, *options: str, restored: bool = False) -> None:
        parent = click.Context(main, **main.context_settings)
        context = serve.command.make_context("serve", [*FEW, *options], parent=parent)
        self.composition = Composition(Settings(context))
        world = self.composition.compose()
        self.warnings = self.composition.declare(restored=restored)
        self.client = AppClient(world.app, base_url="http://127.0.0.1", headers=ADDON)

    def ask(self, path: str, method: str = "GET", **more: Any) -> Any:
        answer = self.client.request(method, f"/__admin/{path}", **more)
        assert answer.is_success, answer.text
        return answer.json()

    def statuses(self, *paths: str) -> list[int]:
        return [self.client.get(path).status_code for path in paths]

    def states(self) -> Mapping[str, str]:
        return {each["name"]: each["state"] for each in self.ask("scenarios")["scenarios"]}

    def rules(self) -> list[str]:
        return [each["id"] for each in self.ask("faults")["faults"]]


Open = Callable[..., Stage]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stage(folder: Path) -> Iterator[Open]:
    """Writes a scenario and has it on stage."""
    opened: list[Stage] = []

    def made(text: str, *options: str, name: str = "trouble.yaml", restored: bool = False) -> Stage:
        write(folder, text, name)
        opened.append(Stage("--scenario", name, *options, restored=restored))
        opened[-1].client.__enter__()
        return opened[-1]

    yield made
    for each in opened:
        each.client.__exit__(None, None, None)


# Fault rules


@pytest.mark.parametrize(
    "text", [RULES, RULES.removeprefix("faults:\n"), json.dumps({"faults": [{"vendor": "kounta", "operation": "get_customer", "scenarioName": "outage", "newScenarioState": "down", "requiredScenarioState": "Started", "then": {}}, {"scenarioName": "outage", "requiredScenarioState": "down", "then": {"status": 503}}]})]
)  # fmt: skip
def test_rules_of_a_file_lead_from_state_to_state_and_begin_anew_after_a_reset(stage: Open, text: str) -> None:
    shown = stage(text)
    assert shown.warnings == []
    for _ in range(2):
        assert shown.states() == {"outage": "Started"}
        assert shown.statuses(COMPANY, JAMIE, JAMIE, COMPANY) == [200, 200, 503, 503]
        assert shown.states() == {"outage": "down"}
        shown.ask("scenarios/outage/state", "PUT")
        assert shown.statuses(COMPANY) == [200]
        shown.ask("reset", "POST")
    assert shown.ask("sandboxes/default")["from"] is None


def test_other_sandboxes_have_nothing_of_it(stage: Open) -> None:
    shown = stage(document("{faults: [{then: {status: 503}}], clock: {freeze: '2026-03-01T09:00:00Z'}}"))
    made = shown.ask("sandboxes", "POST", json={"name": "other"})
    assert (made["from"], shown.client.get(f"/@other{COMPANY}").status_code) == (None, 200)
    assert shown.client.get("/@other/__admin/clock").json()["frozen"] is False


def test_its_rules_stand_in_place_of_the_project_files_or_behind_them(stage: Open, folder: Path) -> None:
    write(folder, "faults:\n- {id: own, after: 100, then: {status: 500}}\n")
    more = "[{id: more, then: {status: 502}}]"
    assert stage("faults: []").rules() == []
    assert stage(RULES).rules() == ["fault-1", "fault-2"]
    assert stage(document(f"{{addFaults: {more}}}")).rules() == ["own", "more"]
    assert stage(document(f"{{faults: [{{id: a, then: {{status: 500}}}}], addFaults: {more}}}")).rules() == [
        "a",
        "more",
    ]
    assert stage(document("{clock: {freeze: true}}")).rules() == ["own"]


# What an Arazzo document says for all of it

WHOLE = """
  fixture: shop.yaml
  seed: 9
  auth: strict
  fidelity: observed
  rateLimits: enforce
  records:
  - {vendor: kounta, collection: webhooks, record: {id: 7, application: a, address: 'http://127.0.0.1:9/', topic: customers/create, created_at: '2026-01-01', updated_at: '2026-01-01'}}
  - {vendor: kounta, collection: customers, record: {id: 389427, phone: $inputs.phone, mobile: 'call {$inputs.phone}'}}
  remove:
  - {vendor: kounta, collection: customers, key: 389428}
  clock: {reset: true, freeze: '2026-03-01T09:00:00Z', advance: 90m}
  faults:
  - {operation: get_customer, scenarioName: outage, requiredScenarioState: down, newScenarioState: over, then: {status: 503}}
  - {id: soon, operation: get_company, between: {fromMillis: 1000}, then: {status: 502}}
  scenarios: {outage: down}
  misbehave:
  - {vendor: kounta, delay: 2s, times: 3}
"""
SHOP = """\
include: [documented]
vendors: {kounta: {customers: [{person: ann, id: 389428}]}}
named: {ann: {first_name: Ann, last_name: Onymous, email: ann@example.com, street: 1 High St, city: Leeds, postcode: LS1 1AA, registered: 2024-05-01T09:00:00Z}}
"""


def test_all_that_can_be_said_is_done_and_is_what_a_reset_leads_back_to(stage: Open, folder: Path) -> None:
    (folder / "plays").mkdir()
    write(folder / "plays", SHOP, "shop.yaml")
    shown = stage(document(WHOLE), name="plays/trouble.arazzo.yaml")
    info = shown.ask("sandboxes/default")
    said = [info[name] for name in ("fixture", "seed", "auth", "fidelity", "rateLimits", "from")]
    assert said == ["shop", 9, "strict", "observed", "enforce", "scenario trouble.arazzo.yaml"]
    assert shown.warnings == []
    for _ in range(2):
        jamie = shown.ask("state/kounta/customers/389427")
        assert (jamie["first_name"], jamie["phone"], jamie["mobile"]) == ("Jamie", "01 234", "call 01 234")
        assert shown.client.get("/__admin/state/kounta/customers/389428").status_code == 404
        assert shown.ask("clock")["currentInstant"] == "2026-03-01T10:30:00.000Z"
        assert shown.states() == {"outage": "down"}
        assert shown.statuses(JAMIE, JAMIE, COMPANY) == [503, 200, 200]
        [subscription] = shown.ask("webhooks/subscriptions")["subscriptions"]
        assert (subscription["id"], subscription["misbehaviour"]) == (7, {"delayMillis": 2000, "times": 3})
        shown.ask("clock", "PUT", json={"action": "advance", "durationMillis": 1000})
        assert shown.statuses(COMPANY) == [502]
        assert shown.ask("webhooks")["deliveries"] == []
        shown.ask("reset", "POST")


def test_it_may_begin_with_a_snapshot_whose_rules_stay_unless_it_has_its_own(stage: Open, folder: Path) -> None:
    before = stage("faults: [{id: kept, then: {status: 503}, scenarioName: a, newScenarioState: b}]", name="first.yaml")
    before.ask("clock", "PUT", json={"action": "freeze", "instant": "2026-03-01T09:00:00Z"})
    before.statuses(COMPANY)
    before.ask("snapshots/then", "PUT")
    (folder / "then.json").write_bytes(before.client.get("/__admin/snapshots/then").content)
    shown = stage(document("{snapshot: then.json}"))
    assert (shown.rules(), shown.states(), shown.ask("clock")["frozen"]) == (["kept"], {"a": "b"}, True)
    assert shown.ask("sandboxes/default")["from"] == "snapshot then.json"
    assert stage(document("{snapshot: then.json, faults: []}")).rules() == []
    more = stage(document("{snapshot: then.json, addFaults: [{id: more, then: {status: 500}}], scenarios: {a: b}}"))
    assert (more.rules(), more.states()) == (["kept", "more"], {"a": "b"})


def test_what_the_command_line_says_comes_first_and_then_what_the_scenario_says(stage: Open, folder: Path) -> None:
    write(folder, "fixture: documented\nseed: 3\noptions: {auth: lenient, fidelity: observed}\n")
    shown = stage(document("{seed: 9, auth: strict}"), "--seed", "5")
    info = shown.ask("sandboxes/default")
    said = [info[name] for name in ("fixture", "seed", "auth", "fidelity")]
    assert said == ["documented", 5, "strict", "observed"]
    assert stage(document("{seed: 9}")).ask("sandboxes/default")["seed"] == 9


def test_a_project_file_may_name_the_scenario(folder: Path) -> None:
    (folder / "there").mkdir()
    write(folder / "there", RULES, "outage.yaml")
    write(folder / "there", "options: {scenario: outage.yaml}\n", "project.yaml")
    shown = Stage("--project", "there/project.yaml")
    assert shown.composition.options == Stage("--project", "there/project.yaml").composition.options
    with shown.client:
        assert shown.states() == {"outage": "Started"}


@pytest.mark.parametrize(
    ("mock", "warns"),
    [
        ("{}", "nothing is said here for the whole document; what workflows say is for `mockserver run`"),
        ("{receiver: phone, snapshotSave: a}", "x-mock.receiver, x-mock.snapshotSave: only `mockserver run` does this"),
        ("{seed: 5}", None),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told(stage: Open, mock: str, warns: str | None) -> None:
    assert stage(document(mock)).warnings == ([] if warns is None else [f"trouble.yaml: {warns}"])


def test_a_state_file_comes_first_and_that_is_told(stage: Open) -> None:
    shown = stage(RULES, restored=True)
    assert shown.warnings == ["trouble.yaml: default is what the state file has, and not what is said here"]
    assert shown.rules() == []


# What is wrong

WRONG = [
    ("a: 1", "trouble.yaml:1:1: a scenario is an Arazzo document, a list of fault rules, or a mapping with nothing but `faults`"),
    ("seed: 1\nfaults: []", "trouble.yaml:1:1: unknown key 'seed'; known: faults"),
    ("faults: {then: {}}", "trouble.yaml:1:1: faults: here stands a list of rules, as for POST /__admin/faults"),
    ("- 5", "trouble.yaml:1:3: [0]: a rule is a mapping, as for POST /__admin/faults"),
    ("- {then: {}}", "trouble.yaml:1:4: [0].then: with this rule nothing would go wrong; give at least one of: error, "),
    ("faults:\n- {vendor: kounta,\n   thn: {}}", "trouble.yaml:3:4: faults[0]: unknown key 'thn' (did you mean 'then'?); known: id, "),
    ("- {vendor: open2b, then: {status: 503}}", "trouble.yaml:1:4: [0].vendor: there is no vendor 'open2b' here; known: kounta"),
    ("- {newScenarioState: a, then: {}}", "trouble.yaml:1:4: [0].newScenarioState: which scenario's? Give a scenarioName, too"),
    ("- {id: a, then: {status: 503}}\n- {id: a, then: {status: 503}}", "trouble.yaml:2:4: [1].id: there is a rule 'a' already"),
    ("[", "trouble.yaml:2:1: not YAML: "),
    (document("{sed: 1}"), "trouble.yaml:4:10: x-mock: unknown key 'sed' (did you mean 'seed'?); known: "),
    (document("{sed: 1}").replace("get_my_company", "get_it"), "(and 1 more: mockserver validate trouble.yaml)"),
    (document("{scenarios: {outage: down}}"), "trouble.yaml:4:22: x-mock.scenarios.outage: no rule names the scenario 'outage'; known: none"),
    (document("{scenarios: {a: c}, faults: [{scenarioName: a, newScenarioState: b, then: {}}]}"), "x-mock.scenarios.a: no rule names the state 'c'; known: Started, b"),
    (document("{addFaults: [{id: a, then: {status: 503}}], faults: [{id: a, then: {status: 500}}]}"), "x-mock.addFaults: 0.id: there is a rule 'a' already"),
    (document("{records: [{vendor: kounta, collection: customers, record: {id: 1, email: $inputs.email}}]}"), "trouble.yaml:4:76: x-mock.records[0].record.email: $inputs.email: "),
    (document("{records: [{vendor: open2b, collection: customers, record: {id: 1}}]}"), "x-mock.records[0]: there is no vendor 'open2b' here; known: kounta"),
    (document("{records: [{vendor: kounta, collection: customers, record: {id: 1, phone: 5}}]}"), "x-mock.records[0]: This is no record of kounta.customers: "),
    (document("{remove: [{vendor: kounta, collection: customers, key: 5}]}"), "trouble.yaml:4:19: x-mock.remove[0]: kounta.customers has no record with the key '5'"),
    (document("{remove: [{vendor: kounta, collection: customers, key: a}]}"), "x-mock.remove[0]: "),
    (document("{clock: {freeze: '2026-03-01T09:00:00Z', advance: 3000000d}}"), "x-mock.clock: the clock can only show the years 1970 to 9998"),
    (document("{clock: {freeze: 'x{$inputs.phone}'}}"), "x-mock.clock: "),
    (document("{misbehave: [{vendor: kounta, drop: true}]}"), "x-mock.misbehave[0]: kounta begins with no subscription; there are: none"),
    (document("{snapshot: trouble.yaml}"), "x-mock.snapshot: trouble.yaml: not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_is_wrong_is_told_in_one_line_with_its_place(stage: Open, text: str, says: str) -> None:
    with pytest.raises(BrokenProject) as refusal:
        stage(text)
    told = str(refusal.value)
    assert says in told
    assert told.startswith("trouble.yaml:")
    assert "\n" not in told


def test_more_rules_than_there_may_be_are_refused(stage: Open, folder: Path) -> None:
    write(folder, "faults:\n- {then: {status: 500}}\n")
    with pytest.raises(BrokenProject, match=r"x-mock\.addFaults: With these there would be 2 rules"):
        stage(document("{addFaults: [{then: {status: 500}}]}"), "--max-faults", "1")


# The program


def test_the_program_says_what_it_serves_and_refuses_what_is_not_there(tmp_path: Path) -> None:
    assert refused("--scenario", "nobody.yaml", cwd=tmp_path) == "there is no scenario file nobody.yaml"
    write(tmp_path, RULES.replace("then: {}", "the: {}"), "outage.yaml")
    assert refused("--scenario", "outage.yaml", cwd=tmp_path).startswith("outage.yaml:2:")


def test_a_changed_scenario_lets_default_begin_again_and_a_broken_one_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path, RULES, "outage.yaml")
    write(tmp_path, "include: [documented]\n", "shop.yaml")
    with serving(*FEW, "--watch", "--scenario", "outage.yaml", cwd=tmp_path) as server:
        assert server.said.until("scenario") == (
            "scenario outage.yaml, for the sandbox default: /__admin/scenarios shows its states"
        )
        assert [server.ask(JAMIE, None, ADDON)[0] for _ in range(2)] == [200, 503]
        write(tmp_path, RULES.replace("503", "502"), "outage.yaml")
        assert server.said.until("changed") == "outage.yaml changed: default began again, with seed 1"
        assert [server.ask(JAMIE, None, ADDON)[0] for _ in range(2)] == [200, 502]
        write(tmp_path, RULES.replace("503", "none"), "outage.yaml")
        assert "and nothing else: outage.yaml:3:" in server.complaints.until("changed")
        (tmp_path / "outage.yaml").unlink()
        assert server.complaints.until("changed").endswith("there is no scenario file outage.yaml")
        assert server.ask(JAMIE, None, ADDON)[0] == 502
        write(tmp_path, document("{fixture: shop.yaml, seed: 4, snapshotSave: a}"), "outage.yaml")
        assert server.said.until("changed") == (
            "outage.yaml changed: default began again, with seed 4; outage.yaml: x-mock.snapshotSave: "
            "only `mockserver run` does this"
        )
        assert server.ask("/__admin/scenarios")[1] == {"scenarios": []}
        write(tmp_path, "include: [documented]\nseed: 2\n", "shop.yaml")
        assert server.said.until("changed").startswith("shop.yaml changed: default began again, with seed 4")
        assert server.stop() == []


def test_without_the_option_nothing_of_scenarios_is_read(tmp_path: Path) -> None:
    program = (
        "import sys; from mockserver.cli import serve; from mockserver.cli.composition import Composition;"
        "from mockserver.cli.settings import Settings;"
        "c = Composition(Settings(serve.command.make_context('serve', []))); c.compose(); c.declare(restored=False);"
        "print([name for name in sys.modules if name.startswith('mockserver.scenarios')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "[]\n"


def test_every_example_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    told = blocks("docs/states.md")
    assert len(told) > 5
    with Reader(tmp_path) as reader:
        for block, answer in zip_longest(told, told[1:]):
            reader.do(block, answer)
