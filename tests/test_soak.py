"""The soak itself: a short one finds nothing, and what it is there to find it finds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.soak.comparing import Having, Learned, Moment, NewestFirst, difference
from tests.soak.memory import Memory

ROOT = Path(__file__).parents[1]
SOAK = [sys.executable, "-m", "tests.soak"]
MOST_SECONDS = 60


def test_a_short_soak_finds_no_difference() -> None:
    command = [*SOAK, "--minutes", "0.05", "--sandboxes", "4", "--seed", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "seed 1: 4 sandboxes for 0.05 min"
    assert re.fullmatch(r"in all: [0-9,]+ steps, .* troubles met on purpose, [0-9.]+ MB", lines[-3])
    assert re.match(r"met: .*refused [0-9]+", lines[-2])
    assert lines[-1] == "too short to judge the memory"


def test_what_is_altered_behind_its_back_is_found_and_told() -> None:
    command = [*SOAK, "--minutes", "1", "--sandboxes", "2", "--seed", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as soak:
        assert soak.stdout
        port = next(int(found[1]) for line in soak.stdout if (found := re.search(r":(\d+)$", line)))
        while soak.poll() is None:
            with suppress(OSError, HTTPException):
                meddle(port)
        _, story = soak.communicate(timeout=MOST_SECONDS)
    assert soak.returncode == 1
    assert re.match(r"Player \d in sandbox soak-\d-\d+, step \d+ \(again: --seed 1 --sandboxes 2 --only \d\)", story)
    assert "The last requests of this player" in story


def meddle(port: int) -> None:
    """Alter a customer in every sandbox of the soak."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)) as connection:
        for sandbox in ask(connection, "GET", "/__admin/sandboxes")["sandboxes"]:
            if sandbox["name"].startswith("soak-"):
                path = f"/@{sandbox['name']}/__admin/state/open2b/customers/722"
                ask(connection, "PUT", path, {"invoice_recipient": "somebody else"})


def ask(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Any:
    headers = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    return json.loads(connection.getresponse().read())


# Memory


def test_memory_in_the_end_is_compared_with_that_after_the_first_minute() -> None:
    before = [(float(second), 50_000_000) for second in range(60)]
    steady = [(float(second), 100_000_000) for second in range(60, 90)]
    grown = [(float(second), 120_000_000) for second in range(90, 120)]
    assert Memory(samples=[*before, *steady, *grown]).growth() == (100, 120)


@pytest.mark.parametrize("seconds", [0, 1, 60, 89])
def test_memory_is_not_judged_before_there_is_something_to_compare(seconds: int) -> None:
    assert Memory(samples=[(float(second), 1) for second in range(seconds)]).growth() is None


# Comparing


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ".a[1].b is 3 instead of 2"),
        ({"a": 1}, {}, ".a is missing"),
        ({}, {"a": 1}, ".a is too much"),
        ([1], [1, 2], "it has 2 items instead of 1"),
        (Having(a=1), {"a": 2, "b": 3}, ".a is 2 instead of 1"),
        (Moment(10, 11), "1970-01-01 00:00:12", "it is '1970-01-01 00:00:12' instead of an instant from "),
        (Moment(10, 11), "soon", "it is 'soon' instead of an instant from "),
        (Learned("$"), "x", "it is 'x' instead of a text that begins with $"),
        (NewestFirst([{"id": 1, "at": "1"}], "at"), [{"id": 1, "at": "2"}], "[0].at is '2' instead of '1'"),
        (
            NewestFirst([{"id": 1, "at": "1"}, {"id": 2, "at": "2"}], "at"),
            [{"id": 1, "at": "1"}, {"id": 2, "at": "2"}],
            "it is in disorder",
        ),
    ],
)
def test_a_difference_is_told_where_it_is(expected: Any, actual: Any, told: str) -> None:
    found = difference(expected, actual)
    assert found is not None
    assert found.removeprefix(" ").startswith(told)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (Having(a=Moment(10, 11)), {"a": "1970-01-01T00:00:10.500Z", "b": 1}),
        (Moment(10.7, 10.8), "1970-01-01T10:00:10+10:00"),
        (NewestFirst([{"id": 1, "at": "1"}, {"id": 2, "at": "2"}], "at"), [{"id": 2, "at": "2"}, {"id": 1, "at": "1"}]),
    ],
)
def test_what_is_known_in_part_agrees_with_all_that_it_may_be(expected: Any, actual: Any) -> None:
    assert difference(expected, actual) is None


def test_a_text_that_was_learned_has_to_stay_the_same() -> None:
    learned = Learned("$2b$")
    assert difference(learned, "$2b$one") is None
    assert difference(learned, "$2b$two") == "it is '$2b$two' instead of '$2b$one'"
