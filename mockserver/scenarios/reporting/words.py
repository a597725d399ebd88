"""What all reports say in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mockserver.scenarios.result import Check, Exchange, Message, RunResult, StepResult, WorkflowResult

LONGEST = 2000
"""Characters of a body that are shown."""


def failure(step: StepResult) -> list[str]:
    """Why a step failed: a line for each thing that was not so."""
    lines = [step.problem] if step.problem else []
    return [*lines, *map(broken, step.broken)]


def broken(check: Check) -> str:
    """What was not so, and what was found instead."""
    return f"{check.kind}: {check.text}: {check.found}"


def why(result: WorkflowResult) -> list[str]:
    """Why a workflow failed, its steps apart."""
    lines = [result.problem] if result.problem else []
    return [*lines, *(broken(check) for check in result.checks if not check.ok)]


def took(seconds: float) -> str:
    """A length of time for people."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def name(step: StepResult) -> str:
    """A step, and which attempt it was."""
    return f"{step.id} (attempt {step.attempt})" if step.attempt > 1 else step.id


def exchange(told: Exchange) -> Iterator[str]:
    """A request and its reply, as one reads them in a log."""
    yield f"> {told.method} {told.url}"
    yield from _message("> ", told.request)
    yield f"< {told.status} {told.reason}".rstrip() if told.status else f"< no reply: {told.reason}"
    yield from _message("< ", told.reply)


def body(value: Any) -> str:
    """A body as text, not all of a long one."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def summary(run: RunResult) -> str:
    """All of it, in a line."""
    counts = run.counts
    ran = counts["passed"] + counts["failed"]
    told = f"{counts['passed']} of {ran} workflow{'' if ran == 1 else 's'} passed"
    if counts["skipped"]:
        told += f", {counts['skipped']} not run"
    parts = len(run.skipped)
    if parts:
        told += f", {parts} part{'' if parts == 1 else 's'} of x-mock skipped"
    return f"{told}, in {took(run.seconds)}"


def _message(mark: str, message: Message) -> Iterator[str]:
    for header, text in message.headers.items():
        yield f"{mark}{header}: {text}"
    if message.body is not None:
        yield mark.rstrip()
        for line in body(message.body).splitlines():
            yield f"{mark}{line}"
