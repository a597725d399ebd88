"""The edge: who may ask what of a server that others can reach, how much, and that no name becomes a path."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.world import World
from tests.processes import Server, refused, serving

KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
COUNT = "/api/v13/commerce.customers.count"
EVERYBODY = {"conditions": {"after": 0}}
OUT = [
    "../x",
    "..%2fx",
    "%2e%2e%2f%2e%2e%2fx",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "x%00y",
    "..",
    ".",
    "~",
    "a%5cb",
    ".x",
]
"""Names that would lead somewhere if they were paths."""


def token_of(server: Server) -> str:
    return server.said.until("The admin API asks for").partition("Bearer ")[2]


# Off loopback


@pytest.fixture(scope="module")
def reachable() -> Iterator[Server]:
    with serving("--host", "0.0.0.0") as server:  # noqa: S104  what is tested
        yield server
        rest = server.stop()
        assert rest == []


@pytest.fixture(scope="module")
def token(reachable: Server) -> str:
    return token_of(reachable)


def test_without_the_token_no_operation_of_the_admin_api_answers(reachable: Server, token: str, world: World) -> None:
    operations = world.admin[0].contract.operations
    for name, operation in operations.items():
        path = re.sub(r"\{\w+\}", "default", operation.path)
        for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": token}, {"X-Token": token}):
            status, problem = reachable.ask(path, None, headers, method=operation.method)
            if name == "get_health":
                assert status == 200
            else:
                assert (status, problem["status"]) == (401, 401), name
    assert len(operations) > 40


def test_with_the_token_it_answers_under_any_name_and_for_any_sandbox(reachable: Server, token: str) -> None:
    for headers in ({"Host": "shop.example"}, {"Origin": "https://shop.example"}, {"X-Mock-Sandbox": "default"}):
        asked = {"Authorization": f"Bearer {token}", **headers}
        assert reachable.ask("/__admin/clock", None, asked)[0] == 200
        assert reachable.ask("/__admin/clock", None, headers)[0] == 401


def test_the_token_is_long_and_another_one_each_time(token: str) -> None:
    assert len(token) == 32
    with serving("--host", "0.0.0.0") as other:  # noqa: S104  what is tested
        assert token_of(other) != token


def test_the_apis_of_the_vendors_need_no_token(reachable: Server) -> None:
    assert reachable.ask(COUNT, EVERYBODY, KEY)[0] == 200


def test_on_the_wildcard_of_ipv6_it_asks_for_a_token_too() -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("there is no IPv6 here")
    with serving("--host", "::") as server:
        token = token_of(server)
        server.host = "::1"
        assert server.ask("/__admin/clock")[0] == 401
        assert server.ask("/__admin/clock", None, {"Authorization": f"Bearer {token}"})[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104  what is tested
def test_a_token_of_ones_own_is_asked_for_and_never_printed(host: str) -> None:
    with serving("--host", host, variables={"MOCKSERVER_ADMIN_TOKEN": "open-sesame"}) as server:
        assert server.ask("/__admin/clock")[0] == 401
        assert server.ask("/__admin/clock", None, {"Authorization": "Bearer open-sesame"})[0] == 200
        server.said.until("^The admin API asks for the token that it was given")
        assert server.stop() == []
        assert "open-sesame" not in "".join([*server.said.lines, *server.said.rest()])


# On loopback


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on loopback with narrow bounds, in an empty folder."""
    options = ["--admin-allow-host", "Shop.example", "--admin-allow-host", "[2001:db8::1]", "--max-body", "2000"]
    options += ["--max-sandboxes", "3", "--max-snapshots", "1", "--max-faults", "1", "--journal-bytes", "20000"]
    folder = tmp_path_factory.mktemp("edge")
    with serving(*options, "--auto-sandbox", "auto-*", cwd=folder) as server:
        yield server
        assert server.stop() == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        ({"Host": "shop.example"}, None),
        ({"Host": "SHOP.example:8900"}, None),
        ({"Host": "[2001:db8::1]:8900"}, None),
        ({"Origin": "https://shop.example"}, None),
        ({"Origin": "https://shop.example:8443", "Host": "shop.example"}, None),
        ({"Host": "evil.example"}, "host-foreign"),
        ({"Host": "shop.example.evil.example"}, "host-foreign"),
        ({"Host": "xshop.example"}, "host-foreign"),
        ({"Origin": "https://evil.example"}, "origin-foreign"),
        ({"Origin": "null"}, "origin-foreign"),
        ({"Host": "shop.example", "Origin": "https://evil.example"}, "origin-foreign"),
    ],
)
def test_it_answers_under_the_allowed_hosts_and_to_their_pages(
    bounded: Server, headers: dict[str, str], row: str | None
) -> None:
    status, answer = bounded.ask("/__admin/clock", None, headers)
    assert (status, answer.get("row")) == ((200, None) if row is None else (403, row))
    if row is not None:
        assert answer["known"] == ["localhost", "*.localhost", "127.0.0.0/8", "::1", "2001:db8::1", "shop.example"]


def test_bodies_are_bounded(bounded: Server) -> None:
    assert bounded.ask(COUNT, b" " * 1900 + b"{}", KEY)[0] != 413
    assert bounded.ask(COUNT, b" " * 2000 + b"{}", KEY) == (413, "The request body is larger than 2000 bytes")
    assert bounded.ask("/__admin/sandboxes", b" " * 2001)[0] == 413


def test_sandboxes_are_bounded_also_those_that_make_themselves(bounded: Server) -> None:
    assert [bounded.ask("/__admin/sandboxes", {})[0] for _ in range(2)] == [201, 201]
    status, problem = bounded.ask("/__admin/sandboxes", {})
    assert (status, problem["row"]) == (409, "sandbox-limit")
    assert bounded.ask("/@auto-1/__admin/clock")[0] == 404
    for sandbox in bounded.ask("/__admin/sandboxes")[1]["sandboxes"][1:]:
        assert bounded.ask(f"/__admin/sandboxes/{sandbox['name']}", method="DELETE")[0] == 200


def test_snapshots_and_rules_are_bounded(bounded: Server) -> None:
    assert bounded.ask("/__admin/snapshots/one", method="PUT")[0] == 201
    assert bounded.ask("/__admin/snapshots/two", method="PUT")[1]["row"] == "snapshot-limit"
    rules = [{"vendor": "kounta", "then": {"status": 503}}] * 2
    assert bounded.ask("/__admin/faults", rules)[1]["row"] == "fault-limit"


def test_the_journal_is_bounded_in_bytes_with_all_that_clients_send(bounded: Server) -> None:
    for number in range(30):
        bounded.ask(COUNT, EVERYBODY, {**KEY, "X-Long": f"{number}" * 2500})
    _, journal = bounded.ask("/__admin/requests")
    assert journal["dropped"] >= 25


@pytest.mark.parametrize("name", OUT)
def test_no_name_is_a_path(bounded: Server, name: str) -> None:
    plain = name.replace("%2f", "/").replace("%2e", ".").replace("%5c", "\\").replace("%00", "\0")
    for body in ({"name": plain}, {"fixture": plain}, {"from": {"snapshot": plain}}, {"from": {"sandbox": plain}}):
        status, problem = bounded.ask("/__admin/sandboxes", body)
        assert 400 <= status < 500, body
        assert problem["row"] in {
            "body-invalid",
            "fixture-unknown",
            "source-snapshot-unknown",
            "source-sandbox-unknown",
        }
    for method, path in [
        ("GET", "/__admin/sandboxes/{}"),
        ("PUT", "/__admin/snapshots/{}"),
        ("GET", "/__admin/snapshots/{}"),
        ("POST", "/__admin/snapshots/{}/load"),
        ("GET", "/__admin/contracts/{}"),
        ("GET", "/__admin/contracts/{}.yaml"),
        ("GET", "/__admin/state/{}/x"),
        ("GET", "/@{}/__admin/clock"),
    ]:
        status, answer = bounded.ask(path.format(name), method=method)
        assert 400 <= status < 500, (method, path, answer)
    if name.isprintable() and "/" not in name:
        assert bounded.ask("/__admin/clock", None, {"X-Mock-Sandbox": plain.replace("\0", "")})[0] == 404


def test_without_a_journal_it_says_so(tmp_path: Path) -> None:
    with serving("--journal", "0", cwd=tmp_path) as server:
        server.ask(COUNT, EVERYBODY, KEY)
        assert server.ask("/__admin/requests")[1]["requests"] == []
        found = server.ask("/__admin/requests/count", {"operation": "count_customers"})[1]
        assert (found["count"], found["requestJournalDisabled"]) == (0, True)
        assert server.ask("/__admin/verify", {"request": {}})[1]["row"] == "journal-off"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fixture", "../../etc/passwd"], "there is no fixture called ../../etc/passwd"),
        (["--fixture", "nobody.yaml"], "there is no fixture file nobody.yaml"),
        (["--state", "."], "mockserver serve [OPTIONS]"),
    ],
)
def test_what_is_no_file_is_said(tmp_path: Path, options: list[str], says: str) -> None:
    if options[0] == "--state":
        with pytest.raises(AssertionError, match="is a directory"):
            refused(*options, cwd=tmp_path)
    else:
        assert refused(*options, cwd=tmp_path).startswith(says)
