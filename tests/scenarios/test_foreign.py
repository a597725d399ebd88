"""Scenarios at servers that are no mockserver: what is left out is told, and nothing is altered unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.scenarios.choosing import Unchosen, choose, inputs_of, refuse_writes, typed
from mockserver.scenarios.placing import Misplaced, Place, Target
from mockserver.scenarios.reading import read_scenario
from tests.scenarios.playing import OK, TOY, create, look, play, step, workflow, write
from tests.scenarios.toy import Toy, describe

MOCK = {
    "receiver": "hooks",
    "seed": 7,
    "clock": {"freeze": True},
    "expectWebhook": [{"topic": "customers/created"}],
}


def test_what_needs_a_mockserver_is_told_as_skipped(shop: Toy, tmp_path: Path) -> None:
    shop.says("/v1/companies/me", 200, body={"id": 1})
    faults = {"faults": [{"vendor": "kounta", "then": {"status": 503}}], "pause": "Look", "absent": [{"text": "x"}]}
    story = workflow(
        step("who", "get_my_company", mock=faults),
        id="story",
        inputs={"type": "object", "properties": {"hooks": {"type": "string"}}},
        mock=MOCK,
    )
    file = write(tmp_path, story, mock={"fixture": "documented", "records": []})
    with Target(Place(url=shop.url)) as target:
        (result,) = play(target, file, inputs={"hooks": "https://hooks.example.com"})
    assert [part.what for part in result.skipped] == [
        "x-mock.fixture of story",
        "x-mock.seed of story",
        "x-mock.receiver of story",
        "x-mock.clock of story",
        "x-mock.expectWebhook of story",
        "x-mock.faults of step who",
        "x-mock.absent of step who",
        "x-mock.pause of step who",
    ]
    assert {part.reason for part in result.skipped} == {"this needs a mockserver, and none is asked"}
    assert [check.kind for each in result.steps for check in each.checks] == ["contract"]
    assert shop.asked[-1].target == "/v1/companies/me"


def test_no_receiver_is_started_for_somebody_else(shop: Toy, tmp_path: Path) -> None:
    inputs = {"type": "object", "properties": {"hooks": {"type": "string"}}, "required": ["hooks"]}
    story = workflow(step("who", "get_my_company"), inputs=inputs, mock={"receiver": "hooks"})
    with Target(Place(url=f"{shop.url}/base")) as target:
        (result,) = play(target, write(tmp_path, story))
    assert result.problem == "story needs the input hooks; give --input hooks=VALUE, or a default in the file"
    assert shop.asked == []


@pytest.mark.parametrize(
    ("place", "steps", "refused"),
    [
        (Place(url="https://shop.example.com"), [create("made")], "create_customer"),
        (Place(url="https://shop.example.com"), [look("seen", "1")], ""),
        (Place(url="http://localhost:8900"), [create("made")], ""),
        (Place(servers={"kounta": "https://shop.example.com"}), [create("made")], "create_customer"),
        (Place(url="https://shop.example.com", servers={"kounta": "http://127.0.0.1:1"}), [create("made")], ""),
    ],
)
def test_writes_to_other_machines_are_refused(tmp_path: Path, place: Place, steps: Any, refused: str) -> None:
    caller = workflow({"stepId": "call", "workflowId": "story"}, id="caller")
    chosen = choose([read_scenario(write(tmp_path, workflow(*steps), caller))], ["caller"], {}, place)
    if not refused:
        refuse_writes(chosen, place)
        return
    with pytest.raises(Unchosen, match=f"{refused} .* alters something there; --allow-writes"):
        refuse_writes(chosen, place)


@pytest.mark.parametrize(
    ("ids", "inputs", "place", "words"),
    [
        (["stroy"], {}, Place(), r"there is no workflow 'stroy' \(did you mean 'story'\?\); known: story"),
        (
            [],
            {"emial": "x"},
            Place(),
            r"no workflow has an input 'emial' \(did you mean 'email'\?\); known: count, email",
        ),
        ([], {}, Place(), "story needs the input email; give --input email=VALUE"),
        ([], {"email": "x", "count": "many"}, Place(), 'the input count of story does not fit: "many" is not of type'),
        ([], {"email": "x"}, Place(servers={"kuonta": "http://x"}), "no source description is called 'kuonta'"),
    ],
)
def test_what_cannot_be_run(tmp_path: Path, ids: Any, inputs: Any, place: Place, words: str) -> None:
    properties = {"email": {"type": "string"}, "count": {"type": "integer"}}
    story = workflow(look("seen", "1"), inputs={"type": "object", "properties": properties, "required": ["email"]})
    with pytest.raises(Unchosen, match=words):
        choose([read_scenario(write(tmp_path, story))], ids, inputs, place)


def test_an_api_that_is_not_faked_needs_an_address(tmp_path: Path) -> None:
    describe(tmp_path)
    file = write(
        tmp_path, {"workflowId": "story", "steps": [step("one", "look", successCriteria=OK)]}, sourceDescriptions=TOY
    )
    with pytest.raises(Unchosen, match=r"toy \(toy.yaml\) is no API that is faked; say where it is: --server toy=URL"):
        choose([read_scenario(file)], [], {}, Place())


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("7", {"type": "integer"}, 7),
        ("7", {"type": "string"}, "7"),
        ("7", {}, "7"),
        ("true", {"type": ["boolean", "null"]}, True),
        ('{"a": 1}', {"type": "object"}, {"a": 1}),
        ("seven", {"type": "integer"}, "seven"),
        ("2", {"enum": [1, 2]}, 2),
    ],
)
def test_inputs_are_what_their_schema_says(text: str, schema: dict[str, Any], value: object) -> None:
    assert typed(text, schema) == value


def test_defaults_come_before_what_is_known_and_that_before_what_was_typed(tmp_path: Path) -> None:
    properties = {name: {"type": "string", "default": "d"} for name in ("a", "b", "c")}
    story = workflow(look("seen", "1"), inputs={"type": "object", "properties": properties})
    (read,) = read_scenario(write(tmp_path, story)).workflows.values()
    assert inputs_of(read, {"c": "typed", "other": "x"}, {"b": "known", "c": "known"}) == {
        "a": "d",
        "b": "known",
        "c": "typed",
    }


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(Misplaced, match=r"http://127\.0\.0\.1:1 does not answer"):
        Target(Place(url="http://127.0.0.1:1"))


def test_no_fake_is_started_where_all_is_elsewhere(shop: Toy, tmp_path: Path) -> None:
    describe(tmp_path)
    file = write(
        tmp_path, {"workflowId": "story", "steps": [step("one", "look", successCriteria=OK)]}, sourceDescriptions=TOY
    )
    place = Place(servers={"toy": shop.url})
    assert place.settled([read_scenario(file)]).url == shop.url
    with Target(place.settled([read_scenario(file)])) as target:
        assert target.where == f"{shop.url}, no mockserver"
        (result,) = play(target, file)
    assert (result.outcome, shop.asked[-1].target) == ("passed", "/v1/look")
