"""Scenarios as they were read: the Arazzo objects that we know, with everything in them found and compiled.

Values (`Parameter.value`, `RequestBody.payload`, what stands in `mock`) are as in the file, for `expressions.value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from mockserver.contract import Contract, Operation
from mockserver.marks import Mark
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.expressions import Expression
from mockserver.scenarios.mock import Mock

Where = Literal["path", "query", "header", "cookie"]


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What all parts have: where they stand in the file."""

    mark: Mark


class Source(Node, frozen=True, kw_only=True):
    """A source description. `document` is an OpenAPI document's content, `scenario` another Arazzo document.

    `contract` is there where the OpenAPI document is one of ours. `server` is the first of its servers' URLs: a path, or
    an absolute URL.
    """

    name: str
    type: Literal["openapi", "arazzo"]
    url: str
    file: Path | None = None
    server: str = ""
    document: Mapping[str, Any] | None = None
    contract: Contract | None = None
    scenario: Scenario | None = None


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The operation that a step asks.

    `path` is its template below `server`, which is a path such as `/v1` or an absolute URL; `node` is its OpenAPI object
    with the parameters of its path added and all of them resolved. `contract` and `operation` are there where the
    contract is one of ours.
    """

    source: str
    id: str
    method: str
    server: str
    path: str
    node: Mapping[str, Any]
    document: Mapping[str, Any]
    contract: Contract | None = None
    operation: Operation | None = None

    @property
    def parameters(self) -> list[Mapping[str, Any]]:
        """Its OpenAPI parameter objects."""
        declared: list[Mapping[str, Any]] = self.node["parameters"]
        return declared


class Parameter(Node, frozen=True, kw_only=True):
    """A value that a request is sent with, or an input of a workflow that a step calls: then `where` is None."""

    name: str
    where: Where | None = None
    value: Any


class Replacement(Node, frozen=True, kw_only=True):
    """A value that goes into the payload; `target` is a JSON pointer."""

    target: str
    value: Any


class RequestBody(Node, frozen=True, kw_only=True):
    """What a request is sent with. Without `content_type` it is the first that the operation takes."""

    content_type: str | None = None
    payload: Any = None
    replacements: tuple[Replacement, ...] = ()


class Action(Node, frozen=True, kw_only=True):
    """What is done next, when all `criteria` hold. `step` or `workflow` is where `goto` leads, or what `retry` does first.

    `retry_after` is in seconds.
    """

    name: str
    kind: Literal["end", "goto", "retry"]
    step: str | None = None
    workflow: str | None = None
    retry_after: float = 0.0
    retry_limit: int = 1
    criteria: tuple[Condition, ...] = ()


class Step(Node, frozen=True, kw_only=True):
    """A request to an operation, or a call of another workflow. `workflow` is what `Scenario.called` finds.

    Its own parameters and actions only: those of its workflow are added with `Workflow.parameters_of` and the like.
    """

    id: str
    description: str = ""
    operation: Bound | None = None
    workflow: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: RequestBody | None = None
    criteria: tuple[Condition, ...] = ()
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()
    outputs: Mapping[str, Expression] = {}
    mock: Mock = Mock()


class Workflow(Node, frozen=True, kw_only=True):
    """Steps in their order. `inputs` is a JSON Schema, with its references resolved."""

    id: str
    summary: str = ""
    description: str = ""
    inputs: Mapping[str, Any] = {}
    steps: tuple[Step, ...] = ()
    outputs: Mapping[str, Expression] = {}
    depends_on: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    success_actions: tuple[Action, ...] = ()
    failure_actions: tuple[Action, ...] = ()
    mock: Mock = Mock()

    def parameters_of(self, step: Step) -> tuple[Parameter, ...]:
        """A step's parameters, and those of the workflow that it does not have otherwise (none where it calls one)."""
        own = {(each.name, each.where) for each in step.parameters}
        shared = () if step.workflow else self.parameters
        return (*(each for each in shared if (each.name, each.where) not in own), *step.parameters)

    def on_success(self, step: Step) -> tuple[Action, ...]:
        """What is tried after a step that succeeded: its own, then those of the workflow of other names."""
        own = {each.name for each in step.on_success}
        return (*step.on_success, *(each for each in self.success_actions if each.name not in own))

    def on_failure(self, step: Step) -> tuple[Action, ...]:
        """What is tried after a step that failed: its own, then those of the workflow of other names."""
        own = {each.name for each in step.on_failure}
        return (*step.on_failure, *(each for each in self.failure_actions if each.name not in own))


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. `workflows` and `sources` are by name, in the order of the file; `text` is the file's."""

    file: Path
    title: str
    text: str = ""
    workflows: Mapping[str, Workflow] = {}
    sources: Mapping[str, Source] = {}
    components: Mapping[str, Any] = {}
    mock: Mock = Mock()

    def called(self, name: str) -> tuple[Scenario, Workflow]:
        """A workflow by its id, or by `$sourceDescriptions.NAME.ID`, with the scenario that it is in. Raises LookupError."""
        if not name.startswith("$sourceDescriptions."):
            return self, self.workflows[name]
        source, _, id = name.removeprefix("$sourceDescriptions.").partition(".")
        scenario = self.sources[source].scenario
        if scenario is None:
            raise LookupError(f"{source} is no Arazzo document")
        return scenario, scenario.workflows[id.removeprefix("workflows.")]
