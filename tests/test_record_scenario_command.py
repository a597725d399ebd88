"""`mockserver record-scenario`, asked of a server that runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer
from mockserver.cli import main
from tests.processes import run

COMPANY = "/companies/5678.json"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """A server in whose sandbox `hand` three requests came, of which one is for nobody; `spoilt` was emptied."""
    with MockServer(rate_limits="off") as made:
        hand = made.sandbox("hand").client("kounta")
        hand.get(COMPANY)
        hand.post("/companies/5678/customers.json", json={"first_name": "Zed", "email": "zed@example.com"})
        hand.get("/nowhere")
        spoilt = made.sandbox("spoilt")
        spoilt.purge()
        spoilt.client("kounta").get("/companies/5678/customers/389427.json")
        made.sandbox("idle")
        yield made


def record(server: MockServer, *arguments: str) -> Result:
    command = ["record-scenario", "--url", server.url, *arguments]
    return CliRunner().invoke(main, command, prog_name="mockserver")


def test_a_scenario_is_written_that_passes(server: MockServer, tmp_path: Path) -> None:
    file = tmp_path / "zed.arazzo.yaml"
    made = record(server, "--sandbox", "hand", "--title", "Zed signs up", "--output", str(file))
    assert made.exit_code == 0, made.output
    assert made.stdout == ""
    assert made.stderr.splitlines() == [
        "request 3, GET /v1/nowhere: left out, for no contract has it",
        f"{file} has 2 steps, and passes on a fresh fake",
    ]
    text = file.read_text()
    assert "title: Zed signs up" in text
    assert "workflowId: zed-signs-up" in text
    assert run("validate", str(file), cwd=tmp_path).returncode == 0
    played = run("run", str(file), cwd=tmp_path)
    assert (played.returncode, "1 of 1 workflow passed" in played.stdout) == (0, True), played.stdout


def test_without_a_file_it_is_told(server: MockServer) -> None:
    made = record(server, "--sandbox", "hand", "--from", "1", "--to", "1")
    assert (made.exit_code, made.stdout.splitlines()[0]) == (0, "arazzo: 1.0.1")
    assert "create_customer" not in made.stdout
    assert made.stderr == "the scenario has 1 step, and passes on a fresh fake\n"


def test_one_that_does_not_pass_is_written_all_the_same(server: MockServer, tmp_path: Path) -> None:
    file = tmp_path / "spoilt.arazzo.yaml"
    made = record(server, "--sandbox", "spoilt", "--output", str(file))
    assert made.exit_code == 1
    assert "does not pass on a fresh fake: get-customer-" in made.stderr
    assert file.read_text().startswith("arazzo: 1.0.1")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--sandbox", "nobody"], "there is no sandbox called 'nobody'"),
        (["--sandbox", "idle"], "the journal of sandbox idle has no such requests; it has none"),
        (["--sandbox", "hand", "--from", "99"], "has no such requests; it has 1 to 3"),
        (["--sandbox", "hand", "--from", "3"], "nothing of this can be said in a scenario; request 3, GET /v1/nowhere"),
        (["--sandbox", "hand", "--output", "/nowhere/at/all.yaml"], "cannot write /nowhere/at/all.yaml"),
        (["--url", "http://127.0.0.1:1"], "no mockserver listens on http://127.0.0.1:1"),
        (["--from", "0"], "Invalid value for '--from'"),
    ],
)
def test_what_cannot_be_told_exits_with_2(server: MockServer, arguments: list[str], complaint: str) -> None:
    made = record(server, *arguments)
    assert made.exit_code == 2
    assert complaint in made.stderr
    assert "Traceback" not in made.output


def test_a_scenario_in_the_checkout_names_the_contracts_there() -> None:
    from mockserver.scenarios.recording.origin import source  # noqa: PLC0415

    checkout = Path(__file__).parents[1]
    assert source("kounta", checkout / "scenarios").url == "../contracts/kounta.yaml"
    assert source("kounta", checkout).url == "contracts/kounta.yaml"
    assert source("kounta", Path("/")).url == "contracts/kounta.yaml"
