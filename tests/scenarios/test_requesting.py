"""What a step's request is made of: parameters in every style, bodies, and what cannot be sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.result import StepResult
from tests.scenarios.playing import OK, TOY, failed, play, step, write
from tests.scenarios.toy import Toy, describe


class Sending(Protocol):
    """Takes one step at the small server."""

    def __call__(self, one: dict[str, Any], **more: Any) -> StepResult:
        """The result."""


@pytest.fixture
def sent(foreign: Target, tmp_path: Path) -> Sending:
    def send(one: dict[str, Any], **more: Any) -> StepResult:
        describe(tmp_path)
        file = write(tmp_path, {"workflowId": "story", "steps": [one], **more}, sourceDescriptions=TOY)
        (result,) = play(foreign, file)
        return result.steps[0]

    return send


def test_parameters_go_where_they_belong(shop: Toy, sent: Sending) -> None:
    parameters = [
        {"name": "id", "in": "path", "value": "a b"},
        {"name": "tags", "in": "query", "value": ["x", "y"]},
        {"name": "X-Count", "in": "header", "value": 3},
        {"name": "X-Toy-Key", "in": "header", "value": "open-sesame"},
    ]
    result = sent(step("one", "thing", parameters=parameters, successCriteria=OK))
    asked = shop.asked[0]
    assert (asked.method, asked.target) == ("GET", "/v1/things/a%20b?tags=x&tags=y")
    assert (asked.headers["x-count"], asked.headers["x-toy-key"]) == ("3", "open-sesame")
    assert asked.headers["accept"] == "application/json, text/plain"
    assert result.exchange
    assert result.exchange.request.headers["x-toy-key"] == "[redacted]"


def test_a_parameter_without_a_value_is_left_out(shop: Toy, sent: Sending) -> None:
    parameters = [{"name": "id", "in": "path", "value": 1}, {"name": "tags", "in": "query", "value": None}]
    sent(step("one", "thing", parameters=parameters))
    assert shop.asked[0].target == "/v1/things/1"


PAYLOAD = {"name": "Ann {$inputs.last}", "tags": ["a", "b"], "deep": {"n": 1}, "nothing": None, "whole": "$inputs.last"}
INPUTS = {"type": "object", "properties": {"last": {"type": "string", "default": "Lee"}}}


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (
            {"payload": PAYLOAD},
            "application/json",
            {"name": "Ann Lee", "tags": ["a", "b"], "deep": {"n": 1}, "nothing": None, "whole": "Lee"},
        ),
        ({"payload": '{"name": "{$inputs.last}"}'}, "application/json", {"name": "Lee"}),
        ({"payload": "just text"}, "application/json", "just text"),
        ({"payload": "{no json"}, "application/json", "{no json"),
        (
            {
                "payload": {"a": {"b/c": 1}, "l": [1, 2]},
                "replacements": [
                    {"target": "/a/b~1c", "value": "$inputs.last"},
                    {"target": "/l/1", "value": 9},
                    {"target": "/l/-", "value": 3},
                    {"target": "/new", "value": True},
                ],
            },
            "application/json",
            {"a": {"b/c": "Lee"}, "l": [1, 9, 3], "new": True},
        ),
    ],
)
def test_json_bodies(shop: Toy, sent: Sending, body: dict[str, Any], kind: str, expected: Any) -> None:
    sent(step("one", "make", requestBody=body), inputs=INPUTS)
    assert shop.asked[0].headers["content-type"] == kind
    assert json.loads(shop.asked[0].body) == expected


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        (
            "application/x-www-form-urlencoded",
            {"a": "x y", "l": [1, 2], "o": {"k": 1}, "n": None, "t": True},
            "a=x+y&l=1&l=2&o=%7B%22k%22%3A1%7D&t=true",
        ),
        ("application/x-www-form-urlencoded", "a=1&b={$inputs.last}", "a=1&b=Lee"),
        ("text/plain", "for {$inputs.last}", "for Lee"),
    ],
)
def test_other_bodies(shop: Toy, sent: Sending, kind: str, payload: Any, expected: str) -> None:
    sent(step("one", "make", requestBody={"contentType": kind, "payload": payload}), inputs=INPUTS)
    assert (shop.asked[0].headers["content-type"], shop.asked[0].body) == (kind, expected)


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (step("one", "make", requestBody={"contentType": "application/x-www-form-urlencoded", "payload": [1]}), "mapping"),
        (step("one", "make", requestBody={"contentType": "text/plain", "payload": {"a": 1}}), "this one is no text"),
        (step("one", "make", requestBody={"payload": {"a": 1}, "replacements": [{"target": "/x/y", "value": 1}]}),
         "nothing at /x/y"),
        (step("one", "make", requestBody={"payload": {"a": [1]}, "replacements": [{"target": "/a/7", "value": 1}]}),
         "/a/7"),
        (step("one", "thing", parameters=[{"name": "id", "in": "path", "value": None}]), "id has no value"),
        (step("one", "thing", parameters=[
            {"name": "id", "in": "path", "value": 1}, {"name": "X-Count", "in": "header", "value": "a\nb"}]), "X-Count"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_not_sent(shop: Toy, sent: Sending, one: dict[str, Any], problem: str) -> None:
    result = sent(one)
    assert problem in result.problem
    assert shop.asked == []


def test_replies_are_read_as_what_they_are(shop: Toy, foreign: Target, tmp_path: Path) -> None:
    describe(tmp_path)
    shop.says("/v1/look", 200, body="plain {text", headers={"X-Thing": "Abc", "content-type": "text/plain"})
    shop.says("/v1/make", 201, body=None)
    shop.says("/v1/things/1", 302, headers={"Location": "/v1/look"})
    criteria = [
        {"condition": "$response.body == 'plain {text' && $method == 'GET'"},
        {"condition": "^plain", "context": "$response.body", "type": "regex"},
        {"condition": "$response.header.x-thing == 'Abc'"},
        {"condition": "/look$", "context": "$url", "type": "regex"},
    ]
    steps = [
        step("text", "look", successCriteria=criteria),
        step("empty", "make", successCriteria=[{"condition": "$response.body == null && $statusCode == 201"}]),
        step(
            "moved",
            "thing",
            parameters=[{"name": "id", "in": "path", "value": 1}],
            successCriteria=[{"condition": "$response.header.Location == '/v1/look'"}],
        ),
    ]
    file = write(tmp_path, {"workflowId": "story", "steps": steps}, sourceDescriptions=TOY)
    (result,) = play(foreign, file)
    assert [each.outcome for each in result.steps] == ["passed", "passed", "failed"]
    found = failed(result).broken
    assert [(each.kind, each.found) for each in found] == [
        ("contract", "status 302 is not declared for thing; declared: 200, 404")
    ]


@pytest.mark.parametrize(
    ("body", "headers", "found"),
    [
        ([1], {}, 'the body\'s / is not as look promises: [1] is not of type "object"'),
        ("text", {"content-type": "text/html; charset=utf-8"}, "text/html is not declared for status 200 of look"),
    ],
)
def test_a_reply_that_breaks_the_contract_fails(
    shop: Toy, sent: Sending, body: Any, headers: dict[str, str], found: str
) -> None:
    shop.says("/v1/look", 200, body=body, headers=headers)
    result = sent(step("one", "look", successCriteria=OK))
    assert [each.kind for each in result.broken] == ["contract"]
    assert found in result.broken[0].found


def test_a_refusal_passes_without_criteria_and_is_remarked(shop: Toy, sent: Sending) -> None:
    shop.says("/v1/look", 404, body={})
    result = sent(step("one", "look"))
    assert result.outcome == "passed"
    assert result.remarks == ["answered 404, and the step has no criteria to say what is right"]


def test_no_reply_is_a_failure_that_may_be_retried(shop: Toy, foreign: Target, tmp_path: Path) -> None:
    shop.says("/v1/look", 0, 200, body={})
    again = {"name": "again", "type": "retry", "retryLimit": 1}
    one = step("one", "look", successCriteria=OK, onFailure=[again])
    describe(tmp_path)
    (result,) = play(foreign, write(tmp_path, {"workflowId": "story", "steps": [one]}, sourceDescriptions=TOY))
    assert [each.outcome for each in result.steps] == ["failed", "passed"]
    assert result.steps[0].problem.startswith("there was no reply: ")
    assert result.steps[0].exchange
    assert result.steps[0].exchange.status == 0


def test_headers_of_the_command_come_before_those_of_the_file(shop: Toy, tmp_path: Path) -> None:
    place = Place(url=f"{shop.url}/v1", headers={"X-Toy-Key": "mine", "X-More": "1"})
    describe(tmp_path)
    key = [{"name": "X-Toy-Key", "in": "header", "value": "of the file"}]
    file = write(
        tmp_path, {"workflowId": "story", "steps": [step("one", "look", parameters=key)]}, sourceDescriptions=TOY
    )
    with Target(place) as target:
        play(target, file)
    assert (shop.asked[-1].headers["x-toy-key"], shop.asked[-1].headers["x-more"]) == ("mine", "1")
    assert shop.asked[-1].target == "/v1/v1/look"


def test_parameters_of_the_workflow_go_to_operations_that_have_them(shop: Toy, sent: Sending) -> None:
    shared = [
        {"name": "id", "in": "path", "value": "7"},
        {"name": "tags", "in": "query", "value": ["x"]},
        {"name": "X-Toy-Key", "in": "header", "value": "open-sesame"},
    ]
    sent(step("one", "look"), parameters=shared)
    sent(step("one", "thing", parameters=[{"name": "tags", "in": "query", "value": ["y"]}]), parameters=shared)
    assert [asked.target for asked in shop.asked] == ["/v1/look", "/v1/things/7?tags=y"]
    assert {asked.headers["x-toy-key"] for asked in shop.asked} == {"open-sesame"}
