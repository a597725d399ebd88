"""A server in this process, or elsewhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

import mockserver
from mockserver import AdminError, MockServer, Unreachable
from mockserver.client.running import ServerOptions
from mockserver.fixture import BrokenFixture
from mockserver.options import Options
from tests.client.till import Till
from tests.webhooks.receiver import dead_url

SMALL: Any = {"vendors": ["kounta"], "customers": 0}


def test_the_package_has_the_client_and_imports_it_when_it_is_asked_for() -> None:
    asked = (
        "import sys, mockserver; assert 'mockserver.client' not in sys.modules; print(mockserver.MockServer.__name__)"
    )
    seen = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert seen.stdout == "MockServer\n"
    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'MokServer'"):
        _ = mockserver.MokServer  # type: ignore[attr-defined]


def test_a_server_begins_and_ends_without_leaving_anything() -> None:
    for _ in range(2):
        with MockServer(**SMALL) as server:
            assert httpx2.get(f"{server.url}/__admin/health").json()["status"] == "healthy"
            assert any(server.url in thread.name for thread in threading.enumerate())
        assert not any(server.url in thread.name for thread in threading.enumerate())
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(server.url)
        server.close()


def test_clients_are_closed_with_their_server() -> None:
    with MockServer(**SMALL) as server:
        client = server.sandbox().client("kounta")
        assert client.get("/companies/me.json").status_code == 200
        closed = server.default.client("kounta")
        closed.close()
        assert not server.default.client("kounta").is_closed
    assert client.is_closed


def test_servers_in_several_threads_do_not_disturb_each_other() -> None:
    def sees(seed: int) -> set[str]:
        with MockServer(vendors=["kounta"], seed=seed, customers=4) as server:
            return {record["email"] for record in server.default.records("kounta", "customers")}

    alone = [sees(seed) for seed in (7, 8)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(sees, (7, 8))) == alone
    assert alone[0] != alone[1]


AT_ONCE = """
import sys, threading
from mockserver import MockServer

def begin():
    ready.wait()
    MockServer(vendors=["kounta"], customers=0, sockets=False).close()

sys.setswitchinterval(1e-6)
ready = threading.Barrier(4)
threads = [threading.Thread(target=begin) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_the_first_servers_of_a_process_may_begin_at_once() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", AT_ONCE], check=True, timeout=60)


def test_a_server_listens_where_it_is_told_to() -> None:
    port = int(dead_url().rpartition(":")[2].rstrip("/"))
    with MockServer(port=port, **SMALL) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert repr(server) == f"<MockServer {server.url}>"


def test_a_server_serves_the_vendors_that_it_is_told_to_and_says_what_they_can() -> None:
    with MockServer(fixture="documented", vendors=["kounta"]) as server:
        (entry,) = server.vendors()
        assert (entry.name, entry.api, entry.base_path) == ("kounta", "kounta", "/v1")
        assert "customer-not-found" in {row for operation in entry.operations for row in operation.errors}
        assert server.default.info.fixture == "documented"


def test_every_option_of_a_server_can_be_given_but_where_it_keeps_its_state() -> None:
    given = set(ServerOptions.__annotations__) - {"port", "sockets"}
    assert given == set(Options.__struct_fields__) - {"state_file"}


def test_options_have_effect() -> None:
    with MockServer(auth="strict", auto=["auto-*"], **SMALL) as server:
        assert server.default.info.auth == "strict"
        assert server.admin.at("auto-1").get("/clock")["frozen"] is False


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"journal": 5}, TypeError, "there is no option 'journal'; known: fixture, seed, customers, vendors, port"),
        ({"auth": "strikt"}, ValueError, r"an option cannot be so: .*strikt.*auth"),
        ({"journal_entries": "5"}, ValueError, "journal_entries"),
        ({"fixture": "defalt"}, BrokenFixture, "there is no fixture called defalt"),
        ({"vendors": ["shopify"]}, ValueError, "there is no vendor called shopify; known: kounta"),
    ],
)
def test_what_a_server_cannot_be_is_refused(options: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        MockServer(**options)


def test_a_server_elsewhere_is_used_and_left_running(server: MockServer) -> None:
    with MockServer.connect(server.url) as elsewhere, elsewhere.sandbox() as sandbox:
        assert Till(sandbox.client("kounta")).company().status_code == 200
        assert sandbox.name in {each.name for each in server.sandboxes()}
        with pytest.raises(ValueError, match="runs elsewhere"):
            sandbox.transport()
    assert server.default.clock.frozen is False


def test_a_server_elsewhere_is_found_in_the_environment(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_URL", f"{server.url}/@default")
    monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", "none is needed")
    with MockServer.connect() as elsewhere:
        assert (elsewhere.url, elsewhere.default.name) == (server.url, "default")


def test_no_server_elsewhere_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOCKSERVER_URL", raising=False)
    with pytest.raises(ValueError, match="set MOCKSERVER_URL"):
        MockServer.connect()
    with pytest.raises(Unreachable):
        MockServer.connect(dead_url())


def test_a_sandbox_begins_as_it_is_told_to(server: MockServer) -> None:
    options: Any = {"auth": "strict", "fidelity": "observed", "rate_limits": "enforce", "ttl_seconds": 60}
    with server.sandbox("told", fixture="documented", seed=7, customers=1, **options) as sandbox:
        info = sandbox.info
        assert (sandbox.name, info.name, info.url) == ("told", "told", sandbox.url)
        assert (info.fixture, info.seed) == ("documented", 7)
        assert {name: getattr(info, name) for name in options} == options
        assert server.sandbox_named("told").url == sandbox.url
        with pytest.raises(AdminError) as caught:
            server.sandbox(name="told")
        assert caught.value.row == "sandbox-name-taken"
    with pytest.raises(AdminError) as caught:
        server.sandbox_named("told")
    assert caught.value.row == "sandbox-unknown"
    with pytest.raises(TypeError, match="there is no argument 'seeed'"):
        server.sandbox(seeed=7)  # type: ignore[call-arg]


def test_a_credential_leads_to_its_sandbox(server: MockServer) -> None:
    with server.sandbox(credentials=[{"X-Key": "bW9ja3NlcnZlci1jbGllbnQtdGVzdA"}]) as sandbox:
        asked = httpx2.post(
            f"{server.url}/api/v13/commerce.customers.count",
            json={},
            headers={"X-Key": "bW9ja3NlcnZlci1jbGllbnQtdGVzdA"},
        )
        assert [each.operation for each in sandbox.requests.list()] == ["count_customers"]
        assert asked.status_code == 200
        assert sandbox.info.credentials == 1


def test_coverage_is_of_all_sandboxes_together() -> None:
    with MockServer(**SMALL) as server:
        assert server.coverage().complaint(None) == "no operation was met"
        with server.sandbox() as sandbox:
            Till(sandbox.client("kounta")).company()
        report = server.coverage(vendor="kounta")
        assert (report.sandbox, report.summary.operations.met) == (None, 1)
