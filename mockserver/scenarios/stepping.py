"""One attempt at a step: its request or its call, and whether all is as it must be."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.client.errors import AdminError
from mockserver.scenarios import expecting, promises, requesting
from mockserver.scenarios.bodies import Unsendable
from mockserver.scenarios.company import Company, Stopped
from mockserver.scenarios.conditions import Condition
from mockserver.scenarios.document import Bound, Parameter, Scenario, Step, Workflow
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.moments import Moment
from mockserver.scenarios.requesting import Reply
from mockserver.scenarios.result import Check, StepResult, WorkflowResult

_REFUSED = 400


class Stepping:
    """Attempts at the steps of one workflow. `scope` is what their expressions see, `steps` the outputs in it."""

    def __init__(self, company: Company, scenario: Scenario, workflow: Workflow, inputs: Mapping[str, Any]) -> None:
        self._company = company
        self._scenario = scenario
        self._workflow = workflow
        self._steps: dict[str, Mapping[str, Any]] = {}
        self.scope = Scope(
            inputs=inputs,
            steps=self._steps,
            workflows=company.outputs,
            sources=company.sources(scenario),
            components=scenario.components,
        )

    def attempt(self, step: Step, result: StepResult, since: Moment) -> None:
        """All that comes of it goes into the result. Raises Stopped."""
        self.scope.exchange, self.scope.outputs = None, {}
        if step.workflow is not None:
            self.call(step.workflow, self._workflow.parameters_of(step), result)
        elif step.operation is not None:
            self._ask(step, step.operation, result)
        if not result.problem:
            result.checks += (self._judged(criterion) for criterion in step.criteria)
            self._remark(step, result)
        if not (result.problem or result.broken):
            seen = expecting.look(self._company.world, step.mock, self.scope, since, step.mark)
            result.checks += map(self._company.concealing.check, seen)
        self._steps[step.id] = self._outputs(step, result)
        result.outcome = "failed" if result.problem or result.broken else "passed"

    def call(self, name: str, parameters: tuple[Parameter, ...], result: StepResult) -> WorkflowResult | None:
        """Run another workflow; its outputs are what `$outputs` is then. Raises Stopped."""
        company = self._company
        scenario, workflow = self._scenario.called(name)
        try:
            given = {each.name: value(each.value, self.scope) for each in parameters if each.where is None}
        except Undefined as error:
            result.problem = company.concealing.text(str(error))
            return None
        with company.deeper():
            called = company.call(company, scenario, workflow, given)
        result.called.append(called)
        result.took += called.seconds * 1000
        self.scope.outputs = company.outputs.get(workflow.id, {}).get("outputs", {})
        if called.outcome == "failed":
            result.problem = f"the workflow {name} failed"
        return called

    def holds(self, criteria: tuple[Condition, ...]) -> bool:
        """Whether all criteria of an action hold."""
        return all(each.holds(self.scope).ok for each in criteria)

    def _ask(self, step: Step, bound: Bound, result: StepResult) -> None:
        """Send the step's request."""
        company, place = self._company, self._company.target.place
        result.operation = f"{bound.method} {bound.path}"
        base = place.base(bound.source, bound.server, company.world.root)
        try:
            request = requesting.make(bound, base, self._parameters(step, bound), step.body, self.scope)
        except (Undefined, Unsendable) as error:
            result.problem = company.concealing.text(str(error))
            return
        begun = time.monotonic()
        reply = requesting.send(company.target.client, request, place.headers, place.timeout)
        result.took = (time.monotonic() - begun) * 1000
        result.exchange = company.concealing.exchange(bound, reply)
        self.scope.exchange = reply.exchange
        if reply.failure:
            result.problem = company.concealing.text(reply.failure)
        else:
            result.checks += self._promised(step, bound, reply)

    def _parameters(self, step: Step, bound: Bound) -> list[Parameter]:
        """A step's parameters; of those of its workflow in path and query, the ones that the operation has."""
        declared = {(each["in"], each["name"]) for each in bound.parameters}
        return [
            each
            for each in self._workflow.parameters_of(step)
            if each in step.parameters or each.where not in ("path", "query") or (each.where, each.name) in declared
        ]

    def _promised(self, step: Step, bound: Bound, reply: Reply) -> Iterator[Check]:
        """Whether the reply is as the API description says, unless a fault acted on purpose."""
        wrong = promises.broken(bound, reply)
        if wrong and not self._fault():
            yield Check(kind="contract", text=f"as {bound.source} says", ok=False, found=wrong, at=str(step.mark))

    def _fault(self) -> str | None:
        """The rule that acted on the newest request of this scenario."""
        world = self._company.world
        if world.sandbox is None:
            return None
        try:
            headers = {"user-agent": {"equalTo": requesting.AGENT}}
            newest = world.sandbox.requests.find({"headers": headers}, limit=1)
        except (AdminError, ConnectionError):
            return None
        return newest[0].fault if newest else None

    def _judged(self, criterion: Condition) -> Check:
        verdict = criterion.holds(self.scope)
        check = Check(
            kind=criterion.kind, text=criterion.text, ok=verdict.ok, found=verdict.explanation, at=str(criterion.mark)
        )
        return self._company.concealing.check(check)

    def _remark(self, step: Step, result: StepResult) -> None:
        exchange = self.scope.exchange
        if exchange is not None and exchange.status >= _REFUSED and not step.criteria:
            result.remarks.append(f"answered {exchange.status}, and the step has no criteria to say what is right")

    def _outputs(self, step: Step, result: StepResult) -> dict[str, Any]:
        """The step's outputs; one that leads nowhere is wrong, unless the step has failed anyway."""
        found, sound = {}, not (result.problem or result.broken)
        for name, expression in step.outputs.items():
            try:
                found[name] = value(expression, self.scope)
            except Undefined as error:
                if sound:
                    text = self._company.concealing.text(str(error))
                    result.checks.append(Check(kind="output", text=name, ok=False, found=text, at=str(step.mark)))
        return found


__all__ = ["Stepping", "Stopped"]
