"""Kills processes in the middle of saving a state file: `python -m tests.killing FILE KILLS`.

Prints a line of JSON for each: the number of the state that the file has then, that of the last one that was surely
saved, and what else is left in the folder.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.statefile import StateFile, prepare
from mockserver.vendors.kounta.records import Reference
from mockserver.vendors.open2b.records import Cart
from mockserver.world import World

_SAVED = "saved"
"""A file in which the one who saves notes the last state that was saved."""


def main(file: Path, kills: int) -> None:
    fixture = read_fixture("default")
    fixture = msgspec.structs.replace(fixture, drawn=msgspec.structs.replace(fixture.drawn, count=800))
    world = build(fixture, [known_vendors()[name] for name in ("open2b", "kounta")], Options(state_file=file))
    prepare(file)
    number = 0
    save(world, number)
    draws = random.Random(os.getpid())  # noqa: S311  when to kill is no secret
    for _ in range(kills):
        child = os.fork()
        if not child:
            save_for_ever(world, number)
        time.sleep(draws.uniform(0.002, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        noted = file.with_name(_SAVED)
        oldest = max(number, int(noted.read_text() or 0) if noted.exists() else 0)
        left = sorted(each.name for each in file.parent.iterdir() if each not in (file, noted))
        prepare(file)
        number = loaded(world, file)
        sys.stdout.write(json.dumps({"oldest": oldest, "number": number, "left": left}) + "\n")


def save_for_ever(world: World, number: int) -> NoReturn:
    """Save one state after the other; each is noted once it is saved."""
    assert world.state_file is not None
    noted = os.open(world.state_file.path.with_name(_SAVED), os.O_WRONLY | os.O_CREAT, 0o600)
    while True:
        number += 1
        save(world, number)
        os.pwrite(noted, b"%08d" % number, 0)


def save(world: World, number: int) -> None:
    """Save the state of this number, in which two vendors agree on it."""
    sandbox = world.sandboxes.default
    with sandbox.ledger.transaction():
        sandbox.subjects["open2b"].carts.put(Cart(token=f"state-{number:08}"))
        sandbox.subjects["kounta"].references.put(
            Reference(key="state", application="a", customer=1, value=f"{number}")
        )
        sandbox.subjects["open2b"].carts.remove(f"state-{number - 1:08}")
    assert world.state_file is not None
    world.state_file.write(world.state_file.collect())


def loaded(world: World, file: Path) -> int:
    """The number of the state in the file, which must be whole."""
    there = StateFile(file, world.sandboxes, world.shelf)
    assert there.load()
    subjects: Any = world.sandboxes.default.subjects
    [cart] = [cart.token for cart in subjects["open2b"].carts if cart.token.startswith("state-")]
    number = int(subjects["kounta"].references.get("state").value)
    assert cart == f"state-{number:08}"
    return number


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
