"""How a workflow's sandbox begins: with a fixture, a file of one's own, or a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from mockserver.client.errors import AdminError
from mockserver.client.server import MockServer
from mockserver.client.wording import camel
from mockserver.fixture import BrokenFixture, is_file_name
from mockserver.scenarios.mock import Mock

_PLAIN = ("fixture", "seed", "customers", "auth", "fidelity", "rate_limits")
_PLANTED = ("fixture", "seed", "customers")


class NotBegun(Exception):
    """A sandbox cannot begin as the file says. The message says why."""


class Beginnings:
    """What sandboxes of a server begin with that it does not have itself: given to it as snapshots, taken back in the end."""

    def __init__(self, server: MockServer) -> None:
        self._server = server
        self._given: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._given.values():
            with suppress(AdminError, ConnectionError):
                self._server.snapshots.delete(name)

    def wish(self, mock: Mock, folder: Path) -> dict[str, Any]:
        """What the admin API is asked for; files are relative to a folder. Raises NotBegun, AdminError."""
        given = {name: each for name, each in mock.settings.items() if name in _PLAIN}
        if mock.snapshot is not None:
            return self._from(given, self._snapshot(folder / mock.snapshot))
        if mock.fixture is not None and is_file_name(mock.fixture):
            planted = {name: given.pop(name) for name in _PLANTED if name in given}
            return self._from(given, self._fixture({**planted, "fixture": folder / mock.fixture}))
        return {camel(name): each for name, each in given.items()}

    def _from(self, given: Mapping[str, Any], snapshot: str) -> dict[str, Any]:
        return {**{camel(name): each for name, each in given.items()}, "from": {"snapshot": snapshot}}

    def _snapshot(self, file: Path) -> str:
        try:
            return self._keep(f"file {file}", file.read_bytes())
        except OSError as error:
            raise NotBegun(f"cannot read the snapshot {file}: {error.strerror}") from None

    def _fixture(self, options: dict[str, Any]) -> str:
        """A fixture's state, planted here, for the server knows files by no path."""
        key = str(sorted(options.items()))
        if key in self._given:
            return self._given[key]
        try:
            with MockServer(sockets=False, **options) as planter:
                planter.snapshots.save("planted", sandbox="default")
                return self._keep(key, planter.admin.request("GET", "/snapshots/planted").content)
        except BrokenFixture as error:
            raise NotBegun(str(error)) from None

    def _keep(self, key: str, document: bytes) -> str:
        if key not in self._given:
            name = f"run-{sha256(key.encode() + document).hexdigest()[:16]}"
            self._server.snapshots.save(name, document)
            self._given[key] = name
        return self._given[key]
