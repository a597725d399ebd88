"""Verification: which requests match a pattern, and whether as many have come as were wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.patterns import KEYS, MATCHERS, OUTCOME
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient

COUNT = "commerce.customers.count"
GET = "commerce.customers.get"
Open = Callable[[Options], AbstractContextManager[AppClient]]


@pytest.fixture
def traffic(admin: AppClient, shop: AppClient, sandbox: Sandbox) -> list[int]:
    """Five requests to a vendor, one to a path that nobody has, and an alteration by a tester; the ids, oldest first."""
    shop.post(COUNT, json={})
    shop.post(GET, json={"id": 37091})
    shop.post(GET, json={"id": 722}, headers={"X-Trace": "a"})
    shop.post(GET, json={"id": "722"})
    shop.get(GET + "?verbose=1")
    shop.get(f"http://127.0.0.1/@{sandbox.name}/elsewhere")
    admin.put("/state/open2b/customers/37091", json={"locale": "fr"})
    listed = admin.get("/requests").json()["requests"]
    return sorted(entry["id"] for entry in listed)


def find(admin: AppClient, pattern: dict[str, Any], **query: int) -> list[int]:
    reply = admin.post("/requests/find", json=pattern, params=query)
    assert reply.status_code == 200, reply.text
    assert reply.json()["requestJournalDisabled"] is False
    return [entry["id"] for entry in reply.json()["requests"]]


def verify(admin: AppClient, pattern: dict[str, Any], since: int | None = None, **times: int) -> dict[str, Any]:
    more = {"times": times or None, "since": since}
    given = {name: value for name, value in more.items() if value is not None}
    reply = admin.post("/verify", json={"request": pattern, **given})
    told: dict[str, Any] = reply.json()
    assert reply.status_code == told.get("status", 200)
    return told


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ({}, [5, 4, 3, 2, 1, 0]),
        ({"vendor": "open2b"}, [4, 3, 2, 1, 0]),
        ({"operation": "get_customer"}, [3, 2, 1]),
        ({"vendor": "open2b", "api": "open2b", "operation": "get_customer", "status": 200}, [3, 2, 1]),
        ({"error": "field-malformed"}, [3]),
        ({"vendor": "open2b", "operation": "get_customer", "error": "field-malformed"}, [3]),
        ({"method": "GET"}, [5, 4]),
        ({"urlPath": "/api/v13/commerce.customers.get"}, [4, 3, 2, 1]),
        ({"url": "/api/v13/commerce.customers.get?verbose=1"}, [4]),
        ({"urlPathTemplate": "/api/v13/{call}", "queryParameters": {"verbose": {"absent": True}}}, [3, 2, 1, 0]),
        ({"urlPathPattern": "/elsewhere"}, [5]),
        ({"headers": {"x-trace": {"equalTo": "a"}}}, [2]),
        ({"bodyPatterns": [{"equalToJson": {"id": 722}}]}, [2]),
        ({"bodyPatterns": [{"matchesJsonPath": {"expression": "$.id", "equalTo": "722"}}]}, [3, 2]),
        ({"vendor": "kounta"}, []),
        ({"fault": "flaky"}, []),
    ],
    ids=str,
)
def test_find_shows_what_matches_newest_first(
    admin: AppClient, traffic: list[int], pattern: dict[str, Any], found: list[int]
) -> None:
    expected = [traffic[at] for at in found]
    assert find(admin, pattern) == expected
    counted = admin.post("/requests/count", json=pattern).json()
    assert counted == {"count": len(expected), "dropped": 0, "requestJournalDisabled": False}
    assert verify(admin, pattern, exactly=len(expected)) == {"verified": True, "count": len(expected), "dropped": 0}


def test_entries_are_those_of_the_list(admin: AppClient, traffic: list[int]) -> None:
    found = admin.post("/requests/find", json={}).json()["requests"]
    assert found == admin.get("/requests").json()["requests"]
    assert (found[0]["vendor"], found[0]["api"], found[0]["status"]) == (None, None, 404)
    assert len(found) == len(traffic)


def test_requests_to_the_admin_api_are_found_only_by_its_name(admin: AppClient, traffic: list[int]) -> None:
    [altered] = admin.get("/requests?vendor=admin").json()["requests"]
    assert altered["id"] not in traffic
    assert find(admin, {"vendor": "admin"}) == [altered["id"]]
    assert find(admin, {"vendor": "admin", "operation": "put_record"}) == [altered["id"]]
    assert find(admin, {"method": "PUT"}) == []


def test_since_and_limit_bound_what_is_found(admin: AppClient, traffic: list[int]) -> None:
    assert find(admin, {}, limit=2) == traffic[:-3:-1]
    assert find(admin, {}, since=traffic[3]) == [traffic[5], traffic[4]]
    assert find(admin, {"operation": "get_customer"}, since=traffic[1], limit=1) == [traffic[3]]
    assert admin.post(f"/requests/count?since={traffic[3]}", json={}).json()["count"] == 2
    assert verify(admin, {}, since=traffic[3], exactly=2)["verified"]


@pytest.mark.usefixtures("traffic")
@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ({}, None),
        ({"atLeast": 3}, None),
        ({"atLeast": 4}, "at least 4"),
        ({"atMost": 3}, None),
        ({"atMost": 2}, "at most 2"),
        ({"atLeast": 1, "atMost": 2}, "at least 1 and at most 2"),
        ({"exactly": 3}, None),
        ({"exactly": 2}, "exactly 2"),
        ({"exactly": 3.0}, None),
        ({"exactly": 0}, "exactly 0"),
    ],
    ids=str,
)
def test_verification_counts(admin: AppClient, times: dict[str, int], wanted: str | None) -> None:
    told = verify(admin, {"operation": "get_customer"}, **times)
    if wanted is None:
        assert told == {"verified": True, "count": 3, "dropped": 0}
    else:
        assert (told["row"], told["count"], told["dropped"]) == ("verification-failed", 3, 0)
        assert told["detail"].startswith(f"{wanted} wanted, 3 found")


def test_too_many_are_named(admin: AppClient, traffic: list[int]) -> None:
    told = verify(admin, {"operation": "get_customer"}, exactly=0)
    assert told["detail"].endswith(f": requests {traffic[3]}, {traffic[2]}, {traffic[1]}")
    assert told["misses"] == []
    assert verify(admin, {}, exactly=0)["detail"].endswith(" and more")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"atLeast": 3, "atMost": 2}, "times.atLeast is 3 and times.atMost 2"),
        ({"exactly": 1, "atLeast": 1}, "stands alone"),
    ],
)
def test_times_that_no_number_meets_are_refused(admin: AppClient, times: dict[str, int], message: str) -> None:
    told = verify(admin, {}, **times)
    assert (told["row"], message in told["detail"]) == ("times-invalid", True)


BROKEN = [
    ({"urlPattern": "("}, "pattern-invalid", "urlPattern", None),
    ({"url": "/a", "urlPath": "/a"}, "pattern-invalid", "", "urlPath"),
    ({"headers": {"a": {"equalTo": "b", "contains": "b"}}}, "pattern-invalid", "headers.a", None),
    ({"method": "GRAB"}, "pattern-invalid", "method", "GET"),
    ({"api": "open2c"}, "pattern-invalid", "api", "open2b"),
    ({"vendor": "kounta", "api": "open2b"}, "pattern-invalid", "api", "kounta"),
    ({"vendor": "open2c"}, "pattern-vendor-unknown", "vendor", "open2b"),
    ({"operation": "get_toy"}, "pattern-operation-unknown", "operation", "get_customer"),
    ({"operation": "put_record"}, "pattern-operation-unknown", "operation", "get_customer"),
    ({"vendor": "admin", "operation": "get_customer"}, "pattern-operation-unknown", "operation", "put_record"),
    ({"error": "toy-lost"}, "pattern-row-unknown", "error", "field-malformed"),
    ({"vendor": "kounta", "error": "code-already-exists"}, "pattern-row-unknown", "error", None),
    ({"operation": "count_customers", "error": "code-already-exists"}, "pattern-row-unknown", "error", None),
]


@pytest.mark.parametrize("path", ["/requests/find", "/requests/count", "/requests/wait", "/verify"])
@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_pattern_that_could_never_match_is_refused(
    admin: AppClient, path: str, broken: tuple[dict[str, Any], str, str, str | None]
) -> None:
    pattern, row, place, known = broken
    nested = path in ("/requests/wait", "/verify")
    told = admin.post(path, json={"request": pattern} if nested else pattern).json()
    assert (told["row"], told["status"]) == (row, 400)
    where = ".".join(filter(None, ["request" if nested else "", place])) or "its top"
    assert f"{where}: " in told["detail"]
    assert known is None or known in told["known"]


@pytest.mark.parametrize(
    ("pattern", "row"),
    [
        ({"urlpath": "/"}, "key-unknown"),
        ({"headers": {"x": {"equals": "a"}}}, "key-unknown"),
        ({"headers": {"x": "a"}}, "body-invalid"),
        ({"bodyPatterns": [{"and": []}]}, "body-invalid"),
        ([], "body-invalid"),
    ],
    ids=str,
)
def test_a_pattern_of_another_shape_is_refused_by_the_contract(admin: AppClient, pattern: Any, row: str) -> None:
    assert admin.post("/requests/find", json=pattern).json()["row"] == row


def test_the_contract_has_the_words_of_patterns_and_no_others(world: World) -> None:
    schemas = world.admin[0].contract.document["components"]["schemas"]
    assert {*schemas["RequestPattern"]["properties"]} == {*KEYS}
    assert {*schemas["FaultPattern"]["properties"]} == {*KEYS} - OUTCOME
    assert {*schemas["Matcher"]["properties"]} == {*MATCHERS}


@pytest.fixture
def server() -> Open:
    """A server with options of its own."""

    @contextmanager
    def start(options: Options) -> Iterator[AppClient]:
        world = build(read_fixture("default"), options=options)
        with AppClient(world.app, base_url="http://127.0.0.1") as client:
            yield client

    return start


def ask(client: AppClient, path: str, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = client.post(f"/__admin/{path}", json=body).json()
    return told


def test_dropped_requests_that_could_matter_make_it_uncertain(server: Open) -> None:
    with server(Options(journal_entries=3)) as client:
        for _ in range(5):
            client.post(f"/api/v13/{COUNT}", json={})
        newest = client.get("/__admin/requests").json()["requests"][0]["id"]
        counted = {"operation": "count_customers"}
        assert ask(client, "requests/count", **counted) == {"count": 3, "dropped": 2, "requestJournalDisabled": False}
        for times in ({"exactly": 3}, {"atMost": 4}, {"atLeast": 1, "atMost": 3}):
            told = ask(client, "verify", request=counted, times=times)
            assert (told["row"], told["status"], told["count"], told["dropped"]) == (
                "verification-uncertain",
                406,
                3,
                2,
            )
            assert "--journal" in told["detail"]
        for times in ({"atLeast": 3}, {"atMost": 5}):
            assert ask(client, "verify", request=counted, times=times) == {"verified": True, "count": 3, "dropped": 2}
        told = ask(client, "verify", request=counted, times={"atLeast": 4})
        assert (told["row"], told["dropped"]) == ("verification-failed", 2)
        assert "dropped 2 requests, some of which may have matched" in told["detail"]
        told = ask(client, "verify", request=counted, times={"exactly": 2})
        assert told["row"] == "verification-failed"
        # Of those that came later, none was dropped; of those after the first of all, one.
        since = {"request": counted, "since": newest - 2}
        assert ask(client, "verify", **since, times={"exactly": 2}) == {"verified": True, "count": 2, "dropped": 0}
        told = ask(client, "verify", request=counted, since=newest - 4, times={"exactly": 3})
        assert (told["row"], told["dropped"]) == ("verification-uncertain", 1)
        client.delete("/__admin/requests")
        assert ask(client, "verify", request=counted, times={"exactly": 0})["verified"] is True


def test_a_request_too_big_for_the_journal_counts_as_dropped(server: Open) -> None:
    with server(Options(journal_bytes=2000)) as client:
        client.post(f"/api/v13/{COUNT}", content=b" " * 4000)
        told = ask(client, "verify", request={"vendor": "open2b"}, times={"exactly": 0})
        assert (told["row"], told["dropped"]) == ("verification-uncertain", 1)


def test_without_a_journal_nothing_is_verified(server: Open) -> None:
    with server(Options(journal_entries=0)) as client:
        client.post(f"/api/v13/{COUNT}", json={})
        for path in ("verify", "requests/wait"):
            told = ask(client, path, request={})
            assert (told["row"], told["status"]) == ("journal-off", 409)
        assert ask(client, "requests/find") == {"requests": [], "dropped": 0, "requestJournalDisabled": True}
        assert ask(client, "requests/count") == {"count": 0, "dropped": 0, "requestJournalDisabled": True}
