"""Every rule that could never match or act is refused, with the place, what is wrong and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.hand import BAD, Hand

THEN = BAD["then"]
OPEN2B: dict[str, Any] = {"vendor": "open2b", "then": THEN}
KOUNTA: dict[str, Any] = {"vendor": "kounta", "then": THEN}


def body(*matchers: Any) -> dict[str, Any]:
    return {"match": {"bodyPatterns": list(matchers)}}


REFUSED: list[tuple[str, str, Any, str]] = [
    ("fault-vendor-unknown", "vendor", {"vendor": "kount", "then": THEN}, "open2b"),
    ("fault-vendor-unknown", "vendor", {"vendor": "admin", "then": THEN}, "kounta"),
    ("fault-operation-unknown", "operation", {"operation": "get_customers", "then": THEN}, "get_customer"),
    ("fault-operation-unknown", "operation", {**OPEN2B, "operation": "find_webhooks"}, "find_customers"),
    ("pattern-vendor-unknown", "match.vendor", {"match": {"vendor": "toy"}, "then": THEN}, "kounta"),
    ("pattern-invalid", "match.api", {"match": {"api": "open3b"}, "then": THEN}, "open2b"),
    ("pattern-operation-unknown", "match.operation", {**OPEN2B, "match": {"operation": "get_company"}}, "get_customer"),
    ("pattern-operation-unknown", "match.vendor", {**OPEN2B, "match": {"vendor": "kounta"}}, "open2b"),
    ("pattern-invalid", "match.urlPattern", {**OPEN2B, "match": {"urlPattern": "("}}, ""),
    ("pattern-invalid", "match", {**OPEN2B, "match": {"url": "/a", "urlPath": "/a"}}, "url"),
    ("pattern-invalid", "match.bodyPatterns[0].matchesJsonPath", {**OPEN2B, **body({"matchesJsonPath": "$["})}, ""),
    ("key-unknown", "", {**OPEN2B, "match": {"status": 200}}, "urlPath"),
    ("key-unknown", "", {**OPEN2B, "probabilty": 1}, "probability"),
    ("key-unknown", "", {"then": {"statusCode": 503}}, "status"),
    ("fault-path-unknown", "match.urlPath", {"match": {"urlPath": "/v2/companies"}, "then": THEN}, "/v1/token"),
    ("fault-path-unknown", "match.url", {**KOUNTA, "match": {"url": "/v1/companys?x=1"}}, "/v1/companies/me"),
    (
        "fault-path-unknown",
        "match.urlPathTemplate",
        {**KOUNTA, "match": {"urlPathTemplate": "/v1/companies/{id}/people/{person}"}},
        "/v1/companies/{company_id}/customers/{customer_id}",
    ),
    ("fault-path-unknown", "match.method", {**OPEN2B, "match": {"method": "GET"}}, "POST /api/v13/commerce.customers.get"),
    ("fault-field-unknown", "match.queryParameters", {**KOUNTA, "match": {"queryParameters": {"emial": {"absent": True}}}}, "email"),
    ("fault-field-unknown", "match.url", {**KOUNTA, "match": {"url": "/v1/companies/1/customers?emial=a"}}, "email"),
    (
        "fault-field-unknown",
        "match.bodyPatterns[0].matchesJsonPath",
        {**OPEN2B, **body({"matchesJsonPath": {"expression": "$.customer.cod", "equalTo": "1"}})},
        "code",
    ),
    (
        "fault-field-unknown",
        "match.bodyPatterns[0].and[1].matchesJsonPath",
        {**OPEN2B, **body({"and": [{"contains": "a"}, {"matchesJsonPath": "$.customer.billingAddress.town"}]})},
        "city",
    ),
    (
        "fault-field-unknown",
        "match.bodyPatterns[1].equalToJson",
        {**OPEN2B, **body({"contains": "a"}, {"equalToJson": '{"customer": {"nickname": "a"}}'})},
        "code",
    ),
    ("fault-field-unknown", "match.bodyPatterns[0].matchesJsonPath", {**KOUNTA, "operation": "get_customer", **body({"matchesJsonPath": "$.id"})}, ""),
    ("fault-row-unknown", "then.error", {"vendor": "open2b", "then": {"error": "credentials-missing"}}, "key-missing"),
    ("fault-row-unknown", "then.error", {**KOUNTA, "operation": "get_company", "then": {"error": "customer-not-found"}}, "company-not-found"),
    ("fault-then-empty", "then", {"then": {}}, "latency"),
    ("fault-then-empty", "then", {"then": {"performed": True}}, "error"),
    ("fault-then-empty", "then", {"then": {"malformedBody": False}}, "malformedBody"),
    ("fault-then-empty", "then", {"scenarioName": "a", "requiredScenarioState": "Started", "then": {}}, "error"),
    ("fault-then-empty", "then", {"scenarioName": "a", "requiredScenarioState": "b", "newScenarioState": "b", "then": {}}, ""),
    ("fault-then-empty", "then", {"scenarioName": "a", "newScenarioState": "b", "then": {"performed": True}}, "status"),
    ("fault-scenario", "scenarioName", {"scenarioName": "a", "then": THEN}, ""),
    ("fault-scenario", "requiredScenarioState", {"requiredScenarioState": "a", "newScenarioState": "b", "then": THEN}, ""),
    ("fault-scenario", "newScenarioState", {"newScenarioState": "b", "then": {}}, ""),
    ("fault-then-conflict", "then", {"then": {"error": "field-missing", "status": 500}}, ""),
    ("fault-then-conflict", "then", {"then": {"status": 500, "rateLimit": "exhausted"}}, ""),
    ("fault-then-conflict", "then", {"then": {"status": 500, "fault": "EMPTY_RESPONSE"}}, ""),
    ("fault-then-conflict", "then", {"then": {"malformedBody": True, "fault": "EMPTY_RESPONSE"}}, ""),
    ("fault-then-conflict", "then", {"then": {"status": 500, "stale": {"lagMillis": 1}}}, ""),
    ("fault-then-conflict", "then", {"then": {"malformedBody": True, "truncateBodyAtFraction": 0.5}}, ""),
    ("fault-then-conflict", "then.performed", {"then": {"malformedBody": True, "performed": True}}, ""),
    ("fault-then-conflict", "then.latency", {"then": {"latency": {"type": "uniform", "lower": 2, "upper": 1}}}, ""),
    ("fault-not-limited", "then.rateLimit", {"vendor": "webcommander", "then": {"rateLimit": "exhausted"}}, "kounta"),
    ("fault-not-safe", "then.stale", {"operation": "create_customer", "then": {"stale": {"lagMillis": 1}}}, "get_customer"),
    ("fault-window", "between", {"between": {"fromMillis": 5, "untilMillis": 5}, "then": THEN}, ""),
    ("fault-window", "between", {"between": {"fromMillis": 5}, "ttlMillis": 5, "then": THEN}, ""),
    ("fault-window", "between", {"between": {"until": "2020-01-01T00:00:00Z"}, "then": THEN}, ""),
    ("fault-window", "between", {"between": {"from": "2027-01-01T00:00:00Z", "untilMillis": 5}, "then": THEN}, ""),
    ("fault-window", "between", {"between": {"from": "2027-01-02T00:00:00Z", "until": "2027-01-01T00:00:00Z"}, "then": THEN}, ""),
    ("body-invalid", "between.from", {"between": {"from": "tomorrow"}, "then": THEN}, ""),
    ("body-invalid", "between.from", {"between": {"from": "2027-01-01T00:00:00"}, "then": THEN}, ""),
    ("body-invalid", "", {"then": {"status": 200}}, ""),
    ("body-invalid", "", {"then": {"latency": {"type": "fixed", "milliseconds": 60_001}}}, ""),
    ("body-invalid", "", {"id": "a/b", "then": THEN}, ""),
    ("body-invalid", "", {"times": 0, "then": THEN}, ""),
    ("body-invalid", "", {"scenarioName": "a/b", "newScenarioState": "b", "then": THEN}, ""),
    ("body-invalid", "", {"scenarioName": "..", "newScenarioState": "b", "then": THEN}, ""),
    ("body-invalid", "", {"scenarioName": "a", "newScenarioState": " ", "then": THEN}, ""),
    ("body-invalid", "", {"scenarioName": "a", "requiredScenarioState": "b\n", "then": THEN}, ""),
    ("key-unknown", "", {"scenarioname": "a", "then": THEN}, "scenarioName"),
    ("body-invalid", "", {"probability": 1.5, "then": THEN}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("row", "place", "rule", "known"), REFUSED)
def test_a_rule_that_makes_no_sense_is_refused_with_what_is_known(
    hand: Hand, row: str, place: str, rule: dict[str, Any], known: str
) -> None:
    alone = hand.client.post("/__admin/faults", json=rule).json()
    assert (alone["status"], alone["row"]) == (400, row)
    assert place in alone["detail"]
    if known:
        assert known in alone["known"]
        assert known in alone["detail"]
    among = hand.refused(BAD, rule)
    assert among["row"] == row
    assert place == "" or f"1.{place}" in among["detail"]


def test_every_row_of_the_table_is_in_the_table_above_or_has_a_test_of_its_own(hand: Hand) -> None:
    contract = hand.client.get("/__admin/openapi.yaml").text
    told = {row for row, *_ in REFUSED} | {"fault-id-taken", "fault-limit", "fault-unknown"}
    assert {row for row in told if row.startswith("fault-")} == {
        line.partition("{id: ")[2].partition(",")[0] for line in contract.splitlines() if "{id: fault-" in line
    } - {"fault-1"}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_of_rules_of_which_one_is_refused_none_is_stored_and_the_old_ones_stay(hand: Hand, method: str) -> None:
    hand.set({"id": "old", **BAD})
    assert hand.client.get("/api/v4/admin/customers", headers={"Authorization": "Bearer t"}).status_code == 503
    reply = hand.client.request(method, "/__admin/faults", json=[{"id": "new", **BAD}, {"vendor": "toy", **BAD}])
    assert reply.status_code == 400
    assert [fault["id"] for fault in hand.client.get("/__admin/faults").json()["faults"]] == ["old"]
    assert hand.uses() == [(1, 1)]


def test_an_id_is_refused_that_another_rule_has(hand: Hand) -> None:
    hand.set({"id": "old", **BAD}, {"id": "other", **BAD})
    twice = hand.refused({"id": "a", **BAD}, BAD, {"id": "a", **BAD})
    assert (twice["status"], twice["row"]) == (409, "fault-id-taken")
    assert twice["detail"] == "2.id: there is a rule 'a' already"
    for method, path in [("PATCH", ""), ("PUT", "/other")]:
        again = hand.client.request(method, f"/__admin/faults{path}", json={"id": "old", **BAD})
        assert (again.status_code, again.json()["row"]) == (409, "fault-id-taken")
    assert hand.client.post("/__admin/faults", json=[{"id": "old", **BAD}]).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_rule_that_is_not_there_is_refused_with_those_that_are(hand: Hand, method: str) -> None:
    hand.set({"id": "flaky", **BAD})
    reply = hand.client.request(method, "/__admin/faults/flakey", json=BAD if method == "PUT" else None)
    assert (reply.status_code, reply.json()["row"], reply.json()["known"]) == (404, "fault-unknown", ["flaky"])


@pytest.mark.parametrize(
    "rule",
    [
        {**KOUNTA, "match": {"urlPath": "/v1/companies/5678/customers/1.json"}},
        {**KOUNTA, "match": {"urlPathTemplate": "/v1/companies/{company}/customers/{id}"}},
        {**KOUNTA, "match": {"method": "HEAD", "urlPath": "/v1/companies/me"}},
        {"vendor": "spurtcommerce", "match": {"urlPath": "/API/customer-group/"}, "then": THEN},
        {**OPEN2B, **body({"matchesJsonPath": "$..town"}, {"not": {"matchesJsonPath": "$.town"}})},
        {**OPEN2B, **body({"or": [{"equalToJson": {"town": 1}}, {"contains": "a"}]})},
        {**OPEN2B, **body({"matchesJsonPath": {"expression": "$.town", "absent": True}})},
        {**OPEN2B, "operation": "delete_customers", **body({"equalToJson": {"ids": [1, 2]}})},
        {"vendor": "webcommander", "match": {"api": "webcommander-v4"}, "then": {"error": "token-expired"}},
        {"then": {"rateLimit": "exhausted", "performed": True, "latency": {"type": "fixed", "milliseconds": 1}}},
        {"then": {"stale": {"lagMillis": 1}, "malformedBody": True}},
        {"then": {"status": 500, "truncateBodyAtFraction": 0.5, "chunkedDribbleDelay": {"numberOfChunks": 2, "totalDuration": 1}}},
        {"between": {"until": "9998-01-01T00:00:00Z"}, "times": 2.0, **BAD},
        {"scenarioName": "To do list", "requiredScenarioState": "Started", "newScenarioState": "Größer, x/y", "then": {}},
        {"scenarioName": "a", "requiredScenarioState": "b", "newScenarioState": "b", **BAD},
    ],
)  # fmt: skip
def test_a_rule_that_can_match_somewhere_is_taken_and_shown_as_it_was_given(hand: Hand, rule: dict[str, Any]) -> None:
    [shown] = hand.set({"id": "it", **rule})
    added = {"matched": 0, "acted": 0, "addedAt": shown["addedAt"], "expiresAt": None}
    assert shown == {"id": "it", **rule, **added}
    assert hand.client.get("/__admin/faults/it").json() == shown
