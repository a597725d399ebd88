"""What a person reads of a check: a line as each contract ends, what failed and how to see it again, and a summary."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import click

from mockserver.checking.job import Failed, Result
from mockserver.checking.task import REPORTS, Plan
from mockserver.contract import Contract

_WIDE = 20


def line(result: Result) -> str:
    """One contract, when it has ended."""
    new = [failed for failed in result.failures if not failed.known]
    known = len(result.failures) - len(new)
    said = click.style(_counted(len(new), "failure"), fg="red") if new else click.style("fine", fg="green")
    if known:
        said += f", {known} accepted by the baseline"
    never = result.operations - len(result.accepted)
    if never:
        said += f", {_counted(never, 'operation')} never accepted anything"
    if result.errors or not result.complete:
        said = click.style("not checked to the end", fg="red") + (f", {said}" if new else "")
    counts = f"{result.operations:>3} operations  {result.cases:>7,} cases  {result.seconds:>6.1f} s"
    return f"{result.api:<{_WIDE}} {counts}  {said}"


def failures(result: Result) -> Iterator[str]:
    """What was wrong, and how to see it again."""
    for failed in result.failures:
        if not failed.known:
            yield from _failure(result.api, failed)
    for error in result.errors:
        yield f"{result.api}: {error}"


def _failure(api: str, failed: Failed) -> Iterator[str]:
    times = "" if failed.count == 1 else f", seen {failed.count} times"
    yield ""
    yield click.style(f"{api}  {failed.operation}", bold=True)
    yield f"  {click.style(failed.title, fg='red')} ({failed.check}{times})"
    if failed.message:
        yield textwrap.indent(failed.message.strip(), "    ")
    if failed.reply:
        yield textwrap.indent(f"answered: {failed.reply}", "    ")
    if failed.curl:
        yield textwrap.indent(failed.curl.strip(), "    ")


def weak(result: Result, contract: Contract, kinds: Sequence[str]) -> list[str]:
    """The operations and error rows that were met, and are known in one of these ways only."""
    found: Counter[tuple[str, str, str]] = Counter()
    for operation, met in result.met.items():
        for evidence, count in met.items():
            kind, _, row = evidence.partition("; row=")
            own = contract.operations[operation].evidence if operation in contract.operations else kind
            if row and kind in kinds:
                found[operation, f"error row {row}", kind] += count
            if own in kinds:
                found[operation, "operation", own] += count
    return [
        f"  {result.api:<{_WIDE}} {operation}: {what} is {kind} ({_counted(count, 'reply', 'replies')})"
        for (operation, what, kind), count in found.items()
    ]


def summary(results: Sequence[Result], plan: Plan, found: Sequence[str]) -> str:
    """All of it, in a few lines."""
    new = sum(not failed.known for result in results for failed in result.failures)
    known = sum(failed.known for result in results for failed in result.failures)
    failing = sum(any(not failed.known for failed in result.failures) for result in results)
    cases = sum(result.cases for result in results)
    said = f"{_counted(new, 'failure')} in {failing} of {_counted(len(results), 'contract')}"
    said = said if new else f"{_counted(len(results), 'contract')} held"
    lines = ["", f"{said}, {cases:,} cases. The same requests again: --seed {plan.seed}"]
    if known:
        lines.append(f"{_counted(known, 'failure')} accepted by {plan.baseline}")
    if found:
        lines.append(f"{len(found)} met that are not known well enough")
    names: Mapping[str, str] = {name: f"*{ending}" for name, ending in REPORTS.items() if name in plan.reports}
    if names:
        lines.append(f"Reports in {plan.report_dir}: {', '.join(names.values())}")
    return "\n".join(lines)


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
