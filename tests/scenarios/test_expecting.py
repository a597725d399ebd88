"""What is expected beside the replies: webhooks, requests of the app under test, people who are forgotten, pauses."""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Place, Target
from tests.scenarios.playing import COMPANY, CREATED, OK, create, failed, look, play, step, workflow, write

HOOKS = {"type": "object", "properties": {"hooks": {"type": "string"}}, "required": ["hooks"]}
TOPIC = "customers/created"


def subscribe(topic: str = TOPIC, id: str = "subscribe") -> dict[str, Any]:
    """A step that asks to be told."""
    payload = {"topic": topic, "address": "$inputs.hooks"}
    return step(id, "create_webhook", parameters=COMPANY, requestBody={"payload": payload}, successCriteria=CREATED)


def one(fake: Target, folder: Path, *steps: Any, **mock: Any) -> Any:
    """The result of a workflow with a receiver."""
    story = workflow(*steps, inputs=HOOKS, mock={"receiver": "hooks", **mock})
    (result,) = play(fake, write(folder, story))
    return result


def expecting(**expected: Any) -> dict[str, Any]:
    """What a step expects to be told."""
    return {"expectWebhook": [{"topic": TOPIC, **expected}]}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"vendor": "kounta", "times": 1, "status": "delivered", "within": "5s"},
        {"times": {"atLeast": 1}, "match": {"email": "new@example.com", "tags": []}},
        {"match": {"bodyPatterns": [{"matchesJsonPath": "$[?@ == 'Ann']"}], "headers": {"Content-Type": {"contains": "json"}}}},
        {"match": {"first_name": "Bo"}, "times": 0},
        {"status": "failed", "times": {"atMost": 0}},
    ],
)  # fmt: skip
def test_a_webhook_that_comes_as_expected(fake: Target, tmp_path: Path, expected: Any) -> None:
    result = one(fake, tmp_path, subscribe(), create("made", mock=expecting(**expected)))
    assert result.outcome == "passed", [check.found for each in result.steps for check in each.broken]
    assert [check.kind for check in result.steps[1].checks] == ["simple", "expectWebhook"]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"topic": "customers/deleted"}, "0 of 0 deliveries so"),
        ({"vendor": "open2b"}, "There is no vendor 'open2b' here"),
        ({"times": 2}, "1 of 1 delivery so; delivery 1 to http://127.0.0.1:"),
        ({"times": 0}, "1 of 1 delivery so"),
        ({"status": "dropped"}, "0 of 1 delivery so"),
        ({"match": {"email": "bo@example.com"}}, "but /email is 'new@example.com', not 'bo@example.com'"),
        ({"match": {"shoe": 1}}, "but the body has no 'shoe'; it has: "),
        ({"match": {"headers": {"X-Mine": {"equalTo": "1"}}}}, "but headers.x-mine is absent, not '1'"),
    ],
)  # fmt: skip
def test_a_webhook_that_does_not(fake: Target, tmp_path: Path, expected: Any, found: str) -> None:
    result = one(fake, tmp_path, subscribe(), create("made", mock=expecting(**expected)))
    (check,) = failed(result).broken
    assert check.kind == "expectWebhook"
    assert found in check.found


def test_webhooks_that_are_lost_late_and_twice(fake: Target, tmp_path: Path) -> None:
    def going(wrong: dict[str, Any], id: str, *expected: dict[str, Any], **more: Any) -> dict[str, Any]:
        mock = {"misbehave": [{"vendor": "kounta", **wrong}], "expectWebhook": list(expected)}
        return create(id, f"{id}@example.com", mock={**mock, **more})

    lost = going({"drop": True}, "lost", {"topic": TOPIC, "times": 0}, {"topic": TOPIC, "status": "dropped"})
    late = going({"delay": "1h"}, "late", {"topic": TOPIC, "times": 0}, {"topic": TOPIC, "status": "waiting"})
    right = going({}, "right", {"topic": TOPIC, "match": {"email": "right@example.com"}}, clock={"advance": "61m"})
    twice = going({"duplicate": 1, "subscription": 1}, "twice", {"topic": TOPIC, "times": 1})
    result = one(fake, tmp_path, subscribe(), lost, late, right, twice, clock={"freeze": "2026-03-01T12:00:00Z"})
    assert result.outcome == "passed", [check.found for each in result.steps for check in each.broken]


def test_misbehaviour_needs_a_subscription(fake: Target, tmp_path: Path) -> None:
    mock = {"misbehave": [{"vendor": "kounta", "drop": True}]}
    result = one(fake, tmp_path, create("made", mock=mock))
    assert failed(result).problem == "x-mock.misbehave: kounta has no subscription yet; there are: none"
    named = {"misbehave": [{"vendor": "kounta", "subscription": 99, "drop": True}]}
    result = one(fake, tmp_path, subscribe(), create("made", mock=named))
    assert failed(result).problem == "x-mock.misbehave: kounta has no subscription 99; there are: 1"


def test_a_workflow_expects_what_all_its_steps_have_sent(fake: Target, tmp_path: Path) -> None:
    steps = [subscribe(), create("first", "a@example.com"), create("second", "b@example.com")]
    assert one(fake, tmp_path, *steps, expectWebhook=[{"topic": TOPIC, "times": 2}]).outcome == "passed"
    result = one(fake, tmp_path, *steps, expectWebhook=[{"topic": TOPIC, "times": 3}])
    assert (result.outcome, result.failed_steps, [check.ok for check in result.checks]) == ("failed", [], [False])


class App:
    """An app under test: it asks for its company as soon as somebody has made a customer."""

    def __init__(self, target: Target, name: str, times: int) -> None:
        assert target.server
        self._sandbox = target.server.sandbox_named(name)
        self._times = times
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _run(self) -> None:
        self._sandbox.requests.wait(operation="create_customer", timeout=20)
        with httpx2.Client(
            base_url=self._sandbox.base_url("kounta"), headers=self._sandbox.credentials("kounta")
        ) as client:
            for _ in range(self._times):
                client.get("/companies/me")


@pytest.mark.parametrize(
    ("asked", "times", "outcome"),
    [
        (1, 1, "passed"),
        (2, {"atLeast": 2}, "passed"),
        (0, 0, "passed"),
        (1, 2, "failed"),
        (2, {"atMost": 1}, "failed"),
    ],
)
def test_requests_of_the_app_under_test(fake: Target, tmp_path: Path, asked: int, times: Any, outcome: str) -> None:
    expected = {"pattern": {"vendor": "kounta", "operation": "get_my_company"}, "times": times, "within": "400ms"}
    before = step("own", "get_my_company", successCriteria=OK)
    made = create("made", mock={"expectRequest": [expected]})
    assert fake.server
    with fake.server.sandbox("app"), Target(Place(url=f"{fake.server.url}/@app")) as target, App(fake, "app", asked):
        (result,) = play(target, write(tmp_path, workflow(before, made)))
    assert result.outcome == outcome, result


def test_what_nearly_matched_is_told(fake: Target, tmp_path: Path) -> None:
    expected = {
        "pattern": {"method": "DELETE", "headers": {"User-Agent": {"contains": "mockserver-run"}}},
        "within": "1ms",
    }
    result = one(fake, tmp_path, create("made", mock={"expectRequest": [expected]}))
    assert "expected 'DELETE', but it is 'POST'" in failed(result).broken[0].found


def test_who_is_forgotten_is_nowhere(fake: Target, tmp_path: Path) -> None:
    remove = {"remove": [{"vendor": "kounta", "collection": "customers", "key": "$steps.made.outputs.id"}]}
    absent = [
        {"text": "forget.me@example.com"},
        {"record": {"vendor": "kounta", "collection": "customers", "key": "$steps.made.outputs.id"}},
    ]
    made = create("made", "forget.me@example.com")
    gone = look("gone", "$steps.made.outputs.id", 404, mock={**remove, "absent": absent})
    (kept,) = play(fake, write(tmp_path, workflow(made, gone, mock={"absent": absent[:1]})))
    assert kept.outcome == "passed", kept
    there = look("there", "$steps.made.outputs.id", mock={"absent": absent})
    (lost,) = play(fake, write(tmp_path, workflow(made, there)))
    texts = [check.found for check in failed(lost).broken]
    assert len(texts) == 2
    assert texts[0].startswith("it is in kounta customers")
    assert "a snapshot of it, at /" in texts[0]
    assert "the reply to request" in texts[0]
    assert texts[1] == "it is there"


class Terminal(io.StringIO):
    """Somebody who presses Enter, and what they read before."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("asking", "read", "skipped"),
    [
        (Asking(possible=False), "", "nobody is at a terminal; --yes goes on as if somebody had said so"),
        (Asking(sure=True), "", ""),
        (Asking(), "Press Enter", ""),
    ],
)
def test_a_pause_waits_for_a_person_or_is_told(
    fake: Target, tmp_path: Path, asking: Asking, read: str, skipped: str
) -> None:
    made = create("made", mock={"pause": "Look at {$sourceDescriptions.kounta.url}"})
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Terminal("\n"))
        patch.setattr(sys, "stderr", said)
        (result,) = play(fake, write(tmp_path, workflow(made)), asking=asking)
    text = f"Look at {result.sandbox}/v1"
    assert [(part.what, part.reason) for part in result.skipped] == ([(f"pause: {text}", skipped)] if skipped else [])
    assert (f"{text}\nPress Enter" in said.getvalue()) == bool(read)


def test_what_a_workflow_depends_on_has_the_same_receiver(fake: Target, tmp_path: Path) -> None:
    base = workflow(subscribe(), id="base", inputs=HOOKS, mock={"receiver": "hooks"})
    last = workflow(create("made", mock=expecting(status="delivered", within="5s")), id="last", dependsOn=["base"])
    (result,) = play(fake, write(tmp_path, base, last), "last")
    assert result.outcome == "passed", result
