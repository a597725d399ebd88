"""What came of a run: workflows, their steps, and what was looked at after each; without secrets, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Outcome = Literal["passed", "failed", "skipped"]


class Told(msgspec.Struct, kw_only=True, rename="camel"):
    """A part of a report."""


class Skipped(Told, kw_only=True):
    """A part of the file that was not carried out, with where it stands, and why."""

    what: str
    reason: str
    at: str


class Check(Told, kw_only=True):
    """One thing that was looked at: a criterion, the contract, or an expectation; `at` is its place in the file.

    `found` is what was compared with what, in words.
    """

    kind: str
    text: str
    ok: bool
    found: str
    at: str


class Message(Told, kw_only=True):
    """Headers and body of a request or a reply."""

    headers: dict[str, str] = {}
    body: Any = None


class Exchange(Told, kw_only=True):
    """A request and its reply; `status` is 0 where there was no reply."""

    method: str
    url: str
    request: Message
    status: int
    reason: str = ""
    reply: Message


class StepResult(Told, kw_only=True):
    """One visit of a step, or another attempt at it.

    `problem` is why it could not be carried out to its end. `remarks` are what a person should know though nothing is
    wrong. `called` is the workflow that it called, `then` what was done next where that is not the step that follows.
    """

    id: str
    at: str
    outcome: Outcome = "passed"
    description: str = ""
    operation: str = ""
    attempt: int = 1
    took: float = 0.0
    checks: list[Check] = []
    problem: str = ""
    remarks: list[str] = []
    exchange: Exchange | None = None
    called: list[WorkflowResult] = []
    then: str = ""

    @property
    def broken(self) -> list[Check]:
        """What was not so."""
        return [check for check in self.checks if not check.ok]


class WorkflowResult(Told, kw_only=True):
    """One workflow. `before` are those that it depends on; `checks` is what was looked at after its last step."""

    id: str
    file: str
    title: str
    at: str
    outcome: Outcome = "passed"
    summary: str = ""
    seconds: float = 0.0
    sandbox: str = ""
    before: list[WorkflowResult] = []
    steps: list[StepResult] = []
    checks: list[Check] = []
    problem: str = ""
    skipped: list[Skipped] = []

    @property
    def failed_steps(self) -> list[StepResult]:
        """The steps that failed in the end: where a step was taken again, the last time counts."""
        last = {step.id: step for step in self.steps}
        return [step for step in last.values() if step.outcome == "failed"]

    def every(self) -> Iterator[WorkflowResult]:
        """Those before it, those that its steps called, and itself."""
        for each in self.before:
            yield from each.every()
        for step in self.steps:
            for called in step.called:
                yield from called.every()
        yield self


class RunResult(Told, kw_only=True):
    """A whole run. `where` says what was asked."""

    where: str
    seconds: float = 0.0
    workflows: list[WorkflowResult] = []

    @property
    def failed(self) -> list[WorkflowResult]:
        """The workflows that failed."""
        return [each for each in self.workflows if each.outcome == "failed"]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many workflows there are of each outcome."""
        outcomes: tuple[Outcome, ...] = ("passed", "failed", "skipped")
        return {outcome: sum(each.outcome == outcome for each in self.workflows) for outcome in outcomes}

    @property
    def skipped(self) -> list[tuple[WorkflowResult, Skipped]]:
        """What was not carried out of workflows that ran."""
        return [(each, part) for whole in self.workflows for each in whole.every() for part in each.skipped]
