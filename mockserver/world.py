"""One server's everything: its APIs, its sandboxes and the application that serves them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.sandboxes import Sandboxes
from mockserver.seeds import Seeds
from mockserver.shelf import Shelf
from mockserver.transport import App
from mockserver.vendor import Api, Vendor

if TYPE_CHECKING:
    from mockserver.statefile import StateFile


@dataclass
class World:
    """What `app.build` has composed. Two worlds share nothing, so tests make as many as they like.

    `apis` has one entry per vendor's contract, and `admin` the control plane's. `started` is `time.monotonic()`,
    `streams` are the readers of events that there are now.
    """

    options: Options
    vendors: Mapping[str, Vendor]
    apis: Sequence[Api]
    admin: Sequence[Api]
    started: float = field(default_factory=time.monotonic)
    streams: set[object] = field(default_factory=set)
    seeds: Seeds = field(init=False)
    sandboxes: Sandboxes = field(init=False)
    shelf: Shelf = field(init=False)
    app: App = field(init=False)

    @property
    def fixture(self) -> Fixture:
        """What the sandbox `default` begins with."""
        return self.seeds.fixture

    @cached_property
    def state_file(self) -> StateFile | None:
        """Where everything is saved; None where nothing is."""
        path = self.options.state_file
        if path is None:
            return None
        from mockserver.statefile import StateFile  # noqa: PLC0415  most servers have none, and need not import it

        return StateFile(path, self.sandboxes, self.shelf)

    def api(self, name: str) -> Api:
        """The API of a contract. Raises KeyError."""
        return {api.name: api for api in self.apis}[name]
