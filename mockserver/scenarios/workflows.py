"""Reading workflows and their steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.scenarios import asking, sources as described, written
from mockserver.scenarios.actions import Actions
from mockserver.scenarios.document import Bound, Parameter, Scenario, Source, Step, Workflow
from mockserver.scenarios.mock import Mock
from mockserver.scenarios.outline import Outline, outlines, schema_of
from mockserver.scenarios.parts import Parts, Place
from mockserver.scenarios.taking import MOCK, Path, Taker
from mockserver.scenarios.worlds import Level, read_mock
from mockserver.shape import meant

_SOURCE = "$sourceDescriptions."
_ASKS = ("operationId", "operationPath", "workflowId")


class Names(NamedTuple):
    """What a document has: workflows by id, and what its source descriptions lead to."""

    outlines: Mapping[str, Outline]
    sources: Mapping[str, Source]

    def why_not(self, name: str) -> str | None:
        """What is wrong with the name of a workflow; None where nothing is."""
        if name.startswith(_SOURCE):
            return self._why_not_elsewhere(name)
        if name in self.outlines:
            return None
        known = ", ".join(self.outlines)
        return f"there is no workflow '{name}'{meant(name, self.outlines)}; known: {known}"

    def outline(self, name: str) -> Outline | None:
        """The workflow of a name; None where nobody knows."""
        if not name.startswith(_SOURCE):
            return self.outlines.get(name)
        scenario, id = self._elsewhere(name)
        return None if scenario is None else _outline_of(scenario, id)

    def _elsewhere(self, name: str) -> tuple[Scenario | None, str]:
        source, _, id = name.removeprefix(_SOURCE).partition(".")
        found = self.sources.get(source)
        return (found.scenario if found else None), id.removeprefix("workflows.")

    def _why_not_elsewhere(self, name: str) -> str | None:
        source = name.removeprefix(_SOURCE).partition(".")[0]
        scenario, id = self._elsewhere(name)
        if source not in self.sources:
            known = ", ".join(self.sources)
            return f"there is no source description '{source}'{meant(source, self.sources)}; known: {known}"
        if scenario is None:
            return f"{source} is no Arazzo document, in which there are workflows"
        if id in scenario.workflows:
            return None
        return f"{source} has no workflow '{id}'{meant(id, scenario.workflows)}; known: {', '.join(scenario.workflows)}"


class Workflows:
    """Reads workflows; what is wrong goes to the taker of the parts."""

    def __init__(self, parts: Parts, names: Names, document: Mapping[str, Any]) -> None:
        self._parts = parts
        self._taker: Taker = parts.taker
        self._names = names
        self._document = document

    def read(self, value: Any, path: Path) -> Workflow | None:
        """A workflow."""
        taken = self._taker.take(value, written.Workflow, path, mocked=True)
        if taken is None:
            return None
        id, outline = taken.workflow_id, self._names.outlines[taken.workflow_id]
        place = Place(id, "before")
        actions = Actions(self._parts, list(outline.steps), self._names.why_not)
        parameters = self._parts.parameters(taken.parameters, (*path, "parameters"), place)
        steps = [
            self._step(each, (*path, "steps", at), place, (actions, parameters)) for at, each in enumerate(taken.steps)
        ]
        self._check_names(taken, path)
        return Workflow(
            mark=self._taker.page.mark(path),
            id=id,
            summary=taken.summary,
            description=taken.description,
            inputs=self._inputs(taken.inputs, (*path, "inputs")),
            steps=tuple(each for each in steps if each),
            outputs=self._parts.outputs(taken.outputs, (*path, "outputs"), place.at("outputs")),
            depends_on=taken.depends_on,
            parameters=parameters,
            success_actions=actions.read(taken.success_actions, (*path, "successActions"), "successActions", place),
            failure_actions=actions.read(taken.failure_actions, (*path, "failureActions"), "failureActions", place),
            mock=self.mock(value, path, "workflow", [place]),
        )

    def mock(self, value: Mapping[str, Any], path: Path, level: Level, places: list[Place]) -> Mock:
        """What stands under `x-mock`, if anything does; `places` are the workflows that it is for."""
        if MOCK not in value:
            return Mock()
        where, given = (*path, MOCK), value[MOCK]
        mock = read_mock(self._taker, given, where, level)
        if not isinstance(given, Mapping):
            return mock
        first, last = ("before", "then") if level == "step" else ("begin", "end")
        for place in places:
            for key, inner in given.items():
                expected = key in ("expectWebhook", "expectRequest", "absent", "pause")
                self._parts.uses.note(inner, (*where, key), place.at(last if expected else first))  # type: ignore[arg-type]
            self._check_receiver(mock, (*where, "receiver"), place)
        return mock

    def _step(self, value: Any, path: Path, place: Place, shared: tuple[Actions, tuple[Parameter, ...]]) -> Step | None:
        taken = self._taker.take(value, written.Step, path, mocked=True)
        if taken is None:
            return None
        place, (actions, _), parts = place._replace(step=taken.step_id), shared, self._parts
        bound = self._bound(taken, value, path)
        step = Step(
            mark=self._taker.page.mark(path),
            id=taken.step_id,
            description=taken.description,
            operation=bound,
            workflow=taken.workflow_id,
            parameters=parts.parameters(taken.parameters, (*path, "parameters"), place),
            body=parts.body(taken.request_body, (*path, "requestBody"), place),
            criteria=parts.criteria(taken.success_criteria, (*path, "successCriteria"), place.at("after")),
            on_success=actions.read(taken.on_success, (*path, "onSuccess"), "successActions", place),
            on_failure=actions.read(taken.on_failure, (*path, "onFailure"), "failureActions", place),
            outputs=parts.outputs(taken.outputs, (*path, "outputs"), place.at("after")),
            mock=self.mock(value, path, "step", [place]),
        )
        for where, told in self._complaints(step, shared[1]):
            self._taker.complain(told, (*path, *self._numbered(where, path, len(taken.parameters))))
        return step

    def _numbered(self, where: tuple[str | Parameter, ...], path: Path, count: int) -> Iterator[str | int]:
        """A path with numbers for parameters; it ends at one that stands elsewhere, among the components."""
        for each in where:
            if isinstance(each, str):
                yield each
                continue
            marks = [self._taker.page.mark((*path, "parameters", at)) for at in range(count)]
            if each.mark not in marks:
                return
            yield marks.index(each.mark)

    def _bound(self, taken: written.Step, value: Mapping[str, Any], path: Path) -> Bound | None:
        asked = [key for key in _ASKS if value.get(key) is not None]
        if len(asked) != 1:
            hint = "" if asked or MOCK not in value else "; what its x-mock does can stand on the next step"
            self._taker.complain(f"a step has one of {', '.join(_ASKS)}{hint}", path)
            return None
        try:
            if taken.operation_id is not None:
                return described.find_operation(self._names.sources, taken.operation_id)
            if taken.operation_path is not None:
                return described.find_path(self._names.sources, taken.operation_path)
        except described.BrokenSource as error:
            if all(each.document or each.scenario for each in self._names.sources.values()):  # else that was told
                self._taker.complain(str(error), (*path, asked[0]))
        return None

    def _complaints(self, step: Step, shared: tuple[Parameter, ...]) -> Iterator[asking.Complaint]:
        if step.operation is not None:
            yield from asking.of_parameters(step.operation, step.parameters, shared)
            yield from asking.of_body(step.operation, step.body)
        if step.workflow is None:
            return
        if step.body is not None:
            yield ("requestBody",), "a workflow takes no body; give it inputs, as parameters"
        wrong, called = self._names.why_not(step.workflow), self._names.outline(step.workflow)
        if wrong:
            yield ("workflowId",), wrong
        elif called:
            yield from asking.of_call(called, step.parameters)

    def _inputs(self, value: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
        try:
            schema = dict(schema_of(value, self._document))
            jsonschema_rs.meta.validate(schema)
            jsonschema_rs.Draft202012Validator(schema)
        except KeyError as error:
            self._taker.complain(f"{error.args[0]} leads to no schema in this document", path)
        except (ValueError, jsonschema_rs.ValidationError) as error:
            self._taker.complain(f"this is no JSON Schema: {str(error).partition(chr(10))[0]}", path)
        else:
            return schema
        return {}

    def _check_names(self, taken: written.Workflow, path: Path) -> None:
        ids = [each.get("stepId") for each in taken.steps if isinstance(each, Mapping)]
        for at, id in enumerate(ids):
            if id is not None and id in ids[:at]:
                self._taker.complain(f"the step '{id}' stands twice", (*path, "steps", at, "stepId"))
        for at, name in enumerate(taken.depends_on):
            wrong = self._names.why_not(name)
            if wrong:
                self._taker.complain(wrong, (*path, "dependsOn", at))

    def _check_receiver(self, mock: Mock, path: Path, place: Place) -> None:
        inputs = self._names.outlines[place.workflow].inputs
        if mock.receiver is not None and mock.receiver not in inputs:
            known = ", ".join(inputs) or "none"
            told = f"workflow '{place.workflow}' has no input '{mock.receiver}'{meant(mock.receiver, inputs)}; known: {known}"
            self._taker.complain(told, path)


def _outline_of(scenario: Scenario, id: str) -> Outline | None:
    workflow = scenario.workflows.get(id)
    if workflow is None:
        return None
    return outlines({"workflows": [{"workflowId": id, "inputs": workflow.inputs, "outputs": dict(workflow.outputs)}]})[
        id
    ]
