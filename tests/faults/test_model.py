"""Any rules in any order, against a model of which one acts that is as simple as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import hypothesis.strategies as st
import pytest
from httpx2 import URL
from hypothesis import given, settings

from mockserver.faults.draws import draw
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.cups import KEY
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.faults.hand import Hand

ASKED = {
    "find_cups": ("GET", "/cups/v1/cups?size=1", "a"),
    "get_cup": ("GET", "/cups/v1/cups/1", "b"),
    "get_other": ("GET", "/cups/v1/cups/2", "b"),
    "nothing": ("GET", "/cups/v1/saucers", "a"),
}
"""Requests: method, target, and the value of the header X-Who."""
MATCHES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {*ASKED}),
    ({"method": "GET"}, {*ASKED}),
    ({"method": "POST"}, set()),
    ({"urlPath": "/cups/v1/cups/1"}, {"get_cup"}),
    ({"urlPathTemplate": "/cups/v1/cups/{id}"}, {"get_cup", "get_other"}),
    ({"urlPattern": ".*size=1"}, {"find_cups"}),
    ({"headers": {"X-Who": {"equalTo": "a"}}}, {"find_cups", "nothing"}),
    ({"headers": {"x-who": {"doesNotMatch": "[a]"}}}, {"get_cup", "get_other"}),
    ({"queryParameters": {"size": {"matches": "[0-9]"}}}, {"find_cups"}),
    ({"queryParameters": {"size": {"absent": True}}}, {"get_cup", "get_other", "nothing"}),
]
"""Patterns, and the requests that they match."""

windows = st.one_of(
    st.just({}),
    st.builds(lambda begin, span: {"between": {"fromMillis": begin, "untilMillis": begin + span}}, st.integers(0, 40), st.integers(1, 40)),
    st.builds(lambda span: {"ttlMillis": span}, st.integers(1, 60)),
)  # fmt: skip
STATES = ["Started", "one", "two"]
scenarios: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"scenarioName": st.sampled_from(["a", "b"])},
        optional={"requiredScenarioState": st.sampled_from(STATES), "newScenarioState": st.sampled_from(STATES)},
    ),
)
rules = st.builds(
    lambda match, window, scenario, more, then: ({**window, **scenario, **more, "then": then}, match),
    st.sampled_from(MATCHES),
    windows,
    scenarios,
    st.fixed_dictionaries(
        {},
        optional={
            "operation": st.sampled_from(["find_cups", "get_cup"]),
            "times": st.integers(1, 3),
            "after": st.integers(0, 3),
            "probability": st.sampled_from([0, 0.25, 0.5, 1]),
        },
    ),
    st.one_of(st.builds(lambda status: {"status": status}, st.integers(500, 599)), st.just({})),
)
requests = st.lists(st.tuples(st.sampled_from(sorted(ASKED)), st.integers(0, 20)), min_size=1, max_size=25)


class Model:
    """What is written down of each rule: how often it has matched and acted."""

    def __init__(self, rules: Sequence[tuple[dict[str, Any], set[str]]], seed: int) -> None:
        self.rules = rules
        self.seed = seed
        self.uses = [[0, 0] for _ in rules]
        self.states = {rule["scenarioName"]: "Started" for rule, _ in rules if "scenarioName" in rule}

    def ask(self, request: str, millis: int) -> int | None:
        """The status that a rule answers with, so many milliseconds after the rules were set; None where none does."""
        for number, ((rule, matched), use) in enumerate(zip(self.rules, self.uses, strict=True), 1):
            window = rule.get("between", {"fromMillis": 0, "untilMillis": rule.get("ttlMillis", 10**9)})
            operation = {"get_other": "get_cup"}.get(request, request)
            if request not in matched or rule.get("operation", operation) != operation:
                continue
            if not window["fromMillis"] <= millis < window["untilMillis"] or use[1] == rule.get("times"):
                continue
            name = rule.get("scenarioName", "")
            if self.states.get(name) != rule.get("requiredScenarioState", self.states.get(name)):
                continue
            use[0] += 1
            lucky = draw(self.seed, f"fault-{number}", "act", use[0]) < rule.get("probability", 1)
            if use[0] > rule.get("after", 0) and lucky:
                use[1] += 1
                if "newScenarioState" in rule:
                    self.states[name] = rule["newScenarioState"]
                status: int | None = rule["then"].get("status")
                return status
        return None


@pytest.fixture(scope="module")
def begin(cupboard: World) -> Iterator[Callable[[], Hand]]:
    """Begins a sandbox, until the next one begins."""
    with AppClient(cupboard.app, headers=KEY) as client:

        def begun() -> Hand:
            if cupboard.sandboxes.get("model"):
                cupboard.sandboxes.remove("model")
            sandbox = cupboard.sandboxes.create("model")
            client.base_url = URL("http://127.0.0.1/@model/")
            return Hand(client, sandbox)

        yield begun
    cupboard.sandboxes.remove("model")


@pytest.mark.usefixtures("unwatched")
@settings(max_examples=30 * EFFORT, deadline=None)
@given(rules=st.lists(rules, max_size=6), requests=requests)
def test_the_rule_acts_that_the_model_says(
    begin: Callable[[], Hand],
    rules: list[tuple[dict[str, Any], tuple[dict[str, Any], set[str]]]],
    requests: list[tuple[str, int]],
) -> None:
    hand = begin()
    client, sandbox = hand.client, hand.sandbox
    hand.clock("freeze", instant="2026-01-01T12:00:00Z")
    possible = []
    for rule, (match, matched) in rules:
        added = client.patch("/__admin/faults", json={**rule, "match": match} if match else rule)
        if added.status_code == 200:  # some can never match, or do nothing
            possible.append((rule, matched))
    model, millis = Model(possible, sandbox.seed), 0
    for request, passed in requests:
        hand.clock("advance", durationMillis=passed)
        millis += passed
        method, target, who = ASKED[request]
        status = client.request(method, target, headers={"X-Who": who}).status_code
        assert status == (model.ask(request, millis) or (404 if request == "nothing" else 200))
    assert hand.uses() == [tuple(use) for use in model.uses]
    assert hand.states() == model.states
