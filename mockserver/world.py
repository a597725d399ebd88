"""One server's everything: its APIs, its sandboxes and the application that serves them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.sandbox import Sandboxes
from mockserver.transport import App
from mockserver.vendor import Api, Vendor


@dataclass
class World:
    """What `app.build` has composed. Two worlds share nothing, so tests make as many as they like.

    `apis` has one entry per vendor's contract, and `admin` the control plane's. `started` is `time.monotonic()`.
    """

    options: Options
    fixture: Fixture
    vendors: Mapping[str, Vendor]
    apis: Sequence[Api]
    admin: Sequence[Api]
    started: float = field(default_factory=time.monotonic)
    sandboxes: Sandboxes = field(init=False)
    app: App = field(init=False)

    def api(self, name: str) -> Api:
        """The API of a contract. Raises KeyError."""
        return {api.name: api for api in self.apis}[name]
