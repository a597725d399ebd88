"""The admin API of a proxy: the journal and what is counted; nothing that only a fake has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.contract import METHODS
from mockserver.options import Options
from mockserver.proxy.composing import Plan
from tests.proxy.behind import Behind, behind
from tests.proxy.proxying import Proxying, proxying
from tests.proxy.test_violations import BASIC, ONE

HAS = {
    "get_health", "list_vendors", "get_contract", "get_openapi", "list_requests", "delete_requests", "find_requests", "count_requests",
    "wait_for_requests", "list_unmatched", "get_request", "verify_requests", "stream_events", "get_coverage", "delete_coverage",
    "get_findings", "delete_findings", "export_requests",
}  # fmt: skip


@pytest.fixture(scope="module")
def there() -> Iterator[Behind]:
    with behind() as made:
        yield made


@pytest.fixture(scope="module")
def shared(there: Behind) -> Iterator[Proxying]:
    with proxying(Plan(api="kounta", upstream=there.url)) as made:
        yield made


@pytest.fixture
def proxy(shared: Proxying, there: Behind) -> Proxying:
    """Through which nothing has gone."""
    there.got.clear()
    there.status, there.body = 200, b"{}"
    shared.forget()
    return shared


@pytest.fixture(scope="module")
def guarded(there: Behind) -> Iterator[tuple[Proxying, Proxying]]:
    """A proxy with a credential of its own, and one without."""
    options = Options(admin_hosts=frozenset({"good.example"}))
    with (
        proxying(Plan(api="kounta", upstream=there.url, headers=("X-Key: 1",)), options) as one,
        proxying(Plan(api="kounta", upstream=there.url), options) as other,
    ):
        yield one, other


def test_each_operation_is_answered_or_refused_for_what_a_proxy_has_not(proxy: Proxying, there: Behind) -> None:
    (admin,) = proxy.world.admin
    nodes = (item[method] for item in admin.contract.document["paths"].values() for method in METHODS if method in item)
    tags = {node["operationId"]: node["tags"][0] for node in nodes}
    told = {*tags.values(), "state to rewind"}
    for operation in admin.contract.operations.values():
        path = operation.path.replace("{id}", "1").replace("{file}", "kounta.yaml").replace("{", "").replace("}", "")
        with proxy.client.stream(operation.method, path, json={"request": {}, "count": 0}) as reply:
            refused = reply.status_code == 409
            detail = reply.read().decode() if refused else ""
        assert refused == (operation.id not in HAS), (operation.id, reply.status_code)
        if refused:
            assert any(f"a proxy has no {each}:" in detail for each in told), (tags[operation.id], detail)
            assert "it has coverage, findings, journal, server" in detail
    assert there.got == [], "none of it was sent on"
    assert proxy.traffic.exchanges == 0


def test_a_path_that_the_admin_api_has_not_is_its_own_to_refuse(proxy: Proxying, there: Behind) -> None:
    assert proxy.client.get("/__admin/nothing").json()["row"] == "path-unknown"
    assert there.got == []
    assert proxy.client.get("/__administration").status_code == 200
    assert there.got[0].target == "/__administration"


@pytest.mark.parametrize("path", ["/@default/__admin/health", "/__admin/health"])
def test_there_is_one_sandbox(path: str, proxy: Proxying) -> None:
    assert proxy.client.get(path).json()["status"] == "healthy"
    assert proxy.client.get("/@other/__admin/health").status_code == 404


def test_the_journal_tells_what_went_through(proxy: Proxying, there: Behind) -> None:
    there.status, there.body = 404, b'{"error":"not_found","error_description":"Customer 389427 Not Found"}'
    proxy.client.get(f"{ONE}?access_token=hunter2222", headers=BASIC)
    (entry,) = proxy.admin("/requests")["requests"]
    assert (entry["vendor"], entry["api"], entry["operation"], entry["status"]) == (
        "kounta",
        "kounta",
        "get_customer",
        404,
    )
    assert entry["url"] == f"{ONE}?access_token=[redacted]"
    whole = proxy.admin(f"/requests/{entry['id']}")
    assert whole["request"]["headers"]["authorization"] == "Basic [redacted]"
    assert "x-forwarded-for" not in whole["request"]["headers"]
    assert (whole["response"]["body"]["error"], whole["changes"]) == ("not_found", [])
    counted = proxy.client.post("/__admin/requests/count", json={"operation": "get_customer"}).json()
    assert counted["count"] == 1
    assert proxy.client.post("/__admin/verify", json={"request": {"operation": "find_customers"}}).status_code == 406


def test_the_coverage_is_that_of_the_one_contract(proxy: Proxying, there: Behind) -> None:
    there.status, there.body = 404, b'{"error":"not_found","error_description":"Customer 389427 Not Found"}'
    proxy.client.get(ONE, headers=BASIC)
    proxy.client.get("/elsewhere")
    report = proxy.admin("/coverage")
    assert [api["api"] for api in report["apis"]] == ["kounta"]
    (met,) = [each for each in report["apis"][0]["operations"] if each["calls"]]
    assert (met["id"], met["statuses"]["404"], met["errors"]["customer-not-found"]) == ("get_customer", 1, 1)


def test_it_knows_one_contract_and_no_credentials(proxy: Proxying) -> None:
    (entry,) = proxy.admin("/vendors")["vendors"]
    assert (entry["api"], entry["credentials"]) == ("kounta", [])
    assert proxy.client.get("/__admin/contracts/kounta.yaml").status_code == 200
    assert proxy.client.get("/__admin/contracts/open2b.yaml").status_code == 404


def test_a_journal_of_nothing_keeps_nothing(there: Behind) -> None:
    with proxying(Plan(api="kounta", upstream=there.url), Options(journal_entries=0)) as proxy:
        proxy.client.get(ONE, headers=BASIC)
        assert proxy.admin("/requests")["requests"] == []
        assert proxy.traffic.exchanges == 1


def test_with_a_token_the_admin_api_asks_for_it_and_traffic_does_not(there: Behind) -> None:
    with proxying(Plan(api="kounta", upstream=there.url), Options(admin_token="t0ken")) as proxy:  # noqa: S106
        assert proxy.client.get("/__admin/requests").status_code == 401
        assert proxy.client.get("/__admin/requests", headers={"Authorization": "Bearer t0ken"}).status_code == 200
        assert proxy.client.get("/__admin/health").status_code == 200
        assert proxy.client.get(ONE).status_code == there.status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "good.example", "Origin": "https://good.example"}, 200),
    ],
)
def test_no_foreign_page_uses_credentials_that_the_proxy_was_given(
    headers: dict[str, str], status: int, there: Behind, guarded: tuple[Proxying, Proxying]
) -> None:
    there.status, there.body = 200, b"{}"
    there.got.clear()
    with_its_own, without = guarded
    assert with_its_own.client.get("/x", headers=headers).status_code == status
    assert len(there.got) == (status == 200)
    assert without.client.get("/x", headers=headers).status_code == 200, "an app's own are its own"


def test_off_loopback_the_names_of_the_proxy_are_not_known(there: Behind) -> None:
    plan = Plan(api="kounta", upstream=there.url, headers=("X-Key: 1",), on_loopback=False)
    with proxying(plan) as proxy:
        assert proxy.client.get("/x", headers={"Host": "proxy.test"}).status_code == 200
        assert (
            proxy.client.get("/x", headers={"Host": "proxy.test", "Origin": "https://evil.example"}).status_code == 403
        )
