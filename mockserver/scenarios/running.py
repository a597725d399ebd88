"""One workflow, run in a world of its own: what it depends on, its steps, and what is expected in the end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import msgspec

from mockserver.client.errors import AdminError
from mockserver.marks import Mark
from mockserver.scenarios import acting, choosing, expecting, undone
from mockserver.scenarios.acting import NotDone
from mockserver.scenarios.beginning import NotBegun
from mockserver.scenarios.choosing import Chosen, Inputs
from mockserver.scenarios.company import Company, Stopped
from mockserver.scenarios.concealing import Concealing
from mockserver.scenarios.document import Scenario, Workflow
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.mock import Mock, settings
from mockserver.scenarios.moments import Moment, now
from mockserver.scenarios.placing import Target
from mockserver.scenarios.receiving import Receiver
from mockserver.scenarios.result import WorkflowResult
from mockserver.scenarios.stepping import Stepping
from mockserver.scenarios.walking import Walk


class Runner:
    """Runs workflows at a target, one after the other. `inputs` are those that were typed."""

    def __init__(self, target: Target, inputs: Inputs, asking: Asking) -> None:
        self._target = target
        self._inputs = inputs
        self._asking = asking

    def run(self, chosen: Chosen) -> WorkflowResult:
        """Run a workflow. Raises nothing but KeyboardInterrupt: what goes wrong is in the result."""
        if chosen.reason:
            return unrun(chosen, chosen.reason)
        begun = time.monotonic()
        result = _result(chosen.scenario, chosen.workflow)
        concealing = Concealing()
        try:
            with ExitStack() as stack:
                self._run(chosen, result, concealing, stack)
        except (NotBegun, NotDone, AdminError, OSError, LookupError, ValueError) as error:
            result.problem = concealing.text(" ".join(str(error).split()))
        _conclude(result)
        result.seconds = time.monotonic() - begun
        return result

    def _run(self, chosen: Chosen, result: WorkflowResult, concealing: Concealing, stack: ExitStack) -> None:
        scenario, workflow = chosen.scenario, chosen.workflow
        mocked, names = settings(scenario.mock, workflow.mock), choosing.receivers(scenario, workflow)
        more: dict[str, str] = {}
        if names and not self._target.is_foreign(scenario):
            more = dict.fromkeys(names, stack.enter_context(Receiver()).url)
        inputs = choosing.inputs_of(workflow, self._inputs, more)
        result.problem = choosing.complaint(workflow, inputs)
        if result.problem:
            return
        begin = _resolved(mocked, Scope(inputs=inputs, components=scenario.components))
        world = stack.enter_context(self._target.world(scenario, begin))
        result.sandbox = world.name
        company = Company(self._target, world, concealing, self._asking, self._called, more)
        result.skipped += undone.settings(world, begin, workflow.id, workflow.mark)
        result.skipped += undone.of(world, scenario.mock, scenario.title, Mark(scenario.file))
        scope = Scope(inputs=inputs, sources=company.sources(scenario), components=scenario.components)
        acting.act(world, scenario.mock, scope)
        self._workflow(company, Chosen(scenario=scenario, workflow=workflow), inputs, result)

    def _called(
        self, company: Company, scenario: Scenario, workflow: Workflow, given: Mapping[str, Any]
    ) -> WorkflowResult:
        """A workflow that a step calls, in the caller's world."""
        result = _result(scenario, workflow)
        begun = time.monotonic()
        inputs = {**choosing.inputs_of(workflow, {}, company.receivers), **given}
        result.problem = choosing.complaint(workflow, inputs)
        if not result.problem:
            result.skipped += undone.called(workflow.mock, workflow.id, workflow.mark)
            self._workflow(company, Chosen(scenario=scenario, workflow=workflow), inputs, result)
        _conclude(result)
        result.seconds = time.monotonic() - begun
        return result

    def _workflow(self, company: Company, chosen: Chosen, inputs: Mapping[str, Any], result: WorkflowResult) -> None:
        """Its dependencies, its steps, and what is expected of it; all goes into the result."""
        workflow, world = chosen.workflow, company.world
        for name in choosing.secret_inputs(workflow):
            company.concealing.learn(inputs.get(name))
        if not self._depend(company, chosen.scenario, workflow, result):
            return
        stepping = Stepping(company, chosen.scenario, workflow, inputs)
        walk = Walk(company, workflow, stepping, result)
        result.skipped += undone.of(world, workflow.mock, workflow.id, workflow.mark)
        since = now(world.sandbox) if world.sandbox and expecting.needs_moment(workflow.mock) else Moment()
        try:
            acting.act(world, workflow.mock, stepping.scope)
            walk.go()
        except (NotDone, Stopped) as error:
            result.problem = company.concealing.text(str(error))
        if not result.problem and not result.failed_steps:
            self._conclude(company, workflow, stepping.scope, (since, walk.latest), result)
        company.outputs[workflow.id] = {"inputs": inputs, "outputs": _outputs(workflow, stepping.scope, result)}

    def _conclude(
        self, company: Company, workflow: Workflow, scope: Scope, moments: tuple[Moment, Moment], result: WorkflowResult
    ) -> None:
        """What is expected once all steps ran: since it began, and of replies since its last step."""
        begun, latest = moments
        world, mock = company.world, workflow.mock
        whole, late = (
            msgspec.structs.replace(mock, absent=()),
            msgspec.structs.replace(mock, expect_webhook=(), expect_request=()),
        )
        for part, since in ((whole, begun), (late, latest)):
            checks = expecting.look(world, part, scope, since, workflow.mark)
            result.checks += map(company.concealing.check, checks)
        if world.sandbox is not None:
            result.skipped += expecting.pause(self._asking, mock, scope, workflow.mark)

    def _depend(self, company: Company, scenario: Scenario, workflow: Workflow, result: WorkflowResult) -> bool:
        """Run what a workflow depends on, unless that was done; False where it failed."""
        for name in workflow.depends_on:
            where, needed = scenario.called(name)
            if needed.id in company.outputs:
                continue
            inputs = choosing.inputs_of(needed, self._inputs, company.receivers)
            before = self._called(company, where, needed, inputs)
            result.before.append(before)
            if before.outcome == "failed":
                result.problem = f"it depends on {name}, which failed"
                return False
        return True


def unrun(chosen: Chosen, reason: str) -> WorkflowResult:
    """What is told of a workflow that was not run."""
    result = _result(chosen.scenario, chosen.workflow)
    result.outcome, result.problem = "skipped", reason
    return result


def _resolved(mock: Mock, scope: Scope) -> Mock:
    """Settings with their expressions worked out. Raises Undefined."""
    given = {name: value(each, scope) for name, each in mock.settings.items()}
    return msgspec.structs.replace(mock, **given)


def _outputs(workflow: Workflow, scope: Scope, result: WorkflowResult) -> dict[str, Any]:
    """The workflow's outputs; one that leads nowhere makes it fail, unless it has failed anyway."""
    found = {}
    for name, expression in workflow.outputs.items():
        try:
            found[name] = value(expression, scope)
        except Undefined as error:
            if not result.problem and not result.failed_steps:
                result.problem = f"the output {name}: {error}"
    return found


def _result(scenario: Scenario, workflow: Workflow) -> WorkflowResult:
    return WorkflowResult(
        id=workflow.id,
        file=str(scenario.file),
        title=scenario.title,
        at=str(workflow.mark),
        summary=workflow.summary,
    )


def _conclude(result: WorkflowResult) -> None:
    """Whether it failed, by all that is in it."""
    broken = result.problem or result.failed_steps or any(not check.ok for check in result.checks)
    result.outcome = "failed" if broken else "passed"
