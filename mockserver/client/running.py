"""A server in this process: composed, and running in a thread of its own."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

import msgspec

from mockserver import structs
from mockserver.client.asgi import Call
from mockserver.client.loop import Loop

if TYPE_CHECKING:
    from mockserver.client.transports import Line
    from mockserver.options import Options
    from mockserver.world import World

NOWHERE = "http://localhost"
"""The address of a server that listens nowhere: a name of this machine, as the admin API wants it."""


class ServerOptions(TypedDict, total=False):
    """How a server behaves, besides what it begins with: as `mockserver.options.Options` describes it.

    `port` is where it listens, 0 for a free port; without `sockets` it listens nowhere.
    """

    port: int
    sockets: bool
    auth: Literal["lenient", "strict"]
    fidelity: Literal["documented", "observed"]
    rate_limits: Literal["off", "count", "enforce"] | None
    max_body: int
    journal_entries: int
    journal_bytes: int
    admin_token: str | None
    admin_hosts: frozenset[str]
    webhook_allow: frozenset[str]
    auto: Sequence[str]
    max_sandboxes: int
    max_snapshots: int
    max_faults: int
    max_streams: int
    max_waiting: int
    max_wait: float


@dataclass(frozen=True)
class Beginning:
    """What a server in this process begins with; the fixture is a name or a file."""

    fixture: str | Path = "default"
    seed: int | None = None
    customers: int | None = None
    vendors: Sequence[str] = ()


class _Runner(Protocol):
    def stop(self) -> None: ...

    def call(self, function: Any) -> bool: ...


class Running:
    """A server that runs from now on until `stop`."""

    def __init__(self, beginning: Beginning, options: ServerOptions) -> None:
        own = dict(options)
        port, sockets = own.pop("port", 0), own.pop("sockets", True)
        self._world = _build(beginning, _read_options(own))
        self.token = self._world.options.admin_token
        self.url, self._runner = _listen(self._world, port) if sockets else _stay_inside()
        self.sockets = bool(sockets)
        atexit.register(self.stop)

    def stop(self) -> None:
        """Ends it; a second time does nothing."""
        atexit.unregister(self.stop)
        self._runner.stop()

    def line(self, sandbox: str | None, library: ModuleType) -> Line:
        """What a transport of an HTTP library needs, to this server."""
        from mockserver.client.transports import Line  # noqa: PLC0415  few tests need it

        call: Call = self._runner.call
        return Line(self._world.app, call, sandbox, library)


def _build(beginning: Beginning, options: Options) -> World:
    from mockserver.app import build, check_sections, choose_vendors  # noqa: PLC0415  half of the start
    from mockserver.fixture import read_fixture  # noqa: PLC0415
    from mockserver.seeds import altered  # noqa: PLC0415

    with structs.turn:
        chosen = choose_vendors(beginning.vendors)
        fixture = read_fixture(str(beginning.fixture))
        check_sections(fixture)
        world = build(altered(fixture, beginning.seed, beginning.customers), chosen, options)
        structs.prepare()
    return world


def _listen(world: World, port: Any) -> tuple[str, _Runner]:
    from mockserver.server import Server, listen  # noqa: PLC0415  not without sockets

    server = Server(world.app, listen(port=port))
    server.start()
    return server.url, server


def _stay_inside() -> tuple[str, _Runner]:
    loop = Loop()
    loop.start()
    return NOWHERE, loop


def _read_options(given: dict[str, Any]) -> Options:
    """Raises TypeError for an option that is not there, ValueError for one that cannot be so."""
    from mockserver.options import Options  # noqa: PLC0415

    known = list(ServerOptions.__annotations__)
    for name in given:
        if name not in known:
            raise TypeError(
                f"there is no option '{name}'; known: {', '.join(['fixture', 'seed', 'customers', 'vendors', *known])}"
            )
    try:
        with structs.turn:
            return msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise ValueError(f"an option cannot be so: {error}") from None
