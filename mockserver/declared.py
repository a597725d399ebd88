"""What a project file declares, carried out: the sandbox `default` and those beside it, with their settings and faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from mockserver.bindings import AlreadyBound
from mockserver.call import Refused
from mockserver.faults import checking
from mockserver.faults.rule import Rule
from mockserver.marks import path_of
from mockserver.options import Options
from mockserver.project import Project
from mockserver.sandbox import Beginning, Cause, Sandbox
from mockserver.sandboxes import NameTaken, TooMany
from mockserver.seeds import Seeds
from mockserver.shape import Key, Misshapen, meant, shape, text_of
from mockserver.world import World


class Part(NamedTuple):
    """How one sandbox begins. `states` are those of the scenarios that do not begin in the first."""

    beginning: Beginning
    options: Options
    rules: Sequence[Rule] = ()
    states: Mapping[str, str] = {}
    ttl: float | None = None
    credentials: Sequence[Mapping[str, str]] = ()


class Plan(NamedTuple):
    """What is to be there: `default`, and the declared sandboxes by name."""

    seeds: Seeds
    default: Part
    declared: Mapping[str, Part]


def plan(world: World, seeds: Seeds, options: Options, project: Project | None) -> Plan:
    """Plant all that is needed; takes a while, and alters nothing. Raises BrokenProject, BrokenFixture."""
    if project is None:
        return Plan(seeds, Part(seeds.own(), options), {})
    seeds.more = {path.stem: path for path in project.fixture_paths.values()}
    default = Part(seeds.own(), options, _rules(world, options, project, ("faults",)))
    if len(project.sandboxes) >= options.max_sandboxes:
        most = options.max_sandboxes
        raise project.broken(f"{len(project.sandboxes)} and default: only {most} may be there", ("sandboxes",))
    _check_credentials(project)
    bare = Plan(seeds, default, {})
    return Plan(seeds, default, {name: _part(world, bare, project, name) for name in project.sandboxes})


class Written(NamedTuple):
    """Fault rules as they stand in a file, the path to them, and how a complaint is made of a message and a path."""

    rules: Sequence[Any]
    where: Sequence[Key]
    located: Callable[[str, Sequence[Key]], Exception]


class Declarations:
    """Carries plans out, one after the other. To be used where requests are answered: on the event loop's thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: dict[str, Sandbox] = {}

    def begin(self, plan: Plan, *, restored: bool) -> list[str]:
        """Carry out the first plan; returns complaints.

        Where the server's state was `restored` from a file, what was in there stays as it is.
        """
        self._world.seeds = plan.seeds
        if not restored:
            self._let_begin(self._world.sandboxes.default, plan.default)
        known = {sandbox.name for sandbox in self._world.sandboxes} if restored else set()
        return list(self._make({name: part for name, part in plan.declared.items() if name not in known}))

    def renew(self, plan: Plan) -> list[str]:
        """Carry out another plan; returns complaints. What the last one made begins again, or is gone."""
        sandboxes = self._world.sandboxes
        there = {sandbox.name: sandbox for sandbox in sandboxes}
        for name, made in self._made.items():
            if there.get(name) is made:
                sandboxes.remove(name, "began again" if name in plan.declared else "is not declared any more")
        self._made.clear()
        self._world.seeds, self._world.options = plan.seeds, plan.default.options
        sandboxes.begin_with(plan.seeds.own(), plan.default.options)
        self._let_begin(sandboxes.default, plan.default)
        return list(self._make(plan.declared))

    def _make(self, parts: Mapping[str, Part]) -> Iterator[str]:
        for name, part in parts.items():
            try:
                made = self._world.sandboxes.create(
                    name, part.beginning, options=part.options, ttl=part.ttl, credentials=part.credentials
                )
            except (NameTaken, TooMany, AlreadyBound) as error:
                yield f"sandbox {name}: {error}"
            else:
                self._made[name] = made
                self._let_begin(made, part)

    def _let_begin(self, sandbox: Sandbox, part: Part) -> None:
        others = [each for each in sandbox.observers if not isinstance(each, _Rearming)]
        sandbox.observers = (_Rearming(sandbox, part), *others)
        sandbox.begin_with(part.beginning, part.options)


class _Rearming:
    """Adds a sandbox's declared rules at each reset, as new: nothing is counted yet, and their time begins."""

    def __init__(self, sandbox: Sandbox, part: Part) -> None:
        self._sandbox = sandbox
        self._rules, self._states = part.rules, part.states

    def __call__(self, cause: Cause) -> None:
        """Told what befell the sandbox."""
        if cause != "reset" or not (self._rules or self._states):
            return
        ledger = self._sandbox.ledger
        if ledger.changes is None:
            with ledger.transaction():
                self._arm()
        else:  # a request asks for the reset; it alters nothing that a rewind could take back
            self._arm()
            ledger.changes.clear()

    def _arm(self) -> None:
        faults = self._sandbox.faults
        if self._rules:
            faults.replace(self._rules)
        for name, state in self._states.items():
            faults.scenarios.set(name, state)


def _part(world: World, plan: Plan, project: Project, name: str) -> Part:
    declared = project.sandboxes[name]
    where = ("sandboxes", name)
    fixture = declared.fixture
    if fixture is not None and fixture in project.fixture_paths:
        fixture = project.fixture_paths[fixture].stem
    elif fixture is not None and fixture not in plan.seeds.names:
        names = plan.seeds.names
        complaint = f"there is no fixture called {fixture}{meant(fixture, names)}; known: {', '.join(names)}"
        raise project.broken(f"{complaint}, or the path of a .yaml file", (*where, "fixture"))
    own = {"auth": declared.auth, "fidelity": declared.fidelity, "rate_limits": declared.rate_limits}
    return Part(
        plan.seeds.of(fixture, declared.seed, declared.customers),
        msgspec.structs.replace(plan.default.options, **{key: value for key, value in own.items() if value}),
        _rules(world, plan.default.options, project, (*where, "faults")),
        ttl=declared.ttl_seconds,
        credentials=declared.credentials,
    )


def _check_credentials(project: Project) -> None:
    """One credential leads to one sandbox."""
    holders: dict[frozenset[tuple[str, str]], str] = {}
    for name, declared in project.sandboxes.items():
        for number, credential in enumerate(declared.credentials):
            path = ("sandboxes", name, "credentials", number)
            if not credential:
                raise project.broken("a credential is one header or more, such as {X-Key: some-text}", path)
            holder = holders.setdefault(frozenset((key.lower(), value) for key, value in credential.items()), name)
            if holder != name:
                raise project.broken(f"the same credential leads to the sandbox {holder} already", path)


def _rules(world: World, options: Options, project: Project, where: Sequence[str]) -> list[Rule]:
    """The fault rules that stand at a place in the file. Raises BrokenProject."""
    written: Sequence[Any] = project.faults if len(where) == 1 else project.sandboxes[where[1]].faults
    return read_rules(world, Written(written, where, project.located), time.time(), options.max_faults)


def read_rules(world: World, written: Written, at: float, limit: int) -> list[Rule]:
    """Fault rules, checked as those that testers add at an instant, and at most so many.

    Raises what `located` makes of a complaint and the path to what it is about.
    """
    rules, where, located = written
    try:
        read = [shape(msgspec.to_builtins(rule), Rule, (*where, number)) for number, rule in enumerate(rules)]
        checking.check(read, world.apis, at, listed=True)
        checking.check_ids(read, (), listed=True)
        checking.check_count(len(read), limit)
    except Misshapen as error:
        raise located(str(error), error.path) from None
    except Refused as refused:
        path = [*where, *path_of(str(refused.values.get("place", "")))]
        raise located(in_words(world, refused, text_of(path)), path) from None
    return read


def in_words(world: World, refused: Refused, place: str) -> str:
    """A refusal in the words of the admin API."""
    row = next(api.contract.rows()[refused.row] for api in world.admin)
    known = refused.values.get("known", ())
    listed = ", ".join(map(str, known)) if isinstance(known, (list, tuple)) else known
    return row.message.format_map({**refused.values, "place": place, "known": listed})
