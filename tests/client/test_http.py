"""The connection to the admin API: what it raises, and how it gets there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mockserver import AdminError, MockServer, Sandbox, Unreachable
from mockserver.app import build, choose_vendors
from mockserver.client.http import AdminConnection, split_url
from mockserver.fixture import read_fixture
from mockserver.server import Server, listen
from mockserver.tls import Authority
from tests.webhooks.receiver import dead_url


class Other(BaseHTTPRequestHandler):
    """Another program than ours."""

    def do_GET(self) -> None:
        if self.path.endswith("/slow"):
            time.sleep(0.3)
        self.send_response(502 if self.path.endswith("/broken") else 404)
        body = b'{"message": "nothing here"}' if self.path.endswith("/json") else b"<html>"
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def other() -> Iterator[str]:
    """The address of another program."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def test_a_refusal_has_the_row_the_words_and_the_choices(sandbox: Sandbox) -> None:
    with pytest.raises(AdminError) as caught:
        sandbox.admin.get("/state/shopify/customers")
    error = caught.value
    assert (error.status, error.row) == (404, "vendor-unknown")
    assert error.known == ["kounta", "open2b", "sandbox"]
    assert str(error) == error.detail == error.problem["detail"]
    assert "There is no vendor 'shopify' here" in str(error)


def test_a_refusal_without_a_row_has_none(server: MockServer) -> None:
    with pytest.raises(AdminError, match="there is no sandbox called 'nobody'") as caught:
        server.admin.at("nobody").get("/clock")
    assert caught.value.row is None


def test_nobody_there_is_said_with_the_address() -> None:
    url = dead_url().rstrip("/")
    with AdminConnection(url) as connection, pytest.raises(Unreachable, match=f"no mockserver listens on {url}"):
        connection.get("/health")


@pytest.mark.parametrize("path", ["/html", "/json", "/broken"])
def test_another_program_is_told_from_a_mockserver(other: str, path: str) -> None:
    with AdminConnection(other) as connection, pytest.raises(Unreachable, match="does not answer like a mockserver"):
        connection.get(path)


def test_an_answer_that_takes_too_long_is_given_up(other: str) -> None:
    with AdminConnection(other) as connection, pytest.raises(Unreachable, match=r"has not answered within 0\.05 s"):
        connection.request("GET", "/slow", timeout=0.05)


def test_an_address_that_cannot_be_one_is_said_so() -> None:
    with AdminConnection("http://256.256.256.256:1") as connection, pytest.raises(Unreachable):
        connection.get("/health")


@pytest.mark.parametrize(
    ("url", "root", "sandbox"),
    [
        ("http://127.0.0.1:8900", "http://127.0.0.1:8900", None),
        ("127.0.0.1:8900/", "http://127.0.0.1:8900", None),
        ("https://fakes.example/@blue/", "https://fakes.example", "blue"),
        ("http://[::1]:8900/__admin", "http://[::1]:8900", None),
        ("http://localhost:1/@blue/__admin", "http://localhost:1", "blue"),
    ],
)
def test_an_address_may_name_a_sandbox(url: str, root: str, sandbox: str | None) -> None:
    assert split_url(url) == (root, sandbox)


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1", "http://", "http://127.0.0.1:8900/v1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        split_url(url)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", dead_url())
    monkeypatch.setenv("ALL_PROXY", dead_url())
    with MockServer.connect(server.url) as connected, connected.sandbox() as sandbox:
        assert sandbox.client("kounta").get("/companies/me.json").status_code == 200


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[str]:
    """The address of a server that serves https, with a certificate made on the spot."""
    authority = Authority()
    authority.write(tmp_path / "ca.pem")
    world = build(read_fixture("documented"), choose_vendors(["kounta"]))
    served = Server(world.app, listen(), authority.context)
    served.start()
    yield served.url
    served.stop()


def test_a_certificate_made_on_the_spot_is_trusted_when_it_is_given(encrypted: str, tmp_path: Path) -> None:
    with MockServer.connect(encrypted, ca=str(tmp_path / "ca.pem")) as server:
        assert server.url.startswith("https://")
        assert server.default.client("kounta").get("/companies/me.json").status_code == 200


def test_a_certificate_that_is_not_trusted_is_said_so(encrypted: str) -> None:
    with pytest.raises(Unreachable, match="is not trusted: give the file that `--tls-ca-out` wrote"):
        MockServer.connect(encrypted)


def test_a_token_is_sent_where_the_server_has_one() -> None:
    with MockServer(vendors=["open2b"], customers=0, admin_token="our secret") as server:  # noqa: S106  a test's
        assert server.default.clock.frozen is False
        with MockServer.connect(server.url, "our secret") as connected:
            assert connected.default.clock.frozen is False
        with MockServer.connect(server.url) as connected, pytest.raises(AdminError) as caught:
            connected.default.clock.freeze()
        assert caught.value.row == "token-missing"
