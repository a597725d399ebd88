"""Near misses: what is told of requests that nearly match, and that no secret is in it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

CREATE = "commerce.customers.create"
UPDATE = "commerce.customers.update"
UPDATED = "/api/v13/commerce.customers.update"
SECRET, GUESS = "foY5/eLc93Wu5", "another-guess"


def fail(admin: AppClient, pattern: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = admin.post("/verify", json={"request": pattern}).json()
    assert (told["row"], told["status"]) == ("verification-failed", 406)
    return told


def test_the_nearest_are_told_first_and_at_most_three(admin: AppClient, shop: AppClient) -> None:
    for path in ("commerce.customers.count", "commerce.customers.get", UPDATE, CREATE, "commerce.groups.find"):
        shop.post(path, json={"id": 37091})
    told = fail(admin, {"method": "POST", "urlPath": "/api/v13/commerce.customers.gets"})
    assert told["misses"][0]["url"].endswith(".get")
    distances = [miss["distance"] for miss in told["misses"]]
    assert len(distances) == 3
    assert distances == sorted(distances)
    assert all(0 < distance <= 1 for distance in distances)


def test_the_first_differing_field_is_named_in_words(admin: AppClient, shop: AppClient) -> None:
    shop.post(UPDATE, json={"id": 37091, "customer": {"code": "TF78123", "locale": "fr"}})
    [id] = [entry["id"] for entry in admin.get("/requests").json()["requests"]]
    body = {"id": 37091, "customer": {"code": "TF78124", "locale": "fr"}}
    told = fail(admin, {"operation": "update_customer", "bodyPatterns": [{"equalToJson": body}]})
    assert told["detail"] == (
        "at least 1 wanted, 0 found; "
        f"request {id} comes nearest, and first differs in body.customer.code: TF78124 expected, TF78123 found"
    )
    [miss] = told["misses"]
    assert miss["request"] == id
    assert miss["differences"] == [{"field": "body.customer.code", "expected": "TF78124", "actual": "TF78123"}]


@pytest.mark.parametrize(
    ("pattern", "detail"),
    [
        ({"headers": {"x-trace": {"equalTo": "a"}}}, "headers.x-trace: a expected, nothing found"),
        ({"method": "GET"}, "method: GET expected, POST found"),
        ({"bodyPatterns": [{"equalToJson": {"id": 1}}]}, "body.id: 1 expected, 37091 found"),
        ({"bodyPatterns": [{"contains": "z"}]}, 'body: {"contains":"z"} expected, {"id":37091} found'),
        ({"status": 404}, "status: 404 expected, 200 found"),
    ],
    ids=str,
)
def test_values_are_told_as_they_are(admin: AppClient, shop: AppClient, pattern: dict[str, Any], detail: str) -> None:
    shop.post("commerce.customers.get", json={"id": 37091})
    assert fail(admin, pattern)["detail"].endswith(f"first differs in {detail}")


def test_where_there_are_no_requests_there_are_no_misses(admin: AppClient) -> None:
    told = fail(admin, {"method": "GET"})
    assert (told["detail"], told["misses"]) == ("at least 1 wanted, 0 found", [])


SECRETIVE: list[tuple[dict[str, Any], Any, Any]] = [
    ({"headers": {"X-Key": {"equalTo": GUESS}}}, "[redacted]", "[redacted]"),
    ({"headers": {"X-Key": {"contains": GUESS}}}, "[redacted]", "[redacted]"),
    ({"headers": {"Authorization": {"equalTo": f"Bearer {GUESS}"}}}, "Bearer [redacted]", "Bearer [redacted]"),
    (
        {"headers": {"X-Other": {"or": [{"contains": f"password={GUESS}"}, {"equalTo": "a"}]}}},
        {"or": [{"contains": "[withheld: not JSON, and it may hold a secret]"}, {"equalTo": "a"}]},
        {"absent": True},
    ),
    ({"headers": {"Authorization": {"absent": True}}}, {"absent": True}, "Bearer [redacted]"),
    ({"headers": {"Cookie": {"equalTo": GUESS}}}, "[redacted]", {"absent": True}),
    ({"headers": {"Referer": {"equalTo": f"/a?password={GUESS}"}}}, "/a?password=[redacted]", {"absent": True}),
    ({"basicAuthCredentials": {"username": "ann", "password": GUESS}}, "Basic [redacted]", "Bearer [redacted]"),
    ({"queryParameters": {"password": {"equalTo": GUESS}}}, "[redacted]", "[redacted]"),
    ({"queryParameters": {"password": {"contains": GUESS}}}, "[redacted]", "[redacted]"),
    ({"url": f"/a?password={GUESS}"}, "/a?password=[redacted]", f"{UPDATED}?password=[redacted]&a=1"),
    ({"urlPattern": f".*&password={GUESS}"}, ".*&password=[redacted]", f"{UPDATED}?password=[redacted]&a=1"),
    ({"bodyPatterns": [{"equalToJson": {"id": 1, "customer": {"password": {"value": GUESS}}}}]}, "[redacted]", "[redacted]"),
    ({"bodyPatterns": [{"equalToJson": {"password": GUESS}, "ignoreExtraElements": True}]}, "[redacted]", {"absent": True}),
    (
        {"bodyPatterns": [{"matchesJsonPath": {"expression": "$.customer.password.value", "equalTo": GUESS}}]},
        "[redacted]",
        "[redacted]",
    ),
    (
        {"bodyPatterns": [{"contains": f"password={GUESS}"}]},
        {"contains": "[withheld: not JSON, and it may hold a secret]"},
        {"id": 1, "customer": {"password": "[redacted]"}},
    ),
    (
        {"bodyPatterns": [{"equalTo": f'{{"password": "{GUESS}"}}'}]},
        {"password": "[redacted]"},
        {"id": 1, "customer": {"password": "[redacted]"}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "expected", "actual"), SECRETIVE, ids=lambda value: str(value)[:60])
def test_secrets_are_matched_but_not_told(
    admin: AppClient, shop: AppClient, pattern: dict[str, Any], expected: Any, actual: Any
) -> None:
    body = {"id": 1, "customer": {"password": {"value": SECRET}}}
    headers = {"Authorization": f"Bearer {SECRET}"}
    shop.post(f"{UPDATE}?password={SECRET}&a=1", json=body, headers=headers)
    reply = admin.post("/verify", json={"request": pattern})
    assert SECRET not in reply.text
    assert GUESS not in reply.text
    assert shop.headers["x-key"] not in reply.text
    [miss] = reply.json()["misses"]
    [difference] = miss["differences"]
    assert (difference["expected"], difference["actual"]) == (expected, actual)
    right = {"headers": {"x-key": {"equalTo": shop.headers["x-key"]}}, "bodyPatterns": [{"equalToJson": body}]}
    assert admin.post("/verify", json={"request": right}).json()["verified"] is True


def test_a_body_that_is_no_json_is_withheld(admin: AppClient, shop: AppClient) -> None:
    shop.post(UPDATE, content=f"password={SECRET}")
    reply = admin.post("/verify", json={"request": {"bodyPatterns": [{"equalTo": "a"}]}})
    assert SECRET not in reply.text
    [difference] = reply.json()["misses"][0]["differences"]
    assert difference["actual"] == "[withheld: not JSON, and it may hold a secret]"


def test_only_the_newest_thousand_are_looked_at(admin: AppClient, shop: AppClient, sandbox: Sandbox) -> None:
    shop.post("commerce.customers.get", json={"id": 37091})
    [oldest] = list(sandbox.journal)
    shop.get("commerce.customers.count")
    [newest, _] = list(sandbox.journal)
    for _ in range(998):
        sandbox.journal.append(newest)
    nearly = {"operation": "get_customer", "method": "GET"}
    assert fail(admin, nearly)["misses"][0]["request"] == oldest.id
    sandbox.journal._max_entries += 1
    sandbox.journal.append(newest)
    assert fail(admin, nearly)["misses"][0]["request"] == newest.id
