"""What a tester does with time and worlds: back to the beginning, back to a request, snapshots, copies."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.soak.comparing import Having, agree
from tests.soak.journal import entry
from tests.soak.line import Request, basic
from tests.soak.model import World
from tests.soak.player import Player
from tests.soak.stage import BRIEF, SEEDS, Span

_SHELF = 2
"""How many snapshots a player keeps."""


def reset(player: Player) -> None:
    """Back to the beginning."""
    player.tell("POST", "reset")
    player.restart(player.beginning)


def purge(player: Player) -> None:
    """Only what the shops are set up with is left."""
    player.tell("POST", "purge")
    player.restart(player.beginning.purged())


def forget(player: Player) -> None:
    """Empty the journal."""
    player.tell("DELETE", "requests")
    player.journal.clear()


def rewind(player: Player) -> None:
    """Back to just before one of the requests; mostly one of the newest."""
    to = player.journal.drawn(player.random, player.random.choice([3, 10, 100]))
    if to is None:
        return
    before, moment = player.world, player.world.clock.moment()
    answer = player.tell("POST", f"requests/{to.id}/rewind")
    before.clock.close(moment)
    undone = player.journal.since(to.id)
    agree({"rewoundTo": to.id, "undone": [each.id for each in undone]}, answer, "the rewind")
    player.world = before.back_to(to.before)
    if any(each.alters for each in undone):
        request = Request("POST", f"/@{player.name}/__admin/requests/{to.id}/rewind")
        player.journal.note(entry(request, player.journal.next_id, before, moment, "rewind_request"))


# Snapshots


def save(player: Player) -> None:
    """Keep a snapshot."""
    name = _place(player)
    status = 200 if name in player.saved else 201
    answer = player.answered("PUT", f"snapshots/{name}", status=status).json
    agree(Having(name=name, sandbox=player.name, seed=player.stage.seeds[player.people]), answer, "the snapshot")
    player.saved[name] = (player.world.saved(), player.people)


def _place(player: Player) -> str:
    return f"kept-{player.number}-{player.random.randrange(_SHELF)}"


def load(player: Player) -> None:
    """Be what a snapshot was."""
    if not player.saved:
        return
    name = player.random.choice(sorted(player.saved))
    player.tell("POST", f"snapshots/{name}/load")
    player.restart(player.saved[name][0])


def copy_document(player: Player) -> None:
    """Keep a snapshot's document under another name."""
    if not player.saved:
        return
    name, other = player.random.choice(sorted(player.saved)), _place(player)
    document = player.answered("GET", f"snapshots/{name}").raw
    agree({"kept": True}, {"kept": bool(json.loads(document))}, "the document")
    player.answered("PUT", f"snapshots/{other}", status=200 if other in player.saved else 201, raw=document)
    player.saved[other] = player.saved[name]


def throw_away(player: Player) -> None:
    """Forget a snapshot; look at those that are left."""
    if player.saved:
        name = player.random.choice(sorted(player.saved))
        player.tell("DELETE", f"snapshots/{name}")
        del player.saved[name]
    mine = f"kept-{player.number}-"
    names = [each["name"] for each in player.tell("GET", "snapshots")["snapshots"] if each["name"].startswith(mine)]
    agree(sorted(player.saved), sorted(names), "the snapshots")


def save_state(player: Player) -> None:
    """Save everything in a file, while others go on."""
    player.tell("POST", "state/save")


# Sandboxes


def move(player: Player) -> None:
    """Make another sandbox, of this one or anew, and delete this one."""
    old, old_key, name, key = player.name, player.key, player.new_name(), None
    kind = player.random.choice(["fresh", "clone", "clone", "fork", "fork", "snapshot"])
    to = player.journal.drawn(player.random) if kind == "fork" else None
    world, source = player.world, f"sandbox {old}"
    wish: dict[str, Any] = {"from": {"sandbox": old}}
    if to is not None:
        wish, world = {"from": {"sandbox": old, "before": to.id}}, world.back_to(to.before)
        source = f"{source} before request {to.id}"
    elif kind == "snapshot" and player.saved:
        kept = player.random.choice(sorted(player.saved))
        wish, source = {"from": {"snapshot": kept}}, f"snapshot {kept}"
        world, player.people = player.saved[kept]
    elif kind == "fresh":
        begin(player)
        remove(player, old, old_key)
        return
    if kind == "snapshot" and source.startswith("snapshot"):
        player.strict = False  # a copy behaves as what it is a copy of; a snapshot as the server's options say
    if not player.strict and player.random.random() < 0.5:
        key = basic(f"the key of {name}")
        wish["credentials"] = [{"X-Key": key}]
    create(player, {"name": name, **wish}, source)
    player.begin(name, world, source, key)
    remove(player, old, old_key)


def begin(player: Player) -> None:
    """A fresh sandbox, with the server's own people or others."""
    name, seed = player.new_name(), player.random.choice(SEEDS)
    wish: dict[str, Any] = {"name": name} | ({} if seed is None else {"seed": seed})
    player.strict, player.people = player.random.random() < 0.3, seed
    if player.strict:
        wish["auth"] = "strict"
    create(player, wish, None)
    player.begin(name, World(player.stage.beginnings[seed]), None)


def create(player: Player, wish: dict[str, Any], source: str | None) -> None:
    """Have a sandbox made, and look at it."""
    register, name = player.stage.register, wish["name"]
    with register.lock:
        made = player.answered("POST", "sandboxes", wish, status=201)
        register.names.add(name)
    expected = Having(
        name=name,
        seed=player.stage.seeds[player.people],
        requests=0,
        credentials=len(wish.get("credentials", ())),
        auth="strict" if player.strict else "lenient",
        **{"from": source},
    )
    agree(expected, made.json, "the new sandbox")
    agree(f"/__admin/sandboxes/{name}", made.headers.get("location"), "where the new sandbox is")


def remove(player: Player, name: str, key: str | None) -> None:
    """Delete a sandbox; whoever asks for it then is told that it is gone, and its credential leads nowhere else."""
    register = player.stage.register
    with register.lock:
        player.tell("DELETE", f"sandboxes/{name}")
        register.names.discard(name)
    agree("sandbox-unknown", player.tell("GET", f"sandboxes/{name}", status=404)["row"], "a deleted sandbox")
    if key is not None:
        player.ask_by_key(key)


def make_brief(player: Player) -> None:
    """A copy that goes by itself after a second without a request."""
    register, name = player.stage.register, f"brief-{player.number}-{player.steps}"
    wish = {"name": name, "from": {"sandbox": player.name}, "ttlSeconds": BRIEF}
    with register.lock:
        began = time.time()
        player.answered("POST", "sandboxes", wish, status=201)
        register.brief[name] = Span(began, time.time())


def count_all(player: Player) -> None:
    """Raises Difference where other sandboxes are there than should be, or the player's own is another one."""
    register = player.stage.register
    with register.lock:
        began = time.time()
        listed = player.tell("GET", "sandboxes")["sandboxes"]
        register.check({each["name"] for each in listed}, Span(began, time.time()))
    [own] = [each for each in listed if each["name"] == player.name]
    expected = Having(requests=len(player.journal), credentials=int(player.key is not None), **{"from": player.source})
    agree(expected, own, "the sandbox in the list")
