"""A run as JUnit XML, which CI systems show: a test suite per workflow, a test case per step."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from mockserver.reports.suites import clean, text
from mockserver.scenarios.reporting import words
from mockserver.scenarios.result import RunResult, StepResult, WorkflowResult


def render(run: RunResult) -> str:
    """The whole report."""
    root = Element("testsuites", name="mockserver run")
    for result in run.workflows:
        _suite(root, result)
    for element in (*root, root):
        _count(element)
    root.set("time", f"{run.seconds:.3f}")
    return text(root)


def _suite(root: Element, result: WorkflowResult) -> None:
    suite = SubElement(root, "testsuite", name=clean(result.id), file=clean(result.file), time=f"{result.seconds:.3f}")
    if result.outcome == "skipped":
        SubElement(_case(suite, result, result.id, 0), "skipped", message=clean(result.problem))
        return
    last = {step.id: step for step in result.steps}
    for step in last.values():
        _step(suite, result, step)
    for before in result.before:
        _fail(_case(suite, result, f"depends on {before.id}", before.seconds), words.why(before), before.outcome)
    if result.problem or result.checks:
        _fail(_case(suite, result, "the workflow as a whole", 0), words.why(result))
    for each in result.every():
        for part in each.skipped:
            SubElement(_case(suite, result, part.what, 0), "skipped", message=clean(f"{part.reason} ({part.at})"))


def _step(suite: Element, result: WorkflowResult, step: StepResult) -> None:
    case = _case(suite, result, step.id, step.took / 1000)
    lines = [step.at, *(f"{check.kind} {check.text}: {check.found}" for check in step.checks), *step.remarks]
    if step.exchange is not None:
        lines += words.exchange(step.exchange)
    reasons = words.failure(step)
    if step.outcome == "failed":
        called = [text for each in step.called for inner in each.every() for text in _inner(inner)]
        failed = SubElement(case, "failure", message=clean("; ".join(reasons)), type="scenario")
        failed.text = clean("\n".join([*called, *lines]))
    else:
        SubElement(case, "system-out").text = clean("\n".join(lines))


def _inner(result: WorkflowResult) -> list[str]:
    """Why a called workflow failed."""
    steps = [f"{result.id} {step.id}: {text}" for step in result.failed_steps for text in words.failure(step)]
    return [*(f"{result.id}: {text}" for text in words.why(result)), *steps]


def _case(suite: Element, result: WorkflowResult, name: str, seconds: float) -> Element:
    return SubElement(suite, "testcase", classname=clean(result.id), name=clean(name), time=f"{seconds:.3f}")


def _fail(case: Element, reasons: list[str], outcome: str = "") -> None:
    if reasons or outcome == "failed":
        SubElement(case, "failure", message=clean("; ".join(reasons) or "it failed"), type="scenario")


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", "0")
    element.set("skipped", str(len(list(element.iter("skipped")))))
