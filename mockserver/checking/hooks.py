"""What Schemathesis imports in the process that checks one contract: our checks, and who tells what came of it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click
import msgspec
import requests
import schemathesis
from schemathesis.cli.commands.run.handlers.base import EventHandler
from schemathesis.cli.context import BaseExecutionContext
from schemathesis.cli.ext.handlers import handler
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.recorder import CheckNode
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import JsonSchemaError

from mockserver.checking import checks, kept
from mockserver.checking.job import VARIABLE, Failed, Job, Result
from mockserver.checking.rules import Case, node_of, row_of, rules_of, shown

JOB = msgspec.json.decode(Path(os.environ[VARIABLE]).read_bytes(), type=Job)
MET: defaultdict[str, Counter[str]] = defaultdict(Counter)
CHECKS = (checks, kept)
"""What is imported so that it is registered."""
ACCEPTED: list[str] = []
_FAILURE, _TIMEOUT = 400, 30


@schemathesis.hook
def after_call(_context: HookContext, case: Case, response: Response) -> None:
    """Note how what was answered is known; and whoever has signed out goes on as if she had not."""
    node = node_of(case.operation)
    MET[node["operationId"]][_evidence(case, response)] += 1
    if response.status_code < _FAILURE and node["operationId"] not in ACCEPTED and row_of(case, response) is None:
        ACCEPTED.append(node["operationId"])
    rules = rules_of(case)
    if rules and JOB.sandbox and node["operationId"] in rules.terms.signs_out and response.status_code < _FAILURE:
        _rewind(JOB.sandbox, node["operationId"])


def _evidence(case: Case, response: Response) -> str:
    """As the server tells it, else as the contract does: `inferred`, or `inferred; row=ID` for an error row's reply."""
    told = response.headers.get("x-mock-evidence")
    if told:
        return told[0]
    row = row_of(case, response)
    return f"{row.evidence}; row={row.id}" if row else str(node_of(case.operation).get("x-evidence", "documented"))


def _rewind(sandbox: str, operation: str) -> None:
    """Back to just before the last call of an operation."""
    headers = {"Authorization": f"Bearer {JOB.token}"} if JOB.token else {}
    with requests.Session() as session:
        session.trust_env = False
        last = session.get(
            f"{sandbox}/__admin/requests",
            params={"operation": operation, "limit": "1"},
            headers=headers,
            timeout=_TIMEOUT,
        ).json()["requests"]
        for exchange in last:
            session.post(f"{sandbox}/__admin/requests/{exchange['id']}/rewind", headers=headers, timeout=_TIMEOUT)


def _told(response: Response) -> str:
    media = ", ".join(response.headers.get("content-type", ()))
    return f"{response.status_code} {media}: {shown(response)}".strip(" :")


def _of_headers(failure: Failure, response: Response | None) -> str:
    """Which headers a violated schema may be about: those with the value that violates it."""
    if response is None or not isinstance(failure, JsonSchemaError) or "header" not in failure.title:
        return ""
    names = [name for name, values in response.headers.items() if str(failure.instance) in values]
    return f"{', '.join(names)}: " if names else ""


@handler()
class Teller(EventHandler[BaseExecutionContext]):
    """Writes the result, whatever comes; ends when nobody wants to know it any more."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.operations: set[str] = set()
        self.cases = 0
        self.seconds = 0.0
        self.complete = False
        self.failures: dict[tuple[str | None, str, object], Failed] = {}
        self.errors: list[str] = []

    def handle_event(self, ctx: BaseExecutionContext, event: events.EngineEvent) -> None:
        """Take note of what has happened."""
        if os.getppid() != JOB.parent:
            raise click.Abort
        if isinstance(event, events.ScenarioFinished):
            self._scenario(ctx, event)
        elif isinstance(event, events.NonFatalError):
            self._error(event)
        elif isinstance(event, events.FatalError):
            self.errors.append(str(event.exception))
        elif isinstance(event, events.EngineFinished):
            self.complete, self.seconds = event.stop_reason.value == "completed", event.running_time

    def shutdown(self, _ctx: BaseExecutionContext) -> None:
        """Write it."""
        result = Result(
            api=JOB.api,
            operations=len(self.operations),
            accepted=ACCEPTED,
            cases=self.cases,
            seconds=self.seconds,
            failures=[*self.failures.values()],
            errors=[*dict.fromkeys(self.errors)],
            met=MET,
            complete=self.complete,
        )
        Path(JOB.result).write_bytes(msgspec.json.encode(result))

    def _scenario(self, ctx: BaseExecutionContext, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        self.cases += len(recorder.cases)
        self.operations |= {node_of(case.value.operation)["operationId"] for case in recorder.cases.values()}
        for id, done in recorder.checks.items():
            sent = recorder.interactions.get(id)
            for check in done:
                self._failed(ctx, check, sent.response if sent else None)

    def _failed(self, ctx: BaseExecutionContext, check: CheckNode, response: Response | None) -> None:
        if check.failure_info is None:
            return
        failure = check.failure_info.failure
        key = (failure.operation, check.name, failure)
        before = self.failures.get(key)
        baseline = ctx.config.load_baseline()
        steps = [step.curl for step in check.failure_info.steps] or [check.failure_info.code_sample]
        self.failures[key] = Failed(
            operation=failure.operation or "",
            check=check.name,
            title=failure.title,
            message=_of_headers(failure, response) + failure.message,
            curl="\n".join(steps),
            reply=_told(response) if response else "",
            known=baseline is not None and baseline.match(failure, check.name) is not None,
            count=before.count + 1 if before else 1,
        )

    def _error(self, event: events.NonFatalError) -> None:
        text = f"{event.info.title}: {event.info.message}"
        if not event.related_to_operation:
            self.errors.append(text)
            return
        self.failures[event.label, "answers", text] = Failed(
            operation=event.label,
            check="answers",
            title=event.info.title,
            message=event.info.message,
            curl=event.info.code_sample or "",
        )
