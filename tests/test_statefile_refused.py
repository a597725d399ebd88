"""State files that a server does not start with: refused in one line, and left as they are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.portable import Kept, now
from mockserver.statefile import StateFile, StateFileError, prepare
from mockserver.world import World
from tests.webhooks.bell import bell

VENDORS = [known_vendors()["open2b"]]
HERE = f"mockserver {mockserver.__version__}"
Document = dict[str, Any]
Alteration = Callable[[Document], object]


def start(**options: Any) -> World:
    return build(read_fixture("documented"), VENDORS, Options(**options))


def at(file: Path, world: World) -> StateFile:
    return StateFile(file, world.sandboxes, world.shelf)


@pytest.fixture(scope="module")
def started() -> World:
    """A server that has just started, and never gets to know what any of these files say."""
    return start()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a server with a sandbox that credentials lead to, and with a snapshot."""
    file = tmp_path_factory.mktemp("state") / "state.json"
    world = start()
    tenant = world.sandboxes.create("tenant", credentials=[{"x-key": "tenant-key"}])
    kept = Kept(name="paid", sandbox="tenant", fixture="documented", seed=1, saved_at=now(), snapshot=tenant.save())
    world.shelf.keep(kept)
    at(file, world).write(at(file, world).collect())
    return file.read_bytes()


def refusal(world: World, file: Path, text: bytes) -> str:
    """Why a server does not start with this text, which stays in the file."""
    file.write_bytes(text)
    with pytest.raises(StateFileError) as refused:
        at(file, world).load()
    assert file.read_bytes() == text
    said = str(refused.value)
    assert "\n" not in said
    return said


def last(document: Document, part: str) -> Document:
    found: Document = document[part][-1]
    return found


def twice(document: Document, part: str) -> None:
    document[part].append(document[part][-1])


ALTERED: dict[str, tuple[Alteration, str]] = {
    "another format": (
        lambda it: it.update(format="mockserver-snapshot"),
        "its format is 'mockserver-snapshot' where 'mockserver-state' is meant",
    ),
    "a newer format": (
        lambda it: it.update(version=2, mockserver="2.0.0", journals=[]),
        f"it is of version 2 of the format, made by mockserver 2.0.0; {HERE} reads version 1",
    ),
    "other records": (
        lambda it: it["shapes"].update({"open2b.customers": "0"}),
        "open2b.customers have other fields: of other types",
    ),
    "a stranger": (lambda it: it.update(journals=[]), "unknown key 'journals'; known: format, version"),
    "a stranger in a sandbox": (
        lambda it: last(it, "sandboxes").update(journal=[]),
        "sandboxes[1]: unknown key 'journal'; known: name, beginning, tables",
    ),
    "an unknown option": (
        lambda it: last(it, "sandboxes")["options"].update(auth="none"),
        "sandboxes[1].options.auth: Invalid enum value 'none'",
    ),
    "an option that is the server's": (
        lambda it: last(it, "sandboxes")["options"].update(maxBody=7),
        "sandboxes[1].options: unknown key 'maxBody'; known: auth, fidelity, rateLimits",
    ),
    "a beginning that is not there": (
        lambda it: last(it, "sandboxes").update(beginning=4),
        "sandboxes[1].beginning: there is no number 4 among 1 beginnings",
    ),
    "a table that is not there": (
        lambda it: last(it, "sandboxes")["tables"].update({"open2b.carts": 99}),
        "sandboxes[1].tables: number 99 is no table of 'open2b.carts'",
    ),
    "a table of another collection": (
        lambda it: last(it, "beginnings")["tables"].update({"open2b.carts": 0}),
        "beginnings[0].tables: number 0 is no table of 'open2b.carts'",
    ),
    "a beginning without a table": (
        lambda it: last(it, "beginnings")["tables"].pop("open2b.carts"),
        "beginnings[0].tables: there is none of open2b.carts",
    ),
    "a table of nothing": (
        lambda it: it["tables"][0].update(collection="open2b.coupons"),
        "tables[0].collection: there is no collection 'open2b.coupons'; known: ",
    ),
    "a broken record": (
        lambda it: next(t for t in it["tables"] if t["collection"] == "open2b.carts")["records"][0].update(token=7),
        ".records[0].token: Expected `str`, got `int`",
    ),
    "two sandboxes of one name": (lambda it: twice(it, "sandboxes"), "sandboxes: two are called 'tenant'"),
    "two snapshots of one name": (lambda it: twice(it, "snapshots"), "snapshots: two are called 'paid'"),
    "a snapshot that is called like a path": (
        lambda it: last(it, "snapshots").update(name="../paid"),
        "snapshots[0].name: '../paid' is no name",
    ),
    "credentials of two sandboxes": (
        lambda it: it["sandboxes"][0].update(credentials=[{"x-key": "tenant-key"}]),
        "sandbox 'tenant': a credential in x-key leads to the sandbox 'default' already",
    ),
    "a clock that nobody can show": (
        lambda it: next(t for t in it["tables"] if t["collection"] == "sandbox.clock")["records"].append(
            {"id": "clock", "offset": 1e300, "frozen_at": None}
        ),
        "sandbox.clock: the clock can only show the years 1970 to 9998",
    ),
    "a fault that matches nothing that there could be": (
        lambda it: next(t for t in it["tables"] if t["collection"] == "sandbox.faults")["records"].append(
            {
                "id": "faults",
                "rules": [{"id": "f", "rule": {"match": {"urlPattern": "("}, "then": {"status": 503}}, "added_at": 0}],
            }
        ),
        "sandbox.faults: rule 'f': match: urlPattern: ",
    ),
}


@pytest.mark.parametrize(("alteration", "says"), ALTERED.values(), ids=ALTERED)
def test_a_file_that_does_not_fit_is_refused_with_place_and_reason(
    started: World, written: bytes, tmp_path: Path, alteration: Alteration, says: str
) -> None:
    document = json.loads(written)
    alteration(document)
    file = tmp_path / "state.json"
    said = refusal(started, file, json.dumps(document).encode())
    assert said.startswith(f"{file} cannot be loaded, and is left as it is: ")
    assert says in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not JSON: Input data was truncated"),
        (b"PK\x03\x04", "not JSON: invalid character near line 1, byte 1"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "its format is '' where 'mockserver-state' is meant"),
    ],
)
def test_a_file_that_is_something_else_is_refused(started: World, tmp_path: Path, text: bytes, says: str) -> None:
    assert refusal(started, tmp_path / "state.json", text).endswith(f": {says}")


def test_a_file_that_is_cut_off_is_refused(started: World, written: bytes, tmp_path: Path) -> None:
    for length in (100, len(written) // 2, len(written) - 3):
        assert "not JSON: Input data was truncated" in refusal(started, tmp_path / "state.json", written[:length])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_sandboxes": 1}, "it makes 2 sandboxes, and there may be 1; give a higher --max-sandboxes"),
        ({"max_snapshots": 0}, "it has 1 snapshots, and there may be 0; give a higher --max-snapshots"),
    ],
)
def test_more_than_there_may_be_is_refused(written: bytes, tmp_path: Path, options: Any, says: str) -> None:
    assert refusal(start(**options), tmp_path / "state.json", written).endswith(says)


def test_the_file_of_a_server_of_more_vendors_is_refused(started: World, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    world = build(read_fixture("documented"), [*VENDORS, bell(tmp_path)])
    at(file, world).write(at(file, world).collect())
    assert "it has bell, not served here; served: open2b, sandbox" in refusal(started, file, file.read_bytes())


def test_a_file_that_cannot_be_read_is_refused(started: World, tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match=rf"{tmp_path} cannot be read: Is a directory"):
        at(tmp_path, started).load()


# What is found out at the start and not at the end


def test_a_file_that_is_not_there_yet_is_fine_and_nothing_is_left_of_the_trial(tmp_path: Path) -> None:
    prepare(tmp_path / "state.json")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "state.json"
    with pytest.raises(StateFileError, match=rf"^{file} cannot be written: there is no folder {file.parent}$"):
        prepare(file)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match=rf"^{tmp_path} is a folder; the state is saved in a file$"):
        prepare(tmp_path)


def test_a_device_is_refused() -> None:
    with pytest.raises(StateFileError, match=r"^/dev/null cannot be written: it is no file that can be read"):
        prepare(Path("/dev/null"))


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match=r"cannot be written: File name too long$"):
        prepare(tmp_path / ("s" * 250))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_what_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StateFileError, match=r"cannot be written: Permission denied$"):
        prepare(tmp_path / "state.json")
    tmp_path.chmod(0o700)
