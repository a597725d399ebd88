"""Which workflows of which files are run, and with which inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs
import msgspec

from mockserver.scenarios.document import Bound, Scenario, Workflow
from mockserver.scenarios.mock import settings
from mockserver.scenarios.outline import names_in
from mockserver.scenarios.placing import Place, is_foreign
from mockserver.shape import meant

Inputs = Mapping[str, str]
"""Inputs as they were typed, by name."""
_READS = ("GET", "HEAD", "OPTIONS", "TRACE")


class Unchosen(Exception):
    """What was asked for cannot be run. The message says what would be right."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow to run. `reason` is why it is not run by itself, or empty."""

    scenario: Scenario
    workflow: Workflow
    reason: str = ""


def choose(scenarios: Sequence[Scenario], ids: Sequence[str], inputs: Inputs, place: Place) -> list[Chosen]:
    """The workflows with these ids, or all. Raises Unchosen."""
    everything = [(scenario, each) for scenario in scenarios for each in scenario.workflows.values()]
    known = list(dict.fromkeys(workflow.id for _, workflow in everything))
    for id in ids:
        if id not in known:
            raise Unchosen(f"there is no workflow '{id}'{meant(id, known)}; known: {', '.join(known)}")
    wanted = [(scenario, workflow) for scenario, workflow in everything if not ids or workflow.id in ids]
    _check_names(inputs, wanted)
    _check_servers(place, [scenario for scenario, _ in wanted])
    return [_chosen(scenario, workflow, inputs, place, asked=bool(ids)) for scenario, workflow in wanted]


def inputs_of(workflow: Workflow, given: Inputs, more: Mapping[str, Any]) -> dict[str, Any]:
    """A workflow's inputs: its defaults, what was typed, and what else is known. Raises Unchosen where they do not fit."""
    properties = _properties(workflow)
    known = dict(names_in(workflow.inputs))
    whole = workflow.inputs.get("default")
    values: dict[str, Any] = dict(whole) if isinstance(whole, Mapping) else {}
    values |= {name: each["default"] for name, each in properties.items() if "default" in each}
    values |= {name: each for name, each in more.items() if name in known}
    values |= {name: typed(text, properties.get(name, {})) for name, text in given.items() if name in known}
    return values


def complaint(workflow: Workflow, values: Mapping[str, Any]) -> str:
    """What is wrong with a workflow's inputs; empty where nothing is."""
    schema = {**workflow.inputs, "$schema": "https://json-schema.org/draft/2020-12/schema"}
    try:
        error = next(iter(jsonschema_rs.Draft202012Validator(schema).iter_errors(dict(values))), None)
    except (ValueError, jsonschema_rs.ReferencingError) as broken:
        return f"the schema of the inputs of {workflow.id} cannot be used: {' '.join(str(broken).split())}"
    if error is None:
        return ""
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        name = error.kind.property
        return f"{workflow.id} needs the input {name}; give --input {name}=VALUE, or a default in the file"
    place = "/".join(map(str, error.instance_path))
    return f"the input {place} of {workflow.id} does not fit: {error.message}"


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """What was typed for an input, as its schema has it: a text unless that asks for something else."""
    kinds = schema.get("type", "string" if "enum" not in schema else [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "string" in kinds:
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def needed(scenario: Scenario, workflow: Workflow) -> Iterator[tuple[Scenario, Workflow]]:
    """All that a workflow depends on, and itself in the end."""
    for name in workflow.depends_on:
        yield from needed(*scenario.called(name))
    yield scenario, workflow


def receivers(scenario: Scenario, workflow: Workflow) -> list[str]:
    """The inputs that are given the address of a receiver of webhooks."""
    mocks = (settings(where.mock, each.mock) for where, each in reached(scenario, workflow))
    return list(dict.fromkeys(mock.receiver for mock in mocks if mock.receiver))


def secret_inputs(workflow: Workflow) -> list[str]:
    """The inputs that nobody may be shown."""
    return [
        name for name, each in _properties(workflow).items() if each.get("format") == "password" or each.get("x-secret")
    ]


def refuse_writes(chosen: Sequence[Chosen], place: Place) -> None:
    """Raises Unchosen where a step would alter something on another machine."""
    writing = [
        (bound, url)
        for each in chosen
        if not each.reason
        for bound in operations(each.scenario, each.workflow)
        if is_foreign(url := place.base(bound.source, bound.server, place.url or "http://127.0.0.1")) and _writes(bound)
    ]
    if writing:
        bound, url = writing[0]
        raise Unchosen(
            f"{url} is not this machine, and {bound.id} ({bound.method} {bound.path}) alters something there; "
            "--allow-writes runs it all the same"
        )


def operations(scenario: Scenario, workflow: Workflow) -> Iterator[Bound]:
    """All operations that a workflow asks, those of workflows that it leads to included."""
    for _, each in reached(scenario, workflow):
        yield from (step.operation for step in each.steps if step.operation is not None)


def reached(scenario: Scenario, workflow: Workflow) -> Iterator[tuple[Scenario, Workflow]]:
    """A workflow, and all that it depends on, calls, or goes on with; each once."""
    seen, left = set[str](), [(scenario, workflow)]
    while left:
        where, each = left.pop()
        key = f"{where.file}#{each.id}"
        if key not in seen:
            seen.add(key)
            yield where, each
            left += (where.called(name) for name in _leads(each))


def _leads(workflow: Workflow) -> Iterator[str]:
    yield from workflow.depends_on
    actions = [*workflow.success_actions, *workflow.failure_actions]
    for step in workflow.steps:
        if step.workflow:
            yield step.workflow
        actions += (*step.on_success, *step.on_failure)
    yield from (action.workflow for action in actions if action.workflow)


def _writes(bound: Bound) -> bool:
    return not bound.operation.safe if bound.operation else bound.method not in _READS


def _chosen(scenario: Scenario, workflow: Workflow, inputs: Inputs, place: Place, *, asked: bool) -> Chosen:
    """Raises Unchosen where inputs are missing that nobody else gives."""
    more = {} if place.replaces(scenario) else dict.fromkeys(receivers(scenario, workflow), "http://127.0.0.1")
    all_needed = [each for _, each in needed(scenario, workflow)]
    complaints = [complaint(each, inputs_of(each, inputs, more)) for each in all_needed]
    wrong = next(filter(None, reversed(complaints)), "")
    callers = [each.id for each in scenario.workflows.values() if _calls(each, workflow.id)]
    if wrong and callers and not asked:
        return Chosen(scenario=scenario, workflow=workflow, reason=f"{wrong}; {callers[0]} runs it with inputs")
    if wrong:
        raise Unchosen(f"{workflow.mark}: {wrong}")
    return Chosen(scenario=scenario, workflow=workflow)


def _properties(workflow: Workflow) -> dict[str, Mapping[str, Any]]:
    """The schemas of inputs; true and false, which are schemas too, say nothing."""
    properties = workflow.inputs.get("properties", {})
    return {name: each if isinstance(each, Mapping) else {} for name, each in properties.items()}


def _calls(workflow: Workflow, id: str) -> bool:
    return any(step.workflow == id for step in workflow.steps)


def _check_names(inputs: Inputs, wanted: Sequence[tuple[Scenario, Workflow]]) -> None:
    known = {
        name
        for scenario, workflow in wanted
        for each in scenario.workflows.values()
        for name, _ in names_in(each.inputs)
    }
    for name in inputs:
        if name not in known:
            raise Unchosen(
                f"no workflow has an input '{name}'{meant(name, known)}; known: {', '.join(sorted(known)) or 'none'}"
            )


def _check_servers(place: Place, scenarios: Sequence[Scenario]) -> None:
    """Raises Unchosen for an API that is not there to be asked, and for addresses of none."""
    apis = {name: source for each in scenarios for name, source in each.sources.items() if source.document is not None}
    for name in place.servers:
        if name not in apis:
            raise Unchosen(f"no source description is called '{name}'{meant(name, apis)}; known: {', '.join(apis)}")
    for name, source in apis.items():
        if place.url is None and source.contract is None and name not in place.servers:
            raise Unchosen(f"{name} ({source.url}) is no API that is faked; say where it is: --server {name}=URL")
