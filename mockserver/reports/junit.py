"""The coverage report as JUnit XML, which CI systems show: a test suite per contract, a test case per operation."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.coverage_report import Counts, CoveredOperation, Report, names_met, names_missing

_TOTAL = "total"


def render(report: Report, limit: float | None) -> str:
    """One suite per contract, and one whose only case fails when the report as a whole is not enough."""
    root = Element("testsuites", name=report.title)
    whole = _suite(root, "mockserver")
    _case(whole, "mockserver", _TOTAL, report.complaint(limit), f"{report.summary.percent} % met")
    for api in report.apis:
        suite = _suite(root, api.api)
        for operation in api.operations:
            _case(suite, api.api, operation.id, _complaint(operation, limit), _details(operation))
        SubElement(suite, "system-out").text = _list("error rows of any operation", api.errors)
    for element in (*root, root):
        _count(element)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=name)


def _case(suite: Element, classname: str, name: str, complaint: str, details: str) -> None:
    case = SubElement(suite, "testcase", classname=classname, name=name, time="0")
    if complaint:
        SubElement(case, "failure", message=complaint, type="coverage").text = details
    else:
        SubElement(case, "system-out").text = details


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", "0")
    element.set("skipped", "0")
    element.set("time", "0")


def _complaint(operation: CoveredOperation, limit: float | None) -> str:
    """Why an operation's case fails: it was not met, or less of it than asked for."""
    if not operation.calls:
        return f"{operation.method} {operation.path} was not met"
    percent = operation.summary.percent
    if limit is not None and percent < limit:
        return f"{percent} % of {operation.id} was met, which is below the limit of {limit:g} %"
    return ""


def _details(operation: CoveredOperation) -> str:
    calls = "1 call" if operation.calls == 1 else f"{operation.calls} calls"
    lines = [
        f"{operation.method} {operation.path}: {operation.summary.percent} % met, {calls}",
        _list("statuses", operation.statuses),
        _list("error rows", operation.errors),
    ]
    if operation.injected:
        told = ", ".join(f"{status} ({count})" for status, count in operation.injected.items())
        lines.append(f"injected, counted for nothing: {told}")
    return "\n".join(lines)


def _list(kind: str, counts: Counts) -> str:
    met, missing = names_met(counts), names_missing(counts)
    return f"{kind} met: {', '.join(met) or 'none'}; not met: {', '.join(missing) or 'none'}"
