"""What a tester looks at: everything in the shops, the journal, verification, what apps were told."""

from __future__ import annotations

from typing import Any

from tests.soak.comparing import Difference, Having, agree
from tests.soak.journal import check_list, pattern
from tests.soak.line import Reply, Request
from tests.soak.model import Entry, Told
from tests.soak.player import Player

_PAGE = 1000
_NOT_FOUND = 404


def compare_everything(player: Player) -> None:
    """Raises Difference where anything in the shops is not as in the model."""
    for api in player.apis:
        for plan in api.everything(player.world.shops[api.vendor]):
            for _ in range(10):
                if player.play(api, plan):
                    break


def read_journal(player: Player) -> None:
    """The whole journal, of apps or of testers."""
    journal = player.journal
    check_list(journal, player.answered("GET", f"requests?limit={_PAGE}"), journal.vendors)
    testers = [each for each in journal if each not in journal.vendors]
    check_list(journal, player.answered("GET", f"requests?limit={_PAGE}&vendor=admin"), testers)


def read_exchange(player: Player) -> None:
    """One exchange in full."""
    entry = player.journal.drawn(player.random)
    if entry is None:
        return
    shown = player.tell("GET", f"requests/{entry.id}")
    agree(Having(**entry.shown()), shown, "the exchange")
    if bool(shown["changes"]) != entry.alters:
        raise Difference(f"request {entry.id} has the changes {shown['changes']}, and alters something: {entry.alters}")


def verify(player: Player) -> None:
    """Several verifications, one after the other."""
    if not player.journal.vendors:
        return
    for _ in range(player.random.randint(1, 4)):
        _verify(player)


def _verify(player: Player) -> None:
    wanted, found = pattern(player.random, player.journal)
    count, dropped = len(found), player.journal.dropped
    known = {"dropped": dropped, "requestJournalDisabled": False}
    agree({"count": count, **known}, player.tell("POST", "requests/count", wanted), f"the count of {wanted}")
    answer = player.tell("POST", f"requests/find?limit={_PAGE}", wanted)
    agree([each.id for each in found], [each["id"] for each in answer["requests"]], f"what {wanted} finds")
    answer = player.tell("POST", "verify", {"request": wanted, "times": {"atLeast": count}})
    agree(Having(verified=True, count=count), answer, f"at least {count} of {wanted}")
    answer = player.tell("POST", "verify", {"request": wanted, "times": {"atLeast": count + 1}}, status=406)
    agree(Having(count=count), answer, f"at least {count + 1} of {wanted}")
    answer = player.answered(
        "POST", "verify", {"request": wanted, "times": {"exactly": count}}, status=406 if dropped else 200
    ).json
    agree(Having(row="verification-uncertain") if dropped else Having(verified=True), answer, f"exactly {count}")
    if count:
        waited = {"request": wanted, "count": count, "timeoutMillis": 1000}
        agree(Having(count=count), player.tell("POST", "requests/wait", waited), f"waiting for {wanted}")


def read_deliveries(player: Player) -> list[Any]:
    """What apps were told, oldest first. Raises Difference for what they should not be told, or should be."""
    answer = player.tell("GET", f"webhooks?limit={_PAGE}")
    listed = answer["deliveries"][::-1]
    expected = list(player.world.told)
    shown = [
        Told(each["request"], each["subscription"], each["topic"], (each["body"] or {}).get("id", 0)) for each in listed
    ]
    missing = [each for each in expected if each not in shown]
    if [each for each in expected if each in shown] != shown:
        raise Difference(f"apps were told {shown} instead of {expected}")
    if missing and len(missing) > answer["dropped"]:
        raise Difference(f"apps were not told {missing}; {answer['dropped']} deliveries were dropped")
    return [each for each in listed if each["status"] == "waiting"]


def read_coverage(player: Player) -> None:
    """How often each operation was met."""
    apis = player.tell("GET", "coverage?scope=sandbox")["apis"]
    met = {
        (api["api"], each["id"]): each["calls"] + sum(each["injected"].values())
        for api in apis
        for each in api["operations"]
    }
    agree(dict(player.calls), {each: count for each, count in met.items() if count}, "the coverage")


def ask_for_nothing(player: Player) -> None:
    """A path that nobody has stands in the journal, too."""
    world, moment, id = player.world, player.world.clock.moment(), player.journal.next_id
    request = Request("GET", f"/nowhere/{player.steps}")
    outcome = player.ask(request, "header")
    world.clock.close(moment)
    if not isinstance(outcome, Reply) or outcome.status != _NOT_FOUND:
        raise Difference(f"{request}: {outcome} instead of {_NOT_FOUND}")
    player.journal.note(
        Entry(id, world, moment, "GET", request.path, None, None, None, status=_NOT_FOUND, alters=False)
    )
    unmatched = [each.id for each in player.journal if each.vendor is None]
    shown = player.tell("GET", f"requests/unmatched?limit={_PAGE}")["requests"]
    agree(unmatched, [each["id"] for each in shown if each["vendor"] is None], "what nobody answers")
