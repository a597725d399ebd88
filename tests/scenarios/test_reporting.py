"""What is told of a run, for people, for CI systems and for programs; and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.reporting import html, json as as_json, junit, text, words
from mockserver.scenarios.result import RunResult, WorkflowResult
from tests.scenarios.playing import OK, TOY, play, step, write
from tests.scenarios.toy import Toy, describe

SECRET = "hunter2-and-more"  # noqa: S105  of the small server
ODD = "<b>\x1b[2J\x07 & é"


@pytest.fixture
def run(shop: Toy, tmp_path: Path) -> Iterator[RunResult]:
    """A run with a workflow that passed, one that failed, one that a failed one calls, and one that was not run."""
    describe(tmp_path)
    shop.says(
        "/v1/secret",
        200,
        body={"access_token": SECRET, "note": f"it is {SECRET}"},
        headers={"Set-Cookie": "s=12345678"},
    )
    shop.says("/v1/look", 404, body={"message": ODD})
    key = [{"name": "X-Toy-Key", "in": "header", "value": "$inputs.key"}]
    inputs = {
        "type": "object",
        "properties": {"key": {"type": "string", "format": "password", "default": "topsecretkey"}},
    }
    steps = [
        step("token", "secret", parameters=key, outputs={"token": "$response.body#/access_token"}, successCriteria=OK),
        step(
            "bad",
            "look",
            parameters=[{"name": "X-Other", "in": "header", "value": "$steps.token.outputs.token"}, *key],
            successCriteria=[
                {"condition": "$response.body#/message == $steps.token.outputs.token"},
                {"condition": "$inputs.key == 'x'"},
            ],
        ),
    ]
    failing = {"workflowId": "failing", "summary": "It <fails>", "inputs": inputs, "steps": steps}
    calling = {"workflowId": "calling", "steps": [{"stepId": "call", "workflowId": "failing"}]}
    needy = {
        "workflowId": "needy",
        "inputs": {"type": "object", "properties": {"x": {}}, "required": ["x"]},
        "steps": [step("z", "look")],
    }
    caller = {"stepId": "needs", "workflowId": "needy", "parameters": [{"name": "x", "value": 1}]}
    passing = {"workflowId": "passing", "steps": [caller], "x-mock": {"seed": 3}}
    file = write(tmp_path, failing, calling, needy, passing, sourceDescriptions=TOY)
    with Target(Place(url=shop.url)) as target:
        yield RunResult(where=target.where, seconds=1.25, workflows=play(target, file))


def reports(run: RunResult) -> dict[str, str]:
    """All of them."""
    lines = [text.line(each, 1, 9) for each in run.workflows]
    told = [*lines, *text.table(run), *text.failures(run), *text.skipped(run), *text.remarks(run), words.summary(run)]
    return {
        "text": "\n".join(told),
        "junit": junit.render(run),
        "html": html.render(run),
        "json": as_json.render(run),
    }


def test_the_outcomes(run: RunResult) -> None:
    assert [(each.id, each.outcome) for each in run.workflows] == [
        ("failing", "failed"),
        ("calling", "failed"),
        ("needy", "skipped"),
        ("passing", "passed"),
    ]
    assert run.counts == {"passed": 1, "failed": 2, "skipped": 1}
    assert words.summary(run) == "1 of 3 workflows passed, 1 not run, 1 part of x-mock skipped, in 1.2 s"


def test_no_secret_is_in_any_report(run: RunResult) -> None:
    for name, report in reports(run).items():
        for secret in (SECRET, "topsecretkey", "12345678"):
            assert secret not in report, name
        assert "[redacted]" in report


def test_the_terminal_is_told_what_failed_and_is_not_steered(run: RunResult) -> None:
    told = reports(run)["text"]
    assert "\x07" not in told
    assert "\x1b[2J" not in told
    plain = told.replace("\x1b[31m", "").replace("\x1b[0m", "").replace("\x1b[1m", "")
    (check, _) = run.workflows[0].failed_steps[0].broken
    assert check.at in plain
    assert "✗ simple $response.body#/message == $steps.token.outputs.token" in plain
    assert "> GET http://127.0.0.1:" in plain
    assert "< 404 Not Found" in plain
    assert "in failing " in plain
    assert "-  needy" in plain.replace("- needy", "-  needy")
    assert "Skipped: this needs a mockserver, and none is asked" in plain


def test_junit_has_a_suite_for_each_workflow_and_a_case_for_each_step(run: RunResult) -> None:
    root = ET.fromstring(reports(run)["junit"])  # noqa: S314  our own
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["failing", "calling", "needy", "passing"]
    assert [case.get("name") for case in suites["failing"]] == ["token", "bad"]
    assert (suites["failing"].get("tests"), suites["failing"].get("failures")) == ("2", "1")
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("6", "2", "2")
    failure = suites["calling"].find("testcase/failure")
    assert failure is not None
    assert "failing bad: simple: $inputs.key == 'x'" in (failure.text or "")
    skipped = [each.get("message") for each in suites["passing"].iter("skipped")]
    assert len(skipped) == 1
    assert "none is asked" in (skipped[0] or "")


def test_html_is_one_page_without_scripts(run: RunResult) -> None:
    class Page(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: list[str] = []

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            self.tags.append(tag)
            assert not any(name.startswith("on") or name == "src" for name, _ in attrs)

    page = Page()
    page.feed(reports(run)["html"])
    assert not {"script", "b", "fails", "img"} & set(page.tags)
    assert page.tags.count("h2") == 4


def test_json_says_all(run: RunResult) -> None:
    told = json.loads(reports(run)["json"])
    assert told["counts"] == {"passed": 1, "failed": 2, "skipped": 1}
    assert told["workflows"][0]["steps"][1]["exchange"]["status"] == 404
    assert told["workflows"][1]["steps"][0]["called"][0]["id"] == "failing"


def test_long_bodies_are_cut() -> None:
    assert words.body("x" * 3000).endswith("… (3000 characters)")
    assert [
        *text.skipped(RunResult(where="x", workflows=[WorkflowResult(id="a", file="f", title="t", at="f:1:1")]))
    ] == []
