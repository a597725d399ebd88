"""From options to what is served: at the start, and again when files have changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from mockserver.app import build, check_sections, choose_vendors
from mockserver.cli.settings import Settings
from mockserver.declared import Declarations, Plan, plan
from mockserver.fixture import BrokenFixture, Fixture, read_fixture
from mockserver.hosts import is_loopback
from mockserver.options import Options
from mockserver.project import BrokenProject, Project
from mockserver.seeds import Seeds, altered
from mockserver.terminal import SeedingProgress
from mockserver.world import World

if TYPE_CHECKING:
    from mockserver.scenarios.standing import Standing

_AT_ONCE = ("fixture", "seed", "customers", "auth", "fidelity", "rate_limits", "scenario")
"""Options of which a change can be carried out while the server runs."""


class Composition:
    """What one run of `serve` is made of. `values` are its options by name; `world` is what they come to."""

    def __init__(self, settings: Settings) -> None:
        """Raises BrokenContract, BrokenFixture, BrokenProject, UnknownVendor."""
        self._settings = settings
        self._read: list[Path] = []
        self.values, self.project, self._standing = self._say()
        self.options = settings_of(self.values)

    def compose(self) -> World:
        """Build the world. Raises BrokenContract, BrokenFixture, UnknownVendor."""
        chosen = choose_vendors(self.values["vendor"])
        fixture = self._fixture(self.values, self.project)
        self.world = build(fixture, chosen, self.options, SeedingProgress())
        self._declarations = Declarations(self.world)
        return self.world

    def declare(self, *, restored: bool) -> list[str]:
        """Let the declared sandboxes begin, but not those that were `restored` from a file; returns complaints.

        Raises BrokenFixture, BrokenProject.
        """
        first = self._plan(self.world.seeds, self.options, self.project, self._standing)
        return [*self._warnings(self._standing, restored=restored), *self._declarations.begin(first, restored=restored)]

    @property
    def files(self) -> list[Path]:
        """The files whose change may make a difference; some may not be there."""
        project = [] if self._settings.file is None else [self._settings.file]
        return [*project, *dict.fromkeys(self._read)]

    def prepare(self) -> Callable[[], str]:
        """Read and plant everything again, which takes a while and alters nothing.

        Returns what carries it out where requests are answered, and tells in one line what it did. Raises
        BrokenFixture, BrokenProject.
        """
        before, self._read = self._read, []
        try:
            values, project, standing = self._say()
            self._refuse_if_gone(project)
            seeds = self.world.seeds.anew(self._fixture(values, project))
            own = {name: values[name] for name in ("auth", "fidelity", "rate_limits")}
            planned = self._plan(seeds, structs.replace(self.options, **own), project, standing)
        except (BrokenFixture, BrokenProject) as error:
            missing = getattr(error, "missing", None)
            self._read += [*before, missing] if missing else before
            raise
        self.project, self._standing = project, standing
        complaints = self._warnings(standing, restored=False)
        waiting = [name for name, value in values.items() if name not in _AT_ONCE and value != self.values[name]]
        return lambda: _told(planned, [*complaints, *self._declarations.renew(planned)], waiting)

    def _say(self) -> tuple[dict[str, Any], Project | None, Standing | None]:
        """The options by name, the project file and the scenario, where there are any. Raises BrokenProject."""
        values, project = self._settings.read()
        if values["scenario"] is None:
            return values, project, None
        from mockserver.scenarios.standing import read_standing

        file = Path(values["scenario"])
        self._read.append(file)
        standing = read_standing(file)
        self._read += standing.files
        return self._settings.under(values, standing.settings), project, standing

    def _plan(self, seeds: Seeds, options: Options, project: Project | None, standing: Standing | None) -> Plan:
        planned = plan(self.world, seeds, options, project)
        if standing is None:
            return planned
        from mockserver.scenarios.preparing import prepare

        return prepare(standing, self.world, planned)

    def _warnings(self, standing: Standing | None, *, restored: bool) -> list[str]:
        if standing is None:
            return []
        if restored:
            return [f"{standing.file}: default is what the state file has, and not what is said here"]
        return list(standing.warnings)

    def _refuse_if_gone(self, project: Project | None) -> None:
        if self.project is not None and project is None:
            raise BrokenProject(f"{self._settings.file} is gone")

    def _fixture(self, values: dict[str, Any], project: Project | None) -> Fixture:
        """The server's own fixture; those of declared sandboxes are looked at, too."""
        own = read_fixture(values["fixture"], self._read)
        check_sections(own)
        for path in project.fixture_paths.values() if project else ():
            check_sections(read_fixture(str(path), self._read))
        return altered(own, values["seed"], values["customers"])


def settings_of(values: Mapping[str, Any]) -> Options:
    """The server's settings, of options by name; off loopback with a token that is made for it."""
    on_loopback = is_loopback(values["host"].lower())
    return Options(
        auth=values["auth"],
        fidelity=values["fidelity"],
        rate_limits=values["rate_limits"],
        max_body=values["max_body"],
        journal_entries=values["journal"],
        journal_bytes=values["journal_bytes"],
        admin_token=values["admin_token"] or (None if on_loopback else secrets.token_urlsafe(24)),
        admin_hosts=frozenset(values["admin_allow_host"]),
        webhook_allow=frozenset(values["webhook_allow"]),
        auto=tuple(values["auto_sandbox"]),
        max_sandboxes=values["max_sandboxes"],
        max_snapshots=values["max_snapshots"],
        max_faults=values["max_faults"],
        max_waiting=values["max_waiting"],
        max_streams=values["max_streams"],
        max_wait=values["max_wait"],
        state_file=None if values["state"] is None else Path(values["state"]),
    )


def _told(planned: Plan, complaints: list[str], waiting: list[str]) -> str:
    names = ", ".join(["default", *planned.declared])
    told = [f"{names} began again, with seed {planned.default.beginning.seed}", *complaints]
    if waiting:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in waiting)
        told.append(f"{options} only once the server is started again")
    return "; ".join(told)
