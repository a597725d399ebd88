"""`mockserver serve --state` as its users meet it: processes, signals, and `kill -9`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.effort import EFFORT
from tests.processes import MOST_SECONDS, ROOT, Server, environment, refused, serving
from tests.webhooks.receiver import Receiver

HOLMES = "/__admin/state/open2b/customers/37091"
KILLS = 25 * EFFORT


def put(server: Server, path: str, body: Any = None) -> Any:
    status, said = server.ask(path, body, method="PUT")
    assert status in (200, 201), said
    return said


def get(server: Server, path: str) -> Any:
    status, said = server.ask(path)
    assert status == 200, said
    return said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_goes_on_where_the_last_one_was_stopped(tmp_path: Path, how: signal.Signals) -> None:
    state = ["--fixture", "documented", "--state", "state.json"]
    with serving(*state, cwd=tmp_path) as server:
        put(server, HOLMES, {"code": "BAKER221B"})
        put(server, "/__admin/snapshots/moved")
        put(server, HOLMES, {"code": "RETIRED"})
        assert server.ask("/__admin/sandboxes", {"name": "tenant", "auth": "strict"})[0] == 201
        put(server, "/@tenant" + HOLMES, {"code": "SUSSEX"})
        requests = get(server, "/__admin/requests?vendor=admin")["requests"]
        assert server.stop(how) == []
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]
    with serving(*state, cwd=tmp_path) as server:
        assert get(server, HOLMES)["code"] == "RETIRED"
        assert get(server, "/@tenant" + HOLMES)["code"] == "SUSSEX"
        assert get(server, "/__admin/sandboxes/tenant")["auth"] == "strict"
        assert get(server, "/__admin/requests?vendor=admin")["requests"] == []
        put(server, HOLMES, {"code": "AGAIN"})
        assert get(server, "/__admin/requests?vendor=admin")["requests"][0]["id"] == requests[0]["id"] + 1
        assert server.ask("/__admin/snapshots/moved/load", b"", method="POST")[0] == 200
        assert get(server, HOLMES)["code"] == "BAKER221B"
        assert server.ask("/__admin/reset", b"", method="POST")[0] == 200
        assert get(server, HOLMES)["code"] == "TF78123"
        assert server.stop(how) == []


def test_what_was_saved_on_demand_outlives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = ["--fixture", "documented", "--state", str(file)]
    with serving(*state, cwd=tmp_path) as server:
        put(server, HOLMES, {"code": "SAVED"})
        status, said = server.ask("/__admin/state/save", b"", method="POST")
        assert (status, said["file"], said["bytes"]) == (200, str(file), file.stat().st_size)
        put(server, HOLMES, {"code": "LOST"})
        server.process.kill()
    with serving(*state, cwd=tmp_path) as server:
        assert get(server, HOLMES)["code"] == "SAVED"


def test_webhooks_that_waited_are_sent_by_the_next_server_though_nobody_asks_it_anything(tmp_path: Path) -> None:
    state = ["--fixture", "documented", "--state", "state.json"]
    rule = "/__admin/webhooks/subscriptions/webcommander/1/misbehaviour"
    with Receiver() as app:
        with serving(*state, cwd=tmp_path) as server:
            told = {"sourceUrl": app.url, "eventName": "customer-create"}
            put(server, "/__admin/state/webcommander/webhooks/1", told)
            put(server, rule, {"delayMillis": 2500})
            customer = {"first_name": "Violet", "created_at": "2026-01-01T00:00:00Z"}
            put(server, "/__admin/state/webcommander/customers/7", customer)
            assert server.stop() == []
        assert app.received == []
        with serving(*state, cwd=tmp_path):
            app.wait(1)


def test_a_file_that_cannot_be_written_in_the_end_is_one_line_and_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving("--fixture", "documented", "--state", "folder/state.json", cwd=tmp_path) as server:
        get(server, "/__admin/health")
        folder.rmdir()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(MOST_SECONDS) == 2
        assert server.complaints.rest() == [
            "Error: folder/state.json could not be written, and is as it was: No such file or directory"
        ]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere/state.json", "nowhere/state.json cannot be written: there is no folder {folder}/nowhere"),
        ("broken.json", "broken.json cannot be loaded, and is left as it is: not JSON: Input data was truncated"),
    ],
)
def test_a_server_does_not_start_with_a_file_that_will_not_do(tmp_path: Path, path: str, says: str) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format":"mockserver-state","version":1,')
    said = refused("--fixture", "documented", "--state", path, cwd=tmp_path)
    assert said == says.format(folder=tmp_path)
    assert broken.read_text() == '{"format":"mockserver-state","version":1,'


def test_a_kill_in_the_middle_of_a_save_never_costs_the_last_state(tmp_path: Path) -> None:
    """Some of the kills must have come in the middle of one: they leave what was not finished."""
    command = [sys.executable, "-m", "tests.killing", str(tmp_path / "state.json"), str(KILLS)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=20 * MOST_SECONDS, env=environment(), cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == KILLS
    assert all(each["number"] - each["oldest"] in (0, 1) for each in rounds)
    assert any(each["left"] for each in rounds)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["saved", "state.json"]
