"""The desk: what the operations of the admin API act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.sandbox import Sandbox
from mockserver.state.collection import Collection
from mockserver.vendor import Api
from mockserver.world import World


@dataclass(frozen=True)
class Desk:
    """One sandbox, and the world around it."""

    world: World
    sandbox: Sandbox

    @property
    def apis(self) -> list[Api]:
        """Every contract that the server answers, the admin API's own last."""
        return [*self.world.apis, *self.world.admin]

    @property
    def collections(self) -> Mapping[str, Collection[Any]]:
        """All collections of the sandbox, by owner and name: `shop.customers`."""
        return self.sandbox.ledger.collections
