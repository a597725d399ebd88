"""The state file: a server that starts with it goes on where the last one stopped, or does not start, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mockserver import wholefile
from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.portable import Kept, now
from mockserver.sandbox import Sandbox
from mockserver.statefile import StateFile, StateFileError, prepare
from mockserver.vendors.open2b.records import Cart
from mockserver.world import World
from tests.state.drawing import exactly

VENDORS = [known_vendors()[name] for name in ("open2b", "kounta")]
Start = Callable[..., World]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def start(file: Path) -> Start:
    """Starts a server as `serve --state` does; `seed` is that of its own people."""

    def start(seed: int = 7, **options: Any) -> World:
        fixture = replace(read_fixture("documented"), seed=seed)
        world = build(fixture, VENDORS, Options(state_file=file, **options))
        prepare(file)
        state_file(world).load()
        return world

    return start


def state_file(world: World) -> StateFile:
    assert world.state_file is not None
    return world.state_file


def save(world: World) -> int:
    """Save as at the end; returns how many bytes."""
    return state_file(world).write(state_file(world).collect()).size


def named(world: World, name: str) -> Sandbox:
    return next(sandbox for sandbox in world.sandboxes if sandbox.name == name)


def put_cart(sandbox: Sandbox, token: str) -> None:
    with sandbox.ledger.transaction():
        sandbox.subjects["open2b"].carts.put(Cart(token=token))


def carts(sandbox: Sandbox) -> list[str]:
    return [cart.token for cart in sandbox.subjects["open2b"].carts]


def everything(sandbox: Sandbox) -> Any:
    """All records of a sandbox, exactly, and its key counters."""
    collections = sandbox.ledger.collections
    return {name: ([exactly(each) for each in held], held.last_key) for name, held in collections.items()}


def remains(file: Path) -> list[str]:
    return sorted(each.name for each in file.parent.iterdir())


# What comes back


def test_a_server_without_a_file_begins_as_its_fixture_says_and_makes_one(start: Start, file: Path) -> None:
    world = start()
    assert not file.exists()
    assert save(world) == file.stat().st_size
    assert remains(file) == ["state.json"]


def test_all_sandboxes_go_on_as_they_were(start: Start) -> None:
    world = start()
    put_cart(named(world, "default"), "1")
    other = world.sandboxes.create("other", options=replace(world.options, auth="strict"), ttl=90.5)
    put_cart(other, "2")
    other.created = 1_700_000_000.25
    save(world)
    again = start()
    assert [sandbox.name for sandbox in again.sandboxes] == ["default", "other"]
    for sandbox in world.sandboxes:
        assert everything(named(again, sandbox.name)) == everything(sandbox)
    found = named(again, "other")
    assert (found.options.auth, found.ttl, found.created) == ("strict", 90.5, 1_700_000_000.25)
    assert again.sandboxes.get("other") is found
    assert named(again, "default").options == again.options


def test_options_that_a_sandbox_shared_with_the_server_are_those_of_the_next_server(start: Start) -> None:
    world = start(rate_limits="count")
    world.sandboxes.create("own", options=Options(rate_limits=None, auth="strict"))
    save(world)
    again = start(fidelity="observed", rate_limits="enforce")
    own = named(again, "own").options
    assert (own.rate_limits, own.auth, own.fidelity) == (None, "strict", "observed")
    assert named(again, "default").options == again.options


def test_a_reset_goes_back_to_what_the_sandbox_began_with_before_the_restart(start: Start) -> None:
    world = start()
    put_cart(named(world, "default"), "1")
    world.sandboxes.create("copy", world.sandboxes.copy(named(world, "default")))
    put_cart(named(world, "copy"), "2")
    save(world)
    again = start(seed=8)
    default, copy = named(again, "default"), named(again, "copy")
    assert (default.beginning.seed, copy.beginning.source) == (7, "sandbox default")
    default.reset()
    copy.reset()
    assert ("1" in carts(default), "1" in carts(copy), "2" in carts(copy)) == (False, True, False)
    assert everything(default) == everything(next(iter(build(read_fixture("documented"), VENDORS).sandboxes)))


def test_snapshots_are_kept(start: Start) -> None:
    world = start()
    default = named(world, "default")
    put_cart(default, "1")
    kept = Kept(name="paid", sandbox="shop", fixture="documented", seed=9, saved_at=now(), snapshot=default.save())
    world.shelf.keep(kept)
    save(world)
    again = start()
    [found] = again.shelf
    assert (found.name, found.sandbox, found.seed, found.saved_at) == ("paid", "shop", 9, kept.saved_at)
    fresh = again.sandboxes.create()
    fresh.load(found.snapshot)
    assert everything(fresh) == everything(default)


def test_a_thousand_sandboxes_that_are_as_they_began_take_the_room_of_one(start: Start) -> None:
    world = start()
    alone = save(world)
    for number in range(999):
        world.sandboxes.create(f"idle-{number}")
    assert save(world) < alone + 999 * 250
    again = start()
    own = again.sandboxes.beginning.snapshot.tables
    assert len(list(again.sandboxes)) == 1000
    assert all(
        sandbox.save().tables[name] is own[name] for sandbox in again.sandboxes for name in ("open2b.customers",)
    )


def test_the_file_does_not_grow_from_start_to_start(start: Start) -> None:
    world = start()
    put_cart(named(world, "default"), "1")
    sizes = [save(world)]
    for _ in range(3):
        world = start()
        world.sandboxes.remove(world.sandboxes.create().name)
        sizes.append(save(world))
    assert len(set(sizes)) == 1


def test_requests_are_numbered_on(start: Start) -> None:
    world = start()
    named(world, "default").journal.go_on_after(41)
    save(world)
    assert named(start(), "default").journal.next_id() == 42


def test_credentials_lead_to_their_sandbox_again_and_so_do_tokens_given_out_there(start: Start) -> None:
    key = {"x-key": "dGVuYW50LWtleS1vZi10aGUtc2hvcC1mb3ItYWxs"}
    world = start()
    tenant = world.sandboxes.create("tenant", credentials=[key])
    tokens = tenant.subjects["kounta"].access_tokens
    seeded = next(iter(tokens))
    with tenant.ledger.transaction():
        tokens.put(replace(seeded, token="fresh-token"))  # noqa: S106  made up
    save(world)
    again = start()
    assert again.sandboxes.find({b"x-key": key["x-key"].encode()}) == "tenant"
    assert again.sandboxes.find({b"authorization": b"Bearer fresh-token"}) == "tenant"
    assert again.sandboxes.find({b"authorization": b"Bearer " + seeded.token.encode()}) == "default"
    assert named(again, "tenant").ledger.salt == "tenant/"


# How it is written


def test_only_its_owner_may_read_the_file(start: Start, file: Path) -> None:
    file.touch(0o644)
    file.unlink()
    save(start())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_goes_on_leading_to_the_file(start: Start, file: Path, tmp_path: Path) -> None:
    world = start()
    (tmp_path / "disk").mkdir()
    file.symlink_to(tmp_path / "disk" / "real.json")
    save(world)
    assert file.is_symlink()
    assert json.loads((tmp_path / "disk" / "real.json").read_bytes())["format"] == "mockserver-state"


def test_a_state_that_cannot_be_said_leaves_the_file_as_it_was(start: Start, file: Path) -> None:
    world = start()
    save(world)
    before = file.read_bytes()
    put_cart(named(world, "default"), "\ud800")
    with pytest.raises(StateFileError, match=r"state\.json could not be written, and is as it was: a record of open2b"):
        save(world)
    assert (file.read_bytes(), remains(file)) == (before, ["state.json"])


def test_a_folder_that_is_gone_is_told_when_saving(start: Start, file: Path) -> None:
    world = start()
    file.parent.rmdir()
    with pytest.raises(StateFileError, match=r"could not be written, and is as it was: No such file or directory"):
        save(world)
    file.parent.mkdir()


def test_saves_at_the_same_time_do_not_mix_and_the_latest_moment_stays(start: Start, file: Path) -> None:
    world = start()
    moments = []
    for number in range(12):
        put_cart(named(world, "default"), f"cart-{number:02}")
        moments.append(state_file(world).collect())
    with ThreadPoolExecutor(6) as threads:
        for saved in [threads.submit(state_file(world).write, moment) for moment in reversed(moments)]:
            assert saved.result().size > 0
    assert f"cart-{11:02}" in carts(named(start(), "default"))
    assert remains(file) == ["state.json"]


def test_an_earlier_moment_never_takes_the_place_of_a_later_one(start: Start, file: Path) -> None:
    world = start()
    earlier = state_file(world).collect()
    put_cart(named(world, "default"), "1")
    later = state_file(world).collect()
    saved = state_file(world).write(later)
    written = file.read_bytes()
    assert state_file(world).write(earlier) == saved
    assert file.read_bytes() == written


def test_what_a_killed_save_left_is_cleared_away_and_nothing_else(start: Start, file: Path) -> None:
    left = [file.with_name(".state.json.x1.unfinished"), file.with_name(".state.json.unfinished")]
    others = [file.with_name(name) for name in (".other.json.x1.unfinished", ".state.json.x1", "state.json.unfinished")]
    for each in (*left, *others):
        each.write_bytes(b"half a sta")
    start()
    assert remains(file) == sorted(each.name for each in others)


def test_what_another_server_is_writing_just_now_stays(file: Path) -> None:
    with wholefile.beside(file) as written:
        prepare(file)
        assert remains(file) == [Path(written.name).name]
    prepare(file)
    assert remains(file) == []
