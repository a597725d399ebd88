"""What a person reads of a run: a line as each workflow ends, a table, and what failed and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import click

from mockserver.scenarios.reporting import words
from mockserver.scenarios.result import Outcome, RunResult, StepResult, WorkflowResult

_COLOURS: dict[Outcome, str] = {"passed": "green", "failed": "red", "skipped": "yellow"}
_SIGNS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "skipped": "-"}
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that could steer a terminal."""


def line(result: WorkflowResult, done: int, of: int) -> str:
    """One workflow, when it has ended."""
    sign = click.style(_SIGNS[result.outcome], fg=_COLOURS[result.outcome])
    count = f"{done:>{len(str(of))}}/{of}"
    return _plain(f"{count} {sign} {result.id}  {_steps(result)}  {words.took(result.seconds)}{_reason(result)}")


def table(run: RunResult) -> list[str]:
    """All workflows, a row each."""
    head = ("workflow", "outcome", "steps", "checks", "time", "file")
    rows = [_row(each) for each in run.workflows]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()]
    for row, result in zip(rows, run.workflows, strict=True):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        cells[1] = click.style(cells[1], fg=_COLOURS[result.outcome])
        lines.append(_plain("  ".join(cells).rstrip()))
    return lines


def failures(run: RunResult) -> Iterator[str]:
    """What failed, where it stands, what was asked and answered, and what was compared with what."""
    for result in run.failed:
        yield ""
        yield _plain(click.style(f"{result.id} failed", fg="red", bold=True) + f"  {result.at}")
        for each in result.every():
            yield from (_plain(f"  {text}") for text in _failure(each, result))


def skipped(run: RunResult) -> Iterator[str]:
    """What was not carried out, each reason once."""
    reasons: dict[str, list[str]] = {}
    for result, part in run.skipped:
        reasons.setdefault(part.reason, []).append(f"{part.what} ({result.id}, {part.at})")
    for reason, parts in reasons.items():
        yield ""
        yield _plain(click.style(f"Skipped: {reason}", fg="yellow"))
        yield from (_plain(f"  {part}") for part in dict.fromkeys(parts))


def remarks(run: RunResult) -> Iterator[str]:
    """What a person should know though nothing is wrong."""
    told = [
        f"{result.id} {words.name(step)}: {remark} ({step.at})"
        for whole in run.workflows
        for result in whole.every()
        for step in result.steps
        for remark in step.remarks
    ]
    if told:
        yield ""
        yield from (_plain(f"note: {each}") for each in dict.fromkeys(told))


def _failure(each: WorkflowResult, whole: WorkflowResult) -> Iterator[str]:
    if each.outcome != "failed":
        return
    if each is not whole:
        yield f"in {each.id}  {each.at}"
    yield from words.why(each)
    failed = [id(step) for step in each.failed_steps]
    for step in each.steps:
        if id(step) in failed:
            yield from _step(step)


def _step(step: StepResult) -> Iterator[str]:
    yield f"step {words.name(step)}  {step.operation}".rstrip()
    yield f"  {step.at}"
    for check in step.broken:
        yield f"  {click.style('✗', fg='red')} {check.kind} {check.text}"
        yield f"      {check.found}"
        if check.at != step.at:
            yield f"      {check.at}"
    if step.problem:
        yield f"  {click.style('✗', fg='red')} {step.problem}"
    if step.exchange is not None:
        yield from (f"    {text}" for text in words.exchange(step.exchange))


def _row(result: WorkflowResult) -> Sequence[str]:
    return (
        result.id,
        result.outcome if result.outcome != "skipped" else "not run",
        str(len(result.steps)),
        str(sum(len(step.checks) for each in result.every() for step in each.steps) + len(result.checks)),
        words.took(result.seconds),
        result.file,
    )


def _steps(result: WorkflowResult) -> str:
    return f"{len(result.steps)} step{'' if len(result.steps) == 1 else 's'}"


def _reason(result: WorkflowResult) -> str:
    if result.outcome == "skipped":
        return f"  not run: {result.problem}"
    failed = [words.name(step) for step in result.failed_steps]
    return f"  at {', '.join(failed)}" if failed else ""


def _plain(text: str) -> str:
    """A line whose colours stay, and nothing else that a reply could steer a terminal with."""
    return "".join(piece if coloured else _STEERING.sub("�", piece) for coloured, piece in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for found in re.finditer(r"\x1b\[\d+m", text):
        yield False, text[end : found.start()]
        yield True, found[0]
        end = found.end()
    yield False, text[end:]
