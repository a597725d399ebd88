"""Workflows on their way: steps, outputs, actions, calls, and what each begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.scenarios import company
from mockserver.scenarios.placing import Target
from tests.scenarios.playing import (
    OK,
    create,
    failed,
    look,
    play,
    step,
    told,
    workflow,
    write,
)

AGAIN = {"name": "again", "type": "retry", "retryAfter": 60, "retryLimit": 3}
FROZEN = {"clock": {"freeze": "2026-03-01T12:00:00Z"}}
DOWN = {"vendor": "kounta", "operation": "create_customer", "times": 2, "then": {"status": 503}}


def one(fake: Target, folder: Path, *steps: Any, **more: Any) -> Any:
    """The result of one workflow."""
    (result,) = play(fake, write(folder, workflow(*steps, **more)))
    return result


def test_values_of_replies_go_into_later_requests_and_out_of_the_workflow(fake: Target, tmp_path: Path) -> None:
    who = step("who", "get_my_company", successCriteria=OK, outputs={"id": "$response.body#/id"})
    made = create("made", parameters=[{"name": "company_id", "in": "path", "value": "$steps.who.outputs.id"}])
    seen = look("seen", "$steps.made.outputs.id", outputs={"email": "$response.body#/email"})
    caller = {
        "workflowId": "caller",
        "steps": [
            {
                "stepId": "call",
                "workflowId": "story",
                "successCriteria": [{"condition": "$outputs.email == 'new@example.com'"}],
            }
        ],
    }
    file = write(tmp_path, workflow(who, made, seen, outputs={"email": "$steps.seen.outputs.email"}), caller)
    story, called = play(fake, file)
    assert told(story) == [("who", 1, "passed"), ("made", 1, "passed"), ("seen", 1, "passed")]
    assert (story.outcome, called.outcome, called.steps[0].called[0].outcome) == ("passed", "passed", "passed")


def test_each_workflow_has_a_world_of_its_own(fake: Target, tmp_path: Path) -> None:
    first = workflow(create("made", outputs={"id": "$response.body#/id"}), id="first")
    second = workflow(look("gone", "400051", 404), id="second")
    results = play(fake, write(tmp_path, first, second, first | {"workflowId": "third"}))
    assert [each.outcome for each in results] == ["passed", "passed", "passed"]
    assert len({each.sandbox for each in results}) == 3
    assert fake.server
    assert [each.name for each in fake.server.sandboxes()] == ["default"]


def test_a_failed_criterion_is_told_with_both_values_its_line_and_the_exchange(fake: Target, tmp_path: Path) -> None:
    result = one(fake, tmp_path, look("seen", "1"), step("never", "get_my_company"))
    assert told(result) == [("seen", 1, "failed")]
    check = failed(result).broken[0]
    assert (check.text, check.found) == ("$statusCode == 200", "$statusCode (404) does not equal 200")
    line = int(check.at.rsplit(":", 2)[1])
    assert "$statusCode == 200" in (tmp_path / "story.arazzo.yaml").read_text().splitlines()[line - 1]
    exchange = failed(result).exchange
    assert exchange
    assert exchange.request.headers["authorization"] == "Basic [redacted]"
    assert (exchange.status, exchange.method) == (404, "GET")


def test_a_retry_moves_a_clock_that_stands_still_and_passes_in_the_end(fake: Target, tmp_path: Path) -> None:
    made = create("made", onFailure=[AGAIN], mock={"faults": [DOWN], **FROZEN})
    clock = {"condition": "$response.header.X-Ratelimit-Reset > 0"}
    result = one(fake, tmp_path, made, step("who", "get_my_company", successCriteria=[*OK, clock]))
    assert told(result) == [
        ("made", 1, "failed"),
        ("made", 2, "failed"),
        ("made", 3, "passed"),
        ("who", 1, "passed"),
    ]
    assert result.outcome == "passed"
    assert result.steps[0].then == "retry 1 of 3 (again), the clock stands still and was moved on by 60 s"


def test_retries_end_and_make_room_for_the_next_action(fake: Target, tmp_path: Path) -> None:
    limited = {**AGAIN, "retryAfter": 0, "retryLimit": 1}
    aside = {"name": "aside", "type": "goto", "stepId": "who"}
    made = create("made", onFailure=[limited, aside], mock={"faults": [{**DOWN, "times": 9}]})
    result = one(fake, tmp_path, made, look("skipped", "1"), step("who", "get_my_company", successCriteria=OK))
    assert told(result) == [("made", 1, "failed"), ("made", 2, "failed"), ("who", 1, "passed")]
    assert [each.then for each in result.steps] == ["retry 1 of 1 (again), at once", "goto who (aside)", ""]
    assert result.outcome == "failed"


@pytest.mark.parametrize(
    ("actions", "visited"),
    [
        ([{"name": "e", "type": "end"}], ["first"]),
        ([{"name": "g", "type": "goto", "stepId": "third"}], ["first", "third"]),
        ([{"name": "g", "type": "goto", "workflowId": "other"}], ["first"]),
        (
            [{"name": "e", "type": "end", "criteria": [{"condition": "$statusCode == 500"}]}],
            ["first", "second", "third"],
        ),
    ],
)
def test_success_leads_on_as_actions_say(fake: Target, tmp_path: Path, actions: Any, visited: list[str]) -> None:
    first = step("first", "get_my_company", successCriteria=OK, onSuccess=actions)
    others = [step(id, "get_my_company", successCriteria=OK) for id in ("second", "third")]
    other = workflow(step("elsewhere", "get_my_company", successCriteria=OK), id="other")
    file = write(tmp_path, workflow(first, *others), other)
    (result,) = play(fake, file, "story")
    assert [each.id for each in result.steps] == visited
    assert [each.id for each in result.steps[0].called] == (["other"] if "workflowId" in actions[0] else [])
    assert result.outcome == "passed"


def test_a_step_that_is_visited_again_and_passes_has_passed(fake: Target, tmp_path: Path) -> None:
    there = {"name": "made", "type": "goto", "stepId": "mend"}
    end = {"name": "end", "type": "end"}
    back = {"name": "back", "type": "goto", "stepId": "first"}
    first = step("first", "get_my_company", successCriteria=OK, onFailure=[there], onSuccess=[end])
    mend = look("mend", "1", 404, onSuccess=[back], mock={"faults": []})
    broken = {"faults": [{"vendor": "kounta", "operation": "get_my_company", "then": {"status": 401}}]}
    result = one(fake, tmp_path, first, mend, mock=broken)
    assert [each.id for each in result.steps] == ["first", "mend", "first"]
    assert (result.outcome, result.problem) == ("passed", "")


def test_a_loop_without_end_is_stopped(fake: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "_MOST_STEPS", 20)
    round_and_round = {"name": "again", "type": "goto", "stepId": "who"}
    result = one(fake, tmp_path, step("who", "get_my_company", onSuccess=[round_and_round]))
    assert result.outcome == "failed"
    assert "20 steps" in result.problem


def test_what_a_workflow_depends_on_runs_once_in_its_world(fake: Target, tmp_path: Path) -> None:
    base = workflow(create("made"), id="base", outputs={"id": "$steps.made.outputs.id"})
    middle = workflow(look("seen", "$workflows.base.outputs.id"), id="middle", dependsOn=["base"])
    last = workflow(look("again", "$workflows.base.outputs.id"), id="last", dependsOn=["base", "middle"])
    (result,) = play(fake, write(tmp_path, base, middle, last), "last")
    assert result.outcome == "passed", result
    assert [(each.id, each.outcome) for each in result.every()] == [
        ("base", "passed"),
        ("middle", "passed"),
        ("last", "passed"),
    ]


def test_a_workflow_fails_with_what_it_depends_on_and_with_what_it_calls(fake: Target, tmp_path: Path) -> None:
    bad = workflow(look("seen", "1"), id="bad")
    after = workflow(step("who", "get_my_company"), id="after", dependsOn=["bad"])
    caller = workflow({"stepId": "call", "workflowId": "bad"}, step("not", "get_my_company"), id="caller")
    _, depends, calls = play(fake, write(tmp_path, bad, after, caller))
    assert (depends.outcome, depends.steps, depends.problem) == ("failed", [], "it depends on bad, which failed")
    assert (calls.outcome, told(calls), failed(calls).problem) == (
        "failed",
        [("call", 1, "failed")],
        "the workflow bad failed",
    )


def test_what_is_called_is_given_its_inputs_and_the_callers_world(fake: Target, tmp_path: Path) -> None:
    inputs = {"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]}
    sign_up = workflow(
        create("made", "$inputs.email"), id="sign-up", inputs=inputs, outputs={"id": "$steps.made.outputs.id"}
    )
    call = {
        "stepId": "call",
        "workflowId": "sign-up",
        "parameters": [{"name": "email", "value": "ann@example.com"}],
        "outputs": {"id": "$outputs.id"},
    }
    seen = look(
        "seen",
        "$steps.call.outputs.id",
        successCriteria=[*OK, {"condition": "$response.body#/email == 'ann@example.com'"}],
    )
    helper, caller = play(fake, write(tmp_path, sign_up, workflow(call, seen, id="caller")))
    assert caller.outcome == "passed"
    assert (helper.outcome, helper.problem) == (
        "skipped",
        "sign-up needs the input email; give --input email=VALUE, or a default in the file; caller runs it with inputs",
    )


def test_workflows_of_another_document_are_called(fake: Target, tmp_path: Path) -> None:
    write(tmp_path, workflow(create("made"), id="sign-up", outputs={"id": "$steps.made.outputs.id"}), name="shared")
    call = {
        "stepId": "call",
        "workflowId": "$sourceDescriptions.shared.sign-up",
        "outputs": {"id": "$outputs.id"},
    }
    sources = [
        {"name": "kounta", "url": "contracts/kounta.yaml", "type": "openapi"},
        {"name": "shared", "url": "shared.arazzo.yaml", "type": "arazzo"},
    ]
    file = write(tmp_path, workflow(call, look("seen", "$steps.call.outputs.id")), sourceDescriptions=sources)
    (result,) = play(fake, file)
    assert result.outcome == "passed", result


@pytest.mark.parametrize(
    ("steps", "more", "problem"),
    [
        ([look("seen", "$inputs.nothing")], {}, "$inputs.nothing: there is no 'nothing'"),
        ([look("seen", "")], {}, "the path parameter customer_id is '', which leads to another path"),
        ([look("seen", "..")], {}, "the path parameter customer_id is '..', which leads to another path"),
        ([create("made", outputs={"x": "$response.body#/nothing"})], {}, "there is no 'nothing' at the top"),
        ([create("made")], {"outputs": {"x": "$steps.made.outputs.id.more"}}, "the output x: "),
        ([create("made", mock={"remove": [{"vendor": "kounta", "collection": "customers", "key": 1}]})], {},
         "x-mock.remove: "),
        ([create("made", mock={"snapshotLoad": "unknown"})], {}, "x-mock.snapshotLoad: "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_failure_with_its_reason(
    fake: Target, tmp_path: Path, steps: Any, more: Any, problem: str
) -> None:
    inputs = {"type": "object", "properties": {"nothing": {"type": "string"}}}
    result = one(fake, tmp_path, *steps, inputs=inputs, **more)
    found = [result.problem, *(each.problem for each in result.steps)]
    found += [check.found for each in result.steps for check in each.broken]
    assert result.outcome == "failed"
    assert any(problem in text for text in found), found


def test_a_retry_may_have_something_done_first(fake: Target, tmp_path: Path) -> None:
    mend = workflow(step("mended", "get_my_company", mock={"faults": []}), id="mend")
    wait = {"name": "wait", "type": "retry", "stepId": "who", "retryLimit": 1, "retryAfter": 0}
    help_ = {"name": "help", "type": "retry", "workflowId": "mend", "retryLimit": 1, "retryAfter": 0}
    who = step("who", "get_my_company", successCriteria=OK)
    made = create("made", onFailure=[wait, help_], mock={"faults": [{**DOWN, "times": 9}]})
    (result,) = play(fake, write(tmp_path, workflow(who, made), mend), "story")
    assert told(result) == [
        ("who", 1, "passed"),
        ("made", 1, "failed"),
        ("who", 1, "passed"),
        ("made", 2, "failed"),
        ("made", 3, "passed"),
    ]
    assert [each.id for step in result.steps for each in step.called] == ["mend"]
    assert result.outcome == "passed"


def test_what_goes_on_with_a_workflow_that_fails_has_failed(fake: Target, tmp_path: Path) -> None:
    bad = workflow(look("seen", "1"), id="bad")
    there = {"name": "there", "type": "goto", "workflowId": "bad"}
    who = step("who", "get_my_company", successCriteria=OK, onSuccess=[there])
    (result,) = play(fake, write(tmp_path, workflow(who), bad), "story")
    assert (result.outcome, told(result)) == ("failed", [("who", 1, "failed")])


def test_workflows_that_call_one_another_for_ever_are_refused_or_stopped(fake: Target, tmp_path: Path) -> None:
    there = {"name": "there", "type": "goto", "workflowId": "story"}
    result = one(fake, tmp_path, step("who", "get_my_company", onSuccess=[there]))
    assert result.outcome == "failed"
    deepest = next(iter(result.every()))
    assert "20 deep" in deepest.problem
