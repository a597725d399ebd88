"""`--watch`: what is changed in the project file and in fixtures is picked up, and what is broken does no harm."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from mockserver.watching import Watch
from tests.processes import MOST_SECONDS, Server, serving

KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
COUNT = "/api/v13/commerce.customers.count"
PROJECT = """\
fixture: shop.yaml
vendors: [open2b]
sandboxes:
  small: {customers: 1}
  keyed: {credentials: [{X-Key: a2V5ZWQtc2FuZGJveA}], ttlSeconds: 600}
faults:
- {operation: get_customer, then: {status: 503}}
"""


def write(folder: Path, text: str, name: str = "mockserver.yaml") -> None:
    """As editors do: another file takes its place."""
    (folder / f"{name}~").write_text(text)
    (folder / f"{name}~").replace(folder / name)


def people(server: Server, sandbox: str = "default") -> int:
    """How many customers there are."""
    _, answer = server.ask(f"/@{sandbox}{COUNT}", {"conditions": {"after": 0}}, KEY)
    return int(answer["count"])


def names(server: Server) -> list[str]:
    return [each["name"] for each in server.ask("/__admin/sandboxes")[1]["sandboxes"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "drawn: {count: 2}\n", "base.yaml")
    write(tmp_path, "include: [base.yaml]\nseed: 5\n", "shop.yaml")
    write(tmp_path, PROJECT)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with serving("--watch", cwd=folder) as server:
        server.ask("/__admin/health")
        yield server
        assert server.stop() == []


# A server


def test_a_changed_file_lets_declared_sandboxes_begin_again_and_leaves_others(server: Server, folder: Path) -> None:
    assert server.ask("/__admin/sandboxes", {"name": "mine", "customers": 7})[0] == 201
    assert [people(server, name) for name in ("default", "small", "mine")] == [2, 1, 7]
    write(folder, "drawn: {count: 4}\n", "base.yaml")
    assert server.said.until("changed") == "base.yaml changed: default, small, keyed began again, with seed 5"
    assert [people(server, name) for name in ("default", "small", "mine")] == [4, 1, 7]
    assert people(server, server.ask("/__admin/sandboxes", {})[1]["name"]) == 4


def test_a_changed_project_file_is_carried_out(server: Server, folder: Path) -> None:
    written = PROJECT.replace("small: {customers: 1}", "large: {customers: 3, fidelity: observed}")
    written = written.replace("503", "500").replace("a2V5ZWQtc2FuZGJveA", "bmV3LWtleS1oZXJl")
    write(folder, f"{written}seed: 8\noptions: {{rate-limits: enforce}}\n")
    assert server.said.until("changed") == "mockserver.yaml changed: default, large, keyed began again, with seed 8"
    assert names(server) == ["default", "large", "keyed"]
    assert people(server, "large") == 3
    assert server.ask("/@large/__admin/sandboxes/large")[1]["fidelity"] == "observed"
    assert server.ask("/__admin/sandboxes/default")[1]["rateLimits"] == "enforce"
    assert server.ask("/@small/__admin/clock")[1]["detail"].count("is not declared any more") == 1
    status, _ = server.ask("/api/v13/commerce.customers.get", {"id": 1}, KEY)
    assert status == 500
    server.ask("/__admin/faults", method="DELETE")
    server.ask("/__admin/reset", method="POST")
    assert server.ask("/__admin/faults")[1]["faults"][0]["then"] == {"status": 500}
    _, keyed = server.ask(f"{COUNT}", {"conditions": {"after": 0}}, {"X-Key": "bmV3LWtleS1oZXJl"})
    assert keyed["count"] == 2
    assert server.ask("/@keyed/__admin/requests")[1]["requests"][0]["operation"] == "count_customers"


BROKEN = [
    ("mockserver.yaml", "sed: 1", "mockserver.yaml:1:1: unknown key 'sed' (did you mean 'seed'?); known: "),
    ("mockserver.yaml", "faults: [{then: {error: x}}]", "mockserver.yaml:1:18: faults[0].then.error: "),
    ("mockserver.yaml", "options: {prot: 1}", "mockserver.yaml:1:11: options.prot: unknown key 'prot'"),
    ("base.yaml", "drawn: {count: x}", "base.yaml:1:9: drawn.count: Expected `int`"),
    ("base.yaml", "vendors: {open2b: {customers: [{person: bob, id: 1}]}}", "base.yaml:1:20: vendors.open2b"),
    ("base.yaml", "[", "base.yaml:2:1: not YAML: "),
    ("shop.yaml", None, "mockserver.yaml:1:1: fixture: there is no fixture file shop.yaml"),
    ("mockserver.yaml", None, "mockserver.yaml is gone"),
]


def test_a_broken_file_is_told_in_one_line_and_the_server_goes_on(server: Server, folder: Path) -> None:
    for name, text, says in BROKEN:
        before = (folder / name).read_text()
        if text is None:
            (folder / name).unlink()
        else:
            write(folder, text, name)
        told = server.complaints.until("changed")
        assert told.startswith(f"{name} changed, and nothing else: {says}")
        assert names(server) == ["default", "small", "keyed"]
        assert people(server) == 2
        write(folder, before, name)
        assert server.said.until("changed").startswith(f"{name} changed: default, small, keyed began again")


def test_a_fixture_that_begins_to_be_included_is_watched_too(server: Server, folder: Path) -> None:
    (folder / "more").mkdir()
    write(folder, "drawn: {count: broken}\n", "more/people.yaml")
    write(folder, "include: [more/people.yaml]\n", "shop.yaml")
    assert "more/people.yaml:1:9: " in server.complaints.until("changed")
    write(folder, "drawn: {count: 6}\n", "more/people.yaml")
    assert server.said.until("changed").startswith("more/people.yaml changed: default, ")
    assert people(server) == 6


def test_what_only_a_new_start_can_change_is_said(server: Server, folder: Path) -> None:
    write(folder, f"{PROJECT}options: {{port: 1, tls: true, state: s.json}}\n".replace("[open2b]", "[kounta]"))
    assert server.said.until("changed") == (
        "mockserver.yaml changed: default, small, keyed began again, with seed 5; --vendor, --tls, --state only once "
        "the server is started again"
    )
    assert people(server) == 2


def test_a_name_that_was_taken_meanwhile_is_left_as_it_is(server: Server, folder: Path) -> None:
    server.ask("/__admin/sandboxes", {"name": "mine", "customers": 7})
    server.ask("/__admin/sandboxes/small", method="DELETE")
    write(folder, PROJECT.replace("sandboxes:", "sandboxes:\n  mine: {customers: 3}"))
    assert server.said.until("changed") == (
        "mockserver.yaml changed: default, mine, small, keyed began again, with seed 5; sandbox mine: there is a "
        "sandbox called 'mine' already"
    )
    assert (people(server, "mine"), people(server, "small")) == (7, 1)


def test_without_a_project_file_one_that_comes_is_used(folder: Path) -> None:
    (folder / "mockserver.yaml").unlink()
    with serving("--watch", "--customers", "9", "--fixture", "shop.yaml", cwd=folder) as server:
        server.ask("/__admin/health")
        write(folder, PROJECT)
        assert server.said.until("changed").startswith("mockserver.yaml changed: default, small, keyed began again")
        assert (people(server), people(server, "small")) == (9, 1)
        assert server.stop() == []


def test_without_the_option_nothing_is_watched(folder: Path) -> None:
    with serving(cwd=folder) as server:
        write(folder, "drawn: {count: 4}\n", "base.yaml")
        time.sleep(1.5)
        assert people(server) == 2
        assert server.stop() == []
        assert [line for line in server.said.rest() if "changed" in line] == []


# The watching itself


class Told:
    """What a watch of some files tells."""

    def __init__(self, *files: Path) -> None:
        self.files = list(files)
        self._told: queue.Queue[list[str]] = queue.Queue()
        self.tell = self._told.put
        self.watch = Watch(lambda: self.files, self.tell)

    def next(self) -> list[str]:
        return [Path(name).name for name in self._told.get(timeout=MOST_SECONDS)]

    def is_silent(self) -> bool:
        time.sleep(0.5)
        return self._told.empty()

    def __enter__(self) -> Self:
        self.watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.stop()


def test_only_what_a_file_says_counts(folder: Path) -> None:
    with Told(folder / "base.yaml") as told:
        (folder / "base.yaml").touch()
        write(folder, (folder / "base.yaml").read_text(), "base.yaml")
        write(folder, "other: 1", "other.yaml")
        assert told.is_silent()
        (folder / "base.yaml").write_text("seed: 1\n")
        assert told.next() == ["base.yaml"]
        assert told.is_silent()


def test_a_change_before_the_watch_starts_counts(folder: Path) -> None:
    told = Told(folder / "base.yaml")
    write(folder, "seed: 1\n", "base.yaml")
    with told:
        assert told.next() == ["base.yaml"]


def test_changes_of_one_moment_are_told_together(folder: Path) -> None:
    with Told(folder / "base.yaml", folder / "shop.yaml") as told:
        write(folder, "seed: 1\n", "shop.yaml")
        write(folder, "seed: 1\n", "base.yaml")
        assert told.next() == ["base.yaml", "shop.yaml"]
        assert told.is_silent()


def test_a_file_that_goes_and_comes_back_is_told_twice(folder: Path) -> None:
    file = folder / "base.yaml"
    said = file.read_text()
    with Told(file) as told:
        file.unlink()
        assert told.next() == ["base.yaml"]
        file.write_text(said)
        assert told.next() == ["base.yaml"]


def test_what_is_written_while_a_file_begins_to_matter_is_not_missed(folder: Path) -> None:
    told = Told(folder / "shop.yaml")

    def begin_to_include(names: list[str]) -> None:
        if len(told.files) == 1:
            told.files.append(folder / "base.yaml")
            write(folder, "seed: 99\n", "base.yaml")
        told.tell(names)

    told.watch = Watch(lambda: told.files, begin_to_include)
    with told:
        write(folder, "seed: 1\n", "shop.yaml")
        assert told.next() == ["shop.yaml"]
        assert told.next() == ["base.yaml"]
        assert told.is_silent()


def test_a_link_that_leads_elsewhere_is_a_change(folder: Path) -> None:
    """As where a file is mounted out of a Kubernetes ConfigMap."""
    for number in (1, 2):
        (folder / f"v{number}").mkdir()
        (folder / f"v{number}" / "real.yaml").write_text(f"seed: {number}")
    (folder / "data").symlink_to("v1")
    (folder / "link.yaml").symlink_to("data/real.yaml")
    with Told(folder / "link.yaml") as told:
        (folder / "next").symlink_to("v2")
        (folder / "next").replace(folder / "data")
        assert told.next() == ["link.yaml"]


def test_a_watch_ends_when_it_is_told_to(folder: Path) -> None:
    started = time.monotonic()
    with Told(folder / "nowhere" / "base.yaml"):
        pass
    assert time.monotonic() - started < 5
