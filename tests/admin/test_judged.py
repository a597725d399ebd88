"""What a body is refused for: the place, and what would be right there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.appclient import AppClient

STATES = ["scenarioName", "requiredScenarioState", "newScenarioState"]
RULE = ["id", "vendor", "operation", "match", "probability", "times", "after", "between", "ttlMillis", *STATES, "then"]
BAD = {"then": {"status": 503}}
FAULTS = [
    *("CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"),
    *("MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"),
]


def late(**latency: Any) -> dict[str, Any]:
    return {"then": {"latency": latency}}


Asked = tuple[str, str, Any]


@pytest.mark.parametrize(
    ("asked", "name", "known"),
    [
        (("POST", "/faults", {"vendr": "a", **BAD}), "vendr", RULE),
        (("POST", "/faults", [BAD, {"vendr": "a", **BAD}]), "vendr", RULE),
        (("POST", "/faults", [{"thn": {}}]), "thn", RULE),
        (("PUT", "/faults/flaky", {"vendr": "a", **BAD}), "vendr", RULE),
        (("POST", "/faults", [late(type="fixed", millis=1)]), "millis", ["type", "milliseconds"]),
        (("POST", "/faults", [late(type="uniform", lower=1, upper=2, sigma=1)]), "sigma", ["type", "lower", "upper"]),
        (("POST", "/sandboxes", {"from": {"sandbx": "a"}}), "sandbx", ["sandbox", "before", "snapshot"]),
        (("POST", "/verify", {"request": {}, "times": {"atLest": 1}}), "atLest", ["atLeast", "atMost", "exactly"]),
        (("POST", "/verify", {"reqest": {}}), "reqest", ["request", "times", "since"]),
        (("PUT", "/clock", {"action": "freeze", "durationMillis": 1}), "durationMillis", ["action", "instant"]),
        (("PUT", "/clock", {"action": "offset", "millis": 1}), "millis", ["action", "durationMillis"]),
    ],
)
def test_an_unknown_key_is_told_those_that_are_known_there(
    admin: AppClient, asked: Asked, name: str, known: list[str]
) -> None:
    method, path, body = asked
    problem = admin.request(method, path, json=body).json()
    assert (problem["row"], problem["known"]) == ("key-unknown", known)
    assert f"'{name}'" in problem["detail"]


@pytest.mark.parametrize(
    ("asked", "told", "known"),
    [
        (("POST", "/faults", 3), "its top: must be an object or a list", 0),
        (("POST", "/faults", [3]), "0: must be an object", 0),
        (("POST", "/faults", [BAD, {}]), '1.then: "then" is a required property', 0),
        (("POST", "/faults", [late(type="fixd")]), "0.then.latency.type: must be one of fixed, uniform, lognormal", 3),
        (("POST", "/faults", [late(lower=1)]), '0.then.latency.type: "type" is a required property', 0),
        (("POST", "/faults", late(type="uniform", lower=1)), 'then.latency.upper: "upper" is a required property', 0),
        (("POST", "/faults", {"then": {"latency": 3}}), "then.latency: must be an object", 0),
        (("POST", "/faults", {"then": {"fault": "RESET"}}), f"then.fault: must be one of {', '.join(FAULTS)}", 4),
        (("POST", "/faults", {"then": {"rateLimit": "spent"}}), "then.rateLimit: must be exhausted", 0),
        (("POST", "/faults", {"then": {"status": 200}}), "then.status: 200 is less than the minimum of 400", 0),
        (("POST", "/sandboxes", {"auth": "loose"}), "auth: must be one of lenient, strict", 2),
        (("PUT", "/clock", {"action": "freez"}), "action: must be one of freeze, advance, offset, reset", 4),
        (("PUT", "/clock", {"action": 1}), "action: must be one of freeze, advance, offset, reset", 4),
    ],
)
def test_a_wrong_value_is_told_its_place_and_the_choices(admin: AppClient, asked: Asked, told: str, known: int) -> None:
    method, path, body = asked
    problem = admin.request(method, path, json=body).json()
    assert (problem["row"], problem["detail"]) == ("body-invalid", f"The body is not right at {told}")
    assert len(problem.get("known", ())) == known


def test_a_wrong_parameter_is_told_the_choices_too(admin: AppClient) -> None:
    problem = admin.get("/coverage?scope=all").json()
    assert problem["detail"] == "The parameter 'scope' is not right: must be one of sandbox, run"
    assert problem["known"] == ["sandbox", "run"]


def test_a_credential_that_is_no_text_is_not_repeated(admin: AppClient) -> None:
    reply = admin.post("/sandboxes", json={"credentials": [{"X-Key": ["very-secret"]}]})
    assert reply.json()["row"] == "body-invalid"
    assert "very-secret" not in reply.text
