"""What all workflows share that run in one world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mockserver.scenarios.concealing import Concealing
from mockserver.scenarios.document import Scenario, Workflow
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Target, World
from mockserver.scenarios.result import WorkflowResult

_MOST_STEPS = 1000
_DEEPEST = 20


class Stopped(Exception):
    """A workflow does not end by itself. The message says why."""


@dataclass
class Company:
    """One world with those that act in it.

    `call` runs another workflow in it. `receivers` are addresses of receivers, by the inputs that they are for.
    `outputs` has the inputs and outputs of those that ran, by id.
    """

    target: Target
    world: World
    concealing: Concealing
    asking: Asking
    call: Callable[[Company, Scenario, Workflow, Mapping[str, Any]], WorkflowResult]
    receivers: Mapping[str, str]
    outputs: dict[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    _taken: int = 0
    _depth: int = 0

    def take(self) -> None:
        """One more step, or attempt. Raises Stopped."""
        self._taken += 1
        if self._taken > _MOST_STEPS:
            raise Stopped(f"stopped after {_MOST_STEPS} steps: goto or retry leads round and round")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """While a workflow is called by another one. Raises Stopped."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Stopped(f"stopped where workflows call one another {_DEEPEST} deep")
        try:
            yield
        finally:
            self._depth -= 1

    def sources(self, scenario: Scenario) -> dict[str, str]:
        """The addresses of a scenario's source descriptions as they are asked."""
        place, root = self.target.place, self.world.root
        return {name: place.base(name, each.server, root) for name, each in scenario.sources.items() if each.document}
