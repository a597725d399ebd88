"""A player: one sandbox after the other, asked by one thread, and the model of it."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

from tests.soak import effects
from tests.soak.comparing import Difference, Moment
from tests.soak.drawing import contract, row_status
from tests.soak.journal import Journal, entry
from tests.soak.line import Line, Outcome, Reply, Request
from tests.soak.model import Deed, Entry, Shop, Told, World
from tests.soak.receiver import Heard
from tests.soak.rules import Asked, Book, Rule
from tests.soak.shops.all import apis
from tests.soak.shops.api import Api, Plan
from tests.soak.stage import Stage

_REMEMBERED = 25
"""How many of the last requests are told when something differs."""
KEYED = "open2b"
"""The vendor with a credential that may lead to a sandbox."""
DEAD = "http://127.0.0.1:9/"
"""Where nobody listens: the port is for discarding what comes, and no system does that any more."""


class Met(NamedTuple):
    """What was to be done, the rule that has acted then, if any, and the rules as they are now."""

    deed: Deed
    rule: Rule | None
    book: Book

    @property
    def after(self) -> Shop | None:
        """The shop now; None where it is as it was."""
        return self.deed.after if effects.alters(None if self.rule is None else self.rule.then) else None

    @property
    def row(self) -> str | None:
        """The error row that the answer is, as far as that is known."""
        if self.rule is None or not effects.replaces(self.rule.then):
            return self.deed.row
        row: str | None = self.rule.then.get("error")
        return row

    @property
    def troubles(self) -> list[str]:
        """What has gone wrong, by name."""
        if self.rule is None:
            return ["refused"] if self.deed.row else []
        return [str(value) if name == "fault" else name for name, value in self.rule.then.items()]


class Player:
    """Plays with a sandbox. What it draws depends on the seed and its number only, and not on other players."""

    def __init__(self, number: int, stage: Stage, line: Line) -> None:
        self.number = number
        self.stage = stage
        self.line = line
        self.random = Random(f"{stage.seed}/{number}")  # noqa: S311  it must be repeatable
        self.steps = 0
        self.made = self.settled = self.numbered = 0
        self.last: deque[str] = deque(maxlen=_REMEMBERED)
        self.apis = apis(stage.credentials, (stage.receiver.url(number), stage.receiver.url(number), DEAD))
        self.name = ""
        self.source: str | None = None
        self.key: str | None = None
        """A credential that leads to the sandbox, and to no other."""
        self.people: int | None = None
        """The seed of those whom the sandbox began with, where it is not the server's own."""
        self.strict = False
        self.heard: list[Heard] = []
        self.calls: Counter[tuple[str, str]] = Counter()
        """How often each operation of each API was asked for in this history."""
        self.saved: dict[str, tuple[World, int | None]] = {}
        """Snapshots by name, each with the seed of its people."""
        self.journal = Journal()
        self.world = self.beginning = World({})

    def begin(self, name: str, world: World, source: str | None, key: str | None = None) -> None:
        """Play with another sandbox from now on."""
        self.name, self.source, self.key = name, source, key
        self.journal = Journal()
        self.beginning = world.saved()
        self.restart(self.beginning)

    def restart(self, world: World) -> None:
        """A new history."""
        self.world = world
        self.calls.clear()
        self.journal.clear()
        self.heard.clear()
        self.stage.receiver.take(self.number)

    def new_name(self) -> str:
        self.made += 1
        return f"soak-{self.number}-{self.made}"

    @property
    def next_number(self) -> int:
        """One that was never given before, so that no two customers of a story have the same e-mail."""
        self.numbered += 1
        return self.numbered

    # Asking as apps do

    def play(self, api: Api, plan: Plan, change: Callable[[Deed], Deed] | None = None) -> bool:
        """Ask an API, and compare. Returns whether it was answered as if nothing ever went wrong.

        `change` makes another request of what was planned.
        """
        moment, before = self.world.clock.moment(), self.world
        deed = plan(before.shops[api.vendor], moment)
        deed = change(deed) if change else deed
        way = self._way(api)
        if way == "key":
            headers = {**deed.request.headers, "X-Key": str(self.key)}
            deed = replace(deed, request=replace(deed.request, headers=headers))
        outcome = self.ask(deed.request, way)
        before.clock.close(moment)
        met = self._met(plan, deed, outcome, moment)
        if met.rule is not None and met.rule.cuts:
            self.line.close()
        self.note(met, outcome, moment, way)
        return met.rule is None

    def _way(self, api: Api) -> str:
        if self.key is not None and api.vendor == KEYED and self.random.random() < 0.5:
            return "key"
        return self.random.choice(["path", "header", "host"])

    def _met(self, plan: Plan, deed: Deed, outcome: Outcome, moment: Moment) -> Met:
        """What a request has met, by what was answered. Raises Difference where that cannot be."""
        objections = []
        for rule, book in self.world.book.choices(asked(deed), moment):
            then = None if rule is None else rule.then
            done = deed
            if then is not None and "stale" in then:
                done = self._stale(plan, deed, moment, then["stale"]["lagMillis"] / 1000)
            status = row_status(deed.api, deed.operation, then["error"]) if then and "error" in then else 0
            objection = effects.objection(then, done, outcome, status)
            if objection is None:
                return Met(done, rule, book)
            objections.append(f"{'without a fault' if rule is None else f'with {rule.written}'}: {objection}")
        raise Difference("; or ".join(objections))

    def _stale(self, plan: Plan, deed: Deed, moment: Moment, lag: float) -> Deed:
        """The same deed at the shop as it was a while ago, as far back as the journal reaches."""
        shop, first, last = self.world.shops[deed.vendor], moment.first - lag, moment.last - lag
        for newer in self.journal:
            if _millis(newer.at.last) <= _millis(first):
                break
            if _millis(newer.at.first) <= _millis(last):  # nobody can tell whether this one is newer
                return replace(deed, status=effects.UNKNOWN)
            shop = newer.before.shops[deed.vendor]
        return plan(shop, moment)

    def note(self, met: Met, outcome: Outcome, moment: Moment, way: str) -> None:
        """Follow what was done."""
        deed, before, id = met.deed, self.world, self.journal.next_id
        world = replace(before, book=met.book)
        if met.after is not None:
            news = told(before, deed.vendor, deed.topic, deed.customer, id)
            world = replace(world.with_shop(deed.vendor, met.after), told=(*before.told, *news))
        for trouble in met.troubles:
            self.stage.count(trouble)
        noted = Entry(
            id,
            before,
            moment,
            deed.request.method,
            f"/@{self.name}{deed.request.path}" if way == "path" else deed.request.path,
            deed.vendor,
            deed.api,
            deed.operation,
            outcome.status if isinstance(outcome, Reply) or outcome.kind == "cut" else None,
            met.row,
            None if met.rule is None else met.rule.id,
            deed.counts or met.after is not None or met.book is not before.book,
        )
        self.world = world
        self.calls[deed.api, deed.operation] += 1
        self.journal.note(noted)

    def ask(self, request: Request, way: str) -> Outcome:
        outcome = self.line.ask(request, self.name, way)
        self.remember(request, outcome)
        return outcome

    def remember(self, request: Request, outcome: Outcome) -> None:
        """To be told when something differs."""
        said = f"{self.steps}: {request} -> {outcome}"
        if not self.last or said != self.last[-1]:
            self.last.append(said)

    def ask_by_key(self, key: str) -> None:
        """Ask with a credential that leads to no sandbox any more; then it is the default's, which has everybody."""
        [api] = [api for api in self.apis if api.vendor == KEYED]
        deed = api.everything(self.world.shops[KEYED])[0](self.world.shops[KEYED], self.world.clock.moment())
        headers = {**deed.request.headers, "X-Key": key}
        outcome = self.ask(replace(deed.request, headers=headers), "key")
        if not isinstance(outcome, Reply) or outcome.status != deed.status:
            raise Difference(f"{deed.request} by the credential of a sandbox that is gone: {outcome}")

    # Asking as a tester does

    def tell(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Ask the admin API of the sandbox; the answer's JSON. Raises Difference for another status."""
        return self.answered(method, path, body, status).json

    def answered(self, method: str, path: str, body: Any = None, status: int = 200, raw: bytes = b"") -> Reply:
        """The same, the whole answer."""
        request = Request(method, f"/__admin/{path}", body, raw=raw)
        outcome = self.ask(request, "path")
        if not isinstance(outcome, Reply) or outcome.status != status:
            raise Difference(f"{request}: {outcome} instead of {status}")
        return outcome

    def alter(self, operation: str, method: str, path: str, body: Any = None) -> tuple[Any, Moment]:
        """The same, for what changes something and so stands in the journal: the answer, and when it came.

        Whoever calls says what the world is then.
        """
        before, moment = self.world, self.world.clock.moment()
        answer = self.tell(method, path, body)
        before.clock.close(moment)
        request = Request(method, f"/@{self.name}/__admin/{path}")
        self.journal.note(entry(request, self.journal.next_id, before, moment, operation))
        return answer, moment


def _millis(at: float) -> float:
    """As precise as a tester sees an instant."""
    return at if math.isinf(at) else round(at * 1000)


def asked(deed: Deed) -> Asked:
    """What a fault rule looks at."""
    operation = contract(deed.api).operations[deed.operation]
    path = deed.request.path.partition("?")[0]
    return Asked(deed.api, deed.vendor, deed.operation, deed.request.method, path, operation.safe)


def told(world: World, vendor: str, topic: str, customer: int, id: int) -> list[Told]:
    """What apps are told of what an exchange has done to a customer."""
    webhooks: Mapping[int, Mapping[str, Any]] = world.shops[vendor].webhooks
    return [Told(id, each, topic, customer) for each in sorted(webhooks) if webhooks[each]["topic"] == topic and topic]
