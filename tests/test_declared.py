"""What a server makes of a project file: its sandboxes, their settings, credentials and faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Server, serving

SHOPS = """\
fixture: shop.yaml
seed: 7
customers: 2
vendors: [open2b, kounta]
options:
  rate-limits: off
  auto-sandbox: ['ci-*']
sandboxes:
  small: {customers: 1, auth: strict}
  keyed:
    fixture: documented
    seed: 5
    fidelity: observed
    rateLimits: off
    ttlSeconds: 3600
    credentials: [{X-Key: a2V5ZWQtc2FuZGJveA}]
    faults:
    - {vendor: open2b, then: {status: 503}}
  bare:
faults:
- {id: once, operation: get_customer, vendor: kounta, times: 1, then: {error: customer-not-found}}
"""
CUSTOMER = "/v1/companies/5678/customers/389427.json"
ADDON = {"Authorization": "Basic Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRhV1E6Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRjMlZqY21WMA=="}  # fmt: skip
COUNT = "/api/v13/commerce.customers.count"
EVERYBODY = {"conditions": {"after": 0}}


def write(folder: Path, text: str, name: str = "mockserver.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("project")
    write(folder, "include: [documented]\n", "shop.yaml")
    write(folder, SHOPS)
    with serving(cwd=folder) as server:
        yield server
        assert server.stop() == []


def test_it_says_that_it_uses_the_file(server: Server) -> None:
    assert server.said.until("project file") == "project file mockserver.yaml, with the sandboxes small, keyed, bare"


def test_declared_sandboxes_are_there_with_their_settings(server: Server) -> None:
    _, listed = server.ask("/__admin/sandboxes")
    shown = {each["name"]: each for each in listed["sandboxes"]}
    assert list(shown) == ["default", "small", "keyed", "bare"]
    settings = ("fixture", "seed", "auth", "fidelity", "rateLimits", "ttlSeconds", "credentials")
    expected = {
        "default": ("shop", 7, "lenient", "documented", "off", None, 0),
        "small": ("shop", 7, "strict", "documented", "off", None, 0),
        "keyed": ("documented", 5, "lenient", "observed", "off", 3600, 1),
        "bare": ("shop", 7, "lenient", "documented", "off", None, 0),
    }
    assert {name: tuple(each[key] for key in settings) for name, each in shown.items()} == expected


def test_declared_sandboxes_have_as_many_people_as_they_say(server: Server) -> None:
    counts = {
        name: server.ask(f"/@{name}{COUNT}", EVERYBODY, {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"})[1]["count"]
        for name in ("default", "small", "bare")
    }
    assert counts == {"default": 5 + 2, "small": 5 + 1, "bare": 5 + 2}


def test_a_declared_credential_leads_to_its_sandbox_and_its_faults(server: Server) -> None:
    assert server.ask(COUNT, EVERYBODY, {"X-Key": "d2VsbC1mb3JtZWQta2V5"})[0] == 200
    assert server.ask(COUNT, EVERYBODY, {"X-Key": "a2V5ZWQtc2FuZGJveA"})[0] == 503


def test_declared_faults_are_new_after_each_reset(server: Server) -> None:
    for _ in range(2):
        assert [server.ask(CUSTOMER, None, ADDON)[0] for _ in range(3)] == [404, 200, 200]
        assert server.ask("/__admin/faults", method="DELETE")[0] == 200
        assert server.ask("/__admin/reset", method="POST")[0] == 200
        _, kept = server.ask("/__admin/faults")
        assert [(each["id"], each["matched"], each["acted"]) for each in kept["faults"]] == [("once", 0, 0)]


def test_the_files_of_the_project_may_be_asked_for_by_name_and_nothing_else_may(server: Server) -> None:
    made = server.ask("/__admin/sandboxes", {"name": "asked", "fixture": "shop", "seed": 9})
    assert (made[0], made[1]["fixture"], made[1]["seed"]) == (201, "shop", 9)
    for path in ("shop.yaml", "./shop.yaml", "../project/shop", "/etc/passwd", "mockserver"):
        status, problem = server.ask("/__admin/sandboxes", {"fixture": path})
        assert (status, problem["row"]) == (400, "fixture-unknown")
        assert "shop" in problem["known"]
    assert server.ask("/__admin/sandboxes/asked", method="DELETE")[0] == 200


def test_only_the_vendors_of_the_file_are_served(server: Server) -> None:
    _, served = server.ask("/__admin/vendors")
    assert {each["name"] for each in served["vendors"]} == {"open2b", "kounta"}


def test_sandboxes_of_the_automatic_names_are_made_when_asked_for(server: Server) -> None:
    assert server.ask("/@ci-1/__admin/clock")[0] == 200
    assert server.ask("/@cj-1/__admin/clock")[0] == 404
    assert server.ask("/__admin/sandboxes/ci-1", method="DELETE")[0] == 200
