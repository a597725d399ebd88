"""The steps of a workflow, one after the other or as their actions lead, each taken again where that may help."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.client.errors import AdminError
from mockserver.scenarios import acting, expecting, patience, undone
from mockserver.scenarios.acting import NotDone
from mockserver.scenarios.company import Company, Stopped
from mockserver.scenarios.document import Action, Step, Workflow
from mockserver.scenarios.moments import Moment, now
from mockserver.scenarios.result import StepResult, WorkflowResult
from mockserver.scenarios.stepping import Stepping


class Walk:
    """One workflow on its way; all that comes of it goes into the result."""

    def __init__(self, company: Company, workflow: Workflow, stepping: Stepping, result: WorkflowResult) -> None:
        self._company = company
        self._workflow = workflow
        self._stepping = stepping
        self._result = result
        self._numbers = {step.id: number for number, step in enumerate(workflow.steps)}
        self.latest = Moment()
        """When the step that came last has begun, where anything is expected of the workflow."""

    def go(self) -> None:
        """Take the steps. Raises Stopped."""
        at, steps = 0, self._workflow.steps
        while at < len(steps):
            action, result = self._visit(steps[at]), self._result.steps[-1]
            if action is None and result.outcome == "passed":
                at += 1
            elif action is None or action.kind == "end":
                return
            elif action.workflow is not None:
                self._goto(action.workflow, result)
                return
            else:
                at = self._numbers[action.step or ""]

    def _goto(self, workflow: str, result: StepResult) -> None:
        """Go on with another workflow, from which nothing leads back."""
        called = self._stepping.call(workflow, (), result)
        if called is None or called.outcome == "failed":
            result.outcome = "failed"

    def _visit(self, step: Step) -> Action | None:
        """Attempt a step until that is enough; returns what is done next, None where nothing says it. Raises Stopped."""
        self._result.skipped += undone.of(self._company.world, step.mock, f"step {step.id}", step.mark)
        uses: dict[str, int] = {}
        since = Moment()
        while True:
            self._company.take()
            result = self._begin(step, sum(uses.values()) + 1)
            try:
                since = self._prepare(step) if not uses else since
                self._stepping.attempt(step, result, since)
            except NotDone as error:
                result.outcome, result.problem = "failed", self._company.concealing.text(str(error))
                return None
            self._pause(step, result)
            action = self._chosen(step, result, uses)
            if action is None or action.kind != "retry":
                result.then = _told(action)
                return action
            uses[action.name] = uses.get(action.name, 0) + 1
            self._wait(action, uses[action.name], result)

    def _begin(self, step: Step, attempt: int = 1) -> StepResult:
        result = StepResult(id=step.id, at=str(step.mark), description=step.description, attempt=attempt)
        self._result.steps.append(result)
        return result

    def _prepare(self, step: Step) -> Moment:
        """What is done before a step's first attempt, and when that was. Raises NotDone."""
        world, since = self._company.world, Moment()
        wanted = expecting.needs_moment(step.mock) or expecting.needs_moment(self._workflow.mock)
        if world.sandbox is not None and wanted:
            try:
                since = self.latest = now(world.sandbox)
            except (AdminError, ConnectionError) as error:
                raise NotDone(" ".join(str(error).split())) from None
        acting.act(world, step.mock, self._stepping.scope)
        return since

    def _pause(self, step: Step, result: StepResult) -> None:
        company = self._company
        if company.world.sandbox is not None and result.outcome == "passed":
            self._result.skipped += expecting.pause(company.asking, step.mock, self._stepping.scope, step.mark)

    def _chosen(self, step: Step, result: StepResult, uses: dict[str, int]) -> Action | None:
        """The first action whose criteria hold; one that has retried often enough makes room for those behind it."""
        failed = result.outcome == "failed"
        actions = self._workflow.on_failure(step) if failed else self._workflow.on_success(step)
        for action in actions:
            spent = action.kind == "retry" and uses.get(action.name, 0) >= action.retry_limit
            if not spent and self._stepping.holds(action.criteria):
                return action
        return None

    def _wait(self, action: Action, use: int, result: StepResult) -> None:
        """Do what comes before another attempt. Raises Stopped."""
        exchange = self._stepping.scope.exchange
        if action.workflow is not None:
            self._stepping.call(action.workflow, (), result)
        for step in self._meant(action):
            before = self._begin(step)
            self._company.take()
            self._stepping.attempt(step, before, Moment())
        waited = patience.wait(self._company.world, action, exchange)
        result.then = f"retry {use} of {action.retry_limit} ({action.name}), {waited}"

    def _meant(self, action: Action) -> Iterator[Step]:
        if action.step is not None:
            yield self._workflow.steps[self._numbers[action.step]]


def _told(action: Action | None) -> str:
    if action is None:
        return ""
    if action.kind == "end":
        return f"end ({action.name})"
    return f"goto {action.step or action.workflow} ({action.name})"


__all__ = ["Stopped", "Walk"]
